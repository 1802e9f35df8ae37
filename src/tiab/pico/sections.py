"""Sections: the headings of structured abstracts, on lines of their own or inline, in capitals or not."""

from __future__ import annotations

import re
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.layout import Layout, add_spans, get_layout, get_text, make_span, set_layout
from tiab.pico.vocabulary import vocabulary

__all__ = ["SECTIONS", "SectionFinder", "make_sections", "section_of"]

SECTIONS = ("background", "objective", "methods", "results", "conclusions", "other")
"""The parts of a structured abstract that headings are sorted into."""

_LISTS = vocabulary("sections")
_ORDER: list[str] = _LISTS["order"]
_KINDS = {word: kind for kind in _ORDER for word in _LISTS[kind]}
_CONNECTORS = frozenset(_LISTS["connectors"])
_HEADING = re.compile(
    r"([A-Za-z][A-Za-z'’&/,()-]*(?:[ ][A-Za-z'’&/,()-]+){0,8}?)(?:\s?:|\.(?=\s)|\s[—–-]\s|[—–](?=[A-Z])|\n)"
)
_CAPITALS = re.compile(
    r"([A-Z]{4,}(?:[ /&]+[A-Z]{2,}){0,6})(?=\s+(?:[A-Z][a-z]|[A-Z]\s|\d|[a-z]{1,2}[A-Z]|[A-Z]{2,6}[-\d\s(]))"
)
_PART = re.compile(r"[A-Za-z'’]+")


def section_of(heading: str) -> str:
    """The section that `heading` names, or "" where it is no heading: every word of one is a known word.

    >>> [section_of(h) for h in ("MATERIALS AND METHODS", "Main results", "Aim", "Patients with asthma")]
    ['methods', 'results', 'objective', '']
    """
    words = [word.casefold() for word in _PART.findall(heading)]
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    if not kinds or not all(word in _KINDS or word in _CONNECTORS for word in words):
        return ""
    if {"methods", "results"} <= kinds and not {"measurements", "measures"} & set(words):
        return "methods"
    if kinds == {"background", "conclusions"} and "importance" not in words:  # "summary of background data"
        return "background"
    return next(kind for kind in _ORDER if kind in kinds)


class SectionFinder:
    """The component `tiab_sections`: finds headings at the beginning of sentences of the abstract."""

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        found = [(0, 0, "")]
        for begin, end, name in layout.fields:
            if name == "abstract":
                found += _headings(text, layout, begin, end)
            elif begin < end:
                found.append((begin, begin, ""))
        found.sort()
        starts, names = tuple(start for start, _, _ in found), tuple(name for _, _, name in found)
        layout = replace(layout, section_starts=starts, section_names=names)
        set_layout(doc, layout)
        for start, end, name in found:
            if name:
                rule = "rule:section_heading"
                add_spans(doc, [make_span(doc, start, end, role="section", label=name, provenance=rule)])
        return doc


def _headings(text: str, layout: Layout, begin: int, end: int) -> list[tuple[int, int, str]]:
    """(start, end, section) of each heading in the abstract; a lone title-case word needs a second one beside it."""
    found: list[tuple[int, int, str]] = []
    for start in layout.sentences:
        if begin <= start < end:
            headings = (pattern.match(text, start, end) for pattern in (_HEADING, _CAPITALS))
            named = ((heading.end(1), section_of(heading[1])) for heading in headings if heading)
            found += [(start, stop, name) for stop, name in named if name][:1]
    return found


@Language.factory("tiab_sections")
def make_sections(nlp: Language, name: str) -> SectionFinder:
    """The component `tiab_sections`."""
    return SectionFinder()
