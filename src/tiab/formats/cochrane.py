"""The Cochrane Library's text export: "Record #1 of 20", then lines such as "TI: title"."""

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
    authors=("AU",),
    year=("YR", "PY"),
    journal=("SO",),
    doi=("DOI", "DO"),
    pmid=("PM", "PMID"),
    keywords=("KY", "KW", "MH"),
    publication_types=("PT",),
    language=("LA",),
    doi_hints=("US",),
)
_HEAD = re.compile(r"Record #\d+(?: of \d+)?\s*$")
_START = "Record #"
_TAG = re.compile(r"([A-Z]{2,4}): ?(.*)$")
_TAGS = "ID TI AU SO YR PY VL NO PG PM PMID XR PT KY KW MH DOI DO AB US CC LA C1 PB OP CD CT CY ST EM AN DT"
_KNOWN = frozenset(_TAGS.split())


def _tag_of(line: str) -> tuple[str, str] | None:
    if line.startswith(_START):
        return "Record", ""
    match = _TAG.match(line)
    # A section of an abstract can begin with a short heading in capitals, too.
    return (match[1], match[2]) if match and match[1] in _KNOWN else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag == "Record"


GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(("AU", "KY")))


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of "Record #1" with lines such as "TI: title" below it."""
    heads = [place for place, line in enumerate(lines) if _HEAD.match(line)]
    if heads and any(re.match(r"(?:ID|TI|AU): ?\S", line) for line in lines[heads[0] + 1 : heads[0] + 12]):
        return heads[0]
    return None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, noted, "Cochrane text", GRAMMAR, RULES)
