"""tiab status: the progress of a review."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.options import FolderArgument, JsonOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import opened
from tiab.cli.show import console, counted, note, print_json, print_table
from tiab.evaluation.missing import estimate_missing
from tiab.review import DecisionCounts, Status
from tiab.review.history import read_history
from tiab.store import Import

__all__ = ["show_status"]

commands = Commands()


@commands.command("status")
def show_status(
    folder: FolderArgument,
    reviewer: Annotated[
        str | None,
        typer.Option(
            "--reviewer", "-r", envvar="TIAB_REVIEWER", help="Who looks: what is left for whom.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the progress of a review: records, decisions, conflicts, what may be missing.

    Where several people screen, also how far they agree, once blinded reviewers have finished.

    [dim]Example:[/dim] tiab status ms-review
    """
    with opened(folder) as review:
        status, agreement = review.status(reviewer), review.agreement(reviewer)
        alone = reviewer if reviewer is not None and review.is_blinded(reviewer) else None
        estimate = estimate_missing(read_history(review.snapshot, alone), target=0.95, alpha=0.05)
        hidden = alone is None and any(counts.undisclosed for counts in status.reviewers.values())
    pairs = [{"reviewers": list(names), **one.to_dict()} for names, one in agreement.items()]
    if as_json:
        missing = {"missing": estimate.missing, "sentence": estimate.sentence, "assumption": estimate.assumption}
        print_json(status.to_dict() | {"agreement": pairs, "frontier": None if hidden else missing})
        return
    _print_status(status, reviewer)
    if estimate.screened and not hidden:
        assumed = f" {estimate.assumption_in_short}" if estimate.states_bound else ""
        console.print(Text(estimate.sentence + assumed))
    for (first, second), one in agreement.items():
        console.print(Text(f"{_name(first)} and {_name(second)}: {one.sentence}"))


def _print_status(status: Status, reviewer: str | None) -> None:
    _print_imports(status)
    records, duplicates = counted(status.to_screen, "record"), counted(status.duplicates, "duplicate")
    console.print(Text(f"\n{records} to screen ({duplicates} excluded); {status.no_abstract} without an abstract."))
    people = [(_name(name), *_three(one)) for name, one in status.reviewers.items()]
    together = ("final" if len(people) > 1 else "so far", *_three(status.joint))
    shown = [*people, together] if len(people) > 1 or status.prior else people or [together]
    print_table("decisions", ("", "include", "exclude", "maybe"), shown, right=3)
    if reviewer is None or reviewer not in status.left_for:
        said = [f"{counted(status.left, 'record')} left."]
    else:
        said = [f"{counted(status.left_for[reviewer], 'record')} left for {_name(reviewer)}."]
    if status.pending:
        said.append(f"{counted(status.pending, 'record')} awaiting a second reviewer.")
    if status.prior:
        said.append(f"{counted(status.prior, 'decision')} from prior knowledge.")
    if status.conflicts:
        said.append(f"{counted(status.conflicts, 'conflict')} to resolve: tiab conflicts.")
    console.print(Text("\n" + " ".join(said)))
    if any(one.undisclosed for one in status.reviewers.values()):
        note("Blinded reviewers: what each decided, and how far they agree, is shown once both have finished.")


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


def _three(counts: DecisionCounts) -> tuple[object, object, object]:
    if counts.undisclosed:
        return f"{counts.undisclosed:,} decided", "", ""
    return counts.include, counts.exclude, counts.maybe


def _name(reviewer: str) -> str:
    return reviewer or "(no name)"
