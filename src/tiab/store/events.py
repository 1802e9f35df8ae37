"""Events: what happened in a review, one after the other, and the writing of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from tiab.errors import LabelError, ReviewError
from tiab.labels import Label
from tiab.reading import parse_json
from tiab.store.chain import HASHED_COLUMNS, event_hash, log_end
from tiab.store.rows import clean, must_be_one

__all__ = [
    "KINDS",
    "LOCAL_KINDS",
    "Entry",
    "Event",
    "append",
    "decision_to_undo",
    "event_from",
    "event_with",
    "events_after",
    "insert_event",
    "label_entry",
    "last_decision",
    "last_number",
]

KINDS = (
    "adopted",
    "batch",
    "batch_undone",
    "choices",
    "criteria",
    "decisions_imported",
    "exported",
    "import_undone",
    "imported",
    "joined",
    "kept_apart",
    "labelled",
    "merged",
    "noted",
    "ranked",
    "resolved",
    "searched",
    "settings",
    "stopped",
    "tag_renamed",
    "tagged",
    "undone",
    "unmerged",
    "upgraded",
)
"""What can happen in a review."""

LOCAL_KINDS = ("adopted", "joined")
"""What happens to one copy of a review and means nothing to another: its events stay where they are."""

_COLUMNS = ", ".join((*HASHED_COLUMNS, "hash", "height", "origin"))
_SHARED_ORDER = "height{0}, coalesce(origin, hash){0}"
"""The order of events that is the same in each copy of a review, whatever was merged when, and by whose clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to be written into the log.

    Attributes:
        kind: one of `KINDS`.
        reviewer: who did it; "" where nobody said.
        record_id: the record that it is about; "" where it is about none.
        target: the number of the event that it takes back.
        token: chosen by whoever writes, the same when the same thing is tried again: it is then stored once.
        payload: the rest, as plain JSON types: the decision and its reason, the seed, data and model hashes.
    """

    kind: str
    reviewer: str = ""
    record_id: str = ""
    target: int | None = None
    token: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Entry):
    """An entry as it stands in the log.

    Attributes:
        event_id: its number in this copy of the review; what is written here later has a higher one.
        time: UTC, ISO 8601 with microseconds, by the clock of the computer that wrote it.
        hash: of all that it says and of the events before it, in hex; "" for an event that was not read from a log.
        height: how many events led to it at least, itself among them.
        origin: the hash that it has in the copy of the review where it was written; "" where that is this one.
    """

    event_id: int
    time: str
    hash: str = ""
    height: int = 0
    origin: str = ""

    @property
    def name(self) -> str:
        """What names it in every copy of the review, in hex."""
        return self.origin or self.hash


def label_entry(
    label: Label,
    *,
    note: str = "",
    token: str | None = None,
    kind: str = "labelled",
    ordered: bool = True,
    decided: str = "",
) -> Entry:
    """The entry that says that `label` was given.

    Args:
        ordered: its place in the log is its place in the order of reading; False for a decision from a file that does
            not tell that order.
        decided: when, ISO 8601, as that file says; "" where it doesn't.

    >>> from tiab.labels import Decision
    >>> label_entry(Label(record_id="1", decision=Decision.INCLUDE, reviewer="eva")).payload["decision"]
    'include'
    """
    payload = {
        "decision": label.decision.value,
        "reason": label.reason,
        "note": note,
        "prior": label.prior,
        "ordered": ordered,
    }
    if decided:
        payload["decided"] = decided
    return Entry(kind=kind, reviewer=label.reviewer, record_id=label.record_id, token=token, payload=payload)


def append(connection: sqlite3.Connection, entry: Entry, *, now: datetime | None = None) -> Event:
    """Writes `entry` within the caller's transaction; the event as it stands, an earlier one for a repeated token.

    Raises:
        LabelError: it names a record that is not in the review.
        ReviewError: its token was used for something else.
        ValueError: its kind is none of `KINDS`, or the payload is not JSON.
    """
    if entry.kind not in KINDS:
        raise ValueError(f"'{entry.kind}' is not a kind of event")
    payload = clean(json.dumps(dict(entry.payload), ensure_ascii=False, sort_keys=True, allow_nan=False))
    record_id, reviewer = clean(entry.record_id), clean(entry.reviewer)
    token = None if entry.token is None else clean(entry.token)
    wanted = (entry.kind, reviewer, record_id or None, entry.target, token, payload)
    earlier = token is not None and _by_token(connection, token)
    if earlier:
        return _same(earlier, wanted)
    if record_id and not connection.execute("SELECT 1 FROM records WHERE record_id = ?", (record_id,)).fetchone():
        raise LabelError(f"no record '{record_id[:80]}' in this review", hint="Check its id.")
    time = (now or datetime.now(UTC)).isoformat(timespec="microseconds")
    last = log_end(connection)
    row = (last.event_id + 1, time, *wanted)
    stored = (*row, event_hash(bytes.fromhex(last.hash), row), _highest(connection) + 1, None)
    insert_event(connection, stored)
    return event_from(stored)


def insert_event(connection: sqlite3.Connection, row: Sequence[Any], *, original: str | None = None) -> None:
    """Writes one row of the log within the caller's transaction: `HASHED_COLUMNS`, hash, height and origin."""
    marks = ", ".join("?" * (len(row) + 1))
    must_be_one(connection.execute(f"INSERT INTO events ({_COLUMNS}, original) VALUES ({marks})", (*row, original)))


