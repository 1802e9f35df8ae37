from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.utils.estimator_checks import parametrize_with_checks

from tiab.ranking.estimator import UNLABELLED, Memory, PoolScorer, ScreeningRanker

NOTHING_INCLUDED = dict.fromkeys(
    (
        "check_estimators_dtypes",
        "check_estimator_sparse_tag",
        "check_fit2d_1sample",
        "check_fit2d_1feature",
    ),
    "its y includes no record, and there is neither a prior nor an example to rank by",
)


@parametrize_with_checks([ScreeningRanker()], expected_failed_checks=lambda _: NOTHING_INCLUDED)
def test_it_is_a_scikit_learn_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture
def pool() -> tuple[csr_array, np.ndarray]:
    """200 records of 30 columns; the first column tells the first 40, which are relevant, from the others."""
    rng = np.random.default_rng(3)
    X = rng.random((200, 30)) * (rng.random((200, 30)) < 0.3)
    relevant = np.arange(200) < 40
    X[:, 0] = np.where(relevant, 1.0, 0.0) * (rng.random(200) < 0.9)
    return csr_array(X), relevant


def test_it_learns_from_labels(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:5], y[100:120] = 1, 0
    scores = ScreeningRanker().fit(X, y).decision_function(X)
    assert scores[5:40].mean() > np.quantile(scores[120:], 0.9)


def test_with_nothing_excluded_unlabelled_records_stand_in_and_the_seed_decides_which(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:5] = 1
    first, again, other = (ScreeningRanker(seed=seed).fit(X, y).coef_ for seed in (0, 0, 1))
    assert (first == again).all()
    assert not np.allclose(first, other)


def test_the_prior_ranks_alone_and_fades_as_records_are_included(pool) -> None:
    X, _ = pool
    prior = np.zeros(30)
    prior[7] = 1.0
    nothing = np.full(200, UNLABELLED)
    alone = ScreeningRanker(prior_coef=prior).fit(X, nothing).decision_function(X)
    assert np.corrcoef(alone, X[:, [7]].toarray().ravel())[0, 1] == pytest.approx(1)
    few, many = nothing.copy(), nothing.copy()
    few[:2], many[:39] = 1, 1
    few[100:], many[100:] = 0, 0
    weight = [ScreeningRanker(prior_coef=prior, prior_fades=5).fit(X, y).coef_[7] for y in (few, many)]
    assert weight[0] > weight[1]


def test_the_example_counts_as_a_relevant_record(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[100:120] = 0
    example = np.zeros(30)
    example[0] = 1.0
    scores = ScreeningRanker(example=example).fit(X, y).decision_function(X)
    assert scores[:40].mean() > scores[120:].mean() + 1


def test_a_column_that_is_scaled_down_is_learned_from_less(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:20], y[100:] = 1, 0
    scale = np.ones(30)
    scale[0] = 0.01
    full = ScreeningRanker().fit(X, y).coef_
    less = ScreeningRanker(column_scale=scale).fit(X, y).coef_
    assert abs(less[0]) < abs(full[0]) / 10


def test_with_nothing_to_rank_by_it_says_so(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:3] = 0
    with pytest.raises(ValueError, match="no prior, no example and no included record"):
        ScreeningRanker().fit(X, y)


@pytest.mark.parametrize("with_example", [True, False])
def test_a_memory_changes_no_digit(pool: Any, with_example: bool) -> None:
    X, relevant = pool
    example = np.linspace(0, 1, 30) if with_example else None
    ranker = ScreeningRanker(prior_coef=np.ones(30), example=example, column_scale=np.linspace(0.1, 1, 30))
    memory = Memory(ranker, X)
    order = np.random.default_rng(1).permutation(200)
    for n in (1, 2, 7, 50, 30, 120):
        y = np.full(200, UNLABELLED)
        y[order[:n]] = relevant[order[:n]]
        remembered = ranker.fit(X, y, memory=memory).coef_
        assert (remembered == ranker.fit(X, y).coef_).all()
        assert (remembered == ranker.fit(X, y, memory=Memory(ranker, X)).coef_).all()


@pytest.mark.parametrize("with_example", [True, False])
@pytest.mark.parametrize("with_prior", [True, False])
def test_a_pool_scorer_gives_what_a_fit_gives(pool: Any, with_example: bool, with_prior: bool) -> None:
    X, relevant = pool
    example = np.linspace(0, 1, 30) if with_example else None
    prior = np.linspace(1, 0, 30) if with_prior else None
    ranker = ScreeningRanker(prior_coef=prior, example=example, column_scale=np.linspace(0.1, 1, 30))
    scorer = PoolScorer(ranker, X)
    order = np.concatenate([[0], np.random.default_rng(1).permutation(200)])
    for n in (1, 2, 7, 50, 30, 200):
        y = np.full(200, UNLABELLED)
        y[order[:n]] = relevant[order[:n]]
        np.testing.assert_allclose(scorer.scores(y), ranker.fit(X, y).decision_function(X), atol=2e-3)


def test_a_pool_scorer_with_nothing_to_rank_by_says_so(pool: Any) -> None:
    X, _ = pool
    with pytest.raises(ValueError, match="no prior, no example and no included record"):
        PoolScorer(ScreeningRanker(), X).scores(np.full(200, UNLABELLED))
