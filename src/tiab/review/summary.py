"""The figures of a review, as a report tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tiab.errors import LabelError
from tiab.evaluation.history import ScreeningHistory
from tiab.ranking.rank import Ranking
from tiab.review.counts import FlowCounts, RecordLine, SourceRow, count_flow, list_sources, list_without_abstract
from tiab.review.history import read_history
from tiab.review.log_summary import (
    Overrides,
    Provenance,
    SearchRow,
    count_overrides,
    list_searches,
    trace_provenance,
)
from tiab.review.service import Review

__all__ = ["ReviewSummary", "rank_review", "summarise_review"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSummary:
    """The figures of a review.

    Attributes:
        provenance: from what they were made.
        no_abstract: the records to screen without an abstract.
    """

    history: ScreeningHistory
    provenance: Provenance
    sources: tuple[SourceRow, ...]
    searches: tuple[SearchRow, ...]
    counts: FlowCounts
    overrides: Overrides
    no_abstract: tuple[RecordLine, ...]


def summarise_review(
    review: Review,
    ranking: Ranking | None,
    *,
    now: datetime | None = None,
    software: Sequence[tuple[str, str]] | None = None,
) -> ReviewSummary:
    """The figures of a review, of which `ranking` is how it ranks now.

    Args:
        now: the date of the figures; by default the present.
        software: (name, version) of what computes; by default what is installed.

    Raises:
        ReviewError: the review cannot be read.
    """
    snapshot, events = review.snapshot, review.events()
    history, sources = read_history(snapshot), list_sources(review.status().sources)
    return ReviewSummary(
        history=history,
        provenance=trace_provenance(snapshot, events, ranking, now=now, software=software),
        sources=sources,
        searches=list_searches(snapshot.criteria, events),
        counts=count_flow(snapshot, history, sources),
        overrides=count_overrides(events, history, ranking),
        no_abstract=list_without_abstract(snapshot, history),
    )


def rank_review(review: Review) -> Ranking | None:
    """The review as it ranks now, by all that the reviewers decided together; None where there is nothing to rank."""
    if not review.snapshot.main_places:
        return None
    try:
        return review.rank(log=False)
    except LabelError:
        return None
