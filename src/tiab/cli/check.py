"""tiab check, replay: whether the log of a review is whole, and whether its rankings come out the same."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.options import FolderArgument, JobsOption, JsonOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import opened
from tiab.cli.root import ExitStatus
from tiab.cli.show import console, counted, note, print_json, progress_bar
from tiab.review import Review

__all__ = ["check_review", "replay_review"]

commands = Commands()


@commands.command("check")
def check_review(
    folder: FolderArgument,
    anchors: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor",
            metavar="NUMBER:HASH",
            help="An event that the log must hold, as an earlier check or a report printed it; may be repeated.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no record and no event of the log was changed or lost.

    Exit status 1 if one was.

    [dim]Example:[/dim] tiab check ms-review --anchor 240:9f86d081884c7d65
    """
    check = Review.check(folder, anchors=anchors or [])
    if as_json:
        print_json(check.to_dict())
    else:
        for fault in check.faults:
            console.print(Text(f"{folder}: {fault}."), soft_wrap=True)
        if check.sound:
            records, events = counted(check.records, "record"), counted(check.events, "event")
            console.print(Text(f"{folder}: no errors in {records} and {events}."), soft_wrap=True)
            console.print(Text(f"Last event: {check.end}"), soft_wrap=True)
            note("Keep that line outside the folder: with --anchor it shows later that nothing before it has changed.")
        for remark in check.remarks:
            note(remark)
    if not check.sound:
        raise typer.Exit(ExitStatus.FAULT)


@commands.command("replay")
def replay_review(folder: FolderArgument, jobs: JobsOption = 1, as_json: JsonOption = False) -> None:
    """Repeat every ranking from the log, and say whether each is the same.

    Exit status 1 if one is not.

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
