"""tiab screen: the page in the browser."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Annotated

import typer

from tiab.cli.home import listen_with_token, opened_in_browser
from tiab.cli.options import FolderArgument, JobsOption, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import must_be_named, opened
from tiab.cli.show import note
from tiab.web import OpenReviews, serve
from tiab.web.pages.home import address_of
from tiab.web.serving import entrance
from tiab.web.user_files import HomeFile

__all__ = ["open_page"]

commands = Commands()

_PATIENCE = 5.0
"""Seconds for which the address waits for a first ranking; the page says how far it is after that."""


@commands.command("screen")
def open_page(
    folder: FolderArgument,
    reviewer: ReviewerOption = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.", show_default=False)
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    blind: Annotated[bool, typer.Option("--blind", help="Hide what other reviewers decided.")] = False,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Screen in the browser.

    One record at a time: i include, e exclude, u maybe, z undo. Ctrl-C stops the page.

    The page is available on this computer only, and only by the printed address (with --json as JSON).

    [dim]Example:[/dim] tiab screen ms-review --reviewer eva
    """

    def ready() -> None:
        typer.echo(json.dumps({"address": address}) if as_json else address)  # in one line, however wide the terminal
        note("Screening at this address. Ctrl-C stops it; each decision is saved once the next record appears.")
        if browser:
            leaving.enter_context(opened_in_browser(address, folder))

    listening, token = listen_with_token(port)
    with listening, ExitStack() as leaving:
        with opened(folder, jobs=jobs) as review:
            must_be_named(review, reviewer)
            if blind and not review.policy.blinded:
                note(f"This review is open. To hide others' decisions everywhere: tiab team {folder} --blinded")
        reviews = OpenReviews(HomeFile(), jobs=jobs)
        leaving.callback(reviews.close)
        key = reviews.open(folder, reviewer=reviewer, blind=blind)
        learning = reviews.session(key).learning
        learning.start()
        learning.wait(_PATIENCE)
        address = entrance(token, listening.getsockname()[1], address_of(key))
        try:
            serve(reviews, listening, token=token, ready=ready)
        except KeyboardInterrupt:
            note("Stopped.")
