"""What the commands that work on a review share: opening it, its options, its progress bar."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiab.cli.show import note, progress_bar

if TYPE_CHECKING:
    from tiab.review import Review

__all__ = [
    "FolderArgument",
    "ReviewerOption",
    "counted",
    "is_review",
    "make_ready",
    "opened",
    "own_files",
    "say_warnings",
]

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the review.", show_default=False)]
ReviewerOption = Annotated[
    str,
    typer.Option("--reviewer", "-r", envvar="TIAB_REVIEWER", help="Who decides, where there are several reviewers."),
]


def is_review(path: Path) -> bool:
    """Whether a path is the folder of a review."""
    from tiab.store import FILE_NAME

    return os.path.isfile(path / FILE_NAME)  # which says no, where Path.is_file raises


def own_files(folder: Path) -> list[Path]:
    """The files in which a review keeps what cannot be made again."""
    from tiab.review.criteria_file import CRITERIA_NAME
    from tiab.review.notes import DRAFTS
    from tiab.store import ANCHOR_NAME, FILE_NAME
    from tiab.web.settings import FILE_NAME as SETTINGS_NAME

    database = [f"{FILE_NAME}{end}" for end in ("", "-wal", "-shm", "-journal")]
    kept = (*database, ANCHOR_NAME, CRITERIA_NAME, SETTINGS_NAME)
    return [*(folder / name for name in kept), *folder.glob(DRAFTS)]


@contextmanager
def opened(folder: Path, *, jobs: int = 1) -> Iterator[Review]:
    """The review in `folder`; what it reads while it ranks is shown by a bar where `make_ready` is called."""
    from tiab.review import Review

    with Review(folder, jobs=jobs, progress=lambda done: _BARS[-1](done) if _BARS else None) as review:
        say_warnings(review)
        yield review


def say_warnings(review: Review) -> None:
    """Says what whoever opens the review should know, on standard error."""
    for warning in review.warnings:
        note(f"Note: {warning}")


_BARS: list[Callable[[int], None]] = []


def make_ready(review: Review, reviewer: str | None) -> None:
    """Ranks for one reviewer, or (None) for all together; abstracts that are read for the first time move a bar."""
    with progress_bar("reading abstracts", review.status().records) as bar:
        _BARS.append(bar)
        try:
            review.learn(reviewer)
        finally:
            _BARS.pop()


def counted(n: int, what: str) -> str:
    """How many of a thing, in words.

    >>> counted(1, "record"), counted(2, "record")
    ('1 record', '2 records')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
