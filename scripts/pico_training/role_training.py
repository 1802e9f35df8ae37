"""Training of the roles of sentences, and how well they are told on articles that were never seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import process_time

import numpy as np
import spacy
from numpy.typing import NDArray
from scipy.sparse import csr_array
from spacy.language import Language

import tiab.pico.sentences  # noqa: F401  (registers its factory)
from tiab.evaluation.pico.role_sets import RoleArticle, title_hash
from tiab.pico.learned.crf import Chains, fit_crf
from tiab.pico.learned.role_features import role_features
from tiab.pico.learned.roles import ROLE_LABELS, RoleModel
from tiab.pico.learned.words import Words, read_words

__all__ = ["LabelledSentences", "label_sentences", "predict_roles", "train_roles"]

_ZONE = 1_000


@dataclass(frozen=True, eq=False)
class LabelledSentences:
    """The sentences of one abstract and the role that its heading gave each."""

    article: RoleArticle
    words: Words
    roles: NDArray[np.int64]


def label_sentences(articles: Iterable[RoleArticle]) -> Iterator[LabelledSentences]:
    """The sentences of each article; one that runs across a heading has the role of its beginning."""
    nlp = _sentence_pipeline()
    rest = iter(articles)
    while zone := list(islice(rest, _ZONE)):
        with nlp.memory_zone():
            for article in zone:
                words = read_words(nlp(article.text))
                parts = np.searchsorted(article.starts, words.places, side="right") - 1
                yield LabelledSentences(article, words, np.array([role for role, _ in article.parts])[parts])


def _sentence_pipeline() -> Language:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "tiab_words.v1"}}})
    nlp.add_pipe("tiab_sentences")
    return nlp


def train_roles(
    examples: Sequence[LabelledSentences], *, bits: int = 18, l2: float = 1.5, iterations: int = 70
) -> RoleModel:
    """A model of the roles; the same examples give the same model.

    Args:
        bits: the table of weights has 2^bits rows of four bytes.
    """
    rows, columns, values, above = [], [], [], 0
    for example in examples:
        found = role_features(example.words, bits)
        rows.append(found.rows + above)
        columns.append(found.columns)
        values.append(found.values)
        above += len(example.roles)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    matrix = csr_array(entries, shape=(above, 1 << bits))
    labels = np.concatenate([example.roles for example in examples])
    chains = Chains.of([len(example.roles) for example in examples])
    weights = fit_crf(matrix, labels, chains, n_labels=len(ROLE_LABELS), l2=l2, iterations=iterations)
    seen = np.array([title_hash(example.article.title) for example in examples], dtype=np.uint64)
    return RoleModel.of(weights, seen)


def predict_roles(
    model: RoleModel, examples: Iterable[LabelledSentences]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]], float]:
    """(right roles, predicted roles, seconds of one core that predicting took), one array for each example."""
    right, said, seconds = [], [], 0.0
    for example in examples:
        began = process_time()
        said.append(model.predict(example.words).argmax(axis=1))
        seconds += process_time() - began
        right.append(example.roles)
    return right, said, seconds
