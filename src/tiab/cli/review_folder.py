"""What the commands that work on the folder of a review share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tiab.cli.show import note, progress_bar
from tiab.review import Review
from tiab.review.deciding import must_be_alone

__all__ = [
    "make_ready",
    "must_be_named",
    "opened",
    "say_warnings",
]


@contextmanager
def opened(folder: Path, *, jobs: int = 1) -> Iterator[Review]:
    """The review in `folder`, with a word about what whoever opens it should know."""
    with Review(folder, jobs=jobs) as review:
        say_warnings(review)
        yield review


def say_warnings(review: Review) -> None:
    """Says what whoever opens the review should know, on standard error."""
    for warning in review.warnings:
        note(f"Note: {warning}")


def make_ready(review: Review, reviewer: str | None) -> None:
    """Ranks for one reviewer, or (None) for all together; abstracts that are read for the first time move a bar."""
    with progress_bar("reading abstracts", review.status().records) as progress:
        review.learn(reviewer, progress=progress)


def must_be_named(review: Review, reviewer: str) -> None:
    """Raises LabelError where decisions without a name would be beside those of named reviewers."""
    if not reviewer:
        must_be_alone(review.status().reviewers.keys() - {""})
