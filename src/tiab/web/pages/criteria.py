"""The page where the criteria are edited, with live counts of the matches of each term."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.criteria import parse_criteria
from tiab.errors import CriteriaError
from tiab.web.pages import Session, page, render, render_failures
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

_EXAMPLE = """title = "What the review is about"
question = "In whom does what, compared with what, change what?"

# A term may end in *: exercis* finds exercise, exercises, exercising.

[population]
name = "whom"
terms = ["multiple sclerosis"]
abbreviations = ["MS"]  # counts only where the record spells out one of the terms

[intervention]
name = "what"
terms = ["exercis*", "training"]

[outcome]
name = "what changes"
terms = ["fatigue"]
required = false
"""


class CheckRequest(BaseModel):
    """A text that is to be checked."""

    text: str = Field(max_length=300_000)


class SaveRequest(CheckRequest):
    """A text that is to be saved in place of the one with that mark."""

    mark: str = Field(max_length=100)


@router.get("/criteria")
def show_criteria(request: Request, session: Session) -> HTMLResponse:
    """The text of the criteria."""
    draft = session.review.criteria_text()
    text, kept = draft.text or _EXAMPLE, session.review.criteria_versions()
    return page(request, "criteria/page.html.j2", draft=draft, text=text, versions=kept, **_checked(session, text))


@router.post("/criteria/check")
def check(session: Session, body: CheckRequest) -> dict[str, Any]:
    """The line of the first error in a text, or the matches counted so far."""
    checked = _checked(session, body.text)
    error = checked["error"]
    if error:
        return {"error": checked["sentence"], "line": error.line, "done": True}
    return {
        "error": "",
        "html": render("criteria/counts.html.j2", **checked),
        "done": not checked["counts"].running,
        "failures": render_failures(session),
    }


@router.post("/criteria/save")
def save(session: Session, body: SaveRequest) -> dict[str, Any]:
    """Saves the criteria; all records are ranked again in the background."""
    draft = session.review.save_criteria(body.text, mark=body.mark)
    session.refresh()
    kept = render("criteria/versions.html.j2", versions=session.review.criteria_versions())
    return {
        "message": "Saved. The records are being ranked again; you can go on.",
        "mark": draft.mark,
        "versions": kept,
    }


@router.get("/criteria/version")
def show_version(session: Session, event: Annotated[int, Field(ge=1, le=2**60)]) -> dict[str, Any]:
    """An earlier version of the criteria, as a text."""
    return {"text": session.review.criteria_version(event)}


def _checked(session: ReviewerSession, text: str) -> dict[str, Any]:
    try:
        criteria = parse_criteria(text)
    except CriteriaError as error:
        return {"error": error, "sentence": _sentence(error), "criteria": None, "counts": None}
    return {"error": None, "sentence": "", "criteria": criteria, "counts": session.term_counter.count(criteria)}


def _sentence(error: CriteriaError) -> str:
    """What is wrong, without the file's name, which everybody sees."""
    where = f"Line {error.line}: " if error.line else ""
    return f"{where}{error.message}. {error.hint}".strip()
