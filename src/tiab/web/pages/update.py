"""The page where the records of a later search are added, and ranked by all that was learned before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tiab.errors import CriteriaError, TiabError
from tiab.pubmed import Server, Settings
from tiab.review.searching import LaterSearch, search_later
from tiab.review.updating import Update
from tiab.web.pages import Session, page, render
from tiab.web.pages.importing import name_in_error, received
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

_SHOWN = 20
"""So many of the new records are listed."""
_LISTED = 50


class PubMedRequest(BaseModel):
    """PubMed is to be asked again; `since` is the first day that counts, None for where the last search ended."""

    since: date | None = None


@router.get("/update")
def show_update(request: Request, session: Session) -> HTMLResponse:
    """How a later search is added, and the searches that were repeated so far."""
    return page(request, "update/page.html.j2", query=_query(session), searches=session.review.searches())


@router.post("/update/files")
async def add_file(request: Request, session: Session, name: Annotated[str, Query(max_length=2000)]) -> dict[str, str]:
    """Adds the records of one file of a later search; how the new ones rank."""
    async with received(request, name) as path:
        try:
            return await run_in_threadpool(_added, session, [path])
        except TiabError as error:
            raise name_in_error(error, path) from error


@router.post("/update/pubmed")
def ask_pubmed(session: Session, body: PubMedRequest) -> dict[str, str]:
    """Adds what PubMed has anew for the review's own search; how it ranks.

    Raises:
        InputError: the criteria have no search, or don't say how far it went.
        TiabError: PubMed cannot be asked.
    """
    later = search_later(session.review, make_server(), since=body.since)
    added = _added(session, [later.path] if later.path else [], later)
    session.review.log_search(later, reviewer=session.reviewer)
    return added


def make_server() -> Server:
    """PubMed, with the key and address that the environment gives."""
    return Server(Settings.from_environment())


def _added(session: ReviewerSession, files: Sequence[Path], later: LaterSearch | None = None) -> dict[str, str]:
    update: Update = session.review.update(files, reviewer=session.reviewer)
    session.refresh()
    rows = update.table.head(_SHOWN).to_dict(orient="records")
    values: dict[str, Any] = {"update": update, "later": later, "rows": rows, "total": len(update.table)}
    return {"html": render("update/result.html.j2", listed=_LISTED, **values)}


def _query(session: ReviewerSession) -> str:
    try:
        criteria = session.review.criteria
    except CriteriaError:  # the page of the criteria says what is wrong with them
        return ""
    return criteria.search.pubmed if criteria else ""
