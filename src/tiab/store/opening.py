"""Making and opening the SQLite file of a review, whatever state its folder is in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tiab.errors import ReviewError
from tiab.store.faults import primary_code, reported
from tiab.store.schema import APPLICATION_ID, Migration, guards, migrate, version_of, written_by

__all__ = ["BUSY_MS", "FILE_NAME", "Opened", "create_file", "open_file"]

FILE_NAME = "review.sqlite"
"""The file's name within the folder of a review."""

BUSY_MS = 2000
"""How long a reader waits, in milliseconds, while another program repairs or closes the file."""

_CHECKED_BYTES = 256 * 1024 * 1024
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
    """

    connection: sqlite3.Connection
    read_only: bool = False
    copy: tempfile.TemporaryDirectory[str] | None = None


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


def open_file(path: Path, *, migrations: Sequence[Migration], program: str) -> Opened:
    """The review file at `path`, brought to this version of the tables; read-only where it cannot be written.

    Raises:
        ReviewError: it is missing, foreign, damaged or from a later version, or it is from an earlier one and cannot
            be written.
    """
    _must_exist(path)
    opened = _open(path)
    try:
        with reported(path):
            _bring_up_to_date(opened, path, migrations=migrations, program=program)
    except BaseException:
        opened.connection.close()
        if opened.copy:
            opened.copy.cleanup()
        raise
    return opened


def _must_exist(path: Path) -> None:
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
    version = version_of(connection)
    if version > len(migrations):
        wrote = written_by(connection)
        by = f"tiab {wrote}" if wrote else "a later tiab"
        raise ReviewError(
            f"was written by {by} (tables of version {version}); this is tiab {program}, which knows {len(migrations)}",
            path=path,
            hint="Upgrade tiab: pip install --upgrade tiab.",
        )
    if version < len(migrations):
        if opened.read_only:
            hint = "Copy the folder to a place that you may write to, and open it there."
            raise ReviewError("is from an earlier tiab and cannot be brought up to date here", path=path, hint=hint)
        migrate(connection, migrations=migrations, program=program)
    _must_be_whole(connection, path)
    _must_be_guarded(connection, path)
    if not opened.read_only:
        connection.execute("PRAGMA journal_mode = WAL")


def _must_be_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Damage is found before more is written upon it: 40 ms for 20,000 records; a file so large that it takes over
    half a second is checked by `Store.check` alone."""
    if path.stat().st_size > _CHECKED_BYTES:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        hint = "Take the last copy of the folder; `sqlite3 review.sqlite .recover` rescues what can be read."
        raise ReviewError(f"is damaged ({found})", path=path, hint=hint)


def _must_be_guarded(connection: sqlite3.Connection, path: Path) -> None:
    """A file whose log somebody made rewritable is no longer evidence of anything, and says so."""
    found = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    missing = sorted(set(guards()) - found)
    if missing:
        raise ReviewError(
            f"has been altered by another program: its log can be rewritten ({', '.join(missing)} missing)",
            path=path,
            hint="Take the last copy of the folder.",
        )
