"""Metrics of a whole ordering, with no cutoff and no target.

N is the number of records in the pool, R that of the relevant ones, rᵢ the rank of the i-th relevant record.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics.ranks import Ranks, checked_ranks

__all__ = ["atd", "auc", "average_precision", "loss", "ndcg"]


def atd(ranks: Ranks, n_records: int, *, as_share: bool = False) -> float:
    """Average time to discovery, (Σ rᵢ)/R: the mean number of records read when a relevant one comes up.

    Ferdinands et al. 2023 (Syst Rev 12:100), who give it as a share: with `as_share`, divided by N. NaN where R = 0 or
    a relevant record has no rank.

    >>> atd([1, 2, 4, 7, 15], 20), atd([1, 2, 4, 7, 15], 20, as_share=True)
    (5.8, 0.29)
    """
    values = checked_ranks(ranks, n_records)
    if not _all_ranked(values):
        return math.nan
    return float(values.mean()) / (n_records if as_share else 1)


def loss(ranks: Ranks, n_records: int) -> float:
    """Σ (rᵢ − i) / (R (N − R)): 0 where every relevant record comes first, 1 where all come last, ½ for chance.

    It is the area between the perfect recall curve and the one reached, scaled to run from 0 to 1, and 1 − AUC. NaN
    where R = 0, R = N or a relevant record has no rank.

    >>> round(loss([1, 2, 4, 7, 15], 20), 12)
    0.186666666667
    """
    values = checked_ranks(ranks, n_records)
    n_irrelevant = n_records - values.size
    if not _all_ranked(values) or not n_irrelevant:
        return math.nan
    return float((values - _places(values)).sum()) / (values.size * n_irrelevant)


def auc(ranks: Ranks, n_records: int) -> float:
    """Area under the ROC curve, 1 − loss: the chance that a relevant record stands above an irrelevant one.

    The Mann-Whitney form (Hanley & McNeil 1982, Radiology 143:29). NaN as `loss` is.

    >>> round(auc([1, 2, 4, 7, 15], 20), 12)
    0.813333333333
    """
    return 1 - loss(ranks, n_records)


def average_precision(ranks: Ranks, n_records: int) -> float:
    """Average precision, (Σ i/rᵢ)/R, not interpolated. NaN where R = 0; a record at no rank adds 0.

    >>> round(average_precision([1, 2, 4, 7, 15], 20), 12)
    0.730952380952
    """
    values = checked_ranks(ranks, n_records)
    return float((_places(values) / values).mean()) if values.size else math.nan


def ndcg(ranks: Ranks, n_records: int, *, k: int | None = None) -> float:
    """Normalised discounted cumulative gain, Σ 1/log₂(rᵢ + 1) over the same sum for the perfect ordering.

    Binary gain (Järvelin & Kekäläinen 2002, ACM Trans Inf Syst 20:422). With `k`, both sums stop at rank k. NaN where
    R = 0; a record at no rank adds 0 above and counts below.

    >>> round(ndcg([1, 2, 4], 10), 12)
    0.967467983489
    """
    if k is not None and k < 1:
        raise EvaluationError(f"a cutoff of {k} records makes no sense", hint="Give 1 or more.")
    values = checked_ranks(ranks, n_records)
    if not values.size:
        return math.nan
    end = n_records if k is None else k
    return _gain(values[values <= end]) / _gain(_places(values)[:end])


def _gain(ranks: NDArray[np.float64]) -> float:
    return float((1 / np.log2(ranks + 1)).sum())


def _places(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.arange(1, values.size + 1, dtype=np.float64)


def _all_ranked(values: NDArray[np.float64]) -> bool:
    return bool(values.size) and bool(np.isfinite(values).all())
