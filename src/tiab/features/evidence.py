"""What PICO found in a record ► a few columns that say how the record meets the criteria.

Every column runs from 0 (nothing of it) to 1 (as much as can be), so that their weights compare.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tiab.criteria import DESIGNS, Concept, Criteria, Limits
from tiab.pico import Span
from tiab.pico.design_scores import design_scores
from tiab.records import Record

__all__ = [
    "ABBREVIATED",
    "AGAINST",
    "CRITERION",
    "DESIGN",
    "ELIGIBLE",
    "INELIGIBLE",
    "IN_TITLE",
    "LIMITS",
    "NO_ABSTRACT",
    "Coverage",
    "evidence_names",
    "evidence_row",
    "limits_missed",
    "prior_evidence",
    "read_coverage",
]

_UNSEEN = 0.3
"""How far a concept that is not in the title counts as met where there is no abstract to look in."""

NO_ABSTRACT, DESIGN, ELIGIBLE, INELIGIBLE = "no abstract to look in", "design", "eligible design", "ineligible design"
LIMITS = ("other species", "other language", "outside the years")
_GENERAL = (NO_ABSTRACT, ELIGIBLE, INELIGIBLE, *LIMITS, *(f"{DESIGN}: {design}" for design in DESIGNS))
CRITERION, IN_TITLE, AGAINST = "criterion", "criterion in the title", "term against"
ABBREVIATED = "criterion abbreviated only"
_CONCEPT = (CRITERION, IN_TITLE, AGAINST, ABBREVIATED)
_PRIOR = {ELIGIBLE: 1.0, INELIGIBLE: -1.5}
_PRIOR |= {"other species": -0.75, "other language": -0.25, "outside the years": -0.25}
_PRIOR_CONCEPT = dict(zip(_CONCEPT, (1.0, 0.5, -0.5, 0.2), strict=True))
_LIKELY = 0.5
"""From here on something counts as found: a denied term weighs less."""
_ELIGIBLE = 0.35
"""The chance of the designs wanted from which on they count as found: designs share it, so few come much higher."""
_OPTIONAL = 0.3
"""What a concept that is not required weighs beside one that is."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one record meets one concept.

    Attributes:
        title, abstract, keywords: the findings in each, every one counting as much as it is certain.
        against: the findings that count against it, likewise.
        unexpanded: abbreviations that the record never spells out.
        eligible, ineligible: how surely the study is of a design that the concept wants, or does not; 0 to 1.
        other_design: the likeliest of the designs that it does not want, "" where it names none.
        terms: the review's terms that were met, most frequent first.
    """

    concept: Concept
    title: float = 0.0
    abstract: float = 0.0
    keywords: float = 0.0
    against: float = 0.0
    unexpanded: float = 0.0
    eligible: float = 0.0
    ineligible: float = 0.0
    other_design: str = ""
    terms: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the record has the concept at all, and not rather another meaning of it."""
        found = self.title + self.abstract
        named = bool(found or self.keywords) and self.against <= found
        return (named or self.eligible >= _ELIGIBLE) and self.ineligible <= max(self.eligible, _LIKELY)

    @property
    def gap(self) -> str:
        """What a reader should be told is missing, "" for nothing: a required concept, or an eligible design."""
        if self.met:
            return ""
        if self.ineligible > _LIKELY:
            return f"{self.concept.name} (it looks like: {self.other_design})"
        return self.concept.name if self.concept.required else ""

    @property
    def degree(self) -> float:
        """How surely the record has the concept, from 0 to 1."""
        found = 1.0 if self.title else _some(self.abstract + self.keywords)
        return found if self.met else found / 2


@dataclass(slots=True)
class _Counts:
    fields: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    against: float = 0.0
    unexpanded: float = 0.0
    terms: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def read_coverage(record: Record, spans: Sequence[Span], criteria: Criteria) -> tuple[Coverage, ...]:
    """How a record, in which `spans` were found, meets each concept of the criteria, in their order."""
    return _read_coverage(spans, criteria, design_scores(spans, record.publication_types))


def _read_coverage(spans: Sequence[Span], criteria: Criteria, designs: Mapping[str, float]) -> tuple[Coverage, ...]:
    counts: dict[str, _Counts] = defaultdict(_Counts)
    for span in spans:
        if not span.provenance.startswith("dict:") or span.weight < _LIKELY:  # "without back pain" is no back pain
            continue
        count = counts[span.label]
        if span.role == "against":
            count.against += span.weight
        elif span.role == "unexpanded":
            count.unexpanded += span.weight
        else:
            count.fields[span.field] += span.weight
            count.terms[span.value or span.text] += 1
    return tuple(_coverage(concept, counts[concept.name], designs) for concept in criteria.concepts)


