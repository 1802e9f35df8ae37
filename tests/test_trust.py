"""How much the criteria count beside the machine: what leaving a record out gives, and what the labels make of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from tiab.ranking.linear import UNLABELLED, LinearRanker
from tiab.ranking.pool_scorer import PoolScorer
from tiab.ranking.scoring import score_rows
from tiab.ranking.solver import solve_rows
from tiab.ranking.trust import MOST_INCLUDED, MOST_LABELS, leave_out

COLUMNS = 400


def made_up(*, criteria_are_right: bool, seed: int = 5) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """A pool of 300 records, whether each is relevant (12 are), and the prior's weights.

    The last column is what the criteria say, the first ten are words, the others noise. Either the criteria tell the
    relevant from the others and no word does, or the other way round.
    """
    rng = np.random.default_rng(seed)
    relevant = np.arange(300) < 12
    X = rng.random((300, COLUMNS)) * (rng.random((300, COLUMNS)) < 0.05)
    met, said = (relevant, rng.random(300) < 0.04) if criteria_are_right else (rng.random(300) < 0.04, relevant)
    X[:, -1] = met + 0.2 * rng.random(300)
    X[:, :10] = said[:, None] * 1.0
    prior = np.zeros(COLUMNS)
    prior[-1] = 1.0
    return csr_array(X), relevant, prior


def ranker(prior: np.ndarray, **settings: float) -> LinearRanker:
    scale = np.ones(COLUMNS)
    scale[-1] = 0.1
    return LinearRanker(prior_coef=prior, column_scale=scale, **settings)  # type: ignore[arg-type]


def labelled(relevant: np.ndarray, included: int, excluded: int) -> np.ndarray:
    y = np.full(len(relevant), UNLABELLED)
    y[np.flatnonzero(relevant)[:included]] = 1
    y[np.flatnonzero(~relevant)[:excluded]] = 0
    return y


def says(X: csr_array, y: np.ndarray, prior: np.ndarray, **settings: float) -> float:
    """How much the prior counts: its part of the weight of the criteria's column is all but the machine's."""
    with_prior = ranker(prior, **settings).fit(X, y).coef
    without = ranker(prior, prior_strength=0.0, **settings).fit(X, y).coef
    return float((with_prior - without)[-1] * score_rows(X, prior, 0.0).std())


def places(X: csr_array, y: np.ndarray, relevant: np.ndarray, prior: np.ndarray, **settings: float) -> float:
    """The mean place of the relevant records that are left, the best being 0."""
    scores = PoolScorer(ranker(prior, **settings), X).scores(y)
    left = y == UNLABELLED
    order = np.argsort(np.argsort(-scores[left]))
    return float(order[relevant[left]].mean())


def test_where_the_criteria_are_everything_they_keep_the_say() -> None:
    X, relevant, prior = made_up(criteria_are_right=True)
    y = labelled(relevant, 6, 20)
    assert says(X, y, prior) > 5 * says(X, y, prior, prior_most=0.0)
    assert places(X, y, relevant, prior) <= places(X, y, relevant, prior, prior_most=0.0)
    assert places(X, y, relevant, prior) < 4


def test_where_the_criteria_mislead_they_do_not_get_it() -> None:
    X, relevant, prior = made_up(criteria_are_right=False)
    y = labelled(relevant, 6, 20)
    assert says(X, y, prior) == pytest.approx(says(X, y, prior, prior_most=0.0), rel=0.01)
    assert places(X, y, relevant, prior) < 4


@pytest.mark.parametrize(("included", "excluded"), [(0, 1), (0, 5), (1, 0), (1, 1)])
def test_the_first_labels_do_not_take_the_say_from_the_criteria(included: int, excluded: int) -> None:
    X, relevant, prior = made_up(criteria_are_right=True)
    example = np.zeros(COLUMNS)
    example[20:40] = 0.3
    y = labelled(relevant, included, excluded)
    weight = LinearRanker(prior_coef=prior, example=example).fit(X, y).coef[-1]
    usual = LinearRanker(prior_coef=prior, example=example, prior_most=0.0).fit(X, y).coef[-1]
    assert weight > 2 * usual


def test_with_many_included_or_many_labels_they_are_not_asked() -> None:
    X, relevant, prior = made_up(criteria_are_right=True)
    relevant = relevant | (np.arange(300) < MOST_INCLUDED)
    for y in (labelled(relevant, MOST_INCLUDED, 20), labelled(relevant, 6, MOST_LABELS - 6)):
        assert says(X, y, prior) == pytest.approx(says(X, y, prior, prior_most=0.0))


def test_the_say_falls_without_a_step() -> None:
    X, relevant, prior = made_up(criteria_are_right=True)
    said = [says(X, labelled(relevant, 6, excluded), prior) for excluded in range(90, 198, 4)]
    assert max(np.abs(np.diff(np.log(said)))) < 0.3


def test_the_same_labels_give_the_same_say_however_large_the_pool() -> None:
    X, relevant, prior = made_up(criteria_are_right=True)
    y = labelled(relevant, 6, 20)
    larger, more = csr_array(np.tile(X.toarray(), (4, 1))), np.concatenate([y, np.full(900, UNLABELLED)])
    assert says(larger, more, prior) == says(larger, more, prior)
    assert says(larger, more, prior) > 5 * says(larger, more, prior, prior_most=0.0)


def test_leaving_out_gives_what_fitting_without_them_gives() -> None:
    rng = np.random.default_rng(2)
    X, unread = rng.normal(size=(18, 40)), rng.normal(size=(5, 40))
    signs, costs = np.where(np.arange(18) < 4, 1.0, -1.0), np.full(18, 0.01)

    def fitted(rows: np.ndarray) -> np.ndarray:
        dual = np.zeros(18)
        dual[rows], _ = solve_rows(X[rows], signs[rows], costs[rows], tol=1e-12)
        return dual

    inner, outer = X @ X.T + 1.0, unread @ X.T + 1.0
    all_rows = np.arange(18)
    left = leave_out(inner, outer, signs=signs, costs=costs, dual=fitted(all_rows), included=np.arange(4))
    for one in range(4):
        without = fitted(np.delete(all_rows, one))
        np.testing.assert_allclose(left.unread[one], inner[one] @ without - outer @ without, atol=1e-6)
        for other in range(4, 18):
            neither = fitted(np.delete(all_rows, [one, other]))
            assert left.read[one, other - 4] == pytest.approx(inner[one] @ neither - inner[other] @ neither, abs=1e-6)
