"""Records of several files, and each report once: the fullest of its records, with what the others know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiab.dedupe.results import Duplicates
from tiab.formats import iter_records
from tiab.formats.reader_notes import unique
from tiab.records import Record

__all__ = ["joined", "read_apart", "taken_once"]

_FILLED = (
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "doi",
    "pmid",
    "keywords",
    "publication_types",
    "language",
)


def read_apart(paths: Iterable[str | Path], *, on_warning: Callable[[str], object] | None = None) -> list[Record]:
    """All records of all files, in order, with ids that differ; the same record in two files is there twice.

    Args:
        on_warning: is called with what looks doubtful in a file, its name before it.

    Raises:
        InputError: a file cannot be read.
    """
    taken: dict[str, int] = {}
    records = [record for path in paths for record in iter_records(path, on_warning=on_warning)]
    return [replace(record, record_id=unique(record.record_id, taken)) for record in records]


def taken_once(records: Sequence[Record], found: Duplicates) -> tuple[list[Record], dict[str, dict[str, object]]]:
    """Each report once, where its first record stands, and columns for `write_records`: its other ids, its files."""
    by_id = {record.record_id: record for record in records}
    groups = {group.record_ids[0]: group.record_ids for group in found.certain}
    later = {record_id for ids in groups.values() for record_id in ids[1:]}
    once: list[Record] = []
    columns: dict[str, dict[str, object]] = {"duplicates": {}, "sources": {}}
    for record in records:
        if record.record_id in later:
            continue
        ids = groups.get(record.record_id, (record.record_id,))
        report = joined([by_id[record_id] for record_id in ids])
        once.append(report)
        columns["duplicates"][report.record_id] = [record_id for record_id in ids if record_id != report.record_id]
        columns["sources"][report.record_id] = list(dict.fromkeys(by_id[record_id].source for record_id in ids))
    return once, columns


def joined(records: Sequence[Record]) -> Record:
    """The fullest of `records`, which report one thing; a field that it lacks is taken from the fullest that has it.

    The records themselves stay as they are. Fullest is the one with an abstract, a PMID, a DOI and the longest text,
    in that order; the first of equals.

    Raises:
        ValueError: there are no records.

    >>> one = Record(record_id="1", title="Yoga", abstract="Ten women trained.")
    >>> joined([Record(record_id="2", title="Yoga", pmid="7"), one])
    Record(record_id='1', title='Yoga', abstract='Ten women trained.', authors=(), year=None, journal='', doi='', \
pmid='7', keywords=(), publication_types=(), language='', source='')
    """
    if not records:
        raise ValueError("no records to join")
    ordered = sorted(records, key=_fullness, reverse=True)
    filled: dict[str, Any] = {}
    for name in _FILLED:
        filled[name] = next(
            (value for record in ordered if (value := getattr(record, name))), getattr(ordered[0], name)
        )
    return replace(ordered[0], **filled)


def _fullness(record: Record) -> tuple[bool, bool, bool, int]:
    return bool(record.abstract), bool(record.pmid), bool(record.doi), len(record.text)
