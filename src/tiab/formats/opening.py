"""Files as bounded streams of bytes: plain or gzipped, with every way in which a file can be hostile refused."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tiab.errors import InputError

__all__ = ["Source", "open_source"]

CHUNK = 1 << 18
HEAD = 1 << 16
MAX_EXPANDED = 16 << 30
"""Bytes that one compressed file may unpack to; the largest PubMed baseline files are far below one GiB."""
FREE_EXPANDED = 256 << 20
MAX_RATIO = 100
"""A file may unpack to `FREE_EXPANDED` bytes whatever its size, and beyond that to `MAX_RATIO` times its size.
Bibliographic text shrinks 4 to 12 times; a bomb made of one byte, a thousand times."""

_SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
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
class Source:
    """A file that exists and is not empty.

    Attributes:
        name: what records read from it carry as their source.
        head: its first 64 KiB, unpacked.
        zipped: whether it is gzipped; known by its content, whatever it is called.
    """

    path: Path
    name: str
    head: bytes
    zipped: bool

    def open(self) -> IO[bytes]:
        """The unpacked bytes as a buffered stream.

        Raises:
            InputError: the file has vanished or cannot be read; while reading, it is damaged or unpacks to too much.
        """
        return io.BufferedReader(_Bounded(self.path, zipped=self.zipped), CHUNK)

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes, 256 KiB at a time; raises as `open` does."""
        with self.open() as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


def open_source(path: str | Path) -> Source:
    """The file at `path`, ready to be read.

    Raises:
        InputError: it is missing, a directory, not readable, empty, damaged or of a kind that holds no text.
    """
    place = Path(path)
    try:
        with place.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise _unreadable(place, error) from error
    if not start:
        raise InputError("is empty", path=path, hint=_HINT)
    zipped = start.startswith(b"\x1f\x8b")
    with io.BufferedReader(_Bounded(place, zipped=zipped), CHUNK) as unpacked:
        head = unpacked.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise InputError("is empty", path=path, hint=_HINT)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise InputError(f"is {kind}, not a search export", path=path, hint=_HINT)
    return Source(path=place, name=place.name, head=head, zipped=zipped)


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return InputError("is a folder, not a file", path=path, hint="Name the files in it.")
    if isinstance(error, FileNotFoundError):
        return InputError("does not exist", path=path, hint="Check the file's name.")
    return InputError(f"cannot be read ({error.strerror or error})", path=path, hint="Check its permissions.")


class _Bounded(io.RawIOBase):
    """The bytes of a file, unpacked, that stops at a size no honest export has."""

    def __init__(self, path: Path, *, zipped: bool) -> None:
        super().__init__()
        self._path = path
        self._zipped = zipped
        self._read = 0
        try:
            self._limit = max(FREE_EXPANDED, MAX_RATIO * path.stat().st_size) if zipped else None
            self._file: io.IOBase = gzip.open(path, "rb") if zipped else path.open("rb", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise _unreadable(path, error) from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._file.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"its gzip data breaks off or is damaged ({error})", path=self._path, hint="Download it again."
            ) from error
        except OSError as error:
            raise _unreadable(self._path, error) from error
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
