"""Training of the span model, and its words beside the tokens that people marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pico_training.network_training import Example, Source, Trained, train_network
from pico_training.word_vectors import WordVectors
from tiab.evaluation.pico.measures import MatchCounter, Scores, bootstrap, count_overlaps, count_spans, count_tokens
from tiab.evaluation.pico.role_sets import title_hash
from tiab.evaluation.pico.span_sets import MarkedArticle, as_interventions, labels_of_words, tidy_marks, tokens_of
from tiab.pico.layout import set_fields
from tiab.pico.learned.context import Context, read_context
from tiab.pico.learned.crf import CrfWeights
from tiab.pico.learned.hashing import Hashes
from tiab.pico.learned.network import Floats, Network, network_extras
from tiab.pico.learned.phrases import DEFAULT, PhraseSettings
from tiab.pico.learned.pio_model import N_LABELS, PioModel
from tiab.pico.learned.roles import RoleFinder, RoleModel
from tiab.pico.learned.vectors import Vectors
from tiab.pico.pipeline import make_pipeline
from tiab.records import Record

__all__ = ["MarkedSet", "MarkedWords", "Prediction", "kept_vectors", "learn_base", "read_marked", "score", "train_pio"]

_INT8 = 127
_WORDS = 5  # an ending that fewer words have says little
_TOGETHER = (0, 1, 2, 3, 2)
"""For each label the one that stands for it where comparators are among the interventions."""

_ALL, _PARTICIPANTS, _COMPARATORS = tuple(range(N_LABELS)), 1, 4
_NOT_PARTICIPANTS = tuple(label for label in _ALL if label != _PARTICIPANTS)


@dataclass(frozen=True, eq=False)
class MarkedWords:
    """One marked abstract as tiab's own words, and their labels as `labels_of_words` gives them."""

    article: MarkedArticle
    context: Context
    labels: NDArray[np.int64]


def read_marked(articles: Iterable[MarkedArticle], roles: RoleModel) -> Iterator[MarkedWords]:
    """The words of each article, after the rules and the roles of its sentences."""
    nlp, find_roles = make_pipeline(), RoleFinder(roles)
    nlp.remove_pipe("tiab_findings")  # it takes most of the time, and nothing here reads what it finds
    with nlp.memory_zone():
        for article in articles:
            doc = nlp.make_doc(article.record.text)
            set_fields(doc, article.record.sections)
            context = read_context(find_roles(nlp(doc)))
            yield MarkedWords(article, context, labels_of_words(article, context.words))


def kept_vectors(learned: WordVectors, texts: Sequence[tuple[Hashes, Hashes]], *, common: int = 250) -> Vectors:
    """The vocabulary that a model keeps: both vectors of each word side by side, in 127ths; endings; common words."""
    words, counts = np.unique(np.concatenate([hashes for hashes, _ in texts]), return_counts=True)
    frequent = np.sort(words[np.argsort(-counts, kind="stable")[:common]])
    numbers = np.hstack([learned.near, learned.far])
    endings, means = _endings(learned.words, numbers, texts)
    whole = np.round(np.vstack([numbers, means]) * _INT8).astype(np.int8)
    return Vectors(learned.words, endings, whole, frequent)


def _endings(words: Hashes, numbers: Floats, texts: Iterable[tuple[Hashes, Hashes]]) -> tuple[Hashes, Floats]:
    """(endings that enough words have, the mean of these words' vectors)."""
    pairs = np.unique(np.concatenate([np.unique(np.stack(pair, axis=1), axis=0) for pair in texts]), axis=0)
    place = np.minimum(np.searchsorted(words, pairs[:, 0]), len(words) - 1)
    known = words[place] == pairs[:, 0]
    endings, which, counts = np.unique(pairs[known, 1], return_inverse=True, return_counts=True)
    sums = np.zeros((len(endings), numbers.shape[1]))
    np.add.at(sums, which, numbers[place[known]])
    enough = counts >= _WORDS
    means: Floats = (sums[enough] / counts[enough, None]).astype(np.float32)
    return endings[enough], means


Prediction = tuple[MarkedWords, NDArray[np.int64]]
"""An article and the predicted label of each of its words."""


@dataclass(frozen=True, slots=True)
class SpanScores:
    """F1 over tokens, over spans of which both ends are right, and over spans that share a token.

    `tidy_spans` compares with the marks as training tidies them: without articles, commas and halves of brackets.
    """

    tokens: Scores
    spans: Scores
    tidy_spans: Scores
    overlaps: Scores


