"""The page for importing search exports, and decisions that were made elsewhere."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from tiab.errors import InputError, TiabError
from tiab.review import DecisionsReport, FileReport
from tiab.web.pages import Session, page, render
from tiab.web.session import ReviewerSession

__all__ = ["Name", "name_in_error", "received", "router", "safe_name"]

router = APIRouter()
Name = Annotated[str, Query(max_length=2000)]

_LISTED = 50
"""So many lines that could not be read, or names that are not in the review, are listed."""

_LONGEST = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterImport:
    """How far the review is: its records without duplicates, whether it has criteria, and any decision."""

    records: int
    has_concepts: bool
    begun: bool


class UndoImportRequest(BaseModel):
    """An import is to be undone, by its number."""

    number: int


@router.get("/import")
def show_import(request: Request, session: Session) -> HTMLResponse:
    """Where files are dropped, and the imported files."""
    people = sorted({name for name in session.review.status().reviewers if name} | {session.reviewer} - {""})
    values: dict[str, Any] = {"imports": session.review.imports(), "people": people, "after": _after(session)}
    return page(request, "import/page.html.j2", **values)


@router.post("/import/records")
async def add_records(request: Request, session: Session, name: Name) -> dict[str, Any]:
    """Adds the records of one file; what became of them."""

    def add(path: Path) -> FileReport:
        return session.review.add([path], reviewer=session.reviewer)[0]

    return await _import(request, session, name, add, "import/report.html.j2")


@router.post("/import/decisions")
async def add_decisions(
    request: Request,
    session: Session,
    name: Name,
    decision: Literal["", "include", "exclude", "maybe"] = "",
    prior: bool = False,
    reviewer: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """Stores the decisions that one file carries, as those of `reviewer` where it names nobody; what became of them."""

    def add(path: Path) -> DecisionsReport:
        whose = session.reviewer if reviewer is None else reviewer.strip()
        return session.review.add_labels(path, decision=decision or None, reviewer=whose, prior=prior)

    return await _import(request, session, name, add, "import/matching.html.j2")


@router.post("/import/undo")
def undo_import(session: Session, body: UndoImportRequest) -> dict[str, Any]:
    """Undoes an import as a whole."""
    session.review.undo_import(body.number, reviewer=session.reviewer)
    session.refresh()
    return _so_far(session)


async def _import(
    request: Request, session: ReviewerSession, name: str, add: Callable[[Path], object], template: str
) -> dict[str, Any]:
    """Has `add` take in the file that was sent; its report as `template` shows it, and all imported files."""
    async with received(request, name) as path:
        try:
            report = await run_in_threadpool(add, path)
        except TiabError as error:
            raise name_in_error(error, path) from error
    return await run_in_threadpool(_imported, session, template, report)


def _imported(session: ReviewerSession, template: str, report: object) -> dict[str, Any]:
    session.refresh()
    return {"report": render(template, report=report, listed=_LISTED)} | _so_far(session)


def _so_far(session: ReviewerSession) -> dict[str, str]:
    """All imported files, and where to go from here."""
    sources = render("import/sources.html.j2", imports=session.review.imports())
    return {"sources": sources, "next": render("import/next.html.j2", after=_after(session))}


def _after(session: ReviewerSession) -> AfterImport:
    snapshot = session.review.snapshot
    criteria = snapshot.criteria
    return AfterImport(
        records=len(snapshot.main_ids),
        has_concepts=bool(criteria and criteria.concepts),
        begun=session.counts().screened > 0,
    )


def name_in_error(error: TiabError, path: Path) -> TiabError:
    """The error with the file's own name: the folder that it was kept in is gone when somebody reads this."""
    where = path.name if error.path is None else error.path.replace(str(path), path.name)
    return TiabError(error.message.replace(str(path), path.name), path=where, line=error.line, hint=error.hint)


@asynccontextmanager
async def received(request: Request, name: str) -> AsyncIterator[Path]:
    """The body of a request in a file of that name, in a folder of its own that is gone when the block ends.

    Raises:
        InputError: nothing was sent, or not all of it, or it cannot be stored.
    """
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / safe_name(name)
        try:
            with path.open("wb") as file:
                async for chunk in request.stream():
                    await run_in_threadpool(file.write, chunk)
            size = path.stat().st_size
        except ClientDisconnect as error:
            raise InputError("was not sent to its end", path=path.name, hint="Send it again.") from error
        except OSError as error:
            hint = "Free some disk space, then try again."
            raise InputError(
                f"cannot be stored while it is read ({error.strerror})", path=path.name, hint=hint
            ) from error
        if not size:
            raise InputError("is empty", path=path.name, hint="Export it again.")
        yield path


def safe_name(name: str) -> str:
    """A file's name without its folder and without what no name should hold; "upload" where nothing is left.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\review\\\\search.ris"), safe_name("..")
    ('passwd', 'search.ris', 'upload')
    """
    bare = _CONTROL.sub("", re.split(r"[/\\]", name)[-1]).strip(" .")
    while len(bare.encode()) > _LONGEST:
        stem, dot, suffix = bare.rpartition(".")
        bare = f"{stem[:-1]}{dot}{suffix}" if stem and len(suffix) < _LONGEST // 2 else bare[:-1]
    return bare or "upload"
