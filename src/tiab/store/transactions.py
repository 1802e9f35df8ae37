"""Transactions: one state of the file to read from, and the write lock with a bounded time to wait for it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tiab.store.faults import primary_code

__all__ = ["begin", "one_state", "waiting"]

_PATIENCE = 30.0
"""Seconds that a decision waits for another program to finish writing."""


def begin(connection: sqlite3.Connection) -> None:
    """Starts a transaction with the write lock, waiting a bounded time for another program to finish its own.

    SQLite's own waiting grows to 100 ms a time, so that a program that writes much keeps another one out for seconds;
    asking once a millisecond gives each its turn.
    """
    deadline = time.monotonic() + _PATIENCE
    with waiting(connection, 0):
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.001)


@contextmanager
def one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """Within it, all that is read is of one state of the file, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def waiting(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Within it, SQLite waits that long for a lock."""
    (before,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")
