"""The anchor: a small file beside the review that says how far its log had come.

It is written after each decision is on the disk, so it never says more than the file and its write-ahead log hold. A
file that holds less has lost its last entries, most often because it was copied without its write-ahead log.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from tiab.errors import ReviewError
from tiab.store.chain import LogEnd, hash_of, log_end

__all__ = ["ANCHOR_NAME", "anchor_fault", "read_anchor", "write_anchor"]

ANCHOR_NAME = "review.anchor"
"""The file's name within the folder of a review."""

_MISSING_HINT = (
    "Let the folder finish synchronising, or copy review.sqlite-wal from where the folder came from; "
    f"to go on without these entries, delete {ANCHOR_NAME}."
)
_OTHER_HINT = f"Take the last copy of the folder. If you exchanged the file yourself, delete {ANCHOR_NAME}."
_LENGTH = 18 + 1 + 64 + 1
# A stranger's folder may hold a link or a pipe of that name: neither is followed or waited for.
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_anchor(folder: Path) -> LogEnd | None:
    """How far the log had come; None where `folder` has no such file, or an empty one, as a loss of power may leave.

    Raises:
        ReviewError: the file is not what tiab writes.
    """
    path = folder / ANCHOR_NAME
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReviewError(f"cannot be read ({error.strerror})", path=path, hint="Check its permissions.") from error
    try:
        text = os.read(handle, _LENGTH + 1).strip(b"\0").decode("ascii")
        return LogEnd.parse(text) if text else None
    except (OSError, UnicodeDecodeError, ReviewError) as error:
        hint = f"Let the folder finish synchronising, or delete {ANCHOR_NAME} if nothing else is at odds."
        raise ReviewError("is not what tiab writes", path=path, hint=hint) from error
    finally:
        os.close(handle)


def write_anchor(folder: Path, end: LogEnd) -> None:
    """Notes how far the log has come. Where that is impossible the anchor stays behind, which is no fault.

    It is overwritten in place: all anchors are of one length, and nothing is left over when the program is killed.
    """
    line = f"{end.event_id:018d}:{end.hash}\n".encode("ascii")
    with suppress(OSError):  # the decision is on the disk already, and must not fail for a note about it
        handle = os.open(os.path.join(folder, ANCHOR_NAME), os.O_WRONLY | os.O_CREAT | _FLAGS, 0o666)
        try:
            new = os.fstat(handle).st_size == 0
            os.write(handle, line)
            if new:  # a file that was just made may be empty after a loss of power; an overwritten one is not
                os.fsync(handle)
        finally:
            os.close(handle)


def anchor_fault(connection: sqlite3.Connection, anchor: LogEnd) -> tuple[str, str] | None:
    """How the log differs from `anchor`, an end that it has or had, and what to do; None if it does not."""
    last = log_end(connection).event_id
    if anchor.event_id > last:
        many = f"there were {anchor.event_id}, there are {last}"
        return f"the last entries of its log are missing ({many})", _MISSING_HINT
    if not hash_of(connection, anchor.event_id).hex().startswith(anchor.hash):
        return f"event {anchor.event_id} of its log is not the one that was there before", _OTHER_HINT
    return None
