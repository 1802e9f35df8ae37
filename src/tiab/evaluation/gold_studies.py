"""How the records of a gold standard fared in a review, and what ranked them low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiab.evaluation.evaluate import Evaluation, evaluate
from tiab.evaluation.history import ScreeningHistory
from tiab.features import Features
from tiab.labels import Decision
from tiab.metrics import clopper_pearson
from tiab.ranking.linear import Memory, make_ranker
from tiab.ranking.rank import Ranking, fit, reasons_of
from tiab.records import Record

__all__ = ["evaluate_order", "evaluate_reading", "gold_found", "judge_gold", "reading_order"]

_EXPLAINED = 60
"""So many gold records, the worst ranked, get a model that has not learned from them; each costs a fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldStudy:
    """One record of the gold standard.

    Attributes:
        rank: its place in the order of reading: the screened as they were, then the others as they rank now. None where
            it was known beforehand, its decision came from a file, or it is not in the review.
        rank_unlearned: its rank among the records outside the gold standard by a model that has learned from every
            label but its own; None without a model. It flatters where those others were screened.
        status: "included", "maybe", "conflict", "excluded", "unscreened", "known beforehand" or "not in the review".
        missing: what of the criteria was not found in it.
        against, weighed_for: what counted against it and for it, strongest first, by that model.
    """

    record_id: str
    title: str
    rank: int | None
    rank_unlearned: int | None
    status: str
    no_abstract: bool
    missing: str
    against: str
    weighed_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """The screening against a gold standard; what was known beforehand is left out of n, found and the curve.

    Attributes:
        found: gold records among the screened that go on to the full text; low, high: the 95% Clopper-Pearson interval
            of found/n.
        seen: gold records among the screened, whatever was decided.
        found_unordered: those of the found whose decision came from a file, so that their place is not known.
        ranks: places of the gold records in the order of reading, ascending, without those that were excluded and those
            whose place is not known.
        studies: worst first.
        evaluation: of the order of reading, `Evaluation.to_dict`, without the records whose place is not known; empty
            where that leaves no gold record.
    """

    n: int
    found: int
    seen: int
    low: float
    high: float
    n_prior: int
    found_unordered: int
    ranks: tuple[int, ...]
    studies: tuple[GoldStudy, ...]
    evaluation: Mapping[str, Any]


def reading_order(history: ScreeningHistory, ranking: Ranking | None) -> tuple[str, ...]:
    """The order in which the records are read: those screened as they were, then the others as they rank now."""
    places = {record_id: place for place, record_id in enumerate(ranking.order)} if ranking else {}
    rest = sorted(history.unscreened, key=lambda record_id: places.get(record_id, len(places)))
    return (*history.screened, *rest)


def evaluate_order(
    history: ScreeningHistory,
    order: Sequence[str],
    gold: Sequence[str],
    *,
    missing: Literal["error", "count"] = "count",
) -> Evaluation | None:
    """What an order was worth; None where no record, or none of the gold records, is left to be read.

    What was known beforehand is left out; `with_prior` counts it as read first.

    Raises:
        EvaluationError: a gold record is not in the order, and `missing` is "error".
    """
    known = set(history.prior)
    rest = [record_id for record_id in order if record_id not in known]
    return evaluate(rest, gold, missing=missing, prior=history.prior) if rest and gold else None


def evaluate_reading(
    history: ScreeningHistory,
    ranking: Ranking | None,
    gold: Sequence[str],
    *,
    missing: Literal["error", "count"] = "count",
) -> Evaluation | None:
    """What the order of reading was worth: `evaluate_order` without the records whose place in it is not known."""
    unknown = set(history.screened[: history.unordered])
    order = [record_id for record_id in reading_order(history, ranking) if record_id not in unknown]
    wanted = [record_id for record_id in gold if record_id not in unknown]
    return evaluate_order(history, order, wanted, missing=missing)


def gold_found(history: ScreeningHistory, gold: Sequence[str]) -> NDArray[np.int64]:
    """Gold records that go on, after 0, 1, …, screened records; shape (screened + 1,)."""
    wanted = set(gold)
    hits = [record_id in wanted and history.goes_on(record_id) for record_id in history.screened]
    return np.concatenate(([0], np.cumsum(np.array(hits, dtype=np.int64)))).astype(np.int64)


