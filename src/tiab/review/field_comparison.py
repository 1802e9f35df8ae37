"""Two records side by side: their fields, and in each which words differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from tiab.records import Record

__all__ = ["FieldComparison", "compare_fields"]

_FIELDS = ("title", "authors", "year", "journal", "doi", "pmid", "publication_types", "record_id", "source", "abstract")
_NAMES = {"doi": "DOI", "pmid": "PMID", "record_id": "id", "publication_types": "type", "source": "source file"}
_PLACE = {
    "volume": ("VL", "VI", "volume", "Volume"),
    "issue": ("IP", "IS", "issue", "Issue", "number"),
    "pages": ("SP", "PG", "pages", "Page start"),
}
_ISSN = re.compile(r"\d{4}-\d{3}[\dxX].*")  # which PubMed calls IS, as others call the issue
_ALIKE = 0.35
"""Likeness under which two long texts are shown as they are: almost every word would be marked."""
_LONG = 120
_MANY = 4_000
"""Words beyond which two texts are not compared word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldComparison:
    """One field of two records: its pieces, and of each piece whether it differs from the other record's."""

    name: str
    left: tuple[tuple[str, bool], ...]
    right: tuple[tuple[str, bool], ...]

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right and not any(differs for _, differs in self.left)


def compare_fields(one: Record, other: Record) -> tuple[FieldComparison, ...]:
    """The fields that one of two records has, side by side.

    >>> one, other = Record(record_id="a", title="Yoga in MS"), Record(record_id="b", title="Yoga in older men")
    >>> compare_fields(one, other)[0].right
    (('Yoga in ', False), ('older men', True))
    """
    fields = []
    for name in (*_FIELDS[:4], *_PLACE, *_FIELDS[4:]):
        left, right = _value(one, name), _value(other, name)
        if left or right:
            fields.append(_compared(_NAMES.get(name, name), left, right))
    return tuple(fields)


def _value(record: Record, name: str) -> str:
    if name in _PLACE:
        extra = dict(record.extra)
        return next((extra[key] for key in _PLACE[name] if extra.get(key) and not _ISSN.fullmatch(extra[key])), "")
    value = getattr(record, name)
    return "; ".join(value) if isinstance(value, tuple) else str(value or "")


def _compared(name: str, left: str, right: str) -> FieldComparison:
    first, second = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (left, right))
    if not left or not right:  # there is nothing that it differs from
        return FieldComparison(name=name, left=_whole(left, False), right=_whole(right, False))
    if len(first) + len(second) > _MANY:
        differs = left != right
        return FieldComparison(name=name, left=_whole(left, differs), right=_whole(right, differs))
    matcher = SequenceMatcher(None, [w.casefold() for w in first], [w.casefold() for w in second], autojunk=False)
    if len(first) + len(second) > _LONG and _likeness(matcher, first, second) < _ALIKE:
        return FieldComparison(name=name, left=_whole(left, False), right=_whole(right, False))
    pieces: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for tag, a, b, c, d in matcher.get_opcodes():
        for words, kept in ((first[a:b], pieces[0]), (second[c:d], pieces[1])):
            if words:
                kept.append(("".join(words), tag != "equal"))
    return FieldComparison(name=name, left=_joined(pieces[0]), right=_joined(pieces[1]))


def _likeness(matcher: SequenceMatcher[str], first: list[str], second: list[str]) -> float:
    """The share of the words, blanks aside, that both have, from 0 to 1."""
    equal = sum(not first[place].isspace() for a, _, n in matcher.get_matching_blocks() for place in range(a, a + n))
    return 2 * equal / sum(not word.isspace() for word in (*first, *second))


def _joined(pieces: list[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    """The pieces with those joined that differ and have nothing but a blank between them."""
    joined: list[tuple[str, bool]] = []
    for at, (text, differs) in enumerate(pieces):
        between = not text.strip() and 0 < at < len(pieces) - 1
        if joined and joined[-1][1] and (differs or between):
            joined[-1] = (joined[-1][0] + text, True)
        else:
            joined.append((text, differs and bool(text.strip())))
    return tuple(joined)


def _whole(text: str, differs: bool) -> tuple[tuple[str, bool], ...]:
    return ((text, differs),) if text else ()
