"""extract_pico: records in, two tables out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from tiab.criteria import Criteria
from tiab.features.table import pico_features
from tiab.pico.pipeline import Progress, find_spans
from tiab.pico.spans import Span
from tiab.records import Record

__all__ = ["Pico", "extract_pico", "pico_table"]

_COLUMNS = [
    "field",
    "start",
    "end",
    "text",
    "role",
    "label",
    "value",
    "provenance",
    "section",
    "sentence",
    "weight",
    "detail",
]


class Pico(NamedTuple):
    """What `extract_pico` found: `spans, features = extract_pico(…)`, or by name.

    Attributes:
        spans: one row for each finding: record_id, field, start, end, text, role, label, value, provenance, section,
            sentence, weight. Offsets count in `Record.text`. Sorted by record, start and falling end.
        features: one row for each record in the order given, indexed by record_id; see `pico_features`.
    """

    spans: pd.DataFrame
    features: pd.DataFrame


def extract_pico(
    records: Sequence[Record],
    criteria: Criteria | None = None,
    *,
    jobs: int = 1,
    numbers: bool = True,
    learned: bool = False,
    progress: Progress | None = None,
) -> Pico:
    """The PICO elements of the records as a table of spans and a table of features.

    Args:
        criteria: the review's criteria; without them only the general rules run.
        jobs: processes; -1 for one on each core. The result does not depend on it.
        numbers: whether to look for sample sizes, durations, markers and the like, too.
        learned: whether the learned components run, too; see `make_pipeline`.
        progress: called with the number of records read since its last call.

    >>> record = Record(record_id="1", title="A randomised trial of yoga in asthma")
    >>> extract_pico([record]).spans[["text", "role", "label"]].values.tolist()
    [['randomised trial', 'design', 'randomised trial'], ['yoga', 'intervention', 'exercise type']]
    """
    records = list(records)
    found = find_spans(records, criteria, jobs=jobs, numbers=numbers, learned=learned, progress=progress)
    return Pico(spans=pico_table(records, found), features=pico_features(records, found, criteria))


def pico_table(records: Sequence[Record], found: Sequence[tuple[Span, ...]]) -> pd.DataFrame:
    """The spans of all records as one table, one row for each span."""
    columns: dict[str, list[object]] = {
        name: [getattr(span, name) for spans in found for span in spans] for name in _COLUMNS
    }
    ids = [record.record_id for record, spans in zip(records, found, strict=True) for _ in spans]
    return pd.DataFrame({"record_id": ids, **columns})
