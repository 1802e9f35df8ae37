"""Intake: the records of a file ► which of them are new, known already, or duplicates of one that is there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiab.criteria import Criteria
from tiab.criteria.scripts import foreign_scripts, script_warning
from tiab.decisions import RecordIndex
from tiab.dedupe import Duplicates, find_duplicates
from tiab.errors import InputError, ReviewError
from tiab.formats import ReadResult, Unreadable, read_each
from tiab.formats.archive import open_sources
from tiab.records import Record
from tiab.review.groups import ReportGroups
from tiab.review.snapshot import Snapshot, SnapshotReader
from tiab.store import Entry, Source, Store

if TYPE_CHECKING:
    from tiab.pico.pipeline import Progress

__all__ = ["FileReport", "add_files", "read_exports"]

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
        doubtful: pairs of one of these records with another that may be duplicates, for a person to decide.
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
    doubtful: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    warnings: tuple[str, ...] = ()
    again: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        lost = [{"line": one.line, "reason": one.reason} for one in self.unreadable]
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"unreadable": lost, "warnings": list(self.warnings)}


def read_exports(path: str | Path) -> list[tuple[ReadResult, str]]:
    """What a file holds, and its SHA-256 in hex; of a zip archive that of each export in it, as if it stood alone.

    Raises:
        InputError: it cannot be read.
    """
    return [
        (reading, _digest(_chunks(path) if source.path == Path(path) else source.chunks()))
        for reading, source in zip(read_each(path), open_sources(path), strict=True)
    ]


def _chunks(path: str | Path) -> Iterator[bytes]:
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path, hint="Try once more.") from error


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _FileRecords:
    """The records of one file that are to be stored, under ids that are free, and those that were stored before.

    `restored` are those of them whose imports were undone: they are in the pool again.
    """

    reading: ReadResult
    sha256: str
    records: tuple[Record, ...]
    held: tuple[str, ...]
    restored: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be stored of several files: their records, new id -> link, new id -> number of doubtful pairs.

    `linked` are the restored records that are duplicates already; `undone` the files whose import was undone.
    """

    kept: tuple[_FileRecords, ...]
    links: Mapping[str, Entry]
    doubts: Mapping[str, int]
    linked: frozenset[str]
    undone: frozenset[int]
    criteria: Criteria | None


def add_files(
    store: Store,
    reader: SnapshotReader,
    files: Iterable[str | Path],
    *,
    reviewer: str = "",
    progress: Progress | None = None,
) -> list[FileReport]:
    """Adds the records of `files`, each file in one transaction; all are read before the first is stored.

    The exports in a zip archive are added one by one, so that each database's records are counted.

    Args:
        progress: is called with numbers of records that were compared, which add up to that of all.

    Raises:
        InputError: a file cannot be read; nothing was added.
        ReviewError: nothing of a file could be stored.
    """
    todo = [export for path in files for export in read_exports(path)]
    reports: list[FileReport] = []
    while todo:
        before, stored = reader.snapshot, list[_FileRecords]()
        plan = _plan(todo, before, progress)
        try:
            for kept in plan.kept:
                reports.append(_store(store, kept, plan, reviewer))
                stored.append(kept)
        except ReviewError:
            ours = sum(len(kept.records) for kept in stored)
            if reader.snapshot.state.n_records == before.state.n_records + ours:
                raise  # otherwise another program added records meanwhile: the rest is looked at afresh
        todo = todo[len(stored) :]
    return reports


