"""Pairs: records that may be duplicates, compared in the background and settled one by one."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.dedupe import Duplicates
from tiab.errors import TiabError
from tiab.review import Review
from tiab.web.background import Background

__all__ = ["Compared", "Pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How far the comparison has come: `done` of `of` records, and what is unsettled once all are; None before.

    Attributes:
        error: why the records could not be compared.
    """

    done: int
    of: int
    found: Duplicates | None = None
    error: TiabError | None = None

    @property
    def running(self) -> bool:
        """Whether it is worth looking again."""
        return self.found is None and self.error is None


class Pairs:
    """The duplicates of a review that nobody has settled; records are compared anew only where some were added.

    Attributes:
        background: what compares them.
    """

    def __init__(self, review: Review) -> None:
        self._review = review
        self._found: tuple[object, Duplicates] | None = None
        self._done = 0
        self.background = Background(self._compare, name="Comparing the records")

    def look(self, *, wait: float = 1.0) -> Compared:
        """What is unsettled now; where records are still being compared, how far that has come after `wait` seconds."""
        snapshot = self._review.snapshot
        records, of = snapshot.membership, len(snapshot.main_ids)
        if not self._has_compared(records) and not self.background.error:
            self.background.start()
        self.background.wait(wait)
        error, found = self.background.error, self._found
        if found is None or not self._has_compared(records):
            return Compared(done=self._done, of=of, error=error)
        return Compared(done=of, of=of, found=self._review.open_duplicates(found[1]))

    def _has_compared(self, records: object) -> bool:
        return self._found is not None and self._found[0] == records

    def _compare(self) -> None:
        self._done = 0
        records = self._review.snapshot.membership
        self._found = (records, self._review.find_duplicates(progress=self._tell))

    def _tell(self, done: int) -> None:
        self._done += done
        self.background.pause()