def _highest(connection: sqlite3.Connection) -> int:
    """The greatest height of an event: that of the last one, where it was written here."""
    row = connection.execute("SELECT height, origin FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
    if row and row[1] is not None:
        row = connection.execute("SELECT max(height) FROM events").fetchone()
    return int(row[0]) if row else 0


def events_after(
    connection: sqlite3.Connection, event_id: int, *, kinds: Sequence[str] = (), record_ids: Sequence[str] = ()
) -> tuple[Event, ...]:
    """The events with higher numbers than `event_id`, of `kinds` and on records only, where some are named.

    They are in the order of their numbers; all of them (after 0), in the order that is the same in each copy.
    """
    named = [("kind", tuple(kinds)), ("record_id", tuple(map(clean, record_ids)))]
    chosen = "".join(f" AND {name} IN ({', '.join('?' * len(values))})" for name, values in named if values)
    order = "event_id" if event_id else _SHARED_ORDER.format("")
    query = f"SELECT {_COLUMNS} FROM events WHERE event_id > ?{chosen} ORDER BY {order}"
    values = [value for _, several in named for value in several]
    return tuple(event_from(row) for row in connection.execute(query, (event_id, *values)).fetchall())


def last_number(connection: sqlite3.Connection) -> int:
    """The number of the last event; 0 for an empty log."""
    return int(connection.execute("SELECT coalesce(max(event_id), 0) FROM events").fetchone()[0])


def decision_to_undo(
    connection: sqlite3.Connection, reviewer: str, *, record_id: str = "", token: str | None = None
) -> Event | None:
    """The last decision of `reviewer` (on one record, where it is named) that was not taken back; None without one.

    Those of a batch are taken back together, or one by one where the record is named.

    Where `token` was used before, it is the decision that was taken back then.
    """
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE event_id = (SELECT target FROM events WHERE token = ?)", (token,)
    ).fetchone()
    if row is None:
        chosen = " AND record_id = ?" if record_id else " AND json_extract(payload, '$.batch') IS NULL"
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM events AS given WHERE reviewer = ? AND kind IN ('labelled', 'resolved'){chosen} "
            "AND NOT EXISTS (SELECT 1 FROM events WHERE target = given.event_id AND kind = 'undone') "
            f"ORDER BY {_SHARED_ORDER.format(' DESC')} LIMIT 1",
            (clean(reviewer), clean(record_id)) if record_id else (clean(reviewer),),
        ).fetchone()
    return event_from(row) if row else None


def last_decision(connection: sqlite3.Connection, reviewer: str, record_id: str, *, kind: str) -> Event | None:
    """The last decision of that kind of a reviewer on a record, whether or not it was taken back since."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE reviewer = ? AND kind = ? AND record_id = ? "
        f"ORDER BY {_SHARED_ORDER.format(' DESC')} LIMIT 1",
        (clean(reviewer), kind, clean(record_id)),
    ).fetchone()
    return event_from(row) if row else None


def event_with(connection: sqlite3.Connection, token: str) -> Event | None:
    """The event of that token; None where there is none."""
    row = _by_token(connection, clean(token))
    return event_from(row) if row else None


def event_from(row: Sequence[Any]) -> Event:
    """The event of one row of the table.

    Raises:
        ReviewError: its payload is not what tiab writes.
    """
    event_id, time, kind, reviewer, record_id, target, token, payload, digest, height, origin = row
    try:
        data = parse_json(payload)
        if not isinstance(data, dict):
            raise TypeError("no table where one belongs")
    except (TypeError, ValueError) as error:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError(f"event {event_id} of the log cannot be understood ({error})", hint=hint) from error
    return Event(
        event_id=event_id,
        time=time,
        kind=kind,
        reviewer=reviewer,
        record_id=record_id or "",
        target=target,
        token=token,
        payload=MappingProxyType(data),
        hash=digest.hex() if isinstance(digest, bytes) else "",
        height=height,
        origin=origin.hex() if isinstance(origin, bytes) else "",
    )


def _by_token(connection: sqlite3.Connection, token: str) -> Sequence[Any] | None:
    row: Sequence[Any] | None = connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE token = ?", (token,)
    ).fetchone()
    return row


def _same(row: Sequence[Any], wanted: Sequence[Any]) -> Event:
    if tuple(row[2:8]) != tuple(wanted):
        hint = "Choose a new token for each decision."
        raise ReviewError(f"the token '{row[6]}' was used for another entry of the log", hint=hint)
    return event_from(row)
