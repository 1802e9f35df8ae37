"""Files as bounded streams of bytes, plain or gzipped; what is no text, damaged or a bomb is refused."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from tiab.errors import InputError
from tiab.reading import check_input, unreadable

__all__ = ["InputFile", "bounded", "open_source", "signature", "source_of"]

CHUNK = 1 << 18
HEAD = 1 << 16
MAX_EXPANDED = 16 << 30
"""Bytes that one compressed file may unpack to; the largest PubMed baseline files are far below one GiB."""
FREE_EXPANDED = 256 << 20
MAX_RATIO = 100
"""A file may unpack to `FREE_EXPANDED` bytes whatever its size, and beyond that to `MAX_RATIO` times its size.
Bibliographic text shrinks 4 to 12 times; a bomb made of one byte, a thousand times."""

_OLD = "an old Office file"
_SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive, or an Office file that is no workbook",
    b"\xd0\xcf\x11\xe0": _OLD,
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}
_HINT = "Export the search again as RIS, NBIB, PubMed XML, CSV or TSV."


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file, or a member of an archive, that exists and is not empty.

    Attributes:
        path: where it is, for messages; a member's is "archive.zip/member.ris".
        name: what records read from it carry as their source.
        head: its first 64 KiB, unpacked.
    """

    path: Path
    name: str
    head: bytes
    opener: Callable[[], IO[bytes]]

    def open(self) -> IO[bytes]:
        """The unpacked bytes as a buffered stream.

        Raises:
            InputError: the file has vanished or cannot be read; while reading, it is damaged or unpacks to too much.
        """
        return self.opener()

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes, at most 256 KiB at a time; raises as `open` does, after all that comes before."""
        with self.open() as stream:
            while chunk := cast("io.BufferedReader", stream).read1(CHUNK):
                yield chunk

    def read_all(self, limit: int = FREE_EXPANDED) -> bytes:
        """All unpacked bytes.

        Raises:
            InputError: there are more than `limit`; or as `open` does.
        """
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(f"holds more than {limit >> 20} MB", path=self.path, hint="Split it, or export it as CSV.")
        return data


def open_source(path: str | Path) -> InputFile:
    """The file at `path`, plain or gzipped, ready to be read.

    Raises:
        InputError: it is missing, a directory, not readable, empty, damaged or of a kind that holds no text.
    """
    place = Path(path)
    start = signature(place)
    zipped = start.startswith(b"\x1f\x8b")
    return source_of(place, place.name, partial(_open_file, place, zipped=zipped))


def signature(path: Path) -> bytes:
    """The first bytes of a file, by which its kind is known, whatever it is called.

    Raises:
        InputError: it is missing, a folder, pipe or device, not readable or empty.
    """
    check_input(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise unreadable(path, error) from error
    if not start:
        raise InputError("is empty", path=path, hint=_HINT)
    return start


def source_of(path: Path, name: str, opener: Callable[[], IO[bytes]], *, workbook: bool = False) -> InputFile:
    """The source that `opener` opens, once its head has been seen to be of a kind that can be read.

    Raises:
        InputError: it is empty, or of a kind that holds no text; a `workbook` is let through.
    """
    with opener() as stream:
        head = stream.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise InputError("is empty", path=path, hint=_HINT)
    if not workbook:
        for start, kind in _SIGNATURES.items():
            if head.startswith(start):
                hint = "Open it and save it as XLSX or CSV." if kind == _OLD else _HINT
                raise InputError(f"is {kind}, not a search export", path=path, hint=hint)
    return InputFile(path=path, name=name, head=head, opener=opener)


def _open_file(path: Path, *, zipped: bool) -> IO[bytes]:
    try:
        limit = max(FREE_EXPANDED, MAX_RATIO * path.stat().st_size) if zipped else None
        file: IO[bytes] | gzip.GzipFile = gzip.open(path, "rb") if zipped else path.open("rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise unreadable(path, error) from error
    return bounded(file, path, limit)


def bounded(file: IO[bytes] | gzip.GzipFile, path: Path, limit: int | None) -> IO[bytes]:
    """`file` as a buffered stream that raises InputError where it is damaged or gives more than `limit` bytes."""
    return io.BufferedReader(_Bounded(file, path, limit), CHUNK)


class _Bounded(io.RawIOBase):
    """The bytes of a file, unpacked, that stops at a size no honest export has."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, path: Path, limit: int | None) -> None:
        super().__init__()
        self._file = file
        # One step at a time: what comes before the damage is given before the damage is met.
        self._step: Callable[[int], bytes] = getattr(file, "read1", file.read)
        self._path = path
        self._limit = limit
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._step(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise InputError(
                f"its packed data breaks off or is damaged ({str(error)[:80]})",
                path=self._path,
                hint="Download it again.",
            ) from error
        except OSError as error:
            raise unreadable(self._path, error) from error
        view[: len(data)] = data
        self._read += len(data)
        if self._limit is not None and self._read > min(self._limit, MAX_EXPANDED):
            raise InputError(
                f"unpacks to more than {self._read >> 20} MB, which no search export of its size does",
                path=self._path,
                hint="Unpack it yourself if you trust it.",
            )
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
