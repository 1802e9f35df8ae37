"""The hypergeometric distribution for many urns at once: drawing without replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Floats", "Ints", "cdf", "log_choose"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEGLIGIBLE = 1e-15


def cdf(hits: ArrayLike, size: ArrayLike, relevant: ArrayLike, drawn: ArrayLike) -> Floats:
    """P(X ≤ hits), X being the relevant ones among `drawn` records out of `size` that hold `relevant` of them.

    All four broadcast to one shape. 0 where so few hits are impossible, also where `relevant` exceeds `size`, for which
    scipy gives NaN. Each is summed from the nearer end of the distribution, term by term from the neighbouring one:
    right to about 1e-10, and some twenty times as fast as scipy's for hundreds of urns.

    >>> cdf([0, 1], 10, 3, 5).round(12).tolist()
    [0.083333333333, 0.5]
    """
    arrays = np.broadcast_arrays(*(np.asarray(a, dtype=np.int64) for a in (hits, size, relevant, drawn)))
    x, n, k, d = (np.atleast_1d(a) for a in arrays)
    lowest, highest = np.maximum(0, d + k - n), np.minimum(d, k)
    result = np.where(x >= highest, 1.0, 0.0)
    result[k > n] = 0.0
    inside = (x >= lowest) & (x < highest) & (k <= n)
    down = inside & (x * n <= d * k)
    up = inside & ~down
    result[down] = _sum_down(x[down], n[down], k[down], d[down])
    result[up] = 1.0 - _sum_up(x[up], n[up], k[up], d[up])
    return np.clip(result, 0.0, 1.0).reshape(arrays[0].shape)


def log_choose(n: ArrayLike, k: ArrayLike) -> Floats:
    """The natural logarithm of n over k, for 0 ≤ k ≤ n.

    >>> float(log_choose(5, 2).round(12)) == round(float(np.log(10)), 12)
    True
    """
    top, chosen = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return _log_factorial(top) - _log_factorial(chosen) - _log_factorial(top - chosen)


_FIRST = np.log(np.cumprod(np.maximum(np.arange(13.0), 1.0)))
"""The logarithms of 0!, 1!, …, 12!."""
_STIRLING = (
    8.11614167470508450300e-4,
    -5.95061904284301438324e-4,
    7.93650340457716943945e-4,
    -2.77777777730099687205e-3,
    8.33333333333331927722e-2,
)
_LOG_SQRT_2_PI = 0.91893853320467274178


def _log_factorial(n: Floats) -> Floats:
    """ln n! for whole n ≥ 0, by Stirling's series as Cephes has it (Moshier 1989), right to about 1e-15.

    scipy's gammaln says the same, but takes longer to load than `tiab status` to do all its work.
    """
    x = n + 1.0
    far = (x - 0.5) * np.log(x) - x + _LOG_SQRT_2_PI + np.polyval(_STIRLING, 1.0 / (x * x)) / x
    return np.where(n < _FIRST.size, _FIRST[np.minimum(n, _FIRST.size - 1).astype(np.int64)], far)


def _pmf(x: Ints, n: Ints, k: Ints, d: Ints) -> Floats:
    return np.exp(log_choose(k, x) + log_choose(n - k, d - x) - log_choose(n, d))


def _sum_down(x: Ints, n: Ints, k: Ints, d: Ints) -> Floats:
    term, at = _pmf(x, n, k, d), x.astype(np.float64)
    total = term.copy()
    while term.size and bool((term > _NEGLIGIBLE * total).any()):
        term = term * at * (n - k - d + at) / ((k - at + 1) * (d - at + 1))
        term = np.maximum(term, 0.0)
        total += term
        at -= 1
    return total


def _sum_up(x: Ints, n: Ints, k: Ints, d: Ints) -> Floats:
    term, at = _pmf(x + 1, n, k, d), x.astype(np.float64) + 1
    total = term.copy()
    while term.size and bool((term > _NEGLIGIBLE * total).any()):
        term = term * (k - at) * (d - at) / ((at + 1) * (n - k - d + at + 1))
        term = np.maximum(term, 0.0)
        total += term
        at += 1
    return total
