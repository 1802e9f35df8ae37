"""tiab screen"""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from tiab.cli.app import app
from tiab.cli.inputs import JobsOption
from tiab.cli.reviews import FolderArgument, ReviewerOption, make_ready, opened
from tiab.cli.show import note

__all__ = ["open_page"]


@app.command("screen")
def open_page(
    folder: FolderArgument,
    reviewer: ReviewerOption = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    blind: Annotated[bool, typer.Option("--blind", help="Keep what other reviewers decided out of sight.")] = False,
    jobs: JobsOption = 1,
) -> None:
    """Screen in the browser: one record at a time, i include, e exclude, u maybe, z undo. Ctrl-C stops the page.

    It is open to this computer alone, and to nobody without the address that is printed.

    [dim]Example:[/dim] tiab screen ms-review --reviewer eva
    """
    from tiab.web import Desk, serve

    def ready(address: str) -> None:
        typer.echo(address)  # in one line, whatever the width of the terminal
        note("Screening at this address. Ctrl-C stops it; each decision is on the disk once the next record shows.")
        if browser:
            webbrowser.open(address)

    with opened(folder, jobs=jobs) as review:
        make_ready(review, reviewer)
        desk = Desk(review, reviewer=reviewer, blind=blind)
        try:
            serve(desk, port=port, ready=ready)
        except KeyboardInterrupt:
            note("Stopped.")
        finally:
            desk.close()
