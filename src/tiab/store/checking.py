"""Checking: whether records and log are what tiab wrote, as far as their hashes tell.

Whoever can write to the folder can also write all hashes anew. Only a hash that was noted elsewhere (a report prints
it) tells of that, and of a log whose last entries were removed together with the anchor.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiab.errors import LabelError, ReviewError
from tiab.reading import parse_json
from tiab.store.anchor import ANCHOR_NAME, anchor_fault, read_anchor
from tiab.store.chain import LogEnd, event_hash, link_faults, log_end, named, numbering_faults
from tiab.store.events import Event, events_after
from tiab.store.faults import reported
from tiab.store.opening import FILE_NAME, must_exist, open_file
from tiab.store.rows import RECORD_COLUMNS, SOURCE_COLUMNS, last_position, record_from, records_sha256
from tiab.store.schema import MIGRATIONS, Migration
from tiab.store.state import LogState, advance
from tiab.store.transactions import one_state

__all__ = ["Check", "check_folder", "damage", "faults_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check of a review found.

    Attributes:
        events, records: how many there are.
        end: the last event, to be noted elsewhere.
        faults: what is not as tiab wrote it, in sentences; none where all hashes agree.
        remarks: what the check cannot tell, in sentences.
    """

    events: int = 0
    records: int = 0
    end: LogEnd | None = None
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """The check in plain JSON types."""
        return {
            "sound": self.sound,
            "events": self.events,
            "records": self.records,
            "end": str(self.end) if self.end else None,
            "faults": list(self.faults),
            "remarks": list(self.remarks),
        }


def check_folder(
    folder: str | Path,
    *,
    program: str,
    anchors: Iterable[LogEnd] = (),
    migrations: Sequence[Migration] = MIGRATIONS,
) -> Check:
    """All that a check of the review in `folder` finds, also where it would not be opened for what is found.

    Args:
        program: the version of tiab that checks.
        anchors: ends that the log is known to have had, from a report or a letter.

    Raises:
        ReviewError: there is no review in `folder`.
    """
    path = Path(folder) / FILE_NAME
    must_exist(path)
    try:
        with open_file(path, migrations=migrations, program=program, checked=False) as opened, reported(path):
            anchor = read_anchor(path.parent)
            with one_state(opened.connection):
                return _check(opened.connection, [*anchors, *([anchor] if anchor else [])], noted=anchor is not None)
    except ReviewError as error:
        return Check(faults=(error.message,))


def _check(connection: sqlite3.Connection, anchors: Sequence[LogEnd], *, noted: bool) -> Check:
    damaged = damage(connection)
    if damaged:
        return Check(faults=(damaged,))
    upgraded = connection.execute(
        "SELECT max(event_id), max(time) FROM events WHERE kind = 'upgraded' AND origin IS NULL"
    ).fetchone()
    remarks = []
    if not noted:
        remarks.append(f"{ANCHOR_NAME} is missing: whether entries at the end of the log are missing cannot be told.")
    if upgraded[0]:
        remarks.append(f"Events before {upgraded[0]} were hashed on {upgraded[1][:10]}, not when they were written.")
    return Check(
        events=connection.execute("SELECT count(*) FROM events").fetchone()[0],
        records=connection.execute("SELECT count(*) FROM records").fetchone()[0],
        end=log_end(connection),
        faults=tuple(dict.fromkeys(faults_of(connection, anchors))),
        remarks=tuple(remarks),
    )


def damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the pages of the file and the links between them; "" if nothing is."""
    for pragma, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        rows = connection.execute(f"PRAGMA {pragma}").fetchall()
        if rows != sound:
            return f"is damaged ({rows[0][0]})"
    return ""


def faults_of(connection: sqlite3.Connection, anchors: Iterable[LogEnd] = ()) -> Iterator[str]:
    """All in the log and the records that is not as tiab wrote it, in sentences.

    Args:
        anchors: ends that the log is known to have had.
    """
    for anchor in anchors:
        found = anchor_fault(connection, anchor)
        if found:
            yield found[0]
    yield from numbering_faults(connection)
    yield from link_faults(connection)
    try:
        events = events_after(connection, 0)
        advance(LogState(), events)
    except (ReviewError, LabelError) as error:
        yield error.message
        return
    yield from _origin_faults(connection)
    listed = [event for event in events if event.kind == "imported" or "last_position" in event.payload]
    yield from _import_faults(connection, sorted(listed, key=lambda event: event.event_id))
    yield from _record_faults(connection)


def _origin_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """The events from other copies of the review that are not what their names were made of."""
    wrong = []
    for number, origin, original in connection.execute(
        "SELECT event_id, origin, original FROM events WHERE origin IS NOT NULL ORDER BY event_id"
    ):
        try:
            before, *values = parse_json(original)
            sound = event_hash(bytes.fromhex(before), values) == origin
        except (TypeError, ValueError):
            sound = False
        if not sound:
            wrong.append(int(number))
    if wrong:
        yield f"{named('event', wrong)} of its log came from another copy, where it said something else"


def _import_faults(connection: sqlite3.Connection, events: Sequence[Event]) -> Iterator[str]:
    """The records and the files that they came from, beside what the log says of each import."""
    query = f"SELECT source_id, {', '.join(SOURCE_COLUMNS)} FROM sources"
    sources = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    before = 0
    for event in events:
        said, last = event.payload, event.payload.get("last_position", before)
        if event.kind == "imported" and sources.pop(said.get("source_id"), None) != tuple(
            map(said.get, SOURCE_COLUMNS)
        ):
            yield f"the file {said.get('name')} is not listed as event {event.event_id} says"
        # An upgrade covers all records that there were; the records of an import in another copy came with `joined`.
        found = records_sha256(connection, after=0 if event.kind == "upgraded" else before, up_to=last)
        if said.get("records_sha256", found) != found:
            name = said.get("name", event.kind)
            yield f"the records of event {event.event_id} ({name}) are not those that were stored"
        before = last
    if sources:
        yield f"{len(sources)} of the files listed are in no event of the log"
    if last_position(connection) != before:
        yield f"its log names {before} records, there are {last_position(connection)}"


def _record_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """The records whose title, abstract or year are not those that their fingerprints were made of."""
    rows = connection.execute(f"SELECT position, {', '.join(RECORD_COLUMNS)} FROM records ORDER BY position")
    wrong = [position for position, *row in rows if not _fits(row)]
    if wrong:
        yield f"{named('record', wrong)} (in the order of import) changed after being stored: the fingerprint differs"


def _fits(row: Sequence[Any]) -> bool:
    try:
        return record_from(row).fingerprint == str(row[1])
    except ReviewError:
        return False
