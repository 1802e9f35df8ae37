"""Team: what two or more reviewers make of the same records."""

from __future__ import annotations

from itertools import combinations

from tiab.errors import LabelError
from tiab.evaluation.agreement import Agreement, measure_agreement
from tiab.labels import Decision
from tiab.review.opinions import conflicts, labels_by_reviewer
from tiab.review.snapshot import Snapshot
from tiab.store import Entry, GivenLabel

__all__ = ["agreements", "link_entry", "must_conflict", "unlink_entries", "unsettle_entry"]


def agreements(snapshot: Snapshot, *, confidence: float = 0.95) -> dict[tuple[str, str], Agreement]:
    """Two reviewers -> how far they agree on the records that both screened, whatever was settled later.

    "maybe" counts as include, because both lead to the full text.
    """
    people = labels_by_reviewer(snapshot.state, snapshot.groups)
    found = {}
    for pair in combinations(sorted(people), 2):
        both = sorted(people[pair[0]].keys() & people[pair[1]].keys())
        if both:
            first, second = ([_goes_on(people[name][key]) for key in both] for name in pair)
            found[pair] = measure_agreement(first, second, categories=("exclude", "include"), confidence=confidence)
    return found


def must_conflict(snapshot: Snapshot, record_id: str) -> None:
    """Raises LabelError where reviewers do not disagree on a record."""
    main_id = snapshot.groups.main_id(record_id)
    if main_id not in {conflict.record_id for conflict in conflicts(snapshot.state, snapshot.groups)}:
        raise LabelError(f"there is no conflict on record '{record_id[:80]}'", hint="tiab conflicts lists them.")


def unsettle_entry(snapshot: Snapshot, record_id: str, *, reviewer: str, token: str | None = None) -> Entry:
    """The entry that takes back what this reviewer settled on a record, so that its conflict is open again.

    Raises:
        LabelError: this reviewer settled nothing on it.
    """
    own = [given for given in snapshot.state.resolved.get(record_id, ()) if given.label.reviewer == reviewer]
    if not own:
        raise LabelError(f"you settled no conflict on record '{record_id[:80]}'", hint="tiab conflicts lists them.")
    return Entry(kind="undone", reviewer=reviewer, record_id=record_id, target=own[-1].event_id, token=token)


def link_entry(snapshot: Snapshot, record_id: str, into: str, *, reason: str, reviewer: str) -> Entry:
    """The entry that links a record, and what stands under it, to another.

    Raises:
        LabelError: they stand under one record already.
    """
    one, other = snapshot.groups.main_id(record_id), snapshot.groups.main_id(into)
    if one == other:
        raise LabelError(f"'{record_id[:80]}' and '{into[:80]}' are one already", hint="tiab status counts them.")
    return Entry(kind="merged", reviewer=reviewer, record_id=one, payload={"into": other, "reason": reason})


def unlink_entries(snapshot: Snapshot, record_id: str, *, reviewer: str) -> list[Entry]:
    """The entries that take back the links of a duplicate.

    Raises:
        LabelError: it is linked to no record.
    """
    links = [one.event_id for one in snapshot.state.merges.values() if one.record_id == record_id]
    if not links:
        raise LabelError(f"record '{record_id[:80]}' is no duplicate", hint="tiab status counts them.")
    return [Entry(kind="unmerged", reviewer=reviewer, record_id=record_id, target=link) for link in links]


def _goes_on(given: GivenLabel) -> str:
    return "exclude" if given.label.decision is Decision.EXCLUDE else "include"
