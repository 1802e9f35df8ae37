"""Annotations: the tags that reviewers put on records, and notes that stand beside no decision; both in the log.

On the pages tags are called labels, as in other programs; in code a label is a decision.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

from tiab.errors import CriteriaError, LabelError
from tiab.review.groups import ReportGroups
from tiab.review.snapshot import SnapshotReader
from tiab.store import Entry, Event, Store

__all__ = [
    "LONGEST_TAG",
    "Annotated",
    "Annotations",
    "Noted",
    "clean_tag",
    "note_entries",
    "place_of",
    "tag_entries",
    "undone_entry",
]

KINDS = ("tagged", "tag_renamed", "noted", "undone")
LONGEST_TAG = 100
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note of a reviewer, when it was written, and where in the log, in the order that all copies share."""

    place: tuple[int, str]
    time: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """What stands on the records of a review besides decisions.

    Attributes:
        tags: main record id -> reviewer -> tags, in the order in which they were put there.
        notes: main record id -> reviewer -> the last note beside no decision.
    """

    tags: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    notes: Mapping[str, Mapping[str, Noted]] = field(default_factory=dict)

    def tags_of(self, record_id: str, viewer: str | None = None) -> tuple[str, ...]:
        """The tags on a record that `viewer` put there, or (None) of all."""
        by = self.tags.get(record_id, _NOTHING)
        found = [tag for name, tags in by.items() if viewer in (None, name) for tag in tags]
        return tuple(dict.fromkeys(found))

    def note_of(self, record_id: str, reviewer: str) -> Noted | None:
        """A reviewer's last note on a record that stands beside no decision."""
        return self.notes.get(record_id, {}).get(reviewer)

    def used_tags(self, viewer: str | None = None) -> dict[str, int]:
        """Each tag -> how many records `viewer` (None: anybody) put it on, most used first."""
        counts: dict[str, int] = {}
        for record_id in self.tags:
            for tag in self.tags_of(record_id, viewer):
                counts[tag] = counts.get(tag, 0) + 1
        return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0].casefold())))


class Annotations:
    """The annotations of an open review, whoever writes to its log. Threads may share it."""

    def __init__(self, store: Store, reader: SnapshotReader) -> None:
        self._store, self._reader = store, reader
        self._lock = threading.Lock()
        self._cursor = 0
        self._groups = ReportGroups()
        self._events: dict[int, Event] = {}
        self._gone: set[int] = set()
        self._made: tuple[object, Annotated] = (None, Annotated())

    @property
    def now(self) -> Annotated:
        """What stands on the records now, also while there is a mistake in the criteria file."""
        end = 0
        with self._lock:
            with suppress(CriteriaError):
                snapshot = self._reader.snapshot
                self._groups, end = snapshot.groups, snapshot.state.cursor
            for event in self._store.events(after=self._cursor, kinds=KINDS):
                if event.kind == "undone":
                    self._gone.add(event.target or 0)
                else:
                    self._events[event.event_id] = event
            self._cursor = max(self._cursor, end)
            key = (len(self._events), len(self._gone), self._groups)
            if self._made[0] != key:
                standing = [event for event in self._events.values() if event.event_id not in self._gone]
                self._made = key, _annotated(standing, self._groups.main_id)
            return self._made[1]

    def brought_by(self, import_id: int) -> tuple[Event, ...]:
        """The tags and notes that came with an import, by its event, and were not taken back."""
        _ = self.now
        with self._lock:
            found = [event for event in self._events.values() if event.payload.get("import") == import_id]
            return tuple(event for event in found if event.event_id not in self._gone)

    def tag(self, record_id: str, tag: str, *, on: bool = True, reviewer: str = "") -> tuple[str, ...]:
        """Puts a tag on a record, or (not `on`) takes it off; the reviewer's tags on it then.

        Raises:
            LabelError: there is no such record, or the tag is empty or too long.
        """
        self._reader.record(record_id)
        self._store.append_all(tag_entries([record_id], tag, on=on, reviewer=reviewer, now=self.now))
        return self.now.tags_of(self._reader.snapshot.groups.main_id(record_id), reviewer)

    def rename_tag(self, old: str, new: str, *, reviewer: str = "") -> int:
        """Gives a tag another name on all records, whoever put it there; on how many it was.

        Raises:
            LabelError: no record has that tag, or the new name is empty or too long.
        """
        name, records = clean_tag(new), self.now.used_tags().get(old, 0)
        if not records:
            raise LabelError(f"no record has the label '{old[:LONGEST_TAG]}'", hint="Reload the page.")
        if name != old:
            self._store.append(Entry(kind="tag_renamed", reviewer=reviewer, payload={"from": old, "to": name}))
        return records


