"""Screening: what one reviewer has decided so far, and which record comes next, for terminal and page alike."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiab.labels import Decision
from tiab.review.reviewers import labels_by_reviewer
from tiab.review.snapshot import SnapshotReader
from tiab.store import Event, GivenLabel, Store

if TYPE_CHECKING:
    from tiab.review.queue import Queue

__all__ = ["Screening", "ScreeningCounts"]

_NO_DECISION = ("batch", "batch_undone", "choices", "exported", "noted", "ranked", "stopped", "tag_renamed", "tagged")
"""Kinds of events that change no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningCounts:
    """How far one reviewer has come; `found` counts include and maybe, because both lead to the full text.

    `of` counts the records of the review, duplicates excluded, those known beforehand included.
    """

    screened: int
    include: int
    exclude: int
    maybe: int
    left: int
    of: int

    @property
    def found(self) -> int:
        return self.include + self.maybe


class Screening:
    """The decisions of one reviewer and the record to be screened next, whoever writes to the log meanwhile.

    The log is not read anew at each decision. Threads may share it.
    """

    def __init__(self, store: Store, reader: SnapshotReader, reviewer: str) -> None:
        self._store, self._reader, self._reviewer = store, reader, reviewer
        self._lock = threading.RLock()
        self._reading: tuple[Queue | None, int] = (None, 0)
        self._rereads = self._cursor = 0
        self._read()

    @property
    def rereads(self) -> int:
        """How often more than new decisions were logged, so that any record may be open again."""
        with self._lock:
            self._follow()
            return self._rereads

    def decision(self, record_id: str) -> GivenLabel | None:
        """This reviewer's decision on a record or another report of it; None where there is none, or it was undone."""
        with self._lock:
            self._follow()
            return self._given.get(self._groups.main_id(record_id))

    def counts(self) -> ScreeningCounts:
        """How far this reviewer has come."""
        with self._lock:
            self._follow()
            return ScreeningCounts(
                screened=len(self._given),
                include=self._counts[Decision.INCLUDE],
                exclude=self._counts[Decision.EXCLUDE],
                maybe=self._counts[Decision.MAYBE],
                left=self._n_records - len(self._screened),
                of=self._n_records,
            )

    def next_id(self, queue: Queue | None, skipped: Collection[str] = ()) -> str | None:
        """The best-ranked record of `queue` that is open; one of `skipped` only where no other is left.

        The place is remembered, because all that ranks above it is screened.
        """
        with self._lock:
            self._follow()
            if queue is None:
                return None
            learned, instead = queue.learned, None
            start = self._reading[1] if self._reading[0] is queue else 0
            first = len(learned.places)
            for at in range(start, len(learned.places)):
                record_id = str(learned.record_ids[learned.places[at]])
                if record_id in self._screened or record_id in self._groups.main_of:
                    continue
                first = min(first, at)
                if record_id not in skipped:
                    self._reading = (queue, first)
                    return record_id
                instead = instead or record_id
            self._reading = (queue, first)
            return instead

    def _follow(self) -> None:
        """Reads what was logged since; anew, where that was more than new decisions."""
        events = self._store.events(after=self._cursor)
        if not events:
            return
        if not all(_is_new_decision(event) and self._is_known(event) for event in events):
            self._read()
            self._reading, self._rereads = (None, 0), self._rereads + 1
            return
        self._count_others(events)
        for given in self._new_decisions(events):
            main_id = self._groups.main_id(given.label.record_id)
            if main_id in self._given:
                self._counts[self._given[main_id].label.decision] -= 1
            self._counts[given.label.decision] += 1
            self._given[main_id] = given
            self._screened.add(main_id)
        self._cursor = events[-1].event_id

    def _new_decisions(self, events: Sequence[Event]) -> list[GivenLabel]:
        """The last of this reviewer's decisions on each record in `events`, in the order in which they were made."""
        own = [event for event in events if event.kind == "labelled" and event.reviewer == self._reviewer]
        if not own:
            return []
        labels = self._reader.state.labels  # which may be later: what was undone since is followed the next time
        keys = dict.fromkeys((event.record_id, event.reviewer) for event in reversed(own))
        return [labels[key][-1] for key in reversed(keys) if key in labels]

    def _is_known(self, event: Event) -> bool:
        """Whether it is of somebody who has decided before: a second reviewer may change how many a record needs."""
        return event.kind != "labelled" or event.reviewer in (self._reviewer, *self._states.people)

    def _count_others(self, events: Sequence[Event]) -> None:
        """Records on which others have decided, as many as a record needs, are screened."""
        for event in events:
            if event.kind == "labelled" and event.reviewer != self._reviewer:
                main_id = self._groups.main_id(event.record_id)
                people = self._others.setdefault(main_id, set())
                people.add(event.reviewer)
                if main_id in self._states.of and len(people) >= self._states.needed_with(self._reviewer, main_id):
                    self._screened.add(main_id)

    def _read(self) -> None:
        snapshot = self._reader.snapshot
        self._groups, self._n_records = snapshot.groups, len(snapshot.main_ids)
        self._given: dict[str, GivenLabel] = labels_by_reviewer(snapshot.state, snapshot.groups).get(self._reviewer, {})
        self._counts = Counter(given.label.decision for given in self._given.values())
        self._states = states = snapshot.states
        self._screened = {key for key in states.of if not states.is_open_to(self._reviewer, key)}
        self._others = {key: {*states.voters(key)} - {self._reviewer} for key in states.votes}
        self._cursor = snapshot.state.cursor


def _is_new_decision(event: Event) -> bool:
    return event.kind in _NO_DECISION or (event.kind == "labelled" and not event.payload.get("prior"))
