from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from tiab.ranking.estimator import SCREENED, ScreeningRanker
from tiab.ranking.linear import UNLABELLED, LinearRanker, Memory
from tiab.ranking.pool_scorer import PoolScorer
from tiab.ranking.scoring import score_rows


@parametrize_with_checks([ScreeningRanker()])
def test_it_is_a_scikit_learn_classifier(estimator: Any, check: Any) -> None:
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
    scores = ScreeningRanker(classes=SCREENED).fit(X, y).decision_function(X)
    assert scores[5:40].mean() > np.quantile(scores[120:], 0.9)


def test_with_nothing_excluded_unlabelled_records_stand_in_and_the_seed_decides_which(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:5] = 1
    first, again, other = (ScreeningRanker(classes=SCREENED, seed=seed).fit(X, y).coef_ for seed in (0, 0, 1))
    assert (first == again).all()
    assert not np.allclose(first, other)


def test_the_prior_ranks_alone_and_fades_as_records_are_included(pool) -> None:
    X, _ = pool
    prior = np.zeros(30)
    prior[7] = 1.0
    nothing = np.full(200, UNLABELLED)
    alone = ScreeningRanker(classes=SCREENED, prior_coef=prior).fit(X, nothing).decision_function(X)
    assert np.corrcoef(alone, X[:, [7]].toarray().ravel())[0, 1] == pytest.approx(1)
    few, many = nothing.copy(), nothing.copy()
    few[:2], many[:39] = 1, 1
    few[100:], many[100:] = 0, 0
    weight = [
        ScreeningRanker(classes=SCREENED, prior_coef=prior, prior_fades=5).fit(X, y).coef_[7] for y in (few, many)
    ]
    assert weight[0] > weight[1]


def test_the_example_counts_as_a_relevant_record(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[100:120] = 0
    example = np.zeros(30)
    example[0] = 1.0
    scores = ScreeningRanker(classes=SCREENED, example=example).fit(X, y).decision_function(X)
    assert scores[:40].mean() > scores[120:].mean() + 1


def test_a_column_that_is_scaled_down_is_learned_from_less(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:20], y[100:] = 1, 0
    scale = np.ones(30)
    scale[0] = 0.01
    full = ScreeningRanker(classes=SCREENED).fit(X, y).coef_
    less = ScreeningRanker(classes=SCREENED, column_scale=scale).fit(X, y).coef_
    assert abs(less[0]) < abs(full[0]) / 10


def test_with_nothing_to_rank_by_it_says_so(pool) -> None:
    X, _ = pool
    y = np.full(200, UNLABELLED)
    y[:3] = 0
    with pytest.raises(ValueError, match="no prior, no example and no included record"):
        ScreeningRanker(classes=SCREENED).fit(X, y)


@pytest.mark.parametrize("with_example", [True, False])
def test_a_memory_changes_no_digit(pool: Any, with_example: bool) -> None:
    X, relevant = pool
    example = np.linspace(0, 1, 30) if with_example else None
    ranker = LinearRanker(prior_coef=np.ones(30), example=example, column_scale=np.linspace(0.1, 1, 30))
    memory = Memory(ranker, X)
    order = np.random.default_rng(1).permutation(200)
    for n in (1, 2, 7, 50, 30, 120):
        y = np.full(200, UNLABELLED)
        y[order[:n]] = relevant[order[:n]]
        remembered = ranker.fit(X, y, memory=memory).coef
        assert (remembered == ranker.fit(X, y).coef).all()
        assert (remembered == ranker.fit(X, y, memory=Memory(ranker, X)).coef).all()


def test_the_classifier_gives_what_the_ranker_gives(pool: Any) -> None:
    X, relevant = pool
    settings = {"prior_coef": np.ones(30), "example": np.linspace(0, 1, 30), "column_scale": np.linspace(0.1, 1, 30)}
    classifier, weights = ScreeningRanker(**settings).fit(X, relevant), LinearRanker(**settings).fit(X, relevant * 1)
    assert (classifier.coef_ == weights.coef).all()
    assert (classifier.intercept_, classifier.centred_intercept_) == (weights.intercept, weights.centred_intercept)
    assert (classifier.decision_function(X) == score_rows(X, weights.coef, weights.intercept)).all()


@pytest.mark.parametrize("with_example", [True, False])
@pytest.mark.parametrize("with_prior", [True, False])
def test_a_pool_scorer_gives_what_a_fit_gives(pool: Any, with_example: bool, with_prior: bool) -> None:
    X, relevant = pool
    example = np.linspace(0, 1, 30) if with_example else None
    prior = np.linspace(1, 0, 30) if with_prior else None
    ranker = LinearRanker(prior_coef=prior, example=example, column_scale=np.linspace(0.1, 1, 30))
    scorer = PoolScorer(ranker, X)
    order = np.concatenate([[0], np.random.default_rng(1).permutation(200)])
    for n in (1, 2, 7, 50, 30, 200):
        y = np.full(200, UNLABELLED)
        y[order[:n]] = relevant[order[:n]]
        fitted = ranker.fit(X, y)
        centred = score_rows(X, fitted.coef, fitted.centred_intercept)
        np.testing.assert_allclose(scorer.scores(y), centred, atol=2e-3)


def test_a_pool_scorer_with_nothing_to_rank_by_says_so(pool: Any) -> None:
    X, _ = pool
    with pytest.raises(ValueError, match="no prior, no example and no included record"):
        PoolScorer(LinearRanker(), X).scores(np.full(200, UNLABELLED))


def test_classes_may_have_any_names_and_only_two_are_told_apart(pool: Any) -> None:
    X, relevant = pool
    said = np.where(relevant, "include", "exclude")
    fitted = ScreeningRanker(ratio=1.0).fit(X, said)
    assert fitted.classes_.tolist() == ["exclude", "include"]
    assert (fitted.predict(X) == said).mean() > 0.9
    with pytest.raises(ValueError, match="3 classes"):
        ScreeningRanker().fit(X, np.where(np.arange(200) == 0, "maybe", said))


def test_it_is_tuned_and_cross_validated_like_any_other_classifier(pool: Any) -> None:
    X, relevant = pool
    assert cross_val_score(make_pipeline(MaxAbsScaler(), ScreeningRanker()), X, relevant, scoring="roc_auc").min() > 0.8
    search = GridSearchCV(ScreeningRanker(), {"C": [0.01, 0.11]}, scoring="average_precision").fit(X, relevant)
    assert search.best_score_ > 0.8
