"""What was learned of words from unlabelled abstracts, and how it is looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.hashing import Hashes

__all__ = ["Known", "Vectors"]

_INT8 = 127.0


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of each word of a text.

    Attributes:
        known: whether the word is in the vocabulary, shape (n_words,).
        vectors: shape (n_words, size), float32; 0 for an unknown word.
        groups: the word's group in each grouping, from 1; 0 for an unknown word; shape (n_groupings, n_words).
        common: whether it is one of the most frequent words, such as "of" and "was".
    """

    known: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    groups: Hashes
    common: NDArray[np.bool_]


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

    def look_up(self, hashes: Hashes) -> Known:
        """What is known of each word of a text."""
        place = np.minimum(np.searchsorted(self.words, hashes), len(self.words) - 1)
        known = self.words[place] == hashes
        vectors = self.numbers[place] * (known / _INT8).astype(np.float32)[:, None]
        groups = np.where(known, self.groups[place].T + 1, 0).astype(np.uint64)
        return Known(known, vectors, groups, np.isin(hashes, self.common))
