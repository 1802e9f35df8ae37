"""Where the reviewers of an open review disagree, how that is resolved, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiab.labels import Label
from tiab.records import Record
from tiab.review.notes import Notes
from tiab.review.reviewers import (
    Conflict,
    both_screened,
    conflicts,
    labels_by_reviewer,
    may_see,
    must_conflict,
    resolved_labels,
    unresolve_entry,
)
from tiab.review.snapshot import SnapshotReader
from tiab.store import Event, GivenLabel, Store, label_entry

if TYPE_CHECKING:
    from tiab.evaluation.agreement import Agreement

__all__ = ["ConflictResolution"]


class ConflictResolution:
    """The conflicts of an open review, those that were resolved, and the agreement of its reviewers.

    Each method takes a `reviewer` who is blinded until they have decided on a record, or None for all that there is.
    """

    def __init__(self, store: Store, reader: SnapshotReader, notes: Notes) -> None:
        self._store, self._reader, self._notes = store, reader, notes

    def open(self, reviewer: str | None = None) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody resolved, as far as `reviewer` may see them."""
        snapshot = self._reader.snapshot
        found = conflicts(snapshot.state, snapshot.groups)
        return tuple(conflict for conflict in found if may_see(reviewer, conflict.labels))

    def resolved(self, reviewer: str | None = None) -> tuple[tuple[Record, GivenLabel], ...]:
        """(record, how its conflict was resolved), last first; as far as `reviewer` may see them."""
        snapshot = self._reader.snapshot
        decided = labels_by_reviewer(snapshot.state, snapshot.groups).get(reviewer or "", {})
        found = [
            (snapshot.merged_record(record_id), given)
            for record_id, given in resolved_labels(snapshot.state, snapshot.groups).items()
            if may_see(reviewer, [given]) or record_id in decided
        ]
        return tuple(sorted(found, key=lambda pair: -pair[1].event_id))

    def resolve(self, label: Label, *, note: str = "", token: str | None = None) -> Event:
        """Resolves the conflict on a record by a third entry in the log.

        Raises:
            LabelError: reviewers do not disagree on it.
        """
        if token is None or self._store.event_with(token) is None:
            snapshot = self._reader.snapshot
            must_conflict(snapshot.state, snapshot.groups, label.record_id)
        event = self._store.append(label_entry(label, note=note, token=token, kind="resolved"))
        self._notes.drop_draft(event)
        return event

    def unresolve(self, record_id: str, *, reviewer: str = "", token: str | None = None) -> Event:
        """Takes back how this reviewer resolved a conflict, which is open again.

        Raises:
            LabelError: this reviewer resolved none on it.
        """
        done = self._store.event_with(token) if token else None
        if done is not None and (done.kind, done.record_id, done.reviewer) == ("undone", record_id, reviewer):
            return done
        state = self._reader.snapshot.state
        return self._store.append(unresolve_entry(state, record_id, reviewer=reviewer, token=token))

    def agreement(self, reviewer: str | None = None, *, confidence: float = 0.95) -> dict[tuple[str, str], Agreement]:
        """Two reviewers -> how far they agree on what both screened, "maybe" as include, whatever was resolved later.

        Args:
            reviewer: only pairs with this reviewer; None for all.
        """
        snapshot = self._reader.snapshot
        found = [pair for pair in both_screened(snapshot.state, snapshot.groups) if reviewer in (None, *pair[0])]
        if not found:
            return {}
        from tiab.evaluation.agreement import measure_agreement  # loads scipy, which a lone reviewer need not wait for

        return {
            names: measure_agreement(one, other, categories=("exclude", "include"), confidence=confidence)
            for names, one, other in found
        }
