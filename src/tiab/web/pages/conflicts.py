"""The page where conflicts between reviewers are resolved, each by a third decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tiab.evaluation.agreement import Agreement
from tiab.records import Record
from tiab.review import Conflict
from tiab.store import GivenLabel
from tiab.web.pages import DecisionRequest, Session, UndoRecordRequest, page, render
from tiab.web.session import ReviewerSession, StaleError

__all__ = ["router"]

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedConflict:
    """A conflict that was resolved: its record, how, and whether this reviewer did it."""

    record: Record
    given: GivenLabel
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictsView:
    """The conflicts to resolve, and how far reviewers agree.

    Attributes:
        current: the conflict that is shown; None where none is open.
        number: its number, from 1.
        before, after: the records of the conflicts beside it, "" for none.
        agreement: (first reviewer, second reviewer, how far they agree on what both screened).
        resolved: last first.
    """

    current: Conflict | None
    number: int
    total: int
    before: str
    after: str
    agreement: tuple[tuple[str, str, Agreement], ...]
    resolved: tuple[ResolvedConflict, ...]


@router.get("/conflicts")
def show_conflicts(request: Request, session: Session, record: str = "") -> HTMLResponse:
    """The conflict on a record, or the first that is open."""
    return page(request, "conflicts/page.html.j2", **_values(session, record))


@router.get("/conflicts/current")
def show_current(session: Session, record: str = "") -> dict[str, Any]:
    """The part of the page that shows one conflict."""
    return _shown(session, record)


@router.post("/conflicts/resolve")
def resolve(session: Session, body: DecisionRequest) -> dict[str, Any]:
    """Resolves a conflict, then shows the next.

    Raises:
        StaleError: there is none on this record that this reviewer may see.
    """
    review = session.review
    open_ids = {one.record_id for one in review.conflicts(session.viewer)}
    if body.record_id not in open_ids and not review.is_stored(body.token):
        raise StaleError("there is no conflict on this record", hint="Another reviewer may have resolved it: reload.")
    review.resolve(
        body.record_id,
        body.decision,
        reviewer=session.reviewer,
        reason=body.reason,
        note=body.note,
        token=body.token,
    )
    session.refresh()
    return _shown(session, body.show) | {"message": f"Resolved: {body.decision}."}


@router.post("/conflicts/reopen")
def reopen(session: Session, body: UndoRecordRequest) -> dict[str, Any]:
    """Undoes this reviewer's resolution of a conflict, and shows the conflict; a LabelError where there is none."""
    session.review.unresolve(body.record_id, reviewer=session.reviewer, token=body.token)
    session.refresh()
    return _shown(session, body.record_id) | {"message": "Resolution undone."}


def _shown(session: ReviewerSession, record_id: str) -> dict[str, Any]:
    values = _values(session, record_id)
    current = values["conflicts"].current
    html = render("conflicts/current.html.j2", **values)
    return {"html": html, "record_id": current.record_id if current else "", "note": values["note"]}


def _values(session: ReviewerSession, record_id: str) -> dict[str, Any]:
    conflicts = _view(session, record_id)
    shown = conflicts.current.record_id if conflicts.current else None
    card = session.card(shown, decided=False) if shown else None
    note = session.note_on(shown, kind="resolved") if shown else ""
    return {
        "conflicts": conflicts,
        "card": card,
        "note": note,
        "settings": session.settings,
        "choices": session.review.choices.read(),
    }


def _view(session: ReviewerSession, record_id: str) -> ConflictsView:
    """The open conflicts, at the one on `record_id`, else at the first."""
    review, viewer = session.review, session.viewer
    found = review.conflicts(viewer)
    at = next((place for place, one in enumerate(found) if one.record_id == record_id), 0)
    return ConflictsView(
        current=found[at] if found else None,
        number=at + 1,
        total=len(found),
        before=found[at - 1].record_id if at else "",
        after=found[at + 1].record_id if at + 1 < len(found) else "",
        agreement=tuple((*pair, agreement) for pair, agreement in review.agreement(viewer).items()),
        resolved=tuple(
            ResolvedConflict(record=record, given=given, own=given.label.reviewer == session.reviewer)
            for record, given in review.resolved(viewer)
        ),
    )
