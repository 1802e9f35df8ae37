"""Rewriting: the criteria of a review as a text that a person edits; every version that held stays in the log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tiab.criteria import Criteria, parse_criteria
from tiab.errors import CriteriaError, InputError, LabelError, ReviewError
from tiab.reading import read_whole
from tiab.review.criteriafile import CRITERIA_NAME, as_toml
from tiab.review.service import Review
from tiab.writing import write_bytes

__all__ = ["Draft", "Version", "old_text", "read_draft", "save_draft", "versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of the criteria, and a mark that changes with it; "" where there are none."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Criteria that held from some time on: the number of their entry in the log, the time, and their title."""

    event_id: int
    time: str
    title: str
    terms: int


def read_draft(review: Review) -> Draft:
    """The text of the criteria file, mistakes and all; where there is no file, what the log says.

    Raises:
        CriteriaError: the file cannot be read as text.
    """
    path = review.folder / CRITERIA_NAME
    try:
        if path.exists():
            text = read_whole(path).decode("utf-8-sig")
        else:
            text = as_toml(review.criteria) if review.criteria else ""
    except (InputError, UnicodeDecodeError) as error:
        raise CriteriaError("cannot be read as text", path=CRITERIA_NAME, hint="Save it as UTF-8 text.") from error
    return Draft(text=text, mark=hashlib.sha256(text.encode()).hexdigest()[:16])


def save_draft(review: Review, text: str, *, mark: str) -> Draft:
    """Puts `text` into the criteria file, whole or not at all, and notes the criteria in the log.

    Args:
        mark: that of the text which was edited.

    Raises:
        CriteriaError: there is a mistake in the text; the file is as it was.
        InputError: the file cannot be written.
        ReviewError: somebody else changed the file since.
    """
    text = text.replace("\r\n", "\n")
    parse_criteria(text, path=CRITERIA_NAME)
    if read_draft(review).mark != mark:
        hint = "Copy your text, load the page again, and see what is different."
        raise ReviewError("the criteria were changed elsewhere since you opened them", hint=hint)
    write_bytes(review.folder / CRITERIA_NAME, text.encode())
    _ = review.snapshot  # which logs criteria that changed
    return read_draft(review)


def versions(review: Review) -> tuple[Version, ...]:
    """The criteria that have held, last first."""
    found = []
    for event in review.events():
        if event.kind == "criteria" and event.payload.get("criteria"):
            criteria = Criteria.from_dict(event.payload["criteria"])
            terms = sum(len(concept.terms) + len(concept.abbreviations) for concept in criteria.concepts)
            found.append(Version(event_id=event.event_id, time=event.time, title=criteria.title, terms=terms))
    return tuple(reversed(found))


def old_text(review: Review, event_id: int) -> str:
    """The criteria that the log noted under that number, as TOML, without the comments that the file had.

    Raises:
        LabelError: it noted none there.
    """
    for event in review.events():
        if event.event_id == event_id and event.kind == "criteria" and event.payload.get("criteria"):
            return as_toml(Criteria.from_dict(event.payload["criteria"]))
    raise LabelError(f"entry {event_id} of the log holds no criteria", hint="Look again.")
