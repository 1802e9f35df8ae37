"""Ovid's text export: "<1>", then the names of fields at the margin and their values two spaces in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.entries import Draft, Rules, Tally
from tiab.formats.opening import Source
from tiab.formats.tagged import Grammar, parse_tagged

__all__ = ["RULES", "found_at", "parse"]

RULES = Rules(
    title=("Title", "Original Title"),
    abstract=("Abstract",),
    authors=("Authors", "Author", "Authors Full Name", "Author/s"),
    year=("Year of Publication", "Publication Year", "Date of Publication", "Year", "Source"),
    journal=("Journal Name", "Journal", "Source"),
    doi=("Digital Object Identifier", "DOI"),
    pmid=("PMID", "PubMed ID", "Medline Accession Number"),
    keywords=(
        "Keyword Heading",
        "Keywords",
        "Author Keywords",
        "MeSH Subject Headings",
        "Subject Headings",
        "Medical Subject Headings",
        "Index Terms",
    ),
    publication_types=("Publication Type", "Document Type"),
    language=("Language", "Languages"),
    doi_hints=("Link to Resolver", "Publisher URL", "Full Text URL", "Source"),
)
_HEAD = re.compile(r"<\d+>\s*$")
_LABEL = re.compile(r"([A-Z][A-Za-z/&() '-]{1,60})\.?\s*$")


def _tag_of(line: str) -> tuple[str, str] | None:
    if _HEAD.match(line):
        return "<>", ""
    match = _LABEL.match(line)
    return (match[1].strip(), "") if match else None


def _starts(tag: str, blank: bool, is_open: bool) -> bool:
    return tag == "<>"


_LISTS = ("Authors", "Author", "MeSH Subject Headings", "Subject Headings", "Keyword Heading", "Publication Type")
_GRAMMAR = Grammar(tag_of=_tag_of, starts=_starts, lists=frozenset(_LISTS))


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of "<1>" with the name of a field and its value below it."""
    heads = [place for place, line in enumerate(lines) if _HEAD.match(line)]
    if heads and heads[0] + 2 < len(lines) and _LABEL.match(lines[heads[0] + 1]) and lines[heads[0] + 2][:1] == " ":
        return heads[0]
    return None


def parse(source: Source, tally: Tally) -> Iterator[Draft]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    return parse_tagged(source, tally, _GRAMMAR, RULES, lambda line, before: bool(_HEAD.match(line)))
