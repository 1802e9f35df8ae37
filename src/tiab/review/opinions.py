"""Opinions: what the labels of one reviewer, and of all of them together, say of each record.

A reviewer works blinded: what stands for them is their own label, else what was settled by a third entry, else prior
knowledge. Together, a settled decision stands before all; else the labels given in screening, if they agree; else
prior knowledge. Labels that disagree are a conflict, and no decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiab.labels import Decision, Label
from tiab.review.groups import Groups
from tiab.store import GivenLabel, LogState

__all__ = [
    "Conflict",
    "conflicts",
    "joint_labels",
    "labels_by_reviewer",
    "own_labels",
    "prior_labels",
    "resolved_labels",
    "teaching",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A record on which reviewers disagree, with the label of each, in the order in which they were given."""

    record_id: str
    labels: tuple[GivenLabel, ...]


def own_labels(state: LogState, groups: Groups, reviewer: str) -> dict[str, Label]:
    """Head id -> the label that stands for one reviewer, who sees no other's."""
    standing = [given.label for given in _headed(state, groups)]
    labels = {label.record_id: label for label in standing if label.prior}
    labels |= {key: given.label for key, given in resolved_labels(state, groups).items()}
    labels |= {label.record_id: label for label in standing if not label.prior and label.reviewer == reviewer}
    return labels


def joint_labels(state: LogState, groups: Groups) -> dict[str, Label]:
    """Head id -> the label on which all who screened the record agree, or that settled their conflict."""
    labels = {key: given.label for key, given in prior_labels(state, groups).items()}
    for key, given in _by_head(state, groups).items():
        labels.pop(key, None)
        if _agree(given):
            labels[key] = given[-1].label
    labels |= {key: given.label for key, given in resolved_labels(state, groups).items()}
    return labels


def conflicts(state: LogState, groups: Groups) -> tuple[Conflict, ...]:
    """The records on which reviewers disagree and that nobody settled, in the order of the first label."""
    settled = resolved_labels(state, groups)
    found = [
        Conflict(record_id=key, labels=given)
        for key, given in _by_head(state, groups).items()
        if key not in settled and not _agree(given)
    ]
    return tuple(sorted(found, key=lambda conflict: conflict.labels[0].event_id))


def labels_by_reviewer(state: LogState, groups: Groups) -> dict[str, dict[str, GivenLabel]]:
    """Reviewer -> head id -> the last label that this reviewer gave in screening to any report of the study."""
    found: dict[str, dict[str, GivenLabel]] = {}
    for given in _headed(state, groups):
        if not given.label.prior:
            found.setdefault(given.label.reviewer, {})[given.label.record_id] = given
    return found


def _by_head(state: LogState, groups: Groups) -> dict[str, tuple[GivenLabel, ...]]:
    found: dict[str, list[GivenLabel]] = {}
    for labels in labels_by_reviewer(state, groups).values():
        for key, given in labels.items():
            found.setdefault(key, []).append(given)
    return {key: tuple(sorted(given, key=lambda one: one.event_id)) for key, given in found.items()}


def _agree(labels: tuple[GivenLabel, ...]) -> bool:
    return len({given.label.decision for given in labels}) == 1


def prior_labels(state: LogState, groups: Groups) -> dict[str, GivenLabel]:
    """Head id -> the last label that was given as prior knowledge."""
    return {given.label.record_id: given for given in _headed(state, groups) if given.label.prior}


def resolved_labels(state: LogState, groups: Groups) -> dict[str, GivenLabel]:
    """Head id -> the last decision that resolved a conflict between reviewers."""
    last = sorted((given[-1] for given in state.resolved.values()), key=lambda given: given.event_id)
    return {groups.head(given.label.record_id): _under_head(given, groups) for given in last}


def _headed(state: LogState, groups: Groups) -> list[GivenLabel]:
    """The standing labels in the order in which they were given, each under the head of its record."""
    return [_under_head(given, groups) for given in state.standing()]


def _under_head(given: GivenLabel, groups: Groups) -> GivenLabel:
    head = groups.head(given.label.record_id)
    return given if head == given.label.record_id else replace(given, label=replace(given.label, record_id=head))


def teaching(labels: Mapping[str, Label]) -> dict[str, Label]:
    """The labels that something can be learned from: "maybe" teaches nothing."""
    return {key: label for key, label in labels.items() if label.decision is not Decision.MAYBE}
