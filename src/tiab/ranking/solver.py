"""The linear SVM of text screening, solved over the labelled rows instead of over the words.

A review has a few hundred labels and a few hundred thousand words and word pairs. The L2-regularised squared-hinge SVM

    min over w of  1/2 |w|^2 + sum_i c_i max(0, 1 - y_i w.x_i)^2,      x_i with a constant appended (the intercept)

has its solution in the span of the labelled rows, w = sum_i b_i x_i, and on the rows inside the margin b solves
(K + D) b = y with K = X X^T and D = diag(1 / 2 c_i). Newton's method on the set of rows inside the margin ends at the
exact solution (Chapelle 2007, Training a support vector machine in the primal, Neural Computation 19:1155-1178; for
the linear case, Keerthi and DeCoste 2005, JMLR 6:341-361). Each step is solved by conjugate gradients, so that the
cost is quadratic in the labels, not cubic. scikit-learn's LinearSVC minimises the same function.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from tiab.ranking.inner_products import Inner, inner_products

__all__ = ["solve_dual", "solve_rows"]

Floats = npt.NDArray[np.float64]
Product = Callable[[Floats], Floats]


def solve_rows(
    X: Any,
    signs: Floats,
    costs: Floats,
    *,
    gram: Inner | None = None,
    bias: float = 1.0,
    start: Floats | None = None,
    tol: float = 1e-6,
    max_iter: int = 50,
    max_gram: int = 2000,
) -> tuple[Floats, int]:
    """The dual coefficients of the rows of X, and the number of Newton steps; the weights are `X.T @ coefficients`.

    Args:
        X: (n_rows, n_columns), sparse or dense. signs: -1 or 1 for each row. costs: c_i > 0 for each row.
        gram: X X^T where it is known (see `GrowingGram`); it is trusted.
        bias: the square of the constant that stands for the intercept; 0 for none.
        max_gram: with more rows than this the matrix of inner products (rows x rows) is not formed.
        start, tol, max_iter: as for `solve_dual`.
    """
    if gram is None and X.shape[0] <= max_gram:
        gram = inner_products(X)
    if gram is not None:
        product: Product = lambda v: gram @ v.astype(gram.dtype) + bias * v.sum()  # noqa: E731
        diagonal = gram.diagonal().astype(np.float64) + bias
    else:
        product = lambda v: np.asarray(X @ (X.T @ v.astype(X.dtype)), dtype=np.float64) + bias * v.sum()  # noqa: E731
        diagonal = _squared_norms(X) + bias
    return solve_dual(product, diagonal, signs, costs, start=start, tol=tol, max_iter=max_iter)


def solve_dual(
    product: Product,
    diagonal: Floats,
    signs: Floats,
    costs: Floats,
    *,
    start: Floats | None = None,
    tol: float = 1e-6,
    max_iter: int = 50,
) -> tuple[Floats, int]:
    """The dual coefficients b of the squared-hinge SVM, and the number of Newton steps.

    Args:
        product: v -> K v with K the inner products of the rows, the intercept's constant included.
        diagonal: of K.
        signs: -1 or 1 for each row.
        costs: c_i > 0 for each row.
        start: where to start from; None is 0.
        tol: the relative residual at which a linear system counts as solved.
        max_iter: the most Newton steps; beyond it the last b is given, with a ConvergenceWarning.
    """
    dual = np.zeros(len(signs)) if start is None else start.copy()
    scores = product(dual) if dual.any() else np.zeros(len(signs))
    for step in range(1, max_iter + 1):
        inside = signs * scores < 1
        aim = _conjugate_gradients(product, diagonal, signs, costs, inside, dual, tol)
        aim_scores = product(aim)
        if np.array_equal(signs * aim_scores < 1, inside):
            return aim, step
        dual, scores, moved = _line_search(dual, scores, aim, aim_scores, signs, costs)
        if not moved:
            return dual, step
    from sklearn.exceptions import ConvergenceWarning  # slow to load, and hardly ever needed

    warnings.warn("the SVM did not converge: raise max_iter", ConvergenceWarning, stacklevel=2)
    return dual, max_iter


def _conjugate_gradients(
    product: Product, diagonal: Floats, signs: Floats, costs: Floats, inside: npt.NDArray[np.bool_], dual: Floats,
    tol: float,
) -> Floats:  # fmt: skip
    """b with (K + D) b = y on the rows inside the margin and b = 0 on the others."""
    ridge = 0.5 / costs
    scale = np.where(inside, 1.0 / (diagonal + ridge), 0.0)
    found = np.where(inside, dual, 0.0)
    residual = np.where(inside, signs - product(found) - ridge * found, 0.0)
    ahead = scale * residual
    direction, power = ahead, residual @ ahead
    enough = (tol**2) * float(scale.sum())
    for _ in range(1000):
        if power <= enough:
            break
        image = np.where(inside, product(direction) + ridge * direction, 0.0)
        length = power / (direction @ image)
        found = found + length * direction
        residual = residual - length * image
        ahead = scale * residual
        before, power = power, residual @ ahead
        direction = ahead + (power / before) * direction
    return found


def _line_search(
    dual: Floats, scores: Floats, aim: Floats, aim_scores: Floats, signs: Floats, costs: Floats
) -> tuple[Floats, Floats, bool]:
    """The point between here and the Newton point at which the objective falls, and whether it moved."""
    here = _objective(dual, scores, signs, costs)
    share = 1.0
    while share > 1e-6:
        near = dual + share * (aim - dual)
        near_scores = scores + share * (aim_scores - scores)
        if _objective(near, near_scores, signs, costs) < here:
            return near, near_scores, True
        share /= 2
    return dual, scores, False


def _objective(dual: Floats, scores: Floats, signs: Floats, costs: Floats) -> float:
    return float(0.5 * dual @ scores + costs @ np.maximum(0.0, 1.0 - signs * scores) ** 2)


def _squared_norms(X: Any) -> Floats:
    squares = X.power(2) if _is_sparse(X) else X * X
    return np.asarray(squares.sum(axis=1), dtype=np.float64).ravel()


def _is_sparse(X: Any) -> bool:
    # scipy's own answer narrows the type of X to a class that has no operations
    return bool(sp.issparse(X))
