"""Gaps: which of the criteria a record lacks."""

from __future__ import annotations

from tiab.features import read_coverage
from tiab.review.live import Live

__all__ = ["gaps"]


def gaps(live: Live, reviewer: str | None) -> dict[str, tuple[str, ...]]:
    """Record id -> the names of the concepts that it lacks, of the records in this reviewer's ranking.

    What was found in those is in the store already, so that no abstract is read for it.
    """
    queue = live.queue(reviewer)
    criteria = queue.snapshot.criteria if queue else None
    if queue is None or queue.features is None or criteria is None:
        return {}
    records = queue.features.records
    found = live.spans(records, criteria)
    return {
        record.record_id: tuple(one.concept.name for one in read_coverage(record, spans, criteria) if one.gap)
        for record, spans in zip(records, found, strict=True)
    }
