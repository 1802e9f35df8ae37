"""What several commands read: a pool with its labels, criteria or a kept model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiab.cli.show import note, progress_bar
from tiab.errors import TiabError

if TYPE_CHECKING:
    from tiab.formats.pool import Pool
    from tiab.labels import Decision

__all__ = [
    "CriteriaOption",
    "FilesArgument",
    "JobsOption",
    "JsonOption",
    "LabelsOption",
    "SeedOption",
    "labels_of",
    "pool_of",
]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Search exports: RIS, NBIB, XML, BibTeX, CSV, XLSX …; gzipped or zipped, too.", show_default=False
    ),
]
CriteriaOption = Annotated[
    Path | None, typer.Option("--criteria", "-c", help="The review's criteria, a TOML file.", show_default=False)
]
LabelsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--labels",
        "-l",
        help="Decisions: a table with record_id and label_included (1, 0 or empty), or an export with decisions.",
        show_default=False,
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, help="Makes what is drawn by chance repeatable.")]
JobsOption = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that read abstracts side by side.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]


def pool_of(files: list[Path]) -> Pool:
    """The records of the files, and a word about those that stood in more than one."""
    from tiab.formats.pool import read_pool

    with progress_bar("reading records", None) as progress:
        pool = read_pool(files, progress=progress)
    if not pool.records:
        raise TiabError("there are no records in these files", hint="Check that the search export is not empty.")
    if pool.repeated:
        note(f"{pool.repeated} records stand in more than one file; each is ranked once.")
    return pool


def labels_of(files: list[Path] | None, pool: Pool) -> dict[str, Decision]:
    """The labels of the files by the ids of the pool, with a word about what looks doubtful in them."""
    from tiab.decisions import pool_labels

    labels, doubts = pool_labels(pool, files or [])
    for doubt in doubts:
        note(doubt)
    return labels
