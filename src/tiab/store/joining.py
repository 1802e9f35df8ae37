"""Joining: takes what another copy of the review holds into this one, in the caller's transaction.

The events of a review are a set: each is there once, by its name, whatever was joined when and in which order. What
they add up to is computed in an order that depends on the events alone (their heights, then their names), so that
copies that hold the same events are in the same state.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from tiab.errors import ReviewError
from tiab.records import Record
from tiab.store.chain import event_hash, log_end
from tiab.store.copies import CopiedEvent, Copy, numbered_anew
from tiab.store.events import Entry, append, events_after, insert_event
from tiab.store.rows import (
    RECORD_COLUMNS,
    clean,
    insert_records,
    insert_source,
    last_position,
    record_from,
    records_sha256,
)
from tiab.store.state import LogState, advance

__all__ = ["Joined", "join"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What was taken in from another copy.

    Attributes:
        events: those that were not here, as they are numbered here.
        records: the ids of the records that were not here.
    """

    events: tuple[CopiedEvent, ...] = ()
    records: tuple[str, ...] = ()


def join(connection: sqlite3.Connection, copy: Copy, *, name: str, reviewer: str = "") -> Joined:
    """Writes what `copy` has and this review lacks; nothing, not even a note, where it lacks nothing.

    Args:
        name: of the file or folder, for the log.

    Raises:
        ReviewError: it is a copy of another review, or says what tiab never writes.
    """
    known = {event.name: event for event in events_after(connection, 0)}
    _must_be_one_review(copy, known.keys())
    fresh = [event for event in copy.events if event.name not in known]
    if not fresh:
        return Joined()
    numbers = {event.number: known[event.name].event_id for event in copy.events if event.name in known}
    sources = {
        int(event.payload["source_id"]): int(known[event.name].payload["source_id"])
        for event in copy.events
        if event.name in known and event.kind == "imported"
    }
    for event in fresh:
        event.must_be_whole()
        _add_source(connection, copy, event, sources)
    before = last_position(connection)
    positions, ids, added = _add_records(connection, copy, sources)
    taken = []
    for event in fresh:
        number = numbers[event.number] = log_end(connection).event_id + 1
        mapped = numbered_anew(
            event, numbers.get, position=positions.get, source=sources.get, record_id=ids.__getitem__
        )
        _insert(connection, mapped, number)
        taken.append(mapped)
    end = last_position(connection)
    said = {"name": name, "events": len(fresh), "stored": end - before, "last_position": end}
    digest = records_sha256(connection, after=before, up_to=end)
    append(connection, Entry(kind="joined", reviewer=reviewer, payload={**said, "records_sha256": digest}))
    _must_add_up(connection)
    return Joined(events=tuple(taken), records=tuple(added))


def _must_be_one_review(copy: Copy, known: Collection[str]) -> None:
    if known and copy.root not in known:
        raise ReviewError("is a copy of another review", hint="Only copies of one review can be merged.")


def _add_source(connection: sqlite3.Connection, copy: Copy, event: CopiedEvent, sources: dict[int, int]) -> None:
    if event.kind == "imported":
        number = event.payload.get("source_id")
        if not isinstance(number, int) or number not in copy.sources or number in sources:
            raise ReviewError(f"is damaged: event {event.number} names no file of its own", hint="Ask for it again.")
        sources[number] = insert_source(connection, copy.sources[number])


def _add_records(
    connection: sqlite3.Connection, copy: Copy, sources: Mapping[int, int]
) -> tuple[dict[int, int], dict[str, str], list[str]]:
    """The records of `copy` here: their positions by those there, their ids by those there, and the ids of new ones.

    A record is the same where all that it says is, whatever its id and the file that it came from.
    """
    rows = connection.execute(f"SELECT position, {', '.join(RECORD_COLUMNS)} FROM records ORDER BY position").fetchall()
    here = [(int(position), record_from(row)) for position, *row in rows]
    with_id = {(record.record_id, _content(record)): position for position, record in here}
    by_content: dict[object, int] = {}
    for position, record in here:
        by_content.setdefault(_content(record), position)
    id_at, taken = {position: record.record_id for position, record in here}, {record.record_id for _, record in here}
    positions: dict[int, int] = {}
    ids: dict[str, str] = {}
    added: list[str] = []
    for place, copied in enumerate(copy.records, 1):
        record, content = copied.record, _content(copied.record)
        position = with_id.get((record.record_id, content)) or by_content.get(content, 0)
        if not position:
            if copied.source not in sources:
                continue  # its import was left out of the copy
            free = _free_id(record, taken)
            stored = replace(record, record_id=free)
            insert_records(connection, [stored], source_id=sources[copied.source])
            position = last_position(connection)
            by_content[content], id_at[position] = position, free
            taken.add(free)
            added.append(free)
        positions[place], ids[record.record_id] = position, id_at[position]
    return positions, ids, added


def _content(record: Record) -> tuple[object, ...]:
    said = (getattr(record, name) for name in record.__slots__ if name not in ("record_id", "source"))
    return tuple(clean(value) if isinstance(value, str) else value for value in said)


def _free_id(record: Record, taken: set[str]) -> str:
    """The record's own id; where another record has it, that with the file's name before it, and a number behind."""
    wanted = record.record_id if record.record_id not in taken else f"{record.source}:{record.record_id}"
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}#{number}"
    return free


def _insert(connection: sqlite3.Connection, event: CopiedEvent, number: int) -> None:
    payload = clean(json.dumps(dict(event.payload), ensure_ascii=False, sort_keys=True, allow_nan=False))
    record_id, reviewer = clean(event.record_id) or None, clean(event.reviewer)
    row = (number, event.time, event.kind, reviewer, record_id, event.target, None, payload)
    origin, previous = bytes.fromhex(event.name), bytes.fromhex(log_end(connection).hash)
    digest = event_hash(previous, (*row, event.height, origin, event.original))
    insert_event(connection, (*row, digest, event.height, origin), original=event.original)


def _must_add_up(connection: sqlite3.Connection) -> None:
    """Raises ReviewError where the events together say what tiab never writes."""
    events = events_after(connection, 0)
    state = advance(LogState(), events)
    if state.n_records > last_position(connection):
        raise ReviewError("is damaged: it names records that it does not hold", hint="Ask for the file again.")
