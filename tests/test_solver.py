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

from tiab.ranking.inner_products import GrowingGram, PoolProducts, inner_products
from tiab.ranking.solver import solve_rows


def text_like(rows: int = 120, columns: int = 900, *, seed: int = 0) -> tuple[sp.csr_array, np.ndarray]:
    """Sparse rows of norm 1 and labels that depend on them, one in six relevant."""
    rng = np.random.default_rng(seed)
    X = sp.random_array((rows, columns), density=0.04, rng=rng, format="csr")
    X = sp.csr_array(sp.diags_array(1 / np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel() + 1e-12)) @ X)
    score = X @ rng.normal(size=columns) + 0.3 * rng.normal(size=rows)
    return X, (score > np.quantile(score, 5 / 6)).astype(int)


def liblinear(X: Any, y: Any, sample_weight: Any = None, **settings: Any) -> LinearSVC:
    return LinearSVC(tol=1e-9, max_iter=200_000, random_state=0, **settings).fit(X, y, sample_weight)


def solved(X: Any, y: Any, costs: Any = 1.0, **how: Any) -> tuple[np.ndarray, float, int]:
    """Weights, constant and the number of steps, as `solve_rows` finds them."""
    dual, steps = solve_rows(X, np.where(y == 1, 1.0, -1.0), np.broadcast_to(costs, len(y)).astype(float), **how)
    return np.asarray(X.T @ dual.astype(X.dtype)).ravel(), float(how.get("bias", 1.0) * dual.sum()), steps


@pytest.mark.parametrize("C", [0.01, 0.11, 1.0, 30.0])
@pytest.mark.parametrize("weights", [None, {0: 0.2, 1: 3.0}])
@pytest.mark.parametrize("bias", [0.0, 1.0, 9.0])
def test_agrees_with_liblinear(C: float, weights: Any, bias: float) -> None:
    X, y = text_like()
    repeated = np.random.default_rng(1).uniform(0.1, 4, size=len(y))
    costs = C * repeated * np.array([(weights or {0: 1.0, 1: 1.0})[label] for label in y])
    coef, intercept, _ = solved(X, y, costs, bias=bias)
    constant = {"intercept_scaling": np.sqrt(bias)} if bias else {"fit_intercept": False}
    theirs = liblinear(X, y, repeated, C=C, class_weight=weights, **constant)
    np.testing.assert_allclose(coef, theirs.coef_[0], atol=2e-5)
    np.testing.assert_allclose(intercept, theirs.intercept_ if bias else 0.0, atol=2e-5)


@pytest.mark.parametrize("how", ["dense", "single precision", "no gram", "growing gram", "warm start"])
def test_gives_one_answer_whichever_way_it_is_asked(how: str) -> None:
    X, y = text_like()
    expected, _, _ = solved(X, y, 0.5)
    if how == "dense":
        coef, _, _ = solved(X.toarray(), y, 0.5)
    elif how == "single precision":
        coef, _, _ = solved(X.astype(np.float32), y, 0.5)
    elif how == "no gram":
        coef, _, _ = solved(X, y, 0.5, max_gram=0)
    elif how == "growing gram":
        gram = GrowingGram(X)
        gram.of(range(10, 50))
        coef, _, _ = solved(X, y, 0.5, gram=gram.of(range(len(y))))
    else:
        first, _ = solve_rows(X[:80], np.where(y[:80] == 1, 1.0, -1.0), np.full(80, 0.5))
        coef, _, _ = solved(X, y, 0.5, start=np.append(first, np.zeros(40)))
    np.testing.assert_allclose(coef, expected, atol=2e-5)


def test_a_warm_start_needs_fewer_steps_than_a_cold_one() -> None:
    X, y = text_like(400)
    signs, costs = np.where(y == 1, 1.0, -1.0), np.full(400, 10.0)
    dual, cold = solve_rows(X, signs, costs)
    assert solve_rows(X, signs, costs, start=dual)[1] < cold


def test_costs_are_repetitions() -> None:
    X, y = text_like(60)
    times = np.random.default_rng(2).integers(1, 4, size=60)
    repeated, _, _ = solved(X[np.repeat(np.arange(60), times)], np.repeat(y, times))
    np.testing.assert_allclose(solved(X, y, times)[0], repeated, atol=1e-5)


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=8, unique=True), min_size=1, max_size=5))
def test_the_growing_gram_has_the_digits_of_the_whole_in_any_order(asked: list[list[int]]) -> None:
    X = sp.csr_array(text_like(30, 40)[0].astype(np.float32))
    whole, gram = inner_products(X), GrowingGram(X)
    for rows in asked:
        assert np.array_equal(gram.of(rows), whole[np.ix_(rows, rows)])


@settings(max_examples=25)
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


def test_says_when_it_did_not_converge() -> None:
    X, y = text_like(400)
    with pytest.warns(ConvergenceWarning, match="max_iter"):
        solved(X, y, 100.0, max_iter=1)
