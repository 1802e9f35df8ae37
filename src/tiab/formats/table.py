"""CSV, TSV and their kin: the delimiter, the heading row and what the columns mean are found from the content."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tiab.errors import InputError
from tiab.folding import heading
from tiab.formats.input_file import InputFile
from tiab.formats.mapping import RecordAt, Rules, Tally, Unreadable, build
from tiab.formats.nested import pairs_in, parsed
from tiab.formats.text import MAX_LINE, clean_line, clean_text, decoding_of, lines_of
from tiab.records import Record

__all__ = [
    "DELIMITERS",
    "FIELDS",
    "RULES",
    "column_key",
    "found_at",
    "guarded",
    "is_known",
    "is_own",
    "keys_of",
    "parse",
    "row_record",
    "unguarded",
]

MAX_COLUMNS = 1000
_FEW_COLUMNS = 4
"""Columns from which a line that has all the tabs of a row can be nothing else."""
_PREAMBLE = 20
"""Lines before the heading row that some exports have: "sep=;", an address, the date of the search."""


def column_key(name: str) -> str:
    """The name of a column as `RULES` spell it: as a heading without spaces, so that "PubYear" is "pub year".

    >>> column_key("Author(s)"), column_key("publicationDate"), column_key("primary_location.source.display_name")
    ('authors', 'publicationdate', 'primarylocationsourcedisplayname')
    """
    return heading(name).replace(" ", "")


_NAMES = Rules(
    record_id=("record id",),
    title=(
        "title", "article title", "document title", "item title", "primary title", "original title", "ti", "t1",
        "title of article", "reference title", "study title", "official title", "brief title", "scientific title",
        "public title", "paper title", "title 题名", "题名", "display name", "titel", "titre",
        "título", "titolo",
    ),
    abstract=(
        "abstract", "abstract note", "ab", "n2", "abstracts", "abstract text", "original abstract", "brief summary",
        "brief description", "detailed description", "summary", "summary 摘要", "摘要", "résumé", "resumen", "resumo",
    ),
    authors=(
        "author full names", "af", "authors", "author", "author names", "au", "a1", "first authors", "creators",
        "creator",
        "authorships author display name", "authorships", "author list author", "author string", "contributors",
        "authorships raw author name", "author display name", "author list", "author 作者", "作者", "autor", "autoren",
        "auteurs", "autores",
    ),
    year=(
        "year", "publication year", "py", "pub year", "year of publication", "year published", "date published",
        "publication date", "published year", "pubdate", "date", "y1", "da", "cover date", "issued", "published",
        "published print", "published online", "first publication date", "date registration 3", "date registration",
        "first posted", "study first posted", "study first post date struct date", "start date",
        "start date struct date",
        "date enrollement", "year 年", "pub time 发表时间", "年", "jahr", "année", "año", "source",
    ),
    journal=(
        "journal", "source title", "journal title", "journal book", "publication title", "pubtitle", "publication",
        "full journal title", "journal name", "source title anthology title", "secondary title", "container title",
        "parent title", "publication name",
        "jf", "jo", "jt", "so", "primary location source display name", "host venue display name",
        "publication venue name",
        "journal info journal title", "fulljournalname", "venue", "source 文献来源", "文献来源", "刊名", "source", "t2",
    ),
    doi=(
        "doi", "item doi", "digital object identifier", "do", "di", "article doi", "ids doi", "external ids doi",
        "doi doi", "doi number", "doi link", "doi url", "article ids doi",
    ),
    pmid=(
        "pmid", "pubmed id", "medline pmid", "pubmed identifier", "pm", "ids pmid", "external ids pubmed",
        "external ids pmid", "pubmed", "pubmed pmid", "article ids pubmed", "pmid number",
    ),
    keywords=(
        "author keywords", "index keywords", "keywords", "keyword", "keywords plus", "mesh", "mesh terms",
        "mesh headings", "mesh subject headings", "manual tags", "automatic tags", "subjects", "subject",
        "subject terms",
        "descriptors", "kw", "de", "identifier keywords", "author specified keywords", "ieee terms",
        "emtree drug index terms", "emtree medical index terms", "subject headings", "thesaurus terms", "conditions",
        "condition", "keywords display name", "mesh descriptor name", "mesh terms mesh heading", "keyword list keyword",
        "mesh heading list mesh heading descriptor name", "tags tag", "keyword 关键词", "关键词",
    ),
    publication_types=(
        "document type", "publication type", "publication types", "item type", "content type", "doctype", "doc types",
        "dt", "pt", "article type", "reference type", "pub type", "pub types", "type", "type name", "study type",
        "pub type list pub type",
    ),
    language=("language", "language of original document", "languages", "la", "article language"),
    registered=("nct number", "trial id", "nct id"),
    doi_hints=("citation", "url", "link", "open url link", "urls", "external ids", "extra", "uri", "note", "notes"),
    pmid_hints=("extra", "notes", "note", "external ids"),
    carry=("tiab", *(f"tiab {number}" for number in range(2, 200))),
    one_author_each=False,
    one_keyword_each=False,
)  # fmt: skip


def _spelt(role: object) -> object:
    return tuple(map(column_key, role)) if isinstance(role, tuple) else role


RULES = Rules(**{role: _spelt(getattr(_NAMES, role)) for role in Rules.__slots__})  # type: ignore[arg-type]
_KNOWN = frozenset(
    name
    for role in RULES.__slots__
    if role != "carry" and isinstance(names := getattr(RULES, role), tuple)
    for name in names
)
_WOS = frozenset({"pt", "ti", "so", "ut"})
"""Headings of Web of Science's own table, in which "ID" is not an identifier but Keywords Plus."""


