"""The room where search exports come in, and decisions that were made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tiab.errors import TiabError
from tiab.review import DecisionsReport, FileReport
from tiab.web.desk import Desk
from tiab.web.pages import desk_of, page, render
from tiab.web.uploads import received

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]
Name = Annotated[str, Query(max_length=2000)]


class Undone(BaseModel):
    """The import that is to be undone."""

    number: int


_LISTED = 50
"""So many lines that could not be read, or names that are not in the review, are listed."""


@router.get("/import")
def show_import(request: Request, desk: AtDesk) -> HTMLResponse:
    """Where files are dropped, and those that came in so far."""
    people = sorted({name for name in desk.review.status().reviewers if name} | {desk.reviewer} - {""})
    return page(request, "import/page.html.j2", imports=desk.review.imports(), people=people)


@router.post("/import/records")
async def add_records(request: Request, desk: AtDesk, name: Name) -> dict[str, Any]:
    """Adds the records of one file; what became of them."""
    async with received(request, name) as path:
        report = await run_in_threadpool(_added, desk, path)
    return {
        "report": render("import/report.html.j2", report=report, listed=_LISTED),
        "sources": _listed(desk),
    }


@router.post("/import/decisions")
async def add_decisions(
    request: Request,
    desk: AtDesk,
    name: Name,
    decision: Literal["", "include", "exclude", "maybe"] = "",
    prior: bool = False,
    reviewer: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """Stores the decisions that one file carries, as those of `reviewer` where it names nobody; what became of them."""
    whose = desk.reviewer if reviewer is None else reviewer.strip()
    async with received(request, name) as path:
        report = await run_in_threadpool(_decided, desk, path, decision, prior, whose)
    return {
        "report": render("import/matching.html.j2", report=report, listed=_LISTED),
        "sources": _listed(desk),
    }


@router.post("/import/undo")
def undo_import(desk: AtDesk, said: Undone) -> dict[str, Any]:
    """Undoes an import as a whole."""
    desk.review.undo_import(said.number, reviewer=desk.reviewer)
    desk.follow()
    return {"sources": _listed(desk)}


def _listed(desk: Desk) -> str:
    return render("import/sources.html.j2", imports=desk.review.imports())


def _added(desk: Desk, path: Path) -> FileReport:
    try:
        report = desk.review.add([path], reviewer=desk.reviewer)[0]
    except TiabError as error:
        raise _of_file(error, path) from error
    desk.follow()
    return report


def _decided(desk: Desk, path: Path, decision: str, prior: bool, reviewer: str) -> DecisionsReport:
    try:
        report = desk.review.add_labels(path, decision=decision or None, reviewer=reviewer, prior=prior)
    except TiabError as error:
        raise _of_file(error, path) from error
    desk.follow()
    return report


def _of_file(error: TiabError, path: Path) -> TiabError:
    """The error with the file's own name: the folder that it lay in is gone when somebody reads this."""
    where = path.name if error.path is None else error.path.replace(str(path), path.name)
    return TiabError(error.message.replace(str(path), path.name), path=where, line=error.line, hint=error.hint)
