"""Simulated reviews: how often a stopping rule would have been right, for a pool of this size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics import needed
from tiab.stopping.rules import Rule

__all__ = ["RuleOutcome", "simulate_orderings", "try_rules"]

_MOST = 100_000_000
"""Records of all simulated reviews together: 100 MB, and a few minutes for all rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """How one rule did over many orderings.

    Attributes:
        guarantee: what the rule promises, or "no guarantee".
        records_mean, records_low, records_high: records read; the mean and the 5th and 95th percentile.
        recall_mean: of the orderings' mean recall.
        chance_of_target, chance_of_all: the share of orderings in which the target recall, or every relevant record,
            had been found.
    """

    rule: str
    guarantee: str
    records_mean: float
    records_low: float
    records_high: float
    recall_mean: float
    chance_of_target: float
    chance_of_all: float


def simulate_orderings(
    n_records: int, n_relevant: int, *, auc: float = 0.9, runs: int = 200, seed: int = 0
) -> list[NDArray[np.bool_]]:
    """Orderings, best first, in which each record says whether it is relevant.

    Scores are normal with variance 1; those of relevant records lie √2 Φ⁻¹(AUC) higher, so that one stands above an
    irrelevant one with a chance of `auc`. With 0.5 the order is random, the border of what the exact test assumes. Real
    rankings have stragglers that this model has not: records that no wording gives away.

    Raises:
        EvaluationError: no record, more relevant ones than records, an AUC outside of 0..1, or too many to simulate.

    >>> [int(order.sum()) for order in simulate_orderings(100, 3, runs=2, seed=1)]
    [3, 3]
    """
    if not 0 <= n_relevant <= n_records or n_records < 1:
        raise EvaluationError(f"a pool of {n_records} records cannot hold {n_relevant} relevant ones")
    if not 0 < auc < 1:
        raise EvaluationError(f"an AUC of {auc} is not between 0 and 1", hint="0.5 is chance; 0.9 a good ranking.")
    if n_records * runs > _MOST:
        raise EvaluationError(
            f"{runs} reviews of {n_records:,} records are more than can be simulated within minutes",
            hint=f"Plan for fewer records or runs: at most {_MOST:,} records in all runs together.",
        )
    generator = np.random.default_rng(seed)
    from scipy.special import ndtri  # its import takes longer than most commands

    lift = math.sqrt(2) * float(ndtri(auc))
    orderings = []
    for _ in range(runs):
        scores = generator.standard_normal(n_records)
        scores[:n_relevant] += lift
        orderings.append(np.argsort(-scores) < n_relevant)
    return orderings


def try_rules(
    orderings: Sequence[NDArray[np.bool_]],
    rules: Iterable[Rule],
    *,
    target: float | str | Fraction = 0.95,
    seed: int = 0,
) -> list[RuleOutcome]:
    """How each rule did on the orderings, simulated or replayed from finished reviews.

    Orderings without a relevant record count as recall 1. Each rule draws its samples from a generator of its own.

    Raises:
        EvaluationError: there is no ordering.

    >>> from tiab.stopping.rules import in_a_row
    >>> outcome, = try_rules(simulate_orderings(907, 12, runs=20), [in_a_row(50)])
    >>> outcome.guarantee
    'no guarantee'
    """
    if not orderings:
        raise EvaluationError("no ordering to try the rules on", hint="Simulate at least one.")
    return [_outcome(rule, orderings, target, np.random.default_rng(seed)) for rule in rules]


def _outcome(
    rule: Rule, orderings: Sequence[NDArray[np.bool_]], target: float | str | Fraction, generator: np.random.Generator
) -> RuleOutcome:
    read, recall, reached, everything = [], [], [], []
    for labels in orderings:
        seen, total = rule.read(labels, generator), int(labels.sum())
        found = int(labels[seen].sum())
        read.append(int(seen.sum()))
        recall.append(found / total if total else 1.0)
        reached.append(found >= needed(total, target))
        everything.append(found == total)
    low, high = np.percentile(read, [5, 95])
    return RuleOutcome(
        rule=rule.name,
        guarantee=rule.guarantee,
        records_mean=float(np.mean(read)),
        records_low=float(low),
        records_high=float(high),
        recall_mean=float(np.mean(recall)),
        chance_of_target=float(np.mean(reached)),
        chance_of_all=float(np.mean(everything)),
    )
