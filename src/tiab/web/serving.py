"""serve: the pages on a port of this computer, until Ctrl-C."""

from __future__ import annotations

import errno
import gc
import http.client
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tiab.errors import TiabError
from tiab.web.app import make_app
from tiab.web.home import make_home
from tiab.web.open_reviews import OpenReviews
from tiab.web.security import PRESENCE, proof, secret_folder
from tiab.web.session import ReviewerSession

__all__ = [
    "PORT",
    "answer_first",
    "entrance",
    "is_serving",
    "leading_to",
    "listen",
    "listen_near",
    "make_server",
    "serve",
]

PORT = 8422
"""The port of tiab's pages, unless another program has it: "TIAB" on the keys of a telephone."""

_HOST = "127.0.0.1"
_TURN = 0.0005
"""Seconds after which a thread that learns gives way to one that answers."""
_PATIENCE = 10.0
"""Seconds for which whatever listens on a port may take to answer; a tiab that is busy ranking takes some."""


def serve(reviews: OpenReviews, listening: socket.socket, *, token: str, ready: Callable[[], object]) -> None:
    """Serves the pages of all reviews until Ctrl-C; requests under way are still answered.

    Args:
        listening: what `listen` gave.
        ready: called once the pages can be opened.
    """
    answer_first()
    server = _server(make_home(reviews, token=token, port=listening.getsockname()[1]))
    ready()
    server.run(sockets=[listening])


def answer_first() -> None:
    """Sets the interpreter up so that whoever asks waits for little else.

    Threads take short turns. Collecting garbage, which looks through all records each time, is put off: tiab makes few
    cycles, and half of what the first list after 10,000 decisions took was spent on looking for them.
    """
    sys.setswitchinterval(_TURN)
    gc.set_threshold(50_000, 20, 100)


def entrance(token: str, port: int, path: str = "") -> str:
    """The address that opens a page, with the token; `path` leads to it from the page of all reviews."""
    return f"http://{_HOST}:{port}{secret_folder(token)}/{path}?token={token}"


def is_serving(token: str, port: int) -> bool:
    """Whether a tiab with this token serves on that port; what else may listen there learns nothing of the token."""
    nonce, asked = secrets.token_urlsafe(24), http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)
    try:
        asked.request("GET", f"{PRESENCE}?nonce={nonce}")
        told = asked.getresponse().read(1000)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
    return secrets.compare_digest(told, proof(token, port, nonce).encode())


@contextmanager
def leading_to(address: str, folder: Path) -> Iterator[str]:
    """The address of a file that leads a browser to `address`, and that nobody else can read, as long as it is needed.

    What a program is started with can be seen by everybody on the computer; the address with the token must not be.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix="open-", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">')
        yield Path(name).resolve().as_uri()
    finally:
        os.unlink(name)


def make_server(session: ReviewerSession, listening: socket.socket) -> tuple[uvicorn.Server, str]:
    """The server of one review alone on that socket, and the address to open, with a token that nobody can guess."""
    token, port = secrets.token_urlsafe(32), listening.getsockname()[1]
    return _server(make_app(session, token=token, port=port)), entrance(token, port)


def _server(app: ASGIApp) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # the address holds the token
        server_header=False,
        timeout_graceful_shutdown=3,
        ws="none",
    )
    return uvicorn.Server(config)


def listen_near(port: int | None) -> socket.socket:
    """A socket on the port that was asked for; where none was, on the usual one, or on any that is free.

    Raises:
        TiabError: the port that was asked for is in use, or cannot be used.
    """
    if port is not None:
        return listen(port)
    try:
        return listen(PORT)
    except TiabError:  # another program has it
        return listen(0)


def listen(port: int) -> socket.socket:
    """A socket that listens on this computer alone.

    Raises:
        TiabError: the port is in use, or cannot be used.
    """
    # asyncio sends small answers at once only on a socket that was made with its protocol; else each waits some 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # What the option means on Windows is that others may listen on the same port: there one that forbids it is set.
    option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
    try:
        listening.setsockopt(socket.SOL_SOCKET, option, 1)
        listening.bind((_HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        in_use = error.errno == errno.EADDRINUSE
        message = f"port {port} is in use" if in_use else f"port {port} cannot be used ({error.strerror})"
        hint = "Another tiab may be running. Choose another --port, or 0 for any free port."
        raise TiabError(message, hint=hint) from error
    return listening
