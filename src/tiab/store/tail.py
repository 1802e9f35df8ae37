"""Tail: the end of the log as it was last read or written, so that several readers of an open review read it once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tiab.store.events import Event

__all__ = ["Tail"]

_FEW = 500
"""So many events are kept before those that are written one by one begin a new tail."""


class Tail:
    """The last events of a log. Whoever uses it holds the lock of the store."""

    def __init__(self) -> None:
        self._events: tuple[Event, ...] = ()

    def after(self, event_id: int, last: int) -> tuple[Event, ...] | None:
        """The events after `event_id` up to the last of the log, `last`; None where they are not all here."""
        if event_id >= last:
            return ()
        if not self._events or self._events[-1].event_id != last or self._events[0].event_id > event_id + 1:
            return None
        return self._events[event_id + 1 - self._events[0].event_id :]

    def keep(self, events: Sequence[Event]) -> None:
        """Keeps events that follow on each other in the log, beside those that they follow on where these are few."""
        if not events or any(one.event_id + 1 != next_.event_id for one, next_ in pairwise(events)):
            return  # one that was stored before, under the same token, is among them
        before = self._events if len(self._events) < _FEW else ()
        if before and before[-1].event_id + 1 != events[0].event_id:
            before = ()
        self._events = (*before, *events)
