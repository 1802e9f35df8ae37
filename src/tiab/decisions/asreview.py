"""ASReview's project files: the decisions in them, and the records that they were made on.

A project is a zip archive with an SQLite file of results, and the records in a second one, in the same one or in the
dataset beside them, by the version of ASReview that wrote it (1, 2 and 3 are read). Nothing in it is run.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath
from time import monotonic

from tiab.decisions.carried import read_time
from tiab.decisions.decided import Decided
from tiab.errors import InputError, LabelError
from tiab.formats import read
from tiab.labels import Decision
from tiab.reading import check_input, parse_json
from tiab.records import Record, normalise_doi

__all__ = ["is_project", "read_project"]

_LARGEST = 1 << 30
_LONGEST = 1 << 24
"""Bytes of a text in it; the longest abstracts have a thousandth of that."""
_PATIENCE = 60.0
"""Seconds to read one table; a million records take a few."""
_DAMAGE = (
    *(OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, sqlite3.Error),
    *(ValueError, KeyError, TypeError, AttributeError, OverflowError),
)
"""What a project raises that no ASReview wrote."""
_FOREIGN = "Export the project from ASReview once more, or export its labels as CSV."


def is_project(path: str | Path) -> bool:
    """Whether a file is a project of ASReview: a zip archive that holds a project.json.

    Raises:
        InputError: it does not exist, or is no file.
    """
    check_input(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _description(archive) is not None
    except (OSError, zipfile.BadZipFile):
        return False


def read_project(path: str | Path) -> tuple[list[Decided], list[Record]]:
    """The decisions of an ASReview project in the order in which they were made, and the records that have none.

    Raises:
        InputError: the file is damaged or holds no results.
        LabelError: it has no decisions, or its results are of other records than its dataset.
    """
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        try:
            dataset, databases = _unpacked(Path(path), Path(folder))
            results = _results(databases)
            records = _stored_records(databases) or _dataset_records(dataset, results)
        except _DAMAGE as error:
            raise InputError(f"is a damaged project of ASReview ({error})", path=path, hint=_FOREIGN) from error
    decided = []
    for number, label, prior, note, time in results:
        if label not in (0, 1):
            continue
        if number not in records:
            raise LabelError(f"has a decision on record {number}, which it does not hold", path=path, hint=_FOREIGN)
        decision = Decision.INCLUDE if label else Decision.EXCLUDE
        decided.append(Decided(record=records[number], decision=decision, prior=prior, note=note, time=time))
    if not decided:
        raise LabelError("holds no decisions", path=path, hint="Was anything screened in this project?")
    labelled = {number for number, label, *_ in results if label in (0, 1)}
    return decided, [record for number, record in records.items() if number not in labelled]


def _description(archive: zipfile.ZipFile) -> str | None:
    """The member that says what the project is: at the top, or in the one folder that somebody zipped."""
    names = [PurePosixPath(name) for name in archive.namelist()]
    found = [name for name in names if name.name == "project.json" and len(name.parts) < 3 and not _is_of_mac(name)]
    return str(min(found, key=lambda name: len(name.parts))) if found else None


def _is_of_mac(name: PurePosixPath) -> bool:
    """Whether a member is what macOS adds to the archives that it makes: no file of the project."""
    return "__MACOSX" in name.parts or name.name.startswith("._")


def _unpacked(path: Path, folder: Path) -> tuple[Path | None, list[Path]]:
    """The dataset and the SQLite files, copied out under names of our own."""
    dataset, databases = None, []
    with zipfile.ZipFile(path) as archive:
        description = archive.getinfo(str(_description(archive)))
        if description.file_size > _LONGEST:
            raise ValueError("its description is too long")
        told = parse_json(archive.read(description))
        names = [told.get("dataset_path"), *(one.get("name") for one in told.get("datasets", []))]
        for number, member in enumerate(archive.infolist()):
            name = PurePosixPath(member.filename)
            if _is_of_mac(name):
                continue
            is_dataset = name.parent.name == "data" and name.name in names
            if not is_dataset and name.suffix not in (".db", ".sql"):
                continue
            if member.file_size > _LARGEST:
                raise ValueError(f"{name} is over 1 GB")
            target = folder / f"{number}{name.suffix}"
            target.write_bytes(archive.read(member))
            if is_dataset:
                dataset = target
            else:
                databases.append(target)
    return dataset, databases


def _rows(database: Path, table: str, columns: Sequence[str]) -> list[dict[str, object]]:
    """The rows of a table with those of `columns` that it has; none where there is no such table.

    Only a plain table is read, and only so long: a view, or a column that is computed, may go on for ever.
    """
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        deadline = monotonic() + _PATIENCE
        connection.set_progress_handler(lambda: monotonic() > deadline, 100_000)
        kind = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        if kind is not None and kind[0] != "table":
            raise ValueError(f"{table} is a {kind[0]}, not a table")
        has = [row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (table,))]
        chosen = [column for column in columns if column in has]
        if not chosen:
            return []
        rows = connection.execute(f"SELECT {', '.join(chosen)} FROM {table} ORDER BY rowid")  # names of our own
        return [dict(zip(chosen, row, strict=True)) for row in rows]


def _results(databases: Sequence[Path]) -> list[tuple[int, object, bool, str, str]]:
    """(record number, label, whether it was prior knowledge, note, time) of each result."""
    columns = (
        "record_id",
        "label",
        "query_strategy",
        "querier",
        "classifier",
        "notes",
        "note",
        "time",
        "labeling_time",
    )
    for database in databases:
        rows = _rows(database, "results", columns)
        if rows:
            return [(int(str(row["record_id"])), row["label"], _is_prior(row), _note(row), _time(row)) for row in rows]
    return []


def _is_prior(row: dict[str, object]) -> bool:
    """Version 1 says so; since version 2 it is what no model chose."""
    if "query_strategy" in row:
        return row["query_strategy"] == "prior"
    return row.get("querier") is None and row.get("classifier") is None


def _note(row: dict[str, object]) -> str:
    return str(row.get("notes") or row.get("note") or "")


def _time(row: dict[str, object]) -> str:
    said = row.get("time") or row.get("labeling_time")
    return read_time(said) if said else ""


def _stored_records(databases: Sequence[Path]) -> dict[int, Record]:
    for database in databases:
        rows = _rows(database, "record", ("record_id", "title", "abstract", "year", "doi"))
        if rows:
            return {int(str(row["record_id"])): _stored_record(row) for row in rows}
    return {}


def _stored_record(row: dict[str, object]) -> Record:
    year = str(row.get("year") or "")
    return Record(
        record_id="",
        title=str(row.get("title") or ""),
        abstract=str(row.get("abstract") or ""),
        year=int(year) if year.isdecimal() else None,
        doi=normalise_doi(str(row.get("doi") or "")),
    )


def _dataset_records(dataset: Path | None, results: Sequence[tuple[int, object, bool, str, str]]) -> dict[int, Record]:
    """The records of the dataset by their own number where they have one, else by their row, from 0."""
    if dataset is None:
        raise ValueError("no dataset")
    reading = read(dataset)
    if reading.unreadable:
        raise ValueError(f"its dataset has {len(reading.unreadable)} unreadable records")
    own = {int(one.record_id): one for one in reading.records if one.record_id.isdecimal() and len(one.record_id) < 19}
    if all(number in own for number, *_ in results):
        return {number: replace(record, record_id="") for number, record in own.items()}
    return {number: replace(record, record_id="") for number, record in enumerate(reading.records)}
