"""The flow of records through a review in numbers, and the hours that they take to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiab.evaluation.evaluate import SECONDS_PER_RECORD
from tiab.evaluation.history import ScreeningHistory
from tiab.records import Record
from tiab.review.snapshot import Snapshot
from tiab.store import Source

__all__ = [
    "ExclusionRow",
    "FlowCounts",
    "NoteLine",
    "RecordLine",
    "SourceRow",
    "Workload",
    "count_exclusions",
    "count_flow",
    "count_workload",
    "list_notes",
    "list_sources",
    "list_without_abstract",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One file that records came from; `again`: the very same file had been added before, and counts nowhere."""

    name: str
    sha256: str
    found: int
    new: int
    known: int
    duplicates: int
    unreadable: int
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCounts:
    """The flow of records: identified = duplicates + unreadable + to_screen; to_screen = prior + screened + unscreened.

    Attributes:
        duplicates: records that the review had already, and those linked to another.
        by_automation: marked as ineligible by the tool, which only ever orders: 0.
        prior, prior_included: known beforehand, and not screened since.
        screened: decided on by somebody: included + maybe + excluded + conflicts + pending.
        pending: decided on by one reviewer, and awaiting a second.
        unscreened: not looked at. Never "excluded".
        no_abstract, no_abstract_unscreened: of those to screen.
    """

    identified: int
    duplicates: int
    unreadable: int
    by_automation: int
    to_screen: int
    prior: int
    prior_included: int
    screened: int
    screened_by_two: int
    included: int
    maybe: int
    excluded: int
    conflicts: int
    pending: int
    unscreened: int
    no_abstract: int
    no_abstract_unscreened: int

    @property
    def going_on(self) -> int:
        """Records whose full text is to be sought: included, "maybe", and known relevant ones."""
        return self.included + self.maybe + self.prior_included


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Hours at one pace, for one reader of each record or two (theirs together)."""

    seconds_per_record: float
    screeners: int
    hours_all: float
    hours_screened: float
    hours_unscreened: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record by its name, and what was decided on it."""

    record_id: str
    title: str
    year: int | None
    status: str


def list_sources(sources: Iterable[Source]) -> tuple[SourceRow, ...]:
    """The files in the order in which they were added; one that was added twice is marked the second time."""
    rows, seen = [], set[str]()
    for source in sources:
        again = bool(source.sha256) and source.sha256 in seen
        seen.add(source.sha256)
        counts = {name: getattr(source, name) for name in ("found", "new", "known", "duplicates", "unreadable")}
        rows.append(SourceRow(name=source.name, sha256=source.sha256, again=again, **counts))
    return tuple(rows)


def count_flow(snapshot: Snapshot, history: ScreeningHistory, sources: Sequence[SourceRow]) -> FlowCounts:
    """The counts of PRISMA's upper half, and of what nobody has looked at yet."""
    counted = [row for row in sources if not row.again]
    found, unreadable = sum(row.found for row in counted), sum(row.unreadable for row in counted)
    known = found - unreadable - len(snapshot.records)  # as it is now: an import that was undone had brought some
    linked = len(snapshot.records) - len(snapshot.main_ids)
    empty = {record.record_id for record in _without_abstract(snapshot)}
    said = [history.status(record_id) for record_id in history.screened]
    return FlowCounts(
        identified=found,
        duplicates=known + linked,
        unreadable=unreadable,
        by_automation=0,
        to_screen=len(snapshot.main_ids),
        prior=len(history.prior),
        prior_included=sum(history.goes_on(record_id) for record_id in history.prior),
        screened=len(history.screened),
        screened_by_two=sum(len(history.screeners[record_id]) > 1 for record_id in history.screened),
        included=said.count("included"),
        maybe=said.count("maybe"),
        excluded=said.count("excluded"),
        conflicts=said.count("conflict"),
        pending=said.count("awaiting second reviewer"),
        unscreened=len(history.unscreened),
        no_abstract=len(empty),
        no_abstract_unscreened=len(empty & set(history.unscreened)),
    )


def count_workload(counts: FlowCounts) -> tuple[Workload, ...]:
    """Hours for the records that were not known beforehand, at three paces, for one reader of each and for two."""
    rows = []
    for screeners in (1, 2):
        for seconds in SECONDS_PER_RECORD:
            hours = screeners * seconds / 3600
            rows.append(
                Workload(
                    seconds_per_record=seconds,
                    screeners=screeners,
                    hours_all=(counts.screened + counts.unscreened) * hours,
                    hours_screened=counts.screened * hours,
                    hours_unscreened=counts.unscreened * hours,
                )
            )
    return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRow:
    """How many records were excluded for one reason; "" where none was given."""

    reason: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """What one reviewer noted on a record that was decided on."""

    record_id: str
    title: str
    reviewer: str
    decision: str
    note: str


def count_exclusions(
    snapshot: Snapshot, history: ScreeningHistory, reasons: Sequence[str] = ()
) -> tuple[ExclusionRow, ...]:
    """The excluded records by reason, each once: the rows sum to `FlowCounts.excluded`.

    Where reviewers gave different reasons, that of the decision that counts, else the first that was given.

    Args:
        reasons: the order; others follow, most frequent first, and those without a reason are last.
    """
    counts: Counter[str] = Counter()
    for record_id in history.screened:
        if history.status(record_id) == "excluded":
            given = (one.label.reason for one in snapshot.states.votes.get(record_id, ()))
            counts[history.labels[record_id].reason or next(filter(None, given), "")] += 1
    named = [reason for reason, _ in counts.most_common() if reason]
    order = [*(reason for reason in reasons if reason in counts), *(one for one in named if one not in reasons), ""]
    return tuple(ExclusionRow(reason=reason, records=counts[reason]) for reason in order if counts[reason])


def list_notes(snapshot: Snapshot) -> tuple[NoteLine, ...]:
    """The notes beside decisions, record by record in the order of the review."""
    return tuple(
        NoteLine(
            record_id=record.record_id,
            title=record.title,
            reviewer=given.label.reviewer,
            decision=str(given.label.decision),
            note=given.note,
        )
        for record in snapshot.merged_records()
        for given in snapshot.states.votes.get(record.record_id, ())
        if given.note
    )


def list_without_abstract(snapshot: Snapshot, history: ScreeningHistory) -> tuple[RecordLine, ...]:
    """The records to screen that have no abstract, those that nobody has looked at first."""
    lines = [
        RecordLine(
            record_id=record.record_id, title=record.title, year=record.year, status=history.status(record.record_id)
        )
        for record in _without_abstract(snapshot)
    ]
    return tuple(sorted(lines, key=lambda line: line.status != "unscreened"))


def _without_abstract(snapshot: Snapshot) -> list[Record]:
    """The records to screen of which no report has an abstract."""
    return [record for record in snapshot.merged_records() if not record.abstract.strip()]
