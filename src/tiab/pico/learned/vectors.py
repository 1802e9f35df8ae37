"""What was learned of words from unlabelled abstracts, and how it is looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.hashing import Hashes

__all__ = ["Known", "Remembered", "Vectors"]

_INT8 = 127.0


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of each word of a text.

    Attributes:
        known: whether the word is in the vocabulary, shape (n_words,).
        places: its row there; of an unknown word, the number of rows.
        groups: the word's group in each grouping, from 1; 0 for an unknown word; shape (n_groupings, n_words).
        common: whether it is one of the most frequent words, such as "of" and "was".
    """

    known: NDArray[np.bool_]
    places: NDArray[np.int64]
    groups: Hashes
    common: NDArray[np.bool_]


class Remembered:
    """Rows that are made when they are first asked for, because few of a vocabulary's words are in any one search.

    >>> squares = Remembered(9, 1, lambda places: (places**2).astype(np.float32)[:, None])
    >>> squares[np.array([3, 2, 3])].ravel().tolist()
    [9.0, 4.0, 9.0]
    """

    def __init__(self, count: int, width: int, make: Callable[[NDArray[np.int64]], NDArray[np.float32]]) -> None:
        self._rows = np.empty((count, width), dtype=np.float32)  # takes memory only where something is written
        self._made = np.zeros(count, dtype=bool)
        self._make = make

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        new = np.unique(places[~self._made[places]])
        if len(new):
            self._rows[new] = self._make(new)
            self._made[new] = True
        return self._rows[places]


@dataclass(frozen=True, eq=False)
class Vectors:
    """A vocabulary.

    Attributes:
        words: the words' hashes, ascending.
        numbers: the words' vectors in 127ths, int8, shape (n_words, size).
        groups: int16, shape (n_words, n_groupings).
        common: the hashes of the most frequent words, ascending.
    """

    words: Hashes
    numbers: NDArray[np.int8]
    groups: NDArray[np.int16]
    common: Hashes

    @cached_property
    def _frequent(self) -> NDArray[np.bool_]:
        """Whether each word is one of the most frequent; False for the place behind the last."""
        return np.append(np.isin(self.words, self.common), False)

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of the words at these places; 0 for the place behind the last."""
        inside = places < len(self.words)
        taken = self.numbers[np.minimum(places, len(self.words) - 1)]
        return taken * (inside / _INT8).astype(np.float32)[:, None]

    def look_up(self, hashes: Hashes) -> Known:
        """What is known of each word of a text."""
        place = np.minimum(np.searchsorted(self.words, hashes), len(self.words) - 1)
        known = self.words[place] == hashes
        groups = np.where(known, self.groups[place].T + 1, 0).astype(np.uint64)
        places = np.where(known, place, len(self.words))
        return Known(known, places, groups, self._frequent[places])
