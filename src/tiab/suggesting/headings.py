"""Headings: MeSH headings and keywords that occur with a concept's records and that no term of the criteria finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from tiab.criteria import Concept
from tiab.pico.term_index import Mask
from tiab.suggesting.chance import adjusted, at_least
from tiab.suggesting.pool import Pool
from tiab.suggesting.term_suggestion import TermSuggestion

__all__ = ["suggest_headings"]

_TAGS = frozenset(
    """
    humans|animals|male|female|adult|aged|middle aged|aged, 80 and over|young adult|adolescent|child|child, preschool
    infant|infant, newborn|time factors|treatment outcome|surveys and questionnaires|questionnaires|risk factors
    prospective studies|retrospective studies|follow-up studies|double-blind method|single-blind method|placebos
    cross-over studies|reference values|dose-response relationship, drug|united states|comparative study|review
    """.replace("\n    ", "|").split("|")
)
"""Headings that say how a study was made or on whom anybody may be studied."""
_NOT_SUBJECTS = ("comparator", "design")
_LEAST, _SHARE, _LIFT, _LEVEL = 3, 0.5, 2.0, 0.05
"""A heading must be on so many records, so many of them must have the concept, so many times as many as elsewhere."""


def suggest_headings(pool: Pool) -> Iterator[TermSuggestion]:
    """Headings that most often are on records that have a concept, each for the concept that it goes with most."""
    headings = _headings(pool)
    names = [name for name, new in zip(headings, ~pool.covered(list(headings)), strict=True) if new]
    concepts = [concept for concept in pool.concepts if concept.role not in _NOT_SUBJECTS]
    if not names or not concepts:
        return
    chances = np.array([_chances(pool, [headings[name] for name in names], c.name) for c in concepts])
    best = chances.argmin(axis=0)
    for place in np.argsort(chances.min(axis=0), kind="stable").tolist():
        if chances[best[place], place] <= _LEVEL:
            yield from _suggestion(pool, concepts[int(best[place])], names[place], headings[names[place]])


def _suggestion(pool: Pool, concept: Concept, name: str, having: Mask) -> Iterator[TermSuggestion]:
    """The suggestion, unless the heading adds no record, is mostly on others, or on excluded records alone."""
    counts, both = pool.counts(having), int((having & pool.met[concept.name]).sum())
    rejected = counts["excluded"] > 1 and not counts["included"]
    if _SHARE * counts["records"] <= both < counts["records"] and not rejected:
        yield TermSuggestion(
            kind="heading",
            action="add",
            concept=concept.name,
            role=concept.role,
            key="terms",
            term=name,
            because=f"{both} of its {counts['records']} records have the concept",
            changed=counts["records"] - both,
            **counts,
        )


def _headings(pool: Pool) -> Mapping[str, Mask]:
    """Heading, without its qualifiers and the star of a main topic -> which records have it."""
    places: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, str] = {}
    for place, record in enumerate(pool.records):
        for keyword in {keyword.split("/")[0].strip(" *.") for keyword in record.keywords}:
            if any(map(str.isalpha, keyword)) and keyword.casefold() not in _TAGS:
                places[shown.setdefault(keyword.casefold(), keyword)].append(place)
    found = {}
    for name, where in places.items():
        if len(set(where)) >= _LEAST:
            found[name] = np.zeros(len(pool.records), dtype=bool)
            found[name][where] = True
    return found


def _chances(pool: Pool, headings: list[Mask], concept: str) -> list[float]:
    """For each heading how likely it is by chance that so many of its records have the concept; 1 if not many more."""
    met, total = pool.met[concept], len(pool.records)
    drawn = int(met.sum())
    both = np.array([(heading & met).sum() for heading in headings])
    having = np.array([heading.sum() for heading in headings])
    chances = adjusted(
        at_least(both, having=having, drawn=drawn, total=total),
        at_least(np.minimum(having, drawn), having=having, drawn=drawn, total=total),
    )
    many = both * (total - drawn) >= _LIFT * drawn * (having - both)
    return [float(p) if more else 1.0 for p, more in zip(chances, many, strict=True)]
