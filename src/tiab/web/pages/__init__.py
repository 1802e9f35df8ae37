"""The pages, one module each with a router of its own, and what they share: templates, and what a request carries.

Whatever a record says is escaped here. Addresses in templates are relative, because everything is served below a secret
folder; `root` leads up to it from pages that lie deeper than one level.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.requests import Request

import tiab
from tiab.errors import CriteriaError
from tiab.labels import Decision
from tiab.web.progress import rule_in_words
from tiab.web.session import ReviewerSession

__all__ = [
    "DecisionRequest",
    "RecordId",
    "Session",
    "Token",
    "UndoRecordRequest",
    "UndoRequest",
    "page",
    "render",
    "render_failures",
    "session_of",
]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WARNED = ("/", "/import", "/export")
"""Where the page says what whoever opens the review should know of its folder."""

_ROLE_NAMES = {"against": "counts against", "unexpanded": "not spelled out"}


def session_of(request: Request) -> ReviewerSession:
    """The session that a request belongs to."""
    session: ReviewerSession = request.app.state.session
    return session


Session = Annotated[ReviewerSession, Depends(session_of)]
RecordId = Annotated[str, Field(max_length=500)]
Token = Annotated[str, Field(min_length=8, max_length=100)]
"""The same for each attempt to store one thing, so that it is stored once."""


class UndoRequest(BaseModel):
    """The last decision is to be undone."""

    token: Token


class UndoRecordRequest(UndoRequest):
    """The decision on one record is to be undone."""

    record_id: RecordId


class DecisionRequest(BaseModel):
    """A decision on a record; `show` is the record to be shown next, "" for the best of those left."""

    record_id: RecordId
    decision: Decision
    reason: str = Field("", max_length=500)
    note: str = Field("", max_length=5000)
    token: Token
    show: str = Field("", max_length=500)


def render(template: str, **values: Any) -> str:
    """A part of a page."""
    return _environment().get_template(template).render(values)


def render_failures(session: ReviewerSession) -> str:
    """What stopped in the background, with a button that starts it again; "" where nothing did."""
    return render("failures.html.j2", failures=session.failures)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page, with the header and the navigation that all pages share."""
    state, here = request.app.state, _path_of(request)
    session: ReviewerSession | None = getattr(state, "session", None)  # none on the pages above all reviews
    root = "../" * (here.count("/") - 1)
    shared = {
        "review_title": _title(session) if session else "",
        "reviewer": session.reviewer if session else "",
        "pages": [one for one in state.pages if not one.within],
        "failures": session.failures if session else (),
        "warnings": session.review.warnings if session and here in _WARNED else (),
        "status": status,
        "here": next((one.within for one in state.pages if one.within and one.path == here), here),
        "root": root,
        "home": f"{root}{state.home}" if state.home else "",
        "version": tiab.__version__,
    }
    return HTMLResponse(render(template, **shared, **values), status)


def _path_of(request: Request) -> str:
    """The path of a request below the secret folder."""
    path, folder = str(request.scope["path"]), str(request.scope.get("root_path", ""))
    return path.removeprefix(folder) or "/"


def _title(session: ReviewerSession) -> str:
    try:
        criteria = session.review.criteria
    except CriteriaError:  # the page of the criteria says what is wrong with them
        criteria = None
    return criteria.title if criteria else session.review.folder.resolve().name


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tiab.web", "templates"),
        autoescape=True,
        finalize=_cleaned,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["role_names"] = _ROLE_NAMES
    environment.filters |= {
        "n": lambda value: f"{value:,}",
        "counted": lambda count, noun: f"{count:,} {noun}{'' if count == 1 else 's'}",
        "as_search": lambda term: term[:-1] if term.endswith("*") else f'"{term}"',
        "rule_in_words": rule_in_words,
        "twice": lambda value: (value, value),
        "with_count": lambda pair: (pair[0], pair[0] if pair[1] is None else f"{pair[0]} ({pair[1]:,})"),
        "signed": lambda value: f"{value:+.2f}".replace("-", "−"),
    }
    return environment


def _cleaned(value: Any) -> Any:
    """Without the control characters that no page may hold."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _CONTROL.sub("�", value)