def place_of(event: Event) -> tuple[int, str]:
    """Where an event is in the order that is the same in each copy of the review."""
    return event.height, event.name


def tag_entries(
    record_ids: Iterable[str], tag: str, *, on: bool, reviewer: str, now: Annotated, batch: str = ""
) -> list[Entry]:
    """The entries that put a tag on records, or take it off, where that changes anything."""
    name = clean_tag(tag)
    changed = [one for one in record_ids if (name in now.tags_of(one, reviewer)) is not on]
    payload = {"tag": name, "on": on} | ({"batch": batch} if batch else {})
    return [Entry(kind="tagged", reviewer=reviewer, record_id=one, payload=payload) for one in changed]


def note_entries(
    record_ids: Iterable[str], text: str, *, reviewer: str, before: Mapping[str, str], batch: str = ""
) -> list[Entry]:
    """The entries that add a note to what the reviewer has noted on each record `before`."""
    entries = []
    for one in record_ids:
        had = before.get(one, "")
        if text not in had.split("\n"):
            payload = {"note": f"{had}\n{text}".strip()} | ({"batch": batch} if batch else {})
            entries.append(Entry(kind="noted", reviewer=reviewer, record_id=one, payload=payload))
    return entries


def undone_entry(event: Event) -> Entry:
    """The entry that takes an annotation back."""
    return Entry(kind="undone", reviewer=event.reviewer, record_id=event.record_id, target=event.event_id)


def clean_tag(text: str) -> str:
    """A tag as it is kept: one line, without the signs that part tags from each other.

    Raises:
        LabelError: nothing is left, or too much.
    """
    name = " ".join(text.replace(";", " ").replace(",", " ").split())
    if not name or len(name) > LONGEST_TAG:
        raise LabelError("a label needs a name", hint=f"Give it one to {LONGEST_TAG} characters.")
    return name


def _annotated(events: Collection[Event], main_id: Callable[[str], str]) -> Annotated:
    tags: dict[str, dict[str, dict[str, None]]] = {}
    notes: dict[str, dict[str, Noted]] = {}
    for event in sorted(events, key=place_of):
        if event.kind == "tag_renamed":
            _rename(tags, str(event.payload.get("from", "")), str(event.payload.get("to", "")))
            continue
        key = main_id(event.record_id)
        if event.kind == "noted":
            text = str(event.payload.get("note", ""))
            notes.setdefault(key, {})[event.reviewer] = Noted(place=place_of(event), time=event.time, text=text)
            continue
        own = tags.setdefault(key, {}).setdefault(event.reviewer, {})
        if event.payload.get("on", True):
            own[str(event.payload.get("tag", ""))] = None
        else:
            own.pop(str(event.payload.get("tag", "")), None)
    kept = {key: {name: tuple(own) for name, own in by.items() if own} for key, by in tags.items()}
    return Annotated(tags={key: by for key, by in kept.items() if by}, notes=notes)


def _rename(tags: Mapping[str, dict[str, dict[str, None]]], old: str, new: str) -> None:
    for by in tags.values():
        for name, own in by.items():
            by[name] = dict.fromkeys(new if tag == old else tag for tag in own)
