"""Snapshot: a review as it stands at one point of its log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tiab.criteria import Criteria
from tiab.errors import CriteriaError, ReviewError
from tiab.features import Features
from tiab.labels import Label
from tiab.records import Record
from tiab.review.groups import Groups, group
from tiab.review.opinions import joint_labels, own_labels
from tiab.store import LogState

__all__ = ["Snapshot", "criteria_payload", "heads_of", "logged_criteria", "take"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """A review as it stands after the event `state.cursor`; nothing in it changes any more.

    Attributes:
        records: all that were imported, duplicates too, in the order of the imports.
        fingerprints: theirs.
        groups: which of them are duplicates.
        criteria: those that held then.
    """

    state: LogState
    records: Sequence[Record]
    fingerprints: Sequence[str]
    groups: Groups
    criteria: Criteria | None
    seed: int = 0

    @property
    def pool(self) -> tuple[int, str, tuple[tuple[str, str], ...], int]:
        """Equal for snapshots whose pools rank alike: same records, criteria, duplicates and seed."""
        fingerprint = self.criteria.fingerprint if self.criteria else ""
        return len(self.records), fingerprint, tuple(self.groups.heads.items()), self.seed

    @property
    def heads(self) -> list[int]:
        """The places of the records that are screened, which are all but the duplicates."""
        return heads_of(self.records, self.groups)

    def labels(self, reviewer: str | None) -> dict[str, Label]:
        """Head id -> the label that stands for one reviewer, or (None) for all together."""
        if reviewer is None:
            return joint_labels(self.state, self.groups)
        return own_labels(self.state, self.groups, reviewer)

    def of_heads(self, features: Features) -> Features:
        """The part of the records' features that is screened."""
        places = self.heads
        if len(places) == len(self.records):
            return features
        records = tuple(self.records[place] for place in places)
        spans = tuple(features.spans[place] for place in places) if features.spans else ()
        return replace(features, records=records, matrix=features.matrix[places], spans=spans)


def take(
    state: LogState, records: Sequence[Record], fingerprints: Sequence[str], *, criteria: Criteria | None
) -> Snapshot:
    """The snapshot after `state`, which knows how many of the records there were then."""
    return Snapshot(
        state=state,
        records=records[: state.n_records],
        fingerprints=fingerprints[: state.n_records],
        groups=group(state.merges.values()),
        criteria=criteria,
        seed=int(state.criteria.get("seed", 0)),
    )


def heads_of(records: Sequence[Record], groups: Groups) -> list[int]:
    """The places of the records that stand under no other."""
    return [place for place, record in enumerate(records) if record.record_id not in groups.heads]


def criteria_payload(criteria: Criteria | None, *, seed: int) -> dict[str, Any]:
    """What a `criteria` event says: the criteria themselves, so that a later change of the file loses nothing."""
    fingerprint = criteria.fingerprint if criteria else ""
    return {"fingerprint": fingerprint, "criteria": criteria.to_dict() if criteria else None, "seed": seed}


def logged_criteria(state: LogState) -> Criteria | None:
    """The criteria of the last `criteria` event.

    Raises:
        ReviewError: they are not what tiab wrote.
    """
    data = state.criteria.get("criteria")
    if not data:
        return None
    try:
        return Criteria.from_dict(data)
    except CriteriaError as error:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError(f"the criteria in the log cannot be understood ({error})", hint=hint) from error
