"""Exact significance that holds for rare words: Fisher's test, corrected for those words alone that could pass it.

R. E. Tarone, "A modified Bonferroni method for discrete data", Biometrics 1990;46:515-522.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["adjusted", "at_least"]

Floats = NDArray[np.float64]
_NEGLIGIBLE = 1e-12


def at_least(k: Any, *, having: Any, drawn: int, total: int) -> Floats:
    """The chance that at least `k` of `drawn` have what `having` of `total` have (hypergeometric); arrays or numbers.

    >>> float(at_least(2, having=2, drawn=2, total=4).round(4))  # 1 of the 6 pairs
    0.1667
    """
    k, having = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(having, dtype=np.float64))
    most = np.minimum(having, drawn)
    k = np.maximum(k, np.maximum(0, drawn + having - total))
    with np.errstate(divide="ignore", invalid="ignore"):
        term = np.where(k <= most, np.exp(_log_chance(np.minimum(k, most), having, drawn, total)), 0.0)
        chance, at = term.copy(), k.copy()
        while np.any(term > _NEGLIGIBLE * np.maximum(chance, _NEGLIGIBLE)):
            term = term * (having - at) * (drawn - at) / ((at + 1) * (total - having - drawn + at + 1))
            term, at = np.where(at < most, term, 0.0), at + 1
            chance = chance + term
    capped: Floats = np.minimum(chance, 1.0)
    return capped


def adjusted(chances: Floats, smallest: Floats, *, level: float = 0.05) -> Floats:
    """The chances multiplied by the number of words that could pass at all, at most 1.

    Args:
        smallest: the smallest chance that each word could have come to.
        level: what counts as significant.

    >>> adjusted(np.array([0.001, 0.5]), np.array([0.0001, 0.5])).tolist()  # the second word is too rare to count
    [0.001, 0.5]
    """
    floor = np.sort(smallest)
    factor = 1
    while factor < len(floor) and np.searchsorted(floor, level / factor, side="right") > factor:
        factor += 1
    capped: Floats = np.minimum(chances * factor, 1.0)
    return capped


def _log_chance(k: Floats, having: Floats, drawn: int, total: int) -> Floats:
    """The logarithm of the chance of exactly `k`."""
    log: Floats = _log_ways(having, k) + _log_ways(total - having, drawn - k) - _log_ways(total, drawn)
    return log


def _log_ways(of: Any, chosen: Any) -> Any:
    return gammaln(np.add(of, 1)) - gammaln(np.add(chosen, 1)) - gammaln(np.subtract(of, chosen) + 1)
