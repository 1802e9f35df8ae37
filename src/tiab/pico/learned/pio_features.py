"""What the linear part of the span model looks at: hashed features of a word, of its neighbours and of its sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.context import CUES, Context
from tiab.pico.learned.hashing import Hashes, mix, shifted
from tiab.pico.learned.vectors import Known

__all__ = ["pio_features"]

_EDGE = np.uint64(5)  # stands for what is beyond the sentence
_IN_TITLE = 10


class _Sentences:
    """Values of neighbours within the same sentence, each shifted once, and the features collected so far."""

    def __init__(self, context: Context) -> None:
        words, rows = context.words, context.rows
        self.place = np.arange(len(rows)) - words.sentences[rows]
        self.left = words.lengths[rows] - 1 - self.place
        self.first = words.sentences[rows]
        self.end = (words.sentences + words.lengths)[rows]
        self._shifted: dict[tuple[str, int], Hashes] = {}
        self.found: list[Hashes] = []

    def at(self, name: str, values: Hashes, by: int) -> Hashes:
        """`values` of the word `by` places further on in the sentence."""
        if by == 0:
            return values
        if (name, by) not in self._shifted:
            inside = self.left >= by if by > 0 else self.place >= -by
            moved: Hashes = np.where(inside, shifted(values, by), _EDGE)
            self._shifted[name, by] = moved
        return self._shifted[name, by]

    def add(self, *parts: Hashes | NDArray[np.int64]) -> None:
        """One more feature: all the parts together."""
        value = parts[0].astype(np.uint64, copy=False)
        for part in parts[1:]:
            value = mix(value, part.astype(np.uint64, copy=False))
        self.found.append(value)

    def numbered(self) -> Hashes:
        """All features, each mixed with its number, shape (n_words, n_features)."""
        numbers = np.arange(1, len(self.found) + 1, dtype=np.uint64)
        return mix(np.stack(self.found, axis=1), numbers)

    def runs(self, name: str, values: Hashes, *patterns: tuple[int, ...]) -> None:
        """One feature for each pattern of places: the values there, together."""
        for pattern in patterns:
            self.add(*(self.at(name, values, by) for by in pattern))


def pio_features(context: Context, known: Known) -> Hashes:
    """A hash for each feature of each word, shape (n_words, n_features)."""
    sentences = _Sentences(context)
    hashes, middle = context.words.hashes, known.groups[1]
    sentences.runs("word", hashes, (-2,), (-1,), (0,), (1,), (2,), (-1, 0), (0, 1), (-1, 0, 1))
    sentences.runs("ending", context.endings, (-1,), (0,), (1,))
    sentences.runs("shape", context.shapes, (0,))
    sentences.runs("group", middle, (-1,), (0,), (1,), (-1, 0), (0, 1))
    role = _add_sentence(sentences, context, middle)
    _add_record(sentences, context, known, role)
    _add_frame(sentences, context, known, role)
    return sentences.numbered()


def _add_sentence(sentences: _Sentences, context: Context, middle: Hashes) -> Hashes:
    """Adds what the sentence is and where; gives its role."""
    words, rows = context.words, context.rows
    certain = np.where(context.roles.any(axis=1), context.roles.argmax(axis=1) + 1, 0)
    role: Hashes = (certain + _IN_TITLE * context.title).astype(np.uint64)
    count = len(words.lengths)
    for parts in ((), (words.hashes,), (middle,)):
        sentences.add(role, *parts)
    sentences.add(np.minimum(rows, 6) * 10 + np.minimum(count - 1 - rows, 6))
    sentences.add(words.hashes[sentences.first])
    beside = role[words.sentences]
    sentences.add(role, shifted(beside, -1)[rows], shifted(beside, 1)[rows])
    bits = (context.cues @ (1 << np.arange(len(CUES)))).astype(np.uint64)
    sentences.add(bits)
    return role


def _nearest(marked: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The place of the last marked word up to each, and of the first from each on; -1 and n where there is none."""
    places = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, places, -1))
    following = np.minimum.accumulate(np.where(marked, places, len(marked))[::-1])[::-1]
    return last, following


def _add_record(sentences: _Sentences, context: Context, known: Known, role: Hashes) -> None:
    """Adds whether the record says the word in its title, how often, and where first."""
    content = known.known & ~known.common
    in_title = (context.again_in_title & content).astype(np.uint64)
    sentences.add(in_title * 2 + content)
    first, which, count = context.words.different
    sentences.add(np.minimum(count[which], 6) * 2 + content)
    sentences.add(np.minimum(context.rows[first[which]], 4) * 2 + content, role)


def _add_frame(sentences: _Sentences, context: Context, known: Known, role: Hashes) -> None:
    """Adds the frequent words that frame the word ("of … in", "compared with …"), and brackets."""
    hashes, middle = context.words.hashes, known.groups[1]
    last, following = _nearest(known.common)
    before = np.concatenate([[-1], last[:-1]])
    after = np.concatenate([following[1:], [len(hashes)]])
    within = before >= sentences.first
    left = np.where(within, hashes[before], _EDGE)
    second = np.where(within, before[before], -1)
    further = np.where(within & (second >= sentences.first), hashes[second], _EDGE)
    right = np.where(after < sentences.end, hashes[np.minimum(after, len(hashes) - 1)], _EDGE)
    governor = np.where(within, middle[np.maximum(before - 1, 0)], _EDGE)
    frames: tuple[tuple[Hashes, ...], ...] = (
        (left,), (right,), (left, further), (left, right), (left, middle), (left, role), (governor, left),
    )  # fmt: skip
    for parts in frames:
        sentences.add(*parts)
    depth = np.cumsum(context.opening.astype(np.int64) - context.closing)
    outside = np.concatenate([[0], depth[:-1]])[sentences.first]
    sentences.add(np.clip(depth - outside, 0, 2), role)
