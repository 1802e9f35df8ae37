"""One record for several of one report: the fullest, with what it lacks taken from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tiab.records import Record

__all__ = ["joined"]

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
