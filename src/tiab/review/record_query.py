"""RecordQuery: what is looked for among the records of a review; and the words of a search, found again in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tiab.folding import folded_words
from tiab.records import Record

__all__ = ["ORDERS", "Order", "RecordQuery", "found_in", "needles", "searched_text"]

Order = Literal["rank", "added", "newest", "oldest", "title", "author", "decided"]
ORDERS: tuple[Order, ...] = ("rank", "added", "newest", "oldest", "title", "author", "decided")

_PARTS = re.compile(r'"([^"]+)"|([^\s"]+)')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """What is looked for; all of it must hold, and what is empty says nothing.

    Attributes:
        text: words that must begin some word of title, abstract, authors, journal, keywords or identifiers;
            those in "quotes" must follow on each other.
        decision: include, exclude or maybe, or "open" for records without a decision.
        reviewer: whose decision; "" for the reviewer's own. With no `decision`, records that this one decided on.
        tag: a label that stands on the record.
        reason: the reason of the decision.
        noted: only records with a note.
        source: the name of a file that the record, or a duplicate of it, came in.
        journal: words that must begin some word of the journal's name.
        language: a language as the records name it, or the script of most letters, as "Chinese script".
        year_from, year_to: inclusive; a record without a year is in no range.
        missing: the name of a concept of the criteria that the record lacks.
        no_abstract: only records without one.
    """

    text: str = ""
    decision: str = ""
    reviewer: str = ""
    tag: str = ""
    reason: str = ""
    noted: bool = False
    source: str = ""
    journal: str = ""
    language: str = ""
    year_from: int | None = None
    year_to: int | None = None
    missing: str = ""
    no_abstract: bool = False
    order: Order = "rank"


def needles(text: str) -> list[str]:
    """The beginnings of words, and the phrases, that must all be there.

    >>> needles('Yoga "multiple sclerosis" 10.1016/j.jns')
    [' yoga', ' multiple sclerosis ', ' 10 1016 j jns']
    """
    folded = [(folded_words(phrase or word), " " if phrase else "") for phrase, word in _PARTS.findall(text)]
    return [f" {words}{end}" for words, end in folded if words]


def searched_text(reports: Sequence[Record]) -> str:
    """All that is searched of a record: words in lower case without accents, a blank around each."""
    parts: list[str] = []
    for one in reports:
        parts += [one.title, one.abstract, *one.authors, one.journal, *one.keywords, one.doi, one.pmid, one.record_id]
    return f" {folded_words(' '.join(parts))} "


def found_in(text: str, query: str) -> tuple[tuple[int, int], ...]:
    """Where the words and phrases of a search stand in `text`, as (start, end), in order, whole words.

    >>> text = "Yoga and Multiple Sclerosis"
    >>> [text[start:end] for start, end in found_in(text, 'yog "multiple sclerosis"')]
    ['Yoga', 'Multiple Sclerosis']
    """
    wanted = [(needle.split(), needle.endswith(" ")) for needle in needles(query)]
    if not wanted:
        return ()
    words = [(found.start(), found.end(), folded_words(found[0])) for found in _WORD.finditer(text)]
    places = set()
    for parts, whole in wanted:
        for at in range(len(words) - len(parts) + 1):
            here = [word for _, _, word in words[at : at + len(parts)]]
            if here[:-1] == parts[:-1] and (here[-1] == parts[-1] if whole else here[-1].startswith(parts[-1])):
                places.add((words[at][0], words[at + len(parts) - 1][1]))
    return _apart(sorted(places))


def _apart(places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The places without those that overlap an earlier one."""
    kept: list[tuple[int, int]] = []
    for start, end in places:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
