"""TermSuggestion: a term that the records offer to the criteria, or one that they speak against, with its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["KINDS", "TermSuggestion"]

Kind = Literal["lets in", "word", "spelling", "abbreviation", "expansion", "heading", "silent"]
KINDS: Mapping[Kind, str] = {
    "lets in": "Terms that let in what was excluded",
    "word": "Words that set included records apart",
    "spelling": "Other spellings and forms",
    "abbreviation": "Abbreviations of the terms",
    "expansion": "What the abbreviations stand for",
    "heading": "Headings of the concept's records",
    "silent": "Terms that find nothing",
}
"""The kinds of suggestions, in the order in which they are shown, and what their heading says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSuggestion:
    """A change to the terms of one concept.

    Attributes:
        kind: one of `KINDS`.
        action: "add" or "remove".
        concept, role: the concept's name and role.
        key: which of its lists is changed: "terms", "abbreviations" or "against".
        term: what is added or removed.
        because: why, in a sentence.
        records: how many records have it; included, excluded and unread ones among them.
        changed: how many records the concept would find besides, or no longer.
        p: how likely so clear a difference between included and excluded records is by chance alone, corrected for the
            number of words tried; None where nothing was compared.
    """

    kind: Kind
    action: Literal["add", "remove"]
    concept: str
    role: str
    key: Literal["terms", "abbreviations", "against"]
    term: str
    because: str
    records: int
    included: int
    excluded: int
    unread: int
    changed: int = 0
    p: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The suggestion as plain JSON types."""
        return asdict(self)
