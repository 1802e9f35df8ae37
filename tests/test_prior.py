from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from tiab.features import make_features
from tiab.ranking.linear import UNLABELLED, LinearRanker, Memory, make_ranker
from tiab.ranking.pool_scorer import PoolScorer
from tiab.ranking.prior import LEAST, SHARE, widen_prior
from tiab.ranking.scoring import score_rows
from tiab.records import Record

NAMED, BESIDE = 0, 1
"""The column that the prior names, and one that stands beside it in most records, though not in all."""


def pool(n: int) -> csr_array:
    """n records of 40 columns: the first tenth has NAMED and mostly BESIDE, the next twentieth BESIDE alone."""
    rng = np.random.default_rng(5)
    X = rng.random((n, 40)) * (rng.random((n, 40)) < 0.2)
    X[:, [NAMED, BESIDE]] = 0
    X[: n // 10, NAMED] = 1
    X[: n // 10, BESIDE] = rng.random(n // 10) < 0.9
    X[n // 10 : n // 10 + n // 20, BESIDE] = 1
    return csr_array(X)


def prior() -> np.ndarray:
    weights = np.zeros(40)
    weights[NAMED] = 1.0
    return weights


def widened(X: csr_array, *, seed: int = 0) -> np.ndarray:
    return widen_prior(X, prior(), seen=lambda rows: rows, scale=np.ones(40), weight=2.0, seed=seed)


def test_what_stands_beside_the_criteria_counts_and_ranks_records_that_lack_their_words() -> None:
    X = pool(600)
    y = np.full(600, UNLABELLED)
    scores = {
        weight: score_rows(X, LinearRanker(prior_coef=prior(), prior_widened=weight).fit(X, y).coef, 0.0)
        for weight in (0.0, 2.0)
    }
    assert scores[0.0][60:90].mean() == scores[0.0][90:].mean()
    assert scores[2.0][60:90].min() > scores[2.0][90:].max()
    assert scores[2.0][:60].mean() > scores[2.0][60:90].mean()


def test_a_small_pool_adds_nothing() -> None:
    few = int(LEAST / SHARE)
    assert (widened(pool(few - 1)) == prior()).all()
    assert (widened(pool(few)) != prior()).any()


def test_a_large_pool_is_sampled_by_the_seed() -> None:
    X = pool(3000)
    first, again, other = (widened(X, seed=seed) for seed in (0, 0, 1))
    assert (first == again).all()
    assert not np.allclose(first, other)
    assert np.corrcoef(X @ first, X @ other)[0, 1] > 0.95


def test_memory_and_the_pool_scorer_give_the_same_as_a_fit_without() -> None:
    X = csr_array(pool(600), dtype=np.float32)
    y = np.full(600, UNLABELLED)
    y[:3], y[300:310] = 1, 0
    example = np.zeros(40, dtype=np.float32)
    example[NAMED] = 1
    ranker = LinearRanker(prior_coef=prior(), example=example, prior_widened=2.0)
    plain = ranker.fit(X, y)
    kept = ranker.fit(X, y, memory=Memory(ranker, X))
    assert (plain.coef == kept.coef).all()
    scored = PoolScorer(ranker, X).scores(y)
    assert scored == pytest.approx(score_rows(X, plain.coef, plain.centred_intercept), abs=1e-4)


def test_memory_tells_rankers_with_other_priors_apart() -> None:
    X = pool(600)
    y = np.full(600, UNLABELLED)
    memory = Memory(LinearRanker(prior_coef=prior()), X)
    for ranker in (LinearRanker(prior_coef=prior(), prior_widened=weight) for weight in (0.0, 2.0, 1.0)):
        assert (ranker.fit(X, y, memory=memory).coef == ranker.fit(X, y).coef).all()


def test_a_kept_model_is_not_widened() -> None:
    records = [Record(record_id=str(number), title=f"Word{number % 7} and yoga") for number in range(20)]
    space = make_features(records).space
    assert make_ranker(space, prior_coef=np.ones(len(space.names))).prior_widened == 0
    assert make_ranker(space).prior_widened > 0
