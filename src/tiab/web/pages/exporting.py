"""The page for exporting records, decisions and the report."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from tiab.errors import LabelError
from tiab.labels import Decision
from tiab.report.building import build_report
from tiab.report.rendering import render_html
from tiab.web.pages import Session, page
from tiab.web.session import ReviewerSession

__all__ = ["as_download", "file_stem", "router"]

router = APIRouter()

_FORMATS = {
    "ris": "RIS, for EndNote, Zotero, Rayyan, Covidence, ASReview",
    "csv": "CSV, a table for any program",
    "xlsx": "Excel workbook",
    "nbib": "NBIB, as PubMed writes it",
    "bib": "BibTeX",
    "xml": "EndNote XML",
}


class ExportRequest(BaseModel):
    """What is to be exported.

    Attributes:
        what: records with everything known about them, or "decisions": what identifies them, and the decision.
        only: records with these decisions; all where it is empty.
        own: only this reviewer's decisions, not those of all reviewers together.
        duplicates: include records that are linked to another.
    """

    what: Literal["records", "decisions"] = "records"
    format: Literal["ris", "csv", "xlsx", "nbib", "bib", "xml"] = "ris"
    only: Annotated[list[Decision], Field(max_length=3)] = []
    own: bool = True
    duplicates: bool = False


@router.get("/export")
def show_export(request: Request, session: Session) -> HTMLResponse:
    """What can be exported."""
    labels = session.review.labels(session.reviewer if session.blind else None).values()
    counts = {str(one): sum(label.decision is one for label in labels) for one in Decision}
    return page(request, "export/page.html.j2", formats=_FORMATS, counts=counts, blind=session.blind)


@router.post("/export/records")
def export_records(session: Session, body: ExportRequest) -> Response:
    """The records, best first, or the decisions on them, as a file."""
    brief = body.what == "decisions"
    suffix, only = ("csv", body.only or list(Decision)) if brief else (body.format, body.only)
    name = f"{file_stem(session)}{'-decisions' if brief else ''}.{suffix}"
    reviewer = session.reviewer if body.own or session.blind else None
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / f"export.{suffix}"
        session.review.export(path, reviewer=reviewer, only=only, duplicates=body.duplicates, brief=brief)
        return as_download(name, path.read_bytes())


@router.post("/export/report")
def export_report(session: Session) -> Response:
    """The report of the review as one HTML file."""
    if session.blind:
        raise LabelError("the report rests on all reviewers' decisions", hint="Make it once you are not blinded.")
    return as_download(f"{file_stem(session)}-report.html", render_html(build_report(session.review)).encode())


def file_stem(session: ReviewerSession) -> str:
    """The name of the review's folder, for files that are saved."""
    return session.review.folder.resolve().name or "review"


def as_download(name: str, content: bytes) -> Response:
    """A file of that name, which the browser saves and never shows."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})
