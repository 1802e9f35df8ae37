"""Store: the SQLite file of one review."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiab.errors import LabelError, ReviewError
from tiab.records import Record
from tiab.store import cache
from tiab.store.anchor import read_anchor, write_anchor
from tiab.store.chain import log_end
from tiab.store.checking import damage, faults_of
from tiab.store.checkpoints import Checkpoints
from tiab.store.copies import Copy, read_copy
from tiab.store.events import (
    Entry,
    Event,
    append,
    decision_to_undo,
    event_with,
    events_after,
    last_decision,
    last_number,
)
from tiab.store.faults import reported
from tiab.store.joining import Joined, join
from tiab.store.opening import FILE_NAME, create_file, must_be_unaltered, open_file
from tiab.store.places import place_warning
from tiab.store.rows import (
    RECORD_COLUMNS,
    SOURCE_COLUMNS,
    Source,
    clean,
    insert_records,
    insert_source,
    last_position,
    positions_of,
    record_from,
    source_from,
)
from tiab.store.schema import MIGRATIONS, Migration
from tiab.store.tail import Tail
from tiab.store.transactions import begin, one_state

__all__ = ["Store"]


class Store:
    """The SQLite file of one review: its records, its append-only log of events, and what PICO found, as a cache.

    Each writing method is one transaction, and returns once it is on the disk. One Store may be shared by threads, and
    any number of programs may have the same review open. Nothing deletes.

    Attributes:
        folder: the folder of the review.
        read_only: whether it can be read but not written.
        warnings: what whoever opened it should know, in sentences.
    """

    def __init__(self, folder: str | Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Opens the review in `folder`.

        Raises:
            ReviewError: there is none, or it is damaged, altered, foreign or from a later version of tiab, or the last
                entries of its log are missing.
        """
        self.folder = Path(folder)
        self._path = self.folder / FILE_NAME
        self._migrations = migrations
        self._lock = threading.RLock()
        opened = open_file(self._path, migrations=migrations, program=_program())
        self._opened, self._connection = opened, opened.connection
        self.read_only, self.warnings = opened.read_only, (*opened.warnings, *filter(None, [place_warning(folder)]))
        self._closed = False
        self._schema_version: list[tuple[int]] = []
        self._tail = Tail()
        self._checkpoints = Checkpoints(self._connection, self._lock, self._path)

    @classmethod
    def create(cls, folder: str | Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> Store:
        """A new, empty review in `folder`, which is made where it is missing.

        Raises:
            ReviewError: there is a review already, or the folder cannot be written.

        >>> import tempfile
        >>> from tiab.labels import Decision, Label
        >>> from tiab.store import label_entry
        >>> with tempfile.TemporaryDirectory() as folder, Store.create(folder) as store:
        ...     source = store.add(Source(name="search.ris"), [Record(record_id="1", title="Yoga in MS")])
        ...     event = store.append(label_entry(Label(record_id="1", decision=Decision.INCLUDE, reviewer="eva")))
        ...     len(store.records()), [event.kind for event in store.events()]
        (1, ['imported', 'labelled'])
        """
        create_file(Path(folder) / FILE_NAME, migrations=migrations, program=_program())
        return cls(folder, migrations=migrations)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        with self._lock:
            if not self._closed and not self.read_only:
                self._checkpoints.close()
                with suppress(sqlite3.Error):  # the anchor may stay behind, and closing must not fail for it
                    write_anchor(self.folder, log_end(self._connection))
            self._closed = True
            self._opened.close()

    # Records

    def add(
        self,
        source: Source,
        records: Iterable[Record],
        *,
        reviewer: str = "",
        payload: Mapping[str, object] | None = None,
        entries: Iterable[Entry] = (),
        held: Iterable[str] = (),
    ) -> Event:
        """Stores `records` and the file they came from in one transaction; the `imported` event.

        Args:
            payload: what the event says beside the counts of `source`.
            entries: written after it in the same transaction, such as the links to records that are duplicates.
            held: the ids of the records of the file that an earlier one had brought.

        Raises:
            ReviewError: a record id is in the review already, or nothing could be stored (disk full, read-only).
        """
        counts = {name: getattr(source, name) for name in SOURCE_COLUMNS}
        with self._transaction() as connection:
            number, before = insert_source(connection, source), last_position(connection)
            digest = insert_records(connection, records, source_id=number)
            last = last_position(connection)
            stored = {"stored": last - before, "held": positions_of(connection, held), "records_sha256": digest}
            said = {**(payload or {}), **counts, **stored, "source_id": number, "last_position": last}
            event = append(connection, Entry(kind="imported", reviewer=reviewer, payload=said))
            for entry in entries:
                append(connection, entry)
        return event

    def records(self, *, after: int = 0, up_to: int | None = None) -> list[Record]:
        """The records in the order in which they were added, from position `after` + 1 (to `up_to`, where it is said).

        Raises:
            ReviewError: the file is damaged or was altered.
        """
        query = (
            f"SELECT {', '.join(RECORD_COLUMNS)} FROM records WHERE position > ? AND position <= ? ORDER BY position"
        )
        return [record_from(row) for row in self._read(query, (after, 2**62 if up_to is None else up_to))]

    def fingerprints(self, *, after: int = 0, up_to: int | None = None) -> list[str]:
        """`Record.fingerprint` of the records that `records` gives, as it was when they were added."""
        query = "SELECT fingerprint FROM records WHERE position > ? AND position <= ? ORDER BY position"
        return [str(row[0]) for row in self._read(query, (after, 2**62 if up_to is None else up_to))]

    def record(self, record_id: str) -> Record:
        """The record of that id.

        Raises:
            LabelError: there is none.
        """
        rows = self._read(f"SELECT {', '.join(RECORD_COLUMNS)} FROM records WHERE record_id = ?", (clean(record_id),))
        if not rows:
            raise LabelError(f"no record '{record_id[:80]}' in this review", path=self.folder, hint="Check its id.")
        return record_from(rows[0])

    def sources(self) -> tuple[Source, ...]:
        """The files that records came from, in the order in which they were added."""
        rows = self._read(f"SELECT source_id, {', '.join(SOURCE_COLUMNS)} FROM sources ORDER BY source_id", ())
        return tuple(source_from(row) for row in rows)

    # The log

    def undo(self, reviewer: str = "", *, record_id: str = "", token: str | None = None) -> Event | None:
        """Takes back the last decision of `reviewer` that still stands; the `undone` event, or None if there is none.

        Args:
            record_id: take back the last decision on this record instead.
        """
        with self._transaction() as connection:
            given = decision_to_undo(connection, reviewer, record_id=record_id, token=token)
            if given is None:
                return None
            undone = Entry(
                kind="undone", reviewer=reviewer, record_id=given.record_id, target=given.event_id, token=token
            )
            return append(connection, undone)

    def append(self, entry: Entry) -> Event:
        """Writes one entry into the log; the event as it stands.

        Raises:
            LabelError: it names a record that is not in the review.
            ReviewError: it could not be stored.
        """
        return self.append_all([entry])[0]

    def append_all(self, entries: Iterable[Entry]) -> tuple[Event, ...]:
        """Writes all of `entries` into the log in one transaction, or none; the events as they stand.

        Raises:
            LabelError: one names a record that is not in the review.
            ReviewError: they could not be stored.
        """
        with self._lock:
            with self._transaction() as connection:
                events = tuple(append(connection, entry) for entry in entries)
            self._tail.keep(events)
        return events

    def has_undone_import(self) -> bool:
        """Whether an import was ever undone; looked up in the index of events that take something back."""
        query = "SELECT 1 FROM events WHERE target IS NOT NULL AND kind = 'import_undone' LIMIT 1"
        return bool(self._read(query, ()))

    def named_reviewers(self) -> set[str]:
        """The names of those whose decisions stand, prior knowledge aside; without "", who gave none."""
        query = (
            "SELECT DISTINCT reviewer FROM events AS given WHERE reviewer > '' AND kind = 'labelled' "
            "AND NOT coalesce(json_extract(payload, '$.prior'), 0) "
            "AND NOT EXISTS (SELECT 1 FROM events WHERE target = given.event_id AND kind = 'undone')"
        )
        return {str(row[0]) for row in self._read(query, ())}

    def copy(self) -> Copy:
        """All of the review that another copy of it can take in."""
        with self._lock, reported(self._path), one_state(self._connection):
            return read_copy(self._connection)

    def join(self, copy: Copy, *, name: str, reviewer: str = "") -> Joined:
        """Takes in what another copy of this review has and this one lacks, in one transaction.

        Args:
            name: of the file or folder that it came from.

        Raises:
            ReviewError: it is a copy of another review, or damaged; nothing was stored.
        """
        with self._transaction() as connection:
            return join(connection, copy, name=name, reviewer=reviewer)

    def import_decisions(self, entry: Entry, labels: Iterable[Entry]) -> Event:
        """Writes the `decisions_imported` entry of a file, and its decisions, in one transaction; the event.

        Raises:
            LabelError: one names a record that is not in the review.
            ReviewError: they could not be stored.
        """
        with self._transaction() as connection:
            event = append(connection, entry)
            for label in labels:
                append(connection, replace(label, payload={**label.payload, "import": event.event_id}))
        return event

    def events(self, *, after: int = 0, kinds: Sequence[str] = (), record_ids: Sequence[str] = ()) -> tuple[Event, ...]:
        """The events with a number above `after`, in order; only those of `kinds`, and on these records, where named.

        A reader that remembers the number of the last event it saw misses none and sees none twice, whoever writes.
        """
        with self._lock, reported(self._path):
            if kinds or record_ids or not after:
                return events_after(self._connection, after, kinds=kinds, record_ids=record_ids)
            found = self._tail.after(after, last_number(self._connection))
            if found is None:
                found = events_after(self._connection, after)
                self._tail.keep(found)
            return found

    def event_with(self, token: str) -> Event | None:
        """The event that was written with that token; None where there is none."""
        with self._lock, reported(self._path):
            return event_with(self._connection, token)

    def last_decision(self, reviewer: str, record_id: str, *, kind: str = "labelled") -> Event | None:
        """The last decision of a reviewer on a record ("resolved": on its conflict), taken back since or not."""
        with self._lock, reported(self._path):
            return last_decision(self._connection, reviewer, record_id, kind=kind)

    # What PICO found, which can be found again

    def pico(self, fingerprints: Iterable[str], *, criteria: str, version: str) -> dict[str, bytes]:
        """Record fingerprint -> what was kept for it under these criteria and this version; only those that were."""
        with self._lock, reported(self._path):
            return cache.kept(self._connection, fingerprints, criteria=criteria, version=version)

    def keep_pico(self, values: Mapping[str, bytes], *, criteria: str, version: str) -> None:
        """Keeps `values` (record fingerprint -> what was found); what is kept already stays."""
        with self._transaction() as connection:
            cache.keep(connection, values, criteria=criteria, version=version)

    # The file

    def check(self) -> None:
        """Reads every page of the file, and compares records and log with their hashes.

        Raises:
            ReviewError: the file is damaged or was altered.
        """
        with self._lock, reported(self._path):
            anchor = read_anchor(self.folder)
            with one_state(self._connection):
                found = damage(self._connection) or next(faults_of(self._connection, [anchor] if anchor else []), "")
        if found:
            hint = "Take the last copy of the folder; `tiab check` says more."
            raise ReviewError(found, path=self._path, hint=hint)

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock, reported(self._path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start; nothing of it remains if anything fails."""
        if self.read_only:
            hint = "Copy the folder to a place that you may write to, and open it there."
            raise ReviewError("can be read but not written", path=self.folder, hint=hint)
        with self._lock, reported(self.folder):
            try:
                begin(self._connection)
                self._must_be_unaltered()
                yield self._connection
                end = log_end(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            write_anchor(self.folder, end)
            self._checkpoints.after_write()

    def _must_be_unaltered(self) -> None:
        """Looks at the tables at the first write, and again where another program changed them since."""
        version = self._connection.execute("PRAGMA schema_version").fetchall()
        if version != self._schema_version:
            must_be_unaltered(self._connection, self._path, migrations=self._migrations)
            self._schema_version = version


def _program() -> str:
    from tiab import __version__  # at call time: tiab/__init__.py may itself be importing this module

    return __version__
