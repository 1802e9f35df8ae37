"""make_home: the page of all reviews, and below it the pages of each review, as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from tiab.web.app import UPLOADS, answer_errors, make_pages
from tiab.web.open_reviews import OpenReviews, UnnamedReviewer
from tiab.web.pages import folders, home, new
from tiab.web.security import AccessControl
from tiab.web.session import ReviewerSession

__all__ = ["make_home"]

_UP = "../../"
"""From a review's first page, at reviews/KEY/, to the page of all reviews."""


def make_home(reviews: OpenReviews, *, token: str, port: int) -> FastAPI:
    """The pages of all `reviews`, for whoever brings `token` to `port` of this computer."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        reviews.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.reviews, app.state.pages, app.state.home = reviews, (), ""
    for router in (home.router, new.router, folders.router):
        app.include_router(router)
    app.router.routes.append(Mount("/reviews/{key}", app=_ReviewPages(reviews)))
    answer_errors(app)
    app.add_middleware(AccessControl, token=token, port=port, limits=UPLOADS)
    return app


class _ReviewPages:
    """Hands a request to the pages of its review, which is opened where it isn't yet."""

    def __init__(self, reviews: OpenReviews) -> None:
        self._reviews = reviews
        self._pages: dict[ReviewerSession, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = scope["path_params"]["key"]
        try:
            session = await run_in_threadpool(self._reviews.session, key)
        except UnnamedReviewer:
            await _ask_name(Request(scope), key)(scope, receive, send)
            return
        await self._pages_of(session)(scope, receive, send)

    def _pages_of(self, session: ReviewerSession) -> ASGIApp:
        if session not in self._pages:
            open_now = self._reviews.sessions
            self._pages = {one: app for one, app in self._pages.items() if one in open_now}
            self._pages[session] = make_pages(session, home=_UP)
        return self._pages[session]


def _ask_name(request: Request, key: str) -> Response:
    """Where somebody says who they are, before they see a review of several people."""
    folder = str(request.scope["root_path"]).removesuffix(f"/reviews/{key}")
    return RedirectResponse(f"{folder}/reviewer?review={key}", 303)