def is_known(name: str) -> bool:
    """Whether `RULES` look at a column of that name."""
    return column_key(name) in _KNOWN


def keys_of(columns: Iterable[str]) -> list[str]:
    """The names of columns as `RULES` spell them; "?" for one without letters."""
    keys = [column_key(column) or "?" for column in columns]
    return ["keywordsplus" if key == "id" else key for key in keys] if _WOS.issubset(keys) else keys


DELIMITERS = (",", "\t", ";", "|")


FIELDS = (
    "record_id", "title", "abstract", "authors", "year", "journal", "doi", "pmid", "keywords", "publication_types",
    "language",
)  # fmt: skip
"""The columns of a table that tiab writes, side by side; what else it holds stands before and behind them."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FORMULA = re.compile("'*[=+@＝＋－＠-]")


def is_own(columns: Sequence[str]) -> bool:
    """Whether tiab wrote the table with these headings."""
    return any(tuple(columns[at : at + len(FIELDS)]) == FIELDS for at in range(len(columns) - len(FIELDS) + 1))


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula: with an apostrophe before it, if need be.

    >>> guarded("=1+1"), guarded("-0.5"), guarded("'=1"), guarded("yoga")
    ("'=1+1", '-0.5', "''=1", 'yoga')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of a row of headings with a title among them."""
    layout = _layout(lines)
    return layout.skip if layout else None


@dataclass(frozen=True, slots=True)
class _Layout:
    delimiter: str
    skip: int
    columns: tuple[str, ...]
    quoted: bool = True


def _layout(lines: Sequence[str]) -> _Layout | None:
    """Delimiter, number of lines before the headings, and the headings; None where no line has a title column."""
    best: tuple[int, int, _Layout] | None = None
    for skip in range(min(_PREAMBLE, len(lines))):
        for delimiter in DELIMITERS:
            columns = _first_row(lines[skip:], delimiter)
            names = keys_of(columns)
            if not any(name in RULES.title for name in names) or (skip and len(names) < 2):
                continue
            score = sum(name in _KNOWN for name in names)
            if best is None or (score, len(names)) > best[:2]:
                best = (score, len(names), _Layout(delimiter, skip, columns))
        if best is not None:
            return best[2]
    return None


