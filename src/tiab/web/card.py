"""Card: what the page shows of one record, as plain data; how it looks is decided in the templates."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from tiab.records import Record
from tiab.review import RecordView
from tiab.store import GivenLabel
from tiab.web.marking import Text, mark_record
from tiab.web.settings import Settings

__all__ = ["Card", "CriterionRow", "make_card"]

_AUTHORS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion: its role and name, whether it is met, and by which terms or why not."""

    role: str
    name: str
    met: bool
    required: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One record.

    Attributes:
        beside: journal, year, language and kind of publication, as far as they are known.
        links: (name, address) of where the record can be read.
        raised, lowered: (term, what it added to the score), strongest first.
        standing: what this reviewer decided on it, if anything.
        rank, score: None where they are hidden or there are none.
    """

    record: Record
    text: Text
    authors: str
    beside: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]
    limits: tuple[str, ...]
    raised: tuple[tuple[str, float], ...]
    lowered: tuple[tuple[str, float], ...]
    rank: int | None
    score: float | None
    duplicates: tuple[str, ...]
    standing: GivenLabel | None

    @property
    def seen(self) -> int:
        """The number of the decision that the page shows; 0 for none."""
        return self.standing.event_id if self.standing else 0


def make_card(look: RecordView, standing: GivenLabel | None, settings: Settings) -> Card:
    """What is shown of a record, as its reader wants it."""
    record, shown = look.record, not settings.hide_rank
    return Card(
        record=record,
        text=mark_record(record, look.spans, off=settings.roles_off, words=settings.words),
        authors=_authors(record.authors),
        beside=tuple(part for part in (record.journal, str(record.year or ""), *record.publication_types) if part),
        links=_links(record),
        criteria=_criteria(look),
        limits=look.limits,
        raised=look.reasons.strongest(positive=True) if shown else (),
        lowered=look.reasons.strongest(positive=False) if shown else (),
        rank=look.rank if shown and look.score is not None else None,
        score=look.score if shown else None,
        duplicates=look.duplicates,
        standing=standing,
    )


def _authors(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_AUTHORS])
    return f"{shown} and {len(names) - _AUTHORS} more" if len(names) > _AUTHORS else shown


def _links(record: Record) -> tuple[tuple[str, str], ...]:
    """Only addresses that are made here: what a record brings along could be anything."""
    links = []
    if record.doi:
        links.append(("DOI", f"https://doi.org/{quote(record.doi, safe='/')}"))
    if record.pmid.isascii() and record.pmid.isdecimal():
        links.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"))
    return tuple(links)


def _criteria(look: RecordView) -> tuple[CriterionRow, ...]:
    rows = []
    for one in look.coverage:
        said = ", ".join(one.terms[:4]) if one.met else one.gap.removeprefix(one.concept.name).strip(" ()")
        concept = one.concept
        rows.append(
            CriterionRow(role=concept.role, name=concept.name, met=one.met, required=concept.required, said=said)
        )
    return tuple(rows)