def judge_gold(
    history: ScreeningHistory, ranking: Ranking | None, gold: Sequence[str], records: Mapping[str, Record]
) -> GoldReport:
    """How the gold records fared.

    Args:
        gold: their ids, those of main records.
        records: those of them that the review holds, by their ids.
    """
    places = _places(history, ranking)
    prior = set(history.prior)
    counted = [record_id for record_id in gold if record_id not in prior]
    found, seen = gold_found(history, counted), len(set(counted) & set(history.screened))
    low, high = clopper_pearson(int(found[-1]), len(counted))
    evaluation = evaluate_reading(history, ranking, gold)
    return GoldReport(
        n=len(counted),
        found=int(found[-1]),
        seen=seen,
        low=low,
        high=high,
        n_prior=len(gold) - len(counted),
        found_unordered=int(found[history.unordered]),
        ranks=tuple(sorted(places[one] for one in counted if one in places and history.goes_on(one))),
        studies=_studies(history, ranking, _worst_first(gold, places, history), records),
        evaluation=evaluation.to_dict() if evaluation else {},
    )


def _places(history: ScreeningHistory, ranking: Ranking | None) -> dict[str, int]:
    """Record id -> its place in the order of reading, where that is known."""
    order = enumerate(reading_order(history, ranking), 1)
    return {record_id: place for place, record_id in order if place > history.unordered}


def _worst_first(gold: Sequence[str], places: dict[str, int], history: ScreeningHistory) -> list[str]:
    """Those that are not in the review, then by rank from the last, then those without a place that is known."""
    known = {*history.prior, *history.screened[: history.unordered]}
    return sorted(gold, key=lambda one: (one in known, places.get(one, np.inf) * -1, one))


def _studies(
    history: ScreeningHistory, ranking: Ranking | None, gold: Sequence[str], records: Mapping[str, Record]
) -> tuple[GoldStudy, ...]:
    places = _places(history, ranking)
    held_out = _HeldOut(ranking, gold) if ranking else None
    studies = []
    for number, record_id in enumerate(gold):
        record = records.get(record_id)
        assessed = held_out.assess(record_id) if held_out and record and number < _EXPLAINED else _NOT_ASSESSED
        studies.append(
            GoldStudy(
                record_id=record_id,
                title=record.title if record else "",
                rank=places.get(record_id),
                rank_unlearned=assessed.rank,
                status=history.status(record_id) if record else "not in the review",
                no_abstract=record is not None and not record.abstract.strip(),
                missing=assessed.missing,
                against=assessed.against,
                weighed_for=assessed.weighed_for,
            )
        )
    return tuple(studies)


@dataclass(frozen=True, slots=True)
class _Assessment:
    """A record's rank, what of the criteria it lacks, and what counted against it and for it."""

    rank: int | None = None
    missing: str = ""
    against: str = ""
    weighed_for: str = ""


_NOT_ASSESSED = _Assessment()


class _HeldOut:
    """Assesses a record by a model that has learned from every label but its own."""

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

    def assess(self, record_id: str) -> _Assessment:
        ranking, place = self._ranking, self._places[record_id]
        lacks = "; ".join(self._part(place).criteria_missing(0)) if ranking.features.spans else ""
        labels = {key: label for key, label in ranking.labels.items() if key != record_id}
        teaches = any(label.decision is Decision.INCLUDE for label in labels.values())
        if len(labels) == len(ranking.labels):
            model = ranking.model
        elif ranking.model.space.criteria is None and not teaches:
            return _Assessment(missing=lacks)  # its own label is all there is to rank by
        else:
            model = fit(
                ranking.features,
                labels,
                seed=ranking.model.seed,
                memory=self._memory,
                fingerprints=self._fingerprints,
            )
        scores = model.score(ranking.features)
        reasons = reasons_of(model, ranking.features, place)
        better = int(np.sum(scores[self._others] > scores[place]))
        ties = int(np.sum(scores[self._others] == scores[place]))
        return _Assessment(
            better + ties // 2 + 1, lacks, reasons.listed(positive=False), weighed_for=reasons.listed(positive=True)
        )
