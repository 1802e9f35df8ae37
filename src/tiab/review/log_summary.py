"""What the log of a review tells beyond its decisions: searches, overrides, and from what a report was made."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

import tiab
from tiab.criteria import Criteria, Search
from tiab.evaluation.history import ScreeningHistory
from tiab.labels import Decision
from tiab.ranking.rank import Ranking
from tiab.review.rankings import Learned
from tiab.review.snapshot import Snapshot
from tiab.store import Event, LogEnd

__all__ = ["Overrides", "Provenance", "SearchRow", "count_overrides", "list_searches", "trace_provenance"]

_SOFTWARE = ("numpy", "scipy", "scikit-learn", "spacy")

_BY_HAND, _APART = ("by hand", "settled side by side"), "looked at side by side"
"""How the reasons begin that the log gives for links that a person made, and those of pairs that an earlier version
kept apart, which it noted as links that were taken back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """With what, when and from what the report was made.

    Attributes:
        at: ISO 8601, UTC.
        software: (name, version) of what computes the numbers.
        criteria_hash, data_hash, model_hash, order_hash: of the criteria, the labels with their records, every digit of
            the model, and the ranking; "" where there is none.
        events, rankings: entries of the log, and rankings among them.
        versions: of tiab, which made those rankings.
        anchor: the last event of the log by its number and hash, which covers all before it; "" for an empty log.
        first_event_at, last_event_at: "" for an empty log.
    """

    tool: str
    version: str
    at: str
    seed: int
    software: tuple[tuple[str, str], ...]
    criteria_hash: str
    data_hash: str
    model_hash: str
    order_hash: str
    events: int
    rankings: int
    versions: tuple[str, ...]
    anchor: str
    first_event_at: str
    last_event_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """One search of PubMed, for PRISMA-S: its words in full, the days that it covers, what it found.

    Attributes:
        since: the first day that it covers, "" for all before `until`; until: the last day, "" where nobody said.
        found: None where the search was made outside tiab.
        at: when it was made, ISO 8601; "" where it was made outside tiab.
    """

    query: str
    since: str
    until: str
    found: int | None
    at: str

    @property
    def covers(self) -> str:
        """The days that it covers, in words."""
        if self.since:
            return f"{self.since} to {self.until}"
        return f"up to {self.until}" if self.until else "not said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What people did against the tool, against each other or against what they had said before.

    Attributes:
        undone: decisions undone. changed: decisions given again with another answer. resolved: conflicts resolved.
        linked, unlinked: links between duplicates that a person made or took back. kept_apart: pairs that a
            person looked at and kept apart.
        pairs_named: pairs that were named as possible duplicates when files were added, for a person to settle.
        included_against, excluded_against: included although the tool missed a required criterion, and excluded
            although it missed none; None without criteria.
    """

    undone: int
    changed: int
    resolved: int
    linked: int
    unlinked: int
    kept_apart: int
    pairs_named: int
    included_against: int | None
    excluded_against: int | None

    @property
    def pairs_settled(self) -> int:
        """Pairs that a person linked or kept apart."""
        return self.linked + self.kept_apart

    @property
    def pairs_open(self) -> int:
        """Possible duplicates not yet resolved: each is screened as two records."""
        return max(0, self.pairs_named - self.pairs_settled)


def list_searches(criteria: Criteria | None, events: Iterable[Event]) -> tuple[SearchRow, ...]:
    """The review's own search, as its criteria hold it, then those that tiab made since."""
    own = criteria.search if criteria else Search()
    first = [SearchRow(query=own.pubmed, since="", until=own.until, found=None, at="")] if own.pubmed else []
    made = [event for event in events if event.kind == "searched"]
    return (*first, *(_search_row(event) for event in made))


def _search_row(event: Event) -> SearchRow:
    said = {name: str(event.payload[name]) for name in ("query", "since", "until")}
    return SearchRow(**said, found=int(event.payload["found"]), at=event.time[:19])


