"""ScreeningRanker: the ranker as a scikit-learn classifier, for those who build with scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from tiab.ranking.linear import UNLABELLED, LinearRanker
from tiab.ranking.scoring import score_rows

__all__ = ["SCREENED", "ScreeningRanker"]

SCREENED = (0, 1)
"""The classes of a screening: excluded and included."""


class ScreeningRanker(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Ranks records by a linear support vector machine on the labels, added to what was known before them.

    The machine is ASReview's ELAS u4 in kind (squared hinge, C = 0.11, relevant records weighing 9.8 times as much
    as irrelevant ones in sum); the criteria stand among the relevant records as one that never leaves. Its score and
    the prior's are each brought to spread 1 over the pool; the prior's counts `prior_strength` times, half as much once
    `prior_fades` records are included, and up to `prior_most` times while few are and the labels speak for it.

    It is a scikit-learn classifier of two classes, the relevant one being the second, so that it works in a `Pipeline`
    and in `cross_val_score`. Screening asks for its order alone: `predict` errs towards relevant, by `ratio`.

    Args:
        classes: (irrelevant, relevant), where y may lack one of them or hold other values too, which are unlabelled
            records; None for the two classes that y has, every record being labelled.
        prior_coef: the weights before any label, shape (n_columns,); None for no prior.
        example: the criteria as a row of the matrix, shape (n_columns,); None for none.
        column_scale: how much of each column the machine sees, shape (n_columns,); None for all of it. The smaller,
            the less it learns from that column.
        C: the inverse strength of the machine's L2 penalty.
        ratio: the summed weight of the relevant over that of the irrelevant records.
        prior_strength: how much the prior counts beside the machine while nothing is included.
        prior_fades: the number of included records at which the prior counts half of that.
        prior_most: the most that the prior counts, where few labels say that it ranks better alone (see
            `tiab.ranking.trust`); 0 for never more than `prior_strength`.
        prior_widened: how much the words that set apart the records which the prior ranks highest count beside it (see
            `tiab.ranking.prior`); 0 for the prior as it is.
        seed: decides which unlabelled records stand in for excluded ones while nothing is excluded.

    Attributes:
        classes_: (irrelevant, relevant), shape (2,).
        coef_: the weights of the columns, shape (n_columns,).
        intercept_: the constant of `decision_function`: 0 is where the machine's margin lies, the prior counting from
            its mean over the pool.
        centred_intercept_: the constant that gives the pool's scores mean 0, for those who read the order alone.

    >>> X = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> ScreeningRanker(C=10.0).fit(X, ["exclude", "include", "include"]).predict(X).tolist()
    ['exclude', 'include', 'include']
    """

    def __init__(
        self,
        *,
        classes: Sequence[Any] | None = None,
        prior_coef: ArrayLike | None = None,
        example: ArrayLike | None = None,
        column_scale: ArrayLike | None = None,
        C: float = LinearRanker.C,
        ratio: float = LinearRanker.ratio,
        prior_strength: float = LinearRanker.prior_strength,
        prior_fades: float = LinearRanker.prior_fades,
        prior_most: float = LinearRanker.prior_most,
        prior_widened: float = LinearRanker.prior_widened,
        seed: int = 0,
    ) -> None:
        self.classes = classes
        self.prior_coef = prior_coef
        self.example = example
        self.column_scale = column_scale
        self.C = C
        self.ratio = ratio
        self.prior_strength = prior_strength
        self.prior_fades = prior_fades
        self.prior_most = prior_most
        self.prior_widened = prior_widened
        self.seed = seed

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """The ranker, fitted on the whole pool.

        Args:
            X: all records of the pool, sparse or dense, shape (n_records, n_columns).
            y: the class of each record, shape (n_records,); see `classes`.

        Raises:
            ValueError: the shapes differ, y has not two classes, or there is neither a prior, an example nor an
                included record.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=(np.float64, np.float32))
        weights = self._ranker().fit(csr_array(X), self._encoded(column_or_1d(y, warn=True)))
        self.coef_, self.intercept_ = weights.coef, weights.intercept
        self.centred_intercept_ = weights.centred_intercept
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The scores of records, shape (n_records,); higher is read earlier, above 0 is predicted relevant."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=(np.float64, np.float32), reset=False)
        return score_rows(csr_array(X), self.coef_, self.intercept_)

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of each record, shape (n_records,)."""
        scores = self.decision_function(X)
        predicted: NDArray[Any] = self.classes_[(scores > 0).astype(int)]
        return predicted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.sparse = True
        return tags

    def _encoded(self, y: NDArray[Any]) -> NDArray[np.int_]:
        """1 for relevant, 0 for irrelevant, `UNLABELLED` for the rest; the classes are kept."""
        if self.classes is not None:
            self.classes_ = np.asarray(self.classes)
        else:
            check_classification_targets(y)
            self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            count = len(self.classes_)
            raise ValueError(
                f"Only binary classification is supported: y has {count} class{'' if count == 1 else 'es'}, not two"
            )
        irrelevant, relevant = self.classes_
        return np.where(y == relevant, 1, np.where(y == irrelevant, 0, UNLABELLED))

    def _ranker(self) -> LinearRanker:
        given = {
            name: getattr(self, name)
            for name in ("C", "ratio", "prior_strength", "prior_fades", "prior_most", "prior_widened", "seed")
        }
        prior, scale = (
            None if one is None else np.asarray(one, dtype=np.float64) for one in (self.prior_coef, self.column_scale)
        )
        example = None if self.example is None else np.asarray(self.example)
        return LinearRanker(prior_coef=prior, example=example, column_scale=scale, **given)
