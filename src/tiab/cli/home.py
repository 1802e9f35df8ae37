"""tiab without a command: the page of all reviews. And what `tiab screen` shares with it."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import typer

from tiab.cli.show import note
from tiab.web import OpenReviews, serve
from tiab.web.serving import PORT, entrance, is_serving, leading_to, listen_near
from tiab.web.user_files import HomeFile, config_folder, page_token, write_private

__all__ = ["listen_with_token", "open_home", "opened_in_browser"]

_BY_HAND = "No browser could be opened here: open the address yourself, in a browser on this computer."


def open_home(*, port: int | None = None, browser: bool = True) -> None:
    """Opens the page of all reviews: that of a tiab which is running already, or else of one that runs until Ctrl-C."""
    token, wanted = page_token(), PORT if port is None else port
    if wanted and is_serving(token, wanted):
        note("tiab is running already, in another window.")
        _show(token, wanted, browser)
        return
    listening, token = listen_with_token(port)
    with listening:
        found = listening.getsockname()[1]
        reviews = OpenReviews(HomeFile())

        def ready() -> None:
            _show(token, found, browser)
            folder = reviews.home.reviews_folder
            note(f"Your reviews are in {folder}. Leave this window open while you screen; Ctrl-C stops tiab.")
            note("tiab --help lists the commands for the terminal.")

        try:
            serve(reviews, listening, token=token, ready=ready)
        except KeyboardInterrupt:
            note("Stopped. Every decision is stored. Type tiab to continue.")


def listen_with_token(port: int | None) -> tuple[socket.socket, str]:
    """A socket for the pages, and the token that opens them.

    Where another program has the usual port, a bookmark may have led a browser there, with the cookie: the token that
    it knows then opens nothing any more.

    Raises:
        TiabError: the port that was asked for is in use, or cannot be used.
    """
    listening, token = listen_near(port), page_token()
    found = listening.getsockname()[1]
    if port is None and found != PORT:
        note(f"Port {PORT} is in use; this time the page is on port {found}.")
        if not is_serving(token, PORT):
            token = page_token(anew=True)
    return listening, token


def _show(token: str, port: int, browser: bool) -> None:
    """Prints the address, and opens it by way of a file, as everybody can see what a program is started with."""
    address = entrance(token, port)
    typer.echo(address)
    if not browser:
        return
    way = config_folder() / "open.html"
    try:
        write_private(
            way, f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">'
        )
    except OSError as error:
        note(f"{way} cannot be written ({error.strerror}), so the browser was not opened: open the address yourself.")
        return
    if not _open(way.resolve().as_uri()):
        note(_BY_HAND)


@contextmanager
def opened_in_browser(address: str, folder: Path) -> Iterator[None]:
    """Opens the page; where no file can be written beside the review, the printed address has to do."""
    with ExitStack() as kept:
        with suppress(OSError):
            if not _open(kept.enter_context(leading_to(address, folder))):
                note(_BY_HAND)
        yield


def _open(address: str) -> bool:
    """Whether a browser with windows took the address; one in the terminal would show no page of tiab's."""
    desktop = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    return desktop and webbrowser.open(address)
