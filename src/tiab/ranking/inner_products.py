"""Inner products of the records of a pool, each computed once however often a model is fitted on them.

An entry has the same digits whenever and in whatever company it was computed: a review that is replayed, or ranked
again from its log, gives the same model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

__all__ = ["GrowingGram", "Inner", "PoolProducts", "inner_products"]

Inner = NDArray[np.float32] | NDArray[np.float64]
Ints = NDArray[np.int64]


class GrowingGram:
    """The inner products of the labelled rows of a pool.

    >>> gram = GrowingGram(sp.csr_array([[0.0, 2.0], [1.0, 0.0], [1.0, 1.0]]))
    >>> gram.of([2, 0]).tolist()
    [[2.0, 2.0], [2.0, 4.0]]
    """

    def __init__(self, X: Any) -> None:
        self._X = sp.csr_array(X)
        self._place = np.full(self._X.shape[0], -1)
        self._rows: Ints = np.empty(0, dtype=np.int64)
        self._inner: Any = np.empty((64, 64), dtype=self._X.dtype)

    def of(self, rows: ArrayLike, others: ArrayLike | None = None) -> Inner:
        """(n, m): the inner products of these rows of the pool with others, in this order and the pool's precision.

        Args:
            others: None for the rows themselves.
        """
        places = self._places(rows)
        inner: Inner = self._inner[np.ix_(places, places if others is None else self._places(others))]
        return inner

    def _places(self, rows: ArrayLike) -> Ints:
        wanted = np.asarray(rows, dtype=np.int64).ravel()
        fresh = wanted[self._place[wanted] < 0]
        if len(fresh):
            self._add(np.unique(fresh))
        return self._place[wanted]

    def _add(self, fresh: Ints) -> None:
        known = len(self._rows)
        self._rows = np.concatenate([self._rows, fresh])
        end = len(self._rows)
        self._place[fresh] = np.arange(known, end)
        self._reserve(end)
        if len(fresh) == 1:
            self._inner[:end, known] = self._inner[known, :end] = self._with_row(int(fresh[0]))
            return
        block = self._X[self._rows]
        products = (block @ block[known:].T).toarray()
        self._inner[:end, known:end] = products
        self._inner[known:end, :end] = products.T

    def _with_row(self, row: int) -> NDArray[Any]:
        """The products of the known rows with one, in the digits that a product of two sparse matrices has."""
        column = _dense_row(self._X, row)
        if 3 * len(self._rows) > self._X.shape[0]:  # picking the rows out would take longer than using them all
            return np.asarray((self._X @ column)[self._rows])
        return np.asarray(self._X[self._rows] @ column)

    def _reserve(self, needed: int) -> None:
        size = len(self._inner)
        if needed > size:
            larger = np.empty((max(needed, 2 * size),) * 2, dtype=self._X.dtype)
            larger[:size, :size] = self._inner
            self._inner = larger


class PoolProducts:
    """The inner products of labelled rows with every row of the pool: a score of the pool is a sum of a few of them.

    It takes (labelled rows) x (rows of the pool) numbers of memory, and saves both the rows and their columns.

    >>> products = PoolProducts(sp.csr_array([[0.0, 2.0], [1.0, 0.0], [1.0, 1.0]]))
    >>> products.of([2, 0]).tolist()
    [[2.0, 1.0, 2.0], [4.0, 0.0, 2.0]]
    """

    def __init__(self, X: Any) -> None:
        self._X = sp.csr_array(X)
        self._place = np.full(self._X.shape[0], -1)
        self._known = 0
        self._products: Any = np.empty((16, self._X.shape[0]), dtype=self._X.dtype)

    def gram(self, rows: ArrayLike) -> Inner:
        """(n, n): the inner products of these rows with each other."""
        wanted = np.asarray(rows, dtype=np.int64).ravel()
        places = self._places(wanted)
        inner: Inner = self._products[np.ix_(places, wanted)]
        return inner

    def of(self, rows: ArrayLike) -> Inner:
        """(n, n_pool): the inner products of these rows with all rows."""
        places = self._places(np.asarray(rows, dtype=np.int64).ravel())
        products: Inner = self._products[places]
        return products

    def weighted(self, rows: ArrayLike, weights: ArrayLike) -> NDArray[Any]:
        """(n_pool,): the sum of these rows' products, each times its weight."""
        places = self._places(np.asarray(rows, dtype=np.int64).ravel())
        spread = np.zeros(self._known, dtype=self._X.dtype)
        spread[places] = weights
        return np.asarray(spread @ self._products[: self._known])

    def _places(self, rows: Ints) -> Ints:
        for row in rows[self._place[rows] < 0].tolist():
            if self._known == len(self._products):
                larger = np.empty((2 * self._known, self._X.shape[0]), dtype=self._X.dtype)
                larger[: self._known] = self._products
                self._products = larger
            self._products[self._known] = self._X @ _dense_row(self._X, row)
            self._place[row] = self._known
            self._known += 1
        return self._place[rows]


def _dense_row(X: Any, row: int) -> NDArray[Any]:
    """One row of a sparse matrix, shape (n_columns,); without the checks that scipy's indexing makes at each row."""
    start, end = X.indptr[row : row + 2]
    dense = np.zeros(X.shape[1], dtype=X.dtype)
    np.add.at(dense, X.indices[start:end], X.data[start:end])  # a column may be there twice
    return dense


def inner_products(X: Any) -> Inner:
    """(n, n): the inner products of the rows of X, sparse or dense, in its precision."""
    inner = X @ X.T
    return np.asarray(inner if isinstance(inner, np.ndarray) else inner.toarray())
