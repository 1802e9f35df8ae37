"""Decisions that were made elsewhere: what Rayyan, Covidence, ASReview and tables carry, and whose records they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.formats import read_labels, read_records
from tiab.formats.decisions import note_of, reason_of
from tiab.labels import Decision, Label
from tiab.records import Record, normalise_doi
from tiab.review.asreview import is_project, read_project
from tiab.review.decided import Decided
from tiab.review.known import Known, alike
from tiab.store import Entry, label_entry

__all__ = ["Matching", "label_entries", "match_decisions", "match_names", "read_decisions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What could be found in the review of what somebody named.

    Attributes:
        found: (record id in the review, what was said of it), in the order of the file; of several the last.
        missing: the names of those that the review does not hold.
    """

    found: tuple[tuple[str, Decided], ...]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return {"found": [record_id for record_id, _ in self.found], "missing": list(self.missing)}


def read_decisions(path: str | Path, *, decision: Decision | None = None) -> list[Decided]:
    """The decisions in an export of Rayyan, Covidence or ASReview, in a project of ASReview, or in a table.

    Args:
        decision: the one that was made on each record of the file, which is a list of such records.

    Raises:
        InputError: the file cannot be read.
        LabelError: it carries no decisions.
    """
    if decision is not None:
        return [_decided(record, decision) for record in read_records(path)]
    if is_project(path):
        return read_project(path)
    labels = read_labels(path)
    records = _records(path)
    return [_decided(records.get(key) or _named(key), decision) for key, decision in labels.items()]


def match_decisions(decided: Iterable[Decided], known: Known) -> Matching:
    """Which records of the review the decisions are on.

    A record is found by its own id (where the titles do not disagree), PMID, DOI, or a title that no other has.
    """
    found: dict[str, Decided] = {}
    missing: list[str] = []
    for one in decided:
        record = _find(one.record, known)
        if record is None:
            missing.append(_name(one.record))
        else:
            found.pop(record.record_id, None)
            found[record.record_id] = one
    return Matching(found=tuple(found.items()), missing=tuple(missing))


def match_names(names: Iterable[str], known: Known) -> Matching:
    """Which records of the review are meant by PMIDs, DOIs, ids or titles, as people write them: known includes."""
    named = dict.fromkeys(text.strip() for text in names if text.strip())
    return match_decisions(
        (Decided(record=_named(name), decision=Decision.INCLUDE, prior=True) for name in named), known
    )


def label_entries(matching: Matching, standing: Collection[Label], *, reviewer: str, prior: bool) -> list[Entry]:
    """The entries that store what was found, but for what stands already; all as prior knowledge where `prior`."""
    entries = []
    for record_id, one in matching.found:
        label = Label(
            record_id=record_id,
            decision=one.decision,
            reviewer=reviewer,
            reason=one.reason,
            prior=prior or one.prior,
        )
        if label not in standing:
            entries.append(label_entry(label, note=one.note, ordered=False))
    return entries


def _records(path: str | Path) -> dict[str, Record]:
    try:
        return {record.record_id: record for record in read_records(path)}
    except InputError:  # a table of nothing but ids and decisions, which `read_labels` could read
        return {}


def _decided(record: Record, decision: Decision) -> Decided:
    return Decided(record=record, decision=decision, reason=reason_of(record), note=note_of(record))


def _named(name: str) -> Record:
    """What a single name says of a record: it may be its id, PMID, DOI or title."""
    bare = name.strip()
    number = bare.casefold().removeprefix("pmid").lstrip(" :")
    return Record(
        record_id=bare, title=bare, doi=normalise_doi(bare), pmid=number.lstrip("0") if number.isdecimal() else ""
    )


def _find(record: Record, known: Known) -> Record | None:
    own = known.ids.get(record.record_id) if record.record_id else None
    if own is not None and (record.title == record.record_id or alike(record.title, own.title, least=0.8)):
        return own
    by_pmid = known.with_pmid(record.pmid) if record.pmid else None
    if by_pmid is not None:
        return by_pmid
    for candidates in (known.with_doi(record.doi) if record.doi else [], known.with_title(record.title)):
        if len(candidates) == 1:
            return candidates[0]
        same = [one for one in candidates if one.fingerprint == record.fingerprint]
        if same:
            return same[0]
    return None


def _name(record: Record) -> str:
    return record.title or record.doi or record.pmid or record.record_id