def _coverage(concept: Concept, count: _Counts, designs: Mapping[str, float]) -> Coverage:
    other = max(concept.against_designs, key=lambda name: designs[name], default="")
    return Coverage(
        concept=concept,
        title=count.fields["title"],
        abstract=count.fields["abstract"],
        keywords=count.fields["keywords"],
        against=count.against,
        unexpanded=count.unexpanded,
        eligible=min(1.0, sum(designs[name] for name in concept.designs)),
        ineligible=min(1.0, sum(designs[name] for name in concept.against_designs)),
        other_design=other,
        terms=tuple(sorted(count.terms, key=lambda term: (-count.terms[term], term))),
    )


def evidence_names(criteria: Criteria | None) -> tuple[str, ...]:
    """The names of the columns of `evidence_row`, in their order."""
    concepts = criteria.concepts if criteria else ()
    return (*_GENERAL, *(f"{part}: {concept.name}" for concept in concepts for part in _CONCEPT))


def evidence_row(record: Record, spans: Sequence[Span], criteria: Criteria | None) -> list[float]:
    """The evidence of one record, in the order of `evidence_names`; each value from 0 to 1."""
    designs = design_scores(spans, record.publication_types)
    coverage = _read_coverage(spans, criteria, designs) if criteria else ()
    unseen = sum(_share(c.concept) for c in coverage if not c.degree) / (sum(_share(c.concept) for c in coverage) or 1)
    row = [
        0.0 if record.abstract else unseen,
        max((c.eligible for c in coverage), default=0.0),
        max((c.ineligible for c in coverage), default=0.0),
        *(_outside(record, spans, criteria.limits) if criteria else (0.0, 0.0, 0.0)),
        *(designs[design] for design in DESIGNS),
    ]
    for c in coverage:
        row += [c.degree, min(1.0, c.title), _some(c.against), _some(c.unexpanded)]
    return row


def prior_evidence(criteria: Criteria) -> list[float]:
    """What each column of evidence weighs before there is any label, in the order of `evidence_names`."""
    shares = [_share(concept) for concept in criteria.concepts]
    prior = _PRIOR | {NO_ABSTRACT: _UNSEEN * sum(shares)}
    weights = [prior.get(name, 0.0) for name in _GENERAL]
    return weights + [share * _PRIOR_CONCEPT[part] for share in shares for part in _CONCEPT]


def _share(concept: Concept) -> float:
    """What a concept weighs beside the others."""
    return concept.weight * (1.0 if concept.required else _OPTIONAL)


def limits_missed(record: Record, spans: Iterable[Span], limits: Limits) -> list[str]:
    """What of the limits a record is likely to be outside of: species, language, years."""
    names = ("species: " + ", ".join(limits.species), "language: " + ", ".join(limits.languages), "years")
    return [name for name, sure in zip(names, _outside(record, spans, limits), strict=True) if sure > _LIKELY]


def _some(count: float) -> float:
    """0 for none, 1/2 for one, ever nearer to 1 for more."""
    return float(1.0 - 0.5**count)


def _outside(record: Record, spans: Iterable[Span], limits: Limits) -> tuple[float, float, float]:
    """How surely a record is of another species, in another language, outside the years; unknown is not outside."""
    late = limits.year_to is not None and record.year is not None and record.year > limits.year_to
    early = limits.year_from is not None and record.year is not None and record.year < limits.year_from
    language = bool(limits.languages and record.language) and not _speaks(record.language, limits.languages)
    return _other_species(spans, limits.species), float(language), float(late or early)


def _speaks(language: str, wanted: Iterable[str]) -> bool:
    """Whether "eng", "en" or "English; German" names one of the languages wanted."""
    said = [part.strip()[:2] for part in re.split(r"[;,/|]", language.casefold()) if part.strip()]
    return any(name[:2] in said for name in wanted)


def _other_species(spans: Iterable[Span], wanted: Sequence[str]) -> float:
    """How surely the study is on animals where the review wants humans, or the other way round."""
    sure = {"human": 0.0, "animal": 0.0}
    for span in spans:
        if span.role == "population" and span.label in sure:
            sure[span.label] = max(sure[span.label], span.weight)
    human = any(name in ("human", "humans") for name in wanted)
    animal = any(name not in ("human", "humans") for name in wanted)
    if human == animal:
        return 0.0
    return max(0.0, sure["animal"] - sure["human"] if human else sure["human"] - sure["animal"])
