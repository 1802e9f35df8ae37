"""Decided: one decision as a file carries it. FileLabels: all decisions of one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tiab.labels import Decision
from tiab.records import Record

__all__ = ["CarriedAnnotation", "Decided", "FileLabels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision that a file carries.

    Attributes:
        record: what the file says of the record; its id is "" where the file's ids mean nothing outside it.
        prior: known before the screening that the file tells of.
        reviewer: who decided, as the file says; "" where it doesn't.
        time: when, ISO 8601, as the file says; "" where it doesn't.
        resolved: it resolved a conflict between reviewers.
    """

    record: Record
    decision: Decision
    reason: str = ""
    note: str = ""
    prior: bool = False
    reviewer: str = ""
    time: str = ""
    resolved: bool = False

    @property
    def key(self) -> str:
        """What the file calls the record: its id there, else its PMID, DOI or title."""
        record = self.record
        return record.record_id or record.pmid or record.doi or record.title


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedAnnotation:
    """The tags and the note of one reviewer ("" where the file names none) that a file carries on a record."""

    record: Record
    reviewer: str
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FileLabels(Mapping[str, Decision]):
    """The decisions of one file: the id of each record in that file -> the decision on it; of several the last.

    Ids are the file's own. `rank`, `train` and `simulate` find the records that are meant when they get this as it is;
    a plain dict made of it has lost what identifies them.

    Attributes:
        decided: the decisions in the order of the file.
        others: the records of the file that have none.
        annotations: the tags and notes that it carries besides.
        ordered: the file tells in which order the decisions were made: by their times, or by how they stand in it.
        warnings: sentences about what looks doubtful.
    """

    path: str
    decided: tuple[Decided, ...]
    others: tuple[Record, ...] = ()
    annotations: tuple[CarriedAnnotation, ...] = ()
    ordered: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def undecided(self) -> int:
        """How many records of the file have no decision."""
        return len(self.others)

    @cached_property
    def _by_key(self) -> dict[str, Decision]:
        return {one.key: one.decision for one in self.decided}

    def __getitem__(self, key: str) -> Decision:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __repr__(self) -> str:
        return f"FileLabels({self.path!r}, {self._by_key!r})"
