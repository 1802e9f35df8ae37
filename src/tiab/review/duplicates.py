"""Duplicates within a review: what is certain is linked, what is doubtful waits for a person, who is asked once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations

from tiab.dedupe import DoubtfulPair, Duplicates
from tiab.errors import LabelError
from tiab.records import Record
from tiab.review.snapshot import Snapshot
from tiab.store import Entry, Event

__all__ = [
    "BY_HAND",
    "PAIR_EVENTS",
    "FieldComparison",
    "PairDecision",
    "certain_links",
    "compare_fields",
    "keep_apart_entry",
    "link_entry",
    "open_duplicates",
    "pair_decisions",
    "undo_pair_entry",
    "unlink_entries",
]

BY_HAND = "settled side by side"
"""How the reason of a link begins that a person made between two records that they saw beside each other."""

PAIR_EVENTS = ("merged", "unmerged", "kept_apart", "undone")
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


def open_duplicates(found: Duplicates, snapshot: Snapshot, events: Iterable[Event]) -> Duplicates:
    """Of the duplicates that were found among what is screened, those that are neither linked nor known to be two.

    A pair that was kept apart, or whose link was taken back, is left out; what else was in its group becomes doubtful.

    Args:
        events: those of `PAIR_EVENTS`.
    """
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


def pair_decisions(events: Iterable[Event]) -> tuple[PairDecision, ...]:
    """What people said of pairs and did not take back, by the events of `PAIR_EVENTS`; last first."""
    events = tuple(events)
    gone = {event.target for event in events if event.kind in ("undone", "unmerged")}
    found = []
    for event in events:
        same = event.kind == "merged" and str(event.payload.get("reason", "")).startswith(BY_HAND)
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


def undo_pair_entry(said: PairDecision, *, reviewer: str, token: str | None) -> Entry:
    """The entry that takes back what was said of a pair, which is then asked again."""
    kind, payload = ("unmerged", {"ask": "again"}) if said.same else ("undone", {})
    return Entry(
        kind=kind, reviewer=reviewer, record_id=said.other, target=said.event_id, token=token, payload=payload
    )  # fmt: skip


def link_entry(snapshot: Snapshot, record_id: str, into: str, *, reason: str, reviewer: str) -> Entry:
    """The entry that links the main record of one record to that of another.

    Raises:
        LabelError: they have one main record already.
    """
    one, other = snapshot.groups.main_id(record_id), snapshot.groups.main_id(into)
    if one == other:
        raise LabelError(f"'{record_id[:80]}' and '{into[:80]}' are one already", hint="tiab status counts them.")
    return Entry(kind="merged", reviewer=reviewer, record_id=one, payload={"into": other, "reason": reason})


def certain_links(found: Duplicates) -> list[tuple[str, str, str]]:
    """(duplicate, main record, reason) of each record of the certain groups but their first."""
    return [
        (record_id, group.record_ids[0], group.reason) for group in found.certain for record_id in group.record_ids[1:]
    ]


def unlink_entries(snapshot: Snapshot, record_id: str, *, reviewer: str) -> list[Entry]:
    """The entries that take back the links of a duplicate.

    Raises:
        LabelError: it is linked to no record.
    """
    links = [one.event_id for one in snapshot.state.merges.values() if one.record_id == record_id]
    if not links:
        raise LabelError(f"record '{record_id[:80]}' is no duplicate", hint="tiab status counts them.")
    return [Entry(kind="unmerged", reviewer=reviewer, record_id=record_id, target=link) for link in links]


def keep_apart_entry(snapshot: Snapshot, one: str, other: str, *, reviewer: str) -> Entry:
    """The entry that notes that two records are two reports.

    Raises:
        LabelError: they are linked as one.
    """
    if snapshot.groups.main_id(one) == snapshot.groups.main_id(other):
        raise LabelError(f"'{one[:80]}' and '{other[:80]}' are one already", hint="Take back their link first.")
    return Entry(kind="kept_apart", reviewer=reviewer, record_id=other, payload={"from": one})


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


_FIELDS = ("title", "authors", "year", "journal", "doi", "pmid", "publication_types", "record_id", "source", "abstract")
_NAMES = {"doi": "DOI", "pmid": "PMID", "record_id": "id", "publication_types": "type", "source": "came in"}
_PLACE = {
    "volume": ("VL", "VI", "volume", "Volume"),
    "issue": ("IP", "IS", "issue", "Issue", "number"),
    "pages": ("SP", "PG", "pages", "Page start"),
}
_ISSN = re.compile(r"\d{4}-\d{3}[\dxX].*")  # which PubMed calls IS, as others call the issue
_ALIKE = 0.35
"""Likeness under which two long texts are shown as they are: almost every word would be marked."""
_LONG = 120
_MANY = 4_000
"""Words beyond which two texts are not compared word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldComparison:
    """One field of two records: its pieces, and of each piece whether it differs from the other record's."""

    name: str
    left: tuple[tuple[str, bool], ...]
    right: tuple[tuple[str, bool], ...]

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right and not any(differs for _, differs in self.left)


