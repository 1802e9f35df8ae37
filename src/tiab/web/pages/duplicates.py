"""The page where records that may be duplicates are compared side by side."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.review.field_comparison import compare_fields
from tiab.web.pages import RecordId, Session, UndoRequest, page, render, render_failures
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

_LISTED = 20


class PairRequest(BaseModel):
    """Whether two records are the same report; `at` is the place of the pair."""

    one: RecordId
    other: RecordId
    same: bool
    why: str = Field("", max_length=500)
    at: int = Field(0, ge=0, le=10**6)


class UndoPairRequest(UndoRequest):
    """What was decided on a pair is to be undone, by the number of its entry in the log."""

    event: int = Field(ge=1, le=2**60)


@router.get("/duplicates")
def show_duplicates(request: Request, session: Session) -> HTMLResponse:
    """The first pair to decide on."""
    return page(request, "duplicates/page.html.j2", **_values(session, 0))


@router.get("/duplicates/current")
def show_current(session: Session, at: int = 0) -> dict[str, Any]:
    """The part of the page that shows one pair."""
    return _shown(session, at)


@router.post("/duplicates/decide")
def decide(session: Session, body: PairRequest) -> dict[str, Any]:
    """Stores a decision on a pair, then shows the next."""
    if body.same:
        session.review.link_pair(body.one, body.other, why=body.why, reviewer=session.reviewer)
    else:
        session.review.keep_apart(body.one, body.other, reviewer=session.reviewer)
    session.refresh()
    return _shown(session, body.at) | {
        "message": "Linked as duplicates." if body.same else "Kept as different reports."
    }


@router.post("/duplicates/undo")
def undo(session: Session, body: UndoPairRequest) -> dict[str, Any]:
    """Undoes the decision on a pair, then shows the pair again."""
    decision = session.review.undo_pair(body.event, reviewer=session.reviewer, token=body.token)
    session.refresh()
    found, pair = session.duplicates.find().duplicates, {decision.one, decision.other}
    places = [at for at, one in enumerate(found.doubtful) if set(one.record_ids) == pair] if found else []
    return _shown(session, places[0] if places else 0) | {"message": "Decision undone."}


@router.post("/duplicates/link")
def link(session: Session) -> dict[str, Any]:
    """Links the certain duplicates."""
    found = session.duplicates.find().duplicates
    linked = session.review.link_certain(found, reviewer=session.reviewer) if found else 0
    session.refresh()
    return _shown(session, 0) | {"message": f"{linked:,} linked."}


def _shown(session: ReviewerSession, at: int) -> dict[str, Any]:
    values = _values(session, at)
    return {
        "html": render("duplicates/current.html.j2", **values),
        "waiting": values["found"].running,
        "failures": render_failures(session),
    }


def _values(session: ReviewerSession, at: int) -> dict[str, Any]:
    """The pair at that place, or at the last, with all that is shown beside it."""
    found = session.duplicates.find()
    pairs = found.duplicates.doubtful if found.duplicates else ()
    at = min(max(at, 0), max(0, len(pairs) - 1))
    snapshot = session.review.snapshot
    pair = pairs[at] if pairs else None
    decided = session.review.pair_decisions()
    return {
        "found": found,
        "pair": pair,
        "at": at,
        "total": len(pairs),
        "lines": compare_fields(*map(snapshot.merged_record, pair.record_ids)) if pair else (),
        "decided": [
            (one, session.review.record(one.one), session.review.record(one.other)) for one in decided[:_LISTED]
        ],
        "n_decided": len(decided),
    }
