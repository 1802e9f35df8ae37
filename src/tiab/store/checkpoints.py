"""Checkpoints: when the write-ahead log is moved into the file of a review.

A decision is on the disk once it is in the write-ahead log, `review.sqlite-wal`. A copy of `review.sqlite` alone lacks
what is still there; so it is moved over soon after something was written, when it grows long, and at the end.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from tiab.store.transactions import waiting

__all__ = ["Checkpoints"]

_LONG = 4 * 1024 * 1024
_SECONDS, _MOST_SECONDS = 1.0, 64.0
"""After which what was written is moved into the file; while somebody reads it, so that it can't be, twice as long."""

_MILLISECONDS = 100
"""How long a checkpoint waits for another program; only a short time, because others wait for it."""


class Checkpoints:
    """Makes the checkpoints of one connection, under the lock that its threads share.

    SQLite up to 3.51.2 can lose transactions when one connection checkpoints while another commits
    (sqlite.org/wal.html, "The WAL-Reset Bug"). Its automatic checkpoints allow that, so they are off; a TRUNCATE
    checkpoint holds the write lock, and so does not. If it waited for that lock in vain it would go on without, so it
    is not begun while another program writes.
    """

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock, path: Path) -> None:
        self._connection, self._lock = connection, lock
        self._log = path.with_name(path.name + "-wal")
        self._timer: threading.Timer | None = None
        self._seconds = _SECONDS

    def after_write(self) -> None:
        """Checkpoints now where the log is long, else within a second. The caller holds the lock."""
        if self._size() > _LONG:
            self._checkpoint()
        elif self._timer is None:
            self._start()

    def close(self) -> None:
        """Checkpoints a last time. The caller holds the lock."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        self._checkpoint()

    def _start(self) -> None:
        self._timer = threading.Timer(self._seconds, self._when_due)
        self._timer.daemon = True
        self._timer.start()

    def _when_due(self) -> None:
        with self._lock:
            if self._timer is not threading.current_thread():  # closed meanwhile
                return
            self._timer = None
            self._checkpoint()
            self._seconds = min(2 * self._seconds, _MOST_SECONDS) if self._size() else _SECONDS
            if self._size():  # somebody reads or writes: try again
                self._start()

    def _size(self) -> int:
        with suppress(OSError):  # no log, or one that cannot be looked at: nothing to be moved
            return self._log.stat().st_size
        return 0

    def _checkpoint(self) -> None:
        """Moves the log into the file; what is in it is on the disk already, so if that fails it is tried later."""
        if self._size() == 0:
            return
        with suppress(sqlite3.Error), waiting(self._connection, _MILLISECONDS):
            self._connection.execute("BEGIN IMMEDIATE")  # fails while another program writes
            self._connection.execute("ROLLBACK")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
