from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from comparison import compare_differences, compare_ratios
from tiab.errors import EvaluationError

POSITIVE = st.floats(0.01, 100)


@settings(max_examples=30)
@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=20))
def test_the_other_way_round_is_the_inverse(pairs: list[tuple[float, float]]) -> None:
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    one, other = compare_ratios(ours, theirs, draws=200), compare_ratios(theirs, ours, draws=200)
    assert one.estimate * other.estimate == pytest.approx(1)
    assert one.low <= one.estimate * (1 + 1e-9)
    assert one.high >= one.estimate * (1 - 1e-9)
    assert one.n_below + other.n_below <= one.n_reviews == len(pairs)


def test_a_review_counts_once_however_large_its_numbers() -> None:
    assert compare_ratios([1, 1000, 8], [2, 1000, 4]).estimate == pytest.approx(1)


def test_the_interval_narrows_with_the_number_of_reviews_and_covers() -> None:
    rng = np.random.default_rng(0)
    covered, widths = 0, []
    for seed in range(200):
        result = compare_differences(rng.normal(0.3, 1, 30), np.zeros(30), draws=500, seed=seed)
        covered += result.low <= 0.3 <= result.high
        widths.append(result.high - result.low)
    assert 0.88 <= covered / 200 <= 0.98
    many = compare_differences(rng.normal(0.3, 1, 300), np.zeros(300), draws=500)
    assert many.high - many.low < np.mean(widths) / 2


def test_the_p_value_is_that_of_the_signed_rank_test() -> None:
    a, b = np.array([0.2, 0.1, 0.4, 0.3, 0.25, 0.15]), np.array([0.3, 0.2, 0.41, 0.5, 0.26, 0.14])
    assert compare_ratios(a, b).p_value == pytest.approx(wilcoxon(np.log(a / b)).pvalue)
    assert compare_differences([1.0], [1.0]).p_value == 1.0


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(EvaluationError, match="above 0"):
        compare_ratios([0.0], [1.0])
    with pytest.raises(EvaluationError, match="one for each review"):
        compare_differences([1.0], [1.0, 2.0])
    with pytest.raises(EvaluationError, match="one for each review"):
        compare_ratios([], [])
