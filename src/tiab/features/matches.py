"""How many records each concept of the criteria finds: whether the criteria say what the reviewer means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from tiab.criteria import Criteria
from tiab.criteria.scripts import foreign_scripts, script_warning
from tiab.features import read_coverage
from tiab.pico import find_spans
from tiab.pico.pipeline import Progress
from tiab.records import Record

__all__ = ["Hits", "add_hits", "count_hits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The counts of one pool.

    Attributes:
        singles: (concept, records that have it).
        pairs: (concept, concept, records that have both).
        all_required: records that have every required concept.
        terms: concept -> (term or abbreviation, records that have it), in the order of the criteria.
        words: concept -> its terms, without the abbreviations.
        foreign: script -> records in it, of scripts that no term can match.
    """

    n_records: int
    singles: tuple[tuple[str, int], ...]
    pairs: tuple[tuple[str, str, int], ...]
    all_required: int
    terms: dict[str, tuple[tuple[str, int], ...]]
    words: dict[str, tuple[str, ...]]
    foreign: dict[str, int] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the counts can't say: which records no term can match, whatever they are about."""
        return tuple(filter(None, (script_warning(self.foreign, self.n_records),)))

    @property
    def silent_terms(self) -> dict[str, tuple[str, ...]]:
        """Concept -> its terms that no record has; concepts without such terms are left out."""
        found = {name: {term for term, n in counts if n} for name, counts in self.terms.items()}
        silent = {name: tuple(t for t in words if t not in found[name]) for name, words in self.words.items()}
        return {name: words for name, words in silent.items() if words}

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain JSON types."""
        return {
            "records": self.n_records,
            "hits": dict(self.singles),
            "pairs": [{"concepts": [a, b], "records": n} for a, b, n in self.pairs],
            "every_required_concept": self.all_required,
            "silent_terms": {name: list(terms) for name, terms in self.silent_terms.items()},
            "foreign_scripts": self.foreign,
        }


def count_hits(
    records: Sequence[Record], criteria: Criteria, *, jobs: int = 1, progress: Progress | None = None
) -> Hits:
    """How many of `records` have each concept of the criteria, each pair of them, and all that are required."""
    found = find_spans(records, criteria, numbers=False, jobs=jobs, progress=progress)
    coverage = [read_coverage(*pair, criteria) for pair in zip(records, found, strict=True)]
    met = [frozenset(c.concept.name for c in row if c.met) for row in coverage]
    names = [concept.name for concept in criteria.concepts if concept.terms]
    required = {concept.name for concept in criteria.concepts if concept.required and concept.terms}
    spoken = {concept.name: Counter[str]() for concept in criteria.concepts}
    for row in coverage:
        for c in row:
            spoken[c.concept.name].update(c.terms)
    return Hits(
        n_records=len(records),
        singles=tuple((name, sum(name in row for row in met)) for name in names),
        pairs=tuple((a, b, sum(a in row and b in row for row in met)) for a, b in combinations(names, 2)),
        all_required=sum(required <= row for row in met),
        terms={
            c.name: tuple((term, spoken[c.name][term]) for term in (*c.terms, *c.abbreviations))
            for c in criteria.concepts
        },
        words={c.name: c.terms for c in criteria.concepts},
        foreign=foreign_scripts(records, criteria),
    )


def add_hits(one: Hits, other: Hits) -> Hits:
    """The counts of two pools together, which were counted by the same criteria and share no record."""
    return Hits(
        n_records=one.n_records + other.n_records,
        singles=tuple((name, n + m) for (name, n), (_, m) in zip(one.singles, other.singles, strict=True)),
        pairs=tuple((a, b, n + m) for (a, b, n), (_, _, m) in zip(one.pairs, other.pairs, strict=True)),
        all_required=one.all_required + other.all_required,
        terms={
            name: tuple((term, n + m) for (term, n), (_, m) in zip(counts, other.terms[name], strict=True))
            for name, counts in one.terms.items()
        },
        words=one.words,
        foreign=dict(Counter(one.foreign) + Counter(other.foreign)),
    )
