"""The page that says, before screening, what each stopping rule will cost, and what it may miss."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.stopping import ASSUMPTION_IN_SHORT, NO_GUARANTEE
from tiab.stopping.planning import Plan, plan, planned_rules, planned_runs
from tiab.web.pages import Session, page, render

__all__ = ["router"]

router = APIRouter()

_MOST = 200_000
"""Records; more are not simulated within seconds."""


class PlanRequest(BaseModel):
    """The guesses that a plan is made from; the share is in per cent."""

    records: Annotated[int, Field(ge=1, le=_MOST)]
    share: Annotated[float, Field(gt=0, le=100)]
    target: Annotated[float, Field(ge=1, le=100)] = 95
    reviewers: Annotated[int, Field(ge=1, le=1000)] = 2
    screeners: Annotated[int, Field(ge=1, le=10)] = 2
    seconds: Annotated[float, Field(ge=1, le=3600)] = 36
    hours: Annotated[float, Field(gt=0, le=24)] = 4
    auc: Annotated[float, Field(ge=0.5, le=0.99)] = 0.9


@router.get("/plan")
def show_plan(request: Request, session: Session) -> HTMLResponse:
    """The form, with the size of the review."""
    return page(request, "plan/page.html.j2", records=len(session.review.snapshot.main_ids), most=_MOST)


@router.post("/plan/make")
def make(body: PlanRequest) -> dict[str, Any]:
    """The plan as a table; an EvaluationError where the numbers make no sense together."""
    share = body.share / 100
    runs = planned_runs(body.records)
    made = plan(
        body.records,
        share,
        target_recall=body.target / 100,
        auc=body.auc,
        reviewers=body.reviewers,
        screeners=body.screeners,
        seconds_per_record=body.seconds,
        hours_per_day=body.hours,
        rules=planned_rules(body.records, share, body.target / 100, runs=runs),
        runs=runs,
    )
    return {"html": render("plan/result.html.j2", **_values(made))}


def _values(made: Plan) -> dict[str, Any]:
    sure = [row for row in made.rows if row.outcome.guarantee != NO_GUARANTEE]
    rest = [row for row in made.rows if row.outcome.guarantee == NO_GUARANTEE]
    return {
        "plan": made,
        "groups": (("With a guarantee", sure), ("Rules of thumb", rest)),
        "short": ASSUMPTION_IN_SHORT,
    }
