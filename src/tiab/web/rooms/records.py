"""The room where all records are listed, searched, and looked at again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import LabelError
from tiab.web.card import make_card
from tiab.web.desk import Desk
from tiab.web.listing import Asked, find_neighbours, make_listing
from tiab.web.pages import desk_of, page
from tiab.web.rooms.screening import ROLE_NAMES

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]


def asked_of(request: Request) -> Asked:
    """What the address of a request asks for; for `Depends`."""
    return Asked.from_params(request.query_params)


AskedFor = Annotated[Asked, Depends(asked_of)]


class Parted(BaseModel):
    """A record that is no duplicate."""

    record_id: str = Field(max_length=500)


class TakenBack(BaseModel):
    """A decision on one record to be taken back."""

    record_id: str = Field(max_length=500)
    token: str = Field(min_length=8, max_length=100)


@router.get("/records")
def show_list(request: Request, desk: AtDesk, asked: AskedFor) -> HTMLResponse:
    """The records that the address asks for."""
    listing = make_listing(desk, asked)
    return page(request, "records/list.html.j2", listing=listing, ranked=not desk.settings.hide_rank)


@router.get("/records/record")
def show_record(request: Request, desk: AtDesk, asked: AskedFor, id: str = "") -> HTMLResponse:
    """One record, with its place in the list from which it was opened."""
    card = make_card(desk.look(id), desk.standing(id), desk.settings)
    around = find_neighbours(desk, asked, card.record.record_id)
    values: dict[str, Any] = {"card": card, "around": around, "asked": asked.address(), "settings": desk.settings}
    values["note"] = desk.note(card.record.record_id)
    values["reports"] = [desk.review.record(one) for one in card.duplicates]
    return page(request, "records/record.html.j2", role_names=ROLE_NAMES, **values)


@router.post("/records/part")
def part(desk: AtDesk, said: Parted) -> dict[str, str]:
    """Takes back the link of a duplicate to its record, which is then screened on its own."""
    desk.review.unmerge(said.record_id, reviewer=desk.reviewer)
    desk.follow()
    return {"said": "It stands alone again."}


@router.post("/records/undo")
def undo(desk: AtDesk, taken: TakenBack) -> dict[str, str]:
    """Takes back this reviewer's last decision on one record; an earlier one then stands again."""
    if desk.undo(taken.token, record_id=taken.record_id) is None:
        raise LabelError("there is no decision of yours on this record to take back")
    return {"said": "Taken back."}
