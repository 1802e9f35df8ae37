"""Agreement: against scikit-learn, published tables, the formulas of large samples, and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
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
    assert swapped.ac1_high == pytest.approx(found.ac1_high)


def said(table: list[list[int]]) -> tuple[str, str]:
    """What two reviewers said, of whom the table counts how often which pair of answers came up."""
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return "".join("abc"[i] for i, _ in pairs), "".join("abc"[j] for _, j in pairs)


@pytest.mark.parametrize(
    ("table", "kappa", "ac1", "pabak"),
    [
        # Gwet 2002, "Kappa statistic is not satisfactory for assessing the extent of agreement between raters", table 1
        ([[118, 5], [2, 0]], -0.0234, 0.9408, 0.888),
        # `cont3x3abstractors` of the R package irrCAC: kappa2.table and gwet.ac1.table; bp2.table
        ([[13, 0, 0], [0, 20, 7], [0, 4, 56]], 0.7964094, 0.8493305, 0.835),
    ],
)
def test_published_tables(table: list[list[int]], kappa: float, ac1: float, pabak: float) -> None:
    found = measure_agreement(*said(table))
    assert (found.kappa, found.ac1) == (pytest.approx(kappa, abs=6e-5), pytest.approx(ac1, abs=6e-5))
    assert found.pabak == pytest.approx(pabak, abs=6e-5)
    assert -1 <= found.pabak_low < found.pabak < found.pabak_high <= 1


def wald(table: list[list[int]]) -> tuple[float, float]:
    """The standard errors of kappa (Fleiss, Cohen & Everitt 1969) and of AC1 (Gwet 2008), by their formulas."""
    n, q = sum(map(sum, table)), len(table)
    p = [[count / n for count in row] for row in table]
    row, column = [sum(one) for one in p], [sum(one[j] for one in p) for j in range(q)]
    both = [(r + c) / 2 for r, c in zip(row, column, strict=True)]
    observed, cells = sum(p[k][k] for k in range(q)), [(k, m) for k in range(q) for m in range(q)]
    chance = sum(r * c for r, c in zip(row, column, strict=True))
    kappa = (observed - chance) / (1 - chance)
    on = sum(p[k][k] * (1 - (row[k] + column[k]) * (1 - kappa)) ** 2 for k in range(q))
    off = (1 - kappa) ** 2 * sum(p[k][m] * (column[k] + row[m]) ** 2 for k, m in cells if k != m)
    first = (on + off - (kappa - chance * (1 - kappa)) ** 2) / n / (1 - chance) ** 2
    gwet = sum(one * (1 - one) for one in both) / (q - 1)
    ac1 = (observed - gwet) / (1 - gwet)
    inner = sum(p[k][k] * (1 - both[k]) for k in range(q)) / (q - 1) - observed * gwet
    outer = sum(p[k][m] * (1 - (both[k] + both[m]) / 2) ** 2 for k, m in cells) / (q - 1) ** 2 - gwet**2
    second = observed * (1 - observed) - 4 * (1 - ac1) * inner + 4 * (1 - ac1) ** 2 * outer
    return float(np.sqrt(first)), float(np.sqrt(second / n)) / (1 - gwet)


@pytest.mark.parametrize(
    "table", [[[250, 100], [50, 600]], [[30, 20], [10, 940]], [[130, 10, 20], [5, 200, 70], [9, 40, 560]]]
)
def test_with_many_records_the_intervals_are_those_of_large_samples(table: list[list[int]]) -> None:
    found = measure_agreement(*said(table))
    error, error_ac1 = wald(table)
    assert found.kappa is not None
    assert found.kappa_low == pytest.approx(found.kappa - 1.959964 * error, abs=0.3 * error)
    assert found.kappa_high == pytest.approx(found.kappa + 1.959964 * error, abs=0.3 * error)
    assert found.ac1_low == pytest.approx(found.ac1 - 1.959964 * error_ac1, abs=0.5 * error_ac1)  # it is skewed
    assert found.ac1_high == pytest.approx(found.ac1 + 1.959964 * error_ac1, abs=0.5 * error_ac1)  # it is skewed


def test_categories_and_table() -> None:
    found = measure_agreement("y" * 35 + "n" * 65, "y" * 25 + "n" * 10 + "y" * 5 + "n" * 60)
    assert found.categories == ("n", "y")
    assert found.table == ((60, 5), (10, 25))


@pytest.mark.parametrize(
    "table", [[[0.15, 0.05], [0.06, 0.74]], [[0.02, 0.01], [0.015, 0.955]], [[0.1, 0.002], [0.002, 0.896]]]
)
@pytest.mark.parametrize("n", [30, 100])
def test_the_intervals_cover_as_often_as_they_say(table: list[list[float]], n: int) -> None:
    rng = np.random.default_rng(0)
    truth = np.array(table)
    chance, both = truth.sum(1) @ truth.sum(0), (truth.sum(1) + truth.sum(0)) / 2
    kappa = (np.trace(truth) - chance) / (1 - chance)
    ac1 = (np.trace(truth) - both @ (1 - both)) / (1 - both @ (1 - both))
    defined, covered, covered_ac1 = 0, 0, 0
    for _ in range(200):
        cells = rng.choice(4, size=n, p=truth.ravel())
        found = measure_agreement((cells // 2).tolist(), (cells % 2).tolist())
        covered_ac1 += found.ac1_low <= ac1 <= found.ac1_high
        if found.kappa is not None:
            defined += 1
            covered += found.kappa_low <= kappa <= found.kappa_high  # type: ignore[operator]
    assert covered / defined >= 0.90
    assert covered_ac1 / 200 >= 0.90


@given(st.lists(st.tuples(st.sampled_from("ie"), st.sampled_from("ie")), min_size=1, max_size=60))
@settings(max_examples=30)
def test_no_interval_is_a_point_and_each_holds_its_estimate(pairs: list[tuple[str, str]]) -> None:
    found = measure_agreement([a for a, _ in pairs], [b for _, b in pairs], categories="ie")
    assert found.ac1_low <= found.ac1 <= found.ac1_high
    assert found.ac1_high - found.ac1_low > 0.02
    if found.kappa is not None:
        assert found.kappa_high - found.kappa_low > 0.02  # type: ignore[operator]


def test_one_answer_throughout() -> None:
    """Thirty records, one reviewer with one answer: the usual standard error is 0, and says nothing."""
    found = measure_agreement("e" * 30, "e" * 29 + "i")
    assert found.kappa == pytest.approx(0, abs=1e-12)
    assert found.kappa_low is not None
    assert found.kappa_high is not None
    assert found.kappa_low < 0 < 0.5 < found.kappa_high
    assert "-0.00" not in found.sentence
    both = measure_agreement("e" * 30, "e" * 30, categories=["exclude", "include"])
    assert (both.kappa, both.kappa_low, both.kappa_high, both.ac1) == (None, None, None, 1)
    assert "kappa is not defined" in both.sentence
    assert "30 of 30 (100%, 95% interval 88% to 100%)" in both.sentence  # 0.025^(1/30) = 0.884
    assert 0.8 < both.ac1_low < 0.95
    assert (both.pabak, both.pabak_high) == (1, 1)
    assert both.pabak_low == pytest.approx((3 * 0.025 ** (1 / 30) - 1) / 2)  # no point at the edge; "e" is a third word


def test_perfect_and_no_agreement() -> None:
    perfect = measure_agreement("iiee", "iiee")
    assert (perfect.agreement, perfect.kappa, perfect.kappa_high) == (1, 1, 1)
    assert perfect.kappa_low is not None
    assert perfect.kappa_low < 0.5  # four records tell little
    assert measure_agreement("iiee", "eeii").kappa == -1


@pytest.mark.parametrize(("first", "second"), [("", ""), ("i", "ie")])
def test_what_cannot_be_compared(first: str, second: str) -> None:
    with pytest.raises(EvaluationError, match="cannot be compared"):
        measure_agreement(first, second)


def test_to_dict_is_json() -> None:
    import json

    assert json.loads(json.dumps(measure_agreement("iiee", "ieee").to_dict()))["agreed"] == 3
