"""PoolScorer: the scores of a pool after every label, for replaying reviews."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.ranking.inner_products import PoolProducts
from tiab.ranking.linear import LinearRanker, Task, behind_example
from tiab.ranking.scoring import mean_and_spread, score_rows
from tiab.ranking.solver import solve_rows

__all__ = ["PoolScorer"]

_MAX_PRODUCTS = 1500
"""With more labels than this, a pool is scored through the columns and not through its products with them."""


class PoolScorer:
    """The scores of one pool after every label, as `fit` and `decision_function` give them but for rounding.

    It never forms the weights of the columns, which takes most of a fit's time; so it explains nothing, and is for
    replaying reviews.

    Args:
        ranker: an unfitted ranker.
        X: all records of the pool; shape (n_records, n_columns).
    """

    def __init__(self, ranker: LinearRanker, X: Any) -> None:
        self._ranker = ranker
        self._before = int(ranker.example is not None)
        pool = csr_array(X)
        self._rows = ranker.seen(pool)
        self._products = PoolProducts(self._rows)
        self._last = np.zeros(self._rows.shape[0])
        prior = ranker.prior_over(pool)
        self._prior = None if prior is None else _standard(score_rows(pool, prior.coef, 0.0))

    def scores(self, y: NDArray[np.int_]) -> NDArray[np.float64]:
        """The score of each record, shape (n_records,).

        Args:
            y: 1 for included, 0 for excluded, `UNLABELLED` for the rest; shape (n_records,).

        Raises:
            ValueError: there is neither a prior, an example nor an included record.
        """
        task = self._ranker.task(y)
        if task is None and self._prior is None:
            raise ValueError("nothing to rank by: no prior, no example and no included record")
        scores, strength = np.zeros(len(y)), self._ranker.strength(y)
        if task is not None:
            learned, dual = self._learned(task, self._ranker.tolerance(y))
            scores = _standard(learned)
            if self._prior is not None and self._ranker.asks(y):
                strength = self._trust(y, task, dual, mean_and_spread(learned)[1], self._prior)
        return scores if self._prior is None else scores + strength * self._prior

    def _trust(
        self, y: NDArray[np.int_], task: Task, dual: NDArray[np.float64], spread: float, prior: NDArray[np.float64]
    ) -> float:
        wanted = behind_example(task.places, self._before)
        unread = self._ranker.unread(y, task)
        return self._ranker.trust(
            y,
            task,
            dual,
            spread,
            inner=self._products.gram(wanted),
            outer=self._products.of(wanted)[:, unread + self._before].T,
            prior=prior[np.concatenate([task.places, unread])],
        )

    def _learned(self, task: Task, tol: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        wanted = behind_example(task.places, self._before)
        few = len(wanted) <= _MAX_PRODUCTS
        rows, gram = (self._rows, self._products.gram(wanted)) if few else (self._rows[wanted], None)
        start = self._last[wanted]
        dual, _ = solve_rows(rows, task.signs, task.costs, gram=gram, start=start, max_gram=0, tol=tol)
        self._last[wanted] = dual
        products = self._products.weighted(wanted, dual) if few else self._rows @ (rows.T @ dual.astype(rows.dtype))
        return np.asarray(products[self._before :], dtype=np.float64), dual


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    mean, spread = mean_and_spread(scores)
    return np.asarray((scores - mean) / spread)
