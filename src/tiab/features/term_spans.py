"""find_term_spans: the terms of the criteria as they stand in the words of records, in a hundredth of PICO's time.

It is for a first ranking, until PICO has read the abstracts: it knows the terms, but not what is denied, which
abbreviation the record means by a short form, or what design a study has unless its publication type says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tiab.criteria import Concept, Criteria
from tiab.folding import folded_words
from tiab.pico import Span
from tiab.records import Record

__all__ = ["find_term_spans"]

_MOST = 4
"""So many mentions of a term in one field are as good as any more."""
_WORD = re.compile(r"\w+")


class _Needle(NamedTuple):
    """A term as it is looked for: between words, or at the beginning of one."""

    text: str
    role: str
    value: str

    @property
    def first(self) -> str:
        """The word that it begins with; "" where that may have any ending."""
        word, space, _ = self.text[1:].partition(" ")
        return word if space else ""


class _Wanted(NamedTuple):
    """What is looked for of one concept: terms by their first words; short forms only where a term is there."""

    name: str
    terms: tuple[tuple[str, _Needle], ...]
    short: tuple[_Needle, ...]


def find_term_spans(records: Iterable[Record], criteria: Criteria | None) -> list[tuple[Span, ...]]:
    """For each record a span for each mention of a term; all of length 0, as their places are not looked up.

    >>> from tiab.criteria import parse_criteria
    >>> text = 'title = "t"\\n[population]\\nterms = ["back pain"]\\n[intervention]\\nterms = ["yog*"]'
    >>> criteria = parse_criteria(text)
    >>> found = find_term_spans([Record(record_id="1", title="Yogis with back pain", abstract="Yoga.")], criteria)
    >>> [(span.role, span.field, span.value) for span in found[0]]
    [('population', 'title', 'back pain'), ('intervention', 'title', 'yog*'), ('intervention', 'abstract', 'yog*')]
    """
    wanted = [_wanted(concept) for concept in (criteria.concepts if criteria else ())]
    return [tuple(_found(record, wanted)) for record in records]


def _wanted(concept: Concept) -> _Wanted:
    terms = [_Needle(_needle(term), concept.role, term) for term in concept.terms]
    against = [_Needle(_needle(term), "against", term) for term in concept.against]
    short = [_Needle(f" {' '.join(_WORD.findall(term))} ", concept.role, term) for term in concept.abbreviations]
    kept = tuple((one.first, one) for one in (*terms, *against) if one.text.strip())
    return _Wanted(concept.name, kept, tuple(one for one in short if one.text.strip()))


def _needle(term: str) -> str:
    return f" {folded_words(term.rstrip('*'))}{'' if term.endswith('*') else ' '}"


def _found(record: Record, wanted: Sequence[_Wanted]) -> Iterable[Span]:
    parts = {"title": record.title, "abstract": record.abstract, "keywords": "; ".join(record.keywords)}
    texts = {name: f" {folded_words(text)} " for name, text in parts.items() if text}
    whole = "|".join(texts.values())  # most terms are nowhere in it, nor are their first words
    words = {"", *whole.split()}
    for concept in wanted:
        there = [needle for first, needle in concept.terms if first in words and needle.text in whole]
        spelled_out = any(needle.role != "against" for needle in there)
        for name, text in texts.items():
            yield from _in_text(text, name, concept.name, there)
        if spelled_out and concept.short:
            for name, part in parts.items():  # short forms by their capitals
                yield from _in_text(f" {' '.join(_WORD.findall(part))} ", name, concept.name, concept.short)


def _in_text(text: str, field: str, concept: str, needles: Iterable[_Needle]) -> Iterable[Span]:
    for needle in needles:
        if needle.text in text:
            span = Span(
                start=0,
                end=0,
                text="",
                role=needle.role,
                label=concept,
                value=needle.value,
                provenance=f"dict:{concept}",
                field=field,
            )
            yield from [span] * min(_MOST, text.count(needle.text))
