"""Reading decisions: what exports of tiab, Rayyan, Covidence and ASReview, ASReview's projects and tables carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tiab.decisions.asreview import is_project, read_project
from tiab.decisions.carried import carried, carried_annotations
from tiab.decisions.decided import CarriedAnnotation, Decided, FileLabels
from tiab.decisions.fields import decided_when, decision_of, is_prior, label_column, note_of, reason_of, tags_of
from tiab.decisions.order import tells_order
from tiab.errors import InputError, LabelError
from tiab.formats import ReadResult, read_each
from tiab.formats.key_table import IDENTIFIERS, is_key_table, read_rows
from tiab.labels import Decision
from tiab.records import Record, normalise_doi

__all__ = ["read_decisions", "read_labels"]

_TABLES = ("table", "XLSX", "JSON")
_PMID = re.compile(r"(?<!\d)0*([1-9]\d*)(?:\.0+)?(?!\d)")
_AGAIN = re.compile(r"(.+)#\d+", re.DOTALL)
"""The id that a second record of one id in a file is given."""


def read_labels(path: str | Path) -> FileLabels:
    """The decisions that a file carries, by the ids that its records have there; one on each record.

    They are read from a column such as `label_included` or `decision` (1/0 or words; blank, -1 and words such as "not
    vetted" are no decision), from the notes of ASReview, Rayyan and Covidence, or from an ASReview project. A table
    needs record ids, PMIDs or DOIs beside the decisions, and nothing else.

    Raises:
        InputError: as `read_records`.
        LabelError: a value is no decision, or the file has neither such a column nor such notes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "decisions.csv")
    ...     _ = path.write_text("pmid,decision\\n16815786,include\\n26105554,exclude\\n26105555,\\n")
    ...     {record_id: str(decision) for record_id, decision in read_labels(path).items()}
    {'16815786': 'include', '26105554': 'exclude'}
    """
    return read_decisions(path)


def read_decisions(
    path: str | Path,
    *,
    decision: Decision | None = None,
    default: Decision | None = None,
    by_reviewer: bool = False,
    reading: ReadResult | None = None,
) -> FileLabels:
    """What `read_labels` gives.

    Args:
        decision: the one that was made on each record of the file, which is a list of such records.
        default: the same, where the file carries no decisions.
        by_reviewer: of a file that tiab exported each reviewer's decisions, not what they come to together.
        reading: what `tiab.formats.read` gave for the file, where it was read already.

    Raises:
        InputError: the file cannot be read.
        LabelError: it carries no decisions.
    """
    if decision is None and is_project(path):
        decided, others = read_project(path)
        return _labels(path, decided, others=others, ordered=True)
    records, is_table, warnings = _records(path, reading)
    if decision is None:
        column = label_column(records, is_table=is_table)
        said = [decision_of(record, column) for record in records]
        made = [_made(record, one, by_reviewer) for record, one in zip(records, said, strict=True)]
        if column or any(made):
            decided = [one for several in made for one in several]
            others = [record for record, several in zip(records, made, strict=True) if not several]
            labels = _labels(path, decided, others=others, ordered=tells_order(decided), warnings=warnings)
            return replace(labels, annotations=tuple(one for record in records for one in _annotations(record)))
        if default is None:
            raise _no_decisions(path)
        decision = default
    return _labels(path, [_decided(record, decision) for record in records], warnings=warnings)


def _labels(
    path: str | Path,
    decided: Sequence[Decided],
    *,
    others: Sequence[Record] = (),
    ordered: bool = False,
    warnings: Iterable[str] = (),
) -> FileLabels:
    said = (*warnings, *_twice(decided))
    return FileLabels(path=str(path), decided=tuple(decided), others=tuple(others), ordered=ordered, warnings=said)


def _records(path: str | Path, reading: ReadResult | None) -> tuple[list[Record], bool, list[str]]:
    """The records of a file, whether people name its columns, and what could not be read."""
    if reading is None and is_key_table(path):
        return list(_key_rows(path)), True, []
    readings = [reading] if reading else read_each(path)
    records = [record for one in readings for record in one.records]
    lost = [(one.path, record) for one in readings for record in one.unreadable]
    if lost and not records:
        where, first = lost[0]
        raise InputError(f"cannot be read: {first.reason}", path=where, line=first.line, hint="Export it again.")
    warnings = [f"{len(lost)} of its records cannot be read, nor what was decided on them"] if lost else []
    return records, all(name in _TABLES for one in readings for name in one.format.split(", ")), warnings


def _key_rows(path: str | Path) -> Iterator[Record]:
    """The rows of a table of nothing but identifiers and decisions."""
    for _, row in read_rows(path):
        record_id, pmid, doi = (row.get(name, "") for name in IDENTIFIERS)
        extra = tuple((name, value) for name, value in row.items() if name not in IDENTIFIERS)
        record = Record(
            record_id=record_id, pmid=_number(pmid), doi=normalise_doi(doi), source=Path(path).name, extra=extra
        )
        if record.record_id or record.pmid or record.doi:
            yield record


def _number(pmid: str) -> str:
    """The digits of a PMID, without what stands around them in tables."""
    found = _PMID.search(pmid)
    return found[1] if found else ""


def _made(record: Record, joint: Decision | None, by_reviewer: bool) -> Sequence[Decided]:
    """The decisions on one record: what the file shows, or what each reviewer said to come to that."""
    several = carried(record, joint) if by_reviewer else None
    if several is not None:
        return several
    return [_decided(record, joint)] if joint is not None else []


def _decided(record: Record, decision: Decision) -> Decided:
    return Decided(
        record=record,
        decision=decision,
        reason=reason_of(record),
        note=note_of(record),
        prior=is_prior(record),
        time=decided_when(record),
    )


def _annotations(record: Record) -> Iterator[CarriedAnnotation]:
    """What reviewers put on one record besides decisions: by tiab's own column, else by Rayyan's note."""
    tags, notes = carried_annotations(record)
    tags = tags or {"": tags_of(record)}
    for name in {**tags, **notes}:
        if tags.get(name) or notes.get(name):
            yield CarriedAnnotation(record=record, reviewer=name, tags=tags.get(name, ()), note=notes.get(name, ""))


def _twice(decided: Iterable[Decided]) -> Iterator[str]:
    """A warning for each id that stands in the file twice with different decisions."""
    by_id: dict[str, dict[Decision, None]] = {}
    for one in decided:
        if one.reviewer:  # of whom several may disagree
            continue
        again = _AGAIN.fullmatch(one.key)
        base = again[1] if again and again[1] in by_id else one.key
        by_id.setdefault(base, {})[one.decision] = None
    for record_id, said in by_id.items():
        if len(said) > 1:
            yield f"record '{record_id}' is decided on twice ({', then '.join(said)})"


def _no_decisions(path: str | Path) -> LabelError:
    hint = (
        "Give it a column called 'decision' with include, exclude or maybe. A list of records with one decision, as "
        "Covidence writes them, goes in with tiab label DIR --from FILE --as exclude."
    )
    return LabelError("holds no decisions", path=path, hint=hint)
