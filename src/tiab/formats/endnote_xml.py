"""EndNote's XML, which EndNote, Zotero and Covidence exchange with all fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from lxml import etree

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules, build, note_lines, year_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.round_trip import packed
from tiab.formats.text import clean_line, clean_text
from tiab.formats.xml_stream import elements, text_of
from tiab.records import Record

__all__ = ["END", "HEAD", "RULES", "found_at", "parse", "render"]

RULES = Rules(
    title=("title",),
    abstract=("abstract",),
    authors=("author",),
    year=("year", "date"),
    journal=("full-title", "secondary-title", "alt-title", "abbr-1"),
    doi=("electronic-resource-num",),
    pmid=("PMID",),
    keywords=("keyword",),
    publication_types=("work-type",),
    language=("language",),
    doi_hints=("related-url", "url"),
    pmid_hints=("notes",),
    notes=("notes",),
    carry=("custom7",),
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
END = "</records></xml>\n"
_SIGN = re.compile(r"<records>|<record>|<source-app\b|<ref-type\b")
_START = re.compile(rb"<record[\s>/]")

_LISTS = {
    "authors": "author",
    "secondary-authors": "secondary-author",
    "tertiary-authors": "tertiary-author",
    "subsidiary-authors": "subsidiary-author",
    "translated-authors": "translated-author",
    "keywords": "keyword",
    "web-urls": "web-url",
    "pdf-urls": "pdf-url",
    "text-urls": "text-url",
    "related-urls": "related-url",
    "image-urls": "image-url",
    "pub-dates": "date",
    "copyright-dates": "copyright-date",
    "foreign-keys": "foreign-key",
}
"""Elements that hold a list, and the name under which each of its items is known here."""
_CONTAINERS = frozenset({"contributors", "titles", "periodical", "alt-periodical", "dates", "urls"})
_PATHS = {
    **{item: ("contributors", name) for name, item in _LISTS.items() if name.endswith("authors")},
    **{item: ("urls", name) for name, item in _LISTS.items() if name.endswith("urls")},
    **{item: ("dates", name) for name, item in _LISTS.items() if name.endswith("dates")},
    **dict.fromkeys(("title", "secondary-title", "tertiary-title", "alt-title", "short-title"), ("titles",)),
    "translated-title": ("titles",),
    **dict.fromkeys(("full-title", "abbr-1", "abbr-2", "abbr-3"), ("periodical",)),
    "keyword": ("keywords",),
    "year": ("dates",),
}  # fmt: skip
"""The elements around an item, outermost first."""
_PLAIN_NAMES = (
    "database source-app rec-number auth-address auth-affiliaton pages volume number issue secondary-volume "
    "secondary-issue num-vols edition section reprint-edition reprint-status pub-location publisher orig-pub isbn "
    "accession-num call-num report-id coden caption label notes research-notes work-type reviewed-item "
    "remote-database-name remote-database-provider abstract language access-date custom1 custom2 custom3 custom4 "
    "custom5 custom6 misc1 misc2 misc3 size electronic-resource-num modified-date ref-type"
)
_PLAIN = frozenset(_PLAIN_NAMES.split())
_TYPES = {
    "Journal Article": 17, "Book": 6, "Book Section": 5, "Conference Proceedings": 10, "Conference Paper": 47,
    "Thesis": 32, "Report": 27, "Web Page": 12, "Generic": 13, "Unpublished Work": 34, "Electronic Article": 43,
    "Newspaper Article": 23, "Magazine Article": 19, "Patent": 25, "Manuscript": 36, "Dataset": 59,
}  # fmt: skip


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of EndNote's first tag; None in a file that is not XML."""
    first = next((line for line in lines if line.strip()), "")
    if not first.lstrip().startswith("<") or not any("<ref-type" in line or "<titles>" in line for line in lines):
        return None
    return next((place for place, line in enumerate(lines) if _SIGN.search(line)), None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `xml_stream.elements`."""
    for line, element in elements(source, noted, ("record",), _START):
        yield line, build(_with_pmid(list(_pairs(element))), RULES, source.name)


def _pairs(element: etree._Element) -> Iterator[tuple[str, str]]:
    """(name, text) of each leaf, in the order of the file."""
    for child in element:
        name = str(child.tag)
        if name in _CONTAINERS:
            yield from _pairs(child)
        elif name in _LISTS:
            yield from ((_LISTS[name], _clean(item)) for item in child)
        elif name == "ref-type":
            yield name, child.get("name") or _clean(child)
        elif name == "notes":
            yield from note_lines("notes", _clean(child))
        else:
            yield name, _clean(child)


def _clean(element: etree._Element) -> str:
    return clean_text(text_of(element))


def _with_pmid(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs, with the accession number called PMID where the record says that PubMed gave it."""
    if any(name.startswith("remote-database") and value.casefold() in _PUBMED for name, value in pairs):
        return [("PMID" if name == "accession-num" and value.isdigit() else name, value) for name, value in pairs]
    return pairs


_PUBMED = ("nlm", "pubmed", "medline")


def render(record: Record, shown: Collection[str]) -> str:
    """`record` as an element; what is `shown` of its `extra` becomes lines of notes for people to read."""
    pairs = list(_plain(record, shown))
    # What reads back must be what EndNote's grammar makes of the text, so it is parsed, not assumed.
    read = build(_with_pmid(list(_pairs(etree.fromstring(_element(pairs))))), RULES, "")
    carried = packed(record, read)
    return _element([*pairs, ("custom7", carried)] if carried else pairs) + "\n"


def _plain(record: Record, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    extra = record.extra
    if not any(name == "ref-type" for name, _ in extra):
        yield "ref-type", "Journal Article"
    yield from (("author", name) for name in record.authors)
    yield from (("title", record.title), ("full-title", record.journal))
    yield from (("keyword", word) for word in record.keywords)
    if record.year is not None and not any(name == "year" and year_in(value) == record.year for name, value in extra):
        yield "year", str(record.year)
    yield "abstract", record.abstract
    yield "electronic-resource-num", record.doi
    if record.pmid:
        yield "accession-num", record.pmid
        if not any(name.startswith("remote-database") and value.casefold() in _PUBMED for name, value in extra):
            yield "remote-database-provider", "NLM"
    yield from (("work-type", kind) for kind in record.publication_types)
    yield "language", record.language
    for name, value in extra:
        if name in shown:
            yield "notes", f"tiab_{name}: {value}"
        elif name == "N1" and value.startswith("ASReview_"):
            yield "notes", value
        elif name in _PATHS or name in _PLAIN:
            yield name, value


def _element(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as one record; neighbours that belong into one element are put into one."""
    parts = []
    for path, group in groupby(
        ((name, value) for name, value in pairs if value), key=lambda pair: _PATHS.get(pair[0]) or (pair[0],)
    ):
        kept = list(group)
        if path == ("notes",):
            parts.append(_leaf("notes", "\n".join(value for _, value in kept)))
        elif kept[0][0] not in _PATHS:
            parts.extend(_leaf(name, value) for name, value in kept)
        else:
            inner = "".join(_leaf(_TAGS.get(name, name), value) for name, value in kept)
            for name in reversed(path):
                inner = f"<{name}>{inner}</{name}>"
            parts.append(inner)
    return f"<record>{''.join(parts)}</record>"


_TAGS = {
    item: item.rsplit("-", 1)[-1] for item in _LISTS.values() if item.endswith(("author", "url", "date", "foreign-key"))
}


def _leaf(name: str, value: str) -> str:
    # EndNote breaks lines with a carriage return, which XML keeps only as a reference.
    text = escape(clean_text(value), quote=False).replace("\n", "&#xD;")
    if name == "ref-type":
        return f'<ref-type name="{escape(clean_line(value))}">{_TYPES.get(value, 13)}</ref-type>'
    return f"<{name}>{text}</{name}>"
