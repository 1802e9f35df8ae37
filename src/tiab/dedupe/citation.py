"""Citation: what of a record is compared with another, in one spelling whichever database it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from tiab.dedupe.pagination import Pagination, find_pagination, first_known
from tiab.dedupe.spelling import comparable_title, parted, plain_words, word_list
from tiab.folding import heading
from tiab.records import Record

__all__ = ["MAX_AUTHORS", "MAX_TITLE", "Citation", "citation_of"]

MAX_TITLE, MAX_ABSTRACT, MAX_AUTHORS = 600, 4000, 60
"""What lies behind these is not compared: characters of a title and an abstract, authors."""

_CONTAINERS = (
    "booktitle", "book title", "t2", "bt", "secondary title", "conference", "conference title", "conference name",
)  # fmt: skip
_NOTES = 3
"""Notes behind one title that are looked for."""
_KINDS = ("ty", "entrytype", "type of reference", "type of work", "m3", "item type")
_LANGUAGE_NOTE = re.compile(rf"[\[(](?:in )?(?:{'|'.join(sorted(word_list('languages')))})\W*[\])]\W*$", re.IGNORECASE)
_POINTED = (
    r"(?:(?:published )?(?:erratum|corrections?|comment|retraction)s? (?:appears |published )?in\b|see comments?\b|"
    r"corrected\b|includes discussion|with discussion|comment\b|review\b|abstract no\b)"
)
_POINTER = re.compile(
    rf"\W*(?:\[\W*{_POINTED}[^\]]{{0,200}}(?:\]|$)|\(\W*{_POINTED}[^)]{{0,200}}(?:\)|$))", re.IGNORECASE
)
"""What indexers put behind the title of the report itself, such as where its erratum stands."""
_INDEX_NOTE = re.compile(
    r"[\s.]*[\[(]\W*(?:\d+ ref(?:erence)?s?|(?:provisional|structured) (?:abstract|record)|brief record|"
    r"provisional|with consumer summary|article|report|references|miscellaneous)\W*[\])]\W*$",
    re.IGNORECASE,
)
"""What Ovid, CRD and PEDro put behind a title: how many references it has, and what kind of record theirs is."""
_ABSTRACT_NOTE = re.compile(r"[\[(](?:conference |meeting )?abstract(?: only| no\W*\S{1,10})?[\])]\W*$", re.IGNORECASE)
_CONFERENCE_ABSTRACT = re.compile(r"\b(?:conference|meeting|congress|published) abstract|^abst$", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\))[\s.]*$")
"""What a database puts behind a journal: "(London, England)", "[electronic resource]", the letters of a conference."""
_PROCEEDINGS = re.compile(r"inproceedings|conf|cpaper|conference ?paper|proceedings ?paper|conference", re.IGNORECASE)
_NOTICE = re.compile(r"\b(?:erratum|corrigendum|correction|retraction of|expression of concern)\b", re.IGNORECASE)
_REGISTRIES = re.compile(
    r"\b(?:NCT ?\d{8}|ISRCTN ?\d{6,8}|ACTRN ?\d{14}|ChiCTR(?:-[A-Z]{2,4})?-?\d{8,10}|DRKS ?\d{8}|IRCT\d{6,14}N\d{1,3}|"
    r"IRCT ?\d{10,14}|CTRI/\d{4}/\d{2,3}/\d{6}|UMIN ?\d{9}|jRCTs?\d{9,10}|KCT ?\d{7}|PACTR ?\d{15,16}|TCTR ?\d{11}|"
    r"RBR-[0-9a-z]{6,8}|NTR ?\d{3,4}|\d{4}-\d{6}-\d{2}(?:-\d{2})?|CRD ?42\d{9})\b",
    re.IGNORECASE,
)
_BANKS = frozenset(
    {"si", "registration", "clinical trial numbers", "clinical trial number", "nct number", "trialid", "trial id"}
)


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What is compared of one record; texts in lower case without accents, punctuation and markup; "" is not known.

    Attributes:
        title: its words, one space between them.
        surnames: of the authors, in order; the words of each without particles and initials.
        first_author, names: all words of the name of the first author, of all authors; initials left out.
        registered: the trial registrations that it names.
        meeting: a conference abstract, by its type or title.
        proceedings: a paper in proceedings, by its type.
        notice: an erratum, retraction or the like, by its type.
    """

    title: str
    surnames: tuple[str, ...] = ()
    first_author: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    year: int | None = None
    journal: str = ""
    pagination: Pagination = field(default_factory=Pagination)
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    registered: frozenset[str] = frozenset()
    meeting: bool = False
    proceedings: bool = False
    notice: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the title that carry meaning."""
        stopwords = word_list("stopwords")
        return tuple(word for word in self.title.split() if word not in stopwords)

    @cached_property
    def key(self) -> str:
        """The title without spaces."""
        return self.title.replace(" ", "")

    @cached_property
    def length(self) -> int:
        """The letters of the title; one of Chinese or Japanese says as much as two of an alphabet."""
        return len(self.key) + sum(map(_is_sign, self.title.split()))

    @cached_property
    def abstract_words(self) -> frozenset[str]:
        """The words of the abstract; of Chinese and Japanese each two letters, as single ones come back everywhere."""
        words = self.abstract.split()
        if self.abstract.isascii():
            return frozenset(words)
        pairs = (one + other for one, other in pairwise(words) if _is_sign(one) and _is_sign(other))
        return frozenset((*(word for word in words if not _is_sign(word)), *pairs))


def _is_sign(word: str) -> bool:
    """Whether `parted` made it a word."""
    return len(word) == 1 and word >= "\u3040"


def citation_of(record: Record) -> Citation:
    """What is compared of `record`.

    >>> citation_of(Record(record_id="1", title="[Yoga & TNF-α]", authors=("de Vries J.",))).surnames
    ('vries',)
    """
    extra: dict[str, str] = {}
    for name, value in record.extra:
        extra.setdefault(heading(name), value)
    title, meeting = _ABSTRACT_NOTE.subn("", record.title[:MAX_TITLE])
    kinds = [*record.publication_types, *(extra[name] for name in _KINDS if name in extra)]
    container = first_known({"journal": record.journal}, ("journal",)) or first_known(extra, _CONTAINERS)
    authors = record.authors[:MAX_AUTHORS]
    return Citation(
        title=comparable_title(_without_notes(title)),
        surnames=tuple(filter(None, (_surname(name[:80]) for name in authors))),
        first_author=_name_words(authors[:1]),
        names=_name_words(authors),
        year=record.year,
        journal=" ".join(plain_words(_QUALIFIER.sub("", container[:300]) or container[:300])),
        pagination=find_pagination(extra),
        doi=record.doi,
        pmid=record.pmid,
        abstract=parted(" ".join(plain_words(record.abstract[:MAX_ABSTRACT]))),
        registered=_registered(record, extra),
        meeting=bool(meeting) or any(_CONFERENCE_ABSTRACT.search(kind) for kind in kinds),
        proceedings=any(_PROCEEDINGS.fullmatch(kind.strip()) for kind in kinds),
        notice=any(_NOTICE.search(kind) for kind in kinds),
    )


def _without_notes(title: str) -> str:
    """A title without what indexers put behind it, in whichever order they did."""
    for _ in range(_NOTES):
        shorter = _LANGUAGE_NOTE.sub("", _POINTER.sub("", _INDEX_NOTE.sub("", title)))
        if shorter == title or not shorter.strip():
            return title
        title = shorter
    return title


def _registered(record: Record, extra: dict[str, str]) -> frozenset[str]:
    """The trial registrations in a record, without spaces and in upper case."""
    banks = " ".join(value for name, value in record.extra if heading(name) in _BANKS) if _BANKS & extra.keys() else ""
    text = f"{record.title[:MAX_TITLE]} {record.abstract[:20_000]} {banks[:2000]}"
    return frozenset(re.sub(r"\s", "", found).upper() for found in _REGISTRIES.findall(text))


def _name_words(authors: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in authors for word in plain_words(name[:80]) if len(word) > 1)


def _surname(name: str) -> str:
    """The surname in "Liu, R.", "Liu R.", "Liu RW" or "Rong Liu"; particles such as "van" are left out.

    >>> [_surname(name) for name in ("de Vries, Jan", "Liu R.W.", "Rong Liu", "WHO Group", "O'Byrne, Paul")]
    ['vries', 'liu', 'liu', 'group', 'obyrne']
    """
    family, comma, _ = re.sub(r"['’?]", "", name).partition(",")
    if not comma:
        parts = family.split()
        kept = [part for part in parts if not (part.endswith(".") or (len(part) <= 3 and part.isupper()))]
        # With initials gone, all that is left is the surname; of two full names it is the last.
        family = " ".join(kept) if len(kept) < len(parts) and kept else " ".join(parts[-1:])
    return " ".join(word for word in plain_words(family) if word not in word_list("particles"))
