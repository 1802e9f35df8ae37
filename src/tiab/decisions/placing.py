"""The decisions of files on the records of a pool: each label reaches the record that it was made on, or none does."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tiab.decisions.decided import Decided, FileLabels
from tiab.decisions.matching import Matching, match_decisions
from tiab.decisions.reading import read_decisions
from tiab.decisions.record_index import RecordIndex
from tiab.errors import LabelError
from tiab.formats.pool import Pool
from tiab.labels import Decision, Label, as_labels
from tiab.records import Record

__all__ = ["labels_on", "pool_labels", "pool_reasons"]


def labels_on(records: Sequence[Record], labels: Iterable[Label] | Mapping[str, object] | None) -> dict[str, Label]:
    """The labels by the ids of `records`: those of a file reach the records that they were made on.

    Args:
        labels: what `read_labels` gave; or Label objects, or record id -> decision, which name these records' own ids.

    Raises:
        LabelError: a value is no decision, or a label of a file is on none of `records`.
    """
    if not isinstance(labels, FileLabels):
        return as_labels(labels)
    placed, doubts = _placed(labels, records, {})
    for doubt in (*labels.warnings, *doubts):
        warnings.warn(f"{labels.path}: {doubt}", stacklevel=3)
    return {record_id: _label(record_id, one) for record_id, one in placed.items()}


def pool_labels(pool: Pool, paths: Iterable[str | Path]) -> tuple[dict[str, Decision], list[str]]:
    """Record id in the pool -> the decision that the files carry, of several the last; and what looks doubtful.

    In a file that the pool was read from, a label belongs to the record of that id there.

    Raises:
        InputError: a file cannot be read.
        LabelError: a file carries no decisions, or one that is on none of the pool's records.
    """
    labels, doubts = pool_reasons(pool, paths)
    return {record_id: label.decision for record_id, label in labels.items()}, doubts


def pool_reasons(pool: Pool, paths: Iterable[str | Path]) -> tuple[dict[str, Label], list[str]]:
    """The same with the reasons for exclusion that the files give."""
    labels: dict[str, Label] = {}
    doubts: list[str] = []
    for path in paths:
        file = pool.file(path)
        read = read_decisions(path, reading=file.reading if file else None)
        placed, more = _placed(read, pool.records, file.ids if file else {})
        doubts += [f"{path}: {one}" for one in (*read.warnings, *more)]
        new = {record_id: _label(record_id, one) for record_id, one in placed.items()}
        changed = [key for key, one in new.items() if labels.get(key, one).decision is not one.decision]
        if changed:
            doubts.append(
                f"{path}: decides otherwise than an earlier file on {len(changed)} records "
                f"('{changed[0]}' first); the later file counts"
            )
        labels |= new
    return labels, doubts


def _placed(
    labels: FileLabels, records: Sequence[Record], own_ids: Mapping[str, str]
) -> tuple[dict[str, Decided], tuple[str, ...]]:
    """Record id -> what was decided, and warnings; `own_ids` leads from the ids of the file to those of `records`."""
    if all(one.record.record_id in own_ids for one in labels.decided):
        return {own_ids[one.record.record_id]: one for one in labels.decided}, ()
    by_id = {record.record_id: record for record in records}
    if all(by_id.get(one.record.record_id) == one.record for one in labels.decided):
        return {one.record.record_id: one for one in labels.decided}, ()
    matching = match_decisions(labels.decided, RecordIndex(records))
    if matching.missing:
        raise _misplaced(labels, matching)
    return dict(matching.found), matching.warnings


def _label(record_id: str, one: Decided) -> Label:
    return Label(record_id=record_id, decision=one.decision, reason=one.reason)


def _misplaced(labels: FileLabels, matching: Matching) -> LabelError:
    n, of = len(matching.missing), len(labels.decided)
    if matching.apart:
        hint = "The same number means another record in each file: give the file that was labelled among the records."
        return LabelError(matching.apart[0], path=labels.path, hint=hint)
    some = ", ".join(matching.missing[:5]) + (" …" if n > 5 else "")
    hint = "Give the records that were labelled too, or check the ids."
    return LabelError(f"{n} of {of} labels name no record of the pool ({some})", path=labels.path, hint=hint)
