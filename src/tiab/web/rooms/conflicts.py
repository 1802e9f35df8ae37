"""The room where conflicts between reviewers are settled, each by a third entry."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.labels import Decision
from tiab.web.card import make_card
from tiab.web.desk import Desk
from tiab.web.disputes import read_disputes, settle, unsettle
from tiab.web.pages import desk_of, page, render
from tiab.web.rooms.screening import ROLE_NAMES

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]

_SAID = {"include": "Settled: include.", "exclude": "Settled: exclude.", "maybe": "Settled: maybe."}


class Settling(BaseModel):
    """How a conflict is settled; `show` is the record to be shown next."""

    record_id: str = Field(max_length=500)
    decision: Decision
    reason: str = Field("", max_length=500)
    note: str = Field("", max_length=5000)
    token: str = Field(min_length=8, max_length=100)
    show: str = Field("", max_length=500)


class Opening(BaseModel):
    """A settled conflict to be opened again."""

    record_id: str = Field(max_length=500)
    token: str = Field(min_length=8, max_length=100)


@router.get("/conflicts")
def show_conflicts(request: Request, desk: AtDesk, record: str = "") -> HTMLResponse:
    """The conflict on a record, or the first that is open."""
    return page(request, "conflicts/page.html.j2", **_values(desk, record))


@router.get("/conflicts/now")
def show_now(desk: AtDesk, record: str = "") -> dict[str, Any]:
    """The part of the page that shows one conflict."""
    return _shown(desk, record)


@router.post("/conflicts/settle")
def settle_conflict(desk: AtDesk, said: Settling) -> dict[str, Any]:
    """Settles a conflict, then shows the next."""
    settle(desk, said.record_id, said.decision, reason=said.reason, note=said.note, token=said.token)
    return _shown(desk, said.show) | {"said": _SAID[said.decision]}


@router.post("/conflicts/open")
def open_conflict(desk: AtDesk, said: Opening) -> dict[str, Any]:
    """Takes back how a conflict was settled, and shows it."""
    unsettle(desk, said.record_id, token=said.token)
    return _shown(desk, said.record_id) | {"said": "Taken back."}


def _shown(desk: Desk, record_id: str) -> dict[str, Any]:
    values = _values(desk, record_id)
    now = values["disputes"].now
    html = render("conflicts/now.html.j2", **values)
    return {"html": html, "record_id": now.record_id if now else "", "note": values["note"]}


def _values(desk: Desk, record_id: str) -> dict[str, Any]:
    disputes = read_disputes(desk, record_id)
    shown = disputes.now.record_id if disputes.now else None
    card = make_card(desk.look(shown), None, desk.settings) if shown else None
    note = desk.note(shown, kind="resolved") if shown else ""
    return {"disputes": disputes, "card": card, "note": note, "role_names": ROLE_NAMES, "settings": desk.settings}
