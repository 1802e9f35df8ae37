"""build_report: a review as it stands ► ReportData."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

import numpy as np
from numpy.typing import NDArray

import tiab
from tiab.errors import EvaluationError, LabelError
from tiab.evaluation.evaluate import Evaluation
from tiab.ranking.rank import Ranking
from tiab.report.counting import (
    count_flow,
    count_overrides,
    count_workload,
    list_without_abstract,
    search_rows,
    source_rows,
)
from tiab.report.course import Course, read_course
from tiab.report.data import GoldReport, ReportData
from tiab.report.goldstudies import evaluate_order, evaluate_reading, gold_found, judge_gold, main_ids_of_gold
from tiab.report.missing import measure_frontier, stopping_points
from tiab.report.rows import AgreementRow, Made, ReviewerRow
from tiab.report.texts import make_texts
from tiab.review import Review, Snapshot, Status
from tiab.review.learner import Learned
from tiab.store import Event, LogEnd

__all__ = ["build_report", "evaluate_review", "ranking_of"]

_SOFTWARE = ("numpy", "scipy", "scikit-learn", "spacy")


def build_report(
    review: Review,
    gold: Sequence[str] | None = None,
    *,
    target: float = 0.95,
    alpha: float = 0.05,
    now: datetime | None = None,
    software: Sequence[tuple[str, str]] | None = None,
) -> ReportData:
    """What there is to report of a review as it stands; nothing is written to it.

    Args:
        gold: ids of the records that are known to be relevant, also such as the review does not hold.
        target: the recall that is to be assured.
        alpha: the error at which it is tested.
        now: the date of the report; by default the present.
        software: (name, version) of what computes; by default what is installed.

    Raises:
        CriteriaError: there is a mistake in the criteria file.
        ReviewError: the review cannot be read.
        EvaluationError: the target or the error makes no sense.
    """
    ranking = ranking_of(review)
    snapshot, events, status = review.snapshot, review.events(), review.status()
    course, sources = read_course(snapshot), source_rows(status.sources)
    counts = count_flow(snapshot, course, sources)
    frontier = measure_frontier(course, target=target, alpha=alpha)
    judged, found = _judge(snapshot, course, ranking, gold)
    stopping = stopping_points(course, found, target=target, alpha=alpha, n_gold=judged.n if judged else 0)
    made = _made(snapshot, events, ranking, now or datetime.now(UTC), software or _software())
    overrides = count_overrides(events, course, _lacking(ranking, course))
    return ReportData(
        title=snapshot.criteria.title if snapshot.criteria else review.folder.resolve().name,
        question=snapshot.criteria.question if snapshot.criteria else "",
        made=made,
        sources=sources,
        searches=search_rows(snapshot.criteria, events),
        counts=counts,
        reviewers=_reviewers(status),
        workload=count_workload(counts),
        frontier=frontier,
        stopping=stopping,
        gold=judged,
        agreement=_agreement(review),
        overrides=overrides,
        no_abstract=list_without_abstract(snapshot, course),
        texts=make_texts(made, counts, frontier, stopping, judged, overrides, len(status.reviewers)),
    )


def ranking_of(review: Review) -> Ranking | None:
    """The review as it ranks now, by all that the reviewers decided together; None where there is nothing to rank."""
    if not review.snapshot.main_places:
        return None
    try:
        return review.rank(log=False)
    except LabelError:
        return None


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
    course, heads = read_course(snapshot), main_ids_of_gold(snapshot, gold)
    if order == "screening":
        evaluation = evaluate_reading(course, ranking_of(review), heads, missing=missing)
    else:
        evaluation = evaluate_order(course, review.rank(log=False).order, heads, missing=missing)
    if evaluation is None and order == "screening" and course.unordered:
        raise EvaluationError(
            "has no order of reading that could be evaluated: the decisions on the relevant records were imported",
            path=review.folder,
            hint="--order ranking evaluates how the records rank now.",
        )
    if evaluation is None:
        hint = "Add records to it, or other records than those known beforehand."
        raise EvaluationError("there is nothing to evaluate", path=review.folder, hint=hint)
    return evaluation


def _judge(
    snapshot: Snapshot, course: Course, ranking: Ranking | None, gold: Sequence[str] | None
) -> tuple[GoldReport | None, NDArray[np.int64] | None]:
    """How the gold records fared, and how many of them went on after each screened record; None without any."""
    if gold is None:
        return None, None
    heads = main_ids_of_gold(snapshot, gold)
    return judge_gold(snapshot, course, ranking, heads), gold_found(course, heads)


def _made(
    snapshot: Snapshot,
    events: Sequence[Event],
    ranking: Ranking | None,
    now: datetime,
    software: Sequence[tuple[str, str]],
) -> Made:
    rankings = [event for event in events if event.kind == "ranked"]
    learned = _learned(ranking) if ranking else None
    return Made(
        tool="tiab",
        version=tiab.__version__,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        seed=snapshot.seed,
        software=tuple((str(name), str(number)) for name, number in software),
        criteria_hash=snapshot.criteria.fingerprint if snapshot.criteria else "",
        data_hash=ranking.model.data_hash if ranking else "",
        model_hash=learned.model_hash if learned else "",
        order_hash=learned.order_hash if learned else "",
        events=len(events),
        rankings=len(rankings),
        versions=tuple(sorted({str(event.payload.get("tiab", "")) for event in rankings} - {""})),
        anchor=str(LogEnd(event_id=events[-1].event_id, hash=events[-1].hash)) if events else "",
        first_event_at=events[0].time[:19] if events else "",
        last_event_at=events[-1].time[:19] if events else "",
    )


def _learned(ranking: Ranking) -> Learned:
    """The ranking as the log would name it, for its hashes."""
    ids = [record.record_id for record in ranking.records]
    place = {record_id: number for number, record_id in enumerate(ids)}
    places = np.array([place[record_id] for record_id in ranking.order], dtype=np.intp)
    return Learned(record_ids=ids, labels={}, model=ranking.model, scores=ranking.scores, places=places)


def _software() -> list[tuple[str, str]]:
    return [("Python", platform.python_version()), *((name, version(name)) for name in _SOFTWARE)]


def _reviewers(status: Status) -> tuple[ReviewerRow, ...]:
    return tuple(
        ReviewerRow(name=name, include=counts.include, maybe=counts.maybe, exclude=counts.exclude)
        for name, counts in status.reviewers.items()
    )


def _agreement(review: Review) -> tuple[AgreementRow, ...]:
    return tuple(
        AgreementRow(
            first=first,
            second=second,
            **{field.name: getattr(one, field.name) for field in fields(AgreementRow)[2:]},
        )
        for (first, second), one in review.agreement().items()
    )


def _lacking(ranking: Ranking | None, course: Course) -> dict[str, str] | None:
    """Id of each screened record -> what of the criteria was not found in it; None without criteria."""
    if ranking is None or ranking.model.space.criteria is None:
        return None
    wanted, whole = set(course.screened), ranking.features
    places = [place for place, record in enumerate(whole.records) if record.record_id in wanted]
    records, spans = tuple(whole.records[place] for place in places), tuple(whole.spans[place] for place in places)
    part = replace(whole, records=records, spans=spans, matrix=whole.matrix[places])
    return {record.record_id: "; ".join(part.criteria_missing(place)) for place, record in enumerate(records)}
