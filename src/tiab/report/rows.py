"""Rows: the small tables of a report, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AgreementRow",
    "Counts",
    "Made",
    "Overrides",
    "RecordLine",
    "ReviewerRow",
    "SearchRow",
    "SourceRow",
    "WorkloadRow",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
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
class Counts:
    """The flow of records: identified = duplicates + unreadable + to_screen; to_screen = prior + screened + unscreened.

    Attributes:
        duplicates: records that the review had already, and those linked to another.
        by_automation: marked as ineligible by the tool, which only ever orders: 0.
        prior, prior_included: known beforehand, and not screened since.
        screened: decided on by somebody: included + maybe + excluded + conflicts.
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
    unscreened: int
    no_abstract: int
    no_abstract_unscreened: int

    @property
    def going_on(self) -> int:
        """Records whose full text is to be sought: included, "maybe", and known relevant ones."""
        return self.included + self.maybe + self.prior_included


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """What one reviewer decided alone, prior knowledge aside; the name "" is a reviewer who gave none."""

    name: str
    include: int
    maybe: int
    exclude: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRow:
    """Hours at one pace, for one reader of each record or two (theirs together)."""

    seconds_per_record: float
    screeners: int
    hours_all: float
    hours_screened: float
    hours_unscreened: float


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
    agreement_low: float
    agreement_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What people did against the tool, against each other or against what they had said before.

    Attributes:
        undone: decisions taken back. changed: decisions given again with another answer. resolved: conflicts settled.
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
        """Possible duplicates that nobody has settled: each is screened as two records."""
        return max(0, self.pairs_named - self.pairs_settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record by its name, and what was decided on it."""

    record_id: str
    title: str
    year: int | None
    status: str
