"""Card: what the pages show of one record, as plain data; the templates decide how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from tiab.pico.card import CardLine, make_pico_card
from tiab.ranking.reasons import Reason
from tiab.records import Record
from tiab.review import RecordView
from tiab.store import GivenLabel
from tiab.web.marking import Highlights, Text, mark_record
from tiab.web.settings import Settings

__all__ = ["Card", "CriterionRow", "make_card"]

_AUTHORS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion: its role and name, whether it is met, and by which terms, or why not."""

    role: str
    name: str
    met: bool
    required: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One record.

    Attributes:
        publication: journal, year and kind of publication, as far as they are known.
        links: (name, address) of the record elsewhere.
        raised, lowered: why it ranks where it does; concepts first, then the strongest.
        rest: what else added to the score, so that all three sum to it.
        decision: this reviewer's decision on it, if any.
        tags: the labels on it, as far as this reviewer may see them.
        pico: what the abstract says of the study, line by line.
        rank, score: None where they are hidden or there is none.
    """

    record: Record
    text: Text
    authors: str
    publication: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]
    limits: tuple[str, ...]
    raised: tuple[Reason, ...]
    lowered: tuple[Reason, ...]
    rest: tuple[Reason, ...]
    rank: int | None
    score: float | None
    duplicates: tuple[str, ...]
    decision: GivenLabel | None
    tags: tuple[str, ...] = ()
    pico: tuple[CardLine, ...] = ()

    @property
    def seen(self) -> int:
        """The number of the decision that the page shows; 0 for none."""
        return self.decision.event_id if self.decision else 0


def make_card(
    view: RecordView,
    decision: GivenLabel | None,
    settings: Settings,
    *,
    tags: tuple[str, ...] = (),
    search: str = "",
) -> Card:
    """What is shown of a record under these settings.

    Args:
        tags: the labels on it.
        search: the words that it was found by.
    """
    record, shown = view.record, not settings.hide_rank
    named = view.reasons.named if shown else ()
    highlights = Highlights(
        off=settings.roles_off,
        own_terms=settings.own_terms,
        include=settings.words,
        exclude=settings.exclude_words,
        search=search,
    )
    return Card(
        record=record,
        text=mark_record(record, view.spans, highlights),
        authors=_authors(record.authors),
        publication=tuple(part for part in (record.journal, str(record.year or ""), *record.publication_types) if part),
        links=_links(record),
        criteria=_criteria(view),
        limits=view.limits,
        raised=tuple(row for row in named if row.effect > 0),
        lowered=tuple(row for row in named if row.effect < 0),
        rest=view.reasons.rest if shown else (),
        rank=view.rank if shown and view.score is not None else None,
        score=view.score if shown else None,
        duplicates=view.duplicates,
        decision=decision,
        tags=tags,
        pico=make_pico_card(record, view.spans),
    )


def _authors(names: tuple[str, ...]) -> str:
    shown = "; ".join(names[:_AUTHORS])
    return f"{shown} and {len(names) - _AUTHORS} more" if len(names) > _AUTHORS else shown


def _links(record: Record) -> tuple[tuple[str, str], ...]:
    """Only addresses that are made here: one in a record could lead anywhere."""
    links = []
    if record.doi:
        links.append(("DOI", f"https://doi.org/{quote(record.doi, safe='/')}"))
    if record.pmid.isascii() and record.pmid.isdecimal():
        links.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"))
    return tuple(links)


def _criteria(view: RecordView) -> tuple[CriterionRow, ...]:
    rows = []
    for one in view.coverage:
        concept = one.concept
        detail = ", ".join(one.terms[:4]) if one.met else one.gap.removeprefix(concept.name).strip(" ()")
        rows.append(
            CriterionRow(role=concept.role, name=concept.name, met=one.met, required=concept.required, detail=detail)
        )
    return tuple(rows)
