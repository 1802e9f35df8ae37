"""The pages of one review as an ASGI application, and what becomes of their errors.

A new page is a module and a line in `PAGES`. `tiab.web.home` serves many reviews, each by the pages of this module.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from tiab.errors import LabelError, TiabError
from tiab.web.background import Background
from tiab.web.pages import (
    Session,
    conflicts,
    criteria,
    criteria_drafts,
    duplicates,
    evidence,
    exporting,
    importing,
    page,
    plan,
    records,
    screening,
    team,
    update,
)
from tiab.web.security import AccessControl
from tiab.web.session import ReviewerSession, StaleError

__all__ = ["PAGES", "UPLOADS", "answer_errors", "make_app", "make_pages"]

_log = logging.getLogger(__name__)

_DEFECT = "Your decisions are stored. The terminal shows the details: please report them."

UPLOADS: Mapping[str, int] = {r"(/reviews/[^/]+)?/(import|update|team/merge)(/|$)": 512 * 1024 * 1024}
"""Where more than 1 MB may be sent, by a pattern of how the path begins; bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its title in the navigation, its path, and what answers there; `within` is the path of another page that
    leads to it, where it has no place of its own in the navigation."""

    title: str
    path: str
    router: APIRouter
    within: str = ""


PAGES = (
    Page(title="Screen", path="/", router=screening.router),
    Page(title="Records", path="/records", router=records.router),
    Page(title="Duplicates", path="/duplicates", router=duplicates.router),
    Page(title="Conflicts", path="/conflicts", router=conflicts.router),
    Page(title="Team", path="/team", router=team.router),
    Page(title="Import", path="/import", router=importing.router),
    Page(title="Update", path="/update", router=update.router, within="/import"),
    Page(title="Plan", path="/plan", router=plan.router, within="/import"),
    Page(title="Criteria", path="/criteria", router=criteria.router),
    Page(title="Evidence", path="/evidence", router=evidence.router),
    Page(title="Export", path="/export", router=exporting.router),
)


def make_app(session: ReviewerSession, *, token: str, port: int) -> FastAPI:
    """The pages of `session` alone, for whoever brings `token` to `port` of this computer."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        session.preparing.wake()
        yield
        session.close()

    app = make_pages(session, lifespan=lifespan)
    app.add_middleware(AccessControl, token=token, port=port, limits=UPLOADS)
    return app


def make_pages(session: ReviewerSession, *, home: str = "", lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The pages of `session`; somebody else has to see to who may open them.

    Args:
        home: the way up from the first page to the page of all reviews; "" where there is none.
    """
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.session, app.state.pages, app.state.home = session, PAGES, home
    for one in PAGES:
        app.include_router(one.router)
    app.include_router(criteria_drafts.router)
    app.add_api_route("/retry", _retry, methods=["POST"])
    answer_errors(app)
    app.add_middleware(_Priority, preparing=session.preparing)
    return app


def answer_errors(app: FastAPI) -> None:
    """Has `app` say what went wrong, to a script as JSON and to a person as a page; also serves what pages load."""
    app.mount("/static", StaticFiles(directory=str(files("tiab.web") / "static")), name="static")
    app.add_exception_handler(TiabError, _answer_error)
    app.add_exception_handler(HTTPException, _answer_status)
    app.add_exception_handler(RequestValidationError, _answer_malformed)


class _Priority:
    """Pauses the preparing while a request is answered, and reports where tiab itself fails."""

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
        except ClientDisconnect:  # nobody is waiting for the answer any more
            _log.info("%s %s was aborted", scope["method"], scope["path"])
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            sentence = f"tiab failed ({type(error).__name__}: {error}). {_DEFECT}"
            await _failure(Request(scope), 500, sentence)(scope, receive, send)


def _retry(session: Session) -> dict[str, str]:
    """Starts again what stopped in the background."""
    session.retry()
    return {"message": "Trying again."}


def _answer_error(request: Request, error: Exception) -> Response:
    status = 409 if isinstance(error, StaleError) else 404 if isinstance(error, LabelError) else 400
    return _failure(request, status, str(error))


def _answer_status(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = "There is no page at this address." if status == 404 else str(getattr(error, "detail", error))
    return _failure(request, status, sentence)


def _answer_malformed(request: Request, error: Exception) -> Response:
    return _failure(request, 422, "The page sent something that tiab does not understand. Reload the page.")


def _failure(request: Request, status: int, sentence: str) -> Response:
    """What went wrong, to a script as JSON and to a person as a page."""
    if "text/html" in request.headers.get("accept", ""):
        return page(request, "error.html.j2", status=status, sentence=sentence[:1].upper() + sentence[1:])
    return JSONResponse({"error": sentence}, status)
