"""How far a scan is, what it found so far, and what a record must score to matter still."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiab.scan.candidates import Candidate, Key
from tiab.scan.work import FileLine, Work

__all__ = ["ScanProgress", "Watch"]

_TITLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress:
    """How far a scan is.

    Attributes:
        files, n_files: finished, and all.
        records: read so far, in earlier runs, too.
        rate: records a second in this run.
        seconds_left: how long the rest will take at this rate, by the sizes of the files; NaN where none is finished.
        share: of all bytes, those read; 0 to 1.
        titles: of the best records so far.
    """

    files: int
    n_files: int
    records: int
    rate: float
    seconds_left: float
    share: float
    titles: tuple[str, ...]


class Watch:
    """Counts what is finished. What was finished in an earlier run counts as done, but not for the rate.

    Args:
        lines: the files that are finished already.
        size: how many of the best records to follow.
    """

    def __init__(
        self,
        paths: Sequence[str],
        lines: Mapping[str, FileLine],
        work: Work,
        *,
        size: int,
        on_progress: Callable[[ScanProgress], object] | None,
    ) -> None:
        self._sizes = {path: _size(path) for path in paths}
        self._work, self._size, self._on_progress = work, size, on_progress
        self._done = dict.fromkeys(lines)
        self._keys: list[Key] = []
        self._titles: list[tuple[Key, str]] = []
        self._records = self._earlier = sum(line.records for line in lines.values())
        self._earlier_bytes = sum(self._sizes[path] for path in lines)
        self._started = time.monotonic()
        self.floored = True
        for path in lines:
            self._follow(work.read_found(path))

    @property
    def floor(self) -> float:
        """The score that the last of the records followed has; no worse one can be among the best, but for revisions.

        -inf while fewer are known, or where `floored` is False.
        """
        return -self._keys[-1][0] if self.floored and len(self._keys) == self._size else float("-inf")

    def add(self, line: FileLine) -> None:
        """Takes in a file that was just finished."""
        if line.path not in self._done:
            self._done[line.path] = None
            self._records += line.records
            if self._work.holds(line.path):
                self._follow(self._work.read_found(line.path))
        if self._on_progress is not None:
            self._on_progress(self._progress())

    def _follow(self, found: Iterable[Candidate]) -> None:
        new = [(one.key, one.record.title) for one in found]
        self._titles = heapq.nsmallest(_TITLES, {*self._titles, *new})
        self._keys = heapq.nsmallest(self._size, [*self._keys, *(key for key, _ in new)])

    def _progress(self) -> ScanProgress:
        seconds = time.monotonic() - self._started
        everything, done = sum(self._sizes.values()), sum(self._sizes[path] for path in self._done)
        fresh = done - self._earlier_bytes
        return ScanProgress(
            files=len(self._done),
            n_files=len(self._sizes),
            records=self._records,
            rate=(self._records - self._earlier) / seconds if seconds else 0.0,
            seconds_left=seconds * (everything - done) / fresh if fresh else float("nan"),
            share=done / everything if everything else 1.0,
            titles=tuple(title for _, title in self._titles),
        )


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0
