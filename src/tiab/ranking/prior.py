"""What the records that meet the criteria best have in common, as weights to start from.

Criteria name few words, and the records that meet them use many others. So before there is any label, a machine learns
to tell the tenth of the pool that the criteria rank highest from the records that they rank lower, and its weights are
added to the criteria's own (pseudo-relevance feedback: Ruthven and Lalmas 2003, The Knowledge Engineering Review
18:95-145). What it is worth is measured on labelled reviews (docs/benchmarks/tried.md).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.ranking.scoring import mean_and_spread, score_rows
from tiab.ranking.solver import solve_rows

__all__ = ["LEAST", "SHARE", "widen_prior"]

Floats = NDArray[np.float64]

SHARE = 0.1
"""This share of the pool is taken for relevant; as many that come next are left out, as they could be either."""

LEAST = 20
"""Where that is fewer records than this, the prior stays as it is: so few records have too much in common by chance."""

_MOST = (150, 600)
"""So many of the highest and of the lower records at most, so that a large pool takes no longer."""

_C = 0.03
"""The inverse strength of the penalty: less than the ranker's own, as a good part of these labels are wrong."""


def widen_prior(
    X: csr_array, prior: Floats, *, seen: Callable[[csr_array], csr_array], scale: Floats, weight: float, seed: int
) -> Floats:
    """The prior with what the pool adds to it, shape (n_columns,); both with spread 1 over the pool.

    Args:
        X: all records of the pool, shape (n_records, n_columns).
        prior: the weights to start from, shape (n_columns,).
        seen: rows of X ► what the machine learns from; a row that it puts before them is relevant.
        scale: how much of each column it sees, shape (n_columns,).
        weight: how much what it learned counts beside the prior.
        seed: decides which records stand for the others in a large pool.
    """
    scores = score_rows(X, prior, 0.0)
    high = int(SHARE * len(scores))
    if high < LEAST:
        return prior
    order, rng = np.argsort(-scores, kind="stable"), np.random.default_rng(seed)
    relevant, others = _some(order[:high], _MOST[0], rng), _some(order[2 * high :], _MOST[1], rng)
    rows = seen(X[np.concatenate([relevant, others])])
    signs = np.ones(rows.shape[0])
    signs[-len(others) :] = -1.0
    costs = 0.5 * _C * len(signs) / np.where(signs > 0, len(signs) - len(others), len(others))  # both sides weigh alike
    dual, _ = solve_rows(rows, signs, costs, tol=1e-6)
    learned = np.asarray(rows.T @ dual.astype(rows.dtype)) * scale
    spread, learned_spread = mean_and_spread(scores)[1], mean_and_spread(score_rows(X, learned, 0.0))[1]
    return np.asarray(prior / spread + weight / learned_spread * learned)


def _some(places: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return places if len(places) <= most else rng.choice(places, most, replace=False)
