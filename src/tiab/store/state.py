"""The state of a review: what its log adds up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from tiab.errors import LabelError, ReviewError
from tiab.labels import Decision, Label
from tiab.store.events import Event
from tiab.store.imports import Import, import_from, withdrawn

__all__ = ["GivenLabel", "LogState", "Merge", "advance"]

_AT_ONCE = 0.05
"""Seconds between two decisions within which nobody reads an abstract: a program wrote both."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLabel:
    """A label as somebody gave it: `event_id` and `time` of its entry in the log, and the note beside its reason.

    Attributes:
        place: of its entry in the order of the log that is the same in each copy of the review.
        ordered: its place in the log is its place in the order of reading; False where it came from a file that does
            not tell that order.
        decided: when, as that file says; "" where it came from none, or it doesn't say.
        import_id: the event of the import that it came with; 0 for none.
        batch: what names the batch that it was given with, for many records at once; "" for none.
    """

    event_id: int
    time: str
    label: Label
    place: int = 0
    note: str = ""
    ordered: bool = True
    decided: str = ""
    import_id: int = 0
    batch: str = ""

    @property
    def when(self) -> str:
        """When it was decided, ISO 8601: what the file says that it came from, else the time of its entry."""
        return self.decided or self.time


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
    """What the log adds up to: a function of the set of its events, whatever order they came into this copy in.

    Attributes:
        cursor: the highest number of its events.
        n_events: how many they are.
        labels: (record id, reviewer) -> the labels that were not taken back, oldest first; the last one stands.
        resolved: record id -> the decisions that settled a conflict between reviewers, oldest first.
        merges: event id -> the links between reports of one record that were not taken back.
        criteria: the payload of the last `criteria` event.
        criteria_heads: the `criteria` events that no later one replaced: several where two copies changed them.
        criteria_noted: the fingerprint of the criteria that this copy last wrote into its log.
        settings: the payload of the last `settings` event.
        n_records: the highest position of a record that had been imported.
        order: the positions of all these records, counted from 1, in the order of their imports.
        imports: (place of the event, how many records there were then) of each import that brought any.
        files: all imports, of records and decisions, in order.
        withdrawn: the positions, counted from 1, of records whose imports were undone.
        reshaped: the place of the event that last took records out of the pool, or back into it; 0 for none.
    """

    cursor: int = 0
    n_events: int = 0
    n_records: int = 0
    order: tuple[int, ...] = ()
    labels: Mapping[tuple[str, str], tuple[GivenLabel, ...]] = field(default_factory=dict)
    resolved: Mapping[str, tuple[GivenLabel, ...]] = field(default_factory=dict)
    merges: Mapping[int, Merge] = field(default_factory=dict)
    criteria: Mapping[str, Any] = field(default_factory=dict)
    criteria_heads: tuple[int, ...] = ()
    criteria_noted: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[tuple[int, int], ...] = ()
    files: tuple[Import, ...] = ()
    withdrawn: frozenset[int] = frozenset()
    reshaped: int = 0

    def standing(self) -> tuple[GivenLabel, ...]:
        """The label that stands for each record and reviewer, in the order in which they were given."""
        return tuple(sorted((given[-1] for given in self.labels.values()), key=lambda given: given.place))


