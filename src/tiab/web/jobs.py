"""Work of a reviewer's session that runs in the background: finding duplicates, and counting the matches of terms."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tiab.criteria import Criteria
from tiab.dedupe import Duplicates
from tiab.errors import CriteriaError, TiabError
from tiab.features.matches import Hits, add_hits, count_hits
from tiab.records import Record
from tiab.review import Review
from tiab.web.background import Background

__all__ = ["DuplicateSearch", "DuplicatesFound", "TermCounter", "TermCounts"]

_PART = 100
"""So many records are counted before newer criteria are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesFound:
    """How far the comparison of records has come.

    Attributes:
        done: how many of the `of` records were compared.
        duplicates: those that nobody has decided on; None until all records were compared.
        error: why the records could not be compared.
    """

    done: int
    of: int
    duplicates: Duplicates | None = None
    error: TiabError | None = None

    @property
    def running(self) -> bool:
        """Whether there will be more to show."""
        return self.duplicates is None and self.error is None


class DuplicateSearch:
    """Finds the duplicates in a review that nobody has decided on; records are compared again only after an import.

    Attributes:
        background: what compares them.
    """

    def __init__(self, review: Review) -> None:
        self._review = review
        self._found: tuple[object, Duplicates] | None = None
        self._done = 0
        self.background = Background(self._compare, name="Comparing the records")

    def find(self, *, wait: float = 1.0) -> DuplicatesFound:
        """The duplicates left now; while records are still being compared, the progress after `wait` seconds."""
        snapshot = self._review.snapshot
        records, of = snapshot.membership, len(snapshot.main_ids)
        if not self._has_compared(records) and not self.background.error:
            self.background.start()
        self.background.wait(wait)
        error, found = self.background.error, self._found
        if found is None or not self._has_compared(records):
            return DuplicatesFound(done=self._done, of=of, error=error)
        return DuplicatesFound(done=of, of=of, duplicates=self._review.open_duplicates(found[1]))

    def _has_compared(self, records: object) -> bool:
        return self._found is not None and self._found[0] == records

    def _compare(self) -> None:
        self._done = 0
        records = self._review.snapshot.membership
        self._found = (records, self._review.find_duplicates(progress=self._count_compared))

    def _count_compared(self, more: int) -> None:
        self._done += more
        self.background.pause()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCounts:
    """The matches counted so far, in an even sample of the `of` records; None where nothing was counted yet.

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
        """Whether there will be more to show."""
        return not self.done and self.error is None


class TermCounter:
    """Counts the records that match criteria while they are edited; older criteria are abandoned.

    Attributes:
        background: what counts.
    """

    def __init__(self, review: Review) -> None:
        self._review = review
        self._lock = threading.Lock()
        self._current: tuple[Criteria, tuple[Record, ...]] | None = None
        self._hits: Hits | None = None
        self.background = Background(self._count, name="Counting", anew=True)

    def count(self, criteria: Criteria, *, wait: float = 0.3) -> TermCounts:
        """The records that match `criteria`, as far as they are counted after `wait` seconds."""
        records = self._records()
        with self._lock:
            known = self._current
            if known is None or known[0].fingerprint != criteria.fingerprint or known[1] is not records:
                self._current, self._hits = (criteria, records), None
                self.background.wake()
            current = self._current
        self.background.wait(wait)
        with self._lock:
            error = self.background.error
            return TermCounts(hits=self._hits if self._current is current else None, of=len(records), error=error)

    def _records(self) -> tuple[Record, ...]:
        """The records that are screened; those of the last count while there is an error in the criteria file."""
        before = self._current[1] if self._current else ()
        try:
            snapshot = self._review.snapshot
        except CriteriaError:
            return before
        records = snapshot.merged_records()
        return before if records == before else records

    def _count(self) -> None:
        with self._lock:
            current, self._hits = self._current, None
        if current is None:
            return
        criteria, records = current
        parts = max(1, -(-len(records) // _PART))
        for part in range(parts):
            self.background.pause()
            hits = count_hits(records[part::parts], criteria)
            with self._lock:
                if self._current is current:
                    self._hits = add_hits(self._hits, hits) if self._hits else hits
