"""metrics against other people's programs. None of them is a dependency of tiab; `make test` installs them.

By hand: `pip install '.[oracles]'`, then `pip install --no-deps asreview-insights==1.6.1`, whose one file that computes
needs nothing but NumPy, whereas the package wants all of ASReview. docs/metrics.md has the table of where conventions
differ; the differences are tested here, too.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.metadata import distribution, version
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab import metrics

ORDERINGS = {
    "good": ([1, 2, 3, 5, 8, 12, 17, 25, 38, 60, 95, 210], 907),
    "late": ([896, 897, 898, 899, 900, 901, 902, 903, 904, 905, 906, 907], 907),
    "toy": ([1, 2, 4], 10),
    "twenty": ([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 65, 90, 150, 600], 1000),
}


def labels(ranks: list[int], n: int) -> list[int]:
    return [int(rank in ranks) for rank in range(1, n + 1)]


@pytest.fixture(scope="module")
def insights() -> ModuleType:
    """asreview-insights' algorithms, loaded from their file: importing the package wants all of ASReview."""
    pytest.importorskip("asreviewcontrib", reason="asreview-insights is an oracle, not a dependency")
    if version("asreview-insights") != "1.6.1":
        pytest.skip("the conventions were compared with asreview-insights 1.6.1")
    path = Path(str(distribution("asreview-insights").locate_file("asreviewcontrib/insights/algorithms.py")))
    spec = importlib.util.spec_from_file_location("insights_algorithms", path)
    if spec is None or spec.loader is None:
        pytest.skip("asreview-insights has no algorithms.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["insights_algorithms"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("ranks", "n"), ORDERINGS.values(), ids=ORDERINGS)
def test_insights_agrees_on_recall_and_loss(insights: ModuleType, ranks: list[int], n: int) -> None:
    assert insights._loss_value(labels(ranks, n)) == pytest.approx(metrics.loss(ranks, n), abs=1e-12)
    _, recall = insights._recall_values(labels(ranks, n))
    assert recall == pytest.approx(metrics.recall_curve(ranks, n)[1:].tolist(), abs=1e-12)


@pytest.mark.parametrize(("ranks", "n"), ORDERINGS.values(), ids=ORDERINGS)
def test_insights_floors_and_rounds_chance(insights: ModuleType, ranks: list[int], n: int) -> None:
    """Its WSS@95 takes the rank of the floor(τR)-th relevant record, and rounded steps for random order."""
    x, y = insights._wss_values(labels(ranks, n))
    theirs = y[int(np.searchsorted(x, 0.95, side="right")) - 1]
    floored = metrics.needed(len(ranks), 0.95, rounding="floor")
    steps = np.round(np.linspace(0, len(ranks), n))
    by_chance = int(np.searchsorted(steps, floored))
    k = metrics.rank_at_recall(ranks, n, rounding="floor")
    assert theirs == pytest.approx((by_chance - (k - 1)) / n, abs=1e-12)
    _, extra = insights._erf_values(labels(ranks, n))
    cutoff = metrics.records_in(0.1, n)
    rounded = steps[cutoff - 1] / len(ranks)
    assert extra[cutoff - 1] == pytest.approx(metrics.rrf(ranks, n, share=0.1) - rounded, abs=1e-12)


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.sets(st.integers(1, n), min_size=1), st.just(n))))
def test_trec_eval_agrees(case: tuple[set[int], int]) -> None:
    trec = pytest.importorskip("pytrec_eval", reason="pytrec_eval is an oracle, not a dependency")
    ranks, n = sorted(case[0]), case[1]
    judged = {"q": {f"d{rank}": int(rank in ranks) for rank in range(1, n + 1)}}
    run = {"q": {f"d{rank}": float(n - rank) for rank in range(1, n + 1)}}
    names = {"map", "ndcg", "recall_10", "P_10", "ndcg_cut_20"}
    theirs = trec.RelevanceEvaluator(judged, names).evaluate(run)["q"]
    assert theirs["map"] == pytest.approx(metrics.average_precision(ranks, n), abs=1e-9)
    assert theirs["ndcg"] == pytest.approx(metrics.ndcg(ranks, n), abs=1e-9)
    assert theirs["ndcg_cut_20"] == pytest.approx(metrics.ndcg(ranks, n, k=20), abs=1e-9)
    assert theirs["recall_10"] == pytest.approx(metrics.recall_at(ranks, n, k=10), abs=1e-9)
    # Where the pool is smaller than the cutoff trec_eval still divides by the cutoff.
    ours = metrics.precision_at(ranks, n, k=10) * min(10, n) / 10
    assert theirs["P_10"] == pytest.approx(ours, abs=1e-9)
