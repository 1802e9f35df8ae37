"""Counts that people made from full texts, beside what the abstracts of the same studies say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.formats.key_table import read_rows
from tiab.pico.findings.table import EvidenceTable, counts_in_words

__all__ = ["FullTextCount", "read_counts"]

_COUNTED = ("studies", "increased", "decreased", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTextCount:
    """How many of a review's studies measured an outcome, and what they found, as people counted from full texts."""

    outcome: str
    of: int
    counts: Mapping[str, int]
    source: str

    @property
    def sentence(self) -> str:
        """The counts in words."""
        return counts_in_words(self.outcome, self.counts, self.of)

    def differences(self, table: EvidenceTable) -> str:
        """Where the abstracts say otherwise, in words; "" where the counts agree."""
        mine = table.counts(self.outcome)
        words = {"studies": "measured in", "unchanged": "no significant change in"}
        told = [
            f"{words.get(name, f'{name} in')} {self.counts[name]} by full text, {mine[name]} by abstract"
            for name in _COUNTED
            if self.counts[name] != mine[name]
        ]
        return "; ".join(told)

    def to_dict(self, table: EvidenceTable) -> dict[str, Any]:
        """The counts and the differences in plain JSON types."""
        mine = {name: table.counts(self.outcome)[name] for name in _COUNTED}
        return {
            "outcome": self.outcome, "of": self.of, "full_texts": dict(self.counts), "abstracts": mine,
            "differences": self.differences(table), "source": self.source,
        }  # fmt: skip


def read_counts(path: str | Path) -> list[FullTextCount]:
    """The counts of a table with the columns outcome, of, studies, increased, decreased, unchanged and source.

    Raises:
        InputError: the table cannot be read, lacks a column, or a count is no whole number.
    """
    counts = []
    for line, row in read_rows(path):
        try:
            numbers = {name: int(row[name]) for name in (*_COUNTED, "of")}
            of = numbers.pop("of")
            counts.append(FullTextCount(outcome=row["outcome"], of=of, counts=numbers, source=row.get("source", "")))
        except (KeyError, ValueError) as error:
            hint = "Use the columns outcome, of, studies, increased, decreased, unchanged and source."
            raise InputError(f"line {line} holds no counts ({error})", path=path, hint=hint) from error
    return counts