def compare_fields(one: Record, other: Record) -> tuple[FieldComparison, ...]:
    """The fields that one of two records has, side by side.

    >>> one, other = Record(record_id="a", title="Yoga in MS"), Record(record_id="b", title="Yoga in older men")
    >>> compare_fields(one, other)[0].right
    (('Yoga in ', False), ('older men', True))
    """
    fields = []
    for name in (*_FIELDS[:4], *_PLACE, *_FIELDS[4:]):
        left, right = _value(one, name), _value(other, name)
        if left or right:
            fields.append(_compared(_NAMES.get(name, name), left, right))
    return tuple(fields)


def _value(record: Record, name: str) -> str:
    if name in _PLACE:
        extra = dict(record.extra)
        return next((extra[key] for key in _PLACE[name] if extra.get(key) and not _ISSN.fullmatch(extra[key])), "")
    value = getattr(record, name)
    return "; ".join(value) if isinstance(value, tuple) else str(value or "")


def _compared(name: str, left: str, right: str) -> FieldComparison:
    first, second = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (left, right))
    if not left or not right or len(first) + len(second) > _MANY:
        differs = left != right
        return FieldComparison(name=name, left=_whole(left, differs), right=_whole(right, differs))
    matcher = SequenceMatcher(None, [w.casefold() for w in first], [w.casefold() for w in second], autojunk=False)
    if len(first) + len(second) > _LONG and _likeness(matcher, first, second) < _ALIKE:
        return FieldComparison(name=name, left=_whole(left, False), right=_whole(right, False))
    pieces: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for tag, a, b, c, d in matcher.get_opcodes():
        for words, kept in ((first[a:b], pieces[0]), (second[c:d], pieces[1])):
            if words:
                kept.append(("".join(words), tag != "equal"))
    return FieldComparison(name=name, left=_joined(pieces[0]), right=_joined(pieces[1]))


def _likeness(matcher: SequenceMatcher[str], first: list[str], second: list[str]) -> float:
    """The share of the words, blanks aside, that both have, from 0 to 1."""
    equal = sum(not first[place].isspace() for a, _, n in matcher.get_matching_blocks() for place in range(a, a + n))
    return 2 * equal / sum(not word.isspace() for word in (*first, *second))


def _joined(pieces: list[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    """The pieces with those joined that differ and have nothing but a blank between them."""
    joined: list[tuple[str, bool]] = []
    for at, (text, differs) in enumerate(pieces):
        between = not text.strip() and 0 < at < len(pieces) - 1
        if joined and joined[-1][1] and (differs or between):
            joined[-1] = (joined[-1][0] + text, True)
        else:
            joined.append((text, differs and bool(text.strip())))
    return tuple(joined)


def _whole(text: str, differs: bool) -> tuple[tuple[str, bool], ...]:
    return ((text, differs),) if text else ()
