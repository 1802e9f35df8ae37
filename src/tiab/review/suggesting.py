"""Suggesting: the record that a reviewer should screen next."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.records import Record
from tiab.review.live import Queue
from tiab.review.snapshot import Snapshot

__all__ = ["Suggestion", "suggest"]


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


def suggest(snapshot: Snapshot, queue: Queue, reviewer: str) -> Suggestion | None:
    """The best-ranked record of `queue` that is not screened in `snapshot`, which may be later; None after the last."""
    screened, duplicates = snapshot.labels(reviewer), snapshot.groups.main_of
    ranked = queue.learned
    for rank, place in enumerate(ranked.places.tolist(), 1):
        record_id = ranked.record_ids[place]
        if record_id not in screened and record_id not in duplicates:
            return Suggestion(
                record=snapshot.merged_record(record_id),
                rank=rank,
                score=float(ranked.scores[place]),
                left=len(snapshot.main_ids) - sum(key not in duplicates for key in screened),
                duplicates=snapshot.groups.duplicates(record_id),
            )
    return None
