"""Records and sources as rows of SQLite, and back."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiab.errors import ReviewError
from tiab.reading import parse_json
from tiab.records import Record
from tiab.store.chain import as_json

__all__ = [
    "RECORD_COLUMNS",
    "SOURCE_COLUMNS",
    "Source",
    "clean",
    "insert_records",
    "insert_source",
    "last_position",
    "must_be_one",
    "positions_of",
    "record_from",
    "records_sha256",
    "source_from",
]

_PLAIN = ("title", "abstract", "journal", "doi", "pmid", "language", "source")
_LISTS = ("authors", "keywords", "publication_types", "extra")
RECORD_COLUMNS = ("record_id", "fingerprint", "year", *_PLAIN, *_LISTS)
SOURCE_COLUMNS = ("name", "sha256", "found", "new", "known", "duplicates", "unreadable")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file that records came from, and what became of them on the day of the import.

    Attributes:
        source_id: its number in the review; 0 before it is stored.
        name: the file's name, without its folder.
        sha256: of the file's bytes, in hex.
        found: how many records start in the file: new + known + duplicates + unreadable.
        new: how many were added to the review.
        known: how many the review held already.
        duplicates: how many were added and linked to a record that the review held.
        unreadable: how many could not be read.
    """

    source_id: int = 0
    name: str
    sha256: str = ""
    found: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    unreadable: int = 0


def clean(text: str) -> str:
    """`text` as Unicode that can be stored and sent: surrogate pairs joined, a lone one becomes U+FFFD.

    >>> clean("a\\ud800b") == "a\\ufffdb"
    True
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def insert_source(connection: sqlite3.Connection, source: Source) -> int:
    """Writes `source` within the caller's transaction; its number."""
    values = (clean(source.name), *(getattr(source, name) for name in SOURCE_COLUMNS[1:]))
    return int(must_be_one(connection.execute(_insert("sources", SOURCE_COLUMNS), values)).lastrowid or 0)


def insert_records(connection: sqlite3.Connection, records: Iterable[Record], *, source_id: int) -> str:
    """Writes `records` within the caller's transaction, after those that are there; SHA-256 of their rows, in hex.

    Raises:
        ReviewError: the review has a record of that id, or the year is no year that a database holds.
    """
    query, digest = _insert("records", (*RECORD_COLUMNS, "source_id")), hashlib.sha256()
    for record in records:
        row = (*_row(record), source_id)
        try:
            must_be_one(connection.execute(query, row))
        except sqlite3.IntegrityError as error:
            hint = "Give each record an id of its own."
            raise ReviewError(f"two records have the id '{record.record_id[:80]}'", hint=hint) from error
        digest.update(as_json(row))
    return digest.hexdigest()


def must_be_one(cursor: sqlite3.Cursor) -> sqlite3.Cursor:
    """`cursor` after an INSERT of one row.

    Raises:
        ReviewError: nothing was written, which a trigger of another program may bring about.
    """
    if cursor.rowcount != 1:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError("nothing was stored: a row that was written did not arrive", hint=hint)
    return cursor


def records_sha256(connection: sqlite3.Connection, *, after: int = 0, up_to: int) -> str:
    """SHA-256 of the records at positions `after` + 1 to `up_to`, as `insert_records` gave it for them, in hex."""
    digest = hashlib.sha256()
    columns = ", ".join((*RECORD_COLUMNS, "source_id"))
    query = f"SELECT {columns} FROM records WHERE position > ? AND position <= ? ORDER BY position"
    for row in connection.execute(query, (after, up_to)):
        digest.update(as_json(row))
    return digest.hexdigest()


def last_position(connection: sqlite3.Connection) -> int:
    """The position of the last record; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(position), 0) FROM records").fetchone()[0])


def positions_of(connection: sqlite3.Connection, record_ids: Iterable[str]) -> list[int]:
    """The positions of the records of these ids, in order."""
    query = "SELECT position FROM records WHERE record_id = ?"
    rows = (connection.execute(query, (clean(record_id),)).fetchone() for record_id in record_ids)
    return sorted({int(row[0]) for row in rows if row})


def record_from(row: Sequence[Any]) -> Record:
    """The record of one row of `RECORD_COLUMNS`.

    Raises:
        ReviewError: another program wrote something into it that is no record.
    """
    record_id, _, year, *rest = row
    plain = dict(zip(_PLAIN, rest, strict=False))
    try:
        authors, keywords, publication_types, extra = (parse_json(text) for text in rest[len(_PLAIN) :])
        if not all(isinstance(text, str) for text in (record_id, *plain.values())):
            raise TypeError("a number where a text belongs")
        return Record(
            record_id=record_id,
            year=None if year is None else int(year),
            authors=_texts(authors),
            keywords=_texts(keywords),
            publication_types=_texts(publication_types),
            extra=tuple((str(name), str(value)) for name, value in extra),
            **plain,
        )
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError(f"record {record_id} cannot be understood ({error})", hint=hint) from error


def source_from(row: Sequence[Any]) -> Source:
    """The source of one row: its number, then `SOURCE_COLUMNS`."""
    return Source(source_id=row[0], **dict(zip(SOURCE_COLUMNS, row[1:], strict=True)))


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _row(record: Record) -> tuple[str | int | None, ...]:
    """The values of `RECORD_COLUMNS`; lists as JSON."""
    if record.year is not None and abs(record.year) > _LARGEST:
        raise ReviewError(f"record {record.record_id}: {str(record.year)[:12]}… is not a year", hint="Correct it.")
    plain = {name: clean(getattr(record, name)) for name in _PLAIN}
    kept = replace(record, title=plain["title"], abstract=plain["abstract"])
    lists = (clean(json.dumps(getattr(record, name), ensure_ascii=False)) for name in _LISTS)
    return (clean(record.record_id), kept.fingerprint, record.year, *plain.values(), *lists)


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("no list where one belongs")
    return tuple(str(value) for value in values)
