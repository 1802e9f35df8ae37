"""The options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tiab.labels import Decision

__all__ = [
    "DECISIONS",
    "CriteriaOption",
    "FilesArgument",
    "FolderArgument",
    "JobsOption",
    "JsonOption",
    "LabelsOption",
    "ReadingJobsOption",
    "ReviewerOption",
    "SeedOption",
]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Search exports: RIS, NBIB, XML, BibTeX, CSV, XLSX …; also gzipped or zipped.", show_default=False
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
SeedOption = Annotated[int, typer.Option(min=0, help="The seed for everything that is random.")]
ReadingJobsOption = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        help="Processes that read abstracts in parallel; 0: two from 5,000 records on.",
    ),
]
JobsOption = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that read abstracts in parallel.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the review.", show_default=False)]
ReviewerOption = Annotated[
    str,
    typer.Option("--reviewer", "-r", envvar="TIAB_REVIEWER", help="The reviewer's name, where there are several."),
]
DECISIONS = "|".join(Decision)
"""How a decision is written in --help; `Decision.parse` knows other spellings, too."""
