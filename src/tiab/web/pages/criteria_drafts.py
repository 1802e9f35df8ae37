"""The criteria page's helpers: a draft from a pasted text, and terms that the records offer, accepted and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tiab.review.criteria_versions import CriteriaText
from tiab.web.criteria_fields import fields_of
from tiab.web.pages import Session, render
from tiab.web.session import ReviewerSession

if TYPE_CHECKING:
    from tiab.drafting import DraftConcept, DraftTerm

__all__ = ["router"]

router = APIRouter()


class DraftRequest(BaseModel):
    """A text that criteria are to be drafted from."""

    text: str = Field(max_length=1_000_000)
    title: str = Field("", max_length=2000)


class TermRequest(BaseModel):
    """A suggested change of one term that is accepted."""

    concept: str = Field(max_length=2000)
    key: Literal["terms", "abbreviations", "against"]
    term: Annotated[str, Field(min_length=1, max_length=2000)]
    action: Literal["add", "remove"]


@router.post("/criteria/draft")
def draft_criteria(session: Session, body: DraftRequest) -> dict[str, Any]:
    """The draft of a protocol or a search strategy, as the fields of the form, and where each term came from."""
    from tiab.drafting import draft  # loads spaCy

    records = session.review.snapshot.merged_records()
    drafted = draft(body.text, title=body.title).counted(records)
    terms = sum(len(concept.terms) for concept in drafted.concepts)
    return {
        "fields": fields_of(drafted.criteria),
        "html": render(
            "criteria/drafted.html.j2",
            draft=drafted,
            terms=terms,
            concepts=[(concept, _origins(concept)) for concept in drafted.concepts],
            counted=session.counts().of > 0,
        ),
        "message": f"Drafted {len(drafted.concepts)} concepts with {terms} terms. Check them, then save.",
    }


def _origins(concept: DraftConcept) -> list[tuple[str, str, list[DraftTerm]]]:
    """(what they are, their source, the terms) for each source of a concept's terms."""
    found: dict[tuple[str, str], list[DraftTerm]] = {}
    for label, terms in (
        ("", concept.terms),
        ("abbreviation: ", concept.abbreviations),
        ("against: ", concept.against),
    ):
        for term in terms:
            found.setdefault((label, term.source), []).append(term)
    return [(label, source, terms) for (label, source), terms in found.items()]


@router.post("/criteria/suggestions")
def list_suggestions(session: Session) -> dict[str, Any]:
    """Changes to the saved terms that the records and this reviewer's decisions speak for."""
    from tiab.suggesting import KINDS

    found = session.review.suggestions(session.reviewer)
    return {"html": render("criteria/suggested.html.j2", suggestions=found, kinds=KINDS), "found": len(found)}


@router.post("/criteria/term")
def accept_term(session: Session, body: TermRequest) -> dict[str, Any]:
    """Makes the change, as a new version of the criteria; all records are ranked again in the background."""
    text = session.review.change_term(body.concept, body.key, body.term, added=body.action == "add")
    return _saved(session, text, f"{'Added' if body.action == 'add' else 'Removed'} “{body.term}”.")


@router.post("/criteria/undo")
def undo_criteria(session: Session) -> dict[str, Any]:
    """Brings back the criteria as they were before their last change."""
    return _saved(session, session.review.undo_criteria(), "The last change of the criteria is undone.")


def _saved(session: ReviewerSession, text: CriteriaText, message: str) -> dict[str, Any]:
    session.refresh()
    versions = render("criteria/versions.html.j2", versions=session.review.criteria_versions())
    return {"message": message, "mark": text.mark, "text": text.text, "versions": versions}
