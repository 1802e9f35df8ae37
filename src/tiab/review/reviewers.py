"""Reviewers: what the labels of each, and of all of them together, say of each record; their conflicts and agreement.

A reviewer works blinded: what counts for them is their own label, else how a conflict was resolved, else prior
knowledge. What all of them together are ranked by is a resolved decision before all; else the labels given in
screening, if they agree; else prior knowledge. Which of these decisions are final: see `tiab.review.states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiab.errors import LabelError
from tiab.labels import Decision, Label
from tiab.review.groups import ReportGroups
from tiab.store import Entry, GivenLabel, LogState

__all__ = [
    "Conflict",
    "joint_labels",
    "labels_by_reviewer",
    "labels_by_study",
    "own_labels",
    "prior_labels",
    "resolved_labels",
    "teaching",
    "unresolve_entry",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A record on which reviewers disagree, with the label of each, in the order in which they were given."""

    record_id: str
    labels: tuple[GivenLabel, ...]


def own_labels(state: LogState, groups: ReportGroups, reviewer: str) -> dict[str, Label]:
    """Main record id -> the label that counts for one reviewer, who sees no other's."""
    standing = [given.label for given in _of_studies(state, groups)]
    labels = {label.record_id: label for label in standing if label.prior}
    labels |= {key: given.label for key, given in resolved_labels(state, groups).items()}
    labels |= {label.record_id: label for label in standing if not label.prior and label.reviewer == reviewer}
    return labels


def joint_labels(state: LogState, groups: ReportGroups) -> dict[str, Label]:
    """Main record id -> the label on which all who screened the record agree, or that resolved their conflict."""
    labels = {key: given.label for key, given in prior_labels(state, groups).items()}
    for key, given in labels_by_study(state, groups).items():
        labels.pop(key, None)
        if _agree(given):
            labels[key] = given[-1].label
    labels |= {key: given.label for key, given in resolved_labels(state, groups).items()}
    return labels


def labels_by_reviewer(state: LogState, groups: ReportGroups) -> dict[str, dict[str, GivenLabel]]:
    """Reviewer -> main record id -> the last label that this reviewer gave in screening to any report of the study."""
    found: dict[str, dict[str, GivenLabel]] = {}
    for given in _of_studies(state, groups):
        if not given.label.prior:
            found.setdefault(given.label.reviewer, {})[given.label.record_id] = given
    return found


def labels_by_study(state: LogState, groups: ReportGroups) -> dict[str, tuple[GivenLabel, ...]]:
    """Main record id -> the last label of each reviewer who screened it, in the order in which they were given."""
    found: dict[str, list[GivenLabel]] = {}
    for labels in labels_by_reviewer(state, groups).values():
        for key, given in labels.items():
            found.setdefault(key, []).append(given)
    return {key: tuple(sorted(given, key=lambda one: one.place)) for key, given in found.items()}


def _agree(labels: tuple[GivenLabel, ...]) -> bool:
    return len({given.label.decision for given in labels}) == 1


def prior_labels(state: LogState, groups: ReportGroups) -> dict[str, GivenLabel]:
    """Main record id -> the last label that was given as prior knowledge."""
    return {given.label.record_id: given for given in _of_studies(state, groups) if given.label.prior}


def resolved_labels(state: LogState, groups: ReportGroups) -> dict[str, GivenLabel]:
    """Main record id -> the last decision that resolved a conflict between reviewers."""
    last = sorted((given[-1] for given in state.resolved.values()), key=lambda given: given.place)
    return {groups.main_id(given.label.record_id): _of_study(given, groups) for given in last}


def _of_studies(state: LogState, groups: ReportGroups) -> list[GivenLabel]:
    """The standing labels in the order in which they were given, each of the main record of its study."""
    return [_of_study(given, groups) for given in state.standing()]


def _of_study(given: GivenLabel, groups: ReportGroups) -> GivenLabel:
    main_id = groups.main_id(given.label.record_id)
    return given if main_id == given.label.record_id else replace(given, label=replace(given.label, record_id=main_id))


def teaching(labels: Mapping[str, Label]) -> dict[str, Label]:
    """The labels that something can be learned from: "maybe" teaches nothing."""
    return {key: label for key, label in labels.items() if label.decision is not Decision.MAYBE}


def unresolve_entry(state: LogState, record_id: str, *, reviewer: str, token: str | None = None) -> Entry:
    """The entry that takes back how this reviewer resolved a conflict, so that its conflict is open again.

    Raises:
        LabelError: this reviewer resolved none on it.
    """
    own = [given for given in state.resolved.get(record_id, ()) if given.label.reviewer == reviewer]
    if not own:
        raise LabelError(f"you resolved no conflict on record '{record_id[:80]}'", hint="tiab conflicts lists them.")
    return Entry(kind="undone", reviewer=reviewer, record_id=record_id, target=own[-1].event_id, token=token)
