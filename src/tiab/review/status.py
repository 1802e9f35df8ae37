"""Status: the progress of a review, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiab.labels import Decision, Label
from tiab.review.reviewers import labels_by_reviewer
from tiab.review.snapshot import Snapshot
from tiab.review.states import RecordState, States
from tiab.store import Import, Source

__all__ = ["DecisionCounts", "Status", "measure_status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCounts:
    """How many records were decided on in each way; `undisclosed`: those of a reviewer whose figures are blinded."""

    include: int = 0
    exclude: int = 0
    maybe: int = 0
    undisclosed: int = 0

    @property
    def decided(self) -> int:
        """All of them together."""
        return self.include + self.exclude + self.maybe + self.undisclosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The progress of a review.

    Attributes:
        sources: the files that were added, with their counts; without those whose import was undone.
        imports: all files that records or decisions came from, with the numbers by which they are undone.
        records: all that were added, duplicates too.
        duplicates: those that are linked to another record.
        to_screen: the records without their duplicates.
        no_abstract: those of them without an abstract.
        prior: how many were known beforehand.
        joint: the final decisions of the reviewers together (agreed, resolved, or prior).
        reviewers: what each decided alone, by name; "" is a reviewer who gave no name.
        left_for: how many records each of them has still to decide on.
        states: how many records are in each state of the screening.
        conflicts: how many records wait to be resolved.
        pending: how many await a second reviewer.
        left: records on which nobody has decided.
        events: how many entries the log has.
    """

    sources: tuple[Source, ...]
    imports: tuple[Import, ...]
    records: int
    duplicates: int
    to_screen: int
    no_abstract: int
    prior: int
    joint: DecisionCounts
    reviewers: Mapping[str, DecisionCounts]
    left_for: Mapping[str, int]
    states: Mapping[str, int]
    conflicts: int
    pending: int
    left: int
    events: int

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        files = [
            {name: getattr(source, name) for name in ("name", "found", "new", "known", "duplicates", "unreadable")}
            for source in self.sources
        ]
        people = {name: _counts_dict(counts) for name, counts in self.reviewers.items()}
        imports = [one.to_dict() for one in self.imports]
        return (
            plain
            | {"sources": files, "imports": imports, "joint": _counts_dict(self.joint), "reviewers": people}
            | {
                "left_for": dict(self.left_for),
                "states": dict(self.states),
            }
        )


def measure_status(snapshot: Snapshot, sources: Sequence[Source], viewer: str | None = None) -> Status:
    """The progress of the review of `snapshot`, as `viewer` may see it; None is somebody without a name."""
    state, groups, states = snapshot.state, snapshot.groups, snapshot.states
    records = list(snapshot.merged_records())
    people, counts = labels_by_reviewer(state, groups), states.counts
    undone = {one.source_id for one in snapshot.logged.files if one.undone}
    return Status(
        sources=tuple(source for source in sources if source.source_id not in undone),
        imports=snapshot.logged.files,
        records=len(snapshot.records),
        duplicates=len(snapshot.records) - len(records),
        to_screen=len(records),
        no_abstract=sum(not record.abstract.strip() for record in records),
        prior=sum(label.prior for label in states.labels.values()),
        joint=_counts(states.labels.values()),
        reviewers={
            name: _shown(states, name, viewer, [one.label for one in given.values()])
            for name, given in sorted(people.items())
        },
        left_for={name: states.left_for(name) for name in sorted(people)},
        states={str(one): count for one, count in counts.items()},
        conflicts=counts[RecordState.CONFLICT],
        pending=counts[RecordState.AWAITING_SECOND],
        left=counts[RecordState.AWAITING_FIRST],
        events=state.cursor,
    )


def _shown(states: States, name: str, viewer: str | None, labels: Sequence[Label]) -> DecisionCounts:
    return _counts(labels) if states.shows_counts(name, viewer) else DecisionCounts(undisclosed=len(labels))


def _counts(labels: Iterable[Label]) -> DecisionCounts:
    said = Counter(label.decision for label in labels)
    return DecisionCounts(include=said[Decision.INCLUDE], exclude=said[Decision.EXCLUDE], maybe=said[Decision.MAYBE])


def _counts_dict(counts: DecisionCounts) -> dict[str, int]:
    plain = {"include": counts.include, "exclude": counts.exclude, "maybe": counts.maybe}
    return plain | ({"undisclosed": counts.undisclosed} if counts.undisclosed else {})
