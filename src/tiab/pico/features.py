"""Features: one row of numbers for each record, from its spans alone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import pandas as pd

from tiab.criteria import DESIGNS, Concept, Criteria
from tiab.pico.design_scores import design_scores
from tiab.pico.dose import middle
from tiab.pico.findings.extraction import OUTCOME
from tiab.pico.sections import SECTIONS
from tiab.pico.spans import Span
from tiab.pico.species import species_signs
from tiab.pico.vocabulary import vocabulary
from tiab.records import Record

__all__ = ["concept_columns", "feature_name", "pico_features"]

_FIELDS = ("title", "abstract", "keywords")
_NUMBERS = {
    "sample_size": "sample size",
    "duration_weeks": "duration",
    "sessions_per_week": "frequency",
    "session_minutes": "session",
}
_DIFFERENT = {
    "n_exercise_types": "exercise type",
    "n_markers": "marker",
    "n_increased": "increased",
    "n_decreased": "decreased",
    "n_unchanged": "unchanged",
}
_COUNTS = 0.5  # a span that weighs less (a denied term) is no hit


def feature_name(text: str) -> str:
    """`text` as a column name: lower case, words joined by one underscore.

    >>> feature_name("Case-control study")
    'case_control_study'
    """
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_") or "unnamed"


def concept_columns(criteria: Criteria | None) -> dict[str, str]:
    """The concepts' names and the prefix of their columns, which is the name with its role before it.

    Two names that differ in punctuation alone are told apart by a number.
    """
    prefixes: dict[str, str] = {}
    for concept in criteria.concepts if criteria else ():
        name = feature_name(concept.name)
        prefix = name if name.startswith(concept.role) else f"{concept.role}_{name}"
        same = sum(taken == prefix or taken.startswith(f"{prefix}__") for taken in prefixes.values())
        prefixes[concept.name] = f"{prefix}__{same + 1}" if same else prefix
    return prefixes


def pico_features(
    records: Sequence[Record], found: Sequence[tuple[Span, ...]], criteria: Criteria | None = None
) -> pd.DataFrame:
    """The features of the records, indexed by record_id, from what `find_spans` found in them.

    Columns (all float; NaN where a number is not known):
        <role>_<concept>_title, _abstract, _keywords: how often the concept is named there; _any: 1 if anywhere;
            _against: how often something against it; _unexpanded: how often an abbreviation of it that is never
            spelt out. A design concept also has _eligible and _ineligible: the best score of its designs.
        <role>_coverage: the weighted share of the concepts of that role that the record names.
        required_coverage: the share of the required concepts.
        design_<design>: the score of each of `tiab.criteria.DESIGNS`, from 0 to 1.
        has_publication_type, has_abstract, section_<section>, n_sections.
        species_human, species_animal: how many kinds of signs speak for each; animal_share: the animals' share of them.
        comparator_<value>: whether that comparator is named; n_comparators.
        sample_size, duration_weeks, sessions_per_week, session_minutes, intensity_percent: NaN where not known. Where
            several are given, the one best spoken for, the first of equals; the middle of a range.
        n_exercise_types, n_markers, n_increased, n_decreased, n_unchanged: of different values. These and the sample
            size to the intensity are NaN or 0 where `find_spans` ran with `numbers=False`.
    """
    prefixes = concept_columns(criteria)
    rows = [_row(record, spans, criteria, prefixes) for record, spans in zip(records, found, strict=True)]
    index = pd.Index([record.record_id for record in records], name="record_id", dtype=object)
    columns = list(_row(Record(record_id=""), (), criteria, prefixes))
    return pd.DataFrame(rows, index=index, columns=columns, dtype=float)


def _row(
    record: Record, spans: Sequence[Span], criteria: Criteria | None, prefixes: dict[str, str]
) -> dict[str, float]:
    scores = design_scores(spans, record.publication_types)
    row: dict[str, float] = {}
    if criteria is not None:
        for concept in criteria.concepts:
            row.update(_concept(prefixes[concept.name], concept, spans, scores))
        row.update(_coverage(criteria, row, prefixes))
    row.update({f"design_{feature_name(design)}": scores.get(design, 0.0) for design in DESIGNS})
    row["has_publication_type"] = float(bool(design_scores((), record.publication_types)))
    row["has_abstract"] = float(bool(record.abstract.strip()))
    headings = [span.label for span in spans if span.role == "section"]
    row.update({f"section_{name}": float(name in headings) for name in SECTIONS})
    row["n_sections"] = float(len(headings))
    row.update(_species(spans))
    row.update(_comparators(spans))
    row.update({name: _best(spans, label) for name, label in _NUMBERS.items()})
    row["intensity_percent"] = _intensity(spans)
    row.update({name: _different(spans, label) for name, label in _DIFFERENT.items()})
    return row


def _species(spans: Sequence[Span]) -> Iterator[tuple[str, float]]:
    human, animal = species_signs(spans)
    yield "species_human", float(human)
    yield "species_animal", float(animal)
    yield "animal_share", animal / (human + animal) if human + animal else math.nan


def _comparators(spans: Sequence[Span]) -> Iterator[tuple[str, float]]:
    named = {span.value for span in spans if span.role == "comparator" and span.provenance.startswith("rule:")}
    listed = [value for values in vocabulary("cues")["comparator"].values() for value in values]
    for value in listed:
        yield f"comparator_{feature_name(value)}", float(value in named)
    yield "n_comparators", float(len(named))


def _best(spans: Sequence[Span], label: str) -> float:
    """The value of the heaviest rule span of that label, the first of equals; NaN without one."""
    mine = [span for span in spans if span.label == label and span.provenance.startswith("rule:")]
    return middle(max(mine, key=lambda span: span.weight).value) if mine else math.nan


def _intensity(spans: Sequence[Span]) -> float:
    percents = [s.value.split("%")[0] for s in spans if s.label == "intensity" and "%" in s.value]
    return middle(percents[0]) if percents else math.nan


def _different(spans: Sequence[Span], label: str) -> float:
    """How many different values the rule spans of that label have."""
    rules = [span for span in spans if span.label == label and span.provenance.startswith("rule:")]
    mine = [span.value.split("; ") for span in rules if span.provenance != OUTCOME]
    return float(len({value for values in mine for value in values}))


def _concept(
    prefix: str, concept: Concept, spans: Sequence[Span], scores: dict[str, float]
) -> Iterator[tuple[str, float]]:
    mine = [span for span in spans if span.label == concept.name and span.provenance == f"dict:{concept.name}"]
    hits = [span for span in mine if span.role == concept.role and span.weight >= _COUNTS]
    for field in _FIELDS:
        yield f"{prefix}_{field}", float(sum(span.field == field for span in hits))
    if concept.role == "design":
        eligible = max((scores.get(design, 0.0) for design in concept.designs), default=0.0)
        yield f"{prefix}_any", max(float(bool(hits)), eligible)
        yield f"{prefix}_eligible", eligible
        yield f"{prefix}_ineligible", max((scores.get(design, 0.0) for design in concept.against_designs), default=0.0)
    else:
        yield f"{prefix}_any", float(bool(hits))
    yield f"{prefix}_against", float(sum(span.role == "against" for span in mine))
    yield f"{prefix}_unexpanded", float(sum(span.role == "unexpanded" for span in mine))


def _coverage(criteria: Criteria, row: dict[str, float], prefixes: dict[str, str]) -> Iterator[tuple[str, float]]:
    for role in dict.fromkeys(concept.role for concept in criteria.concepts):
        yield f"{role}_coverage", _share(criteria.of_role(role), row, prefixes)
    yield "required_coverage", _share(tuple(c for c in criteria.concepts if c.required), row, prefixes)


def _share(concepts: tuple[Concept, ...], row: dict[str, float], prefixes: dict[str, str]) -> float:
    total = sum(concept.weight for concept in concepts)
    met = sum(concept.weight * row[f"{prefixes[concept.name]}_any"] for concept in concepts)
    return met / total if total else 1.0
