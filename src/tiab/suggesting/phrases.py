"""Phrases: the words, and pairs of neighbouring words, that records have, as numbers that can be counted at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tiab.drafting.phrases import GENERAL_WORDS, SMALL_WORDS
from tiab.pico.spelling import singular
from tiab.pico.term_index import Ints, Mask, TermIndex

__all__ = ["Phrases", "neighbours", "telling_phrases"]

_REPORTING = """
    abstract additional alone analyse analyze approximately assigned author background conclude conclusion confidence
    copyright daily day decrease decreased decreasing demonstrated difference elsevier estimated evidence finding
    followed having hour important improve improved improvement increase increased increasing indicate indicated
    interval investigate investigated known lower mean minute need observed obtained odds percent plus possible present
    previous prior purpose random randomly range ratio received respectively right role score show showed shown side
    significance significant significantly similar small statistically suggest suggesting take taken taking total took
    treat treated typical weekly yearly
"""
_REPORTING_WORDS = frozenset(_REPORTING.split())
"""Words in which any abstract reports."""
_SUBJECTS = frozenset(("academic", "drug", "drugs", "industry", "language", "model", "system", "systems", "therapy"))
"""Words that are too general for a protocol's terms, but may tell included and excluded records apart."""
_STOP_WORDS = (SMALL_WORDS | GENERAL_WORDS | _REPORTING_WORDS | {singular(word) for word in GENERAL_WORDS}) - _SUBJECTS
"""Words that are about no subject."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Phrases:
    """Words and pairs with the records that have them.

    Attributes:
        texts: each as the records first write it.
        record: the records that have each, one phrase after the other, each record once.
        bounds: where each phrase begins in `record`; shape (number of phrases + 1,).
        n_records: how many records there are.
    """

    texts: list[str]
    record: Ints
    bounds: Ints
    n_records: int

    def records(self, place: int) -> Mask:
        """Which records have the phrase at `place`."""
        found = np.zeros(self.n_records, dtype=bool)
        found[self.record[self.bounds[place] : self.bounds[place + 1]]] = True
        return found

    def count(self, among: Mask) -> Ints:
        """How many of the records `among` all have each phrase; shape (number of phrases,)."""
        inside = np.concatenate([[0], np.cumsum(among[self.record])])
        counted: Ints = inside[self.bounds[1:]] - inside[self.bounds[:-1]]
        return counted


def telling_phrases(index: TermIndex, wanted: Mask, *, least: int = 2) -> Phrases:
    """The words and pairs that at least `least` of the `wanted` records have, without words about no subject."""
    telling = _telling(index)
    singles = np.flatnonzero(telling[index.words])
    firsts = singles[:-1][np.diff(singles) == 1]
    n_forms = len(index.forms)
    words, records = index.words.astype(np.int64), index.record_of
    keys = np.concatenate([words[singles], n_forms * (1 + words[firsts]) + words[firsts + 1]])
    places = np.concatenate([records[singles], records[firsts]])
    frequent = _frequent(keys[wanted[places]], places[wanted[places]], least)
    chosen = np.isin(keys, frequent)
    pairs = np.unique(np.stack([keys[chosen], places[chosen].astype(np.int64)]), axis=1)
    starts = np.searchsorted(pairs[0], frequent)
    texts = [_text(index, int(key), n_forms) for key in frequent]
    return Phrases(texts=texts, record=pairs[1], bounds=np.append(starts, pairs.shape[1]), n_records=index.n_records)


def neighbours(index: TermIndex, starts: Ints, length: int) -> Iterator[tuple[str, Ints]]:
    """(phrase, the places of the term in it) for each telling word beside a term, at these places of the index."""
    telling = _telling(index)
    for step in (-1, length):
        beside = starts + step
        inside = (beside >= 0) & (beside < len(index.words))
        places, number = starts[inside], index.words[beside[inside]]
        for word in np.unique(number[telling[number]]).tolist():
            here = places[number == word]
            first = int(here[0]) + min(step, 0)
            yield " ".join(index.shown[int(one)] for one in index.words[first : first + length + 1]), here


def _telling(index: TermIndex) -> Mask:
    """Which numbers stand for words that may say what a record is about."""
    return np.array([len(form) > 2 and form.isalpha() and form not in _STOP_WORDS for form in index.forms], dtype=bool)


def _frequent(keys: Ints, places: Ints, least: int) -> Ints:
    """The keys that stand in at least `least` records, ascending."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    each = np.unique(np.stack([keys, places.astype(np.int64)]), axis=1)[0]
    found, times = np.unique(each, return_counts=True)
    frequent: Ints = found[times >= least]
    return frequent


def _text(index: TermIndex, key: int, n_forms: int) -> str:
    if key < n_forms:
        return index.shown[key]
    return f"{index.shown[key // n_forms - 1]} {index.shown[key % n_forms]}"
