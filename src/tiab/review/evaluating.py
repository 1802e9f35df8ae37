"""What the order of a review was worth against records that are known to be relevant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tiab.errors import EvaluationError
from tiab.evaluation.evaluate import Evaluation
from tiab.evaluation.gold_studies import GoldReport, evaluate_order, evaluate_reading, judge_gold
from tiab.evaluation.history import ScreeningHistory
from tiab.ranking.rank import Ranking
from tiab.review.history import read_history
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.review.summary import rank_review

__all__ = ["evaluate_by_criteria", "evaluate_review", "judge_review", "main_ids_of"]


def evaluate_review(
    review: Review,
    gold: Sequence[str],
    *,
    order: Literal["screening", "ranking"] = "screening",
    missing: Literal["error", "count"] = "error",
) -> Evaluation:
    """What the order of a review was worth against a gold standard; records known beforehand are left out.

    Args:
        order: "screening": the records screened in the order in which they were, then the others as they rank now;
            those whose decision came from a file, so that their place is not known, are left out.
            "ranking": all as they rank now, by a model that has learned from the decisions, also those on gold records:
            it flatters.

    Raises:
        EvaluationError: a gold record is not in the review, there is nothing to read, or no gold record's place in
            the order of reading is known.
        LabelError: there is nothing to rank by (order "ranking").
    """
    snapshot = review.snapshot
    history, relevant = read_history(snapshot), main_ids_of(snapshot, gold)
    if order == "screening":
        evaluation = evaluate_reading(history, rank_review(review), relevant, missing=missing)
    else:
        evaluation = evaluate_order(history, review.rank(log=False).order, relevant, missing=missing)
    if evaluation is None and order == "screening" and history.unordered:
        raise EvaluationError(
            "has no order of reading that could be evaluated: the decisions on the relevant records were imported",
            path=review.folder,
            hint="--order ranking evaluates how the records rank now.",
        )
    if evaluation is None:
        hint = "Add records to it, or other records than those known beforehand."
        raise EvaluationError("there is nothing to evaluate", path=review.folder, hint=hint)
    return evaluation


def evaluate_by_criteria(
    review: Review, gold: Sequence[str], *, order: Literal["screening", "ranking"] = "screening"
) -> Evaluation | None:
    """The records of `evaluate_review` as the criteria alone would have ordered them; None without criteria.

    What was learned is worth what its figures are better than these.
    """
    ranked = review.order_by_criteria()
    snapshot = review.snapshot
    history = read_history(snapshot)
    unknown = set(history.screened[: history.unordered]) if order == "screening" else set()
    wanted = [record_id for record_id in main_ids_of(snapshot, gold) if record_id not in unknown]
    rest = [record_id for record_id in ranked if record_id not in unknown]
    return evaluate_order(history, rest, wanted) if ranked else None


def judge_review(
    snapshot: Snapshot, history: ScreeningHistory, ranking: Ranking | None, gold: Sequence[str]
) -> GoldReport:
    """How the gold records fared in the review of `snapshot`."""
    relevant, held = main_ids_of(snapshot, gold), set(snapshot.main_ids)
    records = {record_id: snapshot.merged_record(record_id) for record_id in relevant if record_id in held}
    return judge_gold(history, ranking, relevant, records)


def main_ids_of(snapshot: Snapshot, record_ids: Sequence[str]) -> tuple[str, ...]:
    """The ids, each once, a duplicate under the id of the record that it is screened under."""
    return tuple(dict.fromkeys(snapshot.groups.main_id(record_id) for record_id in record_ids))
