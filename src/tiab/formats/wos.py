"""Web of Science's plain text (.ciw, .txt): two-letter tags without a dash, wrapped lines three spaces in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.tagged import Grammar, parse_tagged

__all__ = ["GRAMMAR", "RULES", "found_at", "parse"]

RULES = Rules(
    title=("TI",),
    abstract=("AB",),
    authors=("AF", "AU"),
    groups=("CA",),
    year=("PY", "EY", "PD"),
    journal=("SO", "JI", "J9"),
    doi=("DI",),
    pmid=("PM",),
    keywords=("DE", "ID"),
    publication_types=("DT",),
    language=("LA",),
)
_SIGN = re.compile(r"FN (?:Clarivate|ISI|Thomson)|VR \d\.\d|PT [A-Z]$")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$")


def _tag_of(line: str) -> tuple[str, str] | None:
    match = _TAG.match(line)
    return (match[1], match[2] or "") if match else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag == "PT"


_LISTS = "AU AF BA BF CA GP BE C1 C3 CR RP EM RI OI FU"
GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(_LISTS.split()), end="ER")


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of Web of Science's first line or of its first record."""
    return next((place for place, line in enumerate(lines) if _SIGN.match(line)), None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, noted, "Web of Science", GRAMMAR, RULES)
