"""A table of weights for hashed features that knows which feature each row belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.hashing import Hashes, buckets

__all__ = ["LinearTable", "check", "places"]

_SALT = 977
_CHECK = np.uint64(255)  # checks run from 1 to 255, because 0 marks an empty row


@dataclass(frozen=True, eq=False)
class LinearTable:
    """Weights of hashed features.

    Attributes:
        owners: for each row a byte of the hash of the feature that owns it, 0 for a row without owner: of 255 features
            that were never learned and fall into a row, 254 are found out and weigh nothing.
        numbers: the weights as whole numbers, int8, shape (n_rows, 4).
        worth: what one of them weighs, shape (4,).
    """

    owners: NDArray[np.uint8]
    numbers: NDArray[np.int8]
    worth: NDArray[np.float32]

    def scores(self, features: Hashes) -> NDArray[np.float64]:
        """The sum of the features' weights, shape (n_words, 4); features has the shape (n_words, n_features)."""
        rows, owned = places(features, self.owners)
        whole = np.where(owned, self._rows[rows], 0)  # a row of four weights of one byte, moved as one number
        weights = whole.view(np.int8).reshape(*features.shape, self.numbers.shape[1])
        total: NDArray[np.float64] = weights.sum(axis=1, dtype=np.int32) * self.worth.astype(np.float64)
        return total

    @cached_property
    def _rows(self) -> NDArray[np.uint32]:
        rows: NDArray[np.uint32] = np.ascontiguousarray(self.numbers).view(np.uint32).ravel()
        return rows


def places(features: Hashes, owners: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(row of each feature, whether the row is its own), both flat."""
    flat = features.ravel()
    rows = buckets(flat, _SALT, len(owners).bit_length() - 1)
    return rows, owners[rows] == check(flat)


def check(features: Hashes) -> NDArray[np.uint8]:
    """The byte by which a feature is told from others in its row."""
    return (features % _CHECK + np.uint64(1)).astype(np.uint8)
