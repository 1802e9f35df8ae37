"""Listing: the part of the list of records that an address asks for; all filters are in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast, get_args
from urllib.parse import urlencode

from tiab.records import Record
from tiab.review.record_query import Order, RecordQuery
from tiab.store import GivenLabel
from tiab.web.marking import highlighted
from tiab.web.session import ReviewerSession

__all__ = ["ListQuery", "Listing", "Neighbours", "Row", "find_all", "find_neighbours", "make_listing"]

PAGE = 50
_MAX_LENGTH = 500
_AUTHORS = 3
_DECISIONS = ("open", "include", "exclude", "maybe")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """The records that an address asks for.

    Attributes:
        conflicts: only records on which reviewers disagree, as far as this reviewer may know.
        page: from 1.
    """

    query: RecordQuery = field(default_factory=RecordQuery)
    conflicts: bool = False
    page: int = 1

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> ListQuery:
        """The query in the parameters of an address; what makes no sense is ignored.

        >>> asked = ListQuery.from_params({"q": "yoga", "from": "2010", "to": "soon", "page": "0"})
        >>> asked.query.text, asked.query.year_from, asked.query.year_to, asked.page
        ('yoga', 2010, None, 1)
        """

        def text(name: str) -> str:
            return params.get(name, "").strip()[:_MAX_LENGTH]

        decision, order = text("decision"), text("order")
        return cls(
            query=RecordQuery(
                text=text("q"),
                decision=decision if decision in _DECISIONS else "",
                reviewer=text("by"),
                tag=text("label"),
                reason=text("reason"),
                noted=text("note") == "yes",
                source=text("source"),
                journal=text("journal"),
                language=text("language"),
                year_from=_whole_number(text("from")),
                year_to=_whole_number(text("to")),
                missing=text("missing"),
                no_abstract=text("abstract") == "none",
                order=cast("Order", order) if order in get_args(Order) else "rank",
            ),
            conflicts=text("conflicts") == "yes",
            page=max(1, _whole_number(text("page")) or 1),
        )

    def address(self, *, page: int | None = None) -> str:
        """The parameters of the same query, or of another page of it; "" for all records."""
        query = self.query
        values = {
            "q": query.text,
            "decision": query.decision,
            "by": query.reviewer,
            "label": query.tag,
            "reason": query.reason,
            "note": "yes" if query.noted else "",
            "source": query.source,
            "journal": query.journal,
            "language": query.language,
            "from": query.year_from,
            "to": query.year_to,
            "missing": query.missing,
            "abstract": "none" if query.no_abstract else "",
            "conflicts": "yes" if self.conflicts else "",
            "order": "" if query.order == "rank" else query.order,
            "page": page or self.page,
        }
        kept = {name: value for name, value in values.items() if value and (name, value) != ("page", 1)}
        return urlencode(kept)

    @property
    def filtered(self) -> bool:
        """Whether it asks for less than all records."""
        return self.conflicts or self.query != replace(RecordQuery(), order=self.query.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of the list; `rank` is None where it is hidden or there is none, `title` is in pieces, the words that
    were searched for apart."""

    record: Record
    title: tuple[tuple[str, str], ...]
    publication: str
    tags: tuple[str, ...]
    rank: int | None
    decision: GivenLabel | None
    duplicates: int
    conflict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the list.

    Attributes:
        total: how many records match.
        of: how many there are in all.
        first: the number of the first row, from 1.
        missing: the concepts of the criteria that some records lack, and how many; None while they are counted.
        tags: the labels in use, and on how many records; languages likewise.
        reviewers: whose decisions this reviewer may ask for.
    """

    query: ListQuery
    rows: tuple[Row, ...]
    total: int
    of: int
    first: int
    sources: tuple[str, ...]
    missing: tuple[tuple[str, int | None], ...]
    tags: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    journals: tuple[str, ...]
    reviewers: tuple[str, ...]

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def before(self) -> str | None:
        """The address of the previous page; None on the first."""
        return self.query.address(page=self.query.page - 1) if self.query.page > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the next page; None on the last."""
        return self.query.address(page=self.query.page + 1) if self.last < self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The place of a record in a list: its number, from 1 (0 where it is not in it any more), and its neighbours."""

    number: int
    total: int
    before: str = ""
    after: str = ""


def make_listing(session: ReviewerSession, query: ListQuery) -> Listing:
    """The page of the list that is asked for; the last where there is no such page."""
    found = _find(session, query)
    query = replace(query, page=min(query.page, 1 + max(0, len(found) - 1) // PAGE))
    start = (query.page - 1) * PAGE
    snapshot = session.review.snapshot
    missing = session.records.lacking()
    return Listing(
        query=query,
        rows=_rows(session, found[start : start + PAGE], query.query.text),
        total=len(found),
        of=len(snapshot.main_ids),
        first=start + 1,
        sources=session.records.sources(),
        missing=tuple((name, n) for name, n in missing.items() if n != 0 or name == query.query.missing),
        tags=_tags(session),
        languages=tuple(session.records.languages().items()),
        journals=session.records.journals(),
        reviewers=_reviewers(session),
    )


def find_all(session: ReviewerSession, query: ListQuery) -> tuple[str, ...]:
    """The ids of all records that are asked for, on whatever page."""
    return _find(session, query)


def _tags(session: ReviewerSession) -> tuple[tuple[str, int], ...]:
    """The labels that can be put on records: those of the review in their order, then others in use."""
    used = session.review.annotations.now.used_tags(session.viewer)
    return tuple((tag, used.get(tag, 0)) for tag in dict.fromkeys((*session.review.choices.read().tags, *used)))


def _reviewers(session: ReviewerSession) -> tuple[str, ...]:
    """All who decided on something; nobody for a reviewer who is blinded, or alone."""
    if session.blind:
        return ()
    names = {name for _, name in session.review.snapshot.state.labels}
    return tuple(sorted(names)) if len(names) > 1 or names - {session.reviewer} else ()


def find_neighbours(session: ReviewerSession, query: ListQuery, record_id: str) -> Neighbours:
    """The place of a record in the list that is asked for."""
    found = _find(session, query)
    if record_id not in found:
        return Neighbours(number=0, total=len(found))
    at = found.index(record_id)
    before, after = found[at - 1] if at else "", found[at + 1] if at + 1 < len(found) else ""
    return Neighbours(number=at + 1, total=len(found), before=before, after=after)


def _find(session: ReviewerSession, query: ListQuery) -> tuple[str, ...]:
    among = {conflict.record_id for conflict in session.review.conflicts(session.viewer)} if query.conflicts else None
    return session.records.find(query.query, among=among, viewer=session.viewer)


def _rows(session: ReviewerSession, record_ids: tuple[str, ...], search: str) -> tuple[Row, ...]:
    queue, snapshot = session.review.queue(session.reviewer), session.review.snapshot
    ranks = queue.learned.ranks if queue and queue.learned.model and not session.settings.hide_rank else {}
    viewer, annotated = session.viewer, session.review.annotations.now
    conflicts = {conflict.record_id for conflict in session.review.conflicts(viewer)}
    return tuple(
        Row(
            record=record,
            title=highlighted(record.title, search),
            tags=annotated.tags_of(record.record_id, viewer),
            publication=_publication(record),
            rank=ranks.get(record.record_id),
            decision=session.decision_on(record.record_id),
            duplicates=len(snapshot.groups.duplicates(record.record_id)),
            conflict=record.record_id in conflicts,
        )
        for record in map(snapshot.merged_record, record_ids)
    )


def _publication(record: Record) -> str:
    names = "; ".join(record.authors[:_AUTHORS]) + (" et al." if len(record.authors) > _AUTHORS else "")
    return " · ".join(part for part in (names, record.journal, str(record.year or "")) if part)


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
