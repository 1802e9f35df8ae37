"""Marking: the text of a record ► paragraphs of plain and marked pieces, ready to be shown. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tiab.criteria import ROLES
from tiab.pico import Span
from tiab.records import Record
from tiab.review.record_query import found_in

__all__ = [
    "MARKED",
    "Highlights",
    "Mark",
    "Paragraph",
    "Run",
    "Text",
    "describe_origin",
    "highlighted",
    "mark_record",
]

MARKED = (*ROLES, "against", "unexpanded")
"""The roles that are marked; headings are shown as headings."""

_LEADING = " \t:.;–—-\n"
_LOOSE = " \t\n.,;:–—-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Why a run of text is marked: its role, and what each span in it is and where it comes from."""

    role: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of text, marked or (None) not.

    Attributes:
        pieces: (text, what it is: "include" or "exclude" for the reviewer's own words, "found" for the words of a
            search, "" for anything else).
    """

    mark: Mark | None
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlights:
    """What is marked in a text besides, and what is left out.

    Attributes:
        off: roles that are not marked.
        own_terms: only the terms of the criteria are marked, not what the rules find.
        include, exclude: the reviewer's own words; a final `*` matches any ending.
        search: words and phrases that were searched for.
    """

    off: Collection[str] = ()
    own_terms: bool = False
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    search: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A part of an abstract, under its heading ("" for none)."""

    heading: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A record's text as it is shown."""

    title: tuple[Run, ...]
    abstract: tuple[Paragraph, ...]
    keywords: tuple[Run, ...]


def mark_record(record: Record, spans: Sequence[Span], highlights: Highlights | None = None) -> Text:
    """The text of `record` with its spans marked; spans of one role that overlap or touch are one mark.

    >>> record = Record(record_id="1", title="Yoga in asthma", abstract="METHODS: Ten women.")
    >>> found = Span(start=0, end=4, text="Yoga", role="intervention", label="yoga", provenance="dict:yoga")
    >>> marked, rest = mark_record(record, [found], Highlights(include=["asthma"])).title
    >>> marked.mark.role, marked.pieces, rest.pieces
    ('intervention', (('Yoga', ''),), ((' in ', ''), ('asthma', 'include')))
    """
    wanted = highlights or Highlights()
    text = record.text
    own = [(*place, kind) for kind, words in _own(wanted) for place in _places(text, words)]
    own += [(*place, "found") for place in found_in(text, wanted.search)]
    marked = _trimmed(text, [span for span in spans if _is_wanted(span, wanted)])
    fields = {name: (start, end) for name, start, end in record.sections}
    headings = [span for span in spans if span.role == "section" and span.field == "abstract"]
    return Text(
        title=_runs(text, *fields["title"], marked, own),
        abstract=tuple(
            Paragraph(heading=heading, runs=_runs(text, start, end, marked, own))
            for heading, start, end in _paragraphs(text, *fields["abstract"], headings)
        ),
        keywords=_runs(text, *fields["keywords"], marked, own),
    )


def highlighted(text: str, search: str) -> tuple[tuple[str, str], ...]:
    """A text in pieces, as in a `Run`, with the words of a search found."""
    return _pieces(text, 0, len(text), [(*place, "found") for place in found_in(text, search)])


def describe_origin(span: Span) -> str:
    """What a span is and where it comes from, in words.

    >>> describe_origin(Span(start=0, end=5, text="Forty", role="population", label="sample size", value="40",
    ...                 provenance="rule:sample_size"))
    'sample size: 40 (found by the rule “sample size”)'
    """
    kind, _, name = span.provenance.partition(":")
    origins = {"dict": "a term of your criteria", "model": f"found by the learned model “{name}”"}
    origin = origins.get(kind, f"found by the rule “{name.replace('_', ' ')}”")
    value = f": {span.value}" if span.value and span.value != span.label else ""
    detail = f", {span.detail}" if span.detail else ""
    return f"{span.label}{value}{detail} ({origin})"


def _paragraphs(text: str, begin: int, end: int, headings: Sequence[Span]) -> list[tuple[str, int, int]]:
    """(heading, start, end) of the parts of an abstract, at its headings, else at its line breaks."""
    starts = [(span.start, span.end, span.text) for span in headings if begin <= span.start < end]
    if not starts:
        lines = re.finditer(r"[^\n]+", text[begin:end])
        return [("", begin + line.start(), begin + line.end()) for line in lines if line[0].strip()]
    parts = [("", begin, starts[0][0])] if text[begin : starts[0][0]].strip() else []
    following = [start for start, _, _ in starts[1:]] + [end]
    for (_, after, heading), stop in zip(starts, following, strict=True):
        body = after + len(text[after:stop]) - len(text[after:stop].lstrip(_LEADING))
        parts.append((heading.strip(_LEADING).capitalize(), body, stop))
    return parts


