"""Zip archives of exports, and workbooks, which are zip archives, too.

Members are read as streams and never written anywhere, so their names, whatever they say, lead to no place.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from tiab.errors import InputError
from tiab.formats.input_file import FREE_EXPANDED, MAX_RATIO, InputFile, bounded, open_source, signature, source_of
from tiab.formats.text import clean_line
from tiab.formats.xlsx import is_workbook
from tiab.reading import unreadable

__all__ = ["open_sources"]

MAX_MEMBERS = 1000
_CLUTTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def open_sources(path: str | Path) -> list[InputFile]:
    """What there is to read at `path`: the file itself, or each member of a zip archive in the order of their names.

    Raises:
        InputError: as `open_source`; the archive is damaged, protected by a password, holds no file, more than
            `MAX_MEMBERS`, another archive, or unpacks to too much.
    """
    place = Path(path)
    if not signature(place).startswith(b"PK"):
        return [open_source(place)]
    members = list(_members(place))
    if is_workbook(member.filename for member in members):
        return [source_of(place, place.name, partial(_open_plain, place), workbook=True)]
    wanted = [member for member in members if not _is_clutter(member.filename)]
    if not wanted or len(wanted) > MAX_MEMBERS:
        raise InputError(f"is an archive of {len(wanted)} files", path=path, hint="Unpack it and name its exports.")
    size = sum(member.file_size for member in wanted)
    if size > max(FREE_EXPANDED, MAX_RATIO * place.stat().st_size):
        raise InputError(f"unpacks to {size >> 20} MB, which no export of its size does", path=path)
    return [_member(place, member) for member in sorted(wanted, key=lambda member: member.filename)]


def _members(path: Path) -> Iterator[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield from archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(
            f"is a damaged zip archive ({_reason(error)})", path=path, hint="Download it again."
        ) from error


def _is_clutter(name: str) -> bool:
    """Whether a member is a folder, or what systems leave in archives unasked."""
    return (
        not name
        or name.endswith("/")
        or any(part in _CLUTTER or part.startswith("._") for part in PurePosixPath(name).parts)
    )


def _member(path: Path, member: zipfile.ZipInfo) -> InputFile:
    name = clean_line(PurePosixPath(member.filename.replace("\\", "/")).name) or "unnamed"
    name = name[-100:]
    shown = path / name
    if member.flag_bits & 1:
        raise InputError("is protected by a password", path=shown, hint="Unpack the archive first.")
    return source_of(shown, name, partial(_open_member, path, shown, member))


def _open_member(path: Path, shown: Path, member: zipfile.ZipInfo) -> IO[bytes]:
    try:
        # The archive stays open as long as the member's stream, which holds it.
        file = zipfile.ZipFile(path).open(member)  # noqa: SIM115
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        limit = max(FREE_EXPANDED, MAX_RATIO * member.compress_size) if zipped else member.file_size
        return bounded(gzip.GzipFile(fileobj=file) if zipped else file, shown, limit)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"cannot be unpacked ({_reason(error)})", path=shown, hint="Unpack the archive first."
        ) from error


def _open_plain(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _reason(error: Exception) -> str:
    return clean_line(str(error))[:80] or type(error).__name__
