"""Pages: the templates, and what all pages have in common. Whatever a record says is escaped here.

Addresses in templates are relative, because everything is served below a secret folder; `root` leads up to it from
pages that lie deeper than one level.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

import tiab
from tiab.errors import CriteriaError
from tiab.web.desk import Desk

__all__ = ["desk_of", "page", "path_of", "render", "render_failures"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def desk_of(request: Request) -> Desk:
    """The desk that the request came to; for `Depends`."""
    desk: Desk = request.app.state.desk
    return desk


def path_of(request: Request) -> str:
    """The path of a request below the secret folder."""
    path, folder = str(request.scope["path"]), str(request.scope.get("root_path", ""))
    return path.removeprefix(folder) or "/"


def render(template: str, **values: Any) -> str:
    """A part of a page."""
    return _environment().get_template(template).render(values)


def render_failures(desk: Desk) -> str:
    """What stopped in the background, with a button that starts it again; "" where nothing did."""
    return render("failures.html.j2", failures=desk.failures)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page, with the head and the ways to the other rooms that all pages share."""
    desk, here = desk_of(request), path_of(request)
    shared = {
        "review_title": _title(desk),
        "reviewer": desk.reviewer,
        "rooms": request.app.state.rooms,
        "failures": desk.failures,
        "here": here,
        "root": "../" * (here.count("/") - 1),
        "version": tiab.__version__,
    }
    return HTMLResponse(render(template, **shared, **values), status)


def _title(desk: Desk) -> str:
    try:
        criteria = desk.review.criteria
    except CriteriaError:  # the page of the criteria says what is wrong with them
        criteria = None
    return criteria.title if criteria else desk.review.folder.resolve().name


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
    environment.filters |= {
        "n": lambda value: f"{value:,}",
        "counted": _counted,
        "signed": lambda value: f"{value:+.2f}".replace("-", "−"),
    }
    return environment


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _cleaned(value: Any) -> Any:
    """Without the control characters that no page may hold."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _CONTROL.sub("�", value)
