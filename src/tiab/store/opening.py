"""Making and opening the SQLite file of a review, whatever state its folder is in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from tiab.errors import ReviewError
from tiab.store.anchor import ANCHOR_NAME, anchor_fault, read_anchor, write_anchor
from tiab.store.chain import LogEnd, link_faults, log_end, numbering_faults
from tiab.store.faults import primary_code, reported
from tiab.store.schema import APPLICATION_ID, Migration, alterations, migrate, version_of, written_by
from tiab.store.transactions import one_state

__all__ = ["BUSY_MS", "FILE_NAME", "Opened", "create_file", "must_be_unaltered", "must_exist", "open_file"]

FILE_NAME = "review.sqlite"
"""The file's name within the folder of a review."""

BUSY_MS = 2000
"""How long a reader waits, in milliseconds, while another program repairs or closes the file."""

_CHECKED_BYTES = 256 * 1024 * 1024
_EVENTS_AT_THE_END = 200
"""How many of the last events are compared with their hashes whenever a review is opened."""

_UNWRITABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open review file.

    Attributes:
        read_only: nothing can be written to it.
        copy: the temporary folder that holds a copy of it, where only a copy could be read.
        warnings: what whoever opens it should know, in sentences.
    """

    connection: sqlite3.Connection
    read_only: bool = False
    copy: tempfile.TemporaryDirectory[str] | None = None
    warnings: tuple[str, ...] = ()

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection and removes the copy."""
        self.connection.close()
        if self.copy:
            self.copy.cleanup()


def create_file(path: Path, *, migrations: Sequence[Migration], program: str) -> None:
    """Makes an empty review file at `path`: all of it or nothing, since it is built beside and then renamed.

    Raises:
        ReviewError: there is one already, or the folder cannot be written.
    """
    if path.exists():
        raise ReviewError("there is a review here already", path=path.parent, hint="Open it, or name another folder.")
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with reported(path):
            _build(beside, migrations=migrations, program=program)
        _rename_new(beside, path)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise ReviewError(f"cannot be made ({error.strerror})", path=path.parent, hint=hint) from error
    finally:
        for leftover in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm", "-journal"))):
            with suppress(OSError):  # the error that led here says more than that it could not be tidied up
                leftover.unlink(missing_ok=True)


def open_file(path: Path, *, migrations: Sequence[Migration], program: str, checked: bool = True) -> Opened:
    """The review file at `path`, brought to this version of the tables; read-only where it cannot be written.

    Args:
        checked: also look whether the end of the log is what it should be.

    Raises:
        ReviewError: it is missing, foreign, damaged, altered or from a later version, its log lacks its last entries,
            or it is from an earlier version and cannot be written.
    """
    must_exist(path)
    opened = _open(path)
    try:
        with reported(path):
            _bring_up_to_date(opened, path, migrations=migrations, program=program)
            if checked:
                opened = replace(opened, warnings=_check_end(opened.connection, path.parent))
    except BaseException:
        opened.close()
        raise
    return opened


def must_exist(path: Path) -> None:
    folder = path.parent
    if not folder.exists():
        raise ReviewError("there is no such folder", path=folder, hint="Check its name, or make a review: tiab new.")
    if not folder.is_dir():
        raise ReviewError("is not a folder", path=folder, hint="Name the folder of a review, not a file.")
    if not path.is_file():
        raise ReviewError(f"is not a review (no {path.name} in it)", path=folder, hint="Make one: tiab new.")


def _build(path: Path, *, migrations: Sequence[Migration], program: str) -> None:
    connection = _connect(path, "rwc")
    try:
        migrate(connection, migrations=migrations, program=program)
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _rename_new(beside: Path, path: Path) -> None:
    """Gives the finished file its name, unless another program was quicker."""
    try:
        os.link(beside, path)
    except FileExistsError:
        hint = "Open it, or name another folder."
        raise ReviewError("there is a review here already", path=path.parent, hint=hint) from None
    except OSError:  # a file system without hard links
        beside.rename(path)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection without implicit transactions, which threads may share under a lock of their own."""
    uri = f"{path.resolve().as_uri()}?{mode if '=' in mode else f'mode={mode}'}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, cached_statements=64
    )
    try:
        # A file from a stranger must not run functions from its own views and triggers.
        for setting in ("trusted_schema = OFF", "foreign_keys = ON", "recursive_triggers = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {setting}")
        # The store checkpoints by itself: see Store._checkpoint.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _open(path: Path) -> Opened:
    """A connection that has read the file's first page, by the first way that works."""
    try:
        return Opened(connection=_probed(path, "rw"), read_only=not _writable(path))
    except sqlite3.Error as error:
        if primary_code(error) not in _UNWRITABLE:
            with reported(path):
                raise
        return _open_read_only(path)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _open_read_only(path: Path) -> Opened:
    """SQLite in WAL mode wants to write beside the file even to read it; where it cannot, there are two ways around.

    Without a log of recent changes the file alone is complete, and may be read as immutable. With one, what it holds
    would be missed, so the two are copied to a temporary folder and read there.
    """
    log = path.with_name(path.name + "-wal")
    with reported(path):
        try:
            return Opened(connection=_probed(path, "ro"), read_only=True)
        except sqlite3.OperationalError:
            if not log.exists() or log.stat().st_size == 0:
                return Opened(connection=_probed(path, "mode=ro&immutable=1"), read_only=True)
    folder = tempfile.TemporaryDirectory(prefix="tiab-", ignore_cleanup_errors=True)
    try:
        for file in (path, log):
            shutil.copyfile(file, Path(folder.name) / file.name)
        with reported(path):
            connection = _probed(Path(folder.name) / path.name, "rw")
    except OSError as error:
        folder.cleanup()
        raise ReviewError(f"cannot be read ({error.strerror})", path=path, hint="Check its permissions.") from error
    except BaseException:
        folder.cleanup()
        raise
    return Opened(connection=connection, read_only=True, copy=folder)


