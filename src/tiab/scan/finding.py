"""Which files a scan reads, and in which order: that in which PubMed publishes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tiab.errors import InputError

__all__ = ["find_files"]

_SUFFIXES = (
    ".xml",
    ".nbib",
    ".ris",
    ".csv",
    ".tsv",
    ".bib",
    ".enw",
    ".ciw",
    ".txt",
    ".json",
    ".jsonl",
    ".zip",
    ".xlsx",
)


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and in the folders named those whose suffix is an export's, in the order of their names.

    A baseline's and its update files' names ascend with time, whatever folders they lie in.

    Raises:
        InputError: a path does not exist, or a folder holds no export.
    """
    found = {file.resolve() for path in map(Path, paths) for file in _files(path)}
    return sorted(found, key=lambda file: (file.name, file))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not path.exists():
            raise InputError("does not exist", path=path, hint="Check the name.")
        yield path
        return
    inside = [file for file in path.rglob("*") if _is_export(file)]
    if not inside:
        raise InputError("is a folder without search exports", path=path, hint="Name a folder of .xml.gz files.")
    yield from inside


def _is_export(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return not name.startswith((".", "readme")) and name.endswith(_SUFFIXES) and path.is_file()
