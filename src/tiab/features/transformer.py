"""PicoFeatures: records in, the ranker's matrix out, as a step of a scikit-learn pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from tiab.criteria import Criteria
from tiab.features import make_features
from tiab.records import Record

__all__ = ["PicoFeatures"]


class PicoFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns records into words and, where there are criteria, into evidence that the spaCy pipeline finds for them.

    The words and how rare each is are learned from the records that it is fitted on.

    Args:
        criteria: the review's criteria; None for words alone.
        jobs: processes for the PICO step.

    Attributes:
        space_: the columns.

    >>> from sklearn.pipeline import make_pipeline
    >>> from tiab.ranking.estimator import ScreeningRanker
    >>> records = [Record(record_id="1", title="Yoga for back pain"), Record(record_id="2", title="Tax law")]
    >>> pipeline = make_pipeline(PicoFeatures(), ScreeningRanker(C=10.0)).fit(records, ["include", "exclude"])
    >>> pipeline.predict([Record(record_id="3", title="Back pain and yoga")]).tolist()
    ['include']
    """

    def __init__(self, *, criteria: Criteria | None = None, jobs: int = 1) -> None:
        self.criteria = criteria
        self.jobs = jobs

    def fit(self, X: Sequence[Record], y: Any = None) -> Self:
        """Learns the columns from the records X; y is not used."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Sequence[Record], y: Any = None, **_: Any) -> csr_array:
        """The matrix of the records that the columns are learned from; see `transform`."""
        features = make_features(list(X), criteria=self.criteria, jobs=self.jobs)
        self.space_ = features.space
        return features.matrix

    def transform(self, X: Sequence[Record]) -> csr_array:
        """The matrix of records X: float32, shape (n_records, n_columns)."""
        check_is_fitted(self)
        return make_features(list(X), space=self.space_, jobs=self.jobs).matrix

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """The names of the columns, shape (n_columns,)."""
        check_is_fitted(self)
        return np.array(self.space_.names, dtype=object)
