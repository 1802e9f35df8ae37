"""Where the relevant records stand in an ordering: the one thing that every metric is computed from.

Ranks count from 1, best first. The rank of a relevant record that the ordering does not hold is infinity: it is found
at no cutoff. Where scores are tied, a rank may be a fraction: the expected one if ties were broken by lot.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiab.errors import EvaluationError

__all__ = ["Ranks", "Rounding", "as_fraction", "checked_ranks", "expected_ranks", "needed", "ranks_of"]

Ranks: TypeAlias = Sequence[float] | NDArray[np.float64]
Rounding: TypeAlias = Literal["ceil", "round", "floor"]


def ranks_of(order: Iterable[str], relevant: Collection[str]) -> list[float]:
    """The ranks, ascending, of the relevant records in `order`; one infinity for each that it does not hold.

    >>> ranks_of(["a", "b", "c"], {"c", "a", "z"})
    [1.0, 3.0, inf]
    """
    wanted = set(relevant)
    found = [float(rank) for rank, record_id in enumerate(order, start=1) if record_id in wanted]
    return found + [math.inf] * (len(wanted) - len(found))


def expected_ranks(scores: ArrayLike, relevant: ArrayLike) -> list[float]:
    """The ranks, ascending, of the relevant records by falling score, each the mean over all ways of breaking ties.

    In a tie of g records, t of them relevant, that begins after p better records, the i-th relevant one is expected
    at rank p + i (g + 1) / (t + 1). Metrics linear in the ranks (WSS, TNR, ATD, loss, AUC) thus get their exact
    expectation; the others are those of the expected ranks.

    Args:
        scores: one number for each record, higher is better.
        relevant: one truth value for each record.

    Raises:
        EvaluationError: the two differ in length, or a score is NaN.

    >>> expected_ranks([0.9, 0.5, 0.5, 0.5, 0.1], [True, True, False, False, False])
    [1.0, 3.0]
    """
    values, wanted = np.asarray(scores, dtype=np.float64), np.asarray(relevant, dtype=bool)
    if values.shape != wanted.shape or values.ndim != 1:
        raise EvaluationError(f"{values.size} scores and {wanted.size} relevance values do not fit together")
    if np.isnan(values).any():
        raise EvaluationError(f"{int(np.isnan(values).sum())} scores are NaN", hint="Give every record a score.")
    _, group, sizes = np.unique(-values, return_inverse=True, return_counts=True)
    hits = np.bincount(group[wanted], minlength=sizes.size)
    before = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return [
        float(p + i * (g + 1) / (t + 1)) for p, g, t in zip(before, sizes, hits, strict=True) for i in range(1, t + 1)
    ]


def checked_ranks(ranks: Ranks, n_records: int) -> NDArray[np.float64]:
    """The ranks as an ascending float array, shape (R,).

    Raises:
        EvaluationError: the pool is empty, a rank lies outside 1..N, or two records share a rank.
    """
    if n_records < 1:
        raise EvaluationError(f"a pool of {n_records} records cannot be evaluated")
    values = np.sort(np.asarray(ranks, dtype=np.float64))
    finite = values[np.isfinite(values)]
    if np.isnan(values).any() or np.isneginf(values).any():
        raise EvaluationError("a rank is not a number", hint="Use infinity for a relevant record at no rank.")
    if finite.size and (finite[0] < 1 or finite[-1] > n_records):
        raise EvaluationError(f"ranks run from {finite[0]:g} to {finite[-1]:g}, but the pool from 1 to {n_records}")
    if (np.diff(finite) <= 0).any():
        raise EvaluationError("two relevant records share a rank", hint="Use expected_ranks() where scores are tied.")
    return values


def as_fraction(target: float | str | Fraction) -> Fraction:
    """A target recall as the exact decimal fraction that was written: 0.95 gives 19/20, not its binary neighbour.

    Raises:
        EvaluationError: it is not above 0 and at most 1.

    >>> as_fraction(0.95)
    Fraction(19, 20)
    """
    try:
        exact = target if isinstance(target, Fraction) else Fraction(str(target))
    except (ValueError, ZeroDivisionError) as error:
        raise EvaluationError(f"{target!r} is not a recall", hint="Write it as a fraction, such as 0.95.") from error
    if not 0 < exact <= 1:
        raise EvaluationError(f"a recall of {target} is not above 0 and at most 1", hint="Write 95% as 0.95.")
    return exact


def needed(n_relevant: int, target: float | str | Fraction = 0.95, *, rounding: Rounding = "ceil") -> int:
    """m, the number of relevant records that must be found to reach the target recall τ: ceil(τR), exactly.

    `round` (halves to even) and `floor` are what other tools do: they accept a recall below τ. Each gives at least 1
    where there is a relevant record at all.

    >>> needed(20, 0.95), needed(12, 0.95), needed(12, 0.95, rounding="floor")
    (19, 12, 11)
    """
    exact = as_fraction(target) * n_relevant
    count = {"ceil": math.ceil(exact), "round": round(exact), "floor": math.floor(exact)}
    return max(count[rounding], min(n_relevant, 1))
