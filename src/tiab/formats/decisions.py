"""Labels that an export carries: a column of decisions, ASReview's notes, Rayyan's inclusion notes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiab.errors import LabelError
from tiab.formats.table import heading
from tiab.labels import Decision
from tiab.records import Record

__all__ = ["COLUMNS", "NO_DECISION", "decision_of", "label_column"]

COLUMNS = (
    "decision", "label included", "included", "label", "asreview label", "final label", "final decision",
    "screening decision", "include", "inclusion", "label abstract",
)  # fmt: skip
"""Columns that hold decisions, best first, as `table.heading` spells them."""

NO_DECISION = frozenset(
    {"", "-1", "-1.0", "nan", "na", "n/a", "none", "null", "unlabelled", "unlabeled", "not seen", "?"}
)
"""What stands in such a column where nobody decided, in lower case."""
_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant|not_seen)")
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{([^}]*)\}")
_RAYYAN_ONE = re.compile(r"=>\s*\"?(Included|Excluded|Maybe|Undecided)", re.IGNORECASE)


def label_column(names: Iterable[str]) -> str:
    """The name, as the file spells it, of the column that holds decisions, or "".

    >>> label_column(["title", "label_included"])
    'label_included'
    """
    held = {heading(name): name for name in names}
    return next((held[column] for column in COLUMNS if column in held), "")


def decision_of(record: Record, column: str) -> Decision | None:
    """What `record` says was decided on it, in `column` or in its notes; None where it says nothing.

    Raises:
        LabelError: the column holds something that is no decision.
    """
    for name, value in record.extra:
        if column and name == column:
            return None if value.strip().casefold() in NO_DECISION else _parsed(record, column, value)
    for _, value in record.extra:
        noted = _noted(value)
        if noted is not None:
            return noted
    return None


def _parsed(record: Record, column: str, value: str) -> Decision:
    try:
        return Decision.parse(value)
    except LabelError as error:
        raise LabelError(
            f"record {record.record_id}: '{value}' in column '{column}' is not a decision",
            path=record.source,
            hint="Use include, exclude or maybe (or 1 and 0), or leave it blank.",
        ) from error


def _noted(note: str) -> Decision | None:
    """The decision in a note of ASReview, or of Rayyan, whose reviewers must agree for more than a maybe."""
    match = _ASREVIEW.search(note)
    if match:
        return {"relevant": Decision.INCLUDE, "irrelevant": Decision.EXCLUDE}.get(match[1])
    rayyan = _RAYYAN.search(note)
    if rayyan:
        said = {Decision.parse(word) for word in _RAYYAN_ONE.findall(rayyan[1])}
        if said:
            return said.pop() if len(said) == 1 else Decision.MAYBE
    return None
