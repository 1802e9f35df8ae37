"""Team: how far each reviewer of a review has come, day by day, at what pace, and what waits for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

from tiab.review.snapshot import Snapshot
from tiab.review.states import RecordState
from tiab.store import GivenLabel

__all__ = ["ReviewerProgress", "measure_pace", "team_progress"]

_WINDOW = 50
_GLANCE, _BREAK = 1.0, 300.0
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerProgress:
    """How far one reviewer has come.

    Attributes:
        decided: records on which they decided; left: those on which they have still to decide.
        waiting: those of `left` on which somebody else has decided already.
        days: (day, how many records), by the clock of the computer where they decided.
        pace: seconds for each record, the median of late; None before there is one.
    """

    name: str
    decided: int
    left: int
    waiting: int
    days: tuple[tuple[str, int], ...]
    pace: float | None

    @property
    def hours_left(self) -> float | None:
        """The hours that the rest takes at this pace."""
        return None if self.pace is None else self.pace * self.left / 3600

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return asdict(self) | {"days": dict(self.days), "hours_left": self.hours_left}


def team_progress(snapshot: Snapshot, *, also: Iterable[str] = ()) -> tuple[ReviewerProgress, ...]:
    """The progress of each reviewer, by name. It tells nothing of what they decided.

    Args:
        also: people who may not have decided on anything yet.
    """
    states = snapshot.states
    given = [given for votes in states.votes.values() for given in votes]
    seconds = states.in_state(RecordState.AWAITING_SECOND)
    rows = []
    for name in sorted({*states.people, *also}):
        own = [one for one in given if one.label.reviewer == name]
        days = Counter(one.when[:10] for one in own)
        rows.append(
            ReviewerProgress(
                name=name,
                decided=len(own),
                left=states.left_for(name),
                waiting=sum(states.is_open_to(name, record_id) for record_id in seconds),
                days=tuple(sorted(days.items())),
                pace=measure_pace(own),
            )
        )
    return tuple(rows)


def measure_pace(given: Iterable[GivenLabel]) -> float | None:
    """The median of the seconds between a reviewer's last decisions; None where there are too few.

    What is longer than five minutes was a break, and what is shorter than a second no reading.
    """
    last = sorted(given, key=lambda one: one.place)[-_WINDOW - 1 :]
    times: Sequence[datetime] = [datetime.fromisoformat(one.time) for one in last]
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    working = [gap for gap in gaps if _GLANCE < gap < _BREAK]
    return median(working) if len(working) >= _FEW else None