def advance(state: LogState, events: Iterable[Event]) -> LogState:
    """The state after `events`, which follow on those of `state` in their shared order; `state` stays as it is.

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
    builder = _StateBuilder(state)
    for event in events:
        try:
            builder.take(event)
        except (KeyError, TypeError, ValueError, LabelError) as error:
            hint = "Another program may have altered the file: take the last copy of the folder."
            message = f"event {event.event_id} of the log ({event.kind}) cannot be understood ({error})"
            raise ReviewError(message, hint=hint) from error
    return builder.state(cursor=max(state.cursor, *(event.event_id for event in events)))


def _copied(table: Mapping[K, V]) -> dict[K, V]:
    """A dict of its own; `dict` reads a proxy key by key, which at 10,000 labels takes twenty times as long."""
    return table.copy() if isinstance(table, MappingProxyType) else dict(table)


class _StateBuilder:
    """Copies of a state's tables, to which events are added one by one."""

    def __init__(self, state: LogState) -> None:
        self._labels = _copied(state.labels)
        self._resolved = _copied(state.resolved)
        self._merges = _copied(state.merges)
        self._place = state.n_events
        self._criteria, self._heads, self._noted = state.criteria, state.criteria_heads, state.criteria_noted
        self._settings = state.settings
        self._n_records, self._order = state.n_records, state.order
        self._imports = list(state.imports)
        self._files = list(state.files)
        self._withdrawn = state.withdrawn
        self._reshaped = state.reshaped
        self._unsaid: Event | None = None
        self._takers: dict[str, Callable[[Event], None]] = {
            "imported": self._imported,
            "decisions_imported": self._came_in,
            "import_undone": self._import_undone,
            "labelled": self._labelled,
            "resolved": self._settled,
            "undone": self._undone,
            "merged": self._merged,
            "unmerged": self._unmerged,
            "criteria": self._new_criteria,
            "adopted": self._adopted,
            "settings": self._new_settings,
        }

    def take(self, event: Event) -> None:
        self._place += 1
        taker = self._takers.get(event.kind)
        if taker:
            taker(event)

    def state(self, *, cursor: int) -> LogState:
        return LogState(
            cursor=cursor,
            n_events=self._place,
            n_records=self._n_records,
            order=self._order,
            labels=MappingProxyType(self._labels),
            resolved=MappingProxyType(self._resolved),
            merges=MappingProxyType(self._merges),
            criteria=self._criteria,
            criteria_heads=self._heads,
            criteria_noted=self._noted,
            settings=self._settings,
            imports=tuple(self._imports),
            files=tuple(self._files),
            withdrawn=self._withdrawn,
            reshaped=self._reshaped,
        )

    def _imported(self, event: Event) -> None:
        said, known = event.payload, set(self._order)
        told = not {"positions", "stored"}.isdisjoint(said)  # an earlier tiab tells the last position alone
        brought = (
            import_from(event, 0).positions if told else range(self._n_records + 1, int(said["last_position"]) + 1)
        )
        fresh = tuple(position for position in brought if position not in known)
        if fresh:
            self._order += fresh
            self._imports.append((self._place, len(self._order)))
            self._n_records = max(self._n_records, *fresh)
        self._came_in(event)

    def _came_in(self, event: Event) -> None:
        self._files.append(import_from(event, len(self._files) + 1))
        self._withdraw()

    def _import_undone(self, event: Event) -> None:
        self._files = [replace(one, undone=True) if one.event_id == event.target else one for one in self._files]
        self._withdraw()

    def _withdraw(self) -> None:
        now = withdrawn(self._files)
        if now != self._withdrawn:
            self._withdrawn, self._reshaped = now, self._place

    def _labelled(self, event: Event) -> None:
        key = (event.record_id, event.reviewer)
        self._labels[key] = (*self._labels.get(key, ()), _given(event, self._place))
        if "ordered" not in event.payload:
            self._tell_order(event)

    def _tell_order(self, event: Event) -> None:
        """Earlier versions did not say whether a decision came from a file: those of a file follow at once."""
        before, self._unsaid = self._unsaid, event
        if before and before.reviewer == event.reviewer and _seconds(before, event) < _AT_ONCE:
            for one in (before, event):
                key = (one.record_id, one.reviewer)
                self._labels[key] = tuple(
                    replace(given, ordered=False) if given.event_id == one.event_id else given
                    for given in self._labels.get(key, ())
                )

    def _settled(self, event: Event) -> None:
        self._resolved[event.record_id] = (*self._resolved.get(event.record_id, ()), _given(event, self._place))

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
        # Where it is not said, it replaces what held in this copy; what another copy brought later has higher numbers.
        replaced = event.payload.get("follows", [one for one in self._heads if one < event.event_id])
        self._heads = (*(one for one in self._heads if one not in replaced), event.event_id)
        self._criteria = event.payload
        if not event.origin:
            self._noted = str(event.payload.get("fingerprint", ""))

    def _adopted(self, event: Event) -> None:
        self._noted = str(event.payload["fingerprint"])

    def _new_settings(self, event: Event) -> None:
        self._settings = event.payload


def _take_back(table: dict[Any, tuple[GivenLabel, ...]], key: Any, target: int | None) -> None:
    left = tuple(given for given in table.get(key, ()) if given.event_id != target)
    if left:
        table[key] = left
    else:
        table.pop(key, None)


def _given(event: Event, place: int) -> GivenLabel:
    said = event.payload
    label = Label(
        record_id=event.record_id,
        decision=Decision.parse(said["decision"]),
        reviewer=event.reviewer,
        reason=str(said.get("reason", "")),
        prior=bool(said.get("prior", False)),
    )
    return GivenLabel(
        event_id=event.event_id,
        time=event.time,
        label=label,
        place=place,
        note=str(said.get("note", "")),
        ordered=bool(said.get("ordered", True)),
        decided=str(said.get("decided", "")),
        import_id=int(said.get("import", 0)),
        batch=str(said.get("batch", "")),
    )


def _seconds(before: Event, after: Event) -> float:
    return (datetime.fromisoformat(after.time) - datetime.fromisoformat(before.time)).total_seconds()