def _plan(readings: Sequence[tuple[ReadResult, str]], snapshot: Snapshot, progress: Progress | None) -> _Plan:
    gone = {record.record_id: record for record, _ in snapshot.withdrawn}
    known = RecordIndex(snapshot.records, snapshot.fingerprints)
    for record, fingerprint in snapshot.withdrawn:
        known.add(record, fingerprint=fingerprint)
    kept = tuple(_keep(reading, sha256, known, gone) for reading, sha256 in readings)
    fresh = [record for one in kept for record in (*one.restored, *one.records)]
    found = find_duplicates([*snapshot.records, *fresh], progress=progress) if fresh else Duplicates()
    ids = {record.record_id for record in fresh}
    linked = frozenset(ids & snapshot.groups.main_of.keys())
    undone = frozenset(one.source_id for one in snapshot.logged.files if one.undone)
    return _Plan(kept, _links(found, snapshot.groups, ids), _doubts(found, ids), linked, undone, snapshot.criteria)


def _keep(reading: ReadResult, sha256: str, known: RecordIndex, gone: dict[str, Record]) -> _FileRecords:
    """What is to be kept of a file; records of `gone`, which come in again with it, are taken out of there."""
    name = Path(reading.path).name
    records: list[Record] = []
    held: dict[str, None] = {}
    restored: list[Record] = []
    for record in reading.records:
        holder = known.holder(record)
        if holder is not None:
            held[holder.record_id] = None
            if holder.record_id in gone:
                restored.append(gone.pop(holder.record_id))
        else:
            stored = replace(record, record_id=_free_id(record, name, known), source=name)
            records.append(stored)
            known.add(stored)
    return _FileRecords(reading, sha256, tuple(records), tuple(held), tuple(restored))


def _links(found: Duplicates, groups: ReportGroups, fresh: set[str]) -> dict[str, Entry]:
    """New record id -> the entry that links it to the first record of its group; records that were there stay apart."""
    links: dict[str, Entry] = {}
    for group in found.certain:
        main_id = groups.main_id(group.record_ids[0])
        for record_id in group.record_ids[1:]:
            if record_id in fresh and record_id not in groups.main_of:
                payload = {"into": main_id, "reason": group.reason}
                links[record_id] = Entry(kind="merged", record_id=record_id, payload=payload)
    return links


def _doubts(found: Duplicates, fresh: set[str]) -> Counter[str]:
    """New record id -> how many pairs of it with an earlier record a person is to decide on."""
    later = (next((one for one in reversed(pair.record_ids) if one in fresh), "") for pair in found.doubtful)
    return Counter(record_id for record_id in later if record_id)


def _store(store: Store, kept: _FileRecords, plan: _Plan, reviewer: str) -> FileReport:
    reading, name = kept.reading, Path(kept.reading.path).name
    added = (*kept.restored, *kept.records)
    entries = [plan.links[record.record_id] for record in added if record.record_id in plan.links]
    duplicates = len(entries) + sum(record.record_id in plan.linked for record in added)
    known = len(reading.records) - len(added)
    counts = {"new": len(added) - duplicates, "known": known, "duplicates": duplicates}
    found = len(reading.records) + len(reading.unreadable)
    again = any(one.sha256 == kept.sha256 and one.source_id not in plan.undone for one in store.sources())
    source = Source(name=name, sha256=kept.sha256, found=found, unreadable=len(reading.unreadable), **counts)
    foreign = foreign_scripts(reading.records, plan.criteria)
    doubtful = sum(plan.doubts.get(record.record_id, 0) for record in added)
    payload = {"format": reading.format, "again": again, "doubtful": doubtful}
    store.add(source, kept.records, reviewer=reviewer, payload=payload, entries=entries, held=kept.held)
    return FileReport(
        name=name,
        format=reading.format,
        found=found,
        doubtful=doubtful,
        unreadable=reading.unreadable,
        warnings=(*reading.warnings, *filter(None, [script_warning(foreign, len(reading.records))])),
        again=again,
        **counts,
    )


def _free_id(record: Record, name: str, known: RecordIndex) -> str:
    """The record's own id; where another record has it, that with the file's name before it, and a number behind."""
    if record.record_id not in known.ids:
        return record.record_id
    wanted = f"{name}:{record.record_id}"
    free, number = wanted, 1
    while free in known.ids:
        number += 1
        free = f"{wanted}#{number}"
    return free
