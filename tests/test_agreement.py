"""Cohen's kappa: against scikit-learn, a published table, and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from tiab.errors import EvaluationError
from tiab.evaluation.agreement import measure_agreement


@given(st.lists(st.tuples(st.sampled_from("iem"), st.sampled_from("iem")), min_size=1, max_size=60))
def test_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = measure_agreement(first, second)
    if len({*first, *second}) == 1:
        assert found.kappa is None
        assert found.agreement == 1
        return
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert found.kappa_low is not None
    assert found.kappa_high is not None
    assert -1 <= found.kappa_low <= found.kappa <= found.kappa_high <= 1
    swapped = measure_agreement(second, first)
    assert swapped.kappa == pytest.approx(found.kappa)
    assert swapped.kappa_low == pytest.approx(found.kappa_low)


def test_the_interval_of_a_table_by_hand() -> None:
    """p = [[.25, .10], [.05, .60]], n = 100: kappa and its standard error computed by hand from the formula."""
    first = "y" * 35 + "n" * 65
    second = "y" * 25 + "n" * 10 + "y" * 5 + "n" * 60
    found = measure_agreement(first, second)
    expected = 0.35 * 0.30 + 0.65 * 0.70
    kappa = (0.85 - expected) / (1 - expected)
    yes = 0.25 * (1 - (0.35 + 0.30) * (1 - kappa)) ** 2
    no = 0.60 * (1 - (0.65 + 0.70) * (1 - kappa)) ** 2
    off = (1 - kappa) ** 2 * (0.10 * (0.30 + 0.65) ** 2 + 0.05 * (0.70 + 0.35) ** 2)
    error = np.sqrt((yes + no + off - (kappa - expected * (1 - kappa)) ** 2) / 100) / (1 - expected)
    assert found.kappa == pytest.approx(kappa)
    assert (found.kappa_low, found.kappa_high) == pytest.approx((kappa - 1.959964 * error, kappa + 1.959964 * error))
    assert found.categories == ("n", "y")
    assert found.table == ((60, 5), (10, 25))


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    table = np.array([[0.15, 0.05], [0.06, 0.74]])
    expected = table.sum(1) @ table.sum(0)
    truth = (np.trace(table) - expected) / (1 - expected)
    covered = 0
    for _ in range(400):
        cells = rng.choice(4, size=300, p=table.ravel())
        found = measure_agreement((cells // 2).tolist(), (cells % 2).tolist())
        covered += found.kappa_low <= truth <= found.kappa_high  # type: ignore[operator]
    assert 0.92 <= covered / 400 <= 0.98


def test_perfect_and_no_agreement() -> None:
    perfect = measure_agreement("iiee", "iiee")
    assert (perfect.agreement, perfect.kappa, perfect.kappa_low, perfect.kappa_high) == (1, 1, 1, 1)
    assert measure_agreement("iiee", "eeii").kappa == -1


@pytest.mark.parametrize(("first", "second"), [("", ""), ("i", "ie")])
def test_what_cannot_be_compared(first: str, second: str) -> None:
    with pytest.raises(EvaluationError, match="cannot be compared"):
        measure_agreement(first, second)


def test_to_dict_is_json() -> None:
    import json

    assert json.loads(json.dumps(measure_agreement("iiee", "ieee").to_dict()))["agreed"] == 3