def _first_row(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader((line + "\n" for line in lines), delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(clean_line(cell) for cell in row[: MAX_COLUMNS + 1])


def parse(source: InputFile, tally: Tally) -> Iterator[RecordAt]:
    """The records of `source`, one for each row that is not blank, with the lines at which they start.

    Raises:
        InputError: there is no title column or there are too many columns; a quote is never closed; a cell is beyond
            `MAX_LINE`; see also `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        tally.warnings.append(decoding.warning)
    layout = _layout(list(_beginning(lines_of(source, decoding))))
    if layout is None:
        raise InputError("has no column for titles", path=source.path, line=1, hint="Name one of its columns 'title'.")
    layout = replace(layout, quoted=not _is_unquoted(lines_of(source, decoding), layout))
    if len(layout.columns) > MAX_COLUMNS:
        raise InputError(f"has more than {MAX_COLUMNS} columns", path=source.path, hint="Keep the columns you need.")
    names = tuple(keys_of(layout.columns))
    columns = tuple(column or f"column {number}" for number, column in enumerate(layout.columns, 1))
    own = is_own(columns)
    quotes = _Quotes(layout, tally)
    short = 0
    for line, row in _rows(source, quotes.watch(lines_of(source, decoding)), layout):
        cells = [clean_text(cell) for cell in row]
        if own:
            cells = [unguarded(cell) for cell in cells]
        if line in quotes.suspect:
            tally.unreadable.append(Unreadable(line, "a quote in it is not closed where its cell ends"))
        elif any(cells[len(columns) :]):
            reason = f"it has {len(row)} cells and the heading row {len(columns)}; look for a stray quote or delimiter"
            tally.unreadable.append(Unreadable(line, reason))
        elif any(cells):
            short += len(cells) < len(columns)
            yield line, row_record(columns, cells, names, source.name)
    if short:
        tally.warnings.append(f"rows with fewer cells than the heading row: {short}")
    if quotes.open_since:
        raise InputError(
            "a quote that opens here is never closed",
            path=source.path,
            line=quotes.open_since,
            hint="Close it, or export the file again.",
        )


def row_record(columns: Sequence[str], cells: Sequence[str], names: Sequence[str], source: str) -> Record:
    """The record in one row; `names` gives each column as `RULES` spell it."""
    pairs = list(zip(columns, cells, strict=False))
    if any(cell[:1] in ("[", "{") for cell in cells):
        opened = [inner for pair, name in zip(pairs, names, strict=False) for inner in _opened(pair, name)]
        return build([pair for pair, _ in opened], RULES, source, [name for _, name in opened])
    return build(pairs, RULES, source, names)


def _opened(pair: tuple[str, str], name: str) -> Iterator[tuple[tuple[str, str], str]]:
    """A pair with its name, or those that its cell holds if that is written as JSON or as Python prints it."""
    held = parsed(pair[1]) if name in _NESTED else None
    if not held:
        yield pair, name
    elif name in RULES.authors:
        people = pairs_in({pair[0]: held}, is_known, lambda column: column_key(column) in RULES.authors)
        yield (pair[0], "".join(f"{person}; " for _, person in people)), name
    else:
        yield from (
            (inner, column_key(inner[0])) for inner in pairs_in({pair[0]: held}, is_known, lambda column: False)
        )


_NESTED = frozenset((*RULES.authors, *RULES.keywords, *RULES.journal, *RULES.year, "externalids", "ids", "source"))
"""Columns in which data frames put lists and objects."""
_CLOSED = re.compile(r'"(?:[^"]|"")*"')


def _is_unquoted(lines: Iterable[str], layout: _Layout) -> bool:
    """Whether each line is a row, whatever quotes are in it, as in Web of Science's own table.

    That is so where every line has the tabs of the heading row, and a cell that begins with a quote doesn't end so.
    """
    if layout.delimiter != "\t" or len(layout.columns) < _FEW_COLUMNS:
        return False
    tabs, stray = len(layout.columns) - 1, False
    for number, line in enumerate(lines):
        if number < layout.skip or not line.strip():
            continue
        if line.count("\t") not in (tabs, tabs + line.endswith("\t")):
            return False
        if not stray and '"' in line:
            stray = any(cell.startswith('"') and not _CLOSED.fullmatch(cell) for cell in line.split("\t"))
    return stray


def _beginning(lines: Iterator[str]) -> Iterator[str]:
    """The first lines, as many as a heading row and what stands before it can take."""
    size = 0
    for number, line in enumerate(lines):
        yield line
        size += len(line)
        if size > MAX_LINE // 4 or number > 10 * _PREAMBLE:
            return


def _rows(source: InputFile, lines: Iterable[str], layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings with the lines at which they start."""
    csv.field_size_limit(MAX_LINE)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
    reader = csv.reader((line + "\n" for line in lines), delimiter=layout.delimiter, quoting=quoting)
    start = layout.skip + 1
    try:
        for number, row in enumerate(reader):
            if number and row:
                yield start, row
            start = layout.skip + reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"cannot be read as a table ({error})",
            path=source.path,
            line=start,
            hint="Look there for a quote that is never closed.",
        ) from error


class _Quotes:
    """Watches lines go by to the CSV reader, and counts row starts with code of its own.

    A row starts where no quoted cell runs on into the line. Where the quote that ends a cell of several lines is not
    followed by a delimiter, it is more likely the one that opens a later cell: rows have run together. A line with all
    the tabs of a row is one, whatever its quotes say.
    """

    def __init__(self, layout: _Layout, tally: Tally) -> None:
        self._delimiter = layout.delimiter
        self._skip = layout.skip
        self._quoted = layout.quoted
        self._tabs = len(layout.columns) - 1 if layout.delimiter == "\t" and len(layout.columns) >= _FEW_COLUMNS else 0
        self._tally = tally
        self._blank = f'{layout.delimiter}" \t'
        self.suspect: set[int] = set()
        self.open_since = 0

    def watch(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines from the heading row on."""
        row, seen_heading = 0, False
        for number, line in enumerate(lines, 1):
            if number <= self._skip:
                continue
            if not self.open_since and self._says_something(line):
                row = number
                if seen_heading:
                    self._tally.starts.append(number)
                seen_heading = True
            if self._tabs and line.count("\t") == self._tabs and number > self._skip + 1 and self._says_something(line):
                self._tally.signs.setdefault("lines with all tabs", []).append(number)
            if self._quoted and '"' in line and self._runs_together(number, line):
                self.suspect.add(row)
            yield line

    def _says_something(self, line: str) -> bool:
        bare = line.strip(self._blank)
        return bool(bare) and (bare.isprintable() or bool(clean_line(bare).strip(self._blank)))

    def _runs_together(self, number: int, line: str) -> bool:
        """Follows the quotes through one line; whether one closes a cell of several lines without a delimiter."""
        at, found = 0, False
        while True:
            if not self.open_since:
                if at == 0 and line.startswith('"'):
                    at = 1
                else:
                    opening = line.find(self._delimiter + '"', at)
                    if opening < 0:
                        return found
                    at = opening + 2
                self.open_since = number
            closing = line.find('"', at)
            if closing < 0:
                return found
            at = closing + 1
            if line.startswith('"', at):
                at += 1
                continue
            if self.open_since != number and not line.startswith(self._delimiter, at) and line[at:].strip():
                found = True
            self.open_since = 0
