"""A plan, made before screening starts: what each stopping rule will cost, and what it may miss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from tiab.errors import EvaluationError
from tiab.metrics import as_fraction
from tiab.stopping.rules import Rule, standard_rules
from tiab.stopping.significance import ASSUMPTION
from tiab.stopping.trials import RuleOutcome, simulate_orderings, try_rules

__all__ = ["Plan", "PlanRow", "plan", "planned_rules", "planned_runs"]

_PATIENCE = 40_000_000
"""So many urns can be looked at in some ten seconds: relevant records, squared, times simulated reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One rule: how it does in simulation, and what that costs.

    Attributes:
        person_hours: of reading titles and abstracts, all reviewers together, on average.
        days: on the calendar, on average.
    """

    outcome: RuleOutcome
    person_hours: float
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What each rule will cost for a pool of this size, if the guesses that went in are right."""

    n_records: int
    n_relevant: int
    target_recall: float
    auc: float
    runs: int
    seed: int
    reviewers: int
    screeners: int
    seconds_per_record: float
    hours_per_day: float
    rows: tuple[PlanRow, ...]
    assumption: str = ASSUMPTION

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types; each row flat."""
        plain = asdict(self)
        plain["rows"] = [row.pop("outcome") | row for row in plain["rows"]]
        return plain


def plan(
    n_records: int,
    prevalence: float,
    *,
    target_recall: float | str | Fraction = 0.95,
    alpha: float = 0.05,
    auc: float = 0.9,
    reviewers: int = 2,
    screeners: int = 2,
    seconds_per_record: float = 36.0,
    hours_per_day: float = 4.0,
    rules: Iterable[Rule] | None = None,
    runs: int = 200,
    seed: int = 0,
    progress: Callable[[int], object] | None = None,
) -> Plan:
    """The cost of each rule in records, hours and days, by simulation.

    Args:
        prevalence: the guessed share of relevant records; at least one record is taken to be relevant.
        auc: the guessed quality of the ranking: the chance that a relevant record stands above an irrelevant one.
        reviewers: people who share the work. screeners: how many of them read each record.
        hours_per_day: that each of them screens.
        progress: called with 1 after each rule.

    Raises:
        EvaluationError: a number that makes no sense, such as more screeners than reviewers.

    >>> result = plan(907, 0.013, runs=20)
    >>> result.n_relevant, [row.outcome.rule for row in result.rows][:2]
    (12, ['read everything', 'exact test (trailing)'])
    """
    _check(n_records, prevalence, reviewers, screeners, seconds_per_record, hours_per_day, runs)
    n_relevant = max(1, round(n_records * prevalence))
    chosen = standard_rules(target_recall, alpha=alpha) if rules is None else list(rules)
    orderings = simulate_orderings(n_records, n_relevant, auc=auc, runs=runs, seed=seed)
    rows = []
    for rule in chosen:
        (outcome,) = try_rules(orderings, [rule], target=target_recall, seed=seed)
        rows.append(_row(outcome, screeners * seconds_per_record / 3600, reviewers * hours_per_day))
        if progress:
            progress(1)
    return Plan(
        n_records=n_records,
        n_relevant=n_relevant,
        target_recall=float(as_fraction(target_recall)),
        auc=auc,
        runs=runs,
        seed=seed,
        reviewers=reviewers,
        screeners=screeners,
        seconds_per_record=seconds_per_record,
        hours_per_day=hours_per_day,
        rows=tuple(rows),
    )


def _row(outcome: RuleOutcome, hours_each: float, hours_a_day: float) -> PlanRow:
    hours = outcome.records_mean * hours_each
    return PlanRow(outcome=outcome, person_hours=hours, days=hours / hours_a_day)


def planned_rules(
    n_records: int, prevalence: float, target_recall: float | str | Fraction = 0.95, *, runs: int | None = None
) -> list[Rule]:
    """The rules of `standard_rules` that can be simulated within seconds for such a pool.

    Where the relevant records are many that leaves out the exact test by buscar, which looks at every urn.

    Args:
        runs: how many reviews are simulated; by default `planned_runs`.

    >>> len(planned_rules(907, 0.013)), len(planned_rules(20_000, 0.2)), len(planned_rules(20_000, 0.2, runs=1))
    (10, 9, 10)
    """
    rules, each = standard_rules(target_recall), planned_runs(n_records) if runs is None else runs
    if (n_records * prevalence) ** 2 * each <= _PATIENCE:
        return rules
    return [rule for rule in rules if "buscar" not in rule.name]


def planned_runs(n_records: int) -> int:
    """How many simulated reviews of such a pool take seconds: 200 small ones, 50 large ones.

    >>> planned_runs(907), planned_runs(20_000)
    (200, 50)
    """
    return max(50, min(200, 500_000 // max(n_records, 1)))


def _check(
    n_records: int, prevalence: float, reviewers: int, screeners: int, seconds: float, hours: float, runs: int
) -> None:
    if n_records < 1 or not 0 <= prevalence <= 1:
        raise EvaluationError(
            f"a pool of {n_records} records, {prevalence:g} of them relevant, makes no sense",
            hint="Give the number of records and a prevalence from 0 to 1 (1% is 0.01).",
        )
    if not 1 <= screeners <= reviewers:
        raise EvaluationError(
            f"{screeners} people cannot read each record where there are {reviewers}",
            hint="Give at least as many reviewers as screeners.",
        )
    if min(seconds, hours, runs) <= 0:
        raise EvaluationError("seconds for each record, hours a day and runs must be above 0")
