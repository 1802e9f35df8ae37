"""Listing: the list of records that an address asks for; whatever is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast, get_args
from urllib.parse import urlencode

from tiab.records import Record
from tiab.review.record_list import Order, RecordQuery
from tiab.store import GivenLabel
from tiab.web.desk import Desk

__all__ = ["Asked", "Listing", "Neighbours", "Row", "find_neighbours", "make_listing"]

PAGE = 50
_LONGEST = 500
_AUTHORS = 3
_DECISIONS = ("open", "include", "exclude", "maybe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks for.

    Attributes:
        conflicts: only records on which reviewers disagree, as far as this reviewer may know.
        page: from 1.
    """

    query: RecordQuery = field(default_factory=RecordQuery)
    conflicts: bool = False
    page: int = 1

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Asked:
        """What the parameters of an address ask for; what makes no sense asks for nothing.

        >>> asked = Asked.from_params({"q": "yoga", "from": "2010", "to": "soon", "page": "0"})
        >>> asked.query.text, asked.query.year_from, asked.query.year_to, asked.page
        ('yoga', 2010, None, 1)
        """

        def text(name: str) -> str:
            return params.get(name, "").strip()[:_LONGEST]

        decision, order = text("decision"), text("order")
        return cls(
            query=RecordQuery(
                text=text("q"),
                decision=decision if decision in _DECISIONS else "",
                source=text("source"),
                year_from=_number(text("from")),
                year_to=_number(text("to")),
                missing=text("missing"),
                no_abstract=text("abstract") == "none",
                order=cast("Order", order) if order in get_args(Order) else "rank",
            ),
            conflicts=text("conflicts") == "yes",
            page=max(1, _number(text("page")) or 1),
        )

    def address(self, *, page: int | None = None) -> str:
        """The parameters that ask for the same, or for another page of it; "" for all records."""
        query = self.query
        said = {
            "q": query.text,
            "decision": query.decision,
            "source": query.source,
            "from": query.year_from,
            "to": query.year_to,
            "missing": query.missing,
            "abstract": "none" if query.no_abstract else "",
            "conflicts": "yes" if self.conflicts else "",
            "order": "" if query.order == "rank" else query.order,
            "page": page or self.page,
        }
        kept = {name: value for name, value in said.items() if value and (name, value) != ("page", 1)}
        return urlencode(kept)

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than all records."""
        return self.conflicts or self.query != replace(RecordQuery(), order=self.query.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of the list; `rank` is None where it is hidden or there is none."""

    record: Record
    beside: str
    rank: int | None
    standing: GivenLabel | None
    duplicates: int
    conflict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the list.

    Attributes:
        total: how many records there are of what was asked for.
        of: how many there are at all.
        first: the number of the first row, from 1.
        lacking: the concepts of the criteria that some records lack, and how many; None while they are counted.
    """

    asked: Asked
    rows: tuple[Row, ...]
    total: int
    of: int
    first: int
    sources: tuple[str, ...]
    lacking: tuple[tuple[str, int | None], ...]

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def before(self) -> str | None:
        """The address of the page before; None on the first."""
        return self.asked.address(page=self.asked.page - 1) if self.asked.page > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the page behind; None on the last."""
        return self.asked.address(page=self.asked.page + 1) if self.last < self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Where a record stands in a list: its number, from 1 (0 where it isn't in it any more), and those beside it."""

    number: int
    total: int
    before: str = ""
    after: str = ""


def make_listing(desk: Desk, asked: Asked) -> Listing:
    """The page of the list that is asked for; the last one where there is no such page."""
    found = _find(desk, asked)
    asked = replace(asked, page=min(asked.page, 1 + max(0, len(found) - 1) // PAGE))
    start = (asked.page - 1) * PAGE
    snapshot = desk.review.snapshot
    lacking = desk.catalogue.lacking()
    return Listing(
        asked=asked,
        rows=_rows(desk, found[start : start + PAGE]),
        total=len(found),
        of=len(snapshot.main_ids),
        first=start + 1,
        sources=desk.catalogue.sources(),
        lacking=tuple((name, n) for name, n in lacking.items() if n != 0 or name == asked.query.missing),
    )


def find_neighbours(desk: Desk, asked: Asked, record_id: str) -> Neighbours:
    """Where a record stands in the list that is asked for."""
    found = _find(desk, asked)
    if record_id not in found:
        return Neighbours(number=0, total=len(found))
    at = found.index(record_id)
    before, after = found[at - 1] if at else "", found[at + 1] if at + 1 < len(found) else ""
    return Neighbours(number=at + 1, total=len(found), before=before, after=after)


def _find(desk: Desk, asked: Asked) -> tuple[str, ...]:
    among = {conflict.record_id for conflict in desk.conflicts()} if asked.conflicts else None
    return desk.catalogue.find(asked.query, among=among)


def _rows(desk: Desk, record_ids: tuple[str, ...]) -> tuple[Row, ...]:
    queue, snapshot = desk.review.queue(desk.reviewer), desk.review.snapshot
    ranks = queue.learned.ranks if queue and queue.learned.model and not desk.settings.hide_rank else {}
    disputed = {conflict.record_id for conflict in desk.conflicts()}
    return tuple(
        Row(
            record=record,
            beside=" · ".join(_beside(record)),
            rank=ranks.get(record.record_id),
            standing=desk.standing(record.record_id),
            duplicates=len(snapshot.groups.duplicates(record.record_id)),
            conflict=record.record_id in disputed,
        )
        for record in map(snapshot.merged_record, record_ids)
    )


def _beside(record: Record) -> list[str]:
    names = ", ".join(record.authors[:_AUTHORS]) + (" et al." if len(record.authors) > _AUTHORS else "")
    return [part for part in (names, record.journal, str(record.year or "")) if part]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
