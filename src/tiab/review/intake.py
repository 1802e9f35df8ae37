"""Intake: the records of a file ► which of them are new, known already, or duplicates of one that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.formats import Reading, Unreadable, read
from tiab.records import Record
from tiab.review.groups import Groups
from tiab.review.known import Known
from tiab.review.live import Live
from tiab.store import Entry, Source, Store

__all__ = ["FileReport", "Intake", "add_files", "read_file", "sort_in"]

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file's records.

    Attributes:
        name: the file's name, without its folder.
        found: how many records start in it: new + known + duplicates + unreadable.
        new: added to the review, to be screened.
        known: not added: the review had them, and they say nothing that it had not.
        duplicates: added and linked to a record that the review had, under which they are screened.
        unreadable: the records that could not be read, with line and reason.
        warnings: sentences about the file, such as how many of its records have no abstract.
        again: the very same file had been added before.
    """

    name: str
    format: str
    found: int
    new: int
    known: int
    duplicates: int
    unreadable: tuple[Unreadable, ...] = ()
    warnings: tuple[str, ...] = ()
    again: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        lost = [{"line": one.line, "reason": one.reason} for one in self.unreadable]
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"unreadable": lost, "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is to be stored of one file: its records under ids that are free, and the links of its duplicates."""

    source: Source
    records: tuple[Record, ...]
    entries: tuple[Entry, ...]
    report: FileReport


def read_file(path: str | Path) -> tuple[Reading, str]:
    """What a file holds, and its SHA-256 in hex.

    Raises:
        InputError: it cannot be read.
    """
    reading = read(path)
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path, hint="Try once more.") from error
    return reading, digest.hexdigest()


def sort_in(reading: Reading, *, sha256: str, known: Known, groups: Groups, sources: Sequence[Source] = ()) -> Intake:
    """What is to be stored of a reading; `known` then knows its records, too.

    Args:
        groups: the duplicates that the review has linked, so that a link leads to the record that is screened.
        sources: the files that were added before.
    """
    name = Path(reading.path).name
    kept: list[Record] = []
    entries: list[Entry] = []
    heads: dict[str, str] = {}
    n_known = 0
    for record in reading.records:
        match = known.find(record)
        if match and match.adds_nothing(record):
            n_known += 1
            continue
        stored = replace(record, record_id=_free_id(record, name, known), source=name)
        kept.append(stored)
        known.add(stored)
        if match:
            head = heads.get(match.record.record_id, groups.head(match.record.record_id))
            heads[stored.record_id] = head
            payload = {"into": head, "reason": match.reason}
            entries.append(Entry(kind="merged", record_id=stored.record_id, payload=payload))
    found = len(reading.records) + len(reading.unreadable)
    counts = {"new": len(kept) - len(entries), "known": n_known, "duplicates": len(entries)}
    source = Source(name=name, sha256=sha256, found=found, unreadable=len(reading.unreadable), **counts)
    report = FileReport(
        name=name,
        format=reading.format,
        found=found,
        unreadable=reading.unreadable,
        warnings=reading.warnings,
        again=any(source.sha256 == sha256 for source in sources),
        **counts,
    )
    return Intake(source=source, records=tuple(kept), entries=tuple(entries), report=report)


def add_files(store: Store, live: Live, files: Iterable[str | Path], *, reviewer: str = "") -> list[FileReport]:
    """Adds the records of `files`, each file in one transaction; all are read before the first is stored.

    Raises:
        InputError: a file cannot be read; nothing was added.
        ReviewError: nothing of a file could be stored.
    """
    readings = [read_file(path) for path in files]
    snapshot = live.snapshot()
    known = Known(snapshot.records, snapshot.fingerprints)
    reports = []
    for reading, sha256 in readings:
        groups = live.snapshot().groups
        intake = sort_in(reading, sha256=sha256, known=known, groups=groups, sources=store.sources())
        payload = {"format": intake.report.format, "again": intake.report.again}
        store.add(intake.source, intake.records, reviewer=reviewer, payload=payload, entries=intake.entries)
        reports.append(intake.report)
    return reports


def _free_id(record: Record, name: str, known: Known) -> str:
    """The record's own id; where another record has it, that with the file's name before it, and a number behind."""
    if record.record_id not in known.ids:
        return record.record_id
    wanted = f"{name}:{record.record_id}"
    free, number = wanted, 1
    while free in known.ids:
        number += 1
        free = f"{wanted}#{number}"
    return free
