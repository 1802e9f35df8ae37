"""The history of a screening, from the snapshot of a review."""

from __future__ import annotations

from collections.abc import Collection, Set

from tiab.evaluation.history import LateStart, ScreeningHistory
from tiab.labels import Label
from tiab.review.snapshot import Snapshot
from tiab.review.states import RecordState
from tiab.store import GivenLabel

__all__ = ["read_history"]


def read_history(snapshot: Snapshot, reviewer: str | None = None) -> ScreeningHistory:
    """The history of the screening up to `snapshot`, by one reviewer alone or (None) by all together."""
    first: dict[str, GivenLabel] = {}
    screeners: dict[str, set[str]] = {}
    for (_, name), given in snapshot.state.labels.items():
        if reviewer in (None, name) and not given[-1].label.prior:
            main_id = snapshot.groups.main_id(given[-1].label.record_id)
            earliest = next(one for one in given if not one.label.prior)
            first[main_id] = min(earliest, first.get(main_id, earliest), key=lambda one: one.place)
            screeners.setdefault(main_id, set()).add(given[-1].label.reviewer)
    for given in snapshot.state.resolved.values():  # settles a conflict, some of whose labels may be taken back since
        main_id = snapshot.groups.main_id(given[-1].label.record_id)
        first.setdefault(main_id, given[0])
        screeners.setdefault(main_id, set()).add(given[-1].label.reviewer)
    labels, pending = _decided(snapshot, reviewer)
    prior = [record_id for record_id in snapshot.main_ids if record_id not in first and record_id in labels]
    since, because = _evidence_begins(first.values(), _last_added(snapshot, set(prior)))
    return ScreeningHistory(
        screened=tuple(sorted(first, key=lambda record_id: (first[record_id].ordered, first[record_id].place))),
        prior=tuple(prior),
        unscreened=tuple(
            record_id for record_id in snapshot.main_ids if record_id not in first and record_id not in labels
        ),
        labels=labels,
        pending=pending,
        screeners={record_id: frozenset(people) for record_id, people in screeners.items()},
        unordered=sum(not one.ordered for one in first.values()),
        since=since,
        because=because,
    )


def _decided(snapshot: Snapshot, reviewer: str | None) -> tuple[dict[str, Label], frozenset[str]]:
    """What was decided on each record, and the records on which a second reviewer has still to decide."""
    if reviewer is not None:
        return snapshot.labels(reviewer), frozenset()
    states = snapshot.states
    waiting = states.in_state(RecordState.AWAITING_SECOND)
    return {**states.labels, **{one: states.votes[one][-1].label for one in waiting}}, frozenset(waiting)


def _evidence_begins(first: Collection[GivenLabel], added: int) -> tuple[int, LateStart]:
    """After how many first decisions evidence begins, and why so late; `added`: the place of the event that last added
    records."""
    last = max((one for one in first if not one.ordered), key=lambda one: one.place, default=None)
    imported = last.place if last else 0
    since = sum(one.place <= max(imported, added) for one in first)
    if not since:
        return 0, ""
    if last is None or imported <= added:
        return since, "records were added"
    return since, "several records were decided at once" if last.batch else "decisions were imported"


def _last_added(snapshot: Snapshot, prior: Set[str]) -> int:
    """The place of the event that added the last of the records that are to be screened; 0 where there are none."""
    places = (place for place in reversed(snapshot.main_places) if snapshot.records[place].record_id not in prior)
    last = next((snapshot.positions[place] for place in places), None)
    if last is None:
        return 0
    added = next((event for event, count in snapshot.state.imports if count > last), 0)
    return max(added, snapshot.state.reshaped)
