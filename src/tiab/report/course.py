"""Course: in which order a review was screened, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tiab.labels import Decision, Label
from tiab.review import Snapshot
from tiab.store import GivenLabel

__all__ = ["Because", "Course", "read_course"]

Because: TypeAlias = Literal["", "decisions were imported", "records were added"]

_STATUS = {Decision.INCLUDE: "included", Decision.MAYBE: "maybe", Decision.EXCLUDE: "excluded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the records that are screened (duplicates aside) stand.

    Attributes:
        screened: in the order of the first decision on each that was not taken back; those whose decision came from a
            file, so that this order says nothing, before all others.
        unordered: how many those are.
        since: after how many of the screened evidence begins of what may be missing (`tiab.stopping.evidence`): what
            came before the last imported decision, or before records were last added, is none.
        because: why that is not from the first on; "" where it is.
        prior: known beforehand, and not screened since.
        unscreened: the others, in the order of the import.
        labels: record id -> the decision of all reviewers together; without those in conflict.
        screeners: record id -> who decided on it.
    """

    screened: tuple[str, ...]
    prior: tuple[str, ...]
    unscreened: tuple[str, ...]
    labels: Mapping[str, Label]
    screeners: Mapping[str, frozenset[str]]
    unordered: int = 0
    since: int = 0
    because: Because = ""

    def decision(self, record_id: str) -> Decision | None:
        """What the reviewers decided together; None where they did not, or not yet."""
        label = self.labels.get(record_id)
        return label.decision if label else None

    def status(self, record_id: str) -> str:
        """The same in a word."""
        decision = self.decision(record_id)
        if decision is None:
            return "conflict" if record_id in self.screeners else "unscreened"
        if record_id not in self.screeners:
            return "known beforehand"
        return _STATUS[decision]

    def goes_on(self, record_id: str) -> bool:
        """Whether its full text is to be sought: included, "maybe", or a conflict that is not settled."""
        return self.decision(record_id) != Decision.EXCLUDE

    @property
    def decisions(self) -> NDArray[np.bool_]:
        """Whether each screened record goes on, in the order of screening."""
        return np.array([self.goes_on(record_id) for record_id in self.screened], dtype=bool)


def read_course(snapshot: Snapshot, reviewer: str | None = None) -> Course:
    """The course of the screening up to `snapshot`, by one reviewer alone or (None) by all together."""
    first: dict[str, GivenLabel] = {}
    screeners: dict[str, set[str]] = {}
    for (_, name), given in snapshot.state.labels.items():
        if reviewer in (None, name) and not given[-1].label.prior:
            head = snapshot.groups.main_id(given[-1].label.record_id)
            earliest = next(one for one in given if not one.label.prior)
            first[head] = min(earliest, first.get(head, earliest), key=lambda one: one.event_id)
            screeners.setdefault(head, set()).add(given[-1].label.reviewer)
    for given in snapshot.state.resolved.values():  # settles a conflict, some of whose labels may be taken back since
        head = snapshot.groups.main_id(given[-1].label.record_id)
        first.setdefault(head, given[0])
        screeners.setdefault(head, set()).add(given[-1].label.reviewer)
    labels = snapshot.labels(reviewer)
    heads = list(snapshot.main_ids)
    prior = [record_id for record_id in heads if record_id not in first and record_id in labels]
    since, because = _evidence_begins(first.values(), _last_added(snapshot, set(prior)))
    return Course(
        screened=tuple(sorted(first, key=lambda record_id: (first[record_id].ordered, first[record_id].event_id))),
        prior=tuple(prior),
        unscreened=tuple(record_id for record_id in heads if record_id not in first and record_id not in labels),
        labels=labels,
        screeners={record_id: frozenset(people) for record_id, people in screeners.items()},
        unordered=sum(not one.ordered for one in first.values()),
        since=since,
        because=because,
    )


def _evidence_begins(first: Collection[GivenLabel], added: int) -> tuple[int, Because]:
    """After how many first decisions evidence begins, and why so late; `added`: the event that last added records."""
    imported = max((one.event_id for one in first if not one.ordered), default=0)
    since = sum(one.event_id <= max(imported, added) for one in first)
    if not since:
        return 0, ""
    return since, "decisions were imported" if imported > added else "records were added"


def _last_added(snapshot: Snapshot, prior: Set[str]) -> int:
    """The event that added the last of the records that are to be screened; 0 where there are none."""
    places = (place for place in reversed(snapshot.main_places) if snapshot.records[place].record_id not in prior)
    last = next((snapshot.positions[place] for place in places), None)
    if last is None:
        return 0
    added = next((event_id for event_id, count in snapshot.state.imports if count > last), 0)
    return max(added, snapshot.state.reshaped)
