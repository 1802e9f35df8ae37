"""Records ► numbered words: what every kind of column is counted from, so that each text is read once."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from tiab.records import Record

__all__ = ["ABSTRACT", "KEYWORDS", "TITLE", "Tokens", "count", "parts_of", "pausing", "read_tokens", "words_of"]

_WORD = re.compile(r"\w\w+")
TITLE, ABSTRACT, KEYWORDS = 0, 1, 2

_CHUNK = 5_000
_PAUSE = 500

Ints = NDArray[np.integer[Any]]
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False, kw_only=True)
class Tokens:
    """The words of several texts, one after the other.

    Attributes:
        n_texts: the number of texts.
        words: the word of each number; numbered in alphabetical order.
        text, part, number: of each token its text, its part of the text and its word's number; shape (n_tokens,).
        first_text: the number of the first text.
    """

    n_texts: int
    words: Sequence[str]
    text: Ints
    part: Ints
    number: Ints
    first_text: int = 0

    def chunks(self) -> Iterator[Tokens]:
        """The same a few thousand texts at a time, so that what is computed from them takes little memory."""
        for start in range(0, self.n_texts, _CHUNK):
            yield self.between(start, min(start + _CHUNK, self.n_texts))

    def between(self, start: int, end: int) -> Tokens:
        """Those of the texts from number `start` up to, but not with, number `end`."""
        a, b = np.searchsorted(self.text, [start, end])
        return replace(
            self,
            n_texts=end - start,
            text=self.text[a:b] - start,
            part=self.part[a:b],
            number=self.number[a:b],
            first_text=self.first_text + start,
        )

    @property
    def firsts(self) -> Ints:
        """The tokens that have a right neighbour, in the same part of the same text."""
        same = (self.text[1:] == self.text[:-1]) & (self.part[1:] == self.part[:-1])
        return np.flatnonzero(same)


def pausing(things: Iterable[_T], pause: Callable[[], object]) -> Iterator[_T]:
    """The same things, with `pause` called now and then between two of them.

    >>> told: list[str] = []
    >>> sum(pausing(range(1200), lambda: told.append("."))), len(told)
    (719400, 3)
    """
    for number, thing in enumerate(things):
        if number % _PAUSE == 0:
            pause()
        yield thing


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; single letters and digits are none.

    >>> words_of("Vitamin B-12 in T2DM")
    ['vitamin', '12', 'in', 't2dm']
    """
    return _WORD.findall(text.lower())


def parts_of(record: Record) -> tuple[str, str, str]:
    """Title, abstract and keywords: the parts TITLE, ABSTRACT and KEYWORDS."""
    return record.title, record.abstract, "; ".join(record.keywords)


def read_tokens(texts: Iterable[Sequence[str]]) -> Tokens:
    """The words of texts that are given part by part, all with as many parts.

    >>> tokens = read_tokens([("Yoga for pain", "Ten women."), ("Tax law", "")])
    >>> [tokens.words[number] for number in tokens.number]
    ['yoga', 'for', 'pain', 'ten', 'women', 'tax', 'law']
    >>> tokens.text.tolist(), tokens.part.tolist(), tokens.firsts.tolist()
    ([0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0, 0], [0, 1, 3, 5])
    """
    seen: defaultdict[str, int] = defaultdict()
    seen.default_factory = seen.__len__
    met, lengths, n_texts = array("i"), array("i"), 0
    for text in texts:
        n_texts += 1
        for part in text:
            found = words_of(part)
            met.extend(map(seen.__getitem__, found))
            lengths.append(len(found))
    words = sorted(seen)
    alphabetical = np.empty(len(words), dtype=np.int32)
    alphabetical[[seen[word] for word in words]] = np.arange(len(words))
    by_part = np.array(lengths, dtype=np.int64).reshape(n_texts, -1 if n_texts else 0)
    parts = np.arange(by_part.shape[1], dtype=np.int8)
    return Tokens(
        n_texts=n_texts,
        words=words,
        text=np.repeat(np.arange(n_texts, dtype=np.int32), by_part.sum(axis=1)),
        part=np.repeat(np.tile(parts, n_texts), by_part.ravel()),
        number=alphabetical[np.array(met, dtype=np.int32)],
    )


def count(n_rows: int, n_columns: int, row: Ints, column: Ints, weight: NDArray[np.float32]) -> csr_array:
    """The sum of the weights in each cell, shape (n_rows, n_columns), columns sorted within rows."""
    cells = csr_array(coo_array((weight, (row, column)), shape=(n_rows, n_columns)))
    cells.sum_duplicates()  # which leaves the arrays as long as they were
    data, indices = cells.data.copy(), cells.indices.astype(np.int32)
    return csr_array((data, indices, cells.indptr), shape=(n_rows, n_columns))
