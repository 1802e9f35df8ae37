"""What ranks an open review; spaCy and scikit-learn are loaded once something is ranked, not to store a decision."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tiab.errors import LabelError
from tiab.labels import Decision
from tiab.review.exporting import export
from tiab.review.screening import Screening
from tiab.review.snapshot import SnapshotReader
from tiab.store import Entry, Store

if TYPE_CHECKING:
    from tiab.pico.pipeline import Progress
    from tiab.ranking.rank import Ranking
    from tiab.review.imports import Imports
    from tiab.review.learning import Learning
    from tiab.review.queue import Queue, RecordView, Suggestion
    from tiab.review.replaying import Replay, Replaying
    from tiab.review.updating import Update

__all__ = ["LazyLearning"]


class LazyLearning:
    """The rankings of an open review, and what is made of them. Threads may share it."""

    def __init__(self, store: Store, reader: SnapshotReader, *, jobs: int, progress: Progress | None) -> None:
        self._store, self._reader, self._jobs, self._progress = store, reader, jobs, progress
        self._lock = threading.Lock()
        self._loaded: Learning | None = None

    @property
    def loaded(self) -> Learning:
        """What learns from the log, loaded now where it was not."""
        from tiab.review.learning import Learning

        with self._lock:
            if self._loaded is None:
                self._loaded = Learning(self._store, self._reader, jobs=self._jobs, progress=self._progress)
            return self._loaded

    def queue(self, reviewer: str | None) -> Queue | None:
        """The ranking that this reviewer reads from; None before the first is learned."""
        return self._loaded.queue(reviewer) if self._loaded else None

    def unlogged(self, reviewer: str | None) -> list[Entry]:
        """What the log must say before a decision that rests on this reviewer's ranking."""
        return self._loaded.unlogged(reviewer) if self._loaded else []

    def has_logged(self, reviewer: str | None, entries: list[Entry]) -> None:
        """To be told once `entries`, which `unlogged` gave, are in the log."""
        if self._loaded:
            self._loaded.has_logged(reviewer, entries)

    def next(self, screening: Screening, reviewer: str, *, learn: bool) -> Suggestion | None:
        """The record that this reviewer should screen next; None where all are screened.

        Args:
            learn: first learn from the decisions since, where it is due; else read on from the ranking there is.
        """
        if learn or self.queue(reviewer) is None:
            self.loaded.learn(reviewer)
        queue = self.queue(reviewer)
        record_id = screening.next_id(queue)
        if queue is None or record_id is None:
            return None
        return self.loaded.suggest(queue, record_id, left=screening.counts().left)

    def view(self, record_id: str, reviewer: str | None) -> RecordView:
        """One record as this reviewer sees it; a LabelError where there is none."""
        self._reader.record(record_id)
        return self.loaded.view(record_id, reviewer)

    def rank(self, reviewer: str | None = None, *, log: bool = True) -> Ranking:
        """All records ranked by all that is known now, to one reviewer or (None) to all together.

        Args:
            log: write into the log that this ranking was made.

        Raises:
            LabelError: there is nothing to rank by.
        """
        ranking = self.loaded.ranking(reviewer)
        if ranking is None:
            hint = "Give the review criteria, or label at least one record 'include'."
            raise LabelError("there is nothing to rank by", hint=hint)
        if log:
            self.loaded.log_ranking(reviewer)
        return ranking

    def export(
        self, path: str | Path, *, reviewer: str | None, only: Collection[Decision], duplicates: bool, brief: bool
    ) -> int:
        """Writes the records in the order of the last ranking, as `exporting.export` says; how many there are."""
        self.loaded.learn(reviewer)
        snapshot, queue = self._reader.snapshot, self.queue(reviewer)
        entry = export(path, snapshot, queue, reviewer=reviewer, only=only, duplicates=duplicates, brief=brief)
        self.loaded.log_ranking(reviewer)
        if not self._store.read_only:
            self._store.append(entry)
        return int(entry.payload["records"])

    def update(self, imports: Imports, files: Iterable[str | Path], *, reviewer: str = "") -> Update:
        """Adds a later search, and ranks what is new in it by all that was learned before."""
        before = self.loaded.learned(None)
        return self.loaded.update(before, imports.add_records(files, reviewer=reviewer))

    def replay(self, progress: Replaying | None) -> Replay:
        """Every ranking that the log names, made again from the log, and compared with what it was.

        Raises:
            ReviewError: the file is damaged.
        """
        self._store.check()
        return self.loaded.replay(progress)
