"""Records ► numbered words: what every kind of column is counted from, so that each text is read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from tiab.records import Record

__all__ = ["ABSTRACT", "KEYWORDS", "TITLE", "Tokens", "count", "parts_of", "read_tokens", "words_of"]

_WORD = re.compile(r"\b\w\w+\b")
TITLE, ABSTRACT, KEYWORDS = 0, 1, 2

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tokens:
    """The words of several texts, one after the other.

    Attributes:
        n_texts: the number of texts.
        words: the word of each number; numbered in alphabetical order.
        text, part, number: of each token its text, its part of the text and its word's number; shape (n_tokens,).
    """

    n_texts: int
    words: Sequence[str]
    text: Ints
    part: Ints
    number: Ints

    @property
    def firsts(self) -> Ints:
        """The tokens that have a right neighbour, in the same part of the same text."""
        same = (self.text[1:] == self.text[:-1]) & (self.part[1:] == self.part[:-1])
        return np.flatnonzero(same)


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
    parts = [[words_of(part) for part in text] for text in texts]
    n_parts = len(parts[0]) if parts else 0
    lengths = np.array([[len(words) for words in text] for text in parts], dtype=np.int64).reshape(len(parts), n_parts)
    flat = chain.from_iterable(chain.from_iterable(parts))
    met = np.fromiter(map(seen.__getitem__, flat), np.int64, int(lengths.sum()))
    words = sorted(seen)
    alphabetical = np.empty(len(words), dtype=np.int64)
    alphabetical[[seen[word] for word in words]] = np.arange(len(words))
    return Tokens(
        n_texts=len(parts),
        words=words,
        text=np.repeat(np.arange(len(parts)), lengths.sum(axis=1)),
        part=np.repeat(np.tile(np.arange(n_parts), len(parts)), lengths.ravel()),
        number=alphabetical[met],
    )


def count(n_rows: int, n_columns: int, row: Ints, column: Ints, weight: NDArray[np.float32]) -> csr_array:
    """The sum of the weights in each cell, shape (n_rows, n_columns), columns sorted within rows."""
    cells = csr_array(coo_array((weight, (row, column)), shape=(n_rows, n_columns)))
    cells.sum_duplicates()
    return cast(csr_array, cells)
