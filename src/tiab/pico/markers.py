"""Markers: cytokines, adipokines and other measured molecules, under one name each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.pico.abbreviations import get_abbreviations
from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.lexicon import Found, Lexicon, longest
from tiab.pico.text import normal_words
from tiab.pico.vocabulary import vocabulary

__all__ = ["MarkerFinder", "make_markers"]

_NOT_A_MARKER = ""
_INTERLEUKINS = range(1, 42)
_PARTS = {
    1: {"alpha": "alpha", "beta": "beta", "a": "alpha", "b": "beta"},
    12: {"p40": "p40", "p70": "p70"},
    17: {"a": "A", "f": "F"},
}
_LETTER_APART = re.compile(r"\d\s+[a-z]$")
"""The end of a name that is a word of its own: "IL-17 a", an article."""
_HYPHEN = "\u2010-\u2015\u2212-"
_GREEK = {"α": "alpha", "β": "beta", "alpha": "alpha", "beta": "beta"}
_NEXT = re.compile(
    rf"\s*(?:,\s*(?:and|or)?|/|&|\band\b|\bor\b)\s*(?P<hyphen>[{_HYPHEN}]?)(?P<number>\d{{1,2}})(?P<part>\s?[{_HYPHEN}]?"
    r"(?:alpha|beta|[αβ]|ra|[AF](?![a-z])))?(?![\w%]|\.\d)"
)
_RECEPTOR = re.compile(r"-?R(?:[abαβ1-9]|alpha|beta)?(?!\w)")
"""What behind a name makes it the receptor's: "IL-33R"."""
_NUMBER_OF_MARKER = re.compile(
    r"\s*(?:[,/;:.)]|and\b|or\b|levels?\b|concentrations?\b|in\b|were\b|was\b|production\b|secretion\b|expression\b|mRNA\b|$)"
)


class MarkerFinder:
    """The component `tiab_markers`: a span for each marker.

    "IL-6, -8 and -10" and "interleukins 6 and 10" name each interleukin. A short name counts for nothing where the
    record defines it as something that is no marker.
    """

    def __init__(self, vocab: Vocab) -> None:
        names = dict(_names())
        self._lexicon = Lexicon(vocab, names.items())
        self._known = {normal_words(name): value for name, value in names.items()}

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        strangers = {a.short for a in get_abbreviations(doc) if not self._is_marker(a.long)}
        known = (f for f in self._lexicon.find(doc) if not _LETTER_APART.search(text, f.start, f.end))
        found = [f for f in longest(known) if text[f.start : f.end] not in strangers]
        found = [f for f in found if not (f.meaning[-1:].isdigit() and _RECEPTOR.match(text, f.end))]
        found = sorted([*found, *(more for one in found for more in _coordinated(text, one))], key=lambda f: f.start)
        found = [
            f for f in longest(found) if f.meaning != _NOT_A_MARKER and layout.field(f.start) == layout.field(f.end - 1)
        ]
        add_spans(doc, [make_span(
            doc, f.start, f.end, role="outcome", label="marker", value=f.meaning, provenance="rule:marker"
        ) for f in found])  # fmt: skip
        return doc

    def _is_marker(self, long: str) -> bool:
        """Whether one of the last words of a long form begin a known name ("serum C-reactive protein")."""
        words = normal_words(long)
        return any(words[i:] in self._known for i in range(len(words)))


def _names() -> Iterator[tuple[str, str]]:
    """(name, value) of each marker."""
    for number in _INTERLEUKINS:
        yield from _interleukin(str(number), f"IL-{number}")
        for written, part in _PARTS.get(number, {}).items():
            yield from _interleukin(f"{number} {written}", f"IL-{number}{part}")
    for group, values in vocabulary("markers").items():
        for value, names in values.items():
            for name in names:
                yield name, value if group != "blockers" else _NOT_A_MARKER


def _interleukin(tail: str, value: str) -> Iterator[tuple[str, str]]:
    for head in ("IL ", "interleukin ", "interleukin (IL) ", "interleukin (IL)-", "ILs "):
        yield f"{head}{tail}", value


def _coordinated(text: str, first: Found[str]) -> Iterator[Found[str]]:
    """The interleukins of which only the number is written, behind one that is written out."""
    if not first.meaning.startswith("IL-") or not first.meaning[3:4].isdigit():
        return
    place = first.end
    while (found := _NEXT.match(text, place)) is not None:
        if not found["hyphen"] and not _NUMBER_OF_MARKER.match(text, found.end()):
            return
        if not 1 <= int(found["number"]) <= _INTERLEUKINS[-1]:
            return
        part = re.sub(rf"[\s{_HYPHEN}]", "", found["part"] or "")
        start = found.start("hyphen") if found["hyphen"] else found.start("number")
        yield Found(start, found.end(), f"IL-{int(found['number'])}{_GREEK.get(part, part)}")
        place = found.end()


@Language.factory("tiab_markers")
def make_markers(nlp: Language, name: str) -> MarkerFinder:
    """The component `tiab_markers`."""
    return MarkerFinder(nlp.vocab)
