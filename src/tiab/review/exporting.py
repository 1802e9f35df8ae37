"""export: the records of a review with rank, decisions and reasons, in the format of another program."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tiab.decisions.carried import COLUMN, packed_annotations, packed_decisions
from tiab.decisions.decided import Decided
from tiab.formats import write_records
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review.annotations import Annotated
from tiab.review.reviewers import (
    labels_by_reviewer,
    own_labels,
    prior_labels,
    resolved_labels,
)
from tiab.review.snapshot import Snapshot
from tiab.review.states import RecordState
from tiab.store import Entry, GivenLabel

if TYPE_CHECKING:
    from tiab.review.queue import Queue

__all__ = ["export", "left_out"]


def export(
    path: str | Path,
    snapshot: Snapshot,
    queue: Queue | None,
    annotated: Annotated,
    *,
    reviewer: str | None = None,
    only: Collection[Decision] = (),
    duplicates: bool = False,
    brief: bool = False,
) -> Entry:
    """Writes the records to `path`, best first; what the log is to say of it.

    Args:
        queue: gives rank and score; without one the records stand in the order of their import.
        annotated: tags and notes, which go out with the decisions.
        reviewer: write this one's decisions only, for a reviewer who is blinded; None for all reviewers' together.
        only: write only the records with such a decision; all records where it is empty.
        duplicates: write the records that are linked as duplicates, too, each behind its main record.
        brief: write of each record what identifies it, and no more.

    Raises:
        InputError: the suffix names no format, or the file cannot be written.
    """
    columns = _columns(snapshot, queue, reviewer)
    _add_annotations(columns, snapshot, annotated, reviewer)
    records = _records(snapshot, queue, duplicates=duplicates)
    if only:
        wanted = {str(decision) for decision in only}
        records = [record for record in records if columns["decision"].get(record.record_id) in wanted]
    if brief:
        records = [Record(record_id=one.record_id, title=one.title, doi=one.doi, pmid=one.pmid) for one in records]
    used = {name: column for name, column in columns.items() if column or name == "decision"}
    write_records(path, records, columns=used)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    payload: dict[str, object] = {
        "name": Path(path).name,
        "sha256": digest,
        "records": len(records),
        "only": sorted(map(str, only)),
    }
    if only and reviewer is None:
        payload["left_out"] = left_out(snapshot)
    return Entry(kind="exported", reviewer=reviewer or "", payload=payload)


def _records(snapshot: Snapshot, queue: Queue | None, *, duplicates: bool) -> list[Record]:
    """The records as they are screened; with `duplicates`, all as they were read."""
    ids = list(snapshot.main_ids)
    if queue is not None:
        ids.sort(key=lambda record_id: queue.learned.ranks.get(record_id, len(snapshot.records)))
    if not duplicates:
        return [snapshot.merged_record(record_id) for record_id in ids]
    wanted = [one for record_id in ids for one in (record_id, *snapshot.groups.duplicates(record_id))]
    return [snapshot.records[snapshot.places[record_id]] for record_id in wanted]


def _columns(snapshot: Snapshot, queue: Queue | None, reviewer: str | None) -> dict[str, dict[str, object]]:
    """Column -> record id -> value; a duplicate has the decision of its main record."""
    state, groups = snapshot.state, snapshot.groups
    labels = snapshot.states.labels if reviewer is None else own_labels(state, groups, reviewer)
    shown = _shown(snapshot, reviewer)
    columns: dict[str, dict[str, object]] = {"rank": {}, "score": {}}
    if queue is not None and queue.learned.model is not None:
        scores = queue.learned.scores.tolist()
        columns["rank"] = dict(queue.learned.ranks)
        columns["score"] = {key: round(score, 6) for key, score in zip(queue.learned.record_ids, scores, strict=True)}
    columns["decision"] = {key: str(label.decision) for key, label in labels.items()}
    columns["reason"] = _joined(shown, "reason")
    columns["note"] = _joined(shown, "note")
    columns["reviewer"] = _joined(shown, "reviewer")
    columns["decided"] = _joined(shown, "when")
    columns["prior"] = {key: "yes" for key, label in labels.items() if label.prior}
    columns[COLUMN] = _carried(snapshot, labels, shown)
    if len(shown) > 1:
        for name, given in sorted(shown.items()):
            columns[f"decision_{name or 'unnamed'}"] = {key: str(one.label.decision) for key, one in given.items()}
        columns["conflict"] = dict.fromkeys(snapshot.states.in_state(RecordState.CONFLICT), "yes")
    columns["duplicate_of"] = dict(groups.main_of)
    columns["decision"] |= {
        key: columns["decision"][main_id] for key, main_id in groups.main_of.items() if main_id in columns["decision"]
    }
    columns[COLUMN] |= {  # those of a duplicate come with the record that it is a duplicate of
        key: packed_decisions(str(columns["decision"].get(key, "")), []) for key in groups.main_of
    }
    return columns


def _shown(snapshot: Snapshot, reviewer: str | None) -> dict[str, dict[str, GivenLabel]]:
    """Reviewer -> record id -> their decision: of one reviewer, or (None) all that somebody without a name may see."""
    by_reviewer, states = labels_by_reviewer(snapshot.state, snapshot.groups), snapshot.states
    if reviewer is not None:
        return {reviewer: by_reviewer.get(reviewer, {})}
    if len(by_reviewer) < 2:
        return by_reviewer
    return {
        name: {key: one for key, one in given.items() if states.may_see(None, key)}
        for name, given in by_reviewer.items()
    }


def left_out(snapshot: Snapshot) -> dict[str, int]:
    """Why records have no final decision yet -> how many; an export of some decisions only leaves them out."""
    waiting = (RecordState.AWAITING_FIRST, RecordState.AWAITING_SECOND, RecordState.CONFLICT)
    return {str(state): count for state, count in snapshot.states.counts.items() if state in waiting and count}


def _add_annotations(
    columns: dict[str, dict[str, object]], snapshot: Snapshot, annotated: Annotated, reviewer: str | None
) -> None:
    """Adds the labels and notes that stand beside no decision: for people, and for tiab to read again.

    Somebody without a name is shown others' where the policy of the review lets them see others' decisions.
    """
    people = {name for by in (*annotated.tags.values(), *annotated.notes.values()) for name in by}
    alone = len(people | {name for _, name in snapshot.state.labels}) < 2
    columns["labels"] = {}
    for key in {**annotated.tags, **annotated.notes}:
        seen = reviewer is None and (alone or snapshot.states.may_see(None, key))
        put, notes = annotated.tags.get(key, {}), annotated.notes.get(key, {})
        own = {name: put[name] for name in put if seen or name == reviewer}
        said = {name: notes[name].text for name in notes if seen or name == reviewer}
        if own or said:
            packed = str(columns[COLUMN].get(key) or packed_decisions(str(columns["decision"].get(key, "")), []))
            columns[COLUMN][key] = packed_annotations(packed, own, said)
            columns["labels"][key] = "; ".join(dict.fromkeys(tag for tags in own.values() for tag in tags))
            texts = [*said.values(), *str(columns["note"].get(key, "")).split("; ")]
            columns["note"][key] = "; ".join(dict.fromkeys(text for text in texts if text))


def _carried(
    snapshot: Snapshot, labels: Mapping[str, Label], shown: Mapping[str, Mapping[str, GivenLabel]]
) -> dict[str, object]:
    """Each decision with its reviewer and time, for tiab to read again; with prior knowledge and resolved conflicts."""
    state, groups = snapshot.state, snapshot.groups
    made: dict[str, list[Decided]] = {}
    for given in (prior_labels(state, groups), *shown.values()):
        for key, one in given.items():
            made.setdefault(key, []).append(_decided(one))
    for key, one in resolved_labels(state, groups).items():
        made.setdefault(key, []).append(replace(_decided(one), resolved=True))
    joint = {key: str(label.decision) for key, label in labels.items()}
    return {key: packed_decisions(joint.get(key, ""), several) for key, several in made.items()}


def _decided(given: GivenLabel) -> Decided:
    label = given.label
    return Decided(
        record=Record(record_id=label.record_id),
        decision=label.decision,
        reason=label.reason,
        note=given.note,
        prior=label.prior,
        reviewer=label.reviewer,
        time=given.when,
    )


def _joined(shown: Mapping[str, Mapping[str, GivenLabel]], what: str) -> dict[str, object]:
    """What goes with the decisions of the reviewers, each different text once."""
    said: dict[str, dict[str, None]] = {}
    for given in shown.values():
        for key, one in given.items():
            text = getattr(one.label if what in ("reason", "reviewer") else one, what)
            if text:
                said.setdefault(key, {})[text] = None
    return {key: "; ".join(texts) for key, texts in said.items()}
