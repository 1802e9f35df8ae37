"""How many records each concept of the criteria finds: whether the criteria say what the reviewer means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tiab.criteria import Criteria
from tiab.features import read_coverage
from tiab.pico import find_spans
from tiab.pico.pipeline import Progress
from tiab.records import Record

__all__ = ["Hits", "count_hits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The counts of one pool.

    Attributes:
        singles: (concept, records that have it).
        pairs: (concept, concept, records that have both).
        all_required: records that have every required concept.
        silent_terms: concept -> its terms that no record has.
    """

    n_records: int
    singles: tuple[tuple[str, int], ...]
    pairs: tuple[tuple[str, str, int], ...]
    all_required: int
    silent_terms: dict[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain JSON types."""
        return {
            "records": self.n_records,
            "hits": dict(self.singles),
            "pairs": [{"concepts": [a, b], "records": n} for a, b, n in self.pairs],
            "every_required_concept": self.all_required,
            "silent_terms": {name: list(terms) for name, terms in self.silent_terms.items()},
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
    spoken = {name: set[str]() for name in names}
    for row in coverage:
        for c in row:
            spoken.setdefault(c.concept.name, set()).update(c.terms)
    return Hits(
        n_records=len(records),
        singles=tuple((name, sum(name in row for row in met)) for name in names),
        pairs=tuple((a, b, sum(a in row and b in row for row in met)) for a, b in combinations(names, 2)),
        all_required=sum(required <= row for row in met),
        silent_terms={
            concept.name: silent
            for concept in criteria.concepts
            if (silent := tuple(term for term in concept.terms if term not in spoken[concept.name]))
        },
    )
