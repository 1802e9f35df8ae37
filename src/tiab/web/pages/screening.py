"""The page where records are screened, one at a time, with keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import CriteriaError
from tiab.review.notes import NoteKind
from tiab.web.card import Card
from tiab.web.marking import MARKED
from tiab.web.pages import DecisionRequest, RecordId, Session, UndoRequest, page, render, render_failures
from tiab.web.progress import ReviewerProgress, measure_progress
from tiab.web.session import ReviewerSession
from tiab.web.settings import Settings

__all__ = ["router"]

router = APIRouter()

_DECIDED = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}


class ScreeningRequest(DecisionRequest):
    """A decision; `seen` is the number of the one that the page showed, and `skip` is not to be shown next."""

    seen: int = 0
    skip: list[str] = Field([], max_length=200)


class NoteRequest(BaseModel):
    """A note that is being written; `seen` is the note as this window last received it."""

    record_id: RecordId
    note: str = Field(max_length=5000)
    seen: str = Field("", max_length=20_000)
    kind: NoteKind = "labelled"


class SettingsRequest(BaseModel):
    """The settings to be changed; the reasons and the labels are those of all reviewers."""

    hide_rank: bool | None = None
    roles_off: Annotated[list[str], Field(max_length=20)] | None = None
    own_terms: bool | None = None
    words: Annotated[list[str], Field(max_length=200)] | None = None
    exclude_words: Annotated[list[str], Field(max_length=200)] | None = None
    rule: str | None = None
    reasons: Annotated[list[str], Field(max_length=200)] | None = None
    labels: Annotated[list[str], Field(max_length=200)] | None = None


@router.get("/")
def show_screen(request: Request, session: Session, record: str = "") -> HTMLResponse:
    """The page, with the next record or the one that is named."""
    values: dict[str, Any] = {"shown": _shown(session, record), "roles": MARKED, "settings": session.settings}
    values["choices"] = session.review.choices.read()
    return page(request, "screen/page.html.j2", progress=_progress(session), **values)


@router.get("/screen/record")
def show_record(
    session: Session,
    show: str = "",
    skip: Annotated[list[str], Query(max_length=200)] = [],  # noqa: B006
) -> dict[str, Any]:
    """The parts of the page for one record, where nothing was decided."""
    return _shown(session, show, skip)


@router.post("/screen/decisions")
def decide(session: Session, body: ScreeningRequest) -> dict[str, Any]:
    """Stores a decision, then shows the next record."""
    said = {"reason": body.reason, "note": body.note}
    reason = f": {body.reason}" if body.reason else ""
    with session.learning.giving_way():
        session.decide(body.record_id, body.decision, **said, token=body.token, seen=body.seen)
        shown = _shown(session, body.show, body.skip, wait=False)
    return shown | {"message": f"{_DECIDED[body.decision]}{reason}."}


@router.post("/screen/undo")
def undo(session: Session, body: UndoRequest) -> dict[str, Any]:
    """Undoes the last decision, then shows its record."""
    event = session.undo(body.token)
    if event is None:
        return {"message": "There is no decision to undo."}
    return _shown(session, event.record_id) | {"message": "Decision undone."}


@router.put("/screen/note")
def keep_note(session: Session, body: NoteRequest) -> dict[str, str]:
    """Keeps the draft of a note; the draft as it is kept."""
    kept = session.review.keep_note(
        body.record_id, body.note, reviewer=session.reviewer, kind=body.kind, seen=body.seen
    )
    return {"note": kept}


@router.get("/screen/progress")
def show_progress(session: Session) -> dict[str, Any]:
    """How far the reviewer has come."""
    return {
        "progress": render("screen/progress.html.j2", progress=_progress(session)),
        "failures": render_failures(session),
    }


@router.put("/screen/settings")
def save_settings(session: Session, body: SettingsRequest) -> dict[str, Any]:
    """Stores the settings that are named; the others stay as they are."""
    before, said = session.settings, body.model_dump(exclude_none=True)
    reasons, tags = said.pop("reasons", None), said.pop("labels", None)
    if reasons is not None or tags is not None:
        session.review.choices.save(reasons=reasons, tags=tags, reviewer=session.reviewer)
    kept = {name: getattr(before, name) for name in before.__slots__}
    session.save_settings(Settings.from_dict(kept | said))
    return {"message": "Settings saved."}


def _progress(session: ReviewerSession) -> ReviewerProgress:
    return measure_progress(session.review.snapshot, session.reviewer, rule=session.settings.rule)


def _shown(
    session: ReviewerSession, record_id: str = "", skip: Sequence[str] = (), *, wait: bool = True
) -> dict[str, Any]:
    """The parts of the page for a record, or the best that is open and not in `skip`; where there is none, why."""
    nothing = {"record_id": "", "seen": 0, "note": "", "title": "", "why": "", "waiting": False}
    try:
        found = record_id or session.next_id(skip, wait=wait)
        counts = session.counts()
        reading = session.abstracts if session.ranks_by_words else None
        shown = render("screen/counts.html.j2", counts=counts, reading=reading)
        always = {"counts": shown, "failures": render_failures(session)}
        if found is None and counts.left and session.learning.error:
            return nothing | always | {"record": render("screen/failed.html.j2")}
        if found is None and counts.left:
            state = render("screen/reading.html.j2", abstracts=session.abstracts)
            return nothing | always | {"record": state, "waiting": True}
        if found is None:
            return (
                nothing
                | always
                | {"record": render("screen/end.html.j2", counts=counts, conflicts=_conflicts(session))}
            )
        with session.learning.giving_way():
            card = session.card(found)
        return nothing | always | {"note": session.note_on(card.record.record_id)} | _parts(card, session.settings)
    except CriteriaError as error:  # the file is being edited; decisions are stored all the same
        return nothing | {"counts": "", "record": render("screen/criteria_error.html.j2", sentence=str(error))}


def _conflicts(session: ReviewerSession) -> int:
    """How many conflicts this reviewer may know of."""
    return len(session.review.conflicts(session.viewer))


def _parts(card: Card, settings: Settings) -> dict[str, Any]:
    return {
        "record_id": card.record.record_id,
        "seen": card.seen,
        "title": card.record.title or "(no title)",
        "record": render("screen/record.html.j2", card=card),
        "why": render("screen/why.html.j2", card=card, settings=settings),
    }
