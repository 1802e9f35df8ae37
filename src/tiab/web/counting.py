"""Counting: how many records the criteria hit that somebody is writing, counted while they write."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tiab.criteria import Criteria
from tiab.errors import CriteriaError
from tiab.hits import Hits, add_hits, count_hits
from tiab.records import Record
from tiab.review import Review

__all__ = ["Counted", "Counting"]

_PART = 100
"""So many records are counted before new criteria are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted so far, in an even sample of the records; None where nothing was yet."""

    hits: Hits | None
    of: int

    @property
    def done(self) -> bool:
        """Whether all records were counted."""
        return (self.hits.n_records if self.hits else 0) == self.of


class Counting:
    """Counts in a thread beside the reading; criteria that are no longer wanted are left where they are."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._lock = threading.Lock()
        self._records: tuple[Record, ...] = ()
        self._key: object = None
        self._hits: Hits | None = None
        self._thread: threading.Thread | None = None

    def look(self, criteria: Criteria, *, wait: float = 0.3) -> Counted:
        """How many records `criteria` hit, as far as that is known after `wait` seconds."""
        records = self._pool()
        with self._lock:
            key = (criteria.fingerprint, id(records))
            if key != self._key:
                self._key, self._hits = key, None
                run = partial(self._count, key, criteria, records)
                self._thread = threading.Thread(target=run, name="tiab-counting", daemon=True)
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(wait)
        with self._lock:
            return Counted(hits=self._hits if self._key == key else None, of=len(records))

    def close(self) -> None:
        """Ends the counting after the part that is under way."""
        with self._lock:
            self._key, thread = None, self._thread
        if thread is not None:
            thread.join()

    def _pool(self) -> tuple[Record, ...]:
        """The records that are screened; those of before, while there is a mistake in the criteria file."""
        try:
            snapshot = self._review.snapshot()
        except CriteriaError:
            return self._records
        faces = tuple(snapshot.face(snapshot.records[place].record_id) for place in snapshot.heads)
        if faces != self._records:
            self._records = faces
        return self._records

    def _count(self, key: object, criteria: Criteria, records: Sequence[Record]) -> None:
        parts = max(1, -(-len(records) // _PART))
        for part in range(parts):
            if self._key != key:
                return
            hits = count_hits(records[part::parts], criteria)
            with self._lock:
                if self._key == key:
                    self._hits = add_hits(self._hits, hits) if self._hits else hits
