"""All urns of a screening carried along, one record at a time.

Each urn j began after its start with n_j records drawn since, f_j of them relevant; the hypothesis is that M relevant
records are missing, so that it held K_j = f_j + M. A step changes n, f or K by one, and each such step changes P(X = f)
by a factor and P(X ≤ f) by a multiple of it. So each costs a few operations on vectors, not a sum for every urn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiab.stopping.hypergeometric import Floats, Ints

__all__ = ["missing_after_each"]


def missing_after_each(labels: NDArray[np.bool_], n_records: int, threshold: float) -> Ints:
    """The largest M, after 0, 1, …, s records, for which no urn has P(X ≤ f) below the threshold; shape (s + 1,)."""
    urns = _Urns(n_records, int(labels.sum()) + 1)
    result = np.empty(labels.size + 1, dtype=np.int64)
    result[0] = n_records
    for screened, relevant in enumerate(labels, start=1):
        if relevant:
            urns.draw_relevant()
        else:
            urns.draw_irrelevant()
        urns.bound_missing(threshold)
        result[screened] = urns.missing
    return result


class _Urns:
    """Of each urn its size, draws and hits, log P(X = f) and P(X ≤ f) at the present M, after some record."""

    def __init__(self, n_records: int, capacity: int) -> None:
        self.unseen = n_records
        self.missing = n_records
        self._count = 1
        self._columns = np.zeros((5, capacity))
        self._columns[:, 0] = (n_records, 0, 0, 0, 1)

    def _view(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        size, drawn, hits, log_pmf, below = self._columns[:, : self._count]
        return size, drawn, hits, log_pmf, below

    def draw_irrelevant(self) -> None:
        if self.missing == self.unseen:
            self._fewer()  # one less can be missing now
        size, drawn, hits, log_pmf, below = self._view()
        below -= np.exp(log_pmf) * self.missing / (size - drawn)
        log_pmf += np.log((drawn + 1) / (drawn + 1 - hits) * ((size - drawn - self.missing) / (size - drawn)))
        drawn += 1
        self.unseen -= 1

    def draw_relevant(self) -> None:
        if self.missing == 0:
            self._more(self._below_if_more())  # it was missing, against what had been concluded
        size, drawn, hits, log_pmf, below = self._view()
        left = size - drawn - self.missing + 1
        next_pmf = np.exp(log_pmf) * (self.missing / (hits + 1)) * ((drawn - hits) / left)
        below += next_pmf * left / (size - drawn)
        log_pmf += np.log((drawn + 1) / (hits + 1) * (self.missing / (size - drawn)))
        drawn += 1
        hits += 1
        self.unseen -= 1
        self.missing -= 1
        self._columns[:, self._count] = (self.unseen, 0, 0, 0, 1)
        self._count += 1

    def bound_missing(self, threshold: float) -> None:
        """Moves M to the largest value that no urn rejects."""
        if self._view()[4].min() < threshold:
            while self.missing and self._view()[4].min() < threshold:
                self._fewer()
            return
        while self.missing < self.unseen:
            below = self._below_if_more()
            if below.min() < threshold:
                return
            self._more(below)

    def _fewer(self) -> None:
        size, drawn, hits, log_pmf, below = self._view()
        relevant = hits + self.missing
        log_pmf -= np.log(relevant / self.missing * ((self.unseen - self.missing + 1) / (size - relevant + 1)))
        below += np.exp(log_pmf) * (drawn - hits) / (size - relevant + 1)
        self.missing -= 1

    def _below_if_more(self) -> Floats:
        size, drawn, hits, log_pmf, below = self._view()
        return np.asarray(below - np.exp(log_pmf) * (drawn - hits) / (size - hits - self.missing))

    def _more(self, below_then: Floats) -> None:
        size, _, hits, log_pmf, below = self._view()
        relevant = hits + self.missing + 1
        below[:] = below_then
        log_pmf += np.log(relevant / (self.missing + 1) * ((self.unseen - self.missing) / (size - relevant + 1)))
        self.missing += 1
