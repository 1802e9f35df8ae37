"""Gold: how the records of a gold standard fared in a review, and what ranked them low."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tiab.evaluation.evaluate import Evaluation, evaluate
from tiab.features import Features
from tiab.labels import Decision
from tiab.metrics import clopper_pearson
from tiab.ranking.estimator import Memory, make_ranker
from tiab.ranking.rank import Ranking, fit
from tiab.ranking.reasons import find_reasons
from tiab.report.course import Course
from tiab.report.data import GoldReport, GoldStudy
from tiab.review import Snapshot

__all__ = ["evaluate_order", "evaluate_reading", "gold_found", "judge_gold", "main_ids_of_gold", "reading_order"]

_EXPLAINED = 60
"""So many gold records, the worst ranked, get a model that has not learned from them; each costs a fit."""


def reading_order(course: Course, ranking: Ranking | None) -> tuple[str, ...]:
    """The order in which the records are read: those screened as they were, then the others as they rank now."""
    places = {record_id: place for place, record_id in enumerate(ranking.order)} if ranking else {}
    rest = sorted(course.unscreened, key=lambda record_id: places.get(record_id, len(places)))
    return (*course.screened, *rest)


def main_ids_of_gold(snapshot: Snapshot, gold: Sequence[str]) -> tuple[str, ...]:
    """The gold ids, each once, a duplicate under the id of the record that it is screened under."""
    return tuple(dict.fromkeys(snapshot.groups.main_id(record_id) for record_id in gold))


def evaluate_order(
    course: Course, order: Sequence[str], gold: Sequence[str], *, missing: Literal["error", "count"] = "count"
) -> Evaluation | None:
    """What an order was worth; None where no record, or none of the gold records, is left to be read.

    What was known beforehand is left out; `with_prior` counts it as read first.

    Raises:
        EvaluationError: a gold record is not in the order, and `missing` is "error".
    """
    known = set(course.prior)
    rest = [record_id for record_id in order if record_id not in known]
    return evaluate(rest, gold, missing=missing, prior=course.prior) if rest and gold else None


def evaluate_reading(
    course: Course, ranking: Ranking | None, gold: Sequence[str], *, missing: Literal["error", "count"] = "count"
) -> Evaluation | None:
    """What the order of reading was worth: `evaluate_order` without the records whose place in it is not known."""
    unknown = set(course.screened[: course.unordered])
    order = [record_id for record_id in reading_order(course, ranking) if record_id not in unknown]
    wanted = [record_id for record_id in gold if record_id not in unknown]
    return evaluate_order(course, order, wanted, missing=missing)


def gold_found(course: Course, gold: Sequence[str]) -> NDArray[np.int64]:
    """Gold records that go on, after 0, 1, …, screened records; shape (screened + 1,)."""
    wanted = set(gold)
    hits = [record_id in wanted and course.goes_on(record_id) for record_id in course.screened]
    return np.concatenate(([0], np.cumsum(np.array(hits, dtype=np.int64)))).astype(np.int64)


def judge_gold(snapshot: Snapshot, course: Course, ranking: Ranking | None, gold: Sequence[str]) -> GoldReport:
    """How the gold records (heads) fared."""
    places = _places(course, ranking)
    prior = set(course.prior)
    counted = [record_id for record_id in gold if record_id not in prior]
    found, seen = gold_found(course, counted), len(set(counted) & set(course.screened))
    low, high = clopper_pearson(int(found[-1]), len(counted))
    evaluation = evaluate_reading(course, ranking, gold)
    return GoldReport(
        n=len(counted),
        found=int(found[-1]),
        seen=seen,
        low=low,
        high=high,
        n_prior=len(gold) - len(counted),
        found_unordered=int(found[course.unordered]),
        ranks=tuple(sorted(places[one] for one in counted if one in places and course.goes_on(one))),
        studies=_studies(snapshot, course, ranking, _worst_first(gold, places, course)),
        evaluation=evaluation.to_dict() if evaluation else {},
    )


def _places(course: Course, ranking: Ranking | None) -> dict[str, int]:
    """Record id -> its place in the order of reading, where that is known."""
    order = enumerate(reading_order(course, ranking), 1)
    return {record_id: place for place, record_id in order if place > course.unordered}


def _worst_first(gold: Sequence[str], places: dict[str, int], course: Course) -> list[str]:
    """Those that are not in the review, then by rank from the last, then those without a place that is known."""
    known = {*course.prior, *course.screened[: course.unordered]}
    return sorted(gold, key=lambda one: (one in known, places.get(one, np.inf) * -1, one))


def _studies(snapshot: Snapshot, course: Course, ranking: Ranking | None, gold: Sequence[str]) -> tuple[GoldStudy, ...]:
    heads = set(snapshot.main_ids)
    places = _places(course, ranking)
    unlearned = _Unlearned(ranking, gold) if ranking else None
    studies = []
    for number, record_id in enumerate(gold):
        record = snapshot.merged_record(record_id) if record_id in heads else None
        looked = unlearned.look(record_id) if unlearned and record and number < _EXPLAINED else _NOT_LOOKED
        studies.append(
            GoldStudy(
                record_id=record_id,
                title=record.title if record else "",
                rank=places.get(record_id),
                rank_unlearned=looked.rank,
                status=course.status(record_id) if record else "not in the review",
                no_abstract=record is not None and not record.abstract.strip(),
                missing=looked.missing,
                against=looked.against,
                weighed_for=looked.weighed_for,
            )
        )
    return tuple(studies)


@dataclass(frozen=True, slots=True)
class _Looked:
    """A record's rank, what of the criteria it lacks, and what counted against it and for it."""

    rank: int | None = None
    missing: str = ""
    against: str = ""
    weighed_for: str = ""


