"""Looking: one record as a reviewer sees it, with what was found in it and what moved it to its place."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.criteria import Criteria
from tiab.features import Coverage, read_coverage
from tiab.features.evidence import limits_missed
from tiab.pico import Span, find_spans
from tiab.ranking.reasons import Reasons, find_reasons
from tiab.records import Record
from tiab.review.live import Queue
from tiab.review.snapshot import Snapshot

__all__ = ["RecordView", "view_record"]


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
    """The record that stands for `record_id`, as it ranks in `queue`, which may be earlier than `snapshot`."""
    main_id = snapshot.groups.main_id(record_id)
    record, criteria = snapshot.merged_record(main_id), snapshot.criteria
    spans = find_spans([record], criteria)[0]
    rank = queue.learned.ranks.get(main_id) if queue else None
    score, reasons = _weighed(queue, rank) if queue and rank else (None, Reasons(()))
    return RecordView(
        record=record,
        duplicates=snapshot.groups.duplicates(main_id),
        spans=spans,
        coverage=read_coverage(record, spans, criteria) if criteria else (),
        limits=_outside(record, spans, criteria),
        rank=rank,
        score=score,
        reasons=reasons,
    )


def _outside(record: Record, spans: tuple[Span, ...], criteria: Criteria | None) -> tuple[str, ...]:
    return tuple(limits_missed(record, spans, criteria.limits)) if criteria else ()


def _weighed(queue: Queue, rank: int) -> tuple[float | None, Reasons]:
    """The score at `rank`, and what each column added to it."""
    model, features = queue.learned.model, queue.features
    if model is None or features is None:
        return None, Reasons(())
    place = int(queue.learned.places[rank - 1])
    columns, values = features.row(place)
    names = model.space.names
    reasons = find_reasons([names[column] for column in columns], values * model.coef[columns])
    return float(queue.learned.scores[place]), reasons
