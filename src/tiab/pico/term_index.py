"""TermIndex: which records have a term, in any of its spellings, found without reading them again for each term."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.pico.spelling import stem_forms
from tiab.pico.text import normal_form, plain_form, split_words
from tiab.records import Record

__all__ = ["Ints", "Mask", "TermIndex"]

Mask = NDArray[np.bool_]
Ints = NDArray[np.integer[Any]]
_BREAK = 0
"""The number that parts title, abstract and keywords: no term reaches across it."""


class _Numbers(dict[str, int]):
    """A word as it is written ► the number of its normal form."""

    def __init__(self) -> None:
        self.forms: dict[str, int] = {"": _BREAK}
        self.shown: list[str] = [""]

    def __missing__(self, word: str) -> int:
        form = "" if word.isspace() else normal_form(word)
        number = self.forms.setdefault(form, len(self.forms))
        if number == len(self.shown):
            self.shown.append(word.strip(" -") if word.isupper() else plain_form(word))
        self[word] = number
        return number


class TermIndex:
    """The words of records, by their normal forms, so that the terms of criteria are found as `tiab.pico` finds them.

    Attributes:
        n_records: how many records there are.
        forms: the normal form of each number; 0 parts the fields.
        shown: for each number the word as it was first written, in lower case unless it is all capitals.
        words: the numbers of all words, field by field, record by record.
        record_of: the place of the record that each of `words` stands in.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        numbers, words, lengths = _Numbers(), array("i"), array("i")
        for record in records:
            before = len(words)
            for part in (record.title, record.abstract, *record.keywords):
                if part:
                    words.extend(map(numbers.__getitem__, split_words(part)[0]))
                    words.append(_BREAK)
            lengths.append(len(words) - before)
        self.n_records = len(records)
        self.forms, self.shown = list(numbers.forms), numbers.shown
        self.words: Ints = np.array(words, dtype=np.int32)
        self.record_of: Ints = np.repeat(np.arange(len(records), dtype=np.int32), np.array(lengths, dtype=np.int64))
        self._number = numbers.forms
        self._known: dict[str, tuple[Ints, int]] = {}

    def records(self, term: str) -> Mask:
        """Which records have a term; a final `*` truncates its last word; shape (n_records,)."""
        return self.records_at(self.places(term)[0])

    def records_at(self, places: Ints) -> Mask:
        """Which records these places of `words` are in; shape (n_records,)."""
        found = np.zeros(self.n_records, dtype=bool)
        found[self.record_of[places]] = True
        return found

    def any_of(self, terms: Iterable[str]) -> Mask:
        """Which records have one of these terms; shape (n_records,)."""
        found = np.zeros(self.n_records, dtype=bool)
        for term in terms:
            found |= self.records(term)
        return found

    def places(self, term: str) -> tuple[Ints, int]:
        """(the places of `words` where a term begins, how many words it has)."""
        if term not in self._known:
            self._known[term] = self._places(term)
        return self._known[term]

    def _places(self, term: str) -> tuple[Ints, int]:
        stem = term.removesuffix("*")
        written = [word for word in split_words(stem)[0] if not word.isspace()]
        while written and plain_form(written[-1]) == "-":
            written.pop()
        if not written:
            return np.zeros(0, dtype=np.int64), 0
        truncated = stem != term and stem[-1:].isalnum()
        last = self._beginning(written[-1]) if truncated else self._numbers_of(normal_form(written[-1]))
        ends = np.concatenate([np.zeros(0, dtype=np.int64), *(self._where(number) for number in last)])
        starts = np.sort(ends) - (len(written) - 1)
        starts = starts[starts >= 0]
        for offset, word in enumerate(written[:-1]):
            starts = starts[self.words[starts + offset] == self._number.get(normal_form(word), -1)]
        return starts, len(written)

    def _numbers_of(self, form: str) -> list[int]:
        return [self._number[form]] if form in self._number else []

    def _beginning(self, word: str) -> list[int]:
        """The numbers of the words that a truncated word stands for."""
        found: set[int] = set()
        for form in {*stem_forms(plain_form(word)), normal_form(word)}:
            place = bisect_left(self._sorted, form)
            while place < len(self._sorted) and self._sorted[place].startswith(form):
                found.add(self._number[self._sorted[place]])
                place += 1
        return sorted(found)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(form for form in self.forms if form)

    @cached_property
    def _order(self) -> tuple[Ints, Ints]:
        """The places of all words sorted by their numbers, and where each number begins among them."""
        order = np.argsort(self.words, kind="stable")
        return order, np.searchsorted(self.words[order], np.arange(len(self.forms) + 1))

    def _where(self, number: int) -> Ints:
        order, bounds = self._order
        found: Ints = order[bounds[number] : bounds[number + 1]]
        return found
