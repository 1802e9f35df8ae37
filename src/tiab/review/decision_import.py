"""Importing: the decisions of a file as entries of the log, and imports taken back as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tiab.decisions import Decided, FileLabels, Matching, find_record, match_decisions, moment
from tiab.decisions.decided import CarriedAnnotation
from tiab.errors import LabelError, ReviewError
from tiab.labels import Label
from tiab.review.annotations import LONGEST_TAG, Annotated, note_entries, tag_entries
from tiab.review.deciding import must_be_alone
from tiab.review.snapshot import Snapshot
from tiab.store import Entry, GivenLabel, Import, LogState, label_entry

__all__ = ["DecisionsReport", "carried_entries", "find_import", "label_entries", "plan_import", "undo_entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsReport:
    """What became of the decisions of one file.

    Attributes:
        name: the file's name, without its folder.
        found: (record id in the review, what was said of it), in the order of the file.
        missing: the names of those that the review does not hold.
        stored: how many decisions were stored: those that the review did not have yet.
        undecided: how many records of the file have no decision.
        annotations: how many labels and notes beside no decision were stored.
        reviewers: name -> how many of the decisions found are theirs.
        number: of the import, for undoing it; 0 where nothing was stored.
        warnings: sentences about what looks doubtful.
    """

    name: str
    found: tuple[tuple[str, Decided], ...]
    missing: tuple[str, ...]
    stored: int = 0
    undecided: int = 0
    annotations: int = 0
    reviewers: Mapping[str, int]
    number: int = 0
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        names = ("name", "stored", "undecided", "annotations", "number")
        plain = {name: getattr(self, name) for name in names}
        lists = {"missing": list(self.missing), "warnings": list(self.warnings), "reviewers": dict(self.reviewers)}
        return {"found": [record_id for record_id, _ in self.found]} | lists | plain


def plan_import(
    labels: FileLabels, snapshot: Snapshot, *, reviewer: str | None, prior: bool
) -> tuple[DecisionsReport, Entry, list[Entry]]:
    """What is to be said of a file's decisions, the entry of its import, and those of the decisions to be stored.

    Args:
        reviewer: whose decisions they are that the file gives no name; "" for nobody's name, None where that is open.
        prior: they are prior knowledge, whatever the file says.

    Raises:
        LabelError: somebody has to say whose decisions they are.
    """
    matching = match_decisions(labels.decided, snapshot.record_index)
    named = replace(matching, found=tuple((key, _named(one, reviewer, prior)) for key, one in matching.found))
    if any(not one.reviewer for _, one in named.found):
        _must_be_said(labels.path, "" if prior and reviewer is None else reviewer, snapshot.logged)
    digest = hashlib.sha256(Path(labels.path).read_bytes()).hexdigest()
    ordered = labels.ordered and not prior and _could_all_come_up(labels, matching, snapshot)
    entries = label_entries(named, snapshot.logged, sha256=digest, ordered=ordered)
    report = DecisionsReport(
        name=Path(labels.path).name,
        found=named.found,
        missing=named.missing,
        stored=len(entries),
        undecided=labels.undecided,
        reviewers=Counter(one.reviewer for _, one in named.found),
        warnings=(*labels.warnings, *named.warnings, *named.apart[:1]),
    )
    payload = {
        "name": report.name,
        "sha256": digest,
        "found": len(named.found),
        "stored": len(entries),
        "missing": len(named.missing),
        "undecided": labels.undecided,
    }
    return report, Entry(kind="decisions_imported", reviewer=reviewer or "", payload=payload), entries


def label_entries(matching: Matching, state: LogState, *, sha256: str = "", ordered: bool = False) -> list[Entry]:
    """The entries that store what was found, but for what the review has already; by time where all have one.

    Args:
        sha256: of the file; what an import of the same file stored is not stored again, whatever was decided since.
        ordered: the file tells in which order the records of the review were read.
    """
    found = list(matching.found)
    if all(one.time for _, one in found):
        found.sort(key=lambda pair: moment(pair[1].time))
    same_file = {one.event_id for one in state.files if sha256 and one.sha256 == sha256}
    priors = {(key, given[-1].label.decision) for (key, _), given in state.labels.items() if given[-1].label.prior}
    entries = []
    for record_id, one in found:
        label = Label(
            record_id=record_id, decision=one.decision, reviewer=one.reviewer, reason=one.reason, prior=one.prior
        )
        given = state.resolved.get(record_id, ()) if one.resolved else state.labels.get((record_id, one.reviewer), ())
        told = one.prior and (record_id, one.decision) in priors  # prior knowledge is everybody's
        if not told and not _is_known(label, one, given, same_file):
            kind = "resolved" if one.resolved else "labelled"
            entries.append(label_entry(label, note=one.note, ordered=ordered, decided=one.time, kind=kind))
    return entries


def carried_entries(
    carried: Iterable[CarriedAnnotation], snapshot: Snapshot, now: Annotated, *, reviewer: str
) -> list[Entry]:
    """The entries that store what a file carries, but for what the review has already.

    Args:
        reviewer: whose it is where the file names nobody.
    """
    entries: list[Entry] = []
    for one in carried:
        record = find_record(one.record, snapshot.record_index)
        if record is None:
            continue
        main_id, name = snapshot.groups.main_id(record.record_id), one.reviewer or reviewer
        for tag in filter(str.strip, one.tags):
            entries += tag_entries([main_id], tag[:LONGEST_TAG], on=True, reviewer=name, now=now)
        noted = now.note_of(main_id, name)
        if one.note:
            entries += note_entries([main_id], one.note, reviewer=name, before={main_id: noted.text if noted else ""})
    return entries


def _could_all_come_up(labels: FileLabels, matching: Matching, snapshot: Snapshot) -> bool:
    """Whether the file holds all records of the review but those known beforehand: others could not come up in it.

    Without that the order in which it was read says nothing of what may be missing.
    """
    known, main_id = snapshot.record_index, snapshot.groups.main_id
    try:
        others = [find_record(record, known) for record in labels.others]
    except LabelError:  # an id of several files: no telling which record is meant
        return False
    held = {main_id(record_id) for record_id, _ in matching.found}
    held |= {main_id(record.record_id) for record in others if record is not None}
    prior = {record_id for record_id, label in snapshot.labels(None).items() if label.prior}
    return set(snapshot.main_ids) <= held | prior


def find_import(state: LogState, number: int) -> Import:
    """The import of that number.

    Raises:
        ReviewError: there is none.
    """
    found = next((one for one in state.files if one.number == number), None)
    if found is None:
        many = f"{len(state.files)} imports" if len(state.files) != 1 else "1 import"
        raise ReviewError(f"there is no import {number}; this review has {many}", hint="tiab status lists them.")
    return found


def undo_entries(state: LogState, number: int, *, reviewer: str) -> list[Entry]:
    """The entries that take an import back: its decisions one by one, or its records out of the pool.

    Raises:
        ReviewError: there is no such import, it was undone, or the log doesn't say what later files had of it.
    """
    taken = find_import(state, number)
    if taken.undone:
        raise ReviewError(
            f"import {number} ({taken.name}) was undone already", hint="Import the file again to redo it."
        )
    silent = next((one for one in state.files if one.held is None and one.number > number), None)
    if taken.kind == "records" and silent is not None:
        raise ReviewError(
            f"import {number} cannot be undone: import {silent.number} ({silent.name}) had some of its records, and "
            "an earlier version of tiab did not write down which",
            hint=f"Undo import {silent.number} first, then import both files that you want to keep again.",
        )
    stacks: Iterable[tuple[GivenLabel, ...]] = (*state.labels.values(), *state.resolved.values())
    brought = sorted((one for given in stacks for one in given if one.import_id == taken.event_id), key=_place)
    undone = [
        Entry(kind="undone", reviewer=one.label.reviewer, record_id=one.label.record_id, target=one.event_id)
        for one in brought
    ]
    payload = {"number": number, "name": taken.name, "what": taken.kind}
    return [*undone, Entry(kind="import_undone", reviewer=reviewer, target=taken.event_id, payload=payload)]


def _place(given: GivenLabel) -> int:
    return given.place


def _named(one: Decided, reviewer: str | None, prior: bool) -> Decided:
    return replace(one, reviewer=one.reviewer or reviewer or "", prior=prior or one.prior)


def _must_be_said(path: str, reviewer: str | None, state: LogState) -> None:
    """Raises LabelError where nobody said whose the decisions of a file are."""
    names = {name for _, name in state.labels}
    must_be_alone(names - {""}, path)
    if reviewer is None and "" not in names:
        hint = "Say whose they are: --reviewer NAME, or 'Reviewer' on the page."
        raise LabelError("does not say who made these decisions", path=path, hint=hint)


def _is_known(label: Label, one: Decided, given: tuple[GivenLabel, ...], same_file: Collection[int]) -> bool:
    return any(
        earlier.label == label
        and (earlier is given[-1] or earlier.import_id in same_file or (bool(one.time) and earlier.when == one.time))
        for earlier in given
    )