def score(predictions: Sequence[Prediction]) -> SpanScores:
    """How well the marks of articles are predicted, each element its own class, as EBM-NLP's leaderboard counts.

    B. Nye et al., "A corpus with multi-level annotations of patients, interventions and outcomes to support language
    processing for medical literature", ACL 2018. Comparators count as interventions where no mark tells them apart.
    """
    apart = any((item.article.labels == _COMPARATORS).any() for item, _ in predictions)
    rows = [_pair(item, labels, apart) for item, labels in predictions]
    tidy = [_pair(item, labels, apart, tidy=True) for item, labels in predictions]
    return SpanScores(
        _count(rows, count_tokens, apart), _count(rows, count_spans, apart), _count(tidy, count_spans, apart),
        _count(rows, count_overlaps, apart),
    )  # fmt: skip


def _pair(
    item: MarkedWords, labels: NDArray[np.int64], apart: bool, *, tidy: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(the label of each token that people marked, the one that is predicted)."""
    truth = tidy_marks(item.article, item.context.words) if tidy else item.article.labels
    return truth, tokens_of(item.article, item.context.words.starts, labels if apart else as_interventions(labels))


def _count(pairs: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], count: MatchCounter, apart: bool) -> Scores:
    return bootstrap([count(truth, said, 4 if apart else 3) for truth, said in pairs])


@dataclass(frozen=True, eq=False)
class MarkedSet:
    """Abstracts that were marked by the same people in the same way.

    Attributes:
        style: sets of one style share the network's last layer.
        weight: how much one of them counts.
        part: the share of them, drawn anew, that each epoch learns from.
        participants_only: whether nothing but participants is marked.
    """

    items: Sequence[MarkedWords]
    style: str
    weight: float = 1.0
    part: float = 1.0
    participants_only: bool = False


def learn_base(
    sets: Sequence[MarkedSet], vectors: Vectors, *, hidden: int = 96, epochs: int = 3, seed: int = 0
) -> Trained:
    """Layers to begin from, learned from sets that were marked in other ways."""
    return train_network(_sources(sets, vectors), vectors, hidden=hidden, n_labels=N_LABELS, epochs=epochs, seed=seed)


def train_pio(
    sets: Sequence[MarkedSet],
    vectors: Vectors,
    base: Trained | None = None,
    *,
    styles: tuple[str, str] = ("crowd", "expert"),
    settings: PhraseSettings = DEFAULT,
    trained_on: Iterable[Record] = (),
    hidden: int = 96,
    epochs: int = 20,
    rate: float = 1.5e-3,
    seed: int = 0,
) -> PioModel:
    """A span model; the same sets, vectors, base and seed give the same model.

    Args:
        base: what `learn_base` gave, and `trained_on` the records that it was learned from.
        styles: the style of marking that tells the labels of whole abstracts, and that of titles and methods.
    """
    trained = train_network(
        _sources(sets, vectors),
        vectors,
        start=base,
        hidden=hidden,
        n_labels=N_LABELS,
        epochs=epochs,
        rate=rate,
        seed=seed,
    )
    network, chain = _joined(trained, *styles)
    titles = [item.article.record.title for one in sets for item in one.items] + [record.title for record in trained_on]
    return PioModel(
        network=network,
        chain=chain,
        vectors=vectors,
        trained_on=np.unique(np.array([title_hash(title) for title in titles], dtype=np.uint64)),
        settings=settings,
    )


def _sources(sets: Sequence[MarkedSet], vectors: Vectors) -> list[Source]:
    return [
        Source([_example(item, vectors, one.participants_only) for item in one.items], one.style, one.weight, one.part)
        for one in sets
    ]


def _example(item: MarkedWords, vectors: Vectors, participants_only: bool) -> Example:
    words = item.context.words
    known = vectors.look_up(words.hashes, words.endings)
    target = np.eye(N_LABELS, dtype=np.float32)[item.labels]
    if participants_only:
        target[np.ix_(item.labels != _PARTICIPANTS, _NOT_PARTICIPANTS)] = 1.0
    extras = network_extras(item.context, known)
    return Example(known.places, extras, words.different.which, words.lengths, target)


def _joined(trained: Trained, whole: str, methods: str) -> tuple[Network, CrfWeights]:
    """The last layers of two styles side by side, and the mean of their chains, rounded as a file keeps them.

    In the first style comparators are among the interventions, and follow as these do.
    """
    (crowd, crowd_bias), (experts, experts_bias) = trained.output(whole), trained.output(methods)
    output = np.hstack([crowd[:, :_COMPARATORS], experts]), np.concatenate([crowd_bias[:_COMPARATORS], experts_bias])
    layers = [(w.astype(np.float16).astype(np.float32), b) for w, b in (*trained.layers, output)]
    one, other, order = trained.chain(whole), trained.chain(methods), list(_TOGETHER)
    chain = CrfWeights(
        np.zeros((0, N_LABELS)),
        (one.transitions[np.ix_(order, order)] + other.transitions) / 2,
        (one.first[order] + other.first) / 2,
        (one.last[order] + other.last) / 2,
    )
    return Network(tuple(layers[:-1]), layers[-1]), chain.rounded()
