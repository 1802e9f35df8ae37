"""Mine: what one reviewer has decided so far, following the log without reading it anew at each decision."""

from __future__ import annotations

from collections import Counter

from tiab.review import Review
from tiab.review.groups import ReportGroups
from tiab.review.opinions import labels_by_reviewer
from tiab.store import Event, GivenLabel, LogState, advance

__all__ = ["Mine"]

_QUIET = ("exported", "ranked", "stopped")
"""Kinds of events that change no decision."""


class Mine:
    """The decisions of one reviewer, whoever writes to the log meanwhile.

    Attributes:
        given: head id -> the label that this reviewer gave and that stands.
        said: how many of them there are of each decision.
        screened: the heads that this reviewer need not look at: decided, settled, or known beforehand.
        groups: which records are duplicates.
        n_heads: how many records there are to screen, duplicates aside.
        cursor: the last event that was seen.
    """

    def __init__(self, review: Review, reviewer: str) -> None:
        self._review, self._reviewer = review, reviewer
        self.cursor = 0
        self._read()

    def follow(self) -> bool:
        """Sees what happened since; whether more than new decisions did, so that any record may be open again."""
        events = self._review.events(after=self.cursor)
        if not events:
            return False
        if not all(_is_plain(event) for event in events):
            self._read()
            return True
        own = [event for event in events if event.kind == "labelled" and event.reviewer == self._reviewer]
        for label in advance(LogState(), own).standing():
            head = self.groups.main_id(label.label.record_id)
            if head in self.given:
                self.said[self.given[head].label.decision] -= 1
            self.said[label.label.decision] += 1
            self.given[head] = label
            self.screened.add(head)
        self.cursor = events[-1].event_id
        return False

    def _read(self) -> None:
        snapshot = self._review.snapshot
        self.groups: ReportGroups = snapshot.groups
        self.n_heads = len(snapshot.main_ids)
        self.given: dict[str, GivenLabel] = labels_by_reviewer(snapshot.state, snapshot.groups).get(self._reviewer, {})
        self.said = Counter(given.label.decision for given in self.given.values())
        self.screened = {key for key in snapshot.labels(self._reviewer) if key not in snapshot.groups.main_of}
        self.cursor = snapshot.state.cursor


def _is_plain(event: Event) -> bool:
    return event.kind in _QUIET or (event.kind == "labelled" and not event.payload.get("prior"))
