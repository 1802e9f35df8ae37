"""tiab check"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.app import ExitStatus, app
from tiab.cli.inputs import JsonOption
from tiab.cli.reviews import FolderArgument, counted
from tiab.cli.show import console, note, print_json

__all__ = ["check_review"]


@app.command("check")
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
    """Check that no record and no event of the log was changed or lost. Exit code 1 if one was.

    [dim]Example:[/dim] tiab check ms-review --anchor 240:9f86d081884c7d65
    """
    from tiab.review import Review

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
