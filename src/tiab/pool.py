"""A pool: the records of several exports together, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tiab.formats import iter_records
from tiab.records import Record

__all__ = ["Pool", "read_pool"]

_STEP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The records of several files.

    Attributes:
        records: in the order of the files; their ids differ.
        repeated: how many more there were that an earlier file had too, by PMID, DOI or content.
    """

    records: tuple[Record, ...]
    repeated: int = 0


def read_pool(paths: Iterable[str | Path], *, progress: Callable[[int], object] | None = None) -> Pool:
    """The records of all files; one that an earlier file had under the same id is taken once.

    Args:
        progress: called with the number of records read since the last call.

    Raises:
        InputError: a file cannot be read.
    """
    return _joined([list(_counted(iter_records(path), progress)) for path in paths])


def _counted(records: Iterable[Record], progress: Callable[[int], object] | None) -> Iterator[Record]:
    for number, record in enumerate(records, 1):
        if progress is not None and number % _STEP == 0:
            progress(_STEP)
        yield record


def _joined(files: Sequence[Sequence[Record]]) -> Pool:
    known: dict[str, Record] = {}
    repeated = 0
    for records in files:
        earlier = dict(known)
        for record in records:
            twin = earlier.get(record.record_id)
            if twin is not None and _same(record, twin):
                repeated += 1
                continue
            record_id = record.record_id if record.record_id not in known else f"{record.source}:{record.record_id}"
            known[record_id] = replace(record, record_id=record_id)
    return Pool(records=tuple(known.values()), repeated=repeated)


def _same(one: Record, other: Record) -> bool:
    """Whether two records of one id are one record, not two files that number theirs from 1."""
    if one.pmid and other.pmid:
        return one.pmid == other.pmid
    if one.doi and other.doi:
        return one.doi == other.doi
    return one.fingerprint == other.fingerprint
