"""Scores of a pool's records by a linear model, and how they spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["mean_and_spread", "score_rows"]


def score_rows(X: csr_array, coef: NDArray[np.float64], intercept: float) -> NDArray[np.float64]:
    """The scores of records, shape (n_records,); multiplied in the precision of X."""
    return np.asarray(X @ coef.astype(X.dtype), dtype=np.float64) + intercept


def mean_and_spread(scores: NDArray[np.float64]) -> tuple[float, float]:
    """The mean of scores, and their standard deviation, 1 where they are all alike."""
    return float(scores.mean()), float(scores.std()) or 1.0
