"""The room where the criteria are edited, with live counts of what each term hits."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.criteria import parse_criteria
from tiab.errors import CriteriaError
from tiab.web.desk import Desk
from tiab.web.pages import desk_of, page, render, render_failures

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]

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


class Written(BaseModel):
    """A text that is to be checked."""

    text: str = Field(max_length=300_000)


class Saved(Written):
    """A text that is to be saved in the place of the one with that mark."""

    mark: str = Field(max_length=100)


@router.get("/criteria")
def show_criteria(request: Request, desk: AtDesk) -> HTMLResponse:
    """The text of the criteria."""
    draft = desk.review.criteria_text()
    text, kept = draft.text or _EXAMPLE, desk.review.criteria_versions()
    return page(request, "criteria/page.html.j2", draft=draft, text=text, versions=kept, **_checked(desk, text))


@router.post("/criteria/check")
def check(desk: AtDesk, written: Written) -> dict[str, Any]:
    """Whether a text is right, and what it hits: the line of a mistake, or the counts so far."""
    checked = _checked(desk, written.text)
    wrong = checked["wrong"]
    if wrong:
        return {"wrong": _sentence(wrong), "line": wrong.line, "done": True}
    return {
        "wrong": "",
        "html": render("criteria/counts.html.j2", **checked),
        "done": not checked["counted"].running,
        "failures": render_failures(desk),
    }


@router.post("/criteria/save")
def save(desk: AtDesk, written: Saved) -> dict[str, Any]:
    """Saves the criteria, and has all records ranked anew beside the reading."""
    draft = desk.review.save_criteria(written.text, mark=written.mark)
    desk.follow()
    kept = render("criteria/versions.html.j2", versions=desk.review.criteria_versions())
    return {"said": "Saved. The records are ranked anew while you read on.", "mark": draft.mark, "versions": kept}


@router.get("/criteria/version")
def show_version(desk: AtDesk, event: Annotated[int, Field(ge=1, le=2**60)]) -> dict[str, Any]:
    """Criteria that held before, as a text."""
    return {"text": desk.review.criteria_version(event)}


def _checked(desk: Desk, text: str) -> dict[str, Any]:
    try:
        criteria = parse_criteria(text)
    except CriteriaError as error:
        return {"wrong": error, "sentence": _sentence(error), "criteria": None, "counted": None}
    return {"wrong": None, "sentence": "", "criteria": criteria, "counted": desk.counting.look(criteria)}


def _sentence(error: CriteriaError) -> str:
    """What is wrong, without the file's name, which everybody sees."""
    where = f"Line {error.line}: " if error.line else ""
    return f"{where}{error.message}. {error.hint}".strip()
