"""RefWorks' tagged text: two-letter tags and a space; each record begins with "RT"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.tagged import Grammar, parse_tagged

__all__ = ["GRAMMAR", "RULES", "found_at", "parse"]

RULES = Rules(
    title=("T1", "TI"),
    abstract=("AB",),
    authors=("A1", "AU"),
    year=("YR", "FD", "PY"),
    journal=("JF", "JO", "T2"),
    doi=("DO",),
    pmid=("PM",),
    keywords=("K1", "KW"),
    publication_types=("RT",),
    language=("LA",),
    doi_hints=("LK", "UL", "NO"),
    pmid_hints=("NO", "AN"),
)
_START = re.compile(r"RT\s+[A-Z]\w")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?:\s+(.*))?$")
_TAGS = (
    "RT SR ID A1 A2 A3 A4 A5 A6 T1 T2 T3 JF JO YR FD RD VO IS SP OP K1 AB NO ED PB PP AD AN LA CL SF OT LK DO CN DB DS"
    " IP RL SN ST U1 U2 U3 U4 U5 U6 U7 U8 U9 UL SL LL CR WT WV WP OL PM TI AU KW PY A7 A8 PMID"
)
_KNOWN = frozenset(_TAGS.split())


def _tag_of(line: str) -> tuple[str, str] | None:
    match = _TAG.match(line)
    # A wrapped line of an abstract can begin with a short word in capitals, too ("MS was …", "T2 lesions …").
    return (match[1], match[2] or "") if match and match[1] in _KNOWN else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag == "RT"


GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(("A1", "K1", "LK", "AD")))


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first "RT Journal Article" with other tags below it."""
    for place, line in enumerate(lines):
        if _START.match(line):
            tags = (_tag_of(later) for later in lines[place + 1 : place + 12])
            return place if sum(1 for tag in tags if tag) > 1 else None
    return None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, noted, "RefWorks", GRAMMAR, RULES)
