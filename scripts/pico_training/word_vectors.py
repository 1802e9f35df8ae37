"""Word vectors from counts: which words stand beside which.

After O. Levy, Y. Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014: the singular vectors of
the positive pointwise mutual information of words and their neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import spacy
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack
from sklearn.utils.extmath import randomized_svd

from tiab.pico.learned.hashing import Hashes
from tiab.pico.learned.words import read_words

__all__ = ["WordVectors", "learn_vectors", "word_hashes"]

_MIN_ARTICLES = 5  # a rarer word could be a verbatim trace of one text
_MOST_WORDS = 40_000
_CONTEXTS = 4_000
_NEAR, _FAR = (-2, -1, 1, 2), (3, 4, 5, 6, 7, 8)
_SMOOTH = 0.75
_ZONE = 1_000


@dataclass(frozen=True, eq=False)
class WordVectors:
    """What was learned of each word.

    Attributes:
        words: the words' hashes, ascending.
        near: vectors from the words right beside, where order counts; length 1 each, shape (n_words, size).
        far: vectors from the words around, in any order.
    """

    words: Hashes
    near: NDArray[np.float32]
    far: NDArray[np.float32]


def word_hashes(texts: Iterable[str]) -> Iterator[tuple[Hashes, Hashes]]:
    """The hashes of the words of each text, and of their endings."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "tiab_words.v1"}}})
    nlp.max_length = 10**9
    rest = iter(texts)
    while zone := list(islice(rest, _ZONE)):
        with nlp.memory_zone():
            for text in zone:
                words = read_words(nlp.make_doc(text))
                yield words.hashes, words.endings


def learn_vectors(texts: Sequence[Hashes], *, size: int = 64, seed: int = 0) -> WordVectors:
    """Vectors of the words that at least five texts have; the same texts give the same vectors."""
    words, stream = _numbered(texts)
    near = _vectors([_beside(stream, len(words), by) for by in _NEAR], size, seed)
    around = [_beside(stream, len(words), by) for by in _FAR]
    total = around[0]
    for more in around[1:]:
        total = total + more
    far = _vectors([_both_ways(total, stream, len(words))], size, seed)
    return WordVectors(words, near, far)


def _numbered(texts: Sequence[Hashes]) -> tuple[Hashes, NDArray[np.int64]]:
    """(the hashes kept, ascending; all texts as places in them, -1 for the others and between texts)."""
    once = np.concatenate([np.unique(text) for text in texts])
    words, counts = np.unique(once, return_counts=True)
    enough = counts >= _MIN_ARTICLES
    words, counts = words[enough], counts[enough]
    words = np.sort(words[np.argsort(-counts, kind="stable")[:_MOST_WORDS]])
    gap = np.full(max(_FAR), -1, dtype=np.int64)
    pieces: list[NDArray[np.int64]] = []
    for text in texts:
        place = np.minimum(np.searchsorted(words, text), len(words) - 1)
        pieces += [np.where(words[place] == text, place, -1), gap]
    return words, np.concatenate(pieces)


def _beside(stream: NDArray[np.int64], count: int, by: int) -> csr_array:
    """How often each word has each frequent word `by` places behind it, shape (count, n_contexts)."""
    frequent = np.argsort(-np.bincount(stream[stream >= 0], minlength=count), kind="stable")[:_CONTEXTS]
    column = np.full(count + 1, -1)
    column[np.sort(frequent)] = np.arange(len(frequent))
    here, there = (stream[:-by], stream[by:]) if by > 0 else (stream[-by:], stream[:by])
    context = column[there]
    both = (here >= 0) & (context >= 0)
    ones = np.ones(int(both.sum()), dtype=np.float64)
    return coo_array((ones, (here[both], context[both])), shape=(count, len(frequent))).tocsr()


def _both_ways(behind: csr_array, stream: NDArray[np.int64], count: int) -> csr_array:
    """The counts of words around, on either side."""
    for by in _FAR:
        behind = behind + _beside(stream, count, -by)
    return behind


def _vectors(parts: Sequence[csr_array], size: int, seed: int) -> NDArray[np.float32]:
    counts = hstack(parts, format="csr")
    weighed = _mutual_information(counts)
    left, strength, _ = randomized_svd(weighed, size, n_iter=3, random_state=seed)
    vectors = left * np.sqrt(strength)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _mutual_information(counts: csr_array) -> csr_array:
    """max(0, log p(w, c) / (p(w) p(c)^0.75)) for every pair that was seen."""
    table = counts.tocoo()
    rows, columns = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel()
    smooth = columns**_SMOOTH / (columns**_SMOOTH).sum()
    shared = table.data / np.maximum(rows[table.row], 1.0)
    values = np.maximum(np.log(shared / smooth[table.col]), 0.0)
    result = coo_array((values, (table.row, table.col)), shape=table.shape).tocsr()
    result.eliminate_zeros()
    return result
