"""Marking: the text of a record ► paragraphs of plain and marked pieces, ready to be shown. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tiab.criteria import ROLES
from tiab.pico import Span
from tiab.records import Record

__all__ = ["MARKED", "Mark", "Paragraph", "Run", "Text", "describe_origin", "mark_record"]

MARKED = (*ROLES, "against", "unexpanded")
"""The roles that are marked; headings are shown as headings."""

_LEADING = " \t:.;–—-\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Why a run of text is marked: its role, and what each span in it is and where it comes from."""

    role: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of text, marked or (None) not.

    Attributes:
        pieces: (text, whether it is one of the reviewer's own words).
    """

    mark: Mark | None
    pieces: tuple[tuple[str, bool], ...]


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


def mark_record(record: Record, spans: Sequence[Span], *, off: Collection[str] = (), words: Iterable[str] = ()) -> Text:
    """The text of `record` with its spans marked; where spans overlap, the first and longest is shown.

    Args:
        off: roles that are not marked.
        words: to be highlighted; a final `*` matches any ending.

    >>> record = Record(record_id="1", title="Yoga in asthma", abstract="METHODS: Ten women.")
    >>> found = Span(start=0, end=4, text="Yoga", role="intervention", label="yoga", provenance="dict:yoga")
    >>> marked, rest = mark_record(record, [found], words=["asthma"]).title
    >>> marked.mark.role, marked.pieces, rest.pieces
    ('intervention', (('Yoga', False),), ((' in ', False), ('asthma', True)))
    """
    text, pattern = record.text, _pattern(words)
    marked = [span for span in spans if span.role in MARKED and span.role not in off]
    fields = {name: (start, end) for name, start, end in record.sections}
    headings = [span for span in spans if span.role == "section" and span.field == "abstract"]
    return Text(
        title=_runs(text, *fields["title"], marked, pattern),
        abstract=tuple(
            Paragraph(heading=heading, runs=_runs(text, start, end, marked, pattern))
            for heading, start, end in _paragraphs(text, *fields["abstract"], headings)
        ),
        keywords=_runs(text, *fields["keywords"], marked, pattern),
    )


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


def _runs(text: str, begin: int, end: int, spans: Sequence[Span], pattern: re.Pattern[str] | None) -> tuple[Run, ...]:
    """The runs of `text[begin:end]`, in order and without a gap."""
    runs, at = [], begin
    for first in spans:
        start, stop = first.start, min(first.end, end)
        if start < at or start >= end or start >= stop:
            continue
        if at < start:
            runs.append(Run(mark=None, pieces=_pieces(text[at:start], pattern)))
        here = [span for span in spans if span.role == first.role and start <= span.start and span.end <= stop]
        origins = tuple(dict.fromkeys(describe_origin(span) for span in here))
        runs.append(Run(mark=Mark(role=first.role, origins=origins), pieces=_pieces(text[start:stop], pattern)))
        at = stop
    if at < end:
        runs.append(Run(mark=None, pieces=_pieces(text[at:end], pattern)))
    return tuple(runs)


def _pieces(text: str, pattern: re.Pattern[str] | None) -> tuple[tuple[str, bool], ...]:
    if pattern is None:
        return ((text, False),)
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [(text[at : found.start()], False), (found[0], True)]
        at = found.end()
    return tuple(piece for piece in [*pieces, (text[at:], False)] if piece[0])


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    parts = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else r"(?!\w)") for word in words]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")", re.IGNORECASE) if parts else None
