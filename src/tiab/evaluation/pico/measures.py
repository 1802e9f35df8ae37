"""How well marked words, spans and roles were found: counts, F1 and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Scores",
    "bootstrap",
    "count_overlaps",
    "count_spans",
    "count_tokens",
    "weighted_f1",
]

MatchCounts = NDArray[np.int64]
MatchCounter = Callable[[NDArray[np.int64], NDArray[np.int64], int], MatchCounts]

_ELEMENTS = ("participants", "interventions", "outcomes", "comparators")
_MAIN = 3
_ROUNDS = 1_000


@dataclass(frozen=True, slots=True)
class Scores:
    """F1 of each element, and the mean of the first three, with the ends of its 95% bootstrap interval over articles.

    The fourth, comparators, is there where the set tells them from interventions.

    >>> str(Scores((0.5, 0.5, 0.5), 0.4, 0.6))
    'participants .500, interventions .500, outcomes .500, mean .500 (.400 to .600)'
    """

    elements: tuple[float, ...]
    low: float
    high: float

    @property
    def mean(self) -> float:
        """The unweighted mean of the F1 of participants, interventions and outcomes."""
        return sum(self.elements[:_MAIN]) / _MAIN

    def to_dict(self) -> dict[str, float]:
        """The figures by name, for JSON."""
        named = dict(zip(_ELEMENTS, self.elements, strict=False))
        return {name: round(value, 4) for name, value in {**named, "mean": self.mean, **self._interval()}.items()}

    def _interval(self) -> dict[str, float]:
        return {"low": self.low, "high": self.high}

    def __str__(self) -> str:
        parts = [f"{name} {_short(value)}" for name, value in zip(_ELEMENTS, self.elements, strict=False)]
        return f"{', '.join(parts)}, mean {_short(self.mean)} ({_short(self.low)} to {_short(self.high)})"


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


def count_tokens(truth: NDArray[np.int64], said: NDArray[np.int64], elements: int = _MAIN) -> MatchCounts:
    """(right, said, true) tokens of each element in one article, shape (elements, 3).

    >>> count_tokens(np.array([1, 1, 0, 3]), np.array([1, 0, 0, 3])).tolist()
    [[1, 1, 2], [0, 0, 0], [1, 1, 1]]
    """
    rows = []
    for label in range(1, elements + 1):
        rows.append([((truth == label) & (said == label)).sum(), (said == label).sum(), (truth == label).sum()])
    return np.array(rows, dtype=np.int64)


def count_spans(truth: NDArray[np.int64], said: NDArray[np.int64], elements: int = _MAIN) -> MatchCounts:
    """(right, said, true) spans of each element in one article; a span is right where both its ends are.

    >>> count_spans(np.array([1, 1, 0, 3]), np.array([1, 0, 0, 3])).tolist()
    [[0, 1, 1], [0, 0, 0], [1, 1, 1]]
    """
    ours, theirs = set(_runs(said)), set(_runs(truth))
    return np.array([
        [sum(span[0] == label for span in group) for group in (ours & theirs, ours, theirs)]
        for label in range(1, elements + 1)
    ], dtype=np.int64)  # fmt: skip


def count_overlaps(truth: NDArray[np.int64], said: NDArray[np.int64], elements: int = _MAIN) -> MatchCounts:
    """(right, said, true) spans as `count_spans`, but right is a span that shares a token with one of the other side.

    Where one long span meets two short ones, one pair is right: the smaller number of either side counts.

    >>> count_overlaps(np.array([1, 1, 0, 3]), np.array([1, 0, 0, 3])).tolist()
    [[1, 1, 1], [0, 0, 0], [1, 1, 1]]
    """
    exact = count_spans(truth, said, elements)
    for label in range(1, elements + 1):
        both = (truth == label) & (said == label)
        met = [sum(bool(both[a:b].any()) for kind, a, b in _runs(labels) if kind == label) for labels in (truth, said)]
        exact[label - 1, 0] = min(met)
    return exact


def _runs(labels: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    for start, end in pairwise(edges):
        if start < end and labels[start]:
            yield int(labels[start]), start, end


def bootstrap(counts: Sequence[MatchCounts], *, seed: int = 0) -> Scores:
    """The scores of articles together; the interval is from drawing them anew, with replacement, a thousand times."""
    table = np.stack(counts)
    rng = np.random.default_rng(seed)
    drawn = [_f1(table[rng.integers(len(table), size=len(table))].sum(axis=0))[:_MAIN].mean() for _ in range(_ROUNDS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Scores(tuple(_f1(table.sum(axis=0)).tolist()), float(low), float(high))


def _f1(total: MatchCounts) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = 2 * total[:, 0] / np.maximum(total[:, 1] + total[:, 2], 1)
    return shares


def weighted_f1(truth: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """The F1 of each class, weighted by how often the class is true.

    >>> weighted_f1(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]))
    0.7333333333333334
    """
    classes, sizes = np.unique(truth, return_counts=True)
    right = np.array([((truth == c) & (said == c)).sum() for c in classes])
    told = np.array([(said == c).sum() for c in classes])
    return float((2 * right / (told + sizes) * sizes).sum() / sizes.sum())
