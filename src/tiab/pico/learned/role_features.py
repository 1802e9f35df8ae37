"""What the roles of sentences are told by: their words, those of the sentences beside them, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.hashing import Hashes, buckets, mix, shifted
from tiab.pico.learned.words import Words

__all__ = ["RoleFeatures", "role_features"]

_WORD_GAIN = 3.0  # beside a position, whose value is 1
_BESIDE = 0.5
_QUARTERS, _TENTHS, _MOST = 4, 10, 40


@dataclass(frozen=True, eq=False)
class RoleFeatures:
    """Entries of a sparse matrix: one row for each sentence, one column for each bucket."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(eq=False)
class _Entries:
    bits: int
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    columns: list[NDArray[np.int64]] = field(default_factory=list)
    values: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, salt: int, rows: NDArray[np.int64], hashes: Hashes, values: NDArray[np.float64]) -> None:
        self.rows.append(rows)
        self.columns.append(buckets(hashes, salt, self.bits))
        self.values.append(values)

    def joined(self) -> RoleFeatures:
        return RoleFeatures(np.concatenate(self.rows), np.concatenate(self.columns), np.concatenate(self.values))


def role_features(words: Words, bits: int) -> RoleFeatures:
    """The features of each sentence of an abstract, in a table of 2^bits columns.

    Single words, pairs and triples within a sentence weigh less the longer it is; the words of the sentence before and
    of the one after have columns of their own, and so has a word in each quarter of the abstract.
    """
    entries = _Entries(bits)
    count = len(words.lengths)
    row = np.repeat(np.arange(count), words.lengths)
    left = np.repeat(words.sentences + words.lengths, words.lengths) - np.arange(len(words.hashes))
    value = (_WORD_GAIN / np.sqrt(words.lengths))[row]
    pairs = mix(words.hashes, shifted(words.hashes, 1))
    triples = mix(pairs, shifted(words.hashes, 2))
    entries.add(1, row, words.hashes, value)
    entries.add(2, row[left > 1], pairs[left > 1], value[left > 1])
    entries.add(3, row[left > 2], triples[left > 2], value[left > 2])
    later, earlier = row > 0, row < count - 1
    entries.add(4, row[later] - 1, words.hashes[later], value[later] * _BESIDE)
    entries.add(5, row[earlier] + 1, words.hashes[earlier], value[earlier] * _BESIDE)
    quarter = (row * _QUARTERS // max(count, 1)).astype(np.uint64)
    entries.add(6, row, mix(words.hashes, quarter), value * _BESIDE)
    _add_positions(entries, words, (words.hashes, pairs, triples))
    return entries.joined()


def _add_positions(entries: _Entries, words: Words, openings: tuple[Hashes, ...]) -> None:
    """How each sentence opens, how long it is, and where it stands from the top and from the end."""
    count = len(words.lengths)
    place, ones = np.arange(count), np.ones(count)
    for salt, hashes in enumerate(openings, start=10):
        entries.add(salt, place, hashes[words.sentences], ones)
    codes = (
        place * _TENTHS // max(count, 1),
        np.minimum(place, 9),
        np.minimum(count - 1 - place, 9),
        np.minimum(place, 15) * _MOST + min(count, _MOST - 1),
        np.minimum(words.lengths // 5, 12),
    )
    for salt, code in enumerate(codes, start=20):
        entries.add(salt, place, code.astype(np.uint64), ones)
