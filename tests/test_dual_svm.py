"""The dual solver finds the minimum that liblinear finds, whichever way it is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from tiab.ranking.inner_products import GrowingGram, PoolProducts, inner_products
from tiab.ranking.solver import DualLinearSVC


def text_like(rows: int = 120, columns: int = 900, *, seed: int = 0) -> tuple[sp.csr_array, np.ndarray]:
    """Sparse rows of norm 1 and labels that depend on them, one in six relevant."""
    rng = np.random.default_rng(seed)
    X = sp.random_array((rows, columns), density=0.04, rng=rng, format="csr")
    X = sp.csr_array(sp.diags_array(1 / np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel() + 1e-12)) @ X)
    score = X @ rng.normal(size=columns) + 0.3 * rng.normal(size=rows)
    return X, (score > np.quantile(score, 5 / 6)).astype(int)


def liblinear(X: Any, y: Any, sample_weight: Any = None, **settings: Any) -> LinearSVC:
    return LinearSVC(tol=1e-9, max_iter=200_000, random_state=0, **settings).fit(X, y, sample_weight)


@parametrize_with_checks([DualLinearSVC()])
def test_is_a_scikit_learn_classifier(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("C", [0.01, 0.11, 1.0, 30.0])
@pytest.mark.parametrize("weights", [None, "balanced", {0: 0.2, 1: 3.0}])
@pytest.mark.parametrize("intercept", [{}, {"fit_intercept": False}, {"intercept_scaling": 3.0}])
def test_agrees_with_liblinear(C: float, weights: Any, intercept: dict[str, Any]) -> None:
    X, y = text_like()
    sample_weight = np.random.default_rng(1).uniform(0.1, 4, size=len(y))
    ours = DualLinearSVC(C=C, class_weight=weights, **intercept).fit(X, y, sample_weight)
    theirs = liblinear(X, y, sample_weight, C=C, class_weight=weights, **intercept)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=2e-5)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=2e-5)
    assert np.corrcoef(ours.decision_function(X), theirs.decision_function(X))[0, 1] > 0.9999999


@pytest.mark.parametrize("how", ["dense", "single precision", "no gram", "growing gram", "zero weights", "warm start"])
def test_gives_one_answer_whichever_way_it_is_asked(how: str) -> None:
    X, y = text_like()
    expected = DualLinearSVC(C=0.5).fit(X, y).decision_function(X)
    if how == "dense":
        scores = DualLinearSVC(C=0.5).fit(X.toarray(), y).decision_function(X.toarray())
    elif how == "single precision":
        scores = DualLinearSVC(C=0.5).fit(X.astype(np.float32), y).decision_function(X.astype(np.float32))
    elif how == "no gram":
        scores = DualLinearSVC(C=0.5, max_gram=0).fit(X, y).decision_function(X)
    elif how == "growing gram":
        gram = GrowingGram(X)
        gram.of(range(10, 50))
        scores = DualLinearSVC(C=0.5).fit(X, y, gram=gram.of(range(len(y)))).decision_function(X)
    elif how == "zero weights":
        more, labels = sp.vstack([X, X[:30]], format="csr"), np.append(y, 1 - y[:30])
        weight = np.append(np.ones(len(y)), np.zeros(30))
        scores = DualLinearSVC(C=0.5).fit(more, labels, weight).decision_function(X)
    else:
        model = DualLinearSVC(C=0.5, warm_start=True).fit(X[:80], y[:80])
        scores = model.fit(X, y).decision_function(X)
    np.testing.assert_allclose(scores, expected, atol=2e-5)


def test_a_warm_start_needs_fewer_steps_than_a_cold_one() -> None:
    X, y = text_like(400)
    model = DualLinearSVC(C=10.0, warm_start=True).fit(X, y)
    cold = model.n_iter_
    assert model.fit(X, y).n_iter_ < cold


def test_weights_are_repetitions() -> None:
    X, y = text_like(60)
    times = np.random.default_rng(2).integers(1, 4, size=60)
    repeated = DualLinearSVC().fit(X[np.repeat(np.arange(60), times)], np.repeat(y, times))
    np.testing.assert_allclose(DualLinearSVC().fit(X, y, times).coef_, repeated.coef_, atol=1e-5)


def test_the_dual_coefficients_give_the_weights() -> None:
    X, y = text_like()
    model = DualLinearSVC().fit(X, y)
    np.testing.assert_allclose(model.dual_coef_ @ X, model.coef_[0], atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=8, unique=True), min_size=1, max_size=5))
def test_the_growing_gram_has_the_digits_of_the_whole_in_any_order(asked: list[list[int]]) -> None:
    X = sp.csr_array(text_like(30, 40)[0].astype(np.float32))
    whole, gram = inner_products(X), GrowingGram(X)
    for rows in asked:
        assert np.array_equal(gram.of(rows), whole[np.ix_(rows, rows)])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=20, unique=True), min_size=1, max_size=5))
def test_the_products_with_the_pool_are_those_of_the_whole_in_any_order(asked: list[list[int]]) -> None:
    X = sp.csr_array(text_like(30, 40)[0].astype(np.float32))
    whole, products = inner_products(X), PoolProducts(X)
    for rows in asked:
        assert np.array_equal(products.of(rows), whole[rows])
        assert np.array_equal(products.gram(rows), whole[np.ix_(rows, rows)])
        weights = np.arange(1.0, len(rows) + 1)
        np.testing.assert_allclose(products.weighted(rows, weights), weights @ whole[rows], atol=1e-4)


def test_a_growing_gram_outgrows_its_first_size() -> None:
    X, _ = text_like(200)
    gram = GrowingGram(X)
    for row in range(200):
        gram.of(range(row + 1))
    assert np.array_equal(gram.of(range(200)), inner_products(X))


def test_one_class_is_refused() -> None:
    X, y = text_like(30)
    with pytest.raises(ValueError, match="1 class"):
        DualLinearSVC().fit(X, np.ones(30))
    with pytest.raises(ValueError, match="1 class with a weight above 0"):
        DualLinearSVC().fit(X, y, y.astype(float))


def test_says_when_it_did_not_converge() -> None:
    X, y = text_like(400)
    with pytest.warns(ConvergenceWarning, match="max_iter"):
        DualLinearSVC(C=100.0, max_iter=1).fit(X, y)
