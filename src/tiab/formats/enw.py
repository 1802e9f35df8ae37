"""EndNote's tagged text (.enw), also called "Refer", which many journals' sites export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.tagged import Grammar, parse_tagged

__all__ = ["GRAMMAR", "RULES", "found_at", "parse"]

RULES = Rules(
    title=("%T", "%Q"),
    abstract=("%X",),
    authors=("%A",),
    year=("%D", "%8"),
    journal=("%J", "%B", "%S"),
    doi=("%R",),
    pmid=(),
    keywords=("%K",),
    publication_types=("%9",),
    language=("%G",),
    doi_hints=("%U", "%Z", "%R"),
    pmid_hints=("%Z", "%M"),
)
_TAG = re.compile(r"(%[0-9A-Za-z?@!#$&()*+,.:;<=>^~\[\]-])(?: (.*)|\s*)$")
_OPENERS = ("%0", "%T", "%A", "%J", "%B", "%D", "%F")
"""Tags with which records begin; others behind a blank line follow an abstract of several paragraphs."""


def _tag_of(line: str) -> tuple[str, str] | None:
    match = _TAG.match(line)
    return (match[1], match[2] or "") if match else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag in _OPENERS and (blank or not is_open)


GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(("%K", "%A", "%+", "%U")))


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first of several lines that begin with tags of EndNote."""
    tags = [place for place, line in enumerate(lines) if re.match(r"%[0ABDJKTXU] \S", line)]
    return tags[0] if len(tags) > 1 else None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, noted, "EndNote tags", GRAMMAR, RULES)