def _probed(path: Path, mode: str) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _bring_up_to_date(opened: Opened, path: Path, *, migrations: Sequence[Migration], program: str) -> None:
    connection = opened.connection
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ReviewError("is not a review that tiab wrote", path=path, hint="Check the folder's name.")
    _must_be_whole(connection, path)
    with one_state(connection):  # another program may be bringing it up to date
        version = version_of(connection)
        _must_be_known(connection, path, version, known=len(migrations), program=program)
        must_be_unaltered(connection, path, migrations=migrations[:version])
    if version < len(migrations):
        if opened.read_only:
            hint = "Copy the folder to a place that you may write to, and open it there."
            raise ReviewError("is from an earlier tiab and cannot be brought up to date here", path=path, hint=hint)
        migrate(connection, migrations=migrations, program=program)
        write_anchor(path.parent, log_end(connection))
    if not opened.read_only:
        connection.execute("PRAGMA journal_mode = WAL")


def _must_be_known(connection: sqlite3.Connection, path: Path, version: int, *, known: int, program: str) -> None:
    if version < 1:
        raise ReviewError("is not a review that tiab wrote", path=path, hint="Check the folder's name.")
    if version > known:
        wrote = written_by(connection)
        by = f"tiab {wrote}" if wrote else "a later tiab"
        raise ReviewError(
            f"was written by {by} (tables of version {version}); this is tiab {program}, which knows {known}",
            path=path,
            hint="Upgrade tiab: pip install --upgrade tiab.",
        )


def _must_be_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Damage is found before more is written upon it: 40 ms for 20,000 records; a file so large that it takes over
    half a second is checked by `Store.check` alone."""
    if path.stat().st_size > _CHECKED_BYTES:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        hint = "Take the last copy of the folder; `sqlite3 review.sqlite .recover` rescues what can be read."
        raise ReviewError(f"is damaged ({found})", path=path, hint=hint)


def must_be_unaltered(connection: sqlite3.Connection, path: Path, *, migrations: Sequence[Migration]) -> None:
    """A stranger's triggers and views run within tiab's own statements, so a file that has any is not written to.

    Raises:
        ReviewError: the tables, indexes, views or triggers are not those that `migrations` make.
    """
    altered = alterations(connection, migrations=migrations)
    if altered:
        what = "; ".join(altered[:5]) + (" …" if len(altered) > 5 else "")
        hint = "Take the last copy of the folder, or undo that change there."
        raise ReviewError(f"has been altered by another program: {what}", path=path, hint=hint)


def _check_end(connection: sqlite3.Connection, folder: Path) -> tuple[str, ...]:
    """What is to be said of the end of the log.

    Raises:
        ReviewError: its last entries are missing, or were changed.
    """
    anchor = read_anchor(folder)
    fault = _end_fault(connection, anchor)
    while fault and read_anchor(folder) != anchor:  # another program was just writing it
        anchor = read_anchor(folder)
        fault = _end_fault(connection, anchor)
    if fault:
        raise ReviewError(fault[0], path=folder, hint=fault[1])
    if anchor is None and log_end(connection).event_id:
        return (f"{ANCHOR_NAME} is missing, so whether the last decisions are missing, too, cannot be told.",)
    return ()


def _end_fault(connection: sqlite3.Connection, anchor: LogEnd | None) -> tuple[str, str] | None:
    """What is wrong with the end of the log and what to do; None if nothing is. Takes some milliseconds."""
    with one_state(connection):
        found = anchor_fault(connection, anchor) if anchor else None
        after = max(0, log_end(connection).event_id - _EVENTS_AT_THE_END)
        altered = next(chain(numbering_faults(connection), link_faults(connection, after=after)), "")
    hint = "Another program may have altered the file: tiab check says more. Take the last copy of the folder."
    return found or ((altered, hint) if altered else None)
