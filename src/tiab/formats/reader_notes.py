"""What a reader notes beside the records that it gives: where they start, what cannot be read, what looks doubtful."""

from __future__ import annotations

from dataclasses import dataclass, field

from tiab.records import Record

__all__ = ["ReaderNotes", "RecordAt", "Unreadable", "unique"]

RecordAt = tuple[int, Record]
"""The line at which a record starts, counted from 1, and the record, whose id may still occur twice."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that starts at `line` and could not be read, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class ReaderNotes:
    """What a reader notes beside the records that it gives.

    Attributes:
        starts: the lines at which the raw text has a record start, counted by other code than the reader's.
        signs: the lines at which each sign stands by which the guard knows a record, where one is not enough.
    """

    starts: list[int] = field(default_factory=list)
    signs: dict[str, list[int]] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def unique(record_id: str, taken: dict[str, int]) -> str:
    """`record_id`, or where it is taken that with "#2", "#3" … behind it; the result is then taken, too.

    `taken` remembers the last number that each id was given, so that a file of equal records takes no longer.

    >>> taken = {"7": 1}
    >>> unique("7", taken), unique("7", taken), unique("7#2", taken)
    ('7#2', '7#3', '7#2#2')
    """
    number, result = taken.get(record_id, 0), record_id
    while result in taken:
        number += 1
        result = f"{record_id}#{number}"
    taken[record_id] = max(number, 1)
    taken.setdefault(result, 1)
    return result
