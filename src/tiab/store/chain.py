"""The chain of hashes in the log: the hash of an event covers what it says and the hash of the event before it.

Whoever changes, removes or inserts an event has to write all later hashes anew, and then the last one differs from
what was noted elsewhere: beside the file, in a report, in a letter to a co-author. The hash also serves as a name of
an event that is the same in every copy of a review, which its number is not.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiab.errors import ReviewError

__all__ = [
    "HASHED_COLUMNS",
    "ORIGIN_COLUMNS",
    "LogEnd",
    "as_json",
    "event_hash",
    "hash_of",
    "hashed_of",
    "link_faults",
    "log_end",
    "named",
    "numbering_faults",
]

HASHED_COLUMNS = ("event_id", "time", "kind", "reviewer", "record_id", "target", "token", "payload")
"""What the hash of an event covers, in this order."""

ORIGIN_COLUMNS = ("height", "origin", "original")
"""What the hash of an event from another copy of the review covers as well, in this order."""

_BEFORE_THE_FIRST = bytes(32)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode
_NAMED = 10
_WRITTEN = re.compile(r"(\d{1,18}):([0-9a-f]{16,64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEnd:
    """The last event of a log: its number and its hash as lower-case hex; 0 and zeros for an empty log.

    >>> str(LogEnd.parse("240:" + "9F86D081884C7D65"))
    '240:9f86d081884c7d65'
    """

    event_id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.event_id}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> LogEnd:
        """What was written as NUMBER:HASH; of the hash the first 16 digits will do.

        Raises:
            ReviewError: it is nothing of the kind.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            hint = "Give the number of an event and its hash as tiab printed them: 240:9f86d081884c7d65."
            raise ReviewError(f"'{text[:80]}' does not name an event by its hash", hint=hint)
        return cls(event_id=int(found[1]), hash=found[2].lower())


def as_json(values: Sequence[object]) -> bytes:
    """What is hashed of the values of a row: a JSON array in UTF-8, without spaces between its items.

    >>> as_json((1, None, "é")).decode()
    '[1,null,"é"]'
    """
    return _encode(list(values)).encode()


def event_hash(previous: bytes, values: Sequence[object]) -> bytes:
    """SHA-256 of the hash of the event before (32 zeros before the first), then of `values` as `as_json` gives them.

    Args:
        values: of `HASHED_COLUMNS`, as they are in the file.
    """
    return hashlib.sha256(previous + as_json(values)).digest()


def hashed_of(values: Sequence[object]) -> Sequence[object]:
    """What is hashed of the values of both: those of `ORIGIN_COLUMNS` only where there is an origin."""
    return values if values[len(HASHED_COLUMNS) + 1] is not None else values[: len(HASHED_COLUMNS)]


def log_end(connection: sqlite3.Connection) -> LogEnd:
    """The last event in the file."""
    row = connection.execute("SELECT event_id, hash FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
    number, digest = row or (0, _BEFORE_THE_FIRST)
    return LogEnd(event_id=number, hash=_bytes(digest).hex())


def hash_of(connection: sqlite3.Connection, event_id: int) -> bytes:
    """The hash of one event as it is in the file, zeros for number 0; b"" where there is no such event."""
    if event_id == 0:
        return _BEFORE_THE_FIRST
    row = connection.execute("SELECT hash FROM events WHERE event_id = ?", (event_id,)).fetchone()
    return _bytes(row[0]) if row else b""


def _broken_links(connection: sqlite3.Connection, *, after: int = 0) -> Iterator[int]:
    """The numbers of the events beyond `after` whose hash does not fit what they say and the hash before them.

    What follows a broken link is compared with the hash that is in the file, so that one change is named once.
    """
    columns = ", ".join((*HASHED_COLUMNS, *ORIGIN_COLUMNS))
    previous = hash_of(connection, after)
    query = f"SELECT {columns}, hash FROM events WHERE event_id > ? ORDER BY event_id"
    for *values, stored in connection.execute(query, (after,)):
        if stored != event_hash(previous, hashed_of(values)):
            yield int(values[0])
        previous = _bytes(stored)


def numbering_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Events are numbered from 1 without gaps, and SQLite remembers the last number that it gave."""
    count, last = connection.execute("SELECT count(*), coalesce(max(event_id), 0) FROM events").fetchone()
    given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
    most = max(last, given[0] if given and isinstance(given[0], int) else 0)
    if count != most:
        yield f"entries of its log are missing (there were {most}, there are {count})"


def link_faults(connection: sqlite3.Connection, *, after: int = 0) -> Iterator[str]:
    broken = list(_broken_links(connection, after=after))
    if broken:
        yield f"{named('event', broken)} of its log changed after being written, or an event before it did"


def named(what: str, numbers: Sequence[int]) -> str:
    """The first of some numbers, and how many more there are.

    >>> named("event", [3]), named("event", list(range(1, 13)))
    ('event 3', 'events 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more')
    """
    named = ", ".join(map(str, numbers[:_NAMED]))
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"{what}{'s' if len(numbers) > 1 else ''} {named}{more}"


def _bytes(value: object) -> bytes:
    """A hash as tiab stores it; b"" for what another program put in its place."""
    return value if isinstance(value, bytes) else b""
