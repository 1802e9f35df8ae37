"""Hashed features: spaCy's 64-bit word hashes, mixed with a salt, as rows of a table of weights; no word is kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Hashes", "buckets", "mix", "shifted"]

Hashes = NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: multiplying by it spreads every bit (Knuth, TAOCP 6.4)
_TURN = np.uint64(29)
_BITS = 64


def mix(first: Hashes, second: Hashes | np.uint64) -> Hashes:
    """One hash for each pair; `mix(a, b)` differs from `mix(b, a)`."""
    joined = (first * _ODD) ^ second  # uint64 is meant to wrap around
    joined = (joined ^ (joined >> _TURN)) * _ODD
    return joined ^ (joined >> _TURN)


def buckets(hashes: Hashes, salt: int, bits: int) -> NDArray[np.int64]:
    """The row of a table with 2^bits rows that each hash falls into; another salt gives other rows.

    >>> bool(0 <= buckets(np.array([7], dtype=np.uint64), 1, 4)[0] < 16)
    True
    """
    return (mix(hashes, np.uint64(salt)) >> np.uint64(_BITS - bits)).astype(np.int64)


def shifted(values: NDArray[np.uint64], by: int, fill: int = 0) -> Hashes:
    """`values` moved so that row i holds what row i + `by` held; `fill` comes in from beyond the end.

    >>> shifted(np.array([1, 2, 3], dtype=np.uint64), 1).tolist()
    [2, 3, 0]
    """
    moved = np.full_like(values, fill)
    if by == 0:
        return values.copy()
    if abs(by) < len(values):
        if by > 0:
            moved[:-by] = values[by:]
        else:
            moved[-by:] = values[:by]
    return moved
