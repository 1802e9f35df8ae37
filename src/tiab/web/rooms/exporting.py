"""The room from which records, labels and the report are taken along."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from tiab.errors import LabelError
from tiab.labels import Decision
from tiab.report.building import build_report
from tiab.report.rendering import render_html
from tiab.web.desk import Desk
from tiab.web.pages import desk_of, page

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]

_FORMATS = {
    "ris": "RIS, for EndNote, Zotero, Rayyan, Covidence, ASReview",
    "csv": "CSV, a table for any program",
    "xlsx": "Excel workbook",
    "nbib": "NBIB, as PubMed writes it",
    "bib": "BibTeX",
    "xml": "EndNote XML",
}


class Wanted(BaseModel):
    """What is to be taken along.

    Attributes:
        what: records with all that is known of them, or "labels": what identifies them, and the decision.
        only: records with these decisions; all where it is empty.
        own: this reviewer's decisions alone, not those of all together.
        duplicates: those that are linked to another record, too.
    """

    what: Literal["records", "labels"] = "records"
    format: Literal["ris", "csv", "xlsx", "nbib", "bib", "xml"] = "ris"
    only: Annotated[list[Decision], Field(max_length=3)] = []
    own: bool = True
    duplicates: bool = False


@router.get("/export")
def show_export(request: Request, desk: AtDesk) -> HTMLResponse:
    """What can be taken along."""
    labels = desk.review.labels(desk.reviewer if desk.blind else None).values()
    counts = {str(one): sum(label.decision is one for label in labels) for one in Decision}
    return page(request, "export/page.html.j2", formats=_FORMATS, counts=counts, blind=desk.blind)


@router.post("/export/records")
def export_records(desk: AtDesk, wanted: Wanted) -> Response:
    """The records, best first, or their labels, as a file."""
    brief = wanted.what == "labels"
    suffix, only = ("csv", wanted.only or list(Decision)) if brief else (wanted.format, wanted.only)
    name = f"{_stem(desk)}{'-labels' if brief else ''}.{suffix}"
    reviewer = desk.reviewer if wanted.own or desk.blind else None
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / f"export.{suffix}"
        desk.review.export(path, reviewer=reviewer, only=only, duplicates=wanted.duplicates, brief=brief)
        return _file(name, path.read_bytes())


@router.post("/export/report")
def export_report(desk: AtDesk) -> Response:
    """The report of the review as one HTML file."""
    if desk.blind:
        raise LabelError("the report rests on all reviewers' decisions", hint="Ask for it once you are not blinded.")
    return _file(f"{_stem(desk)}-report.html", render_html(build_report(desk.review)).encode())


def _stem(desk: Desk) -> str:
    return desk.review.folder.resolve().name or "review"


def _file(name: str, content: bytes) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})
