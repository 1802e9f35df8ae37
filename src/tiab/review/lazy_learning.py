"""What ranks an open review; spaCy and scikit-learn are loaded once something is ranked, not to store a decision."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tiab.review.snapshot import SnapshotReader
from tiab.store import Entry, Store

if TYPE_CHECKING:
    from tiab.pico.pipeline import Progress
    from tiab.review.learning import Learning
    from tiab.review.queue import Queue

__all__ = ["LazyLearning"]


class LazyLearning:
    """What learns from the log of an open review, and what can be said of it before it is loaded."""

    def __init__(
        self, store: Store, reader: SnapshotReader, *, jobs: int, apart: bool, progress: Progress | None
    ) -> None:
        self._store, self._reader, self._progress = store, reader, progress
        self._jobs, self._apart = jobs, apart
        self._lock = threading.Lock()
        self._loaded: Learning | None = None

    @property
    def loaded(self) -> Learning:
        """What learns, loaded now where it was not."""
        from tiab.review.learning import Learning

        with self._lock:
            if self._loaded is None:
                self._loaded = Learning(
                    self._store, self._reader, jobs=self._jobs, apart=self._apart, progress=self._progress
                )
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
