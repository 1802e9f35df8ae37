"""The pages where records are listed and searched, and where one of them is shown."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from tiab.errors import LabelError
from tiab.web.card import make_card
from tiab.web.listing import ListQuery, find_neighbours, make_listing
from tiab.web.pages import RecordId, Session, UndoRecordRequest, page

__all__ = ["router"]

router = APIRouter()


def query_of(request: Request) -> ListQuery:
    """The records that the address of a request asks for."""
    return ListQuery.from_params(request.query_params)


Query = Annotated[ListQuery, Depends(query_of)]


class UnlinkRequest(BaseModel):
    """A record is not a duplicate after all."""

    record_id: RecordId


@router.get("/records")
def show_list(request: Request, session: Session, query: Query) -> HTMLResponse:
    """The records that the address asks for."""
    listing = make_listing(session, query)
    return page(request, "records/list.html.j2", listing=listing, ranked=not session.settings.hide_rank)


@router.get("/records/record")
def show_record(request: Request, session: Session, query: Query, id: str = "") -> HTMLResponse:
    """One record, with its place in the list from which it was opened."""
    card = make_card(session.view(id), session.decision_on(id), session.settings)
    around = find_neighbours(session, query, card.record.record_id)
    values: dict[str, Any] = {"card": card, "around": around, "query": query.address(), "settings": session.settings}
    values["note"] = session.note_on(card.record.record_id)
    values["reports"] = [session.review.record(one) for one in card.duplicates]
    return page(request, "records/record.html.j2", **values)


@router.post("/records/unlink")
def unlink(session: Session, body: UnlinkRequest) -> dict[str, str]:
    """Unlinks a duplicate from its record; it is then screened on its own."""
    session.review.unmerge(body.record_id, reviewer=session.reviewer)
    session.refresh()
    return {"message": "Unlinked. It is screened on its own."}


@router.post("/records/undo")
def undo(session: Session, body: UndoRecordRequest) -> dict[str, str]:
    """Undoes this reviewer's last decision on one record; an earlier one then holds again."""
    if session.undo(body.token, record_id=body.record_id) is None:
        raise LabelError("you have made no decision on this record")
    return {"message": "Decision undone."}
