"""Missing: what follows from the order of a screening for what may still be missing, and where rules would stop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiab.evaluation.history import LateStart, ScreeningHistory
from tiab.metrics import as_fraction
from tiab.stopping import (
    ASSUMPTION,
    ASSUMPTION_IN_SHORT,
    NO_GUARANTEE,
    Method,
    Rule,
    bound_missing,
    elusion_size,
    fraction_read,
    in_a_row,
    knee,
    simulate_orderings,
    stop_at,
    try_rules,
)
from tiab.stopping.planning import planned_runs

__all__ = [
    "SIMULATED_AUC",
    "MissingEstimate",
    "StoppingPoint",
    "estimate_missing",
    "find_stopping_points",
    "rule_stops",
    "simulated_runs",
]

SIMULATED_AUC = 0.9
"""How good the rankings are with which rules of thumb are tried: a useful one, which flatters them."""

_CONDITION = ", if the unread are in no worse than random order"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingPoint:
    """Where a rule would have stopped this screening; None while it has not yet.

    Attributes:
        found: relevant records found by then.
        recall: of the gold standard, by then; None without one.
        chance_of_all: for a rule of thumb, the share of simulated reviews of this pool's size in which it had found all
            when it stopped; None for the exact tests, which promise something else.
    """

    rule: str
    guarantee: str
    at: int | None
    found: int | None
    recall: float | None
    chance_of_all: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEstimate:
    """What may still be missing, now and at every point so far.

    Attributes:
        n_records: those to screen that were not known beforehand.
        unordered: of the screened, those whose decisions came from a file; they count as screened first.
        found_at: at which points of the screening a relevant record was found, from 1; without those of the unordered.
        since: after how many of the screened evidence begins (`tiab.stopping.significance`); found_before: what had
            been found by then.
        because: why that is not from the first on: "decisions were imported", "records were added" and the like; ""
            where it is.
        missing_at_most: after 0, 1, …, screened records; up to `since` all that are unread.
        missing, recall_assured: now; None where nothing that was screened is evidence. recall_assured is None, too,
            where nothing is found and nothing may be missing.
        assured_at: when the target recall was first assured; None if it is not yet.
        sample_size: of the random sample of the unread which assures the target whatever the order was, should nothing
            relevant turn up in it; None where nothing is unread.
        sentence, sample_sentence: the same in words; the second is "" where nothing is unread.
    """

    n_records: int
    screened: int
    found: int
    found_at: tuple[int, ...]
    unordered: int
    since: int
    found_before: int
    because: str
    missing_at_most: tuple[int, ...]
    missing: int | None
    recall_assured: float | None
    target: float
    alpha: float
    method: str
    assured_at: int | None
    sample_size: int | None
    sentence: str
    sample_sentence: str
    assumption: str
    assumption_in_short: str

    @property
    def found_unordered(self) -> int:
        """Relevant records among the unordered."""
        return self.found - len(self.found_at)

    @property
    def is_too_early(self) -> bool:
        """Whether the bound says no more than that all that is unread may be relevant."""
        return self.screened < self.n_records and self.missing == self.n_records - self.screened

    @property
    def states_bound(self) -> bool:
        """Whether there is a bound that rests on the assumption."""
        return self.missing is not None and not self.is_too_early and self.screened < self.n_records


def estimate_missing(
    history: ScreeningHistory, *, target: float, alpha: float, method: Method = "trailing"
) -> MissingEstimate:
    """What may still be missing, now and at every point so far; records known beforehand are left out."""
    decisions, n_records = history.decisions, len(history.screened) + len(history.unscreened)
    known = bound_missing(decisions, n_records, alpha=alpha, method=method, since=history.since)
    found, missing = int(known.found[-1]), _missing_now(history, int(known.missing_at_most[-1]))
    recall = float(known.recall_assured[-1])
    assured = None if np.isnan(recall) or missing is None else recall
    size = _sample_size(found, len(history.unscreened), target, alpha)
    return MissingEstimate(
        n_records=n_records,
        screened=len(history.screened),
        found=found,
        found_at=tuple(int(place) for place in np.flatnonzero(decisions) + 1 if place > history.unordered),
        unordered=history.unordered,
        since=history.since,
        found_before=int(known.found[history.since]),
        because=history.because,
        missing_at_most=tuple(int(count) for count in known.missing_at_most),
        missing=missing,
        recall_assured=assured,
        target=target,
        alpha=alpha,
        method=method,
        assured_at=known.first_reaching(target) if decisions.size else None,
        sample_size=size,
        sample_sentence=_sample_sentence(size, len(history.unscreened), target, alpha),
        sentence=_sentence(history, found, missing, assured, alpha),
        assumption=ASSUMPTION,
        assumption_in_short=ASSUMPTION_IN_SHORT,
    )


def _missing_now(history: ScreeningHistory, missing: int) -> int | None:
    """The bound; None where nothing that was screened is evidence, for want of an order of reading."""
    return None if history.unscreened and history.screened and history.since == len(history.screened) else missing


def rule_stops(history: ScreeningHistory, *, target: float, alpha: float) -> tuple[tuple[str, str, int | None], ...]:
    """(name, what it promises, after how many records it stops) of each rule; None where it has not yet.

    Rules look at what is evidence alone: the screening since then, of the pool that was left then.
    """
    decisions, n_records = history.decisions, len(history.screened) + len(history.unscreened)
    if not n_records:
        return ()
    promise = f"recall {100 * target:g}% at an error of {100 * alpha:g}% a look" + _CONDITION
    methods: tuple[Method, ...] = ("trailing", "buscar")

    def stop(method: Method) -> int | None:
        return stop_at(decisions, n_records, target=target, alpha=alpha, method=method, since=history.since)

    tests = [(f"exact test ({method})", promise, stop(method)) for method in methods]
    thumbs = [(rule.name, NO_GUARANTEE, _stop_of(rule, decisions, n_records, history.since)) for rule in _thumbs()]
    return (*tests, *thumbs)


def find_stopping_points(
    history: ScreeningHistory, gold_found: NDArray[np.int64] | None, *, target: float, alpha: float, n_gold: int = 0
) -> tuple[StoppingPoint, ...]:
    """Where each rule would have stopped this screening.

    Args:
        gold_found: gold records found after 0, 1, …, screened records; shape (screened + 1,). None without gold.
    """
    decisions, n_records = history.decisions, len(history.screened) + len(history.unscreened)
    if not n_records:
        return ()
    chances = _chances(_thumbs(), n_records - history.since, int(decisions[history.since :].sum()))
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
        for name, guarantee, at in rule_stops(history, target=target, alpha=alpha)
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


def _sentence(history: ScreeningHistory, found: int, missing: int | None, assured: float | None, alpha: float) -> str:
    screened, unread = len(history.screened), len(history.unscreened)
    if not screened + unread:
        return "There is nothing to screen."
    if not screened:
        return f"None of the {unread:,} records has been screened: too early to estimate what may be missing."
    said = f"After {screened:,} of {screened + unread:,} records, with {found:,} relevant found, "
    if not unread:
        return said + "nothing is left unread; what may be missing is what was read and excluded by mistake."
    if missing is None:
        return said + f"what may be missing is not known: {_UNKNOWN[history.because]}."
    if missing == unread:
        return said + f"it is too early to estimate what may be missing: all {unread:,} unread records may be relevant."
    if not missing:
        said += f"the exact test rejects, at the {100 * alpha:g}% level, that any of the {unread:,} unread is relevant."
    else:
        said += f"up to {missing:,} of the {unread:,} unread may be relevant ({100 * (1 - alpha):g}% confidence)"
        said += f"; recall is then at least {_floor(assured)}." if assured else "."
    if history.since:
        said += f" This rests on the {screened - history.since:,} screened after {history.because}; those before count "
        said += "as found or excluded, and not as evidence of what is missing."
    return said


_UNKNOWN: dict[LateStart, str] = {
    "": "",
    "decisions were imported": "decisions were imported, and the order in which those records were read is not known",
    "several records were decided at once": "several records were decided at once, and nothing has been screened since",
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
        return f"Even if all {unread:,} unread were relevant, a recall of {100 * target:g}% would be reached."
    return (
        f"A random sample needs no such assumption: draw {size:,} of the {unread:,} unread records at random and read "
        f"them all. If none of them is relevant, a recall of {100 * target:g}% is assured with {100 * (1 - alpha):g}% "
        "confidence, whatever the order was. If one is, keep screening: a sample extended until the result looks good "
        "is not valid."
    )


def _floor(share: float) -> str:
    """A share that is never rounded up: 94.97% must not read as 95%."""
    return f"{np.floor(share * 1000) / 10:g}%"
