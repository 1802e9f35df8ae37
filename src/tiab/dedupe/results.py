"""What a search for duplicates gives."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DoubtfulPair", "DuplicateGroup", "Duplicates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateGroup:
    """Records that are one report: their ids in the order of the records, and what shows it."""

    record_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulPair:
    """Two records that may be the same report: why, and how alike their titles are, from 0 to 1."""

    record_ids: tuple[str, str]
    reason: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """The duplicates among some records; a record is in one certain group at most.

    Attributes:
        certain: groups in the order of their first records.
        doubtful: pairs for a person to settle, most alike first; of a certain group its first record stands for all.
    """

    certain: tuple[DuplicateGroup, ...] = ()
    doubtful: tuple[DoubtfulPair, ...] = ()

    @property
    def n_repeated(self) -> int:
        """How many records repeat another one for certain.

        >>> Duplicates(certain=(DuplicateGroup(record_ids=("1", "2", "5"), reason="same PMID"),)).n_repeated
        2
        """
        return sum(len(group.record_ids) - 1 for group in self.certain)
