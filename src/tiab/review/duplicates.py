"""Duplicates within a review: what is certain is linked, what is doubtful waits for a person, who is asked once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from tiab.errors import LabelError
from tiab.review.snapshot import Snapshot, SnapshotReader
from tiab.store import Entry, Event, Store

if TYPE_CHECKING:  # what compares records loads all readers of files: only what finds duplicates waits for it
    from tiab.dedupe import DoubtfulPair, Duplicates, RelatedReports
    from tiab.pico.pipeline import Progress

__all__ = ["DuplicateLinks", "LinkContradiction", "PairDecision"]

_BY_HAND = "settled side by side"
"""How the reason of a link begins that a person made between two records that they saw beside each other."""

_PAIR_EVENTS = ("merged", "unmerged", "kept_apart", "undone")
"""The kinds of events that tell which pairs were linked or kept apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecision:
    """What a person said of two records: that they are the `same` report, or are to be kept apart.

    Attributes:
        event_id: the number of its entry in the log, by which it can be taken back.
        other: the record that was linked to `one`, or kept apart from it.
    """

    event_id: int
    one: str
    other: str
    same: bool
    reviewer: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContradiction:
    """Two records that are linked as one, although somebody said that they are two, in the event `event_id`."""

    one: str
    other: str
    reviewer: str
    event_id: int


class DuplicateLinks:
    """Which records of an open review are reports of one study: linked, kept apart, or yet to be decided."""

    def __init__(self, store: Store, reader: SnapshotReader) -> None:
        self._store, self._reader = store, reader

    def link(self, record_id: str, into: str, *, reason: str, reviewer: str = "") -> Event:
        """Links the main record of one record to that of another; its entry in the log.

        Raises:
            LabelError: there is no such record, or they are one already.
        """
        self._reader.record(into)
        main_id = self._reader.snapshot.groups.main_id
        one, other = main_id(record_id), main_id(into)
        if one == other:
            raise LabelError(f"'{record_id[:80]}' and '{into[:80]}' are one already", hint="tiab status counts them.")
        payload = {"into": other, "reason": reason}
        return self._store.append(Entry(kind="merged", reviewer=reviewer, record_id=one, payload=payload))

    def link_pair(self, one: str, other: str, *, why: str, reviewer: str = "") -> Event:
        """Links `other` to `one` because a person who saw both says so; its entry in the log.

        Args:
            why: what had made them a pair.

        Raises:
            LabelError: there is no such record, or they are one already.
        """
        return self.link(other, one, reason=f"{_BY_HAND} ({why})", reviewer=reviewer)

    def link_certain(self, found: Duplicates, *, reviewer: str = "") -> int:
        """Links the records of each certain group to its first; how many."""
        links = [(key, group.record_ids[0], group.reason) for group in found.certain for key in group.record_ids[1:]]
        for record_id, into, reason in links:
            self.link(record_id, into, reason=reason, reviewer=reviewer)
        return len(links)

    def unlink(self, record_id: str, *, reviewer: str = "") -> Event:
        """Takes back the link of a duplicate to its record.

        Raises:
            LabelError: it is linked to no record.
        """
        links = [one.event_id for one in self._reader.snapshot.state.merges.values() if one.record_id == record_id]
        if not links:
            raise LabelError(f"record '{record_id[:80]}' is no duplicate", hint="tiab status counts them.")
        entries = [Entry(kind="unmerged", reviewer=reviewer, record_id=record_id, target=link) for link in links]
        return self._store.append_all(entries)[-1]

    def keep_apart(self, one: str, other: str, *, reviewer: str = "") -> Event:
        """Notes that two records are two reports; its entry in the log.

        Raises:
            LabelError: there is no such record, or they are linked as one.
        """
        self._reader.record(one)
        main_id = self._reader.snapshot.groups.main_id
        if main_id(one) == main_id(other):
            raise LabelError(f"'{one[:80]}' and '{other[:80]}' are one already", hint="Take back their link first.")
        return self._store.append(Entry(kind="kept_apart", reviewer=reviewer, record_id=other, payload={"from": one}))

    def find(self, *, progress: Progress | None = None) -> Duplicates:
        """The duplicates among what is screened that are neither linked nor known to be two.

        A pair that was kept apart, or whose link was taken back, is not found again; what else was in its group becomes
        doubtful.

        Args:
            progress: is called with numbers of records, which add up to those that are screened.
        """
        from tiab.dedupe import find_duplicates

        return self.still_open(find_duplicates(self._reader.snapshot.merged_records(), progress=progress))

    def still_open(self, found: Duplicates) -> Duplicates:
        """Of the duplicates that were found earlier, those on which nobody has decided since."""
        return _still_open(found, self._reader.snapshot, self._store.events(kinds=_PAIR_EVENTS))

    def related(self) -> tuple[RelatedReports, ...]:
        """The records that seem to report one study; they are shown together and never linked."""
        from tiab.dedupe import related_reports

        return related_reports(self._reader.snapshot.merged_records())

    def decisions(self) -> tuple[PairDecision, ...]:
        """What people said of pairs and did not take back, last first."""
        return _pair_decisions(self._store.events(kinds=_PAIR_EVENTS))

    def contradictions(self) -> tuple[LinkContradiction, ...]:
        """The pairs that one person linked and another kept apart, as may happen in two copies of a review.

        They stay linked until the link is taken back (`unlink`); or what was said against it is (`undo`).
        """
        main_id = self._reader.snapshot.groups.main_id
        return tuple(
            LinkContradiction(one=said.one, other=said.other, reviewer=said.reviewer, event_id=said.event_id)
            for said in self.decisions()
            if not said.same and main_id(said.one) == main_id(said.other)
        )

    def undo(self, event_id: int, *, reviewer: str = "", token: str | None = None) -> PairDecision:
        """Takes back what was said of a pair, which is asked again; what it was.

        Raises:
            LabelError: nothing was said under that number, or it was taken back.
        """
        said = next((one for one in self.decisions() if one.event_id == event_id), None)
        if said is None:
            raise LabelError("that answer was taken back already", hint="Look again.")
        kind, payload = ("unmerged", {"ask": "again"}) if said.same else ("undone", {})
        self._store.append(
            Entry(kind=kind, reviewer=reviewer, record_id=said.other, target=event_id, token=token, payload=payload)
        )
        return said


