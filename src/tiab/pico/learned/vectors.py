"""What was learned of words from unlabelled abstracts, and how it is looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

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
        places: the row of its vector; of an unknown word, that of its ending, or behind the last where that is unknown.
        common: whether it is one of the most frequent words, such as "of" and "was".
    """

    known: NDArray[np.bool_]
    places: NDArray[np.int64]
    common: NDArray[np.bool_]


class Remembered:
    """Rows that are made when they are first asked for, because few of a vocabulary's words are in any one search.

    >>> squares = Remembered(9, 1, lambda places: (places**2).astype(np.float32)[:, None])
    >>> squares[np.array([3, 2, 3])].ravel().tolist()
    [9.0, 4.0, 9.0]
    """

    def __init__(self, count: int, width: int, make: Callable[[NDArray[np.int64]], NDArray[np.float32]]) -> None:
        self._rows = np.empty((count, width), dtype=np.float32)  # takes memory, and time, only where it is written
        self._slots = np.full(count, -1)  # rows stand in the order in which they were made: few pages of memory
        self._used = 0
        self._make = make
        self._lock = Lock()  # pipelines of two threads may share a model

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        if (self._slots[places] < 0).any():
            with self._lock:
                self._add(np.unique(places[self._slots[places] < 0]))
        rows: NDArray[np.float32] = self._rows[self._slots[places]]
        return rows

    def _add(self, new: NDArray[np.int64]) -> None:
        slots = np.arange(self._used, self._used + len(new))
        self._rows[self._used : self._used + len(new)] = self._make(new)
        self._slots[new] = slots
        self._used += len(new)


@dataclass(frozen=True, eq=False)
class Vectors:
    """A vocabulary.

    Attributes:
        words: the words' hashes, ascending.
        endings: the hashes of the last three letters of words, ascending.
        numbers: the words' vectors in 127ths, then those of the endings: the mean of the known words that end so. int8,
            shape (n_words + n_endings, size).
        common: the hashes of the most frequent words, ascending.
    """

    words: Hashes
    endings: Hashes
    numbers: NDArray[np.int8]
    common: Hashes

    @cached_property
    def _frequent(self) -> NDArray[np.bool_]:
        """Whether each word is one of the most frequent; False for the place behind the last."""
        frequent = np.zeros(len(self.numbers) + 1, dtype=bool)
        frequent[: len(self.words)] = np.isin(self.words, self.common)
        return frequent

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of the words at these places; 0 for the place behind the last."""
        inside = places < len(self.numbers)
        taken = self.numbers[np.minimum(places, len(self.numbers) - 1)]
        return taken * (inside / _INT8).astype(np.float32)[:, None]

    def look_up(self, hashes: Hashes, endings: Hashes) -> Known:
        """What is known of each word of a text, given the hashes of the words and of their endings."""
        known, places = _find(self.words, hashes)
        alike, rows = _find(self.endings, endings)
        places = np.where(known, places, np.where(alike, len(self.words) + rows, len(self.numbers)))
        return Known(known, places, self._frequent[places])


def _find(sought: Hashes, hashes: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """(whether each hash is among those sought, its place there)."""
    if not len(sought):
        return np.zeros(len(hashes), dtype=bool), np.zeros(len(hashes), dtype=np.int64)
    place = np.minimum(np.searchsorted(sought, hashes), len(sought) - 1)
    return sought[place] == hashes, place
