"""Sets of structured abstracts: text without its headings, and what each heading said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from lxml import etree
from numpy.typing import NDArray
from spacy.language import Language

import tiab.pico.sentences  # noqa: F401  (registers its factory)
from tiab.errors import InputError
from tiab.formats.input_file import open_source
from tiab.pico.learned.roles import SECTION_ROLE
from tiab.pico.learned.words import Words, read_words
from tiab.pico.sections import section_of
from tiab.reading import parse_json

__all__ = ["LabelledSentences", "RoleArticle", "is_held_out", "label_sentences", "read_role_articles", "title_hash"]

_HELD_OUT = 51  # of 256 values of a byte: a fifth
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class RoleArticle:
    """One structured abstract.

    Attributes:
        parts: (role, text) of each section, in order; the role is a place in `ROLE_LABELS`.
    """

    article_id: str
    title: str
    parts: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """The abstract as one paragraph without headings."""
        return " ".join(text for _, text in self.parts)

    @property
    def starts(self) -> list[int]:
        """Where each part begins in `text`."""
        places, place = [], 0
        for _, text in self.parts:
            places.append(place)
            place += len(text) + 1
        return places


def title_hash(title: str) -> int:
    """64 bits that stand for a title whatever its case and punctuation, so that an article is known in any set.

    >>> title_hash("Yoga in asthma.") == title_hash("YOGA IN ASTHMA")
    True
    """
    words = " ".join(_WORD.findall(title.casefold()))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "little")


def is_held_out(title: str) -> bool:
    """Whether an article belongs to the fifth that nothing is ever learned from."""
    return title_hash(title) % 256 < _HELD_OUT


def read_role_articles(path: str | Path) -> list[RoleArticle]:
    """The structured abstracts of a PubMed XML file (NlmCategory) or of a JSON file, either of them also gzipped.

    The JSON is one object: identifier -> [[name, text], …], where name is TITLE or ABSTRACT.<heading>. Sections whose
    heading is none of background, objective, methods, results and conclusions are left out, and so are articles in
    which fewer than two roles remain.

    Raises:
        InputError: the file cannot be read or is of neither format.
    """
    data = open_source(path).read_all()
    try:
        found = _from_json(parse_json(data)) if data.lstrip()[:1] == b"{" else _from_pubmed(data)
        articles = [article for article in found if len({role for role, _ in article.parts}) > 1]
    except (ValueError, TypeError, AttributeError, etree.XMLSyntaxError) as error:
        hint = "Give a PubMed XML file, or JSON of the form {id: [[name, text], …]}."
        raise InputError("holds no structured abstracts that can be read", path=path, hint=hint) from error
    if not articles:
        raise InputError("holds no structured abstract", path=path, hint="Give a file with headings or NlmCategory.")
    return articles


def _from_json(data: dict[str, Any]) -> Iterator[RoleArticle]:
    for article_id, sections in data.items():
        title = next((str(text) for name, text in sections if name == "TITLE"), "")
        named = ((section_of(_heading(name)), text) for name, text in sections if name != "TITLE")
        yield RoleArticle(article_id, title, _parts(named))


def _heading(name: str) -> str:
    """The innermost heading: that of "ABSTRACT.SUMMARY.METHODS" is "METHODS"."""
    return name.rsplit(".", 1)[-1].replace("_", " ")


def _from_pubmed(data: bytes) -> Iterator[RoleArticle]:
    options = {"no_network": True, "resolve_entities": False, "load_dtd": False}
    for _, article in etree.iterparse(BytesIO(data), tag="PubmedArticle", **options):
        texts = article.findall(".//Abstract/AbstractText")
        named = (((text.get("NlmCategory") or "").lower(), "".join(text.itertext())) for text in texts)
        title = article.find(".//ArticleTitle")
        words = "" if title is None else "".join(title.itertext())
        yield RoleArticle(article.findtext(".//PMID") or "", words, _parts(named))
        article.clear()


def _parts(named: Iterable[tuple[str, str]]) -> tuple[tuple[int, str], ...]:
    tidy = ((SECTION_ROLE.get(name), " ".join(text.split())) for name, text in named)
    return tuple((role, text) for role, text in tidy if role is not None and text)


_ZONE = 1_000


@dataclass(frozen=True, eq=False)
class LabelledSentences:
    """The sentences of one abstract and the role that its heading gave each."""

    article: RoleArticle
    words: Words
    roles: NDArray[np.int64]


def label_sentences(articles: Iterable[RoleArticle]) -> Iterator[LabelledSentences]:
    """The sentences of each article; one that runs across a heading has the role of its beginning."""
    nlp = _sentence_pipeline()
    rest = iter(articles)
    while zone := list(islice(rest, _ZONE)):
        with nlp.memory_zone():
            for article in zone:
                words = read_words(nlp(article.text))
                parts = np.searchsorted(article.starts, words.places, side="right") - 1
                yield LabelledSentences(article, words, np.array([role for role, _ in article.parts])[parts])


def _sentence_pipeline() -> Language:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "tiab_words.v1"}}})
    nlp.add_pipe("tiab_sentences")
    return nlp
