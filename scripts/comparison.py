"""Two rankers on the same reviews: which is better, by how much, and how sure that is.

The review is the unit: runs that differ only in their seed are averaged before anything is compared, for a hundred
seeds on one review say little about the next review.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wilcoxon

from tiab.errors import EvaluationError

__all__ = ["Comparison", "compare_differences", "compare_ratios"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one ranker's numbers stand to another's over several reviews.

    Attributes:
        estimate: the geometric mean of the ratios, or the mean of the differences.
        low, high: its 95% percentile bootstrap interval over the reviews.
        n_reviews: the number of reviews.
        n_below: in how many of them the ratio is below 1, or the difference below 0.
        p_value: of Wilcoxon's signed-rank test, two-sided; 1 where no review differs.
    """

    estimate: float
    low: float
    high: float
    n_reviews: int
    n_below: int
    p_value: float


def compare_ratios(ours: Sequence[float], theirs: Sequence[float], *, draws: int = 10_000, seed: int = 0) -> Comparison:
    """The geometric mean of ours/theirs; one number above 0 for each review.

    Raises:
        EvaluationError: the two differ in length, are empty, or hold a number that is not above 0.

    >>> compare_ratios([1.0, 2.0], [2.0, 4.0]).estimate
    0.5
    """
    a, b = _checked(ours, theirs)
    if not ((a > 0) & (b > 0)).all():
        raise EvaluationError("only numbers above 0 have a ratio", hint="Compare differences instead.")
    return _comparison(np.log(a) - np.log(b), math.exp, draws, seed)


def compare_differences(
    ours: Sequence[float], theirs: Sequence[float], *, draws: int = 10_000, seed: int = 0
) -> Comparison:
    """The mean of ours - theirs; one number for each review.

    Raises:
        EvaluationError: the two differ in length or are empty.
    """
    a, b = _checked(ours, theirs)
    return _comparison(a - b, float, draws, seed)


def _comparison(differences: Floats, back: Callable[[float], float], draws: int, seed: int) -> Comparison:
    rng = np.random.default_rng(seed)
    means = rng.choice(differences, size=(draws, len(differences))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Comparison(
        estimate=back(float(differences.mean())),
        low=back(float(low)),
        high=back(float(high)),
        n_reviews=len(differences),
        n_below=int((differences < 0).sum()),
        p_value=float(wilcoxon(differences).pvalue) if differences.any() else 1.0,
    )


def _checked(ours: Sequence[float], theirs: Sequence[float]) -> tuple[Floats, Floats]:
    a, b = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise EvaluationError(f"{a.size} and {b.size} numbers are not one for each review")
    return a, b
