"""The unit of work: one file. Only its path goes to the process that reads it, and only a line comes back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np

from tiab.ranking.rank import RankingModel
from tiab.scan.entries import Entries, Entry, hash_of
from tiab.scan.found import LAST
from tiab.scan.passing import Pass
from tiab.scan.work import FileLine, Index, Work

__all__ = ["Task", "scan_file"]

_SHOWN = 20
_ALONE = Lock()
"""A cluster's worker may have several threads, and the language pipeline serves one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file to scan.

    Attributes:
        path: the file; every process that may take the task must find it there.
        work: the work folder; the same.
        keep: how many of the best records to keep.
        floor: a score below which no record is wanted.
        full: whether every record gets the full pass.
    """

    path: str
    work: str
    keep: int
    floor: float = float("-inf")
    full: bool = False


def scan_file(task: Task) -> FileLine:
    """The line on the file; its best records and its index lie in the work folder then."""
    with _ALONE:
        return _scan_file(task)


def _scan_file(task: Task) -> FileLine:
    started, cpu = time.perf_counter(), time.process_time()
    path, work = Path(task.path), Work(Path(task.work))
    try:
        status, digest = path.stat(), hash_of(path)
    except OSError as error:
        return FileLine(path=task.path, edge=LAST, error=f"cannot be read ({error.strerror or error})")
    entries, numbers = Entries(path), _Numbers()
    best = Pass(_model(task.work), task.keep, floor=task.floor, full=task.full)
    best.read(numbers.noting(entries.read()))
    found = best.found()
    work.write_found(task.path, found)
    work.write_index(task.path, numbers.index(entries.deleted))
    unreadable = [*entries.unreadable, *best.unreadable]
    return FileLine(
        path=task.path,
        size=status.st_size,
        modified=status.st_mtime_ns,
        sha256=digest,
        records=best.n_records,
        read_whole=best.n_read,
        kept=len(found),
        edge=best.edge,
        deleted=len(entries.deleted),
        unreadable=tuple(unreadable[:_SHOWN]),
        n_unreadable=len(unreadable),
        error=entries.error,
        seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(time.process_time() - cpu, 3),
    )


@lru_cache(maxsize=1)
def _model(work: str) -> RankingModel:
    """Read once by each process."""
    return Work(Path(work)).model()


@dataclass(slots=True)
class _Numbers:
    """The PMIDs and revisions of the entries that went by."""

    _rows: list[tuple[int, int, int]] = field(default_factory=list)

    def noting(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if entry.pmid:
                self._rows.append((entry.pmid, entry.revision.version, entry.revision.revised))
            yield entry

    def index(self, deleted: Iterable[int]) -> Index:
        rows = np.array(self._rows, dtype=np.int64).reshape(-1, 3)
        return Index(rows[:, 0], rows[:, 1], rows[:, 2], np.array(sorted(set(deleted)), dtype=np.int64))
