"""PubMed's "Abstract" and "Summary" text formats, which are made for people, not programs.

Such a file has no tags: in the Abstract format a record is a run of paragraphs whose order tells what they are, in the
Summary format one paragraph. What is none of title, authors and abstract goes to `extra`, so nothing is lost where the
guess is wrong; NBIB holds the same records without guessing, and a warning says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tiab.formats.guard import watched
from tiab.formats.input_file import InputFile
from tiab.formats.mapping import cleaned, with_id, year_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.text import clean_line, clean_text
from tiab.records import Record, normalise_doi

__all__ = ["found_at", "parse"]

_START = re.compile(r"(\d{1,6})[.:] (?=\S)")
_NUMBERS = re.compile(r"^(?:(DOI|PMCID|PMID): (\S+).*)$", re.MULTILINE)
_PMID = re.compile(r"\bPMID: (\d{1,9})\b")
_NOT_ABSTRACT = re.compile(
    r"(?:Author information|Collaborators|Comment (?:in|on)|Erratum (?:in|for)|Update (?:in|of)|Retraction (?:in|of)"
    r"|Republished (?:in|from)|Conflict of interest statement|Expression of concern|Summary for patients in)[:.\s]"
    r"|(?:Copyright )?©|Copyright\b|\(c\) |Published by\b"
)
_HEADING = re.compile(r"(?<=[.?!)]) (?=[A-Z][A-Z/&, -]{3,60}: )")
_MARK = re.compile(r"\(\d+\)")
_HINT = "PubMed's text was read by the order of its paragraphs; save as PubMed (NBIB) to have fields that are certain"


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of "1. " or "1: " with a PMID below it."""
    for place, line in enumerate(lines[:20]):
        match = _START.match(line)
        if match and match[1] == "1" and any(_PMID.search(later) for later in lines[place:]):
            return place
        if line.strip():
            return None
    return None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: see `watched`.
    """
    lines = watched(source, noted, "PubMed text")
    noted.warnings.append(_HINT)
    for line, paragraphs in _blocks(lines):
        yield line, _record(paragraphs, source.name)


def _blocks(lines: Iterable[str]) -> Iterator[tuple[int, list[list[str]]]]:
    """(line, paragraphs as lists of lines) of each record; records are numbered from 1 without a gap."""
    start, expected, blank = 0, 1, True
    paragraphs: list[list[str]] = []
    for number, line in enumerate(lines, 1):
        match = _START.match(line) if blank else None
        if match and match[1] == str(expected):
            if start:
                yield start, paragraphs
            start, expected, paragraphs = number, expected + 1, [[line[match.end() :]]]
        elif line.strip() and start:
            if blank:
                paragraphs.append([])
            paragraphs[-1].append(line)
        blank = not line.strip()
    if start:
        yield start, paragraphs


def _record(paragraphs: list[list[str]], source: str) -> Record:
    texts = [clean_line(" ".join(lines)) for lines in paragraphs]
    if len(texts) <= 2 and _PMID.search(texts[0]):
        return _summary(texts, source)
    numbers = dict(_NUMBERS.findall("\n".join(clean_text("\n".join(lines)) for lines in paragraphs[-2:])))
    content = [
        text
        for text, lines in zip(texts[1:], paragraphs[1:], strict=True)
        if not _NUMBERS.match(clean_text("\n".join(lines)))
    ]
    title = content.pop(0) if content else ""
    authors = content.pop(0) if content and _is_names(content[0]) else ""
    abstract = [text for text in content if not _NOT_ABSTRACT.match(text)]
    rest = [text for text in content if _NOT_ABSTRACT.match(text)]
    fields = {
        "title": title,
        "abstract": "\n".join(_HEADING.sub("\n", text) for text in abstract),
        "authors": _names(authors),
        "year": year_in(texts[0]),
        "journal": texts[0].split(". ")[0].rstrip("."),
        "doi": normalise_doi(numbers.get("DOI", "") or texts[0]),
        "pmid": numbers.get("PMID", ""),
        "extra": (("citation", texts[0]), *(("note", text) for text in rest)),
    }
    return with_id(cleaned(fields), source)


def _summary(texts: list[str], source: str) -> Record:
    """One paragraph: authors, title, journal and the rest, each up to its point."""
    text = " ".join(texts)
    authors, _, rest = text.partition(". ")
    if not _is_names(authors + "."):
        authors, rest = "", text
    title, _, citation = rest.partition(". ")
    found = _PMID.search(text)
    fields = {
        "title": title,
        "authors": _names(authors),
        "year": year_in(citation),
        "journal": citation.split(". ")[0],
        "doi": normalise_doi(citation),
        "pmid": found[1] if found else "",
        "extra": (("citation", text),),
    }
    return with_id(cleaned(fields), source)


def _is_names(text: str) -> bool:
    """Whether a paragraph lists people: "Roe R(1), Doe JA(2)(3)." """
    names = _names(text)
    named = sum(bool(re.fullmatch(r"[\w'’ .-]+ [^\W\d_]{1,4}(?: (?:Jr|Sr|\d\w\w))?", name)) for name in names)
    return bool(names) and named >= 0.6 * len(names)


def _names(text: str) -> tuple[str, ...]:
    parts = _MARK.sub("", text).rstrip(".").split(",")
    cleaned = (clean_line(part.replace(";", " ")) for part in parts)
    return tuple(name for name in cleaned if name and name != "et al")
