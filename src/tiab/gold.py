"""The gold standard: which records are relevant. Evaluation alone reads it; nothing leads from here to the ranker."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from tiab.errors import EvaluationError
from tiab.formats import read_records
from tiab.formats.opening import open_source
from tiab.formats.text import decoding_of, lines_of
from tiab.labels import Decision
from tiab.records import Record, normalise_doi

__all__ = ["read_gold", "read_order"]

_LABELS = ("label_included", "included", "label", "decision")


def read_order(path: str | Path) -> list[Record]:
    """The records of a ranking, best first: by its column `rank` where it has one, else as they stand.

    Raises:
        InputError: the file cannot be read.
    """
    return sorted(read_records(path), key=_rank)


def read_gold(path: str | Path, records: Sequence[Record]) -> list[str]:
    """The ids of the relevant records that a table names by record_id, PMID or DOI, as `records` number them.

    One that is none of `records` keeps the name that the table gives it. Where the table has a column of decisions,
    only the included count.

    Raises:
        InputError: the table cannot be read.
        EvaluationError: it names no record.
    """
    known = _identifiers(records)
    relevant: list[str] = []
    for row in _rows(path):
        cells = {name.strip().casefold(): value.strip() for name, value in row.items()}
        names = _names(cells)
        if names and _counts(cells):
            relevant.append(next((known[name] for name in names if name in known), names[0]))
    if not relevant:
        hint = "It needs a column record_id, pmid or doi."
        raise EvaluationError("names no relevant record", path=path, hint=hint)
    return list(dict.fromkeys(relevant))


def _rows(path: str | Path) -> Iterator[dict[str, str]]:
    """The rows of a table that need not have a title column; of an export, its records' identifiers."""
    source = open_source(path)
    head = source.head.decode("utf-8", "replace").lstrip("\ufeff").split("\n")[0]
    delimiter = max(",;\t", key=head.count)
    names = {name.strip().strip('"').casefold() for name in head.split(delimiter)}
    if names & {"record_id", "pmid", "doi"}:
        lines = (line + "\n" for line in lines_of(source, decoding_of(source)))
        for row in csv.DictReader(lines, delimiter=delimiter):
            yield {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
    else:
        for record in read_records(path):
            yield {"record_id": record.record_id, "pmid": record.pmid, "doi": record.doi, **dict(record.extra)}


def _identifiers(records: Sequence[Record]) -> dict[str, str]:
    """Every name of every record -> its id; an id goes before a PMID or DOI that looks the same."""
    names: dict[str, str] = {}
    for record in records:
        for name in (record.pmid, record.doi):
            if name:
                names.setdefault(name, record.record_id)
    return names | {record.record_id: record.record_id for record in records}


def _names(cells: dict[str, str]) -> list[str]:
    found = [cells.get("record_id", ""), cells.get("pmid", ""), normalise_doi(cells.get("doi", ""))]
    return [name for name in found if name]


def _counts(cells: dict[str, str]) -> bool:
    said = next((cells[column] for column in _LABELS if column in cells), "include")
    return bool(said) and Decision.parse(said) is Decision.INCLUDE


def _rank(record: Record) -> float:
    said = dict(record.extra).get("rank", "")
    try:
        return float(said)
    except ValueError:
        return math.inf
