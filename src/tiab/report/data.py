"""ReportData: what a report says, as plain data; how it looks is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tiab.evaluation.gold_studies import GoldReport
from tiab.evaluation.missing import MissingEstimate, StoppingPoint
from tiab.pico.findings.table import EvidenceTable
from tiab.report.team import TeamReport
from tiab.review.counts import ExclusionRow, FlowCounts, NoteLine, RecordLine, SourceRow, Workload
from tiab.review.log_summary import Overrides, Provenance, SearchRow
from tiab.writing import plain_json

__all__ = ["AgreementRow", "ReportData", "ReviewerRow", "Texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """What one reviewer decided alone, prior knowledge aside; the name "" is a reviewer who gave none.

    Attributes:
        undisclosed: how many decisions, where their figures are not to be shown yet, because reviewers are blinded.
    """

    name: str
    include: int
    maybe: int
    exclude: int
    undisclosed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """How far two reviewers agree on the records that both screened; the figures are those of `Agreement`."""

    first: str
    second: str
    n: int
    agreed: int
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    ac1: float
    ac1_low: float
    ac1_high: float
    pabak: float
    pabak_low: float
    pabak_high: float
    agreement_low: float
    agreement_high: float


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
    """What a report says.

    Attributes:
        exclusions: the excluded records by reason; they sum to `counts.excluded`.
        notes: what reviewers noted beside their decisions, where that was asked for.
    """

    title: str
    question: str
    made: Provenance
    sources: tuple[SourceRow, ...]
    searches: tuple[SearchRow, ...]
    counts: FlowCounts
    exclusions: tuple[ExclusionRow, ...]
    reviewers: tuple[ReviewerRow, ...]
    workload: tuple[Workload, ...]
    frontier: MissingEstimate
    stopping: tuple[StoppingPoint, ...]
    gold: GoldReport | None
    agreement: tuple[AgreementRow, ...]
    team: TeamReport
    overrides: Overrides
    no_abstract: tuple[RecordLine, ...]
    notes: tuple[NoteLine, ...]
    texts: Texts
    evidence: EvidenceTable | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types; NaN becomes None."""
        plain: dict[str, Any] = plain_json(replace(self, evidence=None))
        return plain | {"evidence": self.evidence.to_dict() if self.evidence else None}
