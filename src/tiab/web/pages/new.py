"""The page where a review is made: its title, its question, and who screens it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tiab.errors import InputError
from tiab.review import Policy
from tiab.web.pages import page
from tiab.web.pages.home import Reviews, address_of, clean_name
from tiab.web.user_files import short_path

__all__ = ["router"]

router = APIRouter()


class NewRequest(BaseModel):
    """A review that is to be made; `scheme`: how many reviewers decide on each record, as `Policy` has it."""

    title: str = Field(max_length=500)
    question: str = Field("", max_length=2000)
    name: str = Field("", max_length=200)
    scheme: Literal["", "one", "two"] = ""


@router.get("/new")
def show_new(request: Request, reviews: Reviews) -> HTMLResponse:
    """The form."""
    return page(request, "home/new.html.j2", name=reviews.home.person, folder=short_path(reviews.home.reviews_folder))


@router.post("/new")
def create(reviews: Reviews, body: NewRequest) -> dict[str, str]:
    """Makes the review; the address of its next step, which is to import records.

    Raises:
        InputError: it has no title.
    """
    title, name = clean_name(body.title), clean_name(body.name)
    if not title:
        raise InputError("the review has no title", hint="Enter a title; you can change it later.")
    key = reviews.create(title, clean_name(body.question), name, Policy(scheme=body.scheme))
    reviews.home.set_person(name)
    return {"address": f"{address_of(key)}import"}
