"""PubMed XML, from a few search results to a baseline file of 30,000 records, read in constant memory.

The parser resolves no entity, loads no DTD and asks no network; each article is thrown away once it has been read.
What goes to `extra` bears the tag that the same thing has in NBIB.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree

from tiab.formats.input_file import InputFile
from tiab.formats.mapping import cleaned, with_id, year_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.text import clean_line
from tiab.formats.xml_stream import elements, text_of
from tiab.records import Record, normalise_doi

__all__ = ["NO_LABEL", "NO_TITLE", "found_at", "parse", "read_element"]

_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
_START = re.compile(rb"<Pubmed(?:Book)?Article[\s>/]")
_SIGN = re.compile(r"<Pubmed(?:Book)?Article(?:Set)?\b")
NO_TITLE = re.compile(r"\[?\s*not available\s*\]?\.?", re.IGNORECASE)
_LINKS = {"RetractionIn": "RIN", "RetractionOf": "ROF", "ErratumIn": "EIN", "ErratumFor": "EFR", "UpdateIn": "UIN"}
NO_LABEL = frozenset({"", "UNLABELLED", "UNLABELED"})


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first tag of PubMed XML; None in a file that is not XML."""
    first = next((line for line in lines if line.strip()), "")
    if not first.lstrip().startswith("<"):
        return None
    return next((place for place, line in enumerate(lines) if _SIGN.search(line)), None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: the XML is not well-formed, breaks off, or declares entities.
    """
    for line, element in elements(source, noted, _ARTICLES, _START):
        yield line, read_element(element, source.name)


def read_element(element: etree._Element, source: str) -> Record:
    """The record of one article's element."""
    citation = element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    fields = _book(element) if citation is None or article is None else _article(element, citation, article)
    return with_id(cleaned(fields), source)


def _article(element: etree._Element, citation: etree._Element, article: etree._Element) -> dict[str, Any]:
    date = article.find("Journal/JournalIssue/PubDate")
    return {
        "title": _title(article, "ArticleTitle", "VernacularTitle"),
        "abstract": _abstract(article.find("Abstract"))
        or _abstract(citation.find("OtherAbstract"))
        or _abstract(element.find("PubmedData/OtherAbstract")),
        "authors": _authors(article.find("AuthorList")),
        "year": _year(date, article.find("ArticleDate"), element.find("PubmedData/History/PubMedPubDate")),
        "journal": _text(article.find("Journal/Title")) or _text(citation.find("MedlineJournalInfo/MedlineTA")),
        "doi": _doi(article.findall("ELocationID"), element.findall("PubmedData/ArticleIdList/ArticleId")),
        "pmid": _text(citation.find("PMID")),
        "keywords": (*_headings(citation.find("MeshHeadingList")), *_texts(citation.findall("KeywordList/Keyword"))),
        "publication_types": _texts(article.findall("PublicationTypeList/PublicationType")),
        "language": "; ".join(_texts(article.findall("Language"))).lower(),
        "extra": _article_extra(element, citation, article, date),
    }


def _article_extra(
    element: etree._Element, citation: etree._Element, article: etree._Element, date: etree._Element | None
) -> tuple[tuple[str, str], ...]:
    """What else a reviewer may want, under the tags of NBIB."""
    issue = article.find("Journal/JournalIssue")
    pairs = [
        ("DP", " ".join(_texts(date)) if date is not None else ""),
        ("VI", _child(issue, "Volume")),
        ("IP", _child(issue, "Issue")),
        ("PG", _child(article, "Pagination/MedlinePgn")),
        ("TA", _child(citation, "MedlineJournalInfo/MedlineTA")),
        ("IS", _child(article, "Journal/ISSN")),
        ("PL", _child(citation, "MedlineJournalInfo/Country")),
    ]
    for identifier in element.findall("PubmedData/ArticleIdList/ArticleId"):
        if identifier.get("IdType") == "pmc":
            pairs.append(("PMC", _text(identifier)))
    for bank in article.findall("DataBankList/DataBank"):
        name = _child(bank, "DataBankName")
        pairs.extend(
            ("SI", f"{name}/{number}") for number in _texts(bank.findall("AccessionNumberList/AccessionNumber"))
        )
    for chemical in citation.findall("ChemicalList/Chemical"):
        pairs.append(("RN", f"{_child(chemical, 'RegistryNumber')} ({_child(chemical, 'NameOfSubstance')})"))
    for linked in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        tag = _LINKS.get(linked.get("RefType") or "")
        if tag:
            pairs.append((tag, f"{_child(linked, 'RefSource')} PMID: {_child(linked, 'PMID')}"))
    return tuple(pair for pair in pairs if pair[1])


def _book(element: etree._Element) -> dict[str, Any]:
    book = element.find("BookDocument")
    if book is None:
        return {}
    authors = book.find("AuthorList")
    return {
        "title": _title(book, "ArticleTitle", "VernacularTitle", "Book/BookTitle"),
        "abstract": _abstract(book.find("Abstract")),
        "authors": _authors(authors if authors is not None else book.find("Book/AuthorList")),
        "year": _year(book.find("Book/PubDate"), book.find("ContributionDate")),
        "journal": _child(book, "Book/BookTitle"),
        "doi": _doi(book.findall("ELocationID"), book.findall("ArticleIdList/ArticleId")),
        "pmid": _child(book, "PMID"),
        "keywords": _texts(book.findall("KeywordList/Keyword")),
        "publication_types": _texts(book.findall("PublicationType")),
        "language": "; ".join(_texts(book.findall("Language"))).lower(),
        "extra": tuple(("PB", name) for name in _texts(book.findall("Book/Publisher/PublisherName"))),
    }


def _text(element: etree._Element | None) -> str:
    return clean_line(text_of(element))


def _texts(elements: Iterable[etree._Element]) -> tuple[str, ...]:
    return tuple(text for text in map(_text, elements) if text)


def _child(element: etree._Element | None, path: str) -> str:
    """The text of the first element at `path`; a plain name is looked up without lxml's language of paths."""
    if element is None:
        return ""
    return _text(element.find(path) if "/" in path else next(element.iterchildren(path), None))


def _title(element: etree._Element, *paths: str) -> str:
    for path in paths:
        title = _child(element, path)
        if title and not NO_TITLE.fullmatch(title):
            return title
    return ""


def _abstract(element: etree._Element | None) -> str:
    """The sections as paragraphs, each "LABEL: text"; a section without a label is its text."""
    if element is None:
        return ""
    paragraphs = []
    for section in element.findall("AbstractText"):
        text = _text(section)
        label = clean_line(section.get("Label") or "")
        if text:
            paragraphs.append(f"{label}: {text}" if label.upper() not in NO_LABEL else text)
    return "\n".join(paragraphs)


def _authors(element: etree._Element | None) -> tuple[str, ...]:
    if element is None:
        return ()
    return tuple(name for author in element.iterchildren("Author") if (name := _name(author)))


def _name(author: etree._Element) -> str:
    held = {part.tag: _text(part) for part in author.iterchildren("CollectiveName", "LastName", "ForeName", "Initials")}
    first, last = held.get("ForeName") or held.get("Initials"), held.get("LastName")
    return held.get("CollectiveName") or ", ".join(filter(None, (last, first)))


def _year(*dates: etree._Element | None) -> int | None:
    """The year of the first date that has one; PubMed writes "1998 Dec-1999 Jan" and the like as MedlineDate."""
    for date in dates:
        year = year_in(_child(date, "Year") or _child(date, "MedlineDate"))
        if year is not None:
            return year
    return None


def _doi(locations: Iterable[etree._Element], identifiers: Iterable[etree._Element]) -> str:
    for location in locations:
        if location.get("EIdType") == "doi" and location.get("ValidYN") != "N":
            doi = normalise_doi(_text(location))
            if doi:
                return doi
    for identifier in identifiers:
        if identifier.get("IdType") == "doi":
            return normalise_doi(_text(identifier))
    return ""


def _headings(element: etree._Element | None) -> Iterator[str]:
    """MeSH headings as "descriptor/qualifier/qualifier", without the marks of a major topic."""
    if element is not None:
        for heading in element.findall("MeshHeading"):
            text = "/".join(_texts(heading))
            if text:
                yield text
