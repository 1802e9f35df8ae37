"""The room where records are screened: one at a time, decided on by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import CriteriaError
from tiab.labels import Decision
from tiab.review.notes import NoteKind
from tiab.web.card import Card, make_card
from tiab.web.desk import Desk
from tiab.web.marking import MARKED
from tiab.web.pages import desk_of, page, render, render_failures
from tiab.web.progress import Progress, measure_progress
from tiab.web.settings import Settings

__all__ = ["ROLE_NAMES", "router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]
Ids = Annotated[list[str], Field(max_length=200)]

_SAID = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}
ROLE_NAMES = {"against": "counts against", "unexpanded": "not spelled out"}


class Wanted(BaseModel):
    """What to show next: a record by its id, or the best that is open and not in `skip`."""

    show: str = Field("", max_length=500)
    skip: Ids = []


class Given(Wanted):
    """A decision; `seen` is the number of the one that the page showed, `token` the same for each attempt."""

    record_id: str = Field(max_length=500)
    decision: Decision
    reason: str = Field("", max_length=500)
    note: str = Field("", max_length=5000)
    token: str = Field(min_length=8, max_length=100)
    seen: int = 0


class TakenBack(BaseModel):
    """A decision to be taken back."""

    token: str = Field(min_length=8, max_length=100)


class Draft(BaseModel):
    """A note that is being written; `seen` is the note as this window last had it from here."""

    record_id: str = Field(max_length=500)
    note: str = Field(max_length=5000)
    seen: str = Field("", max_length=20_000)
    kind: NoteKind = "labelled"


class Wishes(BaseModel):
    """How the reviewer wants the page."""

    hide_rank: bool | None = None
    roles_off: Annotated[list[str], Field(max_length=20)] | None = None
    words: Annotated[list[str], Field(max_length=200)] | None = None
    reasons: Annotated[list[str], Field(max_length=9)] | None = None
    rule: str | None = None


@router.get("/")
def show_screen(request: Request, desk: AtDesk, record: str = "") -> HTMLResponse:
    """The page, with the next record or the one that is named."""
    shown = _shown(desk, record)
    values: dict[str, Any] = {"shown": shown, "roles": MARKED, "role_names": ROLE_NAMES, "settings": desk.settings}
    return page(request, "screen/page.html.j2", progress=_progress(desk), **values)


@router.get("/screen/record")
def show_record(
    desk: AtDesk,
    show: str = "",
    skip: Annotated[list[str], Query(max_length=200)] = [],  # noqa: B006
) -> dict[str, Any]:
    """The parts of the page for one record, where nothing was decided."""
    return _shown(desk, show, skip)


@router.post("/screen/decisions")
def decide(desk: AtDesk, given: Given) -> dict[str, Any]:
    """Stores a decision, then shows the next record."""
    desk.decide(
        given.record_id, given.decision, reason=given.reason, note=given.note, token=given.token, seen=given.seen
    )
    beside = f": {given.reason}" if given.reason else ""
    return _shown(desk, given.show, given.skip) | {"said": f"{_SAID[given.decision]}{beside}."}


@router.post("/screen/undo")
def undo(desk: AtDesk, taken: TakenBack) -> dict[str, Any]:
    """Takes back the last decision, then shows its record."""
    event = desk.undo(taken.token)
    if event is None:
        return {"said": "There is no decision to take back."}
    return _shown(desk, event.record_id) | {"said": "Taken back."}


@router.put("/screen/note")
def keep_note(desk: AtDesk, draft: Draft) -> dict[str, str]:
    """Keeps a note that is being written; the note as it is kept."""
    kept = desk.review.keep_note(draft.record_id, draft.note, reviewer=desk.reviewer, kind=draft.kind, seen=draft.seen)
    return {"note": kept}


@router.get("/screen/progress")
def show_progress(desk: AtDesk) -> dict[str, Any]:
    """How far the reviewer has come."""
    return {
        "progress": render("screen/progress.html.j2", progress=_progress(desk)),
        "failures": render_failures(desk),
    }


@router.put("/screen/settings")
def keep_settings(desk: AtDesk, wishes: Wishes) -> dict[str, Any]:
    """Stores how the reviewer wants the page; what is not named stays as it is."""
    before = desk.settings
    kept = {name: getattr(before, name) for name in before.__slots__}
    desk.keep_settings(Settings.from_dict(kept | wishes.model_dump(exclude_none=True)))
    return {"said": "Kept."}


def _progress(desk: Desk) -> Progress:
    return measure_progress(desk.review.snapshot, desk.reviewer, rule=desk.settings.rule)


def _shown(desk: Desk, record_id: str = "", skip: Sequence[str] = ()) -> dict[str, Any]:
    """The parts of the page for a record, or the best that is open and not in `skip`; where there is none, why."""
    nothing = {"record_id": "", "seen": 0, "note": "", "title": "", "why": "", "waiting": False}
    try:
        found = record_id or desk.next_id(skip)
        now = desk.tally()
        tally = {"tally": render("screen/tally.html.j2", tally=now), "failures": render_failures(desk)}
        if found is None and now.left and desk.learning.error:
            return nothing | tally | {"record": render("screen/failed.html.j2")}
        if found is None and now.left:
            reading = render("screen/reading.html.j2", abstracts=desk.abstracts)
            return nothing | tally | {"record": reading, "waiting": True}
        if found is None:
            return nothing | tally | {"record": render("screen/end.html.j2", tally=now)}
        card = make_card(desk.look(found), desk.standing(found), desk.settings)
        return nothing | tally | {"note": desk.note(card.record.record_id)} | _parts(card, desk.settings)
    except CriteriaError as error:  # somebody is writing the file; what was decided is stored all the same
        return nothing | {"tally": "", "record": render("screen/mistake.html.j2", sentence=str(error))}


def _parts(card: Card, settings: Settings) -> dict[str, Any]:
    return {
        "record_id": card.record.record_id,
        "seen": card.seen,
        "title": card.record.title or "(no title)",
        "record": render("screen/record.html.j2", card=card, role_names=ROLE_NAMES),
        "why": render("screen/why.html.j2", card=card, settings=settings, role_names=ROLE_NAMES),
    }
