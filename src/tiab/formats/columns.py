"""What the columns of a table mean, whatever they are called, and how a row of them becomes a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tiab.folding import heading
from tiab.formats.mapping import Rules, build
from tiab.formats.nested import pairs_in, parsed
from tiab.records import Record

__all__ = [
    "FIELDS",
    "MAX_COLUMNS",
    "RULES",
    "column_key",
    "guarded",
    "is_known",
    "is_own",
    "keys_of",
    "known_columns",
    "row_record",
    "unguarded",
]

MAX_COLUMNS = 1000

FIELDS = (
    "record_id", "title", "abstract", "authors", "year", "journal", "doi", "pmid", "keywords", "publication_types",
    "language",
)  # fmt: skip
"""The columns of a table that tiab writes, side by side; what else it holds stands before and behind them."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FORMULA = re.compile("'*[=+@＝＋－＠-]")


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


def known_columns(names: Iterable[str]) -> int:
    """How many of these names, as `keys_of` gives them, `RULES` look at."""
    return sum(name in _KNOWN for name in names)


def keys_of(columns: Iterable[str]) -> list[str]:
    """The names of columns as `RULES` spell them; "?" for one without letters."""
    keys = [column_key(column) or "?" for column in columns]
    return ["keywordsplus" if key == "id" else key for key in keys] if _WOS.issubset(keys) else keys


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
