"""Status: the progress of a review, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tiab.labels import Decision, Label
from tiab.review.reviewers import conflicts, joint_labels, labels_by_reviewer
from tiab.review.snapshot import Snapshot
from tiab.store import Import, Source

__all__ = ["DecisionCounts", "Status", "measure_status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCounts:
    """How many records were decided on in each way."""

    include: int = 0
    exclude: int = 0
    maybe: int = 0

    @property
    def decided(self) -> int:
        """All of them together."""
        return self.include + self.exclude + self.maybe


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
        joint: what the reviewers decided together (agreed, resolved, or prior).
        reviewers: what each decided alone, by name; "" is a reviewer who gave no name.
        conflicts: how many records wait to be resolved.
        left: records on which there is neither a decision nor a conflict.
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
    conflicts: int
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
        return plain | {"sources": files, "imports": imports, "joint": _counts_dict(self.joint), "reviewers": people}


def measure_status(snapshot: Snapshot, sources: Sequence[Source]) -> Status:
    """The progress of the review of `snapshot`."""
    state, groups = snapshot.state, snapshot.groups
    records = list(snapshot.merged_records())
    joint, open_conflicts = joint_labels(state, groups), conflicts(state, groups)
    people = labels_by_reviewer(state, groups)
    undone = {one.source_id for one in snapshot.logged.files if one.undone}
    return Status(
        sources=tuple(source for source in sources if source.source_id not in undone),
        imports=snapshot.logged.files,
        records=len(snapshot.records),
        duplicates=len(snapshot.records) - len(records),
        to_screen=len(records),
        no_abstract=sum(not record.abstract.strip() for record in records),
        prior=sum(label.prior for label in joint.values()),
        joint=_counts(joint.values()),
        reviewers={name: _counts(one.label for one in given.values()) for name, given in sorted(people.items())},
        conflicts=len(open_conflicts),
        left=len(records) - len(joint) - len(open_conflicts),
        events=state.cursor,
    )


def _counts(labels: Iterable[Label]) -> DecisionCounts:
    said = Counter(label.decision for label in labels)
    return DecisionCounts(include=said[Decision.INCLUDE], exclude=said[Decision.EXCLUDE], maybe=said[Decision.MAYBE])


def _counts_dict(counts: DecisionCounts) -> dict[str, int]:
    return {"include": counts.include, "exclude": counts.exclude, "maybe": counts.maybe}
