"""The articles of a PubMed XML file as raw bytes, one after the other, of which most are never parsed.

Reading a whole article takes ten times as long as finding where it ends. `read_quick` takes from the bytes what a first
look needs, to the letter as the reader of whole records has it, or says that it cannot: an article with anything out
of the ordinary is left to the parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from tiab.errors import InputError
from tiab.formats.input_file import InputFile
from tiab.formats.markup import plain_value
from tiab.formats.pubmed_xml import NO_LABEL, NO_TITLE, read_element
from tiab.formats.reader_notes import Unreadable
from tiab.formats.text import clean_line, xml_encoding
from tiab.formats.xml_stream import MAX_RECORD
from tiab.records import Record

__all__ = ["Articles", "Quick", "Revision", "read_article", "read_quick", "read_revision"]

_START = re.compile(rb"<Pubmed(?:Book)?Article[\s>/]")
_END = re.compile(rb"</Pubmed(?:Book)?Article\s*>")
_CLOSED = (b"</PubmedArticleSet>", b"</PubmedBookArticleSet>", b"</BookDocumentSet>")
_PMID = re.compile(rb"<PMID(?:\s+Version=\"(\d{1,4})\")?[^>]*>\s*(\d{1,9})\s*</PMID>")
_REVISED = re.compile(
    rb"<DateRevised[^>]*>\s*<Year>(\d{4})</Year>\s*<Month>(\d\d?)</Month>\s*<Day>(\d\d?)</Day>\s*</DateRevised>"
)
_TITLE = re.compile(rb"<ArticleTitle(?:\s[^>]*[^>/])?>(.*?)</ArticleTitle>", re.DOTALL)
_SECTION = re.compile(rb"<AbstractText(\s[^>]*[^>/])?>(.*?)</AbstractText>", re.DOTALL)
_LABEL = re.compile(rb"\sLabel=\"([^\"]*)\"")
_HEADING = re.compile(rb"<MeshHeading>(.*?)</MeshHeading>", re.DOTALL)
_HEADING_PART = re.compile(rb"<(?:DescriptorName|QualifierName)(?:\s[^>]*)?>([^<]*)</")
_KEYWORD = re.compile(rb"<Keyword(?:\s[^>]*)?>(.*?)</Keyword>", re.DOTALL)
_TYPE = re.compile(rb"<PublicationType(?:\s[^>]*)?>([^<]*)</PublicationType>")
_TAG = re.compile("<[^>]*>")
_ODD = (b"<!", b"<?", b"&#", b"OtherAbstract", b"<AbstractText/", b"<ArticleTitle/", b"<Keyword/")
"""With one of these an article is left to the parser: a comment, a letter given by its number, a second abstract …"""
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
)
_DOCTYPE = b'<!DOCTYPE PubmedArticle SYSTEM "pubmed.dtd">'
"""Never loaded: with it, an entity that only the DTD of the whole file knows is no error."""


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """Which of two copies of one citation is newer: the one with the greater version, then the later date.

    Attributes:
        version: PubMed's number of the version; 0 where the format has none.
        revised: the day of the last revision as 20201231; 0 where it is not told.
    """

    version: int = 0
    revised: int = 0


@dataclass(frozen=True, slots=True)
class Quick:
    """What a first look at an article needs; each text is as the whole record has it.

    Attributes:
        parts: title, abstract and keywords.
        publication_types: as the source names them.
    """

    parts: tuple[str, str, str]
    publication_types: tuple[str, ...]


@dataclass(slots=True)
class Articles:
    """The articles of one source, by `read`; the rest is filled while they are read.

    Attributes:
        deleted: PMIDs of citations that the file says were deleted.
        unreadable: articles that have a start and no end, by their number in the file.
        n_starts: the articles that start in it.
    """

    source: InputFile
    deleted: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    n_starts: int = 0

    def read(self) -> Iterator[bytes]:
        """Each article from its start tag to its end tag.

        Raises:
            InputError: the file breaks off, its packed data is damaged, or it is in no encoding of this reader; what
                came before has been given by then.
        """
        if xml_encoding(self.source):
            raise InputError("is not in UTF-8", path=self.source.path, hint="Save it as UTF-8 text.")
        rest = b""
        for chunk in self.source.chunks():
            window = rest + chunk
            at = 0
            for end in _END.finditer(window, max(0, len(rest) - 32)):
                yield from self._cut(window[at : end.end()])
                at = end.end()
            rest = window[at:]
            if len(rest) > MAX_RECORD:
                raise InputError(f"has more than {MAX_RECORD >> 20} MB in one record", path=self.source.path)
        self._finish(rest)

    def _cut(self, piece: bytes) -> Iterator[bytes]:
        """The article that ends with `piece`; one that starts in it and doesn't end is noted."""
        starts = [found.start() for found in _START.finditer(piece)]
        self.n_starts += len(starts)
        for number in range(self.n_starts - len(starts) + 1, self.n_starts):
            self.unreadable.append(Unreadable(number, "it has no end"))
        if starts:
            yield piece[starts[-1] :]

    def _finish(self, rest: bytes) -> None:
        deleted = rest.find(b"<DeleteCitation")
        if deleted >= 0:
            self.deleted += [int(pmid) for _, pmid in _PMID.findall(rest, deleted)]
        broken = len(_START.findall(rest))
        self.n_starts += broken
        if broken or not any(tag in rest for tag in _CLOSED):
            hint = "Download it again."
            raise InputError(f"breaks off after {self.n_starts - broken} records", path=self.source.path, hint=hint)


