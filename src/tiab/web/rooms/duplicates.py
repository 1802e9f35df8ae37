"""The room where records that may be duplicates are settled side by side."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.review.duplicates import compare_fields
from tiab.web.desk import Desk
from tiab.web.pages import desk_of, page, render, render_failures

__all__ = ["router"]

router = APIRouter()
AtDesk = Annotated[Desk, Depends(desk_of)]

_LISTED = 20


class Answered(BaseModel):
    """What somebody says of two records: that they are the same report, or two; `at` is the place of the pair."""

    one: str = Field(max_length=500)
    other: str = Field(max_length=500)
    same: bool
    why: str = Field("", max_length=500)
    at: int = Field(0, ge=0, le=10**6)


class TakenBack(BaseModel):
    """An answer to be taken back, by its number in the log."""

    event: int = Field(ge=1, le=2**60)
    token: str = Field(min_length=8, max_length=100)


@router.get("/duplicates")
def show_duplicates(request: Request, desk: AtDesk) -> HTMLResponse:
    """The first pair that is unsettled."""
    return page(request, "duplicates/page.html.j2", **_values(desk, 0))


@router.get("/duplicates/now")
def show_now(desk: AtDesk, at: int = 0) -> dict[str, Any]:
    """The part of the page that shows one pair."""
    return _shown(desk, at)


@router.post("/duplicates/settle")
def settle(desk: AtDesk, said: Answered) -> dict[str, Any]:
    """Stores an answer, then shows the next pair."""
    if said.same:
        desk.review.link_pair(said.one, said.other, why=said.why, reviewer=desk.reviewer)
    else:
        desk.review.keep_apart(said.one, said.other, reviewer=desk.reviewer)
    desk.follow()
    return _shown(desk, said.at) | {"said": "Linked as one report." if said.same else "Kept apart."}


@router.post("/duplicates/undo")
def undo(desk: AtDesk, said: TakenBack) -> dict[str, Any]:
    """Takes back an answer, then shows its pair again."""
    answer = desk.review.undo_pair(said.event, reviewer=desk.reviewer, token=said.token)
    desk.follow()
    found, pair = desk.pairs.look().found, {answer.one, answer.other}
    places = [at for at, one in enumerate(found.doubtful) if set(one.record_ids) == pair] if found else []
    return _shown(desk, places[0] if places else 0) | {"said": "Taken back."}


@router.post("/duplicates/link")
def link(desk: AtDesk) -> dict[str, Any]:
    """Links what is the same report for certain."""
    found = desk.pairs.look().found
    linked = desk.review.link_certain(found, reviewer=desk.reviewer) if found else 0
    desk.follow()
    return _shown(desk, 0) | {"said": f"{linked:,} linked."}


def _shown(desk: Desk, at: int) -> dict[str, Any]:
    values = _values(desk, at)
    return {
        "html": render("duplicates/now.html.j2", **values),
        "waiting": values["compared"].running,
        "failures": render_failures(desk),
    }


def _values(desk: Desk, at: int) -> dict[str, Any]:
    """The pair at that place, or at the last, with all that is shown beside it."""
    compared = desk.pairs.look()
    pairs = compared.found.doubtful if compared.found else ()
    at = min(max(at, 0), max(0, len(pairs) - 1))
    snapshot = desk.review.snapshot
    pair = pairs[at] if pairs else None
    said = desk.review.pair_decisions()
    return {
        "compared": compared,
        "pair": pair,
        "at": at,
        "total": len(pairs),
        "lines": compare_fields(*map(snapshot.merged_record, pair.record_ids)) if pair else (),
        "answers": [(one, desk.review.record(one.one), desk.review.record(one.other)) for one in said[:_LISTED]],
        "n_answers": len(said),
    }
