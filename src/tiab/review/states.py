"""States: where each record of a review stands in its screening, by the policy of the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tiab.labels import Decision, Label
from tiab.review.groups import ReportGroups
from tiab.review.policy import Policy, joint_decision, read_policy
from tiab.review.reviewers import Conflict, labels_by_study, prior_labels, resolved_labels
from tiab.store import GivenLabel, LogState

__all__ = ["RecordState", "States", "find_states"]


class RecordState(StrEnum):
    """Where a record stands; the values are the words that people read."""

    AWAITING_FIRST = "awaiting first reviewer"
    AWAITING_SECOND = "awaiting second reviewer"
    INCLUDE = "agreed include"
    EXCLUDE = "agreed exclude"
    MAYBE = "maybe"
    CONFLICT = "conflict"
    RESOLVED = "resolved"
    PRIOR = "known beforehand"


_AGREED = {
    Decision.INCLUDE: RecordState.INCLUDE,
    Decision.EXCLUDE: RecordState.EXCLUDE,
    Decision.MAYBE: RecordState.MAYBE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """Where the records of a review stand.

    Attributes:
        policy: how they are screened.
        of: record id -> its state, for all records that are screened, in the order of the review.
        labels: record id -> the final decision: agreed, resolved, or known beforehand.
        votes: record id -> the decisions on it, one for each reviewer, in the order in which they were made.
        needed: record id -> how many reviewers decide on it; one, where somebody does although it was known beforehand.
        prior: the records that were known beforehand, of which nobody is asked.
        people: who decided on anything, sorted.
    """

    policy: Policy
    of: Mapping[str, RecordState]
    labels: Mapping[str, Label]
    votes: Mapping[str, tuple[GivenLabel, ...]]
    needed: Mapping[str, int]
    prior: Collection[str]
    people: tuple[str, ...]

    @property
    def counts(self) -> dict[RecordState, int]:
        """How many records are in each state; all states are there."""
        counted = Counter(self.of.values())
        return {state: counted[state] for state in RecordState}

    def in_state(self, state: RecordState) -> tuple[str, ...]:
        """The records in that state, in the order of the review."""
        return tuple(record_id for record_id, one in self.of.items() if one is state)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody resolved, in the order of the first decision."""
        found = [Conflict(record_id=one, labels=self.votes[one]) for one in self.in_state(RecordState.CONFLICT)]
        return tuple(sorted(found, key=lambda conflict: conflict.labels[0].place))

    def voters(self, record_id: str) -> tuple[str, ...]:
        """Who decided on a record."""
        return tuple(given.label.reviewer for given in self.votes.get(record_id, ()))

    def may_see(self, viewer: str | None, record_id: str) -> bool:
        """Whether `viewer` (None: somebody without a name) may see what others decided on a record."""
        needed = self.needed.get(record_id, 1)
        return self.policy.may_see(viewer, self.voters(record_id), needed=needed)

    def is_open_to(self, reviewer: str, record_id: str) -> bool:
        """Whether this reviewer has still to decide on a record."""
        state, others = self.of[record_id], [one for one in self.voters(record_id) if one != reviewer]
        if state is RecordState.RESOLVED or record_id in self.prior or len(others) < len(self.voters(record_id)):
            return False
        return len(others) < self.needed_with(reviewer, record_id)

    def needed_with(self, reviewer: str, record_id: str) -> int:
        """How many people decide on a record once `reviewer` is one of them."""
        if self.policy.scheme == "" and self.people and self.people != (reviewer,):
            return 2
        return self.needed[record_id]

    def is_blinded(self, reviewer: str) -> bool:
        """Whether a reviewer is not to see what others decided, because they have still to decide themselves."""
        if not self.policy.blinded or (reviewer in self.policy.resolvers and reviewer not in self.people):
            return False
        return any(self.is_open_to(reviewer, record_id) for record_id in self.of)

    def left_for(self, reviewer: str) -> int:
        """How many records this reviewer has still to decide on."""
        return sum(self.is_open_to(reviewer, record_id) for record_id in self.of)

    def shows_counts(self, reviewer: str, viewer: str | None) -> bool:
        """Whether `viewer` may see how often `reviewer` decided for what."""
        alone = viewer is None and self.people == (reviewer,) and self.policy.scheme in ("", "one")
        return alone or viewer == reviewer or self.shows_figures(reviewer, *([viewer] if viewer else self.people))

    def shows_figures(self, *pair: str) -> bool:
        """Whether figures made from these reviewers' decisions may be shown: their agreement, or what they decided.

        Blinded reviewers see none before they have decided on all that they share: the calibration sample, where there
        is one, else the whole pool.
        """
        if not self.policy.blinded:
            return True
        shared = [one for one, needed in self.needed.items() if needed > 1] or list(self.of)
        finished = (RecordState.RESOLVED, RecordState.PRIOR)
        return all(
            self.of[one] in finished or set(pair) <= set(self.voters(one)) or len(self.voters(one)) >= self.needed[one]
            for one in shared
        )


def find_states(
    state: LogState, groups: ReportGroups, main_ids: Collection[str], sample: Collection[str] = ()
) -> States:
    """The states of the records `main_ids` after `state`.

    Args:
        sample: those of them that are in the calibration sample.
    """
    policy = read_policy(state.settings)
    votes, prior, resolved = labels_by_study(state, groups), prior_labels(state, groups), resolved_labels(state, groups)
    people = tuple(sorted({given.label.reviewer for several in votes.values() for given in several}))
    sampled = frozenset(sample)
    inside, outside = (policy.needed(len(people), sampled=one) for one in (True, False))
    needed = {one: 1 if one in prior else inside if one in sampled else outside for one in main_ids}
    of: dict[str, RecordState] = {}
    labels: dict[str, Label] = {}
    for one in main_ids:
        of[one], label = _state(policy, votes.get(one, ()), needed[one], resolved.get(one), prior.get(one))
        if label is not None:
            labels[one] = label
    return States(policy=policy, of=of, labels=labels, votes=votes, needed=needed, prior=prior.keys(), people=people)


def _state(
    policy: Policy,
    votes: tuple[GivenLabel, ...],
    needed: int,
    resolved: GivenLabel | None,
    prior: GivenLabel | None,
) -> tuple[RecordState, Label | None]:
    """The state of one record, and its final decision."""
    if resolved is not None:
        return RecordState.RESOLVED, resolved.label
    if not votes:
        return (RecordState.PRIOR, prior.label) if prior else (RecordState.AWAITING_FIRST, None)
    if len(votes) < needed:
        return RecordState.AWAITING_SECOND, None
    decision = joint_decision(policy, [given.label.decision for given in votes])
    if decision is None:
        return RecordState.CONFLICT, None
    last = votes[-1].label
    return _AGREED[decision], last if last.decision is decision else replace(last, decision=decision)
