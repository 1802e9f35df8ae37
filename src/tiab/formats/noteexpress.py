"""NoteExpress' text ("{Title}: …"), which CNKI, Wanfang and VIP export, and CNKI's own ("Title-题名: …")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.tagged import Grammar, parse_tagged

__all__ = ["GRAMMAR", "RULES", "found_at", "parse"]

RULES = Rules(
    title=("Title", "Translated Title"),
    abstract=("Abstract", "Summary", "Translated Abstract"),
    authors=("Author", "Translated Author"),
    year=("Year", "Date", "PubTime", "Publication Date"),
    journal=("Journal", "Secondary Title", "Source", "Translated Journal"),
    doi=("DOI",),
    pmid=("PMID", "PubMed ID"),
    keywords=("Keywords", "Keyword", "Translated Keywords"),
    publication_types=("Reference Type",),
    language=("Language",),
    doi_hints=("URL", "Link", "Notes"),
    one_keyword_each=False,
)
_BRACED = re.compile(r"\s{0,3}\{([A-Z][\w/ .-]{0,40})\}\s*[:：]\s*(.*)$")
_CNKI = re.compile(
    r"([A-Z][A-Za-z]{1,20})-[^\x00-\x7f:：]{1,12}(?:\([^)]*\))?\s*[:：]\s*(.*)$|(DOI)-DOI\s*[:：]\s*(.*)$"
)
_START = ("Reference Type", "SrcDatabase")


def _tag_of(line: str) -> tuple[str, str] | None:
    match = _BRACED.match(line)
    if match:
        return match[1].strip(), match[2]
    match = _CNKI.match(line)
    return (match[1] or match[3], match[2] or match[4] or "") if match else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag in _START or (tag == "Title" and (blank or not is_open))


GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(("Author",)))


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first of several such fields."""
    tags = [place for place, line in enumerate(lines) if _tag_of(line)]
    return tags[0] if len(tags) > 1 else None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, noted, "NoteExpress", GRAMMAR, RULES)
