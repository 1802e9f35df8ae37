"""A table of weights for hashed features that knows which feature each row belongs to."""

from __future__ import annotations

from dataclasses import dataclass

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
        numbers: the weights as whole numbers, int8, shape (n_rows, n_labels).
        worth: what one of them weighs, shape (n_labels,).
    """

    owners: NDArray[np.uint8]
    numbers: NDArray[np.int8]
    worth: NDArray[np.float32]

    def scores(self, features: Hashes) -> NDArray[np.float64]:
        """The sum of the features' weights, shape (n_words, n_labels); features has the shape (n_words, n_features)."""
        rows, owned = places(features, self.owners)
        count, width = features.shape
        weights = self.numbers[rows[owned]]
        total = np.zeros((count, self.numbers.shape[1]))
        words = np.repeat(np.arange(count), owned.reshape(count, width).sum(axis=1))
        for label in range(total.shape[1]):
            total[:, label] = np.bincount(words, weights=weights[:, label], minlength=count)
        return total * self.worth.astype(np.float64)


def places(features: Hashes, owners: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(row of each feature, whether the row is its own), both flat."""
    flat = features.ravel()
    rows = buckets(flat, _SALT, len(owners).bit_length() - 1)
    return rows, owners[rows] == check(flat)


def check(features: Hashes) -> NDArray[np.uint8]:
    """The byte by which a feature is told from others in its row."""
    return (features % _CHECK + np.uint64(1)).astype(np.uint8)
