"""The gold standard: which records are relevant, and which were known beforehand.

Evaluation alone reads it; nothing leads from here to the ranker.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tiab.errors import EvaluationError
from tiab.formats import read_records
from tiab.formats.decisions import NO_DECISION, label_column
from tiab.formats.rows import is_key_table, read_rows
from tiab.formats.table import heading
from tiab.labels import Decision
from tiab.records import Record, normalise_doi

__all__ = ["read_gold", "read_known", "read_order"]


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
    return _named(path, records, _counts, "relevant record")


def read_known(path: str | Path, records: Sequence[Record]) -> list[str]:
    """The ids of the records that a table names, such as the labels that a ranking has learned from.

    They are found as by `read_gold`. Where the table has a column of decisions, all that were decided on count.

    Raises:
        InputError: the table cannot be read.
        EvaluationError: it names no record.
    """
    return _named(path, records, _is_decided, "record that was decided on")


def _named(
    path: str | Path, records: Sequence[Record], counts: Callable[[dict[str, str]], bool], what: str
) -> list[str]:
    known = _identifiers(records)
    ids: list[str] = []
    for row in _rows(path):
        names = _names(row)
        if names and counts(row):
            ids.append(next((known[name] for name in names if name in known), names[0]))
    if not ids:
        raise EvaluationError(f"names no {what}", path=path, hint="It needs a column record_id, pmid or doi.")
    return list(dict.fromkeys(ids))


def _rows(path: str | Path) -> Iterator[dict[str, str]]:
    """The rows of a table of identifiers; of an export, what identifies its records."""
    if is_key_table(path):
        yield from (row for _, row in read_rows(path))
        return
    for record in read_records(path):
        carried = {heading(name): value for name, value in record.extra}
        yield carried | {"record id": record.record_id, "pmid": record.pmid, "doi": record.doi}


def _identifiers(records: Sequence[Record]) -> dict[str, str]:
    """Every name of every record -> its id; an id goes before a PMID or DOI that looks the same."""
    names: dict[str, str] = {}
    for record in records:
        for name in (record.pmid, record.doi):
            if name:
                names.setdefault(name, record.record_id)
    return names | {record.record_id: record.record_id for record in records}


def _names(row: dict[str, str]) -> list[str]:
    found = [row.get("record id", ""), row.get("pmid", ""), normalise_doi(row.get("doi", ""))]
    return [name for name in found if name]


def _counts(row: dict[str, str]) -> bool:
    """Whether a row names a relevant record: it says so, or says nothing of decisions at all."""
    column = label_column(row)
    said = row[column] if column else "include"
    return said.casefold() not in NO_DECISION and Decision.parse(said) is Decision.INCLUDE


def _is_decided(row: dict[str, str]) -> bool:
    column = label_column(row)
    return not column or row[column].strip().casefold() not in NO_DECISION


def _rank(record: Record) -> float:
    said = dict(record.extra).get("rank", "")
    try:
        return float(said)
    except ValueError:
        return math.inf
