"""A pool: the records of several exports together, each once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tiab.formats import ReadResult, iter_records
from tiab.records import Record

__all__ = ["Pool", "read_pool"]

_STEP = 100
_File = tuple[int, int]
"""Device and inode: one file, by whatever path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFile:
    """One file of a pool: what was read from it, and the ids of its records -> their ids in the pool."""

    reading: ReadResult
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The records of several files.

    Attributes:
        records: in the order of the files; their ids differ.
        repeated: how many more there were that an earlier file had too, by PMID, DOI or content.
        warnings: what looks doubtful in the files, each with the file's name before it.
    """

    records: tuple[Record, ...]
    repeated: int = 0
    warnings: tuple[str, ...] = ()
    _files: Mapping[_File, PoolFile] = field(default_factory=dict, repr=False)

    def file(self, path: str | Path) -> PoolFile | None:
        """The file of the pool at `path`, by whatever name; None where the pool wasn't read from it."""
        return self._files.get(_file(path))


def read_pool(paths: Iterable[str | Path], *, progress: Callable[[int], object] | None = None) -> Pool:
    """The records of all files; one that an earlier file had under the same id is taken once.

    Args:
        progress: called with the number of records read since the last call.

    Raises:
        InputError: a file cannot be read.
    """
    return _joined([(_file(path), _read(path, progress)) for path in paths])


def _read(path: str | Path, progress: Callable[[int], object] | None) -> ReadResult:
    formats: dict[str, None] = {}
    said: list[str] = []
    records = iter_records(path, on_format=lambda name: formats.setdefault(name), on_warning=said.append)
    counted = tuple(_counted(records, progress))
    return ReadResult(path=str(path), format=", ".join(formats), records=counted, warnings=tuple(said))


def _file(path: str | Path) -> _File:
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # which reading it tells in words
        return -1, -1
    return status.st_dev, status.st_ino


def _counted(records: Iterable[Record], progress: Callable[[int], object] | None) -> Iterator[Record]:
    for number, record in enumerate(records, 1):
        if progress is not None and number % _STEP == 0:
            progress(_STEP)
        yield record


def _joined(files: Sequence[tuple[_File, ReadResult]]) -> Pool:
    known: dict[str, Record] = {}
    ids: dict[_File, dict[str, str]] = {}
    repeated = 0
    for file, reading in files:
        earlier, own = dict(known), ids.setdefault(file, {})
        for record in reading.records:
            twin = earlier.get(record.record_id)
            if twin is not None and _same(record, twin):
                repeated += 1
                own[record.record_id] = twin.record_id
                continue
            own[record.record_id] = _free_id(record, known)
            known[own[record.record_id]] = replace(record, record_id=own[record.record_id])
    said = tuple(warning for _, reading in files for warning in reading.warnings)
    own_files = {file: PoolFile(reading=reading, ids=ids[file]) for file, reading in files}
    return Pool(records=tuple(known.values()), repeated=repeated, warnings=said, _files=own_files)


def _free_id(record: Record, known: Mapping[str, Record]) -> str:
    """The record's own id; where another has it, that with the file's name before it, and a number behind."""
    wanted = record.record_id if record.record_id not in known else f"{record.source}:{record.record_id}"
    free, number = wanted, 1
    while free in known:
        number += 1
        free = f"{wanted}#{number}"
    return free


def _same(one: Record, other: Record) -> bool:
    """Whether two records of one id are one record, not two files that number theirs from 1."""
    if one.pmid and other.pmid:
        return one.pmid == other.pmid
    if one.doi and other.doi:
        return one.doi == other.doi
    return one.fingerprint == other.fingerprint
