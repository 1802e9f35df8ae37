"""Criteria without labels as a model of their own, whose scores don't depend on the pool.

`tiab rank` compares a record's words with the criteria's by how rare they are in the pool, and brings the result to
mean 0 and spread 1 over the pool. Neither may be in a scan, where a score must not depend on which file the record
stands in. What is left is the evidence: which concepts a record has, where it names them, its design, species,
language and year, with the weights that `tiab rank` gives them. docs/scan.md says what that costs.
"""

from __future__ import annotations

import numpy as np

from tiab.criteria import Criteria
from tiab.features import FeatureSpace, WordSpace
from tiab.ranking.rank import RankingModel

__all__ = ["model_of"]


def model_of(criteria: Criteria) -> RankingModel:
    """The model that scores by the evidence for the criteria alone."""
    space = FeatureSpace(words=WordSpace(words=(), idf=np.empty(0, dtype=np.float32)), criteria=criteria)
    coef = np.zeros(len(space.names)) if space.prior_coef is None else space.prior_coef
    return RankingModel(space=space, coef=coef, intercept=0.0)
