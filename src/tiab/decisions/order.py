"""Whether a file tells in which order its decisions were made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

from tiab.decisions.decided import Decided

__all__ = ["moment", "tells_order"]

_AT_ONCE = 1.0
"""Seconds between two decisions of one person within which hardly anybody reads an abstract."""
_RARELY = 0.05


def tells_order(decided: Iterable[Decided]) -> bool:
    """Whether each decision, prior knowledge aside, has a time, and the times are those of people who read.

    The time of an export or of an import, and dates without an hour, are the same, or nearly, for many decisions: where
    more than one in twenty of a reviewer's follow on the one before within a second, the times are no order of reading.
    """
    times: dict[str, list[datetime]] = {}
    for one in decided:
        if one.prior:
            continue
        if not one.time:
            return False
        times.setdefault(one.reviewer, []).append(moment(one.time))
    return bool(times) and all(_is_read(sorted(own)) for own in times.values())


def moment(time: str) -> datetime:
    """An ISO 8601 time that can be compared with others; one without a zone counts as UTC."""
    told = datetime.fromisoformat(time)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _is_read(times: list[datetime]) -> bool:
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    return sum(gap < _AT_ONCE for gap in gaps) <= _RARELY * len(gaps)
