"""The tables of a review, and the steps that lead from each version of them to the next.

`MIGRATIONS[n]` leads from version n to n + 1 and version 0 is an empty file, so a new review and an old one take the
same road. A step that has been released is never changed; a new need is a new step.

The log is append-only by trigger: UPDATE and DELETE are refused, and so is an INSERT that would replace a row, which
SQLite would otherwise let pass (REPLACE fires no DELETE trigger unless recursive_triggers is on).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache

from tiab.store.chain import HASHED_COLUMNS, event_hash
from tiab.store.rows import last_position, records_sha256

__all__ = ["APPLICATION_ID", "MIGRATIONS", "Migration", "alterations", "migrate", "version_of", "written_by"]

APPLICATION_ID = int.from_bytes(b"tiab")
"""Marks the SQLite file as a review of tiab."""

Migration = Callable[[sqlite3.Connection], None]

_TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE sources (
        source_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        found INTEGER NOT NULL,
        new INTEGER NOT NULL,
        known INTEGER NOT NULL,
        duplicates INTEGER NOT NULL,
        unreadable INTEGER NOT NULL
    )""",
    """CREATE TABLE records (
        position INTEGER PRIMARY KEY,
        record_id TEXT NOT NULL UNIQUE,
        source_id INTEGER NOT NULL REFERENCES sources,
        fingerprint TEXT NOT NULL,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        authors TEXT NOT NULL,
        year INTEGER,
        journal TEXT NOT NULL,
        doi TEXT NOT NULL,
        pmid TEXT NOT NULL,
        keywords TEXT NOT NULL,
        publication_types TEXT NOT NULL,
        language TEXT NOT NULL,
        source TEXT NOT NULL,
        extra TEXT NOT NULL
    )""",
    """CREATE TABLE events (
        event_id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (event_id > 0),
        time TEXT NOT NULL,
        kind TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        record_id TEXT REFERENCES records (record_id),
        target INTEGER REFERENCES events,
        token TEXT UNIQUE,
        payload TEXT NOT NULL
    )""",
    "CREATE INDEX events_by_reviewer ON events (reviewer, kind, event_id)",
    # No decision can be taken back twice, whatever two programs do at once.
    "CREATE UNIQUE INDEX events_by_target ON events (target, kind) WHERE target IS NOT NULL",
    """CREATE TABLE pico (
        fingerprint TEXT NOT NULL,
        criteria TEXT NOT NULL,
        version TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (fingerprint, criteria, version)
    ) WITHOUT ROWID""",
)


def _guards() -> dict[str, str]:
    """Trigger name -> SQL: what keeps the log, the records and their sources as they were written."""
    triggers = {}
    for table in ("events", "records", "sources"):
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )
    for table, keys in (
        ("events", ("event_id", "token")),
        ("records", ("position", "record_id")),
        ("sources", ("source_id",)),
    ):
        taken = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        name = f"{table}_no_replace"
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )
    return triggers


def _first(connection: sqlite3.Connection) -> None:
    """Version 1: the tables, and the triggers that keep the log append-only."""
    for statement in (*_TABLES, *_guards().values()):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _second(connection: sqlite3.Connection) -> None:
    """Version 2: each event carries a hash of itself and of all before it.

    What version 1 wrote is hashed as it is found, and an event says so; equal copies get equal hashes.
    """
    wrote = written_by(connection)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("ALTER TABLE events ADD COLUMN hash BLOB NOT NULL DEFAULT x''")
    previous, number = bytes(32), 0
    for values in connection.execute(f"SELECT {', '.join(HASHED_COLUMNS)} FROM events ORDER BY event_id").fetchall():
        previous, number = event_hash(previous, values), values[0]
        connection.execute("UPDATE events SET hash = ? WHERE event_id = ?", (previous, number))
    connection.execute(_guards()["events_no_update"])
    if number:
        last = last_position(connection)
        digest = records_sha256(connection, up_to=last)
        said = {"events": number, "from": wrote, "last_position": last, "records_sha256": digest}
        time = datetime.now(UTC).isoformat(timespec="microseconds")
        values = (number + 1, time, "upgraded", "", None, None, None, json.dumps(said, sort_keys=True))
        columns = ", ".join((*HASHED_COLUMNS, "hash"))
        connection.execute(
            f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, event_hash(previous, values)),
        )


def _third(connection: sqlite3.Connection) -> None:
    """Version 3: events from other copies of the review, and an order that is the same in all of them.

    `height` is the number of an event in the longest chain of events that led to it. An event from another copy has the
    hash that it has there (`origin`), and what that hash covers (`original`); two people may take back one decision.
    """
    connection.execute("DROP TRIGGER events_no_update")
    for column in ("height INTEGER NOT NULL DEFAULT 0", "origin BLOB", "original TEXT"):
        connection.execute(f"ALTER TABLE events ADD COLUMN {column}")
    connection.execute("UPDATE events SET height = event_id")
    connection.execute("DROP INDEX events_by_target")
    own = "WHERE target IS NOT NULL AND origin IS NULL"
    connection.execute(f"CREATE UNIQUE INDEX events_by_target ON events (target, kind) {own}")
    connection.execute("CREATE INDEX events_by_any_target ON events (target, kind) WHERE target IS NOT NULL")
    connection.execute("CREATE UNIQUE INDEX events_by_origin ON events (origin) WHERE origin IS NOT NULL")
    connection.execute(_guards()["events_no_update"])


MIGRATIONS: tuple[Migration, ...] = (_first, _second, _third)

_TOKEN = re.compile(r"\w+|'[^']*'|\S")


def alterations(connection: sqlite3.Connection, *, migrations: Sequence[Migration]) -> list[str]:
    """What another program changed in the tables, indexes, views and triggers that `migrations` make, in words."""
    found, made = _schema(connection), _made_by(tuple(migrations))
    told = [(key, "is missing") for key in made.keys() - found.keys()]
    told += [(key, "was added") for key in found.keys() - made.keys()]
    told += [(key, "was changed") for key in made.keys() & found.keys() if made[key] != found[key]]
    return [f"{kind} {name} {what}" for (kind, name), what in sorted(told)]


@cache
def _made_by(migrations: tuple[Migration, ...]) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations=migrations, program="")
        return _schema(connection)


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """(kind, name) -> the SQL of it, word by word, whatever the spaces between them."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {(str(kind), str(name)): " ".join([str(of), *_TOKEN.findall(sql or "")]) for kind, name, of, sql in rows}


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables in the file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def written_by(connection: sqlite3.Connection) -> str:
    """The version of tiab that last gave the file its tables; "" where that cannot be read."""
    try:
        row = connection.execute("SELECT value FROM about WHERE name = 'written_by'").fetchone()
    except sqlite3.DatabaseError:
        return ""  # a later version may keep it elsewhere; the caller's message does without
    return str(row[0]) if row else ""


def migrate(connection: sqlite3.Connection, *, migrations: Sequence[Migration], program: str) -> None:
    """Brings the file to the last version in one transaction: all steps, or none.

    Args:
        program: the version of tiab that does it, kept in the file for a later one's messages.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another program may have migrated while this one waited.
        missing = migrations[version_of(connection) :]
        for step in missing:
            step(connection)
        if missing:
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
            connection.execute("DELETE FROM about WHERE name = 'written_by'")
            connection.execute("INSERT INTO about VALUES ('written_by', ?)", (program,))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