def _is_wanted(span: Span, wanted: Highlights) -> bool:
    shown = span.role in MARKED and span.role not in wanted.off
    return shown and (not wanted.own_terms or span.provenance.startswith("dict:"))


def _trimmed(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans without what frays them: blanks and punctuation at their ends, and halves of brackets."""
    trimmed = []
    for span in spans:
        start, end = _trim(text, span.start, span.end)
        if start < end:
            trimmed.append(replace(span, start=start, end=end, text=text[start:end]))
    return sorted(trimmed, key=lambda span: (span.start, -span.end))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without a bracket that opens or closes outside of it, and without loose ends.

    What stands before a bracket that only opens is what it explains, and is kept; of one that only closes, the longer
    side.

    >>> text = "women (n = 24) and"
    >>> [text[slice(*_trim(text, *place))] for place in ((0, 13), (6, 13), (7, 14), (0, 14))]
    ['women', 'n = 24', 'n = 24', 'women (n = 24)']
    """
    lone = _lone_bracket(text, start, end)
    while lone is not None:
        before, after = text[start:lone].strip(_LOOSE), text[lone + 1 : end].strip(_LOOSE)
        keeps_before = bool(before) if text[lone] in "([" else len(before) >= len(after)
        start, end = (start, lone) if keeps_before else (lone + 1, end)
        lone = _lone_bracket(text, start, end)
    while start < end and text[start] in _LOOSE:
        start += 1
    while start < end and text[end - 1] in _LOOSE:
        end -= 1
    return start, end


def _lone_bracket(text: str, start: int, end: int) -> int | None:
    """The first bracket that has no partner within the place."""
    opened: list[int] = []
    for at in range(start, end):
        if text[at] in "([":
            opened.append(at)
        elif text[at] in ")]":
            if not opened:
                return at
            opened.pop()
    return opened[0] if opened else None


def _runs(
    text: str, begin: int, end: int, spans: Sequence[Span], own: Sequence[tuple[int, int, str]]
) -> tuple[Run, ...]:
    """The runs of `text[begin:end]`, in order and without a gap."""
    runs, at = [], begin
    for first in spans:
        start, stop = first.start, min(first.end, end)
        if start < at or start >= end or start >= stop:
            continue
        stop = _joined_end(text, first, stop, end, spans)
        if at < start:
            runs.append(Run(mark=None, pieces=_pieces(text, at, start, own)))
        here = [span for span in spans if span.role == first.role and start <= span.start and span.end <= stop]
        origins = tuple(dict.fromkeys(describe_origin(span) for span in here))
        runs.append(Run(mark=Mark(role=first.role, origins=origins), pieces=_pieces(text, start, stop, own)))
        at = stop
    if at < end:
        runs.append(Run(mark=None, pieces=_pieces(text, at, end, own)))
    return tuple(runs)


def _joined_end(text: str, first: Span, stop: int, end: int, spans: Sequence[Span]) -> int:
    """Where a mark ends that takes in what follows of its role with nothing but a blank or a hyphen between."""
    for span in spans:
        overlaps = first.start <= span.start <= stop or not text[stop : span.start].strip(" -–")
        if span.role == first.role and span.start >= first.start and overlaps and stop < span.end <= end:
            stop = span.end
    return stop


def _pieces(text: str, start: int, end: int, own: Iterable[tuple[int, int, str]]) -> tuple[tuple[str, str], ...]:
    """`text[start:end]` cut where words of the reviewer's own, or of a search, begin and end."""
    pieces, at = [], start
    for begin, stop, kind in sorted(own):
        begin, stop = max(begin, at), min(stop, end)
        if begin < stop:
            pieces += [(text[at:begin], ""), (text[begin:stop], kind)]
            at = stop
    return tuple(piece for piece in [*pieces, (text[at:end], "")] if piece[0])


def _own(wanted: Highlights) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("include", wanted.include), ("exclude", wanted.exclude)


def _places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    parts = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else r"(?!\w)") for word in words]
    if not parts:
        return []
    return [found.span() for found in re.finditer(r"(?<!\w)(?:" + "|".join(parts) + ")", text, re.IGNORECASE)]
