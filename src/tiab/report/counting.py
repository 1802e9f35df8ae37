"""Counting: the flow of records through a review, from its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tiab.criteria import Criteria, Search
from tiab.evaluation.evaluate import SECONDS_PER_RECORD
from tiab.labels import Decision
from tiab.records import Record
from tiab.report.course import Course
from tiab.report.rows import Counts, Overrides, RecordLine, SearchRow, SourceRow, WorkloadRow
from tiab.review import Snapshot
from tiab.store import Event, Source

__all__ = ["count_flow", "count_overrides", "count_workload", "list_without_abstract", "search_rows", "source_rows"]

_BY_HAND, _APART = ("by hand", "settled side by side"), "looked at side by side"
"""How the reasons begin that the log gives for links that a person made, and those of pairs that an earlier version
kept apart, which it noted as links that were taken back at once."""


def source_rows(sources: Iterable[Source]) -> tuple[SourceRow, ...]:
    """The files in the order in which they were added; one that was added twice is marked the second time."""
    rows, seen = [], set[str]()
    for source in sources:
        again = bool(source.sha256) and source.sha256 in seen
        seen.add(source.sha256)
        counts = {name: getattr(source, name) for name in ("found", "new", "known", "duplicates", "unreadable")}
        rows.append(SourceRow(name=source.name, sha256=source.sha256, again=again, **counts))
    return tuple(rows)


def search_rows(criteria: Criteria | None, events: Iterable[Event]) -> tuple[SearchRow, ...]:
    """The review's own search, as its criteria hold it, then those that tiab made since."""
    own = criteria.search if criteria else Search()
    first = [SearchRow(query=own.pubmed, since="", until=own.until, found=None, at="")] if own.pubmed else []
    made = [event for event in events if event.kind == "searched"]
    return (*first, *(_search_row(event) for event in made))


def _search_row(event: Event) -> SearchRow:
    said = {name: str(event.payload[name]) for name in ("query", "since", "until")}
    return SearchRow(**said, found=int(event.payload["found"]), at=event.time[:19])


def count_flow(snapshot: Snapshot, course: Course, sources: Sequence[SourceRow]) -> Counts:
    """The counts of PRISMA's upper half, and of what nobody has looked at yet."""
    counted = [row for row in sources if not row.again]
    found, unreadable = sum(row.found for row in counted), sum(row.unreadable for row in counted)
    known = found - unreadable - len(snapshot.records)  # as it is now: an import that was undone had brought some
    linked = len(snapshot.records) - len(snapshot.main_ids)
    empty = {record.record_id for record in _without_abstract(snapshot)}
    said = [course.status(record_id) for record_id in course.screened]
    return Counts(
        identified=found,
        duplicates=known + linked,
        unreadable=unreadable,
        by_automation=0,
        to_screen=len(snapshot.main_ids),
        prior=len(course.prior),
        prior_included=sum(course.goes_on(record_id) for record_id in course.prior),
        screened=len(course.screened),
        screened_by_two=sum(len(course.screeners[record_id]) > 1 for record_id in course.screened),
        included=said.count("included"),
        maybe=said.count("maybe"),
        excluded=said.count("excluded"),
        conflicts=said.count("conflict"),
        unscreened=len(course.unscreened),
        no_abstract=len(empty),
        no_abstract_unscreened=len(empty & set(course.unscreened)),
    )


def count_workload(counts: Counts) -> tuple[WorkloadRow, ...]:
    """Hours for the records that were not known beforehand, at three paces, for one reader of each and for two."""
    rows = []
    for screeners in (1, 2):
        for seconds in SECONDS_PER_RECORD:
            hours = screeners * seconds / 3600
            rows.append(
                WorkloadRow(
                    seconds_per_record=seconds,
                    screeners=screeners,
                    hours_all=(counts.screened + counts.unscreened) * hours,
                    hours_screened=counts.screened * hours,
                    hours_unscreened=counts.unscreened * hours,
                )
            )
    return tuple(rows)


def count_overrides(events: Sequence[Event], course: Course, lacking: dict[str, str] | None) -> Overrides:
    """What people did against the tool, each other or themselves.

    Args:
        lacking: record id -> what of the criteria the tool did not find in it; None without criteria.
    """
    standing: dict[tuple[str, str], dict[int, object]] = {}
    changed = 0
    for event in events:
        given = standing.setdefault((event.record_id, event.reviewer), {})
        if event.kind == "labelled":
            decision = event.payload["decision"]
            changed += bool(given) and list(given.values())[-1] != decision
            given[event.event_id] = decision
        elif event.kind == "undone":
            given.pop(event.target or 0, None)
    links = {event.event_id: str(event.payload.get("reason", "")) for event in events if event.kind == "merged"}
    apart = {number for number, reason in links.items() if reason.startswith(_APART)}
    asked = {event.target for event in events if event.kind == "unmerged" and event.payload.get("ask")}
    undone = {event.target for event in events if event.kind == "undone"}
    pairs = {event.event_id for event in events if event.kind == "kept_apart"}
    kinds = [event.kind for event in events]
    against: dict[str, int | None] = {"included_against": None, "excluded_against": None}
    if lacking is not None:
        decided = [(course.decision(record_id), bool(lacking.get(record_id))) for record_id in course.screened]
        against["included_against"] = decided.count((Decision.INCLUDE, True))
        against["excluded_against"] = decided.count((Decision.EXCLUDE, False))
    return Overrides(
        undone=len(undone - pairs),
        changed=changed,
        resolved=kinds.count("resolved"),
        linked=sum(reason.startswith(_BY_HAND) and number not in asked for number, reason in links.items()),
        unlinked=sum(event.kind == "unmerged" and event.target not in apart | asked for event in events),
        kept_apart=len(pairs - undone) + len(apart),
        pairs_named=sum(int(event.payload.get("doubtful", 0)) for event in events),
        **against,
    )


def list_without_abstract(snapshot: Snapshot, course: Course) -> tuple[RecordLine, ...]:
    """The records to screen that have no abstract, those that nobody has looked at first."""
    lines = [
        RecordLine(
            record_id=record.record_id, title=record.title, year=record.year, status=course.status(record.record_id)
        )
        for record in _without_abstract(snapshot)
    ]
    return tuple(sorted(lines, key=lambda line: line.status != "unscreened"))


def _without_abstract(snapshot: Snapshot) -> list[Record]:
    """The records to screen of which no report has an abstract."""
    return [record for record in snapshot.merged_records() if not record.abstract.strip()]
