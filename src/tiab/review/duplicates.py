"""Duplicates within a review: what is certain is linked, what is doubtful waits for a person, who is asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from tiab.dedupe import DoubtfulPair, Duplicates, RelatedReports, find_duplicates, related_reports
from tiab.errors import LabelError
from tiab.records import Record
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.store import Entry, Event

__all__ = [
    "Answer",
    "answers",
    "keep_apart",
    "link_certain",
    "related",
    "settle_same",
    "still_unsettled",
    "take_back",
    "unsettled",
]


BY_HAND = "settled side by side"
"""How the reason of a link begins that a person made between two records that they saw beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
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


def unsettled(review: Review, *, progress: Callable[[int], object] | None = None) -> Duplicates:
    """The duplicates among what is screened that are neither linked nor known to be two.

    A pair that was kept apart, or whose link was taken back, is not found again; what else was in its group becomes
    doubtful.

    Args:
        progress: is called with numbers of records, which add up to those that are screened.
    """
    return still_unsettled(review, find_duplicates(_screened(review.snapshot), progress=progress))


def still_unsettled(review: Review, found: Duplicates) -> Duplicates:
    """Of the duplicates that were found among what is screened, those that nobody has settled since."""
    snapshot = review.snapshot
    main_id, apart = snapshot.groups.main_id, _apart(snapshot, review.events())
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
        pair_ids = main_id(ids[0]), main_id(ids[1])
        if pair_ids[0] != pair_ids[1] and frozenset(pair_ids) not in apart:
            left.setdefault(frozenset(pair_ids), replace(pair, record_ids=pair_ids))
    return Duplicates(certain=tuple(certain), doubtful=tuple(left.values()))


def settle_same(review: Review, one: str, other: str, *, why: str, reviewer: str = "") -> Event:
    """Links `other` to `one` because a person who saw both says so; the entry in the log.

    Args:
        why: what had made them a pair.

    Raises:
        LabelError: there is no such record, or they are one already.
    """
    return review.merge(other, one, reason=f"{BY_HAND} ({why})", reviewer=reviewer)


def answers(review: Review) -> tuple[Answer, ...]:
    """What people said of pairs and did not take back, last first."""
    events = review.events()
    gone = {event.target for event in events if event.kind in ("undone", "unmerged")}
    found = []
    for event in events:
        same = event.kind == "merged" and str(event.payload.get("reason", "")).startswith(BY_HAND)
        if event.event_id not in gone and (same or event.kind == "kept_apart"):
            one = str(event.payload["into" if same else "from"])
            found.append(
                Answer(
                    event_id=event.event_id,
                    one=one,
                    other=event.record_id,
                    same=same,
                    reviewer=event.reviewer,
                    time=event.time,
                )
            )
    return tuple(reversed(found))


def take_back(review: Review, event_id: int, *, reviewer: str = "", token: str | None = None) -> Answer:
    """Takes back what was said of a pair, which is asked again; what it was.

    Raises:
        LabelError: there is no such answer, or it was taken back.
    """
    answer = next((one for one in answers(review) if one.event_id == event_id), None)
    if answer is None:
        raise LabelError("that answer was taken back already", hint="Look again.")
    kind, payload = ("unmerged", {"ask": "again"}) if answer.same else ("undone", {})
    entry = Entry(
        kind=kind, reviewer=reviewer, record_id=answer.other, target=event_id, token=token, payload=payload
    )  # fmt: skip
    review.log(entry)
    return answer


def related(review: Review) -> tuple[RelatedReports, ...]:
    """The records among what is screened that seem to report one study; they are shown together and never linked."""
    return related_reports(_screened(review.snapshot))


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
    main_id = review.snapshot.groups.main_id
    review.record(one)
    if main_id(one) == main_id(other):
        raise LabelError(f"'{one[:80]}' and '{other[:80]}' are one already", hint="Take back their link first.")
    return review.log(Entry(kind="kept_apart", reviewer=reviewer, record_id=other, payload={"from": one}))


def _screened(snapshot: Snapshot) -> list[Record]:
    return list(snapshot.merged_records())


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
