"""tiab new, add, export: a review is made, filled and written out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiab.cli.options import DECISIONS, FolderArgument, JobsOption, JsonOption, ReviewerOption, SeedOption
from tiab.cli.outputs import Commands, records_option
from tiab.cli.review_folder import make_ready, opened, say_warnings
from tiab.cli.show import counted, note, print_json, print_table, progress_bar
from tiab.cli.team import ScreenedBy, changed_policy
from tiab.labels import Decision
from tiab.review import Policy, Review
from tiab.review.exporting import left_out

if TYPE_CHECKING:
    from tiab.review import FileReport

__all__ = [
    "add_files",
    "export_review",
    "make_review",
    "print_reports",
]

commands = Commands()


@commands.command("new")
def make_review(
    folder: FolderArgument,
    criteria: Annotated[
        Path | None, typer.Option("--criteria", "-c", help="The criteria, copied into the folder.", show_default=False)
    ] = None,
    seed: SeedOption = 0,
    reviewers: ScreenedBy = None,
    as_json: JsonOption = False,
) -> None:
    """Create a review: a folder that keeps its records, criteria and every decision.

    [dim]Example:[/dim] tiab new ms-review --criteria criteria.toml
    """
    policy = changed_policy(Policy(), reviewers)
    with Review.create(folder, criteria, seed=seed) as review:
        say_warnings(review)
        if policy != review.policy:
            review.set_policy(policy)
        title = review.criteria.title if review.criteria else None
    if as_json:
        print_json({"folder": str(folder), "title": title, "seed": seed})
    else:
        note(f'Created review "{folder}". Next: tiab add {folder} FILES…')
        if reviewers is None:
            note(f"Two reviewers for each record? tiab team {folder} --reviewers two")


@commands.command("add")
def add_files(
    folder: FolderArgument,
    files: Annotated[list[Path], typer.Argument(help="Search exports.", show_default=False)],
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add the records of search exports to a review.

    Reports for each file how many of its records are new, known already, duplicates or unreadable.

    [dim]Example:[/dim] tiab add ms-review pubmed.nbib embase.ris
    """
    with opened(folder) as review:
        with progress_bar("comparing records", None) as progress:
            reports = review.add(files, reviewer=reviewer, progress=progress)
        left = review.status().left
    if as_json:
        print_json([report.to_dict() for report in reports])
        return
    print_reports(reports)
    note(f"{counted(left, 'record')} to screen. Next: tiab screen {folder}")


@commands.command("export")
def export_review(
    folder: FolderArgument,
    output: Annotated[
        Path,
        records_option("The output file; its suffix gives the format."),
    ],
    only: Annotated[
        list[Decision] | None,
        typer.Option(
            "--only",
            parser=Decision.parse,
            metavar=DECISIONS,
            help="Only records with this decision; may be repeated.",
            show_default=False,
        ),
    ] = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Include duplicates, listed after their main record.")
    ] = False,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", "-r", help="This reviewer's decisions only.", show_default=False)
    ] = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the records of a review, best first, with decisions, reasons and notes.

    [dim]Example:[/dim] tiab export ms-review -o included.ris --only include --only maybe
    """
    with opened(folder, jobs=jobs) as review:
        make_ready(review, reviewer)
        count = review.export(output, reviewer=reviewer, only=only or [], duplicates=duplicates)
        missing = left_out(review.snapshot) if only and reviewer is None else {}
    if as_json:
        print_json({"output": str(output), "records": count} | ({"left_out": missing} if missing else {}))
        return
    note(f"{counted(count, 'record')} written to {output}")
    if missing:
        told = ", ".join(f"{count:,} {state}" for state, count in missing.items())
        note(f"Left out, because they have no final decision yet: {told}.")


def print_reports(reports: Sequence[FileReport]) -> None:
    """Prints what became of each file's records, and what could not be read of them."""
    columns = ("file", "format", "found", "new", "known", "duplicates", "unreadable")
    rows = [
        (one.name, one.format, one.found, one.new, one.known, one.duplicates, len(one.unreadable)) for one in reports
    ]
    print_table("", columns, rows, right=5)
    for one in reports:
        if one.again:
            note(f"{one.name}: this file was added before")
        if one.doubtful:
            note(f"{one.name}: {counted(one.doubtful, 'pair')} may be duplicates: check them with tiab duplicates")
        for warning in one.warnings:
            note(f"{one.name}: {warning}")
        for lost in one.unreadable:
            note(f"{one.name}, line {lost.line}: cannot be read: {lost.reason}")
