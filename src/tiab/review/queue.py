"""Queue: the pool as it ranks to one reviewer, the record to be screened next, and why a record ranks where it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiab.criteria import Criteria
from tiab.features import Coverage, Features, read_coverage
from tiab.features.evidence import limits_missed
from tiab.pico import Span, find_spans
from tiab.ranking.reasons import Reasons, find_reasons
from tiab.records import Record
from tiab.review.rankings import Learned
from tiab.review.snapshot import Snapshot
from tiab.store import Entry

__all__ = ["Queue", "RecordView", "Suggestion", "criteria_missing", "suggest", "view_record"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Queue:
    """A ranking that is being read from, and what the log is to say of it once a decision rests on it.

    Attributes:
        features: of the pool that was ranked, in the order of `learned.record_ids`; None for an empty pool.
        by_words: whether it is the first ranking of a pool, by words and terms, until the abstracts are read.
    """

    snapshot: Snapshot
    learned: Learned
    entry: Entry
    features: Features | None = None
    logged: bool = False
    by_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The record to be screened next.

    Attributes:
        record: the fullest report of the study, with what its duplicates know beside.
        rank: its rank in the pool, from 1; the records that were screened already count.
        score: what it was ranked by; 0 where nothing ranks.
        left: how many records this reviewer has not screened yet, this one among them.
        duplicates: other reports of it, which its decision counts for, too.
    """

    record: Record
    rank: int
    score: float
    left: int
    duplicates: tuple[str, ...] = ()


def suggest(snapshot: Snapshot, queue: Queue, record_id: str, *, left: int) -> Suggestion:
    """What a reviewer is told of a record of `queue` that comes next in `snapshot`, which may be later."""
    rank = queue.learned.ranks[record_id]
    return Suggestion(
        record=snapshot.merged_record(record_id),
        rank=rank,
        score=float(queue.learned.scores[queue.learned.places[rank - 1]]),
        left=left,
        duplicates=snapshot.groups.duplicates(record_id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record as a reviewer sees it.

    Attributes:
        record: the fullest report of the study, with what its duplicates know beside.
        duplicates: other reports of it, which its decision counts for, too.
        spans: all that PICO finds in it; offsets count in `record.text`.
        coverage: how it meets each concept of the criteria; empty without criteria.
        limits: the limits of the review that it is likely to be outside of.
        rank: its rank in the pool when it was last ranked, from 1; None where it was not.
        score: what it was ranked by; None where nothing ranks.
        reasons: what moved it to that place.
    """

    record: Record
    duplicates: tuple[str, ...]
    spans: tuple[Span, ...]
    coverage: tuple[Coverage, ...]
    limits: tuple[str, ...]
    rank: int | None
    score: float | None
    reasons: Reasons


def view_record(snapshot: Snapshot, queue: Queue | None, record_id: str) -> RecordView:
    """The study of `record_id`, under its main record, as it ranks in `queue`, which may be earlier than `snapshot`."""
    main_id = snapshot.groups.main_id(record_id)
    record, criteria = snapshot.merged_record(main_id), snapshot.criteria
    spans = find_spans([record], criteria)[0]
    rank = queue.learned.ranks.get(main_id) if queue else None
    coverage = read_coverage(record, spans, criteria) if criteria else ()
    score, reasons = _weighed(queue, rank, record, spans, coverage) if queue and rank else (None, Reasons())
    return RecordView(
        record=record,
        duplicates=snapshot.groups.duplicates(main_id),
        spans=spans,
        coverage=coverage,
        limits=_outside(record, spans, criteria),
        rank=rank,
        score=score,
        reasons=reasons,
    )


def _outside(record: Record, spans: tuple[Span, ...], criteria: Criteria | None) -> tuple[str, ...]:
    return tuple(limits_missed(record, spans, criteria.limits)) if criteria else ()


def _weighed(
    queue: Queue, rank: int, record: Record, spans: Sequence[Span], coverage: Sequence[Coverage]
) -> tuple[float | None, Reasons]:
    """The score at `rank`, and why the record has it."""
    model, features = queue.learned.model, queue.features
    if model is None or features is None:
        return None, Reasons()
    place = int(queue.learned.places[rank - 1])
    columns, values = features.row(place)
    effects = values * model.coef[columns]
    reasons = find_reasons(record, spans, coverage, model.space, columns, effects, constant=model.intercept)
    return float(queue.learned.scores[place]), reasons


def criteria_missing(
    records: Sequence[Record], spans: Sequence[tuple[Span, ...]], criteria: Criteria
) -> list[tuple[str, ...]]:
    """For each of `records`, in which PICO found `spans`, the names of the concepts that it lacks, required or not."""
    return [
        tuple(one.concept.name for one in read_coverage(record, found, criteria) if not one.met)
        for record, found in zip(records, spans, strict=True)
    ]
