"""serve: the page on a port of this computer, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from tiab.errors import TiabError
from tiab.web.app import make_app
from tiab.web.security import secret_folder
from tiab.web.session import ReviewerSession

__all__ = ["leading_to", "listen", "make_server", "serve"]

_HOST = "127.0.0.1"
_TURN = 0.0005
"""Seconds after which a thread that learns gives way to one that answers."""


def serve(session: ReviewerSession, listening: socket.socket, *, ready: Callable[[str], object]) -> None:
    """Serves the pages until Ctrl-C; requests under way are still answered.

    Args:
        listening: what `listen` gave.
        ready: called with the address to open.
    """
    sys.setswitchinterval(_TURN)
    server, address = make_server(session, listening)
    ready(address)
    server.run(sockets=[listening])


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
    """The server on that socket, and the address to open, with a token that nobody can guess."""
    token, port = secrets.token_urlsafe(32), listening.getsockname()[1]
    config = uvicorn.Config(
        make_app(session, token=token, port=port),
        log_level="warning",
        access_log=False,  # the address holds the token
        server_header=False,
        timeout_graceful_shutdown=3,
        ws="none",
    )
    return uvicorn.Server(config), f"http://{_HOST}:{port}{secret_folder(token)}/?token={token}"


def listen(port: int) -> socket.socket:
    """A socket that listens on this computer alone.

    Raises:
        TiabError: the port is in use, or cannot be used.
    """
    # asyncio sends small answers at once only on a socket that was made with its protocol; else each waits some 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        in_use = error.errno == errno.EADDRINUSE
        message = f"port {port} is in use" if in_use else f"port {port} cannot be used ({error.strerror})"
        hint = "Another tiab may be running. Choose another --port, or 0 for any free port."
        raise TiabError(message, hint=hint) from error
    return listening
