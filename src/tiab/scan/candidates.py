"""Candidate: a record that a scan keeps, with what is said of it; and the order in which such records stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tiab.formats.pubmed_articles import Revision
from tiab.ranking.rank import Ranking
from tiab.records import Record

__all__ = ["EVIDENCE", "LAST", "Candidate", "Key", "candidates_in", "end_of"]

EVIDENCE = ("criteria_met", "criteria_missing", "weighed_for", "weighed_against")
"""What is said of each record beside its score; as in `Ranking.columns`."""

Key = tuple[float, str, str]
"""The place of a record: best score first, equal ones in the order of their fingerprints, then of their ids."""

LAST: Key = (float("inf"), "", "")
"""Behind every place."""


def end_of(score: float) -> Key:
    """Behind the places of all records that score at least `score`, and before all others."""
    return -score, "g", ""  # behind all hexadecimal digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that is among the best of its file.

    Attributes:
        score: rounded to six decimals, so that it is the same on every machine.
        pmid: 0 for none.
        revision: which revision of the citation this is.
        evidence: the values of `EVIDENCE`.
    """

    record: Record
    score: float
    fingerprint: str
    pmid: int
    revision: Revision
    evidence: tuple[str, ...]

    @property
    def key(self) -> Key:
        """Its place."""
        return -self.score, self.fingerprint, self.record.record_id

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Candidate:
        """What `to_dict` gave.

        Raises:
            KeyError, TypeError: `data` is not of that shape.
        """
        record: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data["record"].items()
        }
        record["extra"] = tuple((str(name), str(value)) for name, value in record["extra"])
        return cls(
            record=Record(**record),
            score=float(data["score"]),
            fingerprint=str(data["fingerprint"]),
            pmid=int(data["pmid"]),
            revision=Revision(**data["revision"]),
            evidence=tuple(data["evidence"]),
        )


def candidates_in(ranking: Ranking, known: Mapping[str, tuple[int, Revision]]) -> list[Candidate]:
    """The records of a ranking as a scan keeps them, best first; `known` has the PMID and revision of each id."""
    columns = ranking.columns
    return [
        Candidate(
            record=record,
            score=columns["score"][place],
            fingerprint=record.fingerprint,
            pmid=known[record.record_id][0],
            revision=known[record.record_id][1],
            evidence=tuple(columns[name][place] for name in EVIDENCE),
        )
        for place, record in enumerate(ranking.ranked)
    ]