_NOT_LOOKED = _Looked()


class _Unlearned:
    """Looks at a record with the eyes of a model that has learned from every label but its own."""

    def __init__(self, ranking: Ranking, gold: Sequence[str]) -> None:
        self._ranking = ranking
        wanted = set(gold)
        self._others = np.array([record.record_id not in wanted for record in ranking.records], dtype=bool)
        self._memory = Memory(make_ranker(ranking.model.space, seed=ranking.model.seed), ranking.features.matrix)
        self._places = {record.record_id: place for place, record in enumerate(ranking.records)}
        records, known = ranking.records, ranking.labels  # no fit reads the fingerprint of an undecided record
        self._fingerprints = [record.fingerprint if record.record_id in known else "" for record in records]

    def _part(self, place: int) -> Features:
        """The features of one record, so that the others need not be read for what they lack."""
        whole = self._ranking.features
        records, spans = whole.records[place : place + 1], whole.spans[place : place + 1]
        return replace(whole, records=records, spans=spans, matrix=whole.matrix[[place]])

    def look(self, record_id: str) -> _Looked:
        ranking, place = self._ranking, self._places[record_id]
        lacks = "; ".join(self._part(place).criteria_missing(0)) if ranking.features.spans else ""
        labels = {key: label for key, label in ranking.labels.items() if key != record_id}
        teaches = any(label.decision is Decision.INCLUDE for label in labels.values())
        if len(labels) == len(ranking.labels):
            model = ranking.model
        elif ranking.model.space.criteria is None and not teaches:
            return _Looked(missing=lacks)  # its own label is all there is to rank by
        else:
            model = fit(
                ranking.features,
                labels,
                seed=ranking.model.seed,
                memory=self._memory,
                fingerprints=self._fingerprints,
            )
        scores = model.score(ranking.features)
        columns, values = ranking.features.row(place)
        reasons = find_reasons([model.space.names[c] for c in columns], values * model.coef[columns])
        better = int(np.sum(scores[self._others] > scores[place]))
        ties = int(np.sum(scores[self._others] == scores[place]))
        return _Looked(
            better + ties // 2 + 1, lacks, reasons.listed(positive=False), weighed_for=reasons.listed(positive=True)
        )
