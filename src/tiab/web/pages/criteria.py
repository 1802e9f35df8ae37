"""The page where the criteria are edited, as a form or as a text, with live counts of the matches of each term."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.criteria import Criteria, Search, parse_criteria
from tiab.criteria.concepts import DESIGNS
from tiab.errors import CriteriaError
from tiab.review.criteria_text import edit_text
from tiab.web.criteria_fields import CriteriaFields, fields_of, from_fields
from tiab.web.jobs import TermCounts
from tiab.web.pages import Session, page, render, render_failures
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

_CALLED = ("RCT", "cohort", "case-control", "cross-sectional", "qualitative", "meta-analysis", "observational study")
"""Some of the words that people use for designs, to choose from beside those of `DESIGNS`."""


class CheckRequest(BaseModel):
    """A text that is to be checked; `fields`, where the form was edited, says what it is to say."""

    text: str = Field(max_length=300_000)
    fields: CriteriaFields | None = None


class SaveRequest(CheckRequest):
    """A text that is to be saved in place of the one with that mark."""

    mark: str = Field(max_length=100)


@router.get("/criteria")
def show_criteria(request: Request, session: Session) -> HTMLResponse:
    """The criteria; of a review without any, empty cards."""
    draft = session.review.criteria_text()
    text = draft.text or f"title = {json.dumps(session.review.folder.resolve().name, ensure_ascii=False)}\n"
    checked = _checked(session, text)
    values: dict[str, Any] = {
        "draft": draft,
        "text": text,
        "versions": session.review.criteria_versions(),
        "fields": json.dumps(fields_of(checked["criteria"])) if checked["criteria"] else "",
        "designs": (*_CALLED, *DESIGNS),
        "begun": not checked["error"] and session.counts().screened > 0,
    }
    return page(request, "criteria/page.html.j2", **values, **checked)


@router.post("/criteria/check")
def check(session: Session, body: CheckRequest) -> dict[str, Any]:
    """The first error in what was edited, with its line if it is in the text; or text, form and the matches so far."""
    try:
        text = _text(body)
    except CriteriaError as error:
        return {"error": _sentence(error), "line": None, "done": True}
    checked = _checked(session, text)
    if checked["error"]:
        return {"error": checked["sentence"], "line": checked["error"].line, "done": True}
    return {
        "error": "",
        "text": text,
        "fields": fields_of(checked["criteria"]),
        "html": render("criteria/counts.html.j2", **checked),
        "terms": _counted(checked["counts"]),
        "done": not checked["counts"].running,
        "failures": render_failures(session),
    }


@router.post("/criteria/save")
def save(session: Session, body: SaveRequest) -> dict[str, Any]:
    """Saves the criteria; all records are ranked again in the background."""
    draft = session.review.save_criteria(_text(body), mark=body.mark)
    session.refresh()
    kept = render("criteria/versions.html.j2", versions=session.review.criteria_versions())
    return {
        "message": "Saved. The records are being ranked again; you can go on.",
        "mark": draft.mark,
        "text": draft.text,
        "versions": kept,
    }


@router.get("/criteria/version")
def show_version(session: Session, event: Annotated[int, Field(ge=1, le=2**60)]) -> dict[str, Any]:
    """An earlier version of the criteria, as a text."""
    return {"text": session.review.criteria_version(event)}


def _text(body: CheckRequest) -> str:
    """The text that was edited; where the form was, the text that says what the form says.

    Raises:
        CriteriaError: there is a mistake in a field.
    """
    if body.fields is None:
        return body.text
    return edit_text(body.text, from_fields(body.fields, _search(body.text)))


def _search(text: str) -> Search:
    try:
        return parse_criteria(text).search
    except CriteriaError:  # the form replaces the whole text
        return Search()


def _checked(session: ReviewerSession, text: str) -> dict[str, Any]:
    try:
        criteria: Criteria = parse_criteria(text)
    except CriteriaError as error:
        return {"error": error, "sentence": _sentence(error), "criteria": None, "counts": None}
    return {"error": None, "sentence": "", "criteria": criteria, "counts": session.term_counter.count(criteria)}


def _counted(counts: TermCounts) -> dict[str, dict[str, int]]:
    """Concept -> term -> how many records have it, once all were counted."""
    return {name: dict(terms) for name, terms in counts.hits.terms.items()} if counts.hits and counts.done else {}


def _sentence(error: CriteriaError) -> str:
    """What is wrong, without the file's name, which everybody sees."""
    where = f"Line {error.line}: " if error.line else ""
    message = error.message if where else error.message[:1].upper() + error.message[1:]
    return f"{where}{message}. {error.hint}".strip()
