"""Which known records the decisions of a file are on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tiab.decisions.decided import Decided
from tiab.decisions.record_index import RecordIndex, alike, contradicts, plain_title
from tiab.errors import LabelError
from tiab.labels import Decision
from tiab.records import Record, normalise_doi

__all__ = ["Matching", "find_record", "match_decisions", "match_names", "told_apart"]

_ALIKE = 0.8
"""Titles of one id that share so much of their words are one title, spelt by two programs."""
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Which records are meant by what somebody decided on or named.

    Attributes:
        found: (id of the known record, what was said of it), in the order of the file.
        missing: what the file calls those that are not known.
        apart: a sentence on each of the missing whose id is that of a known record with another title.
        warnings: sentences about what looks doubtful.
    """

    found: tuple[tuple[str, Decided], ...]
    missing: tuple[str, ...]
    apart: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        found = [record_id for record_id, _ in self.found]
        return {"found": found, "missing": list(self.missing), "warnings": list(self.warnings)}


def match_decisions(decided: Iterable[Decided], known: RecordIndex) -> Matching:
    """Which known records the decisions are on; of several decisions of one reviewer on a record the last.

    A record is found by its id where nothing that both say disagrees, else by its PMID, its DOI, or a title that one
    known record has that doesn't disagree; an id alone counts where the file says no more.

    Raises:
        LabelError: an id alone is given, which records of several files have.
    """
    found: dict[tuple[str, str, bool], tuple[str, Decided]] = {}
    missing: list[str] = []
    apart: list[str] = []
    warnings: list[str] = []
    for one in decided:
        record = find_record(one.record, known)
        if record is None:
            missing.append(_name(one.record))
            apart.append(told_apart(one.record, known))
            continue
        key = (record.record_id, one.reviewer, one.resolved)
        earlier = found.pop(key, None)
        if earlier and earlier[1].decision is not one.decision:
            said = f"{earlier[1].decision}, then {one.decision}"
            warnings.append(f"record '{one.key}' is decided on twice ({said}); the last decision counts")
        found[key] = (record.record_id, one)
    return Matching(
        found=tuple(found.values()), missing=tuple(missing), apart=tuple(filter(None, apart)), warnings=tuple(warnings)
    )


def match_names(names: Iterable[str], known: RecordIndex) -> Matching:
    """Which records are meant by PMIDs, DOIs, ids or titles, as people write them: known includes."""
    found: dict[str, Decided] = {}
    missing: list[str] = []
    for name in dict.fromkeys(text.strip() for text in names if text.strip()):
        record = _find_named(name, known)
        if record is None:
            missing.append(name)
        else:
            found.setdefault(record.record_id, Decided(record=record, decision=Decision.INCLUDE, prior=True))
    return Matching(found=tuple(found.items()), missing=tuple(missing))


def find_record(record: Record, known: RecordIndex) -> Record | None:
    """The known record that `record` of another file is; None where there is none, or no telling which."""
    if not (record.title or record.abstract or record.pmid or record.doi):
        return _find_alone(record.record_id, known)
    own = [one for one in known.with_file_id(record.record_id) if record.record_id and not contradicts(record, one)]
    title = plain_title(record.title)
    bare = not title and not record.abstract
    return (
        _best(record, [one for one in own if title and plain_title(one.title) == title])
        or _best(record, known.with_pmid(record.pmid) if record.pmid else [])
        or _only(record, known.with_doi(record.doi) if record.doi else [])
        or _only(record, [one for one in known.with_title(record.title) if not contradicts(record, one)])
        or _best(record, [one for one in own if alike(record.title, one.title, least=_ALIKE)])
        or (_find_alone(record.record_id, known) if bare and own else None)
    )


def _find_alone(record_id: str, known: RecordIndex) -> Record | None:
    """The record of which a file says nothing but an id, which may be a PMID or DOI.

    Raises:
        LabelError: records of several files had that id there.
    """
    several = known.with_file_id(record_id)
    if len(several) > 1:
        raise LabelError(
            f"'{record_id}' is the id of {len(several)} records of different files: {_quoted(several)}",
            hint="Name the records by PMID, DOI or title as well, or give the file that was labelled.",
        )
    return known.ids.get(record_id) or (several[0] if several else None) or _find_named(record_id, known)


def _find_named(name: str, known: RecordIndex) -> Record | None:
    """The record that a single name means: an id, PMID, DOI, or a title that no other has."""
    number = name.casefold().removeprefix("pmid").lstrip(" :")
    titled = known.with_title(name)
    return (
        known.ids.get(name)
        or next(iter(known.with_pmid(number.lstrip("0")) if number.isdecimal() else []), None)
        or next(iter(known.with_doi(normalise_doi(name)) if normalise_doi(name) else []), None)
        or (titled[0] if len(titled) == 1 else None)
    )


def _best(record: Record, candidates: Sequence[Record]) -> Record | None:
    """Of several that share an identifier the one with the same id, or content; else the first."""
    same_id = next((one for one in candidates if one.record_id == record.record_id), None)
    return same_id or _only(record, candidates) or next(iter(candidates), None)


def _only(record: Record, candidates: Sequence[Record]) -> Record | None:
    """The one candidate; of several, as supplements have one DOI for all abstracts, that with the content or title."""
    if len(candidates) < 2:
        return next(iter(candidates), None)
    same = [one for one in candidates if one.fingerprint == record.fingerprint]
    title = plain_title(record.title)
    titled = [one for one in candidates if title and plain_title(one.title) == title]
    return next(iter(same), None) or (titled[0] if len(titled) == 1 else None)


def told_apart(record: Record, known: RecordIndex) -> str:
    """A sentence where the id of `record` is that of a known record with another title; else ""."""
    for one in known.with_file_id(record.record_id) if record.record_id and record.title else ():
        if one.title and plain_title(one.title) != plain_title(record.title):
            return f"record '{record.record_id}' is {_quoted([record])} there, but {_quoted([one])} in the pool"
    return ""


def _quoted(records: Sequence[Record]) -> str:
    return ", ".join(f'"{one.title[:_SHOWN]}{"…" * (len(one.title) > _SHOWN)}"' for one in records[:3])


def _name(record: Record) -> str:
    return record.title or record.doi or record.pmid or record.record_id
