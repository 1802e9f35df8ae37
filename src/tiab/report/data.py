"""ReportData: what a report says, as plain data; how it looks is decided elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from tiab.report.rows import (
    AgreementRow,
    Counts,
    Made,
    Overrides,
    RecordLine,
    ReviewerRow,
    SearchRow,
    SourceRow,
    WorkloadRow,
)

__all__ = ["FrontierNow", "GoldReport", "GoldStudy", "ReportData", "StoppingPoint", "Texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingPoint:
    """Where a rule would have stopped this screening; None while it has not yet.

    Attributes:
        found: relevant records found by then.
        recall: of the gold standard, by then; None without one.
        chance_of_all: for a rule of thumb, the share of simulated reviews of this pool's size in which it had found all
            when it stopped; None for the exact tests, which promise something else.
    """

    rule: str
    guarantee: str
    at: int | None
    found: int | None
    recall: float | None
    chance_of_all: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierNow:
    """What may still be missing, now and at every point so far.

    Attributes:
        n_records: those to screen that were not known beforehand.
        unordered: of the screened, those whose decisions came from a file; they count as screened first.
        found_at: at which points of the screening a relevant record was found, from 1; without those of the unordered.
        since: after how many of the screened evidence begins (`tiab.stopping.evidence`); found_before: what had been
            found by then.
        because: why that is not from the first on: "decisions were imported", "records were added"; "" where it is.
        missing_at_most: after 0, 1, …, screened records; up to `since` all that are unread.
        missing, recall_assured: now; None where nothing that was screened is evidence. recall_assured is None, too,
            where nothing is found and nothing may be missing.
        assured_at: when the target recall was first assured; None if it is not yet.
        sample_size: of the random sample of the unread which assures the target whatever the order was, should nothing
            relevant turn up in it; None where nothing is unread.
        sentence, sample_sentence: the same in words; the second is "" where nothing is unread.
    """

    n_records: int
    screened: int
    found: int
    found_at: tuple[int, ...]
    unordered: int
    since: int
    found_before: int
    because: str
    missing_at_most: tuple[int, ...]
    missing: int | None
    recall_assured: float | None
    target: float
    alpha: float
    method: str
    assured_at: int | None
    sample_size: int | None
    sentence: str
    sample_sentence: str
    assumption: str
    assumption_in_short: str

    @property
    def found_unordered(self) -> int:
        """Relevant records among the unordered."""
        return self.found - len(self.found_at)

    @property
    def is_too_early(self) -> bool:
        """Whether the bound says no more than that all that is unread may be relevant."""
        return self.screened < self.n_records and self.missing == self.n_records - self.screened

    @property
    def states_bound(self) -> bool:
        """Whether there is a bound that rests on the assumption."""
        return self.missing is not None and not self.is_too_early and self.screened < self.n_records


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldStudy:
    """One record of the gold standard.

    Attributes:
        rank: its place in the order of reading: the screened as they were, then the others as they rank now. None where
            it was known beforehand, its decision came from a file, or it is not in the review.
        rank_unlearned: its rank among the records outside the gold standard by a model that has learned from every
            label but its own; None without a model. It flatters where those others were screened.
        status: "included", "maybe", "conflict", "excluded", "unscreened", "known beforehand" or "not in the review".
        missing: what of the criteria was not found in it.
        against, weighed_for: what counted against it and for it, strongest first, by that model.
    """

    record_id: str
    title: str
    rank: int | None
    rank_unlearned: int | None
    status: str
    no_abstract: bool
    missing: str
    against: str
    weighed_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """The screening against a gold standard; what was known beforehand is left out of n, found and the curve.

    Attributes:
        found: gold records among the screened that go on to the full text; low, high: the 95 % Clopper-Pearson interval
            of found/n.
        seen: gold records among the screened, whatever was decided.
        found_unordered: those of the found whose decision came from a file, so that their place is not known.
        ranks: places of the gold records in the order of reading, ascending, without those that were excluded and those
            whose place is not known.
        studies: worst first.
        evaluation: of the order of reading, `Evaluation.to_dict`, without the records whose place is not known; empty
            where that leaves no gold record.
    """

    n: int
    found: int
    seen: int
    low: float
    high: float
    n_prior: int
    found_unordered: int
    ranks: tuple[int, ...]
    studies: tuple[GoldStudy, ...]
    evaluation: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is to be read and put into the paper: sentences, made from the numbers.

    Attributes:
        chances: what the chances beside rules of thumb were simulated with.
        paces: where the seconds for each record come from.
    """

    summary: tuple[str, ...]
    limitations: tuple[str, ...]
    chances: str
    paces: str
    prisma_item_8: str
    raise_disclosure: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """What a report says."""

    title: str
    question: str
    made: Made
    sources: tuple[SourceRow, ...]
    searches: tuple[SearchRow, ...]
    counts: Counts
    reviewers: tuple[ReviewerRow, ...]
    workload: tuple[WorkloadRow, ...]
    frontier: FrontierNow
    stopping: tuple[StoppingPoint, ...]
    gold: GoldReport | None
    agreement: tuple[AgreementRow, ...]
    overrides: Overrides
    no_abstract: tuple[RecordLine, ...]
    texts: Texts

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types; NaN becomes None."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
