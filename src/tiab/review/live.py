"""Live: a review that is open, following its log, whoever writes to it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tiab.criteria import Criteria
from tiab.errors import ReviewError
from tiab.features import Features
from tiab.pico import Span
from tiab.pico.pipeline import Progress
from tiab.ranking.rank import Ranking
from tiab.records import Record
from tiab.review.criteriafile import CRITERIA_NAME, CriteriaFile
from tiab.review.found import find_kept_spans
from tiab.review.learner import Learned, Learner, is_due, nothing_learned
from tiab.review.prepared import CACHE_NAME, prepare
from tiab.review.rankings import ranked_entry
from tiab.review.snapshot import Snapshot, criteria_payload, logged_criteria, take
from tiab.store import Entry, LogState, Store, advance

__all__ = ["Live", "Queue"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Queue:
    """A ranking that is being read from, and what the log is to say of it once a decision rests on it.

    Attributes:
        features: of the pool that was ranked, in the order of `learned.record_ids`; None for an empty pool.
    """

    snapshot: Snapshot
    learned: Learned
    entry: Entry
    features: Features | None = None
    logged: bool = False


class Live:
    """What is computed from the log of an open review: its state, its features, its rankings.

    Threads may share it: state is brought up to date under one lock, rankings are made under another, so that a
    decision never waits for a fit.
    """

    def __init__(self, store: Store, *, jobs: int = 1, progress: Progress | None = None) -> None:
        self.store = store
        self.criteria_file = CriteriaFile(store.folder / CRITERIA_NAME)
        self.jobs = jobs
        self.progress = progress
        self._state = LogState()
        self._records: list[Record] = []
        self._fingerprints: list[str] = []
        self._snapshot: Snapshot | None = None
        self._queues: dict[str | None, Queue] = {}
        self._learner: Learner | None = None
        self._learner_pool: object = None
        self._features: tuple[object, Features] | None = None
        self._logged: tuple[object, Criteria | None] | None = None
        self._lock = threading.RLock()
        self._learning = threading.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """The review as it stands now.

        Raises:
            CriteriaError: there is a mistake in the criteria file.
            ReviewError: the log cannot be read or understood.
        """
        with self._lock:
            self._follow()
            criteria, last = self._criteria(), self._snapshot
            if last is None or last.logged is not self._state or last.criteria is not criteria:
                last = take(self._state, self._records, self._fingerprints, criteria=criteria, earlier=last)
                self._snapshot = last
            return last

    def queue(self, reviewer: str | None) -> Queue | None:
        """The last ranking made for one reviewer, or (None) for all together."""
        with self._lock:
            return self._queues.get(reviewer)

    def learn(self, reviewer: str | None, *, always: bool = False, progress: Progress | None = None) -> bool:
        """Makes the ranking of one reviewer, or (None) of all together, anew where it is due; whether it was."""
        with self._learning:
            snapshot, queue = self.snapshot, self.queue(reviewer)
            labels = snapshot.labels(reviewer)
            current = queue is not None and queue.snapshot.pool == snapshot.pool
            if queue is not None and current and not always and not is_due(queue.learned.labels, labels):
                return False
            learner = self._learner_of(snapshot, progress) if snapshot.main_places else None
            learned = learner.learn(labels) if learner else nothing_learned()
            entry, features = ranked_entry(learned, snapshot, reviewer), learner.features if learner else None
            made = Queue(snapshot=snapshot, learned=learned, entry=entry, features=features)
            with self._lock:
                self._queues[reviewer] = made
            return True

    def unlogged(self, reviewer: str | None) -> list[Entry]:
        """What the log must say before a decision that rests on this reviewer's ranking."""
        queue = self.queue(reviewer)
        return [queue.entry] if queue is not None and not queue.logged else []

    def has_logged(self, reviewer: str | None, entries: list[Entry]) -> None:
        """To be told once `entries`, which `unlogged` gave, are in the log."""
        with self._lock:
            queue = self._queues.get(reviewer)
            if queue is not None and entries and entries[-1] is queue.entry:
                self._queues[reviewer] = replace(queue, logged=True)

    def ranking(self, reviewer: str | None) -> Ranking | None:
        """The ranking made from all labels there are now, with what PICO found; None where nothing ranks."""
        _, queue = self.learned(reviewer)
        learned, snapshot = queue.learned, queue.snapshot
        if learned.model is None:
            return None
        whole = replace(self._features_of(snapshot), spans=tuple(self.spans(snapshot.records, snapshot.criteria)))
        features, labels = snapshot.of_studies(whole), snapshot.labels(reviewer)
        return Ranking(features=features, model=learned.model, labels=labels, scores=learned.scores)

    def learned(self, reviewer: str | None) -> tuple[Learner, Queue]:
        """The ranking made from all labels there are now, and what made it."""
        self.learn(reviewer, always=True)
        queue = self._queues[reviewer]
        return self._learner_of(queue.snapshot), queue

    def log_ranking(self, reviewer: str | None) -> None:
        """Writes into the log the ranking that something outside was made from, unless it is there."""
        entries = [] if self.store.read_only else self.unlogged(reviewer)
        if entries:
            self.store.append_all(entries)
            self.has_logged(reviewer, entries)

    def spans(
        self, records: Sequence[Record], criteria: Criteria | None, progress: Progress | None = None
    ) -> list[tuple[Span, ...]]:
        """What PICO finds in each of `records` that ranking needs; kept in the store."""
        return find_kept_spans(self.store, records, criteria, jobs=self.jobs, progress=progress or self.progress)

    def _follow(self) -> None:
        """Reads what was written since; records first appear in the log, so none is missed."""
        events = self.store.events(after=self._state.cursor)
        if not events:
            return
        state = advance(self._state, events)
        have = len(self._records)
        if state.n_records > have:
            self._records += self.store.records(after=have, up_to=state.n_records)
            self._fingerprints += self.store.fingerprints(after=have, up_to=state.n_records)
        if len(self._records) < state.n_records:
            hint = "Take the last copy of the folder."
            raise ReviewError("lacks records that its log names", path=self.store.folder, hint=hint)
        self._state = state

    def _criteria(self) -> Criteria | None:
        """The criteria of the file; the log is told when they have changed. Without a file, the log's own."""
        criteria = self.criteria_file.read()
        if criteria is None:
            return self._logged_criteria()
        if self.criteria_file.fingerprint != self._state.criteria.get("fingerprint") and not self.store.read_only:
            seed = int(self._state.criteria.get("seed", 0))
            self.store.append(Entry(kind="criteria", payload=criteria_payload(criteria, seed=seed)))
            self._follow()
        return criteria

    def _logged_criteria(self) -> Criteria | None:
        """The criteria of the log, read from it once."""
        said = self._state.criteria
        if self._logged is None or self._logged[0] is not said:
            self._logged = (said, logged_criteria(self._state))
        return self._logged[1]

    def _learner_of(self, snapshot: Snapshot, progress: Progress | None = None) -> Learner:
        if self._learner is None or self._learner_pool != snapshot.pool:
            features = snapshot.of_studies(self._features_of(snapshot, progress))
            prints = [snapshot.fingerprints[place] for place in snapshot.main_places]
            self._learner = Learner(features, prints, seed=snapshot.seed)
            self._learner_pool = snapshot.pool
        return self._learner

    def _features_of(self, snapshot: Snapshot, progress: Progress | None = None) -> Features:
        """The features of all records, duplicates too: linking two of them changes no column."""
        key = (snapshot.membership, snapshot.criteria_fingerprint)
        if self._features is None or self._features[0] != key:
            features = prepare(
                snapshot.records,
                snapshot.fingerprints,
                snapshot.criteria,
                lambda: self.spans(snapshot.records, snapshot.criteria, progress),
                cache=self.store.folder / CACHE_NAME,
            )
            self._features = (key, features)
        return self._features[1]
