"""The page of the team: how the review is screened, how far each reviewer has come, and copies to and fro."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tiab.errors import ReviewError, TiabError
from tiab.review import Policy
from tiab.review.merging import MergeReport
from tiab.review.team import team_progress
from tiab.store import SUFFIX
from tiab.web.pages import Session, page, render
from tiab.web.pages.exporting import as_download, file_stem
from tiab.web.pages.importing import Name, name_in_error, received
from tiab.web.session import ReviewerSession

__all__ = ["router"]

router = APIRouter()

Person = Annotated[str, Field(max_length=200)]


class SettingsRequest(BaseModel):
    """How the review is to be screened; the fields are those of `Policy`."""

    scheme: Literal["", "one", "two", "calibration"]
    calibration: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    blinded: bool = True
    resolvers: Annotated[list[Person], Field(max_length=50)] = []
    maybe_conflicts: bool = False
    owner: Person = ""


class ShareRequest(BaseModel):
    """Whose decisions the file is to hold."""

    decisions: Literal["own", "none", "all"]


class CriteriaRequest(BaseModel):
    """Which of the criteria that were changed in two copies is to hold, by its number in the log."""

    version: int


@router.get("/team")
def show_team(request: Request, session: Session) -> HTMLResponse:
    """Settings, progress, and where copies are shared and merged."""
    snapshot = session.review.snapshot
    values: dict[str, Any] = {"policy": snapshot.states.policy, "sentences": snapshot.states.policy.sentences}
    values["may_change"] = not snapshot.states.policy.owner or snapshot.states.policy.owner == session.reviewer
    return page(request, "team/page.html.j2", **values, **_so_far(session))


@router.post("/team/settings")
def change_settings(session: Session, body: SettingsRequest) -> dict[str, str]:
    """Changes how the review is screened.

    Raises:
        ReviewError: somebody else owns the settings, or an owner is to be named by somebody who has no name.
    """
    if body.owner and not session.reviewer:
        hint = "Open the review under your name first: tiab screen DIR --reviewer NAME."
        raise ReviewError("who names an owner needs a name", hint=hint)
    sample = body.calibration if body.scheme == "calibration" else 0
    resolvers = tuple(dict.fromkeys(name.strip() for name in body.resolvers if name.strip()))
    policy = Policy(
        scheme=body.scheme,
        calibration=sample,
        blinded=body.blinded,
        resolvers=resolvers,
        maybe_conflicts=body.maybe_conflicts,
        owner=body.owner.strip(),
    )
    session.review.set_policy(policy, reviewer=session.reviewer)
    session.refresh()
    return {"message": "Settings saved."}


@router.post("/team/share")
def share(session: Session, body: ShareRequest) -> Response:
    """A copy of the review as a file."""
    whose = f"-{session.reviewer}" if session.reviewer and body.decisions == "own" else f"-{body.decisions}"
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / f"copy{SUFFIX}"
        session.review.share(path, reviewer=session.reviewer, decisions=body.decisions)
        return as_download(f"{file_stem(session)}{whose}{SUFFIX}", path.read_bytes())


@router.post("/team/merge")
async def merge(request: Request, session: Session, name: Name) -> dict[str, str]:
    """Takes in a copy of the review that was sent; what came of it."""
    async with received(request, name) as path:
        try:
            report = await run_in_threadpool(session.review.merge_copy, path, reviewer=session.reviewer)
        except TiabError as error:
            raise name_in_error(error, path) from error
    return await run_in_threadpool(_merged, session, report)


@router.post("/team/criteria")
def choose_criteria(session: Session, body: CriteriaRequest) -> dict[str, str]:
    """Chooses between criteria that were changed in two copies; a LabelError where there is no such choice."""
    session.review.settle_criteria(body.version, reviewer=session.reviewer)
    session.refresh()
    return {"message": "Criteria chosen."} | _rendered(session)


def _merged(session: ReviewerSession, report: MergeReport) -> dict[str, str]:
    session.refresh()
    return {"report": render("team/report.html.j2", report=report)} | _rendered(session)


def _rendered(session: ReviewerSession) -> dict[str, str]:
    return {"progress": render("team/progress.html.j2", **_so_far(session))}


def _so_far(session: ReviewerSession) -> dict[str, Any]:
    """How far everybody has come, and what waits to be chosen."""
    review = session.review
    snapshot = review.snapshot
    conflict = review.criteria_conflict()
    versions = [one for one in review.criteria_versions() if conflict and one.event_id in conflict.versions]
    return {
        "progress": team_progress(snapshot, also=[session.reviewer]),
        "states": [(str(state), count) for state, count in snapshot.states.counts.items() if count],
        "own": session.reviewer,
        "criteria": conflict,
        "versions": versions,
        "links": review.link_contradictions(),
    }
