"""metrics: golden values, other people's implementations, and what must hold for any ordering."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from tiab import metrics
from tiab.errors import EvaluationError

SMALL = json.loads((Path(__file__).parent / "golden" / "metrics_small.json").read_text(encoding="utf-8"))
NAMES: dict[str, Callable[[list[float], int], float]] = {
    "recall_at_10": lambda r, n: metrics.recall_at(r, n, k=10),
    "precision_at_10": lambda r, n: metrics.precision_at(r, n, k=10),
    "rrf_10": lambda r, n: metrics.rrf(r, n, share=0.1),
    "rrf_20": lambda r, n: metrics.rrf(r, n, share=0.2),
    "erf_10": lambda r, n: metrics.erf(r, n, share=0.1),
    "last_relevant_rank": metrics.last_relevant_rank,
    "records_saved_95": metrics.records_saved,
    "wss_95": metrics.wss,
    "wss_95_actual": lambda r, n: metrics.wss(r, n, actual=True),
    "wss_100": lambda r, n: metrics.wss(r, n, target=1),
    "wss_85": lambda r, n: metrics.wss(r, n, target=0.85),
    "tnr_95": metrics.tnr,
    "nnr_95": metrics.nnr,
    "atd": metrics.atd,
    "loss": metrics.loss,
    "auc": metrics.auc,
    "average_precision": metrics.average_precision,
}
ALL = [*NAMES.values(), metrics.ndcg]


@st.composite
def orderings(draw: st.DrawFn) -> tuple[list[float], int]:
    """(ranks, N) with 1 ≤ R < N ≤ 60."""
    n = draw(st.integers(2, 60))
    chosen = draw(st.sets(st.integers(1, n), min_size=1, max_size=n - 1))
    return [float(rank) for rank in sorted(chosen)], n


@pytest.mark.parametrize("case", SMALL.values(), ids=SMALL)
def test_hand_computed_values(case: dict[str, Any]) -> None:
    for name, function in NAMES.items():
        assert function(case["ranks"], case["n_records"]) == pytest.approx(float(Fraction(case[name])), abs=1e-12), name
    above, below = (sum(1 / math.log2(1 + rank) for rank in ranks) for ranks in case["ndcg_discounts"])
    assert metrics.ndcg(case["ranks"], case["n_records"]) == pytest.approx(above / below, abs=1e-12)


# The names of the golden file and the calls that give them; what is left over is looked at by name below.
GOLDEN: dict[str, Callable[[list[float], int], float]] = {
    "N": lambda r, n: n,
    "R": lambda r, n: len(r),
    "last_rel_rank": metrics.last_relevant_rank,
    "ATD_mean_rank": metrics.atd,
    "ATD_frac": lambda r, n: metrics.atd(r, n, as_share=True),
    "RRF@10": lambda r, n: metrics.rrf(r, n, share=0.1),
    "RRF@20": lambda r, n: metrics.rrf(r, n, share=0.2),
    "RRF@10_k": lambda r, n: metrics.records_in(0.1, n),
    "ERF@10_exact": lambda r, n: metrics.erf(r, n, share=0.1),
    "AP": metrics.average_precision,
    "AUC": metrics.auc,
    "loss": metrics.loss,
    "nDCG": metrics.ndcg,
    "nDCG@20": lambda r, n: metrics.ndcg(r, n, k=20),
    "k@95_round": lambda r, n: metrics.rank_at_recall(r, n, rounding="round"),
    "m@95_round": lambda r, n: metrics.needed(len(r), 0.95, rounding="round"),
    "WSS@95_CLEFround": lambda r, n: metrics.wss(r, n, rounding="round"),
    "k@95_floor": lambda r, n: metrics.rank_at_recall(r, n, rounding="floor"),
}
for percent in (85, 90, 95, 100):
    target = Fraction(percent, 100)
    GOLDEN |= {
        f"k@{percent}": lambda r, n, t=target: metrics.rank_at_recall(r, n, target=t),
        f"m@{percent}": lambda r, n, t=target: metrics.needed(len(r), t),
        f"WSS@{percent}_nominal": lambda r, n, t=target: metrics.wss(r, n, target=t),
        f"WSS@{percent}_actual": lambda r, n, t=target: metrics.wss(r, n, target=t, actual=True),
        f"TNR@{percent}": lambda r, n, t=target: metrics.tnr(r, n, target=t),
        f"NNR@R{percent}": lambda r, n, t=target: metrics.nnr(r, n, target=t),
        f"prec@R{percent}": lambda r, n, t=target: 1 / metrics.nnr(r, n, target=t),
        f"saved_abs@{percent}": lambda r, n, t=target: metrics.records_saved(r, n, target=t),
        f"saved_pct@{percent}": lambda r, n, t=target: metrics.records_saved(r, n, target=t) / n,
    }
for cutoff in (10, 20, 50, 100):
    GOLDEN |= {
        f"recall@{cutoff}": lambda r, n, k=cutoff: metrics.recall_at(r, n, k=k),
        f"prec@{cutoff}": lambda r, n, k=cutoff: metrics.precision_at(r, n, k=k),
    }


@pytest.mark.shared
def test_golden_values(shared: Path) -> None:
    golden = json.loads((shared / "golden" / "metrics.json").read_text(encoding="utf-8"))
    checked = 0
    for ordering, values in golden.items():
        ranks, n = values.pop("ranks"), values["N"]
        assert set(values) <= set(GOLDEN), ordering
        for name, value in values.items():
            assert GOLDEN[name](ranks, n) == pytest.approx(value, abs=1e-9), (ordering, name)
            checked += 1
    assert len(golden) == 7
    assert checked > 350


@given(orderings())
def test_agrees_with_scikit_learn(ordering: tuple[list[float], int]) -> None:
    ranks, n = ordering
    truth = np.isin(np.arange(1, n + 1), ranks)
    scores = np.arange(n, 0, -1, dtype=float)
    assert metrics.auc(ranks, n) == pytest.approx(sk.roc_auc_score(truth, scores), abs=1e-12)
    assert metrics.average_precision(ranks, n) == pytest.approx(sk.average_precision_score(truth, scores), abs=1e-12)
    assert metrics.ndcg(ranks, n) == pytest.approx(sk.ndcg_score([truth.astype(float)], [scores]), abs=1e-12)
    assert metrics.ndcg(ranks, n, k=5) == pytest.approx(sk.ndcg_score([truth.astype(float)], [scores], k=5), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=40))
def test_ties_get_the_expectation_over_random_tie_breaking(records: list[tuple[int, bool]]) -> None:
    scores, truth = np.array([s for s, _ in records], dtype=float), np.array([t for _, t in records])
    ranks = metrics.expected_ranks(scores, truth)
    assert len(ranks) == truth.sum()
    if 0 < truth.sum() < truth.size:
        assert metrics.auc(ranks, truth.size) == pytest.approx(sk.roc_auc_score(truth, scores), abs=1e-12)


def test_expected_rank_of_the_last_in_a_tie_is_the_mean_over_all_orders() -> None:
    generator = np.random.default_rng(7)
    truth = np.array([True, True, False, False, False, False])
    lasts = [np.flatnonzero(generator.permutation(truth)).max() + 1 for _ in range(20_000)]
    assert metrics.expected_ranks(np.zeros(6), truth)[-1] == pytest.approx(14 / 3)
    assert np.mean(lasts) == pytest.approx(14 / 3, abs=0.05)


@given(orderings())
def test_bounds(ordering: tuple[list[float], int]) -> None:
    ranks, n = ordering
    for name, function in NAMES.items():
        if name not in {"last_relevant_rank", "records_saved_95", "nnr_95", "atd"}:
            assert -1e-12 - (name[:3] in {"wss", "erf"}) <= function(ranks, n) <= 1 + 1e-12, name
    assert 1 <= metrics.atd(ranks, n) <= metrics.last_relevant_rank(ranks, n) <= n
    assert 1 <= metrics.nnr(ranks, n) <= n
    curve = metrics.recall_curve(ranks, n)
    assert curve.shape == (n + 1,)
    assert curve[0] == 0
    assert curve[-1] == 1
    assert (np.diff(curve) >= 0).all()


@given(orderings(), st.sampled_from(["0.5", "0.8", "0.95", "1"]))
def test_tnr_is_wss_scaled(ordering: tuple[list[float], int], target: str) -> None:
    """(N − k)/N = (TNR (N − R) + (R − m))/N, so WSS is linear in TNR with coefficients that the ranks do not touch."""
    ranks, n = ordering
    m, r = metrics.needed(len(ranks), target), len(ranks)
    unread = (metrics.tnr(ranks, n, target=target) * (n - r) + r - m) / n
    assert metrics.wss(ranks, n, target=target) == pytest.approx(unread - (1 - float(target)), abs=1e-12)


@given(orderings(), st.data())
def test_moving_a_relevant_record_up_never_makes_it_worse(
    ordering: tuple[list[float], int], data: st.DataObject
) -> None:
    ranks, n = ordering
    free = [float(rank) for rank in range(1, n + 1) if rank not in ranks]
    which = data.draw(st.sampled_from(ranks))
    better = [rank for rank in free if rank < which]
    if not better:
        return
    moved = [data.draw(st.sampled_from(better)) if rank == which else rank for rank in ranks]
    for function in (metrics.auc, metrics.average_precision, metrics.ndcg, metrics.wss, metrics.tnr, metrics.rrf):
        assert function(moved, n) >= function(ranks, n) - 1e-12
    for function in (metrics.atd, metrics.loss, metrics.nnr, metrics.last_relevant_rank):
        assert function(moved, n) <= function(ranks, n) + 1e-12


@given(orderings(), st.randoms(use_true_random=False))
def test_only_the_places_of_relevant_records_count(ordering: tuple[list[float], int], random: Any) -> None:
    ranks, n = ordering
    names = [f"{'r' if rank in ranks else 'x'}{rank}" for rank in range(1, n + 1)]
    others = [name for name in names if name[0] == "x"]
    random.shuffle(others)
    shuffled = [name if name[0] == "r" else others.pop() for name in names]
    relevant = {name for name in names if name[0] == "r"}
    assert metrics.ranks_of(shuffled, relevant) == metrics.ranks_of(names, relevant) == ranks
    assert metrics.auc(random.sample(ranks, len(ranks)), n) == metrics.auc(ranks, n)


@given(st.integers(1, 5000), st.integers(1, 100))
def test_needed_is_the_exact_ceiling(n_relevant: int, percent: int) -> None:
    assert metrics.needed(n_relevant, percent / 100) == -(-percent * n_relevant // 100)


def test_needed_does_not_stumble_over_binary_floats() -> None:
    assert math.ceil(0.07 * 100) == 8  # what the naive form gives
    assert metrics.needed(100, 0.07) == 7
    assert metrics.needed(20, np.float64(0.95)) == 19


def test_no_relevant_record() -> None:
    for name, function in NAMES.items():
        value = function([], 10)
        assert value == 0 if name == "precision_at_10" else math.isnan(value), name
    assert math.isnan(metrics.ndcg([], 10))
    assert np.isnan(metrics.recall_curve([], 3)).all()


def test_a_cutoff_beyond_the_pool_reads_the_pool() -> None:
    assert metrics.precision_at([1, 2, 4], 5, k=100) == 0.6
    assert metrics.recall_at([1, 2, 4], 5, k=100) == 1
    assert math.isnan(metrics.precision_at([1], 5, k=0))


def test_every_record_relevant() -> None:
    ranks = [1.0, 2.0, 3.0]
    assert [metrics.wss(ranks, 3, target=1), metrics.recall_at(ranks, 3, k=2)] == pytest.approx([0, 2 / 3])
    assert [metrics.average_precision(ranks, 3), metrics.ndcg(ranks, 3)] == [1, 1]
    assert all(math.isnan(function(ranks, 3)) for function in (metrics.auc, metrics.loss, metrics.tnr))


def test_a_relevant_record_at_no_rank_is_missed() -> None:
    ranks = [1.0, 2.0, math.inf]
    assert metrics.recall_at(ranks, 10, k=10) == pytest.approx(2 / 3)
    assert metrics.average_precision(ranks, 10) == pytest.approx(2 / 3)
    assert metrics.wss(ranks, 10, target=0.6) == pytest.approx(0.8 - 0.4)
    assert metrics.tnr(ranks, 10, target=0.6) == 1
    for value in (metrics.wss(ranks, 10), metrics.last_relevant_rank(ranks, 10), metrics.atd(ranks, 10)):
        assert math.isnan(value)
    assert math.isnan(metrics.auc(ranks, 10))
    assert metrics.recall_curve(ranks, 10)[-1] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("ranks", "n", "words"),
    [
        ([1], 0, "pool of 0"),
        ([0], 5, "from 0"),
        ([6], 5, "to 6"),
        ([2, 2], 5, "share a rank"),
        ([math.nan], 5, "not a number"),
    ],
)
def test_ranks_that_make_no_sense_are_refused(ranks: list[float], n: int, words: str) -> None:
    for function in ALL:
        with pytest.raises(EvaluationError, match=words):
            function(ranks, n)


@pytest.mark.parametrize("target", [0, 1.2, 95, "many"])
def test_targets_that_make_no_sense_are_refused(target: Any) -> None:
    with pytest.raises(EvaluationError, match="recall"):
        metrics.wss([1], 5, target=target)


def test_scores_that_do_not_fit_are_refused() -> None:
    with pytest.raises(EvaluationError, match="2 scores and 1"):
        metrics.expected_ranks([1, 2], [True])
    with pytest.raises(EvaluationError, match="NaN"):
        metrics.expected_ranks([1, math.nan], [True, False])
    with pytest.raises(EvaluationError, match="cutoff"):
        metrics.recall_at([1], 5, k=-1)
    with pytest.raises(EvaluationError, match="cutoff"):
        metrics.ndcg([1], 5, k=0)


def test_clopper_pearson() -> None:
    assert metrics.clopper_pearson(0, 0) == (0, 1)
    assert metrics.clopper_pearson(0, 10)[1] == pytest.approx(1 - 0.025**0.1)
    assert metrics.clopper_pearson(10, 10)[0] == pytest.approx(0.025**0.1)
    low, high = metrics.clopper_pearson(11, 12)
    tail = sum(math.comb(12, i) * low**i * (1 - low) ** (12 - i) for i in (11, 12))
    assert tail == pytest.approx(0.025)
    assert 11 / 12 < high < 1
    for bad in ((3, 2, 0.95), (-1, 2, 0.95), (1, 2, 95)):
        with pytest.raises(EvaluationError):
            metrics.clopper_pearson(bad[0], bad[1], confidence=bad[2])
