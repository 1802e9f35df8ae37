"""The words of a Doc as arrays: what the learned components read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, LENGTH, LIKE_NUM, NORM, SUFFIX
from spacy.tokens import Doc

from tiab.pico.layout import get_layout
from tiab.pico.learned.hashing import Hashes

__all__ = ["NUMBER", "TOGETHER", "Different", "Words", "read_together", "read_words"]

_KEY = "tiab_learned_words"
NUMBER = 1
"""The hash that stands for every number, in digits or in words."""

TOGETHER = 16
"""How many records a learned component reads together: more save no time, and one waits for all of them."""


class Different(NamedTuple):
    """The different words of a text.

    Attributes:
        first: the place of each one's first occurrence.
        which: for each word of the text, the number of the different word that it is.
        times: how often each occurs.
    """

    first: NDArray[np.int64]
    which: NDArray[np.int64]
    times: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one text, in order.

    Attributes:
        hashes: of each word's normal form, `NUMBER` for a number.
        endings: of its last three letters.
        starts: the offset of each word.
        ends: the offset behind it.
        sentences: the first word of each sentence; sentences without a word are left out.
        lengths: the number of words in each of these sentences.
        places: the offset at which each of them begins.
    """

    hashes: Hashes
    endings: Hashes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sentences: NDArray[np.int64]
    lengths: NDArray[np.int64]
    places: NDArray[np.int64]

    @cached_property
    def different(self) -> Different:
        """The different words among these."""
        _, first, which, times = np.unique(self.hashes, return_index=True, return_inverse=True, return_counts=True)
        return Different(first, which, times)

    def part(self, begin: int, end: int) -> Words:
        """The sentences from number `begin` up to, not including, `end`, as Words of their own."""
        kept = slice(begin, max(begin, end))
        sentences, lengths = self.sentences[kept], self.lengths[kept]
        first = int(sentences[0]) if len(sentences) else 0
        words = slice(first, first + int(lengths.sum()))
        return Words(
            hashes=self.hashes[words],
            endings=self.endings[words],
            starts=self.starts[words],
            ends=self.ends[words],
            sentences=sentences - first,
            lengths=lengths,
            places=self.places[kept],
        )


def read_words(doc: Doc) -> Words:
    """The words of `doc`, in which `tiab_sentences` has run; they are kept for the next component that asks."""
    words: Words | None = doc.user_data.get(_KEY)
    if words is None:
        words = doc.user_data[_KEY] = _read(doc)
    return words


def _read(doc: Doc) -> Words:
    table = doc.to_array([NORM, IDX, LENGTH, LIKE_NUM, SUFFIX]).astype(np.uint64, copy=False)
    hashes = np.where(table[:, 3] > 0, np.uint64(NUMBER), table[:, 0])
    starts = table[:, 1].astype(np.int64)
    cuts = np.asarray(get_layout(doc).sentences, dtype=np.int64)
    firsts = np.searchsorted(starts, cuts)
    lengths = np.diff(np.append(firsts, len(starts)))
    kept = lengths > 0
    ends = starts + table[:, 2].astype(np.int64)
    return Words(hashes, table[:, 4].copy(), starts, ends, firsts[kept], lengths[kept], starts[firsts[kept]])


def read_together(docs: Iterable[Doc], read: Callable[[Sequence[Doc]], None], size: int) -> Iterator[Doc]:
    """The docs, each after `read` was called with it and up to `size`, at most `TOGETHER`, of its neighbours."""
    rest = iter(docs)
    while some := list(islice(rest, min(size, TOGETHER))):
        read(some)
        yield from some
