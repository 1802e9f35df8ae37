"""make_app: the page as an ASGI application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tiab.errors import LabelError, TiabError
from tiab.web.background import Background
from tiab.web.desk import Desk, Moved
from tiab.web.pages import desk_of, page
from tiab.web.rooms import ROOMS
from tiab.web.security import Guard

__all__ = ["UPLOADS", "make_app"]

_log = logging.getLogger(__name__)

_DEFECT = "What you decided is stored. The terminal shows the details: please report them."

UPLOADS: Mapping[str, int] = {"/import": 512 * 1024 * 1024}
"""Where more than 1 MB may be sent, by the beginning of the path; bytes."""


def make_app(desk: Desk, *, token: str, port: int) -> FastAPI:
    """The page of `desk`, for whoever brings `token` to `port` of this computer."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.preparing.wake()
        yield
        desk.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk, app.state.rooms = desk, [room for room in ROOMS if room.title]
    app.mount("/static", StaticFiles(directory=str(files("tiab.web") / "static")), name="static")
    for room in ROOMS:
        app.include_router(room.router)
    app.add_api_route("/again", _start_again, methods=["POST"])
    app.add_exception_handler(TiabError, _say_mistake)
    app.add_exception_handler(HTTPException, _say_status)
    app.add_exception_handler(RequestValidationError, _say_malformed)
    app.add_middleware(_Answering, preparing=desk.preparing)
    app.add_middleware(Guard, token=token, port=port, limits=UPLOADS)
    return app


class _Answering:
    """Has the preparing give way while a request is answered, and says so where tiab itself fails."""

    def __init__(self, app: ASGIApp, *, preparing: Background) -> None:
        self._app, self._preparing = app, preparing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._preparing.giving_way() if scope["type"] == "http" else nullcontext():
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def write(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, write)
        except ClientDisconnect:  # nobody waits for the answer any more
            _log.info("%s %s was broken off", scope["method"], scope["path"])
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            sentence = f"tiab failed ({type(error).__name__}: {error}). {_DEFECT}"
            await _said(Request(scope), 500, sentence)(scope, receive, send)


def _start_again(request: Request) -> dict[str, str]:
    """Has what failed in the background done again."""
    desk_of(request).start_again()
    return {"said": "Trying again."}


def _say_mistake(request: Request, error: Exception) -> Response:
    status = 409 if isinstance(error, Moved) else 404 if isinstance(error, LabelError) else 400
    return _said(request, status, str(error))


def _say_status(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = "There is no such page." if status == 404 else str(getattr(error, "detail", error))
    return _said(request, status, sentence)


def _say_malformed(request: Request, error: Exception) -> Response:
    return _said(request, 422, "The page sent something that tiab does not understand. Load it again.")


def _said(request: Request, status: int, sentence: str) -> Response:
    """A mistake, to a script as JSON and to a person as a page."""
    if "text/html" in request.headers.get("accept", ""):
        return page(request, "error.html.j2", status=status, sentence=sentence)
    said: dict[str, Any] = {"error": sentence}
    return JSONResponse(said, status)
