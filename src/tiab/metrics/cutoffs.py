"""Metrics at a cutoff: what has been found once so many records have been read, and how sure such a share is.

N is the number of records in the pool, R that of the relevant ones. A relevant record at rank infinity (it is not in
the pool) counts in R and is found at no cutoff.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics.ranks import Ranks, as_fraction, checked_ranks

__all__ = ["clopper_pearson", "erf", "found_at", "precision_at", "recall_at", "recall_curve", "records_in", "rrf"]


def found_at(ranks: Ranks, n_records: int, *, k: int) -> int:
    """How many relevant records have a rank of at most k.

    Raises:
        EvaluationError: k is negative, or the ranks do not fit the pool.

    >>> found_at([1, 2, 4], 10, k=3)
    2
    """
    if k < 0:
        raise EvaluationError(f"a cutoff of {k} records makes no sense", hint="Give 0 or more.")
    return int((checked_ranks(ranks, n_records) <= k).sum())


def recall_at(ranks: Ranks, n_records: int, *, k: int) -> float:
    """Recall (sensitivity) after k records: |{i : rᵢ ≤ k}| / R. NaN where R = 0.

    >>> recall_at([1, 2, 4, 7, 15], 20, k=10)
    0.8
    """
    found = found_at(ranks, n_records, k=k)
    return found / len(ranks) if len(ranks) else math.nan


def precision_at(ranks: Ranks, n_records: int, *, k: int) -> float:
    """Precision after k records: |{i : rᵢ ≤ k}| / min(k, N), for nobody can read more than there is. NaN where k = 0.

    A cutoff beyond the pool divides by k in trec_eval; here by N.

    >>> precision_at([1, 2, 4, 7, 15], 20, k=10)
    0.4
    """
    found = found_at(ranks, n_records, k=k)
    return found / min(k, n_records) if k else math.nan


def records_in(share: float | str | Fraction, n_records: int) -> int:
    """How many records make up a share of the pool: floor(share · N), exactly.

    >>> records_in(0.1, 907)
    90
    """
    return math.floor(as_fraction(share) * n_records)


def rrf(ranks: Ranks, n_records: int, *, share: float | str | Fraction = 0.1) -> float:
    """Relevant records found, RRF@p: recall after floor(p · N) records. NaN where R = 0.

    The name is that of ASReview Insights, which gives it as a share, too.

    >>> rrf([1, 2, 4, 7, 15], 20, share=0.1)
    0.4
    """
    return recall_at(ranks, n_records, k=records_in(share, n_records))


def erf(ranks: Ranks, n_records: int, *, share: float | str | Fraction = 0.1) -> float:
    """Extra relevant records found, ERF@p: RRF@p less what random order finds, k/N with k = floor(p · N).

    NaN where R = 0. Below 0 where the ordering is worse than chance.

    >>> round(erf([1, 2, 4, 7, 15], 20, share=0.1), 12)
    0.3
    """
    return rrf(ranks, n_records, share=share) - records_in(share, n_records) / n_records


def recall_curve(ranks: Ranks, n_records: int) -> NDArray[np.float64]:
    """Recall after 0, 1, …, N records, shape (N + 1,); all NaN where R = 0.

    It ends below 1 where a relevant record has no rank.

    >>> recall_curve([1, 3], 4).tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    values = checked_ranks(ranks, n_records)
    if not values.size:
        return np.full(n_records + 1, np.nan)
    counts = np.searchsorted(values, np.arange(n_records + 1), side="right")
    return np.asarray(counts / values.size, dtype=np.float64)


def clopper_pearson(k: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval (low, high) of a proportion of which k in n were seen; (0, 1) where n = 0.

    With α = 1 − confidence: low = B(α/2; k, n − k + 1), high = B(1 − α/2; k + 1, n − k), B being the quantile of the
    beta distribution (Clopper & Pearson 1934, Biometrika 26:404). It covers the truth at least as often as it says.

    Raises:
        EvaluationError: k is not within 0..n, or the confidence not between 0 and 1.

    >>> low, high = clopper_pearson(12, 12)
    >>> round(low, 4), high
    (0.7354, 1.0)
    """
    if not 0 <= k <= n:
        raise EvaluationError(f"{k} of {n} is no proportion")
    if not 0 < confidence < 1:
        raise EvaluationError(f"a confidence of {confidence} is not between 0 and 1", hint="Write 95% as 0.95.")
    from scipy.special import betaincinv  # its import takes longer than most commands

    half = (1 - confidence) / 2
    low = float(betaincinv(k, n - k + 1, half)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - half)) if k < n else 1.0
    return low, high
