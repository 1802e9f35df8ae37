"""Ovid's text export: "<1>", then names of fields at the margin and their values below, usually indented.

Its tagged export, with "TI  - " and the like below "<1. >", is read by `nbib`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.tagged import Grammar, parse_tagged
from tiab.formats.text import head_text

__all__ = ["RULES", "found_at", "grammar_of", "parse"]

RULES = Rules(
    title=("Title", "Original Title", "Book Title"),
    abstract=("Abstract", "English Abstract"),
    authors=("Authors Full Name", "Author Full Name", "Full Author Name", "Authors", "Author", "Author/s"),
    year=("Year of Publication", "Publication Year", "Date of Publication", "Publication Date", "Year", "Source"),
    journal=("Journal Name", "Journal", "Publication Name"),
    cited=("Source",),
    doi=("Digital Object Identifier", "DOI", "DOI Number"),
    pmid=("PMID", "PubMed ID", "PubMed Identifier", "Medline Accession Number"),
    keywords=(
        "Keyword Heading",
        "Keywords",
        "Author Keywords",
        "Key Concepts",
        "Subject Headings",
        "Medical Subject Headings",
        "MeSH Subject Headings",
        "Index Terms",
        "Heading Words",
        "Candidate Terms",
    ),
    publication_types=("Publication Type", "Document Type"),
    language=("Language", "Languages"),
    doi_hints=("Link to Resolver", "Publisher URL", "Full Text URL", "Source"),
)
_OTHERS = (
    "Accession Number", "Unique Identifier", "Score", "Status", "Institution", "Institutions", "Author NameID", "ISSN",
    "ISSN Electronic", "ISSN Print", "ISSN Linking", "ISBN", "Country of Publication", "Publisher", "Record Owner",
    "Journal Subset", "NLM Journal Code", "NLM Journal Name", "Entry Date", "Update Date", "Revision Date",
    "Create Date", "Issue/Part", "Volume", "Page", "Pages", "Correspondence Address", "Database", "Registry Number",
    "Author Notes", "Comments", "Version ID", "Link to the Ovid Full Text or citation", "Emtree Heading", "Copyright",
    "Conflict of Interest", "Grant Information", "Local Messages", "Clinical Trial Number", "Drug Trade Name",
    "Device Manufacturer", "CAS Registry Number", "Summary Language", "Location of Study", "Methodology",
    "Classification Code", "Population Group", "Age Group", "Other ID", "Other Abstract", "Article Number",
)  # fmt: skip
"""Fields that are kept as they are; with the names in `RULES`, those that are known where no value is indented."""
_KNOWN = {
    name.casefold(): name
    for role in RULES.__slots__
    if isinstance(names := getattr(RULES, role), tuple)
    for name in names
} | {name.casefold(): name for name in _OTHERS}
_MEDLINE = frozenset({"MeSH Subject Headings", "Medical Subject Headings", "NLM Journal Name", "Record Owner"})
"""Fields that only MEDLINE has."""
_HEAD = re.compile(r"<\s?\d+\s?\.?\s?>\s*$")
_LABEL = re.compile(r"([A-Z][A-Za-z/&() '-]{1,60})\.?\s*$")
_INLINE = re.compile(r"([A-Z][A-Za-z/ ]{1,40})\.?:\s+(\S.*)$")
_LISTS = frozenset(
    ("Authors", "Author", "Authors Full Name", "MeSH Subject Headings", "Subject Headings", "Medical Subject Headings",
     "Keyword Heading", "Publication Type")
)  # fmt: skip


def grammar_of(lines: Sequence[str]) -> Grammar:
    """How a file is written that begins with `lines`.

    Where values are indented, whatever else stands at the margin is the name of a field; where they are not, the known
    names are. Without a number in brackets, a record begins with the field with which the first does.
    """
    indented = any(_known(line) and below[:1] in " \t" and below.strip() for line, below in pairwise(lines))
    opener = "<>" if any(map(_HEAD.match, lines)) else next(filter(None, map(_known, lines)), "Title")

    def tag_of(line: str) -> tuple[str, str] | None:
        if _HEAD.match(line):
            return "<>", ""
        name = _known(line)
        if name:
            return name, ""
        match = _LABEL.match(line) if indented else None
        inline = _INLINE.match(line)
        if inline and inline[1].strip().casefold() in _KNOWN:
            return _KNOWN[inline[1].strip().casefold()], inline[2]
        return (match[1].strip(), "") if match else None

    def starts(tag: str, blank: bool, is_open: bool) -> bool:
        return tag == opener

    return Grammar(tag_of=tag_of, starts=starts, lists=_LISTS)


def _known(line: str) -> str:
    """The name of the field that a line at the margin is, in one spelling, if it is one that is known."""
    return _KNOWN.get(line.strip().rstrip(".:").casefold(), "") if line[:1].isalpha() else ""


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of a number in brackets or of a field, with fields below it.

    Three known names, each with a line that is none below it, are taken for fields even without such a number.
    """
    fields = [place for place, line in enumerate(lines[:-1]) if _known(line) and not _known(lines[place + 1])]
    heads = [place for place, line in enumerate(lines) if _HEAD.match(line)]
    if heads and any(0 < place - heads[0] <= 4 for place in fields):
        return heads[0]
    inline = [place for place, line in enumerate(lines) if _named(line)]
    if heads and any(0 < place - heads[0] <= 4 for place in inline):
        return heads[0]
    return fields[0] if len({_known(lines[place]) for place in fields}) >= 3 else None


def _named(line: str) -> bool:
    inline = _INLINE.match(line)
    return bool(inline) and inline[1].strip().casefold() in _KNOWN  # type: ignore[index]


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `parse_tagged`."""
    grammar = grammar_of(head_text(source).split("\n"))
    return parse_tagged(source, noted, "Ovid text", grammar, RULES, _with_pmid)


def _with_pmid(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs, with the unique identifier called PMID in a record of MEDLINE."""
    if any(name in _MEDLINE or (name == "Database" and "medline" in value.casefold()) for name, value in pairs):
        return [("PMID" if name == "Unique Identifier" and value.isdigit() else name, value) for name, value in pairs]
    return pairs
