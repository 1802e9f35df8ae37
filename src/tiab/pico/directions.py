"""Directions: where a text says that markers rose, fell or did not change."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from spacy.tokens import Doc

from tiab.pico.layout import get_layout, get_text, make_span
from tiab.pico.lexicon import Found
from tiab.pico.spans import Span
from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["find_directions"]

_LISTS = vocabulary("directions")


def _words(key: str, frame: str = r"\b{}\b") -> re.Pattern[str]:
    return re.compile(frame.replace("{}", alternatives(_LISTS, key)), re.IGNORECASE)


_CUE = re.compile(
    "|".join(rf"\b(?P<{name}>{alternatives(_LISTS, name)})\b" for name in ("unchanged", "increased", "decreased")),
    re.IGNORECASE,
)
_BREAK = _words("contrast", r";|:\s|,?(?<!\s)\s{1,3}{}\b")
_AIM = _words("aim")
_RELATION = _words("relation")
_ACTIVE = _words("active", "{}")
_AGENT = _words("agent", r"[\s\u2010-\u2015-]*{}")
_PARTED = _words("parted", r"^\s*(?:and|but|as)\b|[.;]|,(?!\s*(?:including|such|namely|e\.g|i\.e))|\b{}\b")
_COPULA = _words("copula", r"\b{}(?:\s+(?:a|an|the))?(?:\s+[\w-]+){0,2}\s*$")
_INTRANSITIVE = _words("intransitive", r"\s*(?:$|[.,;:)(]|{}\b)")
_LISTED = re.compile(
    r"(?:\s+\w+)?[\s,/()&+-]*(?:and|or|as well as|but also|along with)?[\s,(]*(?:[\w-]+\s+){0,2}", re.IGNORECASE
)
_OF = re.compile(r"^\s*(?:in|of|on|for)\b")
_NO_DIRECTION = re.compile(r"(?:less|greater|higher|lower|more)\s+than\s+\d", re.IGNORECASE)
_SECTIONS = frozenset({"", "methods", "results", "conclusions"})
_NEAR = 70
_FAR = 160
_LONGEST_LIST = 30


class _Cue(NamedTuple):
    start: int
    end: int
    direction: str


def find_directions(doc: Doc, markers: Sequence[Found[str]]) -> list[Span]:
    """A span for each cue, its value the markers it speaks of, joined by "; ".

    A sentence is cut at ";" and words of contrast. Within a piece, markers before a cue are its subject ("IL-6 and
    TNF-α fell"), markers behind it its object ("a rise in BDNF"); where both could be, the nearer cue takes the marker.
    Aims and background say nothing of results, so they are passed over; a piece on an association weighs half.
    """
    text, layout = get_text(doc), get_layout(doc)
    by_sentence: dict[int, list[Found[str]]] = {}
    for marker in markers:
        if layout.field(marker.start) != "keywords" and layout.section(marker.start) in _SECTIONS:
            by_sentence.setdefault(layout.sentence(marker.start), []).append(marker)
    spans: list[Span] = []
    for number, mine in by_sentence.items():
        start, end = layout.sentence_bounds(number, len(text))
        for begin, stop in _pieces(text, start, end):
            inside = [m for m in mine if begin <= m.start and m.end <= stop]
            if inside and not _AIM.search(text, begin, stop):
                spans += _piece(doc, text, begin, stop, inside)
    return spans


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cuts = [start, *(found.start() for found in _BREAK.finditer(text, start, end)), end]
    yield from pairwise(cuts)


def _piece(doc: Doc, text: str, begin: int, stop: int, markers: Sequence[Found[str]]) -> Iterator[Span]:
    cues = [
        _Cue(f.start(), f.end(), f.lastgroup or "")
        for f in _CUE.finditer(text, begin, stop)
        if not _NO_DIRECTION.match(text, f.start())
    ]
    spoken: dict[_Cue, list[str]] = {}
    for marker in markers:
        cue = _cue_of(text, marker, markers, cues)
        if cue is not None and marker.meaning not in spoken.setdefault(cue, []):
            spoken[cue].append(marker.meaning)
    weight = 0.5 if _RELATION.search(text, begin, stop) else 1.0
    for cue, values in spoken.items():
        yield make_span(
            doc, cue.start, cue.end, role="outcome", label=cue.direction, value="; ".join(values),
            provenance="rule:direction", weight=weight,
        )  # fmt: skip


def _cue_of(text: str, marker: Found[str], markers: Sequence[Found[str]], cues: Sequence[_Cue]) -> _Cue | None:
    """The cue that speaks of `marker`: the one of which it is the object, else the one of which it is the subject."""
    if _AGENT.match(text, marker.end):
        return None
    place = bisect_left(cues, marker.start, key=lambda cue: cue.start)
    before = next((cue for cue in cues[max(0, place - 1) : place] if cue.end <= marker.start), None)
    if before is not None and (_governs(text, before, marker) or _is_listed(text, before, marker, markers)):
        return before
    after = next((cue for cue in cues[place : place + 2] if cue.start >= marker.end), None)
    return after if after is not None and _is_predicate(text, marker, after) else None


def _governs(text: str, cue: _Cue, marker: Found[str]) -> bool:
    """Whether the marker follows the cue as its object: "reduced IL-6", "a rise in serum BDNF"."""
    between = _OF.sub(" ", text[cue.end : marker.start], count=1)
    return len(between) <= _NEAR and not _PARTED.search(between)


def _is_listed(text: str, cue: _Cue, marker: Found[str], markers: Sequence[Found[str]]) -> bool:
    """Whether the marker goes on a list whose first member the cue governs: "reduced IL-6, TNF-α and CRP"."""
    first = bisect_left(markers, cue.end, key=lambda m: m.start)
    between = markers[first : bisect_left(markers, marker.start, key=lambda m: m.start)]
    if not between or len(between) > _LONGEST_LIST or not _governs(text, cue, between[0]):
        return False
    ends = [*between, marker]
    return all(_LISTED.fullmatch(text, a.end, b.start) for a, b in pairwise(ends))


def _is_predicate(text: str, marker: Found[str], cue: _Cue) -> bool:
    """Whether the cue says something of the marker before it: "IL-6 was higher", not "IL-6 enhanced the growth"."""
    if cue.start - marker.end > _FAR:
        return False
    if cue.direction == "unchanged" and not _ACTIVE.search(text, cue.start, cue.end):
        return True
    if _COPULA.search(text, max(marker.end, cue.start - _NEAR), cue.start):
        return True
    return _INTRANSITIVE.match(text, cue.end) is not None