def _still_open(found: Duplicates, snapshot: Snapshot, events: Iterable[Event]) -> Duplicates:
    """Of the duplicates that were found, those that the `_PAIR_EVENTS` neither link nor keep apart."""
    from tiab.dedupe import DoubtfulPair, Duplicates

    main_id, apart = snapshot.groups.main_id, _apart(snapshot, events)
    certain = []
    doubtful = [(pair.record_ids, pair) for pair in found.doubtful]
    for group in found.certain:
        ids = tuple(dict.fromkeys(map(main_id, group.record_ids)))
        pairs = list(combinations(ids, 2))
        if all(frozenset(pair) not in apart for pair in pairs):
            certain += [replace(group, record_ids=ids)] if pairs else []
            continue
        reason = f"{group.reason}, but one of these was kept apart"
        doubtful += [(pair, DoubtfulPair(record_ids=pair, reason=reason, similarity=1.0)) for pair in pairs]
    left: dict[frozenset[str], DoubtfulPair] = {}
    for ids, pair in doubtful:
        main_ids = main_id(ids[0]), main_id(ids[1])
        if main_ids[0] != main_ids[1] and frozenset(main_ids) not in apart:
            left.setdefault(frozenset(main_ids), replace(pair, record_ids=main_ids))
    return Duplicates(certain=tuple(certain), doubtful=tuple(left.values()))


def _pair_decisions(events: Iterable[Event]) -> tuple[PairDecision, ...]:
    """What people said of pairs and did not take back, by the events of `_PAIR_EVENTS`; last first."""
    events = tuple(events)
    gone = {event.target for event in events if event.kind in ("undone", "unmerged")}
    found = []
    for event in events:
        same = event.kind == "merged" and str(event.payload.get("reason", "")).startswith(_BY_HAND)
        if event.event_id not in gone and (same or event.kind == "kept_apart"):
            found.append(
                PairDecision(
                    event_id=event.event_id,
                    one=str(event.payload["into" if same else "from"]),
                    other=event.record_id,
                    same=same,
                    reviewer=event.reviewer,
                    time=event.time,
                )
            )
    return tuple(reversed(found))


def _apart(snapshot: Snapshot, events: Iterable[Event]) -> set[frozenset[str]]:
    """The pairs of what is screened that were kept apart, or whose link was taken back."""
    links: dict[int, tuple[str, str]] = {}
    apart: list[tuple[int, tuple[str, str]]] = []
    gone: set[int | None] = set()
    for event in events:
        if event.kind == "merged":
            links[event.event_id] = event.record_id, str(event.payload["into"])
        elif event.kind == "unmerged" and event.target in links and not event.payload.get("ask"):
            apart.append((event.event_id, links[event.target]))
        elif event.kind == "kept_apart":
            apart.append((event.event_id, (event.record_id, str(event.payload["from"]))))
        elif event.kind == "undone":
            gone.add(event.target)
    return {frozenset(map(snapshot.groups.main_id, pair)) for event_id, pair in apart if event_id not in gone}
