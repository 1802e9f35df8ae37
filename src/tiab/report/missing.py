"""Missing: what follows from the course of a screening for what may still be missing, and where rules would stop."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tiab.metrics import as_fraction
from tiab.report.course import Because, Course
from tiab.report.data import FrontierNow, StoppingPoint
from tiab.stopping import (
    ASSUMPTION,
    ASSUMPTION_IN_SHORT,
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

__all__ = ["SIMULATED_AUC", "measure_frontier", "rule_stops", "simulated_runs", "stopping_points"]

SIMULATED_AUC = 0.9
"""How good the rankings are with which rules of thumb are tried: a useful one, which flatters them."""

_CONDITION = ", if the unread are in no worse than random order"


def measure_frontier(course: Course, *, target: float, alpha: float, method: Method = "trailing") -> FrontierNow:
    """What may still be missing, now and at every point so far; records known beforehand are left out."""
    decisions, n_records = course.decisions, len(course.screened) + len(course.unscreened)
    known = frontier(decisions, n_records, alpha=alpha, method=method, since=course.since)
    found, missing = int(known.found[-1]), _missing_now(course, int(known.missing_at_most[-1]))
    recall = float(known.recall_assured[-1])
    assured = None if np.isnan(recall) or missing is None else recall
    size = _sample_size(found, len(course.unscreened), target, alpha)
    return FrontierNow(
        n_records=n_records,
        screened=len(course.screened),
        found=found,
        found_at=tuple(int(place) for place in np.flatnonzero(decisions) + 1 if place > course.unordered),
        unordered=course.unordered,
        since=course.since,
        found_before=int(known.found[course.since]),
        because=course.because,
        missing_at_most=tuple(int(count) for count in known.missing_at_most),
        missing=missing,
        recall_assured=assured,
        target=target,
        alpha=alpha,
        method=method,
        assured_at=known.first_reaching(target) if decisions.size else None,
        sample_size=size,
        sample_sentence=_sample_sentence(size, len(course.unscreened), target, alpha),
        sentence=_sentence(course, found, missing, assured, alpha),
        assumption=ASSUMPTION,
        assumption_in_short=ASSUMPTION_IN_SHORT,
    )


def _missing_now(course: Course, missing: int) -> int | None:
    """The bound; None where nothing that was screened is evidence, for want of an order of reading."""
    return None if course.unscreened and course.screened and course.since == len(course.screened) else missing


def rule_stops(course: Course, *, target: float, alpha: float) -> tuple[tuple[str, str, int | None], ...]:
    """(name, what it promises, after how many records it stops) of each rule; None where it has not yet.

    Rules look at what is evidence alone: the screening since then, of the pool that was left then.
    """
    decisions, n_records = course.decisions, len(course.screened) + len(course.unscreened)
    if not n_records:
        return ()
    promise = f"recall {100 * target:g} % at an error of {100 * alpha:g} % a look" + _CONDITION
    methods: tuple[Method, ...] = ("trailing", "buscar")

    def stop(method: Method) -> int | None:
        return stop_at(decisions, n_records, target=target, alpha=alpha, method=method, since=course.since)

    tests = [(f"exact test ({method})", promise, stop(method)) for method in methods]
    thumbs = [(rule.name, NO_GUARANTEE, _stop_of(rule, decisions, n_records, course.since)) for rule in _thumbs()]
    return (*tests, *thumbs)


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
    chances = _chances(_thumbs(), n_records - course.since, int(decisions[course.since :].sum()))
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
    if not n_records:
        return {}
    runs = simulated_runs(n_records)
    orderings = simulate_orderings(n_records, max(1, found), auc=SIMULATED_AUC, runs=runs)
    outcomes = try_rules(orderings, list(rules))
    return {rule.name: outcome.chance_of_all for rule, outcome in zip(rules, outcomes, strict=True)}


def _stop_of(rule: Rule, decisions: NDArray[np.bool_], n_records: int, since: int) -> int | None:
    """After how many records a rule of thumb stops; None if it has not yet, or only once all are read.

    It knows only what was read. The others are taken as irrelevant, and a stop among them as none.
    """
    labels = np.zeros(n_records - since, dtype=bool)
    labels[: decisions.size - since] = decisions[since:]
    read = int(rule.read(labels, np.random.default_rng(0)).sum())
    return since + read if 0 < read <= decisions.size - since and read < labels.size else None


def _sentence(course: Course, found: int, missing: int | None, assured: float | None, alpha: float) -> str:
    screened, unread = len(course.screened), len(course.unscreened)
    if not screened + unread:
        return "There is nothing to screen."
    if not screened:
        return f"None of the {unread:,} records has been screened: too early to estimate what may be missing."
    said = f"After {screened:,} of {screened + unread:,} records, with {found:,} relevant found, "
    if not unread:
        return said + "nothing is left unread; what may be missing is what was read and excluded by mistake."
    if missing is None:
        return said + f"what may be missing is not known: {_UNKNOWN[course.because]}."
    if missing == unread:
        return said + f"it is too early to estimate what may be missing: all {unread:,} unread records may be relevant."
    if not missing:
        said += f"the exact test rejects, at the {100 * alpha:g}% level, that any of the {unread:,} unread is relevant."
    else:
        said += f"up to {missing:,} of the {unread:,} unread may be relevant ({100 * (1 - alpha):g}% confidence)"
        said += f"; recall is then at least {_floor(assured)}." if assured else "."
    if course.since:
        said += f" This rests on the {screened - course.since:,} screened after {course.because}; those before count "
        said += "as found or excluded, and not as evidence of what is missing."
    return said


_UNKNOWN: dict[Because, str] = {
    "": "",
    "decisions were imported": "decisions were imported, and the order in which those records were read is not known",
    "records were added": "records were added, and nothing has been screened since",
}


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
