"""Record: one bibliographic record, as a search export carried it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from tiab.folding import folded_words

__all__ = ["Record", "normalise_doi"]

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRACKED = re.compile(r"[?#&](?:utm_|casa_token|journalcode|via=|ref=|download=).*$")
_PAGE = re.compile(r"/(?:full|abstract|e?pdf|html|meta)$")
"""What the address of an article's page has behind the DOI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One bibliographic record; every field may be empty but `record_id`.

    Attributes:
        record_id: unique within one pool: the file's own identifier, else PMID, DOI or a hash of the content.
        keywords: author keywords and MeSH headings, in the order of the file.
        publication_types: as the source names them ("Randomized Controlled Trial").
        language: as the source names it ("eng", "English"), lower case.
        source: the name of the file that the record was read from.
        extra: (name, value) pairs of what the file carried beside these, in its order; never ranked on.

    >>> record = Record(record_id="1", title="Exercise in MS", abstract="Ten women trained.", keywords=("yoga",))
    >>> record.text
    'Exercise in MS\\nTen women trained.\\nyoga'
    """

    record_id: str
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    keywords: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    language: str = ""
    source: str = ""
    extra: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """Title, abstract and keywords, one line break between them: what PICO offsets count in."""
        return "\n".join((self.title, self.abstract, "; ".join(self.keywords))).rstrip("\n")

    @property
    def sections(self) -> tuple[tuple[str, int, int], ...]:
        """(name, start, end) of title, abstract and keywords within `text`; an empty one has start == end."""
        title_end = len(self.title)
        abstract_end = title_end + 1 + len(self.abstract)
        length = len(self.text)
        return (
            ("title", 0, min(title_end, length)),
            ("abstract", min(title_end + 1, length), min(abstract_end, length)),
            ("keywords", min(abstract_end + 1, length), length),
        )

    @property
    def fingerprint(self) -> str:
        """16 hex digits of the words of title and abstract and of the year; equal for equal content.

        Case, punctuation, accents and line breaks do not count, so two exports of one record agree.
        """
        words = folded_words(f"{self.title} {self.abstract}")
        return hashlib.sha256(f"{words}|{self.year or ''}".encode()).hexdigest()[:16]


def normalise_doi(text: str) -> str:
    """The bare lower-case DOI in `text`, or "" if there is none: no prefix, no escapes, nothing that stands around it.

    >>> normalise_doi("https://doi.org/10.1016/J.JNS.2004.06.009.")
    '10.1016/j.jns.2004.06.009'
    >>> normalise_doi("[DOI 10.5555%2Fx.7]"), normalise_doi("(10.1016/S0140-6736(05)1)")
    ('10.5555/x.7', '10.1016/s0140-6736(05)1')
    """
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = unescape(text)
    found = _DOI.search(text)
    if found is None:
        return ""
    doi = found.group(0).lower().removesuffix("[doi]").rstrip(".,;:\"'")
    if "http" in text:
        doi = _TRACKED.sub("", doi)
        doi = doi if "doi.org" in text.lower() else _PAGE.sub("", doi)
    while doi[-1] in _OPENING and doi.count(doi[-1]) > doi.count(_OPENING[doi[-1]]):
        doi = doi[:-1].rstrip(".,;:\"'")
    return doi
