"""The room where search exports come in, and decisions that were made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from tiab.errors import TiabError
from tiab.review import FileReport, Matching
from tiab.web.desk import Desk
from tiab.web.pages import desk_of, page, render
from tiab.web.uploads import received

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]
Name = Annotated[str, Query(max_length=2000)]

_LISTED = 50
"""So many lines that could not be read, or names that are not in the review, are listed."""


@router.get("/import")
def show_import(request: Request, desk: AtDesk) -> HTMLResponse:
    """Where files are dropped, and those that came in so far."""
    return page(request, "import/page.html.j2", sources=desk.review.status().sources)


@router.post("/import/records")
async def add_records(request: Request, desk: AtDesk, name: Name) -> dict[str, Any]:
    """Adds the records of one file; what became of them."""
    async with received(request, name) as path:
        report = await run_in_threadpool(_added, desk, path)
    return {
        "report": render("import/report.html.j2", report=report, listed=_LISTED),
        "sources": render("import/sources.html.j2", sources=desk.review.status().sources),
    }


@router.post("/import/decisions")
async def add_decisions(
    request: Request,
    desk: AtDesk,
    name: Name,
    decision: Literal["", "include", "exclude", "maybe"] = "",
    prior: bool = False,
) -> dict[str, Any]:
    """Stores the decisions that one file carries as this reviewer's; what was found of them."""
    async with received(request, name) as path:
        matching = await run_in_threadpool(_matched, desk, path, decision, prior)
    return {"report": render("import/matching.html.j2", name=path.name, matching=matching, listed=_LISTED)}


def _added(desk: Desk, path: Path) -> FileReport:
    try:
        report = desk.review.add([path], reviewer=desk.reviewer)[0]
    except TiabError as error:
        raise _of_file(error, path) from error
    desk.follow()
    return report


def _matched(desk: Desk, path: Path, decision: str, prior: bool) -> Matching:
    try:
        matching = desk.review.add_labels(path, decision=decision or None, reviewer=desk.reviewer, prior=prior)
    except TiabError as error:
        raise _of_file(error, path) from error
    desk.follow()
    return matching


def _of_file(error: TiabError, path: Path) -> TiabError:
    """The error with the file's own name: the folder that it lay in is gone when somebody reads this."""
    where = path.name if error.path is None else error.path.replace(str(path), path.name)
    return TiabError(error.message.replace(str(path), path.name), path=where, line=error.line, hint=error.hint)
