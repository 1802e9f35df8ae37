"""The agreement of pairs of reviewers: over all that both screened, round by round, and where they disagreed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiab.labels import Decision
from tiab.review.reviewers import labels_by_reviewer, resolved_labels
from tiab.review.snapshot import Snapshot
from tiab.review.states import States
from tiab.store import GivenLabel

if TYPE_CHECKING:
    from tiab.evaluation.agreement import Agreement

__all__ = ["Disagreement", "PairAgreement", "Round", "agreement_sentence", "list_disagreements", "measure_pairs"]

CATEGORIES = (Decision.INCLUDE, Decision.MAYBE, Decision.EXCLUDE)
_ROUND = 50
"""So many records are a round, where no calibration sample says otherwise."""

Votes = tuple[GivenLabel, GivenLabel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The agreement on records that a pair decided on one after the other: "calibration sample", or their numbers."""

    name: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """How far two reviewers agree.

    Attributes:
        agreement: on all that both screened, whatever was resolved later; "maybe" counts as include.
        table: how often the first said the row of `CATEGORIES` and the second the column.
        rounds: the calibration sample, then the others in the order in which both had decided.
    """

    first: str
    second: str
    agreement: Agreement
    table: tuple[tuple[int, ...], ...]
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A record on which reviewers disagreed.

    Attributes:
        said: (reviewer, decision, reason, note) in the order in which they decided.
        resolved: (who, decision, reason, note); None where it is open.
    """

    record_id: str
    title: str
    said: tuple[tuple[str, str, str, str], ...]
    resolved: tuple[str, str, str, str] | None


def measure_pairs(snapshot: Snapshot, viewer: str | None = None, *, confidence: float = 0.95) -> list[PairAgreement]:
    """The agreement of each pair that decided on a record both, as `viewer` (None: without a name) may see it.

    Blinded pairs are shown once both have decided on all that they share, and a reviewer sees only pairs of their own.
    """
    states, people = snapshot.states, labels_by_reviewer(snapshot.state, snapshot.groups)
    found = []
    for at, first in enumerate(names := sorted(people)):
        for second in names[at + 1 :]:
            shared = [(people[first][key], people[second][key]) for key in people[first].keys() & people[second].keys()]
            if shared and viewer in (None, first, second) and states.shows_figures(first, second):
                shared.sort(key=lambda pair: max(one.place for one in pair))
                found.append(_measure_pair(states, first, second, shared, confidence))
    return found


def _measure_pair(states: States, first: str, second: str, shared: Sequence[Votes], confidence: float) -> PairAgreement:
    counted = Counter((one.label.decision, other.label.decision) for one, other in shared)
    return PairAgreement(
        first=first,
        second=second,
        agreement=_measure(shared, confidence),
        table=tuple(tuple(counted[row, column] for column in CATEGORIES) for row in CATEGORIES),
        rounds=tuple(Round(name=name, agreement=_measure(part, confidence)) for name, part in _rounds(states, shared)),
    )


def _measure(shared: Sequence[Votes], confidence: float) -> Agreement:
    from tiab.evaluation.agreement import measure_agreement  # loads scipy, which a lone reviewer need not wait for

    said = [["exclude" if one.label.decision is Decision.EXCLUDE else "include" for one in pair] for pair in shared]
    first, second = zip(*said, strict=True)
    return measure_agreement(first, second, categories=("exclude", "include"), confidence=confidence)


def _rounds(states: States, shared: Sequence[Votes]) -> list[tuple[str, Sequence[Votes]]]:
    size, rounds = states.policy.calibration or _ROUND, list[tuple[str, Sequence[Votes]]]()
    rest = list(shared)
    if states.policy.scheme == "calibration":
        sampled = [pair for pair in shared if states.needed[pair[0].label.record_id] == 2]
        rest = [pair for pair in shared if pair not in sampled]
        rounds += [("calibration sample", sampled)] if sampled else []
    for start in range(0, len(rest), size):
        part = rest[start : start + size]
        rounds.append((f"{start + 1:,} to {start + len(part):,}", part))
    return rounds


def list_disagreements(snapshot: Snapshot, viewer: str | None = None) -> list[Disagreement]:
    """The records on which reviewers disagreed, resolved or not, as `viewer` may see them, by the first decision."""
    states, resolved = snapshot.states, resolved_labels(snapshot.state, snapshot.groups)
    found = []
    for key, votes in states.votes.items():
        decisions = {given.label.decision for given in votes}
        if key in states.of and len(decisions) > 1 and states.may_see(viewer, key):
            found.append((votes[0].place, key, votes))
    return [
        Disagreement(
            record_id=key,
            title=snapshot.merged_record(key).title,
            said=tuple(map(_said, votes)),
            resolved=_said(resolved[key]) if key in resolved else None,
        )
        for _, key, votes in sorted(found, key=lambda one: one[0])
    ]


def _said(given: GivenLabel) -> tuple[str, str, str, str]:
    label = given.label
    return label.reviewer, str(label.decision), label.reason, given.note


def agreement_sentence(pair: PairAgreement) -> str:
    """What a paper says of the agreement of two reviewers."""
    one, names = pair.agreement, f"{pair.first or 'the first reviewer'} and {pair.second or 'the second'}"
    kappa = "Cohen's kappa is not defined, because both gave one answer throughout"
    if one.kappa is not None:
        kappa = f"Cohen's kappa was {one.kappa:z.2f} (95% CI {one.kappa_low:z.2f} to {one.kappa_high:z.2f})"
    return (
        f"Before conflicts were resolved, {names} agreed on {one.agreed:,} of {one.n:,} records that both screened "
        f"({one.agreement:.1%}, 95% CI {one.agreement_low:.1%} to {one.agreement_high:.1%}; maybe counted as include). "
        f"{kappa}; Gwet's AC1 was {one.ac1:z.2f} ({one.ac1_low:z.2f} to {one.ac1_high:z.2f}) and the prevalence- and "
        f"bias-adjusted kappa (PABAK) {one.pabak:z.2f} ({one.pabak_low:z.2f} to {one.pabak_high:z.2f})."
    )
