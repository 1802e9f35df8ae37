"""The page of all reviews: those known, a new one, one from a folder, the example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import InputError
from tiab.web.open_reviews import OpenReviews
from tiab.web.pages import page, render
from tiab.web.user_files import KnownReview, is_review, short_path

__all__ = ["Reviews", "address_of", "clean_name", "router"]

router = APIRouter()

_DAY = 24 * 60 * 60


def reviews_of(request: Request) -> OpenReviews:
    """The reviews of the person that a request comes from."""
    reviews: OpenReviews = request.app.state.reviews
    return reviews


Reviews = Annotated[OpenReviews, Depends(reviews_of)]
Key = Annotated[str, Field(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A review as the list shows it; `stale` where its numbers may have changed since."""

    review: KnownReview
    where: str
    exists: bool
    stale: bool
    used: str


class FolderRequest(BaseModel):
    """A folder on this computer."""

    folder: str = Field(max_length=4096)


class ReviewRequest(BaseModel):
    """A review of the list."""

    key: Key


class ReviewerRequest(ReviewRequest):
    """Who screens a review here; "" for nobody in particular."""

    name: str = Field(max_length=200)


@router.get("/")
def show_home(request: Request, reviews: Reviews) -> HTMLResponse:
    """The known reviews."""
    rows, folder = [_row(one) for one in reviews.home.reviews()], reviews.home.reviews_folder
    return page(request, "home/page.html.j2", rows=rows, folder=short_path(folder))


@router.get("/row")
def show_row(reviews: Reviews, key: Annotated[str, Query(max_length=200)]) -> dict[str, str]:
    """A review of the list with its numbers counted anew."""
    counted = reviews.count(key)
    return {"html": render("home/row.html.j2", row=_row(counted)) if counted else ""}


@router.post("/open")
def open_folder(reviews: Reviews, body: FolderRequest) -> dict[str, str]:
    """Puts the review in a folder on the list; its address.

    Raises:
        InputError: there is no review in that folder.
    """
    known = reviews.home.at(_folder(body.folder))
    if not known.exists:
        hint = "Choose the folder that contains the review's files, or make a new review."
        raise InputError("there is no review in this folder", path=known.path, hint=hint)
    reviews.home.remember(known, used=True)
    return {"address": address_of(known.key)}


@router.post("/example")
def open_example(reviews: Reviews) -> dict[str, str]:
    """Makes a review of the embedded corpus, unless there is one; its address."""
    return {"address": address_of(reviews.example())}


@router.post("/forget")
def forget(reviews: Reviews, body: ReviewRequest) -> dict[str, str]:
    """Removes a review from the list; its folder stays as it is."""
    known = reviews.home.find(body.key)
    if known:
        reviews.home.remember(replace(known, hidden=True))
    return {"message": "Removed from the list. Its folder was not changed."}


@router.post("/reviews-folder")
def move_reviews(reviews: Reviews, body: FolderRequest) -> dict[str, str]:
    """Has new reviews made in another folder."""
    folder = _folder(body.folder)
    if folder.exists() and not folder.is_dir():
        raise InputError("is not a folder", path=folder, hint="Name a folder for reviews.")
    reviews.home.set_reviews_folder(folder)
    return {"folder": short_path(folder), "message": "New reviews will be kept there."}


@router.get("/reviewer")
def show_reviewer(request: Request, reviews: Reviews, review: Annotated[str, Query(max_length=200)]) -> HTMLResponse:
    """Where somebody says who screens a review here."""
    known = reviews.home.find(review)
    if known is None:
        raise InputError("this review is not in your list", hint="Open its folder from the home page.")
    people = reviews.reviewers(review)
    name = known.reviewer if known.reviewer is not None else reviews.home.person
    return page(request, "home/reviewer.html.j2", known=known, people=people, name=name)


@router.post("/reviewer")
def name_reviewer(reviews: Reviews, body: ReviewerRequest) -> dict[str, str]:
    """Has a review opened for this person from now on; its address."""
    name = clean_name(body.name)
    if not name and reviews.reviewers(body.key):
        raise InputError("this review has named reviewers", hint="Enter your name, or choose one of the list.")
    if name:
        reviews.home.set_person(name)
    reviews.name_reviewer(body.key, name)
    return {"address": address_of(body.key)}


def address_of(key: str) -> str:
    """Where a review's first page is, from the page of all reviews."""
    return f"reviews/{key}/"


def clean_name(text: str) -> str:
    """A name in one line."""
    return " ".join(text.split())


def _folder(text: str) -> Path:
    """The folder that somebody typed or pasted, perhaps in quotes.

    Raises:
        InputError: it is no path, or not an absolute one.
    """
    bare = text.strip().strip("\"'")
    try:
        path = Path(bare).expanduser()
    except RuntimeError:  # ~nobody
        path = Path(bare)
    if not bare or "\0" in bare or not path.is_absolute():
        example = str(Path.home() / "tiab" / "my-review")
        raise InputError("this is not the full path of a folder", hint=f"Write it from the top, such as {example}.")
    return path


def _row(review: KnownReview) -> ReviewRow:
    exists = is_review(review.path)
    stale = exists and review.mark != review.current_mark
    return ReviewRow(review=review, where=short_path(review.path), exists=exists, stale=stale, used=_ago(review.used))


def _ago(time: str) -> str:
    """A time in words, such as "3 days ago"; "" for none."""
    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()
    except (ValueError, TypeError):
        return ""
    for size, name in ((_DAY, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count:,} {name}{'' if count == 1 else 's'} ago"
    return "just now"
