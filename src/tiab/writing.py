"""Files are written beside their place and moved there whole: nobody ever finds half of one, or loses an input."""

from __future__ import annotations

import json
import math
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from tiab.errors import InputError

__all__ = ["check_output", "plain_json", "protecting", "replacing", "write_bytes", "write_json"]

_HINT = "Choose a folder that exists and that you may write to, with room on the disk."

_Identity = tuple[int, int]
"""Device and inode."""

_protected: ContextVar[Mapping[_Identity, Path] | None] = ContextVar("protected", default=None)
"""The files that must not be written over, and the folders whose files must not."""


@contextmanager
def protecting(inputs: Iterable[str | Path]) -> Iterator[None]:
    """Within it, none of these files is written over, whatever name, link or hard link leads to it.

    Args:
        inputs: files, and folders for all files in them.
    """
    known = {place: Path(path) for path in inputs if (place := _identity(path)) is not None}
    token = _protected.set({**(_protected.get() or {}), **known})
    try:
        yield
    finally:
        _protected.reset(token)


def check_output(path: str | Path) -> None:
    """Refuses an output that could not be written, before any work is done for it.

    Raises:
        InputError: it is an input (`protecting`), a folder or write-protected, or its folder is missing or not to be
            written to.
    """
    target = _target(path)
    if _is_protected(target):
        hint = "Choose another name for the output."
        raise InputError("is read by this command, and would be lost by writing over it", path=path, hint=hint)
    kind = _kind(target)
    if kind is None or stat.S_ISREG(kind):
        if not target.parent.is_dir():
            raise InputError("cannot be written (its folder does not exist)", path=path, hint=_HINT)
        if not os.access(target.parent, os.W_OK | os.X_OK) or not (kind is None or os.access(target, os.W_OK)):
            raise InputError("cannot be written (Permission denied)", path=path, hint=_HINT)
    elif not (stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)):
        what = "a folder" if stat.S_ISDIR(kind) else "neither a file nor a pipe"
        raise InputError(f"cannot be written (it is {what})", path=path, hint="Name a file.")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new empty file to write to; it takes the place of `path` when the block ends well.

    An existing file's permissions are kept, and a symbolic link stays one: what it leads to is replaced. Where `path`
    is a pipe, a device or where standard output goes, what was written is copied into it.

    Raises:
        InputError: as `check_output`; or the disk is full. `path` is as it was.
    """
    check_output(path)
    target = _target(path)
    with _reported(path), _temporary(target) as beside:
        yield beside
        if _is_stream(target):
            _copy_into(target, beside)
            return
        with open(beside, "rb+") as written:
            os.fsync(written.fileno())
        os.chmod(beside, _mode(target))
        os.replace(beside, target)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Writes `data` to `path`, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    with replacing(path) as beside:
        beside.write_bytes(data)


def write_json(path: str | Path, value: Any) -> None:
    """Writes plain JSON types to `path`, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    write_bytes(path, (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode())


def plain_json(value: Any) -> Any:
    """Data classes, mappings, tuples and lists as plain JSON types; numbers that are not finite become None.

    >>> plain_json({"a": (1, float("nan"))})
    {'a': [1, None]}
    """
    if is_dataclass(value):
        return {field.name: plain_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _target(path: str | Path) -> Path:
    """The file that `path` leads to, links resolved, which may not exist yet; a pipe or device by its own name.

    Raises:
        InputError: no path can be such a thing.
    """
    try:
        kind = _kind(Path(path))
        return Path(os.path.realpath(path)) if kind is None or stat.S_ISREG(kind) else Path(path)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be written ({error})", path=path, hint="Choose another name.") from error


def _kind(target: Path) -> int | None:
    """The mode bits of what is there; None where nothing is."""
    try:
        return os.stat(target).st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", path=target, hint=_HINT) from error


def _identity(path: str | Path) -> _Identity | None:
    """Device and inode of a regular file or a folder; None for anything else."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    known = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return (found.st_dev, found.st_ino) if known else None


def _is_protected(target: Path) -> bool:
    """Whether there is a file, and it is one of those, or lies in one of those folders, as itself or a hard link."""
    protected, place = _protected.get() or {}, _identity(target)
    if place is None or not protected:
        return False
    if any(_identity(one) in protected for one in (target, *target.parents)):
        return True
    if os.stat(target).st_nlink < 2:
        return False
    folders = (path for path in protected.values() if path.is_dir())
    inside = (os.path.join(top, name) for folder in folders for top, _, names in os.walk(folder) for name in names)
    return any(_identity(path) == place for path in inside)


def _is_stream(target: Path) -> bool:
    """Whether there is something that cannot be replaced: a pipe, a device, or where standard output goes."""
    kind = _kind(target)
    if kind is None or not stat.S_ISREG(kind):
        return kind is not None
    return _identity(target) == _standard_output()


def _standard_output() -> _Identity | None:
    try:
        found = os.fstat(1)
    except OSError:  # it is closed
        return None
    return found.st_dev, found.st_ino


def _copy_into(target: Path, beside: Path) -> None:
    """Copies a file into a pipe or device; into standard output behind what was printed before."""
    printed = _identity(target) is not None
    if sys.stdout is not None:  # a pipe may be standard output, too, by whatever name
        sys.stdout.flush()
    with open(beside, "rb") as source, open(os.dup(1) if printed else target, "wb") as stream:
        shutil.copyfileobj(source, stream)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """A new empty file beside `target`, or, for a stream, in the system's folder for such; it is gone afterwards."""
    folder = None if _is_stream(target) else target.parent
    suffix = target.suffix if len(target.suffix) <= 20 else ""
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{target.name[:40]}.", suffix=suffix)
    try:
        os.close(handle)
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


@contextmanager
def _reported(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", path=path, hint=_HINT) from error


def _mode(target: Path) -> int:
    """The permissions that the file has, or those that a new one gets."""
    kind = _kind(target)
    if kind is not None:
        return stat.S_IMODE(kind)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
