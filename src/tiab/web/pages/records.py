"""The pages where records are listed, searched and changed many at once, and where one of them is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import LabelError
from tiab.review.annotations import clean_tag
from tiab.review.batches import BatchWork
from tiab.review.record_history import record_history
from tiab.web.listing import ListQuery, find_all, find_neighbours, make_listing
from tiab.web.pages import RecordId, Session, Token, UndoRecordRequest, page, render
from tiab.web.session import ReviewerSession, StaleError

__all__ = ["router"]

router = APIRouter()

_BATCHES = 5
"""So many of the last batches can be undone from the list."""


def query_of(request: Request) -> ListQuery:
    """The records that the address of a request asks for."""
    return ListQuery.from_params(request.query_params)


Query = Annotated[ListQuery, Depends(query_of)]


class UnlinkRequest(BaseModel):
    """A record is not a duplicate after all."""

    record_id: RecordId


class BatchRequest(BaseModel):
    """The same is to be done to many records: those named, or all that a list finds.

    Attributes:
        query: the list's address, behind the question mark; None where the records are named.
        count: how many records the page showed for it.
    """

    token: Token
    what: Literal["decide", "tag", "untag", "note"]
    value: str = Field(max_length=5000)
    reason: str = Field("", max_length=500)
    record_ids: Annotated[list[RecordId], Field(max_length=1000)] = []
    query: Annotated[str, Field(max_length=5000)] | None = None
    count: int = 0


class UndoBatchRequest(BaseModel):
    """A batch is to be undone."""

    batch: Token


class TagRequest(BaseModel):
    """A label is to be put on a record, or taken off."""

    record_id: RecordId
    tag: str = Field(max_length=200)
    on: bool = True


class RenameRequest(BaseModel):
    """A label is to have another name, on all records."""

    tag: str = Field(max_length=200)
    name: str = Field(max_length=200)


@router.get("/records")
def show_list(request: Request, session: Session, query: Query) -> HTMLResponse:
    """The records that the address asks for."""
    listing = make_listing(session, query)
    values: dict[str, Any] = {"listing": listing, "ranked": not session.settings.hide_rank}
    values["choices"] = session.review.choices.read()
    values["batches"] = session.review.batches.all(session.reviewer)[:_BATCHES]
    return page(request, "records/list.html.j2", **values)


@router.get("/records/record")
def show_record(request: Request, session: Session, query: Query, id: str = "") -> HTMLResponse:
    """One record, with its place in the list from which it was opened."""
    card = session.card(id, search=query.query.text)
    around = find_neighbours(session, query, card.record.record_id)
    values: dict[str, Any] = {"card": card, "around": around, "query": query.address(), "settings": session.settings}
    values["note"] = session.note_on(card.record.record_id)
    values["reports"] = [session.review.record(one) for one in card.duplicates]
    values["choices"] = session.review.choices.read()
    return page(request, "records/record.html.j2", history=_history(session, card.record.record_id), **values)


@router.get("/records/history")
def show_history(session: Session, id: str = "") -> dict[str, str]:
    """What happened to a record, as a part of its page."""
    return {"history": _history(session, id)}


@router.post("/records/batch")
def do_batch(session: Session, body: BatchRequest) -> dict[str, str]:
    """Does the same to many records.

    Raises:
        StaleError: the list finds other records than the page showed.
    """
    ids = body.record_ids
    if body.query is not None:
        ids = list(find_all(session, ListQuery.from_params(dict(parse_qsl(body.query)))))
        if len(ids) != body.count:
            raise StaleError("the list has changed", hint="Reload it, check what it finds now, and try again.")
    work = BatchWork(kind=body.what, value=body.value, reason=body.reason)
    done = session.review.batches.do(ids, work, reviewer=session.reviewer, token=body.token)
    session.refresh()
    return {"message": f"{done.sentence}.", "batch": done.token}


@router.post("/records/batch/undo")
def undo_batch(session: Session, body: UndoBatchRequest) -> dict[str, str]:
    """Undoes a batch as a whole."""
    done = session.review.batches.undo(body.batch, reviewer=session.reviewer)
    session.refresh()
    return {"message": f"Undone: {done.sentence}."}


@router.post("/records/label")
def tag(session: Session, body: TagRequest) -> dict[str, str]:
    """Puts a label on a record, or takes it off; the labels on it then, as a part of its page."""
    session.review.annotations.tag(body.record_id, body.tag, on=body.on, reviewer=session.reviewer)
    return {"tags": render("screen/tags.html.j2", tags=session.tags_on(body.record_id))}


@router.post("/records/label/rename")
def rename_tag(session: Session, body: RenameRequest) -> dict[str, str]:
    """Gives a label another name, on all records and in the review's list; the list of records that have it then."""
    records = session.review.annotations.rename_tag(body.tag, body.name, reviewer=session.reviewer)
    session.review.choices.rename_tag(body.tag, body.name, reviewer=session.reviewer)
    counted = f"{records:,} {'record' if records == 1 else 'records'}"
    name = clean_tag(body.name)
    return {"message": f"Renamed on {counted}.", "address": f"records?{urlencode({'label': name})}"}


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


def _history(session: ReviewerSession, record_id: str) -> str:
    lines = record_history(session.review, record_id, viewer=session.viewer)
    return render("records/history.html.j2", history=lines)
