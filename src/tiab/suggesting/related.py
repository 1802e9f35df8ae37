"""Related words: what the records that match a draft best have in common, and most others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.criteria import Criteria
from tiab.drafting import Draft, DraftTerm
from tiab.drafting.phrases import SMALL_WORDS
from tiab.features import SIMILARITY, WordSpace
from tiab.features.words import make_word_space
from tiab.pico.term_index import TermIndex
from tiab.records import Record

__all__ = ["add_related"]

_FIRST, _SHARE, _MOST = 40, 8, 60
"""How many records are taken for relevant (one in so many of a small pool), and how many words are offered."""
_LARGEST_POOL = 5000
"""Of more records than this an even part is looked at: a page waits for the words."""
_LEAST, _SMALLEST_POOL = 3, 100
"""A word must be in so many of the first records; in a smaller pool too few are irrelevant to tell words apart."""
_WORDS = re.compile(r"[^\W\d_][\w'-]{2,}(?: [^\W\d_][\w'-]{2,})?")
_IN_TITLE, _OPTIONAL = 0.5, 0.3


def add_related(draft: Draft, records: Sequence[Record]) -> Draft:
    """The draft with the words that the records which match it best share; they raise records that share them.

    J. J. Rocchio, "Relevance feedback in information retrieval", in G. Salton (ed.), The SMART Retrieval System, 1971;
    with the first records taken for relevant, as pseudo-relevance feedback does.
    """
    if len(records) < _SMALLEST_POOL:
        return draft
    some = records[:: -(-len(records) // _LARGEST_POOL)]
    return replace(draft, related=tuple(_related(some, draft.criteria)))


def _related(records: Sequence[Record], criteria: Criteria) -> Iterator[DraftTerm]:
    space, rows = make_word_space(records, beside=criteria.phrases)
    few = min(_FIRST, len(records) // _SHARE)
    first = np.argsort(-_scores(records, criteria, space, rows), kind="stable")[:few]
    known = " ".join(criteria.phrases).casefold()
    held = np.bincount(rows[first].indices, minlength=rows.shape[1])
    more = np.asarray(rows[first].mean(axis=0) - rows.mean(axis=0)).ravel()
    left = _MOST
    for column in np.argsort(-np.where(held >= _LEAST, more, 0.0), kind="stable").tolist():
        if not left or held[column] < _LEAST or more[column] <= 0:
            return
        if _says_something(space.words[column]) and space.words[column] not in known:
            left -= 1
            source = f"in {held[column]} of the {len(first)} records that match best"
            yield DraftTerm(text=space.words[column], line=0, source=source)


def _scores(records: Sequence[Record], criteria: Criteria, space: WordSpace, rows: csr_array) -> NDArray[np.float64]:
    """How well each record matches, without reading its PICO: likeness, and the concepts that it names."""
    scores = np.asarray(SIMILARITY * (rows @ space.row(criteria.phrases)), dtype=np.float64)
    anywhere, titles = TermIndex(records), TermIndex([Record(record_id=r.record_id, title=r.title) for r in records])
    for concept in criteria.concepts:
        share = concept.weight * (1.0 if concept.required else _OPTIONAL)
        scores += share * (anywhere.any_of(concept.terms) + _IN_TITLE * titles.any_of(concept.terms))
    return scores


def _says_something(words: str) -> bool:
    """Whether a word or a pair of words is no small word, nor begins or ends with one."""
    return bool(_WORDS.fullmatch(words)) and SMALL_WORDS.isdisjoint(words.split())
