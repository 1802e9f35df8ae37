"""The features of records as a table that people and other programs read: the ranker's evidence, and the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from tiab.criteria import Criteria
from tiab.features.evidence import evidence_names, evidence_row
from tiab.folding import heading
from tiab.pico.design_scores import designs_of_type
from tiab.pico.dose import middle
from tiab.pico.findings.extraction import OUTCOME
from tiab.pico.sections import SECTIONS
from tiab.pico.spans import Span
from tiab.pico.species import species_signs
from tiab.pico.vocabulary import vocabulary
from tiab.records import Record

__all__ = ["pico_features"]

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


def _column_name(text: str) -> str:
    """`text` as a column name: lower case, words joined by one underscore.

    >>> _column_name("Case-control study")
    'case_control_study'
    """
    return heading(text).replace(" ", "_") or "unnamed"


def pico_features(
    records: Sequence[Record], found: Sequence[tuple[Span, ...]], criteria: Criteria | None = None
) -> pd.DataFrame:
    """The features of the records, indexed by record_id, from what `find_spans` found in them.

    Columns (all float; NaN where a number is not known):
        Those of `evidence_names`, from 0 to 1: what the ranker sees of each record, to the digit.
        has_publication_type, has_abstract, section_<section>, n_sections.
        species_human, species_animal: how many kinds of signs speak for each; animal_share: the animals' share of them.
        comparator_<value>: whether that comparator is named; n_comparators.
        sample_size, duration_weeks, sessions_per_week, session_minutes, intensity_percent: NaN where not known. Where
            several are given, the one best spoken for, the first of equals; the middle of a range.
        n_exercise_types, n_markers, n_increased, n_decreased, n_unchanged: of different values. These and the sample
            size to the intensity are NaN or 0 where `find_spans` ran with `numbers=False`.
    """
    rows = [_row(record, spans, criteria) for record, spans in zip(records, found, strict=True)]
    index = pd.Index([record.record_id for record in records], name="record_id", dtype=object)
    columns = list(_row(Record(record_id=""), (), criteria))
    return pd.DataFrame(rows, index=index, columns=columns, dtype=float)


def _row(record: Record, spans: Sequence[Span], criteria: Criteria | None) -> dict[str, float]:
    row = dict(zip(evidence_names(criteria), evidence_row(record, spans, criteria), strict=True))
    row["has_publication_type"] = float(any(map(designs_of_type, record.publication_types)))
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
        yield f"comparator_{_column_name(value)}", float(value in named)
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
