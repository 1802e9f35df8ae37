"""Tasks ► lines, through joblib: in this process, in several, or on a Dask cluster. A process that dies loses nothing.

joblib doesn't say which task a dead process had. So the files that were under way are read again; those that were
under way twice when a process died, each by itself; and one that kills its process again is given up and said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, nullcontext
from typing import Any

from joblib import Parallel, delayed, parallel_config

from tiab.errors import TiabError
from tiab.scan.found import LAST
from tiab.scan.task import Task, scan_file
from tiab.scan.work import FileLine

__all__ = ["read_files"]

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
