"""The words of records as TF-IDF rows: one column for each word and each pair of neighbouring words.

The title stands twice in the text, because it says most in the fewest words. Over the labelled reviews that tiab is
measured on, that and the keywords rank a little better than title and abstract alone (docs/benchmarks/ranking.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from tiab.records import Record

__all__ = ["WordSpace", "make_word_space", "ranking_text"]


def ranking_text(record: Record) -> str:
    """What the words are counted in: the title twice, the abstract, the keywords.

    >>> ranking_text(Record(record_id="1", title="Yoga", abstract="Ten women."))
    'Yoga\\nYoga\\nTen women.\\n'
    """
    return f"{record.title}\n{record.title}\n{record.abstract}\n{'; '.join(record.keywords)}"


@dataclass(frozen=True, eq=False)
class WordSpace:
    """The words that are columns, and how rare each is.

    Attributes:
        words: the words and word pairs, sorted; shape (V,).
        idf: smoothed inverse document frequency of each; float32, shape (V,).
    """

    words: tuple[str, ...]
    idf: NDArray[np.float32]

    def rows(self, texts: Iterable[str]) -> csr_array:
        """TF-IDF rows of unit length, float32, shape (number of texts, V). An unknown word has no column."""
        if not self.words:
            return _rows(np.empty((len(list(texts)), 0)))
        return _rows(self._vectoriser.transform(texts))

    def row(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """One TF-IDF row of unit length for phrases that belong together but do not follow each other; shape (V,)."""
        if not self.words:
            return np.empty(0, dtype=np.float32)
        counts = np.asarray(CountVectorizer.transform(self._vectoriser, phrases).sum(axis=0)).ravel()
        weights = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * self.idf
        return np.asarray(weights / (np.linalg.norm(weights) or 1), dtype=np.float32)

    @cached_property
    def _vectoriser(self) -> TfidfVectorizer:
        vectoriser = _vectoriser(vocabulary=self.words)
        vectoriser.idf_ = self.idf
        return vectoriser


def make_word_space(
    records: Sequence[Record], *, beside: str = "", min_records: int = 2
) -> tuple[WordSpace, csr_array]:
    """The word space of a pool, and the pool's rows in it.

    Args:
        beside: a text whose words are columns too, though no record may have them: the criteria.
        min_records: a word in fewer records than this is no column, unless `beside` has it; in a pool of under a
            thousand every word is one.
    """
    texts = [ranking_text(record) for record in records]
    least = min_records if len(texts) >= 1000 else 1
    vectoriser = _vectoriser(min_df=least)
    try:  # `beside` is repeated so that none of its words is too rare to be a column
        rows = vectoriser.fit_transform([*texts, *[beside] * least])
    except ValueError:  # no text in the pool has a word
        return WordSpace(words=(), idf=np.empty(0, np.float32)), _rows(np.empty((len(texts), 0)))
    words = tuple(vectoriser.get_feature_names_out())
    return WordSpace(words=words, idf=vectoriser.idf_.astype(np.float32)), _rows(rows[: len(texts)])


def _vectoriser(**settings: Any) -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, **settings)


def _rows(matrix: Any) -> csr_array:
    return cast(csr_array, csr_array(matrix, dtype=np.float32))
