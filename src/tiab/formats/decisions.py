"""Labels that an export carries: a column of decisions, or the notes of ASReview, Rayyan and Covidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiab.errors import LabelError
from tiab.formats.table import heading
from tiab.labels import Decision
from tiab.records import Record

__all__ = ["NO_DECISION", "decision_of", "label_column", "note_of", "reason_of"]

_COLUMNS = (
    "asreview label", "decision", "label included", "included", "label", "final label", "final decision",
    "screening decision", "include", "inclusion", "label abstract",
)  # fmt: skip
"""Columns that hold decisions, best first, as `table.heading` spells them."""

NO_DECISION = frozenset(
    {"", "-1", "-1.0", "nan", "na", "n/a", "none", "null", "unlabelled", "unlabeled", "not seen", "?"}
)
"""What stands in such a column where nobody decided, in lower case."""
_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant|not_seen)")
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{([^}]*)\}")
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n]+)")
_RAYYAN_NOTE = re.compile(r"=>\s*\[\s*\"((?:[^\"\\]|\\.)*)\"")
_COVIDENCE = re.compile(r"Exclusion reason:\s*([^;\n]*[^;\s])[;\s]*", re.IGNORECASE)
_REASONS = ("reason", "reasons", "exclusion reason", "exclusion reasons")
_NOTES = ("note", "notes", "n1", "asreview note", "exported notes 1")
_RAYYAN_ONE = re.compile(r"=>\s*\"?(Included|Excluded|Maybe|Undecided)", re.IGNORECASE)


def label_column(names: Iterable[str]) -> str:
    """The name, as the file spells it, of the column that holds decisions, or "".

    >>> label_column(["title", "label_included"])
    'label_included'
    """
    held = {heading(name): name for name in names}
    return next((held[column] for column in _COLUMNS if column in held), "")


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


def reason_of(record: Record) -> str:
    """Why it was excluded, as a column or a note of Rayyan or Covidence says; "" where none does.

    >>> reason_of(Record(record_id="1", extra=(("N1", "Exclusion reason: Wrong population; "),)))
    'Wrong population'
    """
    for name, value in record.extra:
        if heading(name) in _REASONS and value.strip():
            return value.strip()
    for _, value in record.extra:
        rayyan, covidence = _RAYYAN_REASONS.search(value), _COVIDENCE.search(value)
        if rayyan:
            return "; ".join(reason.strip() for reason in rayyan[1].split(",") if reason.strip())
        if covidence:
            return covidence[1]
    return ""


def note_of(record: Record) -> str:
    """What people noted beside the decision, without what the program they used wrote around it.

    >>> note_of(Record(record_id="1", extra=(("notes", 'RAYYAN-INCLUSION: {"Ann"=>"Maybe"} | RAYYAN-LABELS: x'),)))
    ''
    """
    for name, value in record.extra:
        if heading(name) in _NOTES and "RAYYAN-" in value:
            return "; ".join(_RAYYAN_NOTE.findall(value))
        plain = _COVIDENCE.sub("", _ASREVIEW.sub("", value)).strip()
        if heading(name) in _NOTES and plain:
            return plain
    return ""


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
    """The decision in a note: ASReview's, Covidence's reason, or Rayyan's if its reviewers agree; a maybe if not."""
    match = _ASREVIEW.search(note)
    if match:
        return {"relevant": Decision.INCLUDE, "irrelevant": Decision.EXCLUDE}.get(match[1])
    rayyan = _RAYYAN.search(note)
    if rayyan:
        said = {Decision.parse(word) for word in _RAYYAN_ONE.findall(rayyan[1])}
        if said:
            return said.pop() if len(said) == 1 else Decision.MAYBE
    return Decision.EXCLUDE if _COVIDENCE.search(note) else None
