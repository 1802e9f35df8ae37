"""Tasks ► lines, through joblib: in this process, in several, or on a Dask cluster. A process that dies loses nothing.

joblib doesn't say which task a dead process had. So the files that were under way are read again; those that were
under way twice when a process died, each by itself; and one that kills its process again is given up and said so.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config

from tiab.errors import TiabError
from tiab.ranking.rank import RankingModel
from tiab.scan.candidates import LAST
from tiab.scan.passing import Pass
from tiab.scan.previews import Preview, Previews, hash_of
from tiab.scan.work import FileLine, Index, Work

__all__ = ["Task", "read_files", "scan_file"]

_SHOWN = 20
_ONE_THREAD = Lock()
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
    with _ONE_THREAD:
        return _scan_file(task)


def _scan_file(task: Task) -> FileLine:
    started, cpu = time.perf_counter(), time.process_time()
    path, work = Path(task.path), Work(Path(task.work))
    try:
        status, digest = path.stat(), hash_of(path)
    except OSError as error:
        return FileLine(path=task.path, edge=LAST, error=f"cannot be read ({error.strerror or error})")
    previews, numbers = Previews(path), _Numbers()
    best = Pass(_model(task.work), task.keep, floor=task.floor, full=task.full)
    best.read(numbers.noting(previews.read()))
    found = best.found()
    work.write_found(task.path, found)
    work.write_index(task.path, numbers.index(previews.deleted))
    unreadable = [*previews.unreadable, *best.unreadable]
    return FileLine(
        path=task.path,
        size=status.st_size,
        modified=status.st_mtime_ns,
        sha256=digest,
        records=best.n_records,
        read_whole=best.n_read,
        kept=len(found),
        edge=best.edge,
        deleted=len(previews.deleted),
        unreadable=tuple(unreadable[:_SHOWN]),
        n_unreadable=len(unreadable),
        warnings=tuple(previews.warnings),
        error=previews.error,
        seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(time.process_time() - cpu, 3),
    )


@lru_cache(maxsize=1)
def _model(work: str) -> RankingModel:
    """Read once by each process."""
    return Work(Path(work)).model()


@dataclass(slots=True)
class _Numbers:
    """The PMIDs and revisions of the previews that went by."""

    _rows: list[tuple[int, int, int]] = field(default_factory=list)

    def noting(self, previews: Iterable[Preview]) -> Iterator[Preview]:
        for preview in previews:
            if preview.pmid:
                self._rows.append((preview.pmid, preview.revision.version, preview.revision.revised))
            yield preview

    def index(self, deleted: Iterable[int]) -> Index:
        rows = np.array(self._rows, dtype=np.int64).reshape(-1, 3)
        return Index(rows[:, 0], rows[:, 1], rows[:, 2], np.array(sorted(set(deleted)), dtype=np.int64))


_PATIENCE = 10
"""Seconds to wait for a scheduler."""

_ALONE, _TOO_OFTEN = 2, 4
"""How often a file may be under way when a process dies before it is read by itself, and before it is given up."""


def read_files(
    paths: Iterable[str], task_of: Callable[[str], Task], *, jobs: int = 1, cluster: str = ""
) -> Iterator[FileLine]:
    """The line on each file, in the order in which they are finished.

    Args:
        task_of: what to do with a file; asked when its turn comes.
        jobs: processes on this machine.
        cluster: the address of a Dask scheduler, "tcp://host:8786"; its workers are used in place of processes here.

    Raises:
        TiabError: there is no such cluster, or it has no worker.
    """
    waiting, died = list(paths), Counter[str]()
    while waiting:
        crowd = [path for path in waiting if died[path] < _ALONE]
        batch = crowd or waiting[:1]
        begun: dict[str, None] = {}
        try:
            for line in _run(batch, task_of, begun, jobs=jobs, cluster=cluster):
                begun.pop(line.path)
                waiting.remove(line.path)
                yield line
        except Exception as error:
            if cluster and isinstance(error, (OSError, CancelledError)):
                hint = "See that it runs and has workers, and repeat the command: the scan goes on where it stopped."
                raise TiabError(f"the cluster at {cluster} went away, or has no worker", hint=hint) from error
            if not _is_lost_worker(error):
                raise
            died.update(list(begun))
            for path in [path for path in begun if died[path] >= _TOO_OFTEN]:
                waiting.remove(path)
                yield FileLine(path=path, edge=LAST, error=f"the process that read it died {_TOO_OFTEN} times")


def _run(
    paths: Iterable[str], task_of: Callable[[str], Task], begun: dict[str, None], *, jobs: int, cluster: str
) -> Iterator[FileLine]:
    def tasks() -> Iterator[Any]:
        for path in paths:
            begun[path] = None
            yield delayed(scan_file)(task_of(path))

    with _backend(jobs, cluster):
        # No task is made before its turn: the later it is made, the better it knows what a record must score.
        yield from Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")(tasks())


@contextmanager
def _backend(jobs: int, cluster: str) -> Iterator[None]:
    """Where joblib runs what is called within."""
    if not cluster:
        with parallel_config("loky", n_jobs=jobs) if jobs != 1 else nullcontext():
            yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise TiabError("a cluster needs Dask", hint="Install it: pip install 'tiab[cluster]'.") from error
    try:
        client = Client(cluster, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        hint = "Is the scheduler running, and is its address right?"
        raise TiabError(f"no Dask scheduler answers at {cluster}", hint=hint) from error
    with client, parallel_config("dask", client=client):
        yield


def _is_lost_worker(error: Exception) -> bool:
    """Whether a process died under its task, be it joblib's own or Dask's."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"