def count_overrides(events: Sequence[Event], history: ScreeningHistory, ranking: Ranking | None) -> Overrides:
    """What people did against the tool, each other or themselves."""
    links = {event.event_id: str(event.payload.get("reason", "")) for event in events if event.kind == "merged"}
    apart = {number for number, reason in links.items() if reason.startswith(_APART)}
    asked = {event.target for event in events if event.kind == "unmerged" and event.payload.get("ask")}
    undone = {event.target for event in events if event.kind == "undone"}
    pairs = {event.event_id for event in events if event.kind == "kept_apart"}
    included, excluded = _count_against(history, ranking)
    return Overrides(
        undone=len(undone & {event.event_id for event in events if event.kind in ("labelled", "resolved")}),
        changed=_count_changed(events),
        resolved=sum(event.kind == "resolved" for event in events),
        linked=sum(reason.startswith(_BY_HAND) and number not in asked for number, reason in links.items()),
        unlinked=sum(event.kind == "unmerged" and event.target not in apart | asked for event in events),
        kept_apart=len(pairs - undone) + len(apart),
        pairs_named=sum(int(event.payload.get("doubtful", 0)) for event in events),
        included_against=included,
        excluded_against=excluded,
    )


def _count_changed(events: Iterable[Event]) -> int:
    """How often somebody decided on a record once more, and otherwise."""
    valid: dict[tuple[str, str], dict[int, object]] = {}
    changed = 0
    for event in events:
        given = valid.setdefault((event.record_id, event.reviewer), {})
        if event.kind == "labelled":
            decision = event.payload["decision"]
            changed += bool(given) and list(given.values())[-1] != decision
            given[event.event_id] = decision
        elif event.kind == "undone":
            given.pop(event.target or 0, None)
    return changed


def _count_against(history: ScreeningHistory, ranking: Ranking | None) -> tuple[int | None, int | None]:
    """How many were included that miss a criterion, and excluded that miss none; None and None without criteria."""
    if ranking is None or ranking.model.space.criteria is None:
        return None, None
    screened, whole = set(history.screened), ranking.features
    places = [place for place, record in enumerate(whole.records) if record.record_id in screened]
    records, spans = tuple(whole.records[place] for place in places), tuple(whole.spans[place] for place in places)
    part = replace(whole, records=records, spans=spans, matrix=whole.matrix[places])
    lacks = {record.record_id for place, record in enumerate(records) if part.criteria_missing(place)}
    decided = [(history.decision(record_id), record_id in lacks) for record_id in history.screened]
    return decided.count((Decision.INCLUDE, True)), decided.count((Decision.EXCLUDE, False))


def trace_provenance(
    snapshot: Snapshot,
    events: Sequence[Event],
    ranking: Ranking | None,
    *,
    now: datetime | None = None,
    software: Sequence[tuple[str, str]] | None = None,
) -> Provenance:
    """From what a report on the review would be made.

    Args:
        now: the date of the report; by default the present.
        software: (name, version) of what computes; by default what is installed.
    """
    rankings = [event for event in events if event.kind == "ranked"]
    last = max(events, key=lambda event: event.event_id, default=None)
    learned = _learned(ranking) if ranking else None
    return Provenance(
        tool="tiab",
        version=tiab.__version__,
        at=(now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
        seed=snapshot.seed,
        software=tuple((str(name), str(number)) for name, number in software or _installed()),
        criteria_hash=snapshot.criteria.fingerprint if snapshot.criteria else "",
        data_hash=ranking.model.data_hash if ranking else "",
        model_hash=learned.model_hash if learned else "",
        order_hash=learned.order_hash if learned else "",
        events=len(events),
        rankings=len(rankings),
        versions=tuple(sorted({str(event.payload.get("tiab", "")) for event in rankings} - {""})),
        anchor=str(LogEnd(event_id=last.event_id, hash=last.hash)) if last else "",
        first_event_at=events[0].time[:19] if events else "",
        last_event_at=last.time[:19] if last else "",
    )


def _learned(ranking: Ranking) -> Learned:
    """The ranking as the log would name it, for its hashes."""
    ids = [record.record_id for record in ranking.records]
    place = {record_id: number for number, record_id in enumerate(ids)}
    places = np.array([place[record_id] for record_id in ranking.order], dtype=np.intp)
    return Learned(record_ids=ids, labels={}, model=ranking.model, scores=ranking.scores, places=places)


def _installed() -> list[tuple[str, str]]:
    return [("Python", platform.python_version()), *((name, version(name)) for name in _SOFTWARE)]
