"""tiab screen: the page in the browser."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from tiab.cli.options import FolderArgument, JobsOption, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import make_ready, must_be_named, opened
from tiab.cli.show import note
from tiab.web import ReviewerSession, listen, serve
from tiab.web.serving import leading_to

__all__ = ["open_page"]

commands = Commands()


@commands.command("screen")
def open_page(
    folder: FolderArgument,
    reviewer: ReviewerOption = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    blind: Annotated[bool, typer.Option("--blind", help="Keep what other reviewers decided out of sight.")] = False,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Screen in the browser.

    One record at a time: i include, e exclude, u maybe, z undo. Ctrl-C stops the page.

    It is open to this computer alone, and to nobody without the address that is printed, with --json as JSON.

    [dim]Example:[/dim] tiab screen ms-review --reviewer eva
    """

    def ready(address: str) -> None:
        typer.echo(json.dumps({"address": address}) if as_json else address)  # in one line, however wide the terminal
        note("Screening at this address. Ctrl-C stops it; each decision is on the disk once the next record shows.")
        if browser:
            leaving.enter_context(_opened_in_browser(address, folder))

    # The port first: reading abstracts for the first time may take minutes.
    with listen(port) as listening, opened(folder, jobs=jobs) as review, ExitStack() as leaving:
        must_be_named(review, reviewer)
        make_ready(review, reviewer)
        session = ReviewerSession(review, reviewer=reviewer, blind=blind)
        leaving.callback(session.close)
        try:
            serve(session, listening, ready=ready)
        except KeyboardInterrupt:
            note("Stopped.")


@contextmanager
def _opened_in_browser(address: str, folder: Path) -> Iterator[None]:
    """Opens the page; where no file can be written beside the review, the printed address has to do."""
    with ExitStack() as kept:
        with suppress(OSError):
            webbrowser.open(kept.enter_context(leading_to(address, folder)))
        yield
