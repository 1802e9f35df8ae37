"""Gaps: which of the criteria a record lacks."""

from __future__ import annotations

from collections.abc import Sequence

from tiab.criteria import Criteria
from tiab.features import read_coverage
from tiab.records import Record
from tiab.review.live import Live

__all__ = ["gaps"]


def gaps(live: Live, records: Sequence[Record], criteria: Criteria | None) -> list[tuple[str, ...]]:
    """For each of `records` the names of the concepts that it lacks, required or not.

    What was found in a record that was ranked is in the store already, so that its abstract is not read for it.
    """
    if criteria is None:
        return [()] * len(records)
    found = live.spans(records, criteria)
    return [
        tuple(one.concept.name for one in read_coverage(record, spans, criteria) if not one.met)
        for record, spans in zip(records, found, strict=True)
    ]
