"""What SQLite reports, as sentences that say what happened to the review and what to do next."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tiab.errors import ReviewError

__all__ = ["primary_code", "reported", "review_error"]

_UNREADABLE = (
    "is damaged, or is not a file that tiab wrote",
    "Take the last copy of the folder; `sqlite3 review.sqlite .recover` rescues what can be read.",
)
_DISK_FULL = (
    "the disk is full: nothing was stored, and the review is as it was before",
    "Free some space, then do the last step again.",
)
_SENTENCES = {
    sqlite3.SQLITE_FULL: (
        "there was no room to write: nothing was stored, and the review is as it was before",
        "The disk has room, so look at your quota, and at limits on the size of a file; then do the last step again.",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk reported an error: nothing was stored, and the review is as it was before",
        "Check the disk, its free space and your quota, then do the last step again.",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program is writing to this review",
        "Try again in a moment; close the other program if it hangs.",
    ),
    sqlite3.SQLITE_READONLY: (
        "can be read but not written",
        "Check the folder's permissions, or copy the folder to a place of your own and work there.",
    ),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "Check that it is a file, and its permissions."),
    sqlite3.SQLITE_TOOBIG: ("a text is too long to store (over 1 GB)", "Shorten it in the export."),
    sqlite3.SQLITE_CORRUPT: _UNREADABLE,
    sqlite3.SQLITE_NOTADB: _UNREADABLE,
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]
_SENTENCES[sqlite3.SQLITE_PERM] = _SENTENCES[sqlite3.SQLITE_CANTOPEN]
_SENTENCES[sqlite3.SQLITE_PROTOCOL] = _SENTENCES[sqlite3.SQLITE_BUSY]


_LITTLE = 4 << 20
"""Bytes that may be free again on a full disk, once what could not be written was taken back."""


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code of `error`; 0 where Python gave none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def review_error(error: sqlite3.Error, path: str | Path) -> ReviewError | None:
    """`error` as a sentence about the review at `path`; None where it is a defect of tiab's own SQL.

    >>> busy = sqlite3.OperationalError("database is locked")
    >>> busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    >>> str(review_error(busy, "ms"))
    'ms: another program is writing to this review. Try again in a moment; close the other program if it hangs.'
    """
    sentence = _SENTENCES.get(primary_code(error))
    if primary_code(error) == sqlite3.SQLITE_FULL and _is_full(Path(path)):
        sentence = _DISK_FULL
    if sentence is None and "decode to UTF-8" in str(error):
        sentence = _UNREADABLE
    return None if sentence is None else ReviewError(sentence[0], path=path, hint=sentence[1])


def _is_full(path: Path) -> bool:
    """Whether the disk is; SQLite says so of a quota or a limit on its own pages, too."""
    with suppress(OSError):  # the folder may be gone: then nobody knows
        return shutil.disk_usage(path if path.exists() else path.parent).free < _LITTLE
    return False


@contextmanager
def reported(path: str | Path) -> Iterator[None]:
    """Within it, what SQLite reports about the disk or the file is raised as ReviewError.

    Raises:
        ReviewError: the disk is full or failing, the file is locked, read-only, foreign or damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        told = review_error(error, path)
        if told is None:
            raise
        raise told from error