def read_article(raw: bytes, source: str) -> Record:
    """The record of an article.

    Raises:
        ValueError: it is not well-formed.
    """
    try:
        element = etree.fromstring(_DOCTYPE + raw, _PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(clean_line(str(error.msg or "it is not well-formed"))[:120]) from error
    return read_element(element, source)


def read_revision(raw: bytes) -> tuple[int, Revision]:
    """The PMID of an article, 0 for none, and which revision of it this is."""
    named = _PMID.search(raw)
    if named is None:
        return 0, Revision()
    dated = _REVISED.search(raw, named.end())
    day = int(dated[1]) * 10_000 + int(dated[2]) * 100 + int(dated[3]) if dated else 0
    return int(named[2]), Revision(int(named[1] or 1), day)


def read_quick(raw: bytes) -> Quick | None:
    """What a first look needs of an article, or None where only the parser can tell.

    >>> raw = b'<PubmedArticle><ArticleTitle>IL<sub>6</sub> &amp; <i>yoga</i></ArticleTitle></MedlineCitation>'
    >>> read_quick(raw).parts
    ('IL6 & yoga', '', '')
    """
    end = raw.find(b"</MedlineCitation>")
    body = raw[:end]
    if end < 0 or any(sign in body for sign in _ODD) or raw.find(b"OtherAbstract", end) >= 0:
        return None
    title = _TITLE.search(body)
    abstract = _abstract(body)
    if title is None or abstract is None:
        return None
    text = _plain(title[1])
    if not text or NO_TITLE.fullmatch(text):
        return None
    types = tuple(name for name in map(_plain, _TYPE.findall(body)) if name)
    words = _keywords(body)
    if any(plain_value(part) != part for part in (text, abstract, *words, *types)):
        return None
    return Quick((text, abstract, "; ".join(words)), types)


def _abstract(body: bytes) -> str | None:
    start = body.find(b"<Abstract")
    if start < 0:
        return ""
    end = body.find(b"</Abstract>", start)
    if end < 0:
        return None
    paragraphs = []
    for attributes, section in _SECTION.findall(body[start:end]):
        label = _LABEL.search(attributes)
        text = _plain(section)
        if text:
            name = _plain(label[1]) if label else ""
            paragraphs.append(f"{name}: {text}" if name.upper() not in NO_LABEL else text)
    return "\n".join(paragraphs)


def _keywords(body: bytes) -> list[str]:
    start = body.find(b"<MeshHeadingList")
    end = body.find(b"</MeshHeadingList>", start)
    headings = _HEADING.findall(body[start:end]) if start >= 0 else []
    words = ["/".join(filter(None, map(_plain, _HEADING_PART.findall(heading)))) for heading in headings]
    words += map(_plain, _KEYWORD.findall(body)) if b"<KeywordList" in body else []
    return list(filter(None, words))


def _plain(raw: bytes) -> str:
    """The text within, without markup, as `clean_line` has it."""
    text = raw.decode("utf-8", "replace")
    if "<" in text:
        text = _TAG.sub("", text)
    return clean_line(html.unescape(text) if "&" in text else text)
