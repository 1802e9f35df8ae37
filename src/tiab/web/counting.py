"""Counting: how many records the criteria hit that somebody is writing, counted while they write."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tiab.criteria import Criteria
from tiab.errors import CriteriaError, TiabError
from tiab.features.matches import Hits, add_hits, count_hits
from tiab.records import Record
from tiab.review import Review
from tiab.web.background import Background

__all__ = ["Counted", "Counting"]

_PART = 100
"""So many records are counted before new criteria are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted so far, in an even sample of the records; None where nothing was yet.

    Attributes:
        error: why the rest could not be counted.
    """

    hits: Hits | None
    of: int
    error: TiabError | None = None

    @property
    def done(self) -> bool:
        """Whether all records were counted."""
        return (self.hits.n_records if self.hits else 0) == self.of

    @property
    def running(self) -> bool:
        """Whether it is worth looking again."""
        return not self.done and self.error is None


class Counting:
    """Counts in the background; criteria that are no longer wanted are left where they are.

    Attributes:
        background: what counts.
    """

    def __init__(self, review: Review) -> None:
        self._review = review
        self._lock = threading.Lock()
        self._wanted: tuple[Criteria, tuple[Record, ...]] | None = None
        self._hits: Hits | None = None
        self.background = Background(self._count, name="Counting", anew=True)

    def look(self, criteria: Criteria, *, wait: float = 0.3) -> Counted:
        """How many records `criteria` hit, as far as that is known after `wait` seconds."""
        records = self._pool()
        with self._lock:
            known = self._wanted
            if known is None or known[0].fingerprint != criteria.fingerprint or known[1] is not records:
                self._wanted, self._hits = (criteria, records), None
                self.background.wake()
            wanted = self._wanted
        self.background.wait(wait)
        with self._lock:
            error = self.background.error
            return Counted(hits=self._hits if self._wanted is wanted else None, of=len(records), error=error)

    def _pool(self) -> tuple[Record, ...]:
        """The records that are screened; those of before, while there is a mistake in the criteria file."""
        before = self._wanted[1] if self._wanted else ()
        try:
            snapshot = self._review.snapshot
        except CriteriaError:
            return before
        records = snapshot.merged_records()
        return before if records == before else records

    def _count(self) -> None:
        with self._lock:
            wanted, self._hits = self._wanted, None
        if wanted is None:
            return
        criteria, records = wanted
        parts = max(1, -(-len(records) // _PART))
        for part in range(parts):
            self.background.pause()
            hits = count_hits(records[part::parts], criteria)
            with self._lock:
                if self._wanted is wanted:
                    self._hits = add_hits(self._hits, hits) if self._hits else hits
