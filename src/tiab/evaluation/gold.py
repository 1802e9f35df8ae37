"""The gold standard: which records are relevant, and which were known beforehand.

Evaluation alone reads it; nothing leads from here to the ranker.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from tiab.decisions import Decided, RecordIndex, find_record, read_decisions, told_apart
from tiab.errors import EvaluationError
from tiab.formats import iter_records
from tiab.labels import Decision
from tiab.records import Record

__all__ = ["read_gold", "read_judged", "read_known", "read_order"]


def read_order(path: str | Path, *, on_warning: Callable[[str], object] | None = None) -> list[Record]:
    """The records of a ranking, best first: by its column `rank` where it has one, else as they stand.

    Args:
        on_warning: is called with what looks doubtful in the file, and where it has no ranks.

    Raises:
        InputError: the file cannot be read.
    """
    records = list(iter_records(path, on_warning=on_warning))
    if on_warning and all(_rank(record) == math.inf for record in records):
        on_warning(f"{path}: has no ranks: the order of the file is taken as the ranking")
    return sorted(records, key=_rank)


def read_gold(path: str | Path, records: Sequence[Record]) -> list[str]:
    """The ids of the relevant records that a file names, as `records` number them; found as labels are.

    One that is none of `records` keeps the name that the table gives it. Where the table has a column of decisions,
    only the included count.

    Raises:
        InputError: the table cannot be read.
        EvaluationError: it names no record, or one whose id another record has.
    """
    return _named(path, records, lambda one: one.decision is Decision.INCLUDE, "relevant record")


def read_known(path: str | Path, records: Sequence[Record]) -> list[str]:
    """The ids of the records that a table names, such as the labels that a ranking has learned from.

    They are found as by `read_gold`. Where the table has a column of decisions, all that were decided on count.

    Raises:
        InputError: the table cannot be read.
        EvaluationError: it names no record, or one whose id another record has.
    """
    return _named(path, records, lambda one: True, "record that was decided on")


def read_judged(path: str | Path, records: Sequence[Record]) -> frozenset[str] | None:
    """The ids of the records that a file includes or excludes, as `records` number them; none of them "maybe".

    An evaluation counts all others as irrelevant. None where the file carries no decisions, but is a list of the
    relevant: all others are irrelevant by that.

    Raises:
        InputError: the table cannot be read.
    """
    read, known = read_decisions(path, default=Decision.INCLUDE), RecordIndex(records)
    if not read.undecided and all(one.decision is Decision.INCLUDE for one in read.decided):
        return None
    found = (find_record(one.record, known) for one in read.decided if one.decision is not Decision.MAYBE)
    return frozenset(record.record_id for record in found if record is not None)


def _named(path: str | Path, records: Sequence[Record], counts: Callable[[Decided], bool], what: str) -> list[str]:
    known = RecordIndex(records)
    wanted = [one for one in read_decisions(path, default=Decision.INCLUDE).decided if counts(one)]
    if not wanted:
        raise EvaluationError(f"names no {what}", path=path, hint="It needs a column record_id, pmid or doi.")
    return list(dict.fromkeys(_id_of(one, known, path) for one in wanted))


def _id_of(one: Decided, known: RecordIndex, path: str | Path) -> str:
    """The id of the record that is meant; where none is, what the file calls it."""
    found = find_record(one.record, known)
    if found is not None:
        return found.record_id
    apart = told_apart(one.record, known)
    if apart:
        hint = "Equal numbers of two files are not one record: name the records by PMID, DOI or title."
        raise EvaluationError(apart, path=path, hint=hint)
    return one.key


def _rank(record: Record) -> float:
    said = dict(record.extra).get("rank", "")
    try:
        return float(said)
    except ValueError:
        return math.inf
