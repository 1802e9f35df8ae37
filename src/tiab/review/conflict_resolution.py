"""Where the reviewers of an open review disagree, how that is resolved, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiab.errors import LabelError
from tiab.labels import Label
from tiab.records import Record
from tiab.review.agreement import measure_pairs
from tiab.review.notes import Notes
from tiab.review.reviewers import Conflict, resolved_labels, unresolve_entry
from tiab.review.snapshot import SnapshotReader
from tiab.review.states import RecordState
from tiab.store import Event, GivenLabel, Store, label_entry

if TYPE_CHECKING:
    from tiab.evaluation.agreement import Agreement

__all__ = ["ConflictResolution"]


class ConflictResolution:
    """The conflicts of an open review, those that were resolved, and the agreement of its reviewers.

    Each method takes the `reviewer` to whom it is shown, None for somebody who screens under no name, and gives what
    the policy of the review lets them see.
    """

    def __init__(self, store: Store, reader: SnapshotReader, notes: Notes) -> None:
        self._store, self._reader, self._notes = store, reader, notes

    def open(self, reviewer: str | None = None) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody resolved, as far as `reviewer` may see them."""
        snapshot = self._reader.snapshot
        if len({name for _, name in snapshot.state.labels}) < 2:  # nobody to disagree with
            return ()
        states = snapshot.states
        return tuple(conflict for conflict in states.conflicts if states.may_see(reviewer, conflict.record_id))

    def resolved(self, reviewer: str | None = None) -> tuple[tuple[Record, GivenLabel], ...]:
        """(record, how its conflict was resolved), last first; as far as `reviewer` may see them."""
        snapshot = self._reader.snapshot
        found = [
            (snapshot.merged_record(record_id), given)
            for record_id, given in resolved_labels(snapshot.state, snapshot.groups).items()
            if reviewer == given.label.reviewer or snapshot.states.may_see(reviewer, record_id)
        ]
        return tuple(sorted(found, key=lambda pair: -pair[1].place))

    def resolve(self, label: Label, *, note: str = "", token: str | None = None) -> Event:
        """Resolves the conflict on a record by a third entry in the log.

        Raises:
            LabelError: reviewers do not disagree on it, or others are named to resolve conflicts.
        """
        if token is None or self._store.event_with(token) is None:
            self._must_be_open(label)
        event = self._store.append(label_entry(label, note=note, token=token, kind="resolved"))
        self._notes.drop_draft(event)
        return event

    def _must_be_open(self, label: Label) -> None:
        snapshot = self._reader.snapshot
        states, record_id = snapshot.states, snapshot.groups.main_id(label.record_id)
        if states.of.get(record_id) is not RecordState.CONFLICT:
            hint = "tiab conflicts lists them."
            raise LabelError(f"there is no conflict on record '{label.record_id[:80]}'", hint=hint)
        if not states.policy.may_resolve(label.reviewer):
            named = ", ".join(states.policy.resolvers)
            raise LabelError(f"conflicts of this review are resolved by {named}", hint="tiab team shows the settings.")

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

        Pairs that are blinded, and have not decided on all that both screen, are left out.

        Args:
            reviewer: only pairs with this reviewer; None for all.
        """
        pairs = measure_pairs(self._reader.snapshot, reviewer, confidence=confidence)
        return {(pair.first, pair.second): pair.agreement for pair in pairs}
