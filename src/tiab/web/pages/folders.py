"""The page where somebody chooses a folder on this computer: that of a review, or the one for new reviews."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tiab.errors import InputError
from tiab.web.pages import page
from tiab.web.pages.home import Reviews
from tiab.web.user_files import is_review, short_path

__all__ = ["FolderListing", "list_folder", "router"]

router = APIRouter()

_MOST = 1000
"""So many folders are listed; further down there is a field for a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """What is in a folder.

    Attributes:
        above: the folders that lead to it, from the top of what may be listed.
        reviews, others: the folders within it that hold a review, and the rest, by name; hidden ones are left out.
        left_out: how many more there are.
        problem: why it could not be listed; "" where it could.
    """

    folder: Path
    above: tuple[Path, ...]
    reviews: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    left_out: int = 0
    problem: str = ""


def list_folder(folder: Path, tops: Iterable[Path]) -> FolderListing:
    """What is in `folder`.

    Args:
        tops: the folders that may be listed, with all that is in them.

    Raises:
        InputError: it is in none of them.
    """
    folder = Path(os.path.normpath(folder))
    top = next((one for one in tops if folder.is_relative_to(one)), None)
    if top is None:
        hint = "Type its path on the page of all reviews."
        raise InputError("only folders in your home folder are listed", path=folder, hint=hint)
    above = tuple(reversed([one for one in folder.parents if one.is_relative_to(top)]))
    try:
        found = sorted(_folders(folder), key=lambda path: path.name.casefold())
    except OSError as error:
        return FolderListing(folder=folder, above=above, problem=error.strerror or "it cannot be read")
    shown = found[:_MOST]
    reviews = tuple(filter(is_review, shown))
    others = tuple(path for path in shown if path not in reviews)
    return FolderListing(folder=folder, above=above, reviews=reviews, others=others, left_out=len(found) - len(shown))


def _folders(folder: Path) -> Iterable[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.is_dir():
                yield Path(entry.path)


@router.get("/folders")
def show_folders(
    request: Request,
    reviews: Reviews,
    at: Annotated[str, Query(max_length=4096)] = "",
    wanted: Literal["review", "place"] = "review",
) -> HTMLResponse:
    """What is in a folder, to open a review in it or, where a `place` is wanted, to keep new reviews there.

    Raises:
        InputError: it is not in the person's home folder, nor where reviews are kept.
    """
    home, kept = Path.home(), reviews.home.reviews_folder
    start = kept if kept.is_dir() and wanted == "review" else home
    chosen = Path(at) if at and "\0" not in at and Path(at).is_absolute() else start
    listing = list_folder(chosen, [home, kept])
    return page(request, "home/folders.html.j2", listing=listing, wanted=wanted, short=short_path, kept=kept)
