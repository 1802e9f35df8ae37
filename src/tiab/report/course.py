"""Course: in which order a review was screened, what was decided, and what follows for what may be missing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiab.labels import Decision, Label
from tiab.metrics import as_fraction
from tiab.report.data import FrontierNow, StoppingPoint
from tiab.review import Snapshot
from tiab.stopping import (
    ASSUMPTION,
    NO_GUARANTEE,
    Method,
    Rule,
    elusion_size,
    fraction_read,
    frontier,
    in_a_row,
    knee,
    simulate_orderings,
    stop_at,
    try_rules,
)
from tiab.stopping.planning import planned_runs

__all__ = [
    "SIMULATED_AUC",
    "Course",
    "measure_frontier",
    "read_course",
    "rule_stops",
    "simulated_runs",
    "stopping_points",
]

SIMULATED_AUC = 0.9
"""How good the rankings are with which rules of thumb are tried: a useful one, which flatters them."""

_CONDITION = ", if the unread are in no worse than random order"
_STATUS = {Decision.INCLUDE: "included", Decision.MAYBE: "maybe", Decision.EXCLUDE: "excluded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the records that are screened (duplicates aside) stand.

    Attributes:
        screened: in the order of the first decision on each that was not taken back.
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
    first: dict[str, int] = {}
    screeners: dict[str, set[str]] = {}
    for (_, name), given in snapshot.state.labels.items():
        for one in given if reviewer in (None, name) else ():
            if one is given[-1] and not one.label.prior:
                head = snapshot.groups.head(one.label.record_id)
                earliest = min(entry.event_id for entry in given if not entry.label.prior)
                first[head] = min(earliest, first.get(head, earliest))
                screeners.setdefault(head, set()).add(one.label.reviewer)
    for given in snapshot.state.resolved.values():  # settles a conflict, some of whose labels may be taken back since
        head = snapshot.groups.head(given[-1].label.record_id)
        first.setdefault(head, given[0].event_id)
        screeners.setdefault(head, set()).add(given[-1].label.reviewer)
    labels = snapshot.labels(reviewer)
    heads = [snapshot.records[place].record_id for place in snapshot.heads]
    rest = [record_id for record_id in heads if record_id not in first]
    return Course(
        screened=tuple(sorted(first, key=first.__getitem__)),
        prior=tuple(record_id for record_id in rest if record_id in labels),
        unscreened=tuple(record_id for record_id in rest if record_id not in labels),
        labels=labels,
        screeners={record_id: frozenset(people) for record_id, people in screeners.items()},
    )


def measure_frontier(course: Course, *, target: float, alpha: float, method: Method = "trailing") -> FrontierNow:
    """What may still be missing, now and at every point so far; records known beforehand are left out."""
    decisions, n_records = course.decisions, len(course.screened) + len(course.unscreened)
    known = frontier(decisions, n_records, alpha=alpha, method=method)
    found, missing = int(known.found[-1]), int(known.missing_at_most[-1])
    recall = float(known.recall_assured[-1])
    assured = None if np.isnan(recall) else recall
    size = _sample_size(found, len(course.unscreened), target, alpha)
    return FrontierNow(
        n_records=n_records,
        screened=len(course.screened),
        found=found,
        found_at=tuple(int(place) for place in np.flatnonzero(decisions) + 1),
        missing_at_most=tuple(int(count) for count in known.missing_at_most),
        missing=missing,
        recall_assured=assured,
        target=target,
        alpha=alpha,
        method=method,
        assured_at=known.first_reaching(target) if decisions.size else None,
        sample_size=size,
        sample_sentence=_sample_sentence(size, len(course.unscreened), target, alpha),
        sentence=_sentence(len(course.screened), n_records, found, missing, assured, alpha),
        assumption=ASSUMPTION,
    )


def rule_stops(course: Course, *, target: float, alpha: float) -> tuple[tuple[str, str, int | None], ...]:
    """(name, what it promises, after how many records it stops) of each rule; None where it has not yet."""
    decisions, n_records = course.decisions, len(course.screened) + len(course.unscreened)
    if not n_records:
        return ()
    promise = f"recall {100 * target:g} % at an error of {100 * alpha:g} % a look" + _CONDITION
    methods: tuple[Method, ...] = ("trailing", "buscar")
    tests = [
        (f"exact test ({m})", promise, stop_at(decisions, n_records, target=target, alpha=alpha, method=m))
        for m in methods
    ]
    return (*tests, *((rule.name, NO_GUARANTEE, _stop_of(rule, decisions, n_records)) for rule in _thumbs()))


def stopping_points(
    course: Course, gold_found: NDArray[np.int64] | None, *, target: float, alpha: float, n_gold: int = 0
) -> tuple[StoppingPoint, ...]:
    """Where each rule would have stopped this screening.

    Args:
        gold_found: gold records found after 0, 1, …, screened records; shape (screened + 1,). None without gold.
    """
    decisions, n_records = course.decisions, len(course.screened) + len(course.unscreened)
    if not n_records:
        return ()
    chances = _chances(_thumbs(), n_records, int(decisions.sum()))
    curve = np.concatenate(([0], np.cumsum(decisions)))
    return tuple(
        StoppingPoint(
            rule=name,
            guarantee=guarantee,
            at=at,
            found=None if at is None else int(curve[at]),
            recall=None if at is None or gold_found is None or not n_gold else float(gold_found[at] / n_gold),
            chance_of_all=chances.get(name),
        )
        for name, guarantee, at in rule_stops(course, target=target, alpha=alpha)
    )


def _thumbs() -> tuple[Rule, ...]:
    return in_a_row(50), in_a_row(100), fraction_read(0.5), knee()


def simulated_runs(n_records: int) -> int:
    """In how many simulated reviews of such a pool the rules of thumb are tried."""
    return planned_runs(n_records)


def _chances(rules: Sequence[Rule], n_records: int, found: int) -> dict[str, float]:
    """How often each rule finds all where as many records are relevant as were found, but at least one."""
    runs = simulated_runs(n_records)
    orderings = simulate_orderings(n_records, max(1, found), auc=SIMULATED_AUC, runs=runs)
    outcomes = try_rules(orderings, list(rules))
    return {rule.name: outcome.chance_of_all for rule, outcome in zip(rules, outcomes, strict=True)}


def _stop_of(rule: Rule, decisions: NDArray[np.bool_], n_records: int) -> int | None:
    """After how many records a rule of thumb stops; None if it has not yet, or only once all are read.

    It knows only what was read. The others are taken as irrelevant, and a stop among them as none.
    """
    labels = np.zeros(n_records, dtype=bool)
    labels[: decisions.size] = decisions
    at = int(rule.read(labels, np.random.default_rng(0)).sum())
    return at if 0 < at <= decisions.size and at < n_records else None


def _sentence(screened: int, n_records: int, found: int, missing: int, assured: float | None, alpha: float) -> str:
    if not n_records:
        return "There is nothing to screen."
    if not screened:
        return f"None of the {n_records:,} records has been screened, so that nothing is known of what may be missing."
    said = f"After {screened:,} of {n_records:,} records, with {found:,} relevant found, "
    if screened == n_records:
        return said + "nothing is left unread; what may be missing is what was read and decided on wrongly."
    if not missing:
        return said + f"it is rejected at the {100 * alpha:g} % level that even 1 more is among the unread."
    more = (
        f"up to {missing:,} more may be among the {n_records - screened:,} unread (not rejected at {100 * alpha:g} %)"
    )
    if not assured:
        return said + more + "."
    return said + more + f", and so no more than a recall of {_floor(assured)} is assured."


def _sample_size(found: int, unread: int, target: float, alpha: float) -> int | None:
    if not unread:
        return None
    allowed = math.floor(found / as_fraction(target)) - found
    return elusion_size(unread, min(allowed, unread), confidence=1 - alpha)


def _sample_sentence(size: int | None, unread: int, target: float, alpha: float) -> str:
    if size is None:
        return ""
    if size == 0:
        return f"Even if all {unread:,} unread were relevant, a recall of {100 * target:g} % would be reached."
    return (
        f"What needs no such assumption is a sample: draw {size:,} of the {unread:,} unread records by lot and read "
        f"them all. If none of them is relevant, a recall of {100 * target:g} % is assured with {100 * (1 - alpha):g} "
        "% confidence, whatever the order was. If one is, read on: a sample that is enlarged until it pleases says "
        "nothing."
    )


def _floor(share: float) -> str:
    """A share that is never rounded up: 94.97 % must not read as 95 %."""
    return f"{np.floor(share * 1000) / 10:g} %"
