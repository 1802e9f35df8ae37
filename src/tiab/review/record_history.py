"""What happened to one record: who decided, labelled or noted what, when, and what was undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiab.review.service import Review
from tiab.store import Event

__all__ = ["HistoryLine", "record_history"]

_KINDS = ("imported", "kept_apart", "labelled", "merged", "noted", "resolved", "tagged", "undone", "unmerged")
_PERSONAL = frozenset({"labelled", "noted", "tagged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One thing that happened to a record: when (ISO 8601, UTC), by whom, what, and whether it was undone since."""

    time: str
    reviewer: str
    what: str
    undone: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def record_history(review: Review, record_id: str, *, viewer: str | None = None) -> tuple[HistoryLine, ...]:
    """What happened to a record and its duplicates, in order.

    Args:
        viewer: leave out what others decided, labelled or noted, for a reviewer who is blinded; None for nobody.

    Raises:
        LabelError: there is no such record.
    """
    review.record(record_id)
    snapshot = review.snapshot
    main_id = snapshot.groups.main_id(record_id)
    ids = {main_id, *snapshot.groups.duplicates(main_id)}
    events = [event for event in review.events(kinds=_KINDS, record_ids=ids) if _is_seen(event, viewer)]
    undone = {event.target for event in events if event.kind in ("undone", "unmerged")}
    order, states = snapshot.logged.order, snapshot.states
    came = _came(review, [order[snapshot.positions[snapshot.places[one]]] for one in ids])
    if viewer is None and len(states.people) > 1 and not states.may_see(None, main_id):  # a second reviewer is awaited
        events = [event for event in events if event.kind not in ("labelled", "undone")]
    lines = [
        HistoryLine(time=event.time, reviewer=event.reviewer, what=what, undone=event.event_id in undone)
        for event in events
        if (what := _what(event))
    ]
    return (*came, *lines)


def _is_seen(event: Event, viewer: str | None) -> bool:
    return viewer is None or event.kind not in (*_PERSONAL, "undone", "resolved") or event.reviewer == viewer


def _came(review: Review, positions: Sequence[int]) -> tuple[HistoryLine, ...]:
    """With which files the reports came in."""
    return tuple(
        HistoryLine(time=one.time, reviewer=one.reviewer, what=f"imported with {one.name}", undone=one.undone)
        for one in review.imports()
        if one.kind == "records" and any(position in one.positions for position in positions)
    )


def _what(event: Event) -> str:
    """What happened, in words; "" for what another line says already."""
    said = event.payload
    if event.kind in ("labelled", "resolved"):
        reason = f": {said['reason']}" if said.get("reason") else ""
        note = f" (note: {said['note']})" if said.get("note") else ""
        how = "known beforehand, " if said.get("prior") else "with others at once, " if said.get("batch") else ""
        how = "conflict resolved, " if event.kind == "resolved" else how
        return f"{how}{said['decision']}{reason}{note}"
    if event.kind == "tagged":
        return f"label “{said.get('tag', '')}” {'added' if said.get('on', True) else 'removed'}"
    texts = {
        "noted": f"note: {said.get('note', '')}",
        "merged": f"linked to {said.get('into', '')} as a duplicate",
        "kept_apart": f"kept apart from {said.get('from', '')}",
        "unmerged": "no longer a duplicate",
    }
    return texts.get(event.kind, "")
