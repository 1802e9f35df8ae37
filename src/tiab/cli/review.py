"""tiab new, add, status, undo, export, replay"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from tiab.cli.app import ExitStatus, app
from tiab.cli.inputs import JobsOption, JsonOption, SeedOption
from tiab.cli.outputs import records_output
from tiab.cli.reviews import FolderArgument, ReviewerOption, counted, make_ready, opened, say_warnings
from tiab.cli.show import console, note, print_json, print_table, progress_bar
from tiab.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiab.review import FileReport, Status
    from tiab.store import Import

__all__ = [
    "add_files",
    "export_review",
    "make_review",
    "print_reports",
    "replay_review",
    "show_status",
    "undo_decision",
]


@app.command("new")
def make_review(
    folder: FolderArgument,
    criteria: Annotated[
        Path | None, typer.Option("--criteria", "-c", help="The criteria, copied into the folder.", show_default=False)
    ] = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Make a review: a folder that remembers its records, its criteria and every decision.

    [dim]Example:[/dim] tiab new ms-review --criteria criteria.toml
    """
    from tiab.review import Review

    with Review.create(folder, criteria, seed=seed) as review:
        say_warnings(review)
        title = review.criteria.title if review.criteria else None
    if as_json:
        print_json({"folder": str(folder), "title": title, "seed": seed})
    else:
        note(f"{folder} is a review now. Next: tiab add {folder} FILES…")


@app.command("add")
def add_files(
    folder: FolderArgument,
    files: Annotated[list[Path], typer.Argument(help="Search exports.", show_default=False)],
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add the records of search exports, and say of each file what is new, known already, duplicate or unreadable.

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
    note(f"{counted(left, 'record')} to screen. Next: tiab next {folder}")


@app.command("status")
def show_status(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Say where a review stands: records, decisions, conflicts, what may be missing, agreement of its reviewers.

    [dim]Example:[/dim] tiab status ms-review
    """
    from tiab.evaluation.missing import estimate_missing
    from tiab.review.history import read_history

    with opened(folder) as review:
        status, agreement = review.status(), review.agreement()
        frontier = estimate_missing(read_history(review.snapshot), target=0.95, alpha=0.05)
    pairs = [{"reviewers": list(names), **one.to_dict()} for names, one in agreement.items()]
    if as_json:
        missing = {"missing": frontier.missing, "sentence": frontier.sentence, "assumption": frontier.assumption}
        print_json(status.to_dict() | {"agreement": pairs, "frontier": missing})
        return
    _print_status(status)
    if frontier.screened:
        assumed = f" {frontier.assumption_in_short}" if frontier.states_bound else ""
        console.print(Text(frontier.sentence + assumed))
    for (first, second), one in agreement.items():
        console.print(Text(f"{_name(first)} and {_name(second)}: {one.sentence}"))


@app.command("undo")
def undo_decision(
    folder: FolderArgument,
    record: Annotated[str, typer.Option("--record", help="Take back the last decision on this record.")] = "",
    number: Annotated[
        int | None,
        typer.Option(
            "--import", min=1, help="Undo an import as a whole: its number in tiab status.", show_default=False
        ),
    ] = None,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take back your last decision, or a whole import of records or decisions. The log keeps everything.

    An earlier decision on the record then stands again. To redo an import, import the file again.

    [dim]Example:[/dim] tiab undo ms-review --reviewer eva
    [dim]Example:[/dim] tiab undo ms-review --import 3
    """
    if number is not None:
        if record:
            raise LabelError("--import and --record say different things", hint="Give one of them.")
        with opened(folder) as review:
            taken, status = review.undo_import(number, reviewer=reviewer), review.status()
        if as_json:
            print_json(taken.to_dict() | {"records": status.records, "left": status.left})
        else:
            what = "its decisions are taken back" if taken.kind == "decisions" else "its records are out of the review"
            note(f"Import {number} ({taken.name}) undone: {what}. {counted(status.left, 'record')} to screen.")
        return
    with opened(folder) as review:
        event = review.undo(reviewer, record_id=record)
        label = review.labels(reviewer).get(event.record_id) if event else None
    if as_json:
        print_json({"undone": event.record_id if event else None, "stands": str(label.decision) if label else None})
    elif event is None:
        note("There is no decision to take back.")
    else:
        stands = f"'{label.decision}' stands again" if label else "it is to be screened again"
        note(f"Taken back: {event.record_id}; {stands}.")


@app.command("export")
def export_review(
    folder: FolderArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            writable=True,
            callback=records_output,
            help="Where to; the suffix tells the format.",
            show_default=False,
        ),
    ],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only records with this decision; may be repeated.")
    ] = None,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="Duplicates too, each behind its record.")] = False,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", "-r", help="This reviewer's decisions only.", show_default=False)
    ] = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the records, best first, with rank, score, decisions, reasons and notes.

    [dim]Example:[/dim] tiab export ms-review -o included.ris --only include --only maybe
    """
    from tiab.labels import Decision

    wanted = [Decision.parse(decision) for decision in only or []]
    with opened(folder, jobs=jobs) as review:
        make_ready(review, reviewer)
        count = review.export(output, reviewer=reviewer, only=wanted, duplicates=duplicates)
    if as_json:
        print_json({"output": str(output), "records": count})
    else:
        note(f"{counted(count, 'record')} written to {output}")


@app.command("replay")
def replay_review(folder: FolderArgument, jobs: JobsOption = 1, as_json: JsonOption = False) -> None:
    """Make every ranking again from the log, and say whether each came out the same. Exit code 1 if one did not.

    [dim]Example:[/dim] tiab replay ms-review
    """
    with opened(folder, jobs=jobs) as review, progress_bar("making rankings again", None) as bar:
        replayed = review.replay(progress=lambda done, of: bar(1))
    if as_json:
        print_json(replayed.to_dict())
    else:
        for sentence in replayed.summary():
            console.print(Text(sentence))
    if not replayed.identical:
        raise typer.Exit(ExitStatus.FAULT)


def print_reports(reports: Sequence[FileReport]) -> None:
    """Prints what became of each file's records, and what could not be read of them."""
    columns = ("file", "format", "found", "new", "known", "duplicates", "unreadable")
    rows = [
        (one.name, one.format, one.found, one.new, one.known, one.duplicates, len(one.unreadable)) for one in reports
    ]
    print_table("", columns, rows, right=5)
    for one in reports:
        if one.again:
            note(f"{one.name}: this very file had been added before")
        if one.doubtful:
            note(f"{one.name}: {counted(one.doubtful, 'pair')} may be duplicates: settle them with tiab duplicates")
        for warning in one.warnings:
            note(f"{one.name}: {warning}")
        for lost in one.unreadable:
            note(f"{one.name}, line {lost.line}: cannot be read: {lost.reason}")


