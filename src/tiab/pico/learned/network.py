"""A small convolutional network over the words of a record, whose scores one chain for each sentence reads.

Three layers look ever further to both sides, after E. Strubell et al., "Fast and accurate entity recognition with
iterated dilated convolutions", EMNLP 2017; the last one also sees the mean of the same word's other places in the
record and the mean of the whole record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from tiab.pico.learned.context import CUES, Context
from tiab.pico.learned.roles import ROLE_LABELS
from tiab.pico.learned.vectors import Known

__all__ = ["EXTRAS", "STEPS", "VECTOR_GAIN", "Means", "Network", "network_extras", "stacked"]

Floats = NDArray[np.float32]

STEPS = ((-3, -2, -1, 0, 1, 2, 3), (-4, -2, 0, 2, 4), (-8, -4, 0, 4, 8))
"""The places that each layer looks at."""

EXTRAS = len(ROLE_LABELS) + len(CUES) + 14
"""The columns of the input beside a word's vector."""

VECTOR_GAIN = np.float32(4.0)
"""Vectors have length 1, flags are 0 or 1: what a vector is multiplied by."""

_NUMBER = 1


@dataclass(frozen=True, eq=False)
class Network:
    """Weights of the layers and of the last one's labels, float32.

    Attributes:
        layers: (weights, bias) of each layer, weights of shape (n_inputs, n_hidden).
        output: (weights, bias) of the last layer, weights of shape (n_hidden, n_scores).
    """

    layers: tuple[tuple[Floats, Floats], ...]
    output: tuple[Floats, Floats]

    def predict(self, extras: Floats, first: Floats, which: NDArray[np.int64]) -> NDArray[np.float64]:
        """The scores for each word of one record, shape (n_words, n_scores).

        Args:
            extras: the inputs beside the words' vectors, shape (n_words, EXTRAS).
            first: what the first layer makes of each word's vector at each step, as `project` gives it.
            which: for each word, the number of the different word that it is.
        """
        (w1, b1), (w2, b2), (w3, b3) = self.layers
        parts = w1.reshape(len(STEPS[0]), -1, len(b1))
        seen: Any = stacked(extras, STEPS[0]) @ parts[:, -EXTRAS:].reshape(-1, len(b1))
        seen += b1
        _add_shifted(seen, first, STEPS[0])
        hidden: Any = np.maximum(seen, 0, out=seen)
        seen = stacked(hidden, STEPS[1]) @ w2
        seen += b2
        hidden += np.maximum(seen, 0, out=seen)
        width = hidden.shape[1]
        reach = width * len(STEPS[2])
        seen = stacked(hidden, STEPS[2]) @ w3[:reach]
        seen += (Means.of(which).of_groups(hidden) @ w3[reach : reach + width])[which]
        seen += hidden.mean(axis=0) @ w3[reach + width :] + b3
        hidden += np.maximum(seen, 0, out=seen)
        scores: NDArray[np.float64] = (hidden @ self.output[0] + self.output[1]).astype(np.float64)
        return scores

    def project(self, vectors: Floats) -> Floats:
        """What the first layer makes of vectors at each step, side by side, shape (n_words, n_steps * n_hidden)."""
        w1, b1 = self.layers[0]
        parts = w1.reshape(len(STEPS[0]), -1, len(b1))[:, :-EXTRAS]
        made: Any = (vectors * VECTOR_GAIN) @ parts.transpose(1, 0, 2).reshape(vectors.shape[1], -1)
        result: Floats = made
        return result


@dataclass(frozen=True, eq=False)
class Means:
    """Puts in place of each row the mean over the rows of its group; it is its own transpose.

    >>> Means.of(np.array([0, 1, 0]))(np.array([[1.0], [2.0], [3.0]])).ravel().tolist()
    [2.0, 2.0, 2.0]
    """

    matrix: csc_array
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, groups: NDArray[np.int64]) -> Means:
        """Means over the rows that have the same number, from 0 without gaps."""
        counts = np.bincount(groups)
        shares = (1 / counts).astype(np.float32)[groups]
        shape = (len(counts), len(groups))
        return cls(csc_array((shares, groups, np.arange(len(groups) + 1)), shape=shape), groups)

    def __call__(self, values: Floats) -> Floats:
        """The means, of the shape of `values`."""
        return self.of_groups(values)[self.groups]

    def of_groups(self, values: Floats) -> Floats:
        """The mean of each group, shape (n_groups, n_columns)."""
        means: Floats = self.matrix @ values
        return means


def stacked(values: Floats, steps: Sequence[int]) -> Floats:
    """Beside one another, what the rows at each step hold; 0 beyond the ends."""
    count, width = values.shape
    out = np.empty((count, width * len(steps)), dtype=values.dtype)
    for place, by in enumerate(steps):
        part, cut = out[:, place * width : (place + 1) * width], min(abs(by), count)
        if by >= 0:
            part[: count - cut] = values[cut:]
            part[count - cut :] = 0
        else:
            part[cut:] = values[: count - cut]
            part[:cut] = 0
    return out


def _add_shifted(total: Floats, parts: Floats, steps: Sequence[int]) -> None:
    """Adds to each row the part of each step, taken from the row at that step."""
    count, width = total.shape
    for place, by in enumerate(steps):
        part = parts[:, place * width : (place + 1) * width]
        if by >= 0:
            total[: max(count - by, 0)] += part[by:]
        else:
            total[-by:] += part[:by]


def network_extras(context: Context, known: Known) -> Floats:
    """What the network reads of each word beside its vector, shape (n_words, EXTRAS): role, cues, place and marks."""
    words, rows = context.words, context.rows
    count = max(len(words.lengths), 1)
    in_title = context.again_in_title & ~known.common
    inside = np.cumsum(context.opening.astype(np.int64) - context.closing) > 0
    flags = (
        context.title, ~known.known, words.hashes == _NUMBER, context.opening, context.closing, context.pause,
        rows == 0, rows == count - 1, rows / count, np.arange(len(rows)) == words.sentences[rows], inside, in_title,
        context.capital, context.capitals,
    )  # fmt: skip
    extras = np.empty((len(rows), EXTRAS), dtype=np.float32)
    roles, cues = context.roles.shape[1], context.roles.shape[1] + len(CUES)
    extras[:, :roles] = context.roles
    extras[:, roles:cues] = context.cues
    for place, flag in enumerate(flags, start=cues):
        extras[:, place] = flag
    return extras
