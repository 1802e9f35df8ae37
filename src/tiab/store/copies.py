"""Copy: the records and the log of a review as another copy of it can take them in.

An event is named by the hash that it got where it was written, which is the same in every copy. What it refers to
(earlier events, records, sources) is numbered within the copy, and numbered anew where it is taken in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tiab.errors import ReviewError
from tiab.reading import parse_json
from tiab.records import Record
from tiab.store.chain import HASHED_COLUMNS, as_json, event_hash, hash_of
from tiab.store.events import KINDS, LOCAL_KINDS, Event, events_after
from tiab.store.rows import RECORD_COLUMNS, SOURCE_COLUMNS, Source, record_from, source_from

__all__ = ["CopiedEvent", "CopiedRecord", "Copy", "numbered_anew", "read_copy", "runs", "unrolled", "without"]

Number = Callable[[int], int | None]
"""The number of something where an event is taken in; None for what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedRecord:
    """A record and the number of the source that it came from."""

    record: Record
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedEvent:
    """An event of a copy.

    Attributes:
        number: within the copy, from 1.
        name: its hash where it was written, in hex.
        original: the hash of the event before it and the values of `HASHED_COLUMNS` there, as a JSON list: the hash of
            these is its name.
        target, payload: numbered within the copy. A ranking knows the events that it rests on, `view`, as runs of
            numbers; an import the positions of its records.
    """

    number: int
    name: str
    height: int
    original: str
    time: str
    kind: str
    reviewer: str
    record_id: str
    target: int | None
    payload: Mapping[str, Any]

    def must_be_whole(self) -> None:
        """Raises ReviewError where the event is not what its name was made of."""
        try:
            before, *values = parse_json(self.original)
            said = dict(zip(HASHED_COLUMNS, values, strict=True))
            sound = event_hash(bytes.fromhex(before), values).hex() == self.name
            same = (said["time"], said["kind"], said["reviewer"]) == (self.time, self.kind, self.reviewer)
            timed = datetime.fromisoformat(self.time).tzinfo is not None
            hidden = (said["record_id"] is None, said["target"] is None) == (not self.record_id, self.target is None)
        except (TypeError, ValueError, AttributeError) as error:
            raise _damaged(self.number) from error
        known = self.kind in KINDS and self.kind not in LOCAL_KINDS
        if not (sound and same and timed and hidden and known and 0 < self.height <= _MOST):
            raise _damaged(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What another copy of a review can take in.

    Attributes:
        records: by position, counted from 1.
        sources: by number.
        events: in the order that all copies share, so that each comes after what it refers to.
    """

    records: tuple[CopiedRecord, ...]
    sources: Mapping[int, Source]
    events: tuple[CopiedEvent, ...]

    @property
    def root(self) -> str:
        """The name of the first event, which is the same in every copy of a review and in no other review."""
        return self.events[0].name if self.events else ""


def read_copy(connection: sqlite3.Connection) -> Copy:
    """All of the review that another copy can take in."""
    events = [event for event in events_after(connection, 0) if event.kind not in LOCAL_KINDS]
    numbers = {event.event_id: number for number, event in enumerate(events, 1)}
    portable = _portable(events)
    originals = _originals(connection)
    copied = tuple(
        CopiedEvent(
            number=event.event_id,
            name=event.name,
            height=event.height,
            original=originals[event.event_id],
            time=event.time,
            kind=event.kind,
            reviewer=event.reviewer,
            record_id=event.record_id,
            target=event.target,
            payload=payload,
        )
        for event, payload in zip(events, portable, strict=True)
    )
    query = f"SELECT source_id, {', '.join(RECORD_COLUMNS)} FROM records ORDER BY position"
    records = tuple(CopiedRecord(record=record_from(row), source=int(of)) for of, *row in connection.execute(query))
    query = f"SELECT source_id, {', '.join(SOURCE_COLUMNS)} FROM sources"
    sources = {int(row[0]): source_from(row) for row in connection.execute(query)}
    return Copy(records=records, sources=sources, events=tuple(numbered_anew(one, numbers.get) for one in copied))


def _originals(connection: sqlite3.Connection) -> dict[int, str]:
    """Event id -> what its name was made of."""
    columns = ", ".join(HASHED_COLUMNS)
    found, previous = {}, hash_of(connection, 0).hex()
    for *values, digest, original in connection.execute(
        f"SELECT {columns}, hash, original FROM events ORDER BY event_id"
    ):
        found[int(values[0])] = original or as_json([previous, *values]).decode()
        previous = digest.hex()
    return found


def _portable(events: Sequence[Event]) -> Iterator[Mapping[str, Any]]:
    """The payloads of events, with all said that an event which was written here leaves to its place in the log."""
    heads: list[int] = []
    last = 0  # the position of the last record, before an import of an earlier version of tiab, which doesn't say it
    for event in events:
        said = dict(event.payload)
        if event.kind == "criteria":
            said["follows"] = list(said.get("follows", [one for one in heads if one < event.event_id]))
            heads = [*(one for one in heads if one not in said["follows"]), event.event_id]
        elif event.kind == "imported" and not event.origin:
            end = int(said.pop("last_position"))
            said["positions"] = list(range(end - int(said["stored"]) + 1 if "stored" in said else last + 1, end + 1))
            last = end
        elif event.kind == "ranked" and not event.origin:
            said["view"] = [[1, int(said["after"])]]
        said.pop("records_sha256", None)
        said.pop("last_position", None)
        yield said


def numbered_anew(
    event: CopiedEvent,
    event_number: Number,
    *,
    position: Number = int,
    source: Number = int,
    record_id: Callable[[str], str] = str,
) -> CopiedEvent:
    """`event` with all numbers that it refers to replaced.

    Raises:
        ReviewError: it refers to something that is not there, or is no event that tiab wrote.
    """
    said = dict(event.payload)
    try:
        if "import" in said:
            said["import"] = event_number(said["import"]) or 0
        if event.kind == "ranked":
            said["view"] = runs(filter(None, map(event_number, unrolled(said["view"]))))
        elif event.kind == "criteria":
            said["follows"] = sorted(filter(None, map(event_number, said["follows"])))
        elif event.kind == "imported":
            said["positions"] = [_there(position(one)) for one in said["positions"]]
            if "held" in said:
                said["held"] = sorted(_there(position(one)) for one in said["held"])
            said["source_id"] = _there(source(said["source_id"]))
        elif event.kind in ("merged", "kept_apart"):
            name = "into" if event.kind == "merged" else "from"
            said[name] = record_id(said[name])
        target = None if event.target is None else _there(event_number(event.target))
        number = event_number(event.number) or event.number
        return replace(
            event,
            number=number,
            target=target,
            record_id=record_id(event.record_id) if event.record_id else "",
            payload=MappingProxyType(said),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(event.number) from error


def without(copy: Copy, hidden: Callable[[CopiedEvent], bool]) -> Copy:
    """`copy` without the hidden events, and without those that take them back."""
    gone: set[int] = set()
    for event in copy.events:
        if hidden(event) or event.target in gone:
            gone.add(event.number)
    kept = [event for event in copy.events if event.number not in gone]
    numbers = {event.number: number for number, event in enumerate(kept, 1)}
    return replace(copy, events=tuple(numbered_anew(event, numbers.get) for event in kept))


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers as runs, each its first and last.

    >>> runs([4, 1, 2, 3, 7])
    [[1, 4], [7, 7]]
    """
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def unrolled(found: Sequence[Sequence[int]]) -> Iterator[int]:
    """The numbers of which `runs` made `found`.

    Raises:
        ValueError: it made no such thing.
    """
    end = 0
    for first, last in found:
        if not 0 < first <= last <= _MOST or first <= end:
            raise ValueError("runs of numbers that overlap, or have no end")
        end = last
        yield from range(first, last + 1)


_MOST = 5_000_000
"""More numbers than any log has."""


def _there(number: int | None) -> int:
    if number is None:
        raise ValueError("it refers to something that is not there")
    return int(number)


def _damaged(number: int) -> ReviewError:
    hint = "Ask for the file again."
    return ReviewError(f"is damaged: event {number} is not what tiab wrote", hint=hint)
