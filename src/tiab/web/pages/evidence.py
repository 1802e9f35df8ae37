"""The page of the evidence table: included studies by outcomes, the sentences behind them, and the table as a file."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tiab.pico.findings.table import EvidenceTable
from tiab.report.evidence import evidence_bytes
from tiab.report.evidence_text import evidence_values
from tiab.review.included import included_evidence
from tiab.web.pages import Session, page
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

_KINDS = {"csv": "CSV", "xlsx": "Excel", "html": "HTML", "png": "PNG picture"}


@router.get("/evidence")
def show_evidence(request: Request, session: Session) -> HTMLResponse:
    """The table."""
    values = evidence_values(_table(session))
    return page(request, "evidence/page.html.j2", kinds=_KINDS, blind=session.blind, **values)


@router.get("/evidence/file")
def export_evidence(session: Session, kind: Literal["csv", "xlsx", "html", "png"]) -> Response:
    """The table as a file."""
    name = quote(f"{session.review.folder.resolve().name or 'review'}-evidence.{kind}", safe="")
    disposition = f"attachment; filename*=UTF-8''{name}"
    content = evidence_bytes(kind, _table(session))
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})


def _table(session: ReviewerSession) -> EvidenceTable:
    """Of what all included together; a blinded reviewer sees their own."""
    return included_evidence(session.review.snapshot, session.reviewer if session.blind else None)
