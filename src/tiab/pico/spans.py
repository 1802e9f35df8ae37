"""Span: one finding in a record's text, with what it means and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Span", "in_reading_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One finding; `record.text[span.start:span.end] == span.text`, always.

    Attributes:
        start: offset of the first character in `Record.text`.
        end: offset behind the last character.
        text: the words that were found, as the record has them.
        role: a role of `tiab.criteria.ROLES`, or "against" (counts against the concept named by `label`),
            "unexpanded" (an abbreviation of the concept that the record never spells out) or "section".
        label: what was found: a concept's name, a study design, "sample size", "marker" …
        value: the normalised value ("28", "IL-6", the term of the criteria that was met), or "".
        provenance: "dict:<concept name>" for the review's own terms, with " (one letter differs)" or " (supported by
            …)" behind it where a term is not there as the criteria have it; "rule:<rule>" for tiab's rules. Learned
            components write "model:<name>".
        field: "title", "abstract" or "keywords".
        section: the part of a structured abstract ("methods"), or "" where the abstract has no headings.
        sentence: the number of the sentence in the record, from 0.
        weight: how much the finding counts as evidence for its label, from 0 to 1.
        detail: its circumstances in words, joined by "; ": of a change "between groups; tendency; against placebo".

    >>> span = Span(start=0, end=4, text="IL-6", role="outcome", label="marker", value="IL-6", provenance="rule:marker")
    >>> Span.from_dict(span.to_dict()) == span
    True
    """

    start: int
    end: int
    text: str
    role: str
    label: str
    value: str = ""
    provenance: str
    field: str = "abstract"
    section: str = ""
    sentence: int = 0
    weight: float = 1.0
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The span as plain JSON types; `Span.from_dict` takes it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Span:
        """The span that `to_dict` gave.

        Raises:
            TypeError: a key is missing or unknown.
        """
        return cls(**data)


def in_reading_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without repetition by (start, -end): a span that holds another comes before it.

    >>> a = Span(start=3, end=5, text="ab", role="outcome", label="x", provenance="rule:x")
    >>> b = Span(start=3, end=9, text="abcdef", role="outcome", label="x", provenance="rule:x")
    >>> [span.end for span in in_reading_order([a, b, a])]
    [9, 5]
    """
    return tuple(sorted(dict.fromkeys(spans), key=_place))


def _place(span: Span) -> tuple[int, int, str, str, str, str]:
    return (span.start, -span.end, span.role, span.label, span.value, span.provenance)
