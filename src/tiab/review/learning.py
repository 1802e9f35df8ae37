"""Learning: the rankings of an open review. Importing it loads spaCy and scikit-learn, so what only stores does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tiab.criteria import Criteria
from tiab.errors import CriteriaError, LabelError
from tiab.features import Features, make_features
from tiab.features.counting import pausing
from tiab.features.term_spans import find_term_spans
from tiab.labels import Decision
from tiab.pico import Span, find_spans
from tiab.pico.pipeline import Progress
from tiab.ranking.rank import Ranking
from tiab.records import Record
from tiab.review.annotations import Annotations
from tiab.review.exporting import export
from tiab.review.feature_cache import CACHE_NAME, MANY, count_unread, find_kept_spans, prepare
from tiab.review.imports import Imports
from tiab.review.queue import Queue, RecordView, Suggestion, criteria_missing, suggest, view_record
from tiab.review.rankings import Learner, is_due, nothing_learned, ranked_entry
from tiab.review.replaying import Replay, Replaying, replay
from tiab.review.screening import Screening
from tiab.review.snapshot import Snapshot, SnapshotReader
from tiab.review.updating import Update, make_update
from tiab.store import Entry, Store

__all__ = ["Learning"]

_NOW_AND_THEN = 1.0
"""Seconds between two rankings by words while abstracts are read: whoever decides quickly should not wait for them."""


class Learning:
    """What is learned from the log of an open review: its features and its rankings.

    Threads may share it: rankings are made under a lock of their own, so that a decision never waits for a fit.
    """

    def __init__(
        self,
        store: Store,
        reader: SnapshotReader,
        *,
        jobs: int = 1,
        apart: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._store, self._reader, self._progress = store, reader, progress
        self._jobs, self._apart = jobs, apart
        self._queues: dict[str | None, Queue] = {}
        self._learner: Learner | None = None
        self._learner_pool: object = None
        self._first_learner: tuple[object, Learner] | None = None
        self._learn_again = 0.0
        self._features: tuple[object, Features] | None = None
        self._lock = threading.RLock()
        self._learning = threading.Lock()

    def queue(self, reviewer: str | None) -> Queue | None:
        """The last ranking made for one reviewer, or (None) for all together."""
        with self._lock:
            return self._queues.get(reviewer)

    def learn(
        self,
        reviewer: str | None,
        *,
        always: bool = False,
        progress: Progress | None = None,
        pause: Callable[[], object] = lambda: None,
    ) -> bool:
        """Makes the ranking of one reviewer, or (None) of all together, anew where it is due; whether it was."""
        with self._learning:
            snapshot, queue = self._reader.snapshot, self.queue(reviewer)
            labels = snapshot.labels(reviewer)
            current = queue is not None and queue.snapshot.pool == snapshot.pool and not queue.by_words
            if queue is not None and current and not always and not is_due(queue.learned.labels, labels):
                return False
            telling = self._telling(reviewer, progress) if queue is not None and queue.by_words else progress
            learner = self._learner_of(snapshot, telling) if snapshot.main_places else None
            self._keep_queue(reviewer, snapshot, learner, pause=pause)
            self._first_learner = None
            return True

    def learn_by_words(self, reviewer: str | None, *, pause: Callable[[], object] = lambda: None) -> bool:
        """Makes a first ranking of one reviewer by words and terms, where many abstracts are unread; whether it did."""
        with self._learning:
            snapshot, queue = self._reader.snapshot, self.queue(reviewer)
            if queue is not None and queue.snapshot.pool == snapshot.pool:
                return False
            records, criteria = tuple(snapshot.records), snapshot.criteria
            if len(records) < MANY or count_unread(self._store, records, criteria) < MANY:
                return False
            spans = find_term_spans(pausing(records, pause), criteria)
            whole = make_features(records, criteria=criteria, spans=spans, pause=pause)
            pause()
            self._first_learner = (snapshot.pool, _learner(snapshot, whole))
            self._keep_queue(reviewer, snapshot, self._first_learner[1], by_words=True)
            return True

    def _telling(self, reviewer: str | None, progress: Progress | None) -> Progress:
        """Tells how far the reading is, and meanwhile learns from what this reviewer decides, by words."""

        def tell(more: int) -> None:
            if progress:
                progress(more)
            self._learn_meanwhile(reviewer)

        return tell

    def _learn_meanwhile(self, reviewer: str | None) -> None:
        """Makes the ranking by words anew where it is due, now and then."""
        if time.monotonic() < self._learn_again:
            return
        self._learn_again = time.monotonic() + _NOW_AND_THEN
        try:
            snapshot, queue = self._reader.snapshot, self.queue(reviewer)
        except CriteriaError:  # the file is being edited: the page says so
            return
        if queue is None or self._first_learner is None or self._first_learner[0] != snapshot.pool:
            return
        if is_due(queue.learned.labels, snapshot.labels(reviewer)):
            self._keep_queue(reviewer, snapshot, self._first_learner[1], by_words=True)

    def _keep_queue(
        self,
        reviewer: str | None,
        snapshot: Snapshot,
        learner: Learner | None,
        *,
        by_words: bool = False,
        pause: Callable[[], object] = lambda: None,
    ) -> None:
        learned = learner.learn(snapshot.labels(reviewer), pause=pause) if learner else nothing_learned()
        pause()
        entry = ranked_entry(learned, snapshot, reviewer, by_words=by_words)
        features = learner.features if learner else None
        made = Queue(snapshot=snapshot, learned=learned, entry=entry, features=features, by_words=by_words)
        with self._lock:
            self._queues[reviewer] = made

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

    def next(self, screening: Screening, reviewer: str, *, learn: bool) -> Suggestion | None:
        """The record that this reviewer should screen next; None where all are screened.

        Args:
            learn: first learn from the decisions since, where it is due; else read on from the ranking there is.
        """
        if learn or self.queue(reviewer) is None:
            self.learn(reviewer)
        queue = self.queue(reviewer)
        record_id = screening.next_id(queue)
        if queue is None or record_id is None:
            return None
        return suggest(self._reader.snapshot, queue, record_id, left=screening.counts().left)

    def rank(self, reviewer: str | None, *, log: bool) -> Ranking:
        """All records ranked by all labels there are now, with what PICO found.

        Args:
            log: write into the log that this ranking was made.

        Raises:
            LabelError: there is nothing to rank by.
        """
        _, queue = self._learned(reviewer)
        learned, snapshot = queue.learned, queue.snapshot
        if learned.model is None:
            hint = "Give the review criteria, or include at least one record."
            raise LabelError("there is nothing to rank by", hint=hint)
        if log:
            self._log_ranking(reviewer)
        whole = replace(self._features_of(snapshot), spans=tuple(self.spans(snapshot.records, snapshot.criteria)))
        features, labels = snapshot.of_studies(whole), snapshot.labels(reviewer)
        return Ranking(features=features, model=learned.model, labels=labels, scores=learned.scores)

    def order_by_criteria(self) -> tuple[str, ...]:
        """The records that are screened, as the criteria alone rank them; () without criteria."""
        learner, queue = self._learned(None)
        return () if queue.snapshot.criteria is None else learner.learn({}).order

    def _learned(self, reviewer: str | None) -> tuple[Learner, Queue]:
        """The ranking made from all labels there are now, and what made it."""
        self.learn(reviewer, always=True)
        queue = self._queues[reviewer]
        return self._learner_of(queue.snapshot), queue

    def _log_ranking(self, reviewer: str | None) -> None:
        """Writes into the log the ranking that something outside was made from, unless it is there."""
        entries = [] if self._store.read_only else self.unlogged(reviewer)
        if entries:
            self._store.append_all(entries)
            self.has_logged(reviewer, entries)

    def spans(
        self, records: Sequence[Record], criteria: Criteria | None, progress: Progress | None = None
    ) -> list[tuple[Span, ...]]:
        """What PICO finds in each of `records` that ranking needs; kept in the store."""
        told = progress or self._progress
        return find_kept_spans(self._store, records, criteria, jobs=self._jobs, apart=self._apart, progress=told)

    def find_all_spans(self, record: Record) -> tuple[Span, ...]:
        """All that PICO finds in one record, with sample sizes, doses and markers."""
        return find_spans([record], self._reader.snapshot.criteria)[0]

    def criteria_missing(self, records: Sequence[Record], criteria: Criteria | None) -> list[tuple[str, ...]]:
        """For each of `records` the names of the concepts that it lacks; quick once they are ranked."""
        return criteria_missing(records, self.spans(records, criteria), criteria) if criteria else [()] * len(records)

    def view(self, record_id: str, reviewer: str | None) -> RecordView:
        """A record as it ranks to one reviewer, or (None) to all together; a LabelError where there is none."""
        self._reader.record(record_id)
        return view_record(self._reader.snapshot, self.queue(reviewer), record_id)

    def export(
        self, path: str | Path, *, reviewer: str | None, only: Collection[Decision], duplicates: bool, brief: bool
    ) -> int:
        """Writes the records, best first, as `exporting.export` says; how many there are."""
        self.learn(reviewer)
        snapshot, queue = self._reader.snapshot, self.queue(reviewer)
        annotated = Annotations(self._store, self._reader).now
        entry = export(
            path, snapshot, queue, annotated, reviewer=reviewer, only=only, duplicates=duplicates, brief=brief
        )
        self._log_ranking(reviewer)
        if not self._store.read_only:
            self._store.append(entry)
        return int(entry.payload["records"])

    def update(self, imports: Imports, files: Iterable[str | Path], *, reviewer: str = "") -> Update:
        """Adds a later search, and ranks what is new in it by what was learned before."""
        learner, queue = self._learned(None)
        reports = imports.add_records(files, reviewer=reviewer)
        after = self._reader.snapshot
        records = [one for one in after.records if one.record_id not in queue.snapshot.places]
        records = [one for one in records if one.record_id not in after.groups.main_of]
        spans = self.spans(records, queue.snapshot.criteria)
        self._log_ranking(None)
        return make_update(learner, queue, records, spans, reports)

    def replay(self, progress: Replaying | None) -> Replay:
        """Every ranking that the log names, made again.

        Raises:
            ReviewError: the file is damaged.
        """
        self._store.check()
        return replay(self._store, jobs=self._jobs, progress=progress)

    def _learner_of(self, snapshot: Snapshot, progress: Progress | None = None) -> Learner:
        if self._learner is None or self._learner_pool != snapshot.pool:
            self._learner = _learner(snapshot, self._features_of(snapshot, progress))
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
                cache=self._store.folder / CACHE_NAME,
            )
            self._features = (key, features)
        return self._features[1]


def _learner(snapshot: Snapshot, whole: Features) -> Learner:
    """What learns on the records of a snapshot that are screened; `whole` are the features of all, duplicates too."""
    prints = [snapshot.fingerprints[place] for place in snapshot.main_places]
    return Learner(snapshot.of_studies(whole), prints, seed=snapshot.seed)
