"""The state machine that reads formats of tagged lines with a grammar simpler than that of RIS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tiab.formats.entries import Draft, Rules, Tally, build
from tiab.formats.opening import Source
from tiab.formats.text import clean_line, decoding_of, lines_of

__all__ = ["Grammar", "parse_tagged"]

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a format writes its records.

    Attributes:
        tag_of: the tag and the value of a line that opens a field, None for any other line.
        lists: tags whose further lines are values of their own; the further lines of others are wrapped text.
        starts: whether a tag opens a record, from the tag, whether a blank line came before, and whether a record is
            open.
        end: the tag that closes a record, or "".
        between: matches lines between records that are no content, and count as blank.
    """

    tag_of: Callable[[str], _Pair | None]
    starts: Callable[[str, bool, bool], bool]
    lists: frozenset[str] = frozenset()
    end: str = ""
    between: re.Pattern[str] | None = None


def parse_tagged(
    source: Source,
    tally: Tally,
    grammar: Grammar,
    rules: Rules,
    starts: Callable[[str, str], bool],
) -> Iterator[Draft]:
    """The records of `source` with the lines at which they start.

    For the count of the raw text, `starts` says of a line, given the one before, whether a record starts with it; what
    stands before the first record counts as blank.

    Raises:
        InputError: see `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        tally.warnings.append(decoding.warning)
    for line, pairs in _entries(_counted(lines_of(source, decoding), tally, starts), grammar):
        yield line, build(pairs, rules, source.name)


def _counted(lines: Iterable[str], tally: Tally, starts: Callable[[str, str], bool]) -> Iterator[str]:
    before = ""
    for number, line in enumerate(lines, 1):
        if starts(line, before if tally.starts else ""):
            tally.starts.append(number)
        before = line
        yield line


def _entries(lines: Iterable[str], grammar: Grammar) -> Iterator[tuple[int, list[_Pair]]]:
    start, blank = 0, True
    fields: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or (grammar.between and grammar.between.match(line)):
            blank = True
            continue
        found = grammar.tag_of(line)
        if found is None:
            if fields:
                fields[-1][1].append(clean_line(line))
        elif found[0] == grammar.end:
            if start:
                yield start, _pairs(fields, grammar)
            start, fields = 0, []
        elif grammar.starts(found[0], blank, bool(start)):
            if start:
                yield start, _pairs(fields, grammar)
            start, fields = number, [(found[0], [clean_line(found[1])])]
        elif start:
            fields.append((found[0], [clean_line(found[1])]))
        blank = False
    if start:
        yield start, _pairs(fields, grammar)


def _pairs(fields: Iterable[tuple[str, list[str]]], grammar: Grammar) -> list[_Pair]:
    return [
        (tag, ("\n" if tag in grammar.lists else " ").join(part for part in parts if part)) for tag, parts in fields
    ]
