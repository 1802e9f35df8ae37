"""The state machine that reads formats of tagged lines with a grammar simpler than that of RIS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tiab.formats.guard import watched
from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules, build
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.text import clean_line

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
    """

    tag_of: Callable[[str], _Pair | None]
    starts: Callable[[str, bool, bool], bool]
    lists: frozenset[str] = frozenset()
    end: str = ""


def parse_tagged(
    source: InputFile,
    noted: ReaderNotes,
    kind: str,
    grammar: Grammar,
    rules: Rules,
    renamed: Callable[[list[_Pair]], list[_Pair]] = lambda pairs: pairs,
) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Args:
        kind: the name of the format, by which the guard knows its signs.
        renamed: the fields of a record, called otherwise where the others tell what they are.

    Raises:
        InputError: see `watched`.
    """
    for line, pairs in _entries(watched(source, noted, kind), grammar):
        yield line, build(renamed(pairs), rules, source.name)


def _entries(lines: Iterable[str], grammar: Grammar) -> Iterator[tuple[int, list[_Pair]]]:
    start, blank = 0, True
    fields: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
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
