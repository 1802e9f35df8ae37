"""The state of a review: what its log adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from tiab.errors import LabelError, ReviewError
from tiab.labels import Decision, Label
from tiab.store.events import Event

__all__ = ["GivenLabel", "LogState", "Merge", "advance"]

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLabel:
    """A label as somebody gave it: `event_id` and `time` of its entry in the log, and the note beside its reason."""

    event_id: int
    time: str
    label: Label
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`record_id` is linked as another report of the record `into`; `event_id` is what `unmerged` names to undo it."""

    event_id: int
    record_id: str
    into: str
    reason: str = ""
    reviewer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """What the log adds up to, after the event `cursor`.

    Attributes:
        labels: (record id, reviewer) -> the labels that were not taken back, oldest first; the last one stands.
        resolved: record id -> the decisions that settled a conflict between reviewers, oldest first.
        merges: event id -> the links between reports of one record that were not taken back.
        criteria: the payload of the last `criteria` event.
        n_records: how many records had been imported.
    """

    cursor: int = 0
    n_records: int = 0
    labels: Mapping[tuple[str, str], tuple[GivenLabel, ...]] = field(default_factory=dict)
    resolved: Mapping[str, tuple[GivenLabel, ...]] = field(default_factory=dict)
    merges: Mapping[int, Merge] = field(default_factory=dict)
    criteria: Mapping[str, Any] = field(default_factory=dict)

    def standing(self) -> tuple[GivenLabel, ...]:
        """The label that stands for each record and reviewer, in the order in which they were given."""
        return tuple(sorted((given[-1] for given in self.labels.values()), key=lambda given: given.event_id))


def advance(state: LogState, events: Iterable[Event]) -> LogState:
    """The state after `events`, which follow on `state.cursor`; `state` itself stays as it is.

    Raises:
        ReviewError: an event says what tiab never writes.

    >>> one = Event(event_id=1, time="2026-01-01", kind="labelled", record_id="a", payload={"decision": "include"})
    >>> two = Event(event_id=2, time="2026-01-02", kind="undone", record_id="a", target=1)
    >>> advance(LogState(), [one]).standing()[0].label.decision, advance(LogState(), [one, two]).standing()
    (<Decision.INCLUDE: 'include'>, ())
    """
    events = tuple(events)
    if not events:
        return state
    grown = _Growing(state)
    for event in events:
        try:
            grown.take(event)
        except (KeyError, TypeError, ValueError, LabelError) as error:
            hint = "Another program may have altered the file: take the last copy of the folder."
            message = f"event {event.event_id} of the log ({event.kind}) cannot be understood ({error})"
            raise ReviewError(message, hint=hint) from error
    return grown.state(cursor=events[-1].event_id)


def _copied(table: Mapping[K, V]) -> dict[K, V]:
    """A dict of its own; `dict` reads a proxy key by key, which at 10,000 labels takes twenty times as long."""
    return table.copy() if isinstance(table, MappingProxyType) else dict(table)


class _Growing:
    """Copies of a state's tables, to which events are added one by one."""

    def __init__(self, state: LogState) -> None:
        self._labels = _copied(state.labels)
        self._resolved = _copied(state.resolved)
        self._merges = _copied(state.merges)
        self._criteria = state.criteria
        self._n_records = state.n_records
        self._takers: dict[str, Callable[[Event], None]] = {
            "imported": self._imported,
            "labelled": self._labelled,
            "resolved": self._settled,
            "undone": self._undone,
            "merged": self._merged,
            "unmerged": self._unmerged,
            "criteria": self._new_criteria,
        }

    def take(self, event: Event) -> None:
        taker = self._takers.get(event.kind)
        if taker:
            taker(event)

    def state(self, *, cursor: int) -> LogState:
        return LogState(
            cursor=cursor,
            n_records=self._n_records,
            labels=MappingProxyType(self._labels),
            resolved=MappingProxyType(self._resolved),
            merges=MappingProxyType(self._merges),
            criteria=self._criteria,
        )

    def _imported(self, event: Event) -> None:
        self._n_records = max(self._n_records, int(event.payload["last_position"]))

    def _labelled(self, event: Event) -> None:
        key = (event.record_id, event.reviewer)
        self._labels[key] = (*self._labels.get(key, ()), _given(event))

    def _settled(self, event: Event) -> None:
        self._resolved[event.record_id] = (*self._resolved.get(event.record_id, ()), _given(event))

    def _undone(self, event: Event) -> None:
        _take_back(self._labels, (event.record_id, event.reviewer), event.target)
        _take_back(self._resolved, event.record_id, event.target)

    def _merged(self, event: Event) -> None:
        self._merges[event.event_id] = Merge(
            event_id=event.event_id,
            record_id=event.record_id,
            into=str(event.payload["into"]),
            reason=str(event.payload.get("reason", "")),
            reviewer=event.reviewer,
        )

    def _unmerged(self, event: Event) -> None:
        if event.target is not None:
            self._merges.pop(event.target, None)

    def _new_criteria(self, event: Event) -> None:
        self._criteria = event.payload


def _take_back(table: dict[Any, tuple[GivenLabel, ...]], key: Any, target: int | None) -> None:
    left = tuple(given for given in table.get(key, ()) if given.event_id != target)
    if left:
        table[key] = left
    else:
        table.pop(key, None)


def _given(event: Event) -> GivenLabel:
    said = event.payload
    label = Label(
        record_id=event.record_id,
        decision=Decision.parse(said["decision"]),
        reviewer=event.reviewer,
        reason=str(said.get("reason", "")),
        prior=bool(said.get("prior", False)),
    )
    return GivenLabel(event_id=event.event_id, time=event.time, label=label, note=str(said.get("note", "")))
