"""Pairs: records that may be duplicates, compared in a thread beside the reading and settled one by one."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tiab.dedupe import Duplicates
from tiab.errors import TiabError
from tiab.review import Review
from tiab.review.duplicates import still_unsettled, unsettled

__all__ = ["Compared", "Pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How far the comparison has come: `done` of `of` records, and what is unsettled once all are; None before."""

    done: int
    of: int
    found: Duplicates | None


class Pairs:
    """The duplicates of a review that nobody has settled; records are compared anew only where some were added."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._lock = threading.Lock()
        self._found: tuple[int, Duplicates] | None = None
        self._running: threading.Thread | None = None
        self._done = self._of = 0
        self._wrong: TiabError | None = None

    def look(self, *, wait: float = 1.0) -> Compared:
        """What is unsettled now; where records are still being compared, how far that has come after `wait` seconds.

        Raises:
            TiabError: they cannot be compared.
        """
        snapshot = self._review.snapshot()
        with self._lock:
            running = self._running
            if running is None and (self._found is None or self._found[0] != len(snapshot.records)):
                self._done, self._of = 0, len(snapshot.heads)
                running = self._running = threading.Thread(
                    target=self._compare, args=(len(snapshot.records),), daemon=True
                )
                running.start()
        if running is not None:
            running.join(wait)
        with self._lock:
            if self._running is not None:
                return Compared(done=self._done, of=self._of, found=None)
            wrong, self._wrong = self._wrong, None
            found = self._found[1] if self._found else Duplicates()
        if wrong is not None:
            raise wrong
        return Compared(done=self._of, of=self._of, found=still_unsettled(self._review, found))

    def _compare(self, n_records: int) -> None:
        found, wrong = None, None
        try:
            found = unsettled(self._review, progress=self._tell)
        except TiabError as error:
            wrong = error
        with self._lock:
            self._found = (n_records, found) if found is not None else None
            self._wrong, self._running = wrong, None

    def _tell(self, done: int) -> None:
        self._done += done
