"""Duplicates within a review: what is certain is linked, what is doubtful waits for a person, who is asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

from tiab.dedupe import DoubtfulPair, Duplicates, RelatedReports, find_duplicates, related_reports
from tiab.errors import LabelError
from tiab.records import Record
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.store import Entry, Event

__all__ = ["keep_apart", "link_certain", "related", "unsettled"]


def unsettled(review: Review, *, progress: Callable[[int], object] | None = None) -> Duplicates:
    """The duplicates among what is screened that are neither linked nor known to be two.

    A pair that was kept apart, or whose link was taken back, is not found again; what else was in its group becomes
    doubtful.

    Args:
        progress: is called with numbers of records, which add up to those that are screened.
    """
    snapshot = review.snapshot()
    records = _screened(snapshot)
    found = find_duplicates(records, progress=progress)
    apart = _apart(snapshot, review.events())
    certain, doubtful = [], [pair for pair in found.doubtful if frozenset(pair.record_ids) not in apart]
    for group in found.certain:
        pairs = list(combinations(group.record_ids, 2))
        if all(frozenset(pair) not in apart for pair in pairs):
            certain.append(group)
        else:
            doubtful += [
                DoubtfulPair(record_ids=pair, reason=f"{group.reason}, but one of these was kept apart", similarity=1.0)
                for pair in pairs
                if frozenset(pair) not in apart
            ]
    return Duplicates(certain=tuple(certain), doubtful=tuple(doubtful))


def related(review: Review) -> tuple[RelatedReports, ...]:
    """The records among what is screened that seem to report one study; they are shown together and never linked."""
    return related_reports(_screened(review.snapshot()))


def link_certain(review: Review, found: Duplicates, *, reviewer: str = "") -> int:
    """Links the records of each certain group to its first; how many were linked. Each link can be taken back."""
    linked = 0
    for group in found.certain:
        for record_id in group.record_ids[1:]:
            review.merge(record_id, group.record_ids[0], reason=group.reason, reviewer=reviewer)
            linked += 1
    return linked


def keep_apart(review: Review, one: str, other: str, *, reviewer: str = "") -> Event:
    """Notes that two records are two reports; the entry in the log.

    Raises:
        LabelError: there is no such record, or they are linked as one.
    """
    head = review.snapshot().groups.head
    review.record(one)
    if head(one) == head(other):
        raise LabelError(f"'{one[:80]}' and '{other[:80]}' are one already", hint="Take back their link first.")
    return review.log(Entry(kind="kept_apart", reviewer=reviewer, record_id=other, payload={"from": one}))


def _screened(snapshot: Snapshot) -> list[Record]:
    return [snapshot.face(snapshot.records[place].record_id) for place in snapshot.heads]


def _apart(snapshot: Snapshot, events: Iterable[Event]) -> set[frozenset[str]]:
    """The pairs of what is screened that were kept apart, or whose link was taken back."""
    links: dict[int, tuple[str, str]] = {}
    apart: list[tuple[str, str]] = []
    for event in events:
        if event.kind == "merged":
            links[event.event_id] = event.record_id, str(event.payload["into"])
        elif event.kind == "unmerged" and event.target in links:
            apart.append(links[event.target])
        elif event.kind == "kept_apart":
            apart.append((event.record_id, str(event.payload["from"])))
    return {frozenset(map(snapshot.groups.head, pair)) for pair in apart}
