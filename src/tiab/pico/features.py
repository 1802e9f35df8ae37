"""Features: one row of numbers for each record, from its spans alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from tiab.criteria import DESIGNS, Concept, Criteria
from tiab.pico.design import design_scores
from tiab.pico.sections import SECTIONS
from tiab.pico.spans import Span
from tiab.records import Record

__all__ = ["concept_columns", "feature_name", "pico_features"]

_FIELDS = ("title", "abstract", "keywords")
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
    return row


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
