"""DualLinearSVC: the linear SVM of text screening, solved over the labelled rows instead of over the words.

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
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from tiab.ranking.inner_products import Inner, inner_products

__all__ = ["DualLinearSVC", "solve_dual", "solve_rows"]

Floats = npt.NDArray[np.float64]
Product = Callable[[Floats], Floats]


class DualLinearSVC(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A two-class linear SVM with squared hinge loss, quick where the rows are few and the columns are many.

    It minimises what `sklearn.svm.LinearSVC(loss="squared_hinge")` minimises, the intercept being regularised as
    there, and reaches the minimum more closely; it draws no random numbers.

    Args:
        C: how much the errors count against the norm of the weights.
        fit_intercept: whether the model has an intercept.
        intercept_scaling: the constant that is appended to each row; the larger, the less the intercept is regularised.
        class_weight: None, "balanced" or class -> weight, as in LinearSVC.
        tol: the relative residual at which the linear systems count as solved.
        max_iter: the most Newton steps.
        max_gram: with more rows than this the matrix of inner products (rows x rows) is not formed.
        warm_start: start from `dual_coef_` of the last fit; its rows must be the first rows of the next fit. The
            solution is the same within `tol`, but not to the last digit.

    Attributes:
        coef_: (1, n_features), in the type of X. intercept_: (1,).
        dual_coef_: (n_rows,): `coef_ = dual_coef_ @ X`.
        n_iter_: the Newton steps taken.

    >>> X = sp.csr_array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> model = DualLinearSVC(C=1.0).fit(X, [0, 1, 1])
    >>> model.predict(X).tolist()
    [0, 1, 1]
    """

    def __init__(
        self,
        *,
        C: float = 1.0,
        fit_intercept: bool = True,
        intercept_scaling: float = 1.0,
        class_weight: dict[Any, float] | str | None = None,
        tol: float = 1e-6,
        max_iter: int = 50,
        max_gram: int = 2000,
        warm_start: bool = False,
    ) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.tol = tol
        self.max_iter = max_iter
        self.max_gram = max_gram
        self.warm_start = warm_start

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, gram: Inner | None = None) -> Self:
        """Fits to X (n_rows, n_features), sparse or dense, and its labels of two classes.

        Args:
            sample_weight: (n_rows,), 0 or more; None is 1 for each.
            gram: X X^T where the caller has it (see `GrowingGram`); it is trusted.

        Raises:
            ValueError: y has not two classes, or the shapes do not fit.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float64, np.float32])
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        start = self._start(len(y))
        self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            raise ValueError(_classes_message(len(self.classes_)))
        signs = np.where(y == self.classes_[1], 1.0, -1.0)
        costs = self.C * weight * self._class_weights(y, weight)[(signs > 0).astype(int)]
        used = costs > 0
        if len(set(signs[used])) != 2:
            raise ValueError(_classes_message(len(set(signs[used]))) + " with a weight above 0")
        dual = np.zeros(len(y))
        whole = bool(used.all())
        rows, inner = (X, gram) if whole else (X[used], None if gram is None else gram[np.ix_(used, used)])
        how: dict[str, Any] = {
            "bias": self._bias(),
            "tol": self.tol,
            "max_iter": self.max_iter,
            "max_gram": self.max_gram,
        }
        dual[used], self.n_iter_ = solve_rows(rows, signs[used], costs[used], gram=inner, start=start[used], **how)
        return self._set(X, dual)

    def decision_function(self, X: Any) -> npt.NDArray[Any]:
        """(n_rows,): above 0 is the second class of `classes_`."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32], reset=False)
        scores: npt.NDArray[Any] = X @ self.coef_[0] + self.intercept_[0]
        return scores

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """(n_rows,): the class of each row."""
        scores = self.decision_function(X)
        predicted: npt.NDArray[Any] = self.classes_[(scores > 0).astype(int)]
        return predicted

    def _set(self, X: Any, dual: Floats) -> Self:
        self.dual_coef_ = dual
        self.coef_ = np.asarray(X.T @ dual.astype(X.dtype)).reshape(1, -1)
        self.intercept_ = np.array([self._bias() * dual.sum()], dtype=X.dtype)
        return self

    def _bias(self) -> float:
        """What the appended constant adds to each inner product."""
        return float(self.intercept_scaling) ** 2 if self.fit_intercept else 0.0

    def _start(self, n: int) -> Floats:
        start = np.zeros(n)
        if self.warm_start and hasattr(self, "dual_coef_"):
            known = self.dual_coef_[:n]
            start[: len(known)] = known
        return start

    def _class_weights(self, y: npt.NDArray[Any], weight: Floats) -> Floats:
        if self.class_weight is None:
            return np.ones(2)
        weights: Floats = compute_class_weight(self.class_weight, classes=self.classes_, y=y, sample_weight=weight)
        return weights

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.sparse = True
        return tags


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

    What `DualLinearSVC.fit` does once its input is checked: for callers that fit again after every label.

    Args:
        X: (n_rows, n_columns). signs: -1 or 1 for each row. costs: c_i > 0 for each row.
        gram: X X^T where it is known.
        bias: the square of the constant that stands for the intercept; 0 for none.
        start, tol, max_iter, max_gram: as for `DualLinearSVC` and `solve_dual`.
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


def _classes_message(count: int) -> str:
    counted = f"{count} class{'' if count == 1 else 'es'}"
    return f"Only binary classification is supported: DualLinearSVC tells two classes apart, and y has {counted}"
