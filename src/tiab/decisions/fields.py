"""Which column, field or note of an export is a decision, in the programs that write them, and what it says.

A name means different things to different programs: EndNote and BibTeX have a field `label` of their own, revtools
calls a citation key so. Names that are not a decision's alone count as one only in a table, and only where all that
stands in them is decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tiab.decisions.carried import read_time
from tiab.errors import LabelError
from tiab.folding import heading
from tiab.labels import Decision
from tiab.records import Record

__all__ = ["decided_when", "decision_of", "is_prior", "label_column", "note_of", "reason_of", "tags_of"]

_COLUMNS = (
    "asreview label", "decision", "final included", "label included", "included label", "included final", "included",
    "included flag", "label", "include", "final label", "final decision", "screening decision", "inclusion",
    "abstract included", "included abstract", "included after abstract", "label abstract screening",
    "label abstract included", "label abstract", "screened abstracts", "screened titles",
)  # fmt: skip
"""Columns that hold decisions, best first, as `folding.heading` spells them: tiab, ASReview, metagear, revtools."""

_DOUBTFUL = frozenset({"label", "include", "inclusion"})
"""Those of them that other programs, or people, use for something else."""

_UNDECIDED = frozenset({
    "", "-1", "-1.0", "nan", "na", "n/a", "n.a.", "#n/a", "<na>", "none", "null", "nil", "?", "-", "–", "—",
    "unlabelled", "unlabeled", "not labelled", "not labeled", "not seen", "unseen", "not vetted", "unvetted",
    "unknown", "undetermined", "undecided", "not decided", "no decision", "not screened", "unscreened",
    "not reviewed", "unreviewed", "not assessed", "unassigned", "pending", "open", "to do", "todo", "tbd",
    "to be decided", "to be screened",
})  # fmt: skip
"""What stands in such a column where nobody decided, in lower case."""

_ASREVIEW = re.compile(r"ASReview_(relevant|irrelevant|not_seen)")
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{([^}]*)\}")
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|\n]+)")
_RAYYAN_LABELS = re.compile(r"RAYYAN-LABELS:\s*([^|\n]+)")
_RAYYAN_NOTE = re.compile(r"=>\s*\[\s*\"((?:[^\"\\]|\\.)*)\"")
_RAYYAN_ONE = re.compile(r"=>\s*\"?(Included|Excluded|Maybe)", re.IGNORECASE)
_COVIDENCE = re.compile(r"Exclusion reason:\s*([^;\n]*[^;\s])[;\s]*", re.IGNORECASE)
_REASONS = ("reason", "reasons", "exclusion reason", "exclusion reasons")
_NOTES = ("note", "notes", "n1", "asreview note", "exported notes 1")
_TIMES = ("decided", "asreview time")
_PRIORS = ("prior", "asreview prior")


def label_column(records: Sequence[Record], *, is_table: bool) -> str:
    """The name, as the file spells it, of the column that holds the decisions on `records`, or "".

    Args:
        is_table: the file is a table or JSON, whose columns people name; not a format with fields of its own.

    >>> label_column([Record(record_id="1", extra=(("title2", "x"), ("label_included", "1")))], is_table=True)
    'label_included'
    """
    held = {heading(name): name for record in records for name, _ in record.extra}
    for column in _COLUMNS:
        if column in held and (column not in _DOUBTFUL or (is_table and _all_decisions(records, held[column]))):
            return held[column]
    return ""


def decision_of(record: Record, column: str) -> Decision | None:
    """What `record` says was decided on it, in `column` or in its notes; None where it says nothing.

    Raises:
        LabelError: the column holds something that is neither a decision nor a word for none.
    """
    for name, value in record.extra:
        if column and name == column:
            return None if _is_undecided(value) else _parsed(record, column, value)
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
    own = _first(record, _REASONS)
    if own:
        return own
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


def tags_of(record: Record) -> tuple[str, ...]:
    """The labels that a user of Rayyan put on it.

    >>> tags_of(Record(record_id="1", extra=(("notes", 'RAYYAN-INCLUSION: {"Ann"=>"Maybe"} | RAYYAN-LABELS: x,y z'),)))
    ('x', 'y z')
    """
    found = (_RAYYAN_LABELS.search(value) for _, value in record.extra)
    return tuple(tag for one in found if one for tag in map(str.strip, one[1].split(",")) if tag)


def decided_when(record: Record) -> str:
    """When it was decided on, ISO 8601, as a column of tiab or ASReview says; "" where none does."""
    said = _first(record, _TIMES)
    return read_time(said) if said else ""


def is_prior(record: Record) -> bool:
    """Whether a column of tiab or ASReview says that the decision was prior knowledge."""
    return _first(record, _PRIORS).casefold() in ("yes", "1", "1.0", "true")


def _first(record: Record, names: Iterable[str]) -> str:
    wanted = frozenset(names)
    return next((value.strip() for name, value in record.extra if heading(name) in wanted and value.strip()), "")


def _is_undecided(value: str) -> bool:
    return " ".join(value.replace("_", " ").casefold().split()) in _UNDECIDED


def _all_decisions(records: Sequence[Record], name: str) -> bool:
    """Whether everything in a column is a decision or a word for none, and something is a decision."""
    values = {value for record in records for one, value in record.extra if one == name}
    said = [value for value in values if not _is_undecided(value)]
    return bool(said) and all(map(_is_decision, said))


def _is_decision(value: str) -> bool:
    try:
        Decision.parse(value)
    except LabelError:
        return False
    return True


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