def _print_status(status: Status) -> None:
    _print_imports(status)
    records, duplicates = counted(status.to_screen, "record"), counted(status.duplicates, "duplicate")
    console.print(Text(f"\n{records} to screen and {duplicates} of them; {status.no_abstract} without an abstract."))
    people = [(_name(name), one.include, one.exclude, one.maybe) for name, one in status.reviewers.items()]
    together = ("together" if len(people) > 1 else "so far", *_three(status))
    shown = [*people, together] if len(people) > 1 or status.prior else people or [together]
    print_table("decisions", ("", "include", "exclude", "maybe"), shown, right=3)
    said = [f"{counted(status.left, 'record')} left."]
    if status.prior:
        said.append(f"{counted(status.prior, 'decision')} from prior knowledge.")
    if status.conflicts:
        said.append(f"{counted(status.conflicts, 'conflict')} to be settled: tiab conflicts.")
    console.print(Text("\n" + " ".join(said)))


def _print_imports(status: Status) -> None:
    """Prints the files that came in, with the number of each import."""
    for what, heading, names in (
        ("records", "", ("found", "new", "known", "duplicates", "unreadable")),
        ("decisions", "imported decisions", ("found", "stored", "missing", "undecided")),
    ):
        files = [one for one in status.imports if one.kind == what]
        rows = [(one.number, _with_undone(one), *(one.counts.get(name, 0) for name in names)) for one in files]
        if rows or what == "records":
            print_table(heading, ("import", "file", *names), rows, right=len(names))


def _with_undone(one: Import) -> str:
    return f"{one.name} (undone)" if one.undone else one.name


def _three(status: Status) -> tuple[int, int, int]:
    return status.joint.include, status.joint.exclude, status.joint.maybe


def _name(reviewer: str) -> str:
    return reviewer or "(no name)"
