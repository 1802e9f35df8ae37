"""evaluation: one ordering and its relevant set, missing records, prior knowledge, and plain JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tiab.errors import EvaluationError
from tiab.evaluation.evaluate import Evaluation, evaluate

POOL = [f"r{number}" for number in range(1, 21)]
RELEVANT = {"r1", "r2", "r4", "r7", "r15"}


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@pytest.fixture(scope="module")
def result() -> Evaluation:
    return evaluate(POOL, RELEVANT)


def test_the_numbers_of_a_small_ordering(result: Evaluation) -> None:
    assert (result.n_records, result.n_relevant, result.missing) == (20, 5, ())
    assert result.relevant_ranks == (("r15", 15), ("r7", 7), ("r4", 4), ("r2", 2), ("r1", 1))
    assert result.last_relevant_rank == 15
    assert (result.recall_at_10, result.recall_at_20, result.recall_at_50) == (0.8, 1, 1)
    assert (result.recall_at_5_percent, result.recall_at_10_percent, result.recall_at_20_percent) == (0.2, 0.4, 0.6)
    assert result.wss_95 == pytest.approx(0.2)
    assert result.wss_100 == 0.25
    assert result.auc == pytest.approx(1 - result.loss)
    assert result.recall_intervals["10"] == pytest.approx((0.283582, 0.994949), abs=1e-6)
    assert result.with_prior is None


def test_workload_in_hours(result: Evaluation) -> None:
    rows = {(row.target_recall, row.screeners, row.seconds_per_record): row for row in result.workload}
    assert len(rows) == 12
    row = rows[(1.0, 2, 36.0)]
    assert (row.records_read, row.records_saved) == (15, 5)
    assert row.hours_saved == pytest.approx(5 * 2 * 36 / 3600)
    assert row.hours_all == pytest.approx(20 * 2 * 36 / 3600)


def test_the_dict_is_plain_json() -> None:
    counted = evaluate(POOL, {*RELEVANT, "elsewhere"}, missing="count", prior=["r1"])
    plain = counted.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["wss_100"] is None
    assert plain["last_relevant_rank"] is None
    assert plain["relevant_ranks"][0] == ["elsewhere", None]
    assert plain["with_prior"]["recall_at_10"] == pytest.approx(4 / 6)
    assert {type(leaf) for leaf in leaves(plain)} <= {int, float, str, type(None)}
    for name in ("recall_at_10", "recall_at_5_percent", "wss_95", "wss_100", "loss", "last_relevant_rank"):
        assert name in plain


def test_a_missing_relevant_record_is_an_error_that_lists_it() -> None:
    with pytest.raises(EvaluationError, match=r"2 of 7 relevant records are not in the order: x1, x2"):
        evaluate(POOL, {*RELEVANT, "x2", "x1"})


def test_a_missing_relevant_record_counted_as_missed() -> None:
    counted = evaluate(POOL, [*RELEVANT, "x"], missing="count")
    assert (counted.n_relevant, counted.missing) == (6, ("x",))
    assert counted.recall_at_100 == pytest.approx(5 / 6)
    assert counted.records_saved_95 is None
    assert counted.workload[0].records_read is None
    assert any("never found: 1 of 6: x" in line for line in counted.summary())


def test_priors_are_counted_out_and_in() -> None:
    known = evaluate(POOL, RELEVANT, prior=["r15", "r3"])
    assert (known.n_records, known.n_relevant, known.n_prior, known.n_prior_relevant) == (18, 4, 2, 1)
    assert known.relevant_ranks[0] == ("r7", 6)
    assert known.with_prior is not None
    assert (known.with_prior.n_records, known.with_prior.n_relevant) == (20, 5)
    assert known.with_prior.relevant_ranks == (("r7", 8), ("r4", 5), ("r2", 4), ("r1", 3), ("r15", 1))
    outside = evaluate([i for i in POOL if i not in {"r15", "r3"}], RELEVANT, prior=["r15", "r3"])
    assert outside == known


def test_ids_need_not_be_text() -> None:
    assert evaluate(range(5), {"2", 3}).relevant_ranks == (("3", 4), ("2", 3))


def test_no_relevant_record_at_all() -> None:
    nothing = evaluate(POOL, [])
    assert nothing.to_dict()["recall_at_10"] is None
    assert nothing.recall_intervals["10"] == (0, 1)
    assert nothing.summary() == ["20 records, none of them relevant: an ordering cannot be judged by that."]


def test_every_record_relevant() -> None:
    plain = evaluate(POOL, POOL).to_dict()
    assert plain["auc"] is None
    assert (plain["wss_100"], plain["average_precision"]) == (0, 1)


def test_orders_that_make_no_sense_are_refused() -> None:
    with pytest.raises(EvaluationError, match="more than once: r1, r2"):
        evaluate([*POOL, "r1", "r2"], RELEVANT)
    with pytest.raises(EvaluationError, match="holds no record"):
        evaluate([], [])
    with pytest.raises(EvaluationError, match="one text"):
        evaluate("r1", RELEVANT)
    with pytest.raises(EvaluationError, match="is prior knowledge"):
        evaluate(["r1"], ["r1"], prior=["r1"])


def test_a_long_list_of_missing_records_is_cut_and_counted() -> None:
    with pytest.raises(EvaluationError, match="and 5 more"):
        evaluate(POOL, [f"x{number:02d}" for number in range(25)])


def test_summary_is_for_people(result: Evaluation) -> None:
    lines = result.summary()
    assert lines[0] == "20 records, 5 of them relevant."
    assert any("known only in hindsight" in line for line in lines)


@pytest.mark.shared
def test_golden_orderings(shared: Path) -> None:
    golden = json.loads((shared / "golden" / "metrics.json").read_text(encoding="utf-8"))
    names = {
        "last_rel_rank": "last_relevant_rank", "ATD_mean_rank": "atd", "recall@10": "recall_at_10",
        "recall@20": "recall_at_20", "recall@50": "recall_at_50", "recall@100": "recall_at_100",
        "RRF@10": "rrf_10", "RRF@20": "recall_at_20_percent", "ERF@10_exact": "erf_10",
        "WSS@95_nominal": "wss_95", "WSS@100_nominal": "wss_100", "TNR@95": "tnr_95", "NNR@R95": "nnr_95",
        "AP": "average_precision", "AUC": "auc", "loss": "loss", "nDCG": "ndcg",
        "saved_abs@95": "records_saved_95", "saved_abs@100": "records_saved_100",
    }  # fmt: skip
    for values in golden.values():
        plain = evaluate(range(1, values["N"] + 1), values["ranks"]).to_dict()
        for name, key in names.items():
            if name in values:
                assert plain[key] == pytest.approx(values[name], abs=1e-9), name
