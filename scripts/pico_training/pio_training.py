"""Training of the span model, and its words beside the tokens that people marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pico_training.network_training import Example, Source, train_network
from pico_training.word_vectors import WordVectors
from tiab.evaluation.pico.measures import MatchCounter, Scores, bootstrap, count_overlaps, count_spans, count_tokens
from tiab.evaluation.pico.role_sets import title_hash
from tiab.evaluation.pico.span_sets import MarkedArticle, tokens_of
from tiab.pico.layout import set_fields
from tiab.pico.learned.context import Context, read_context
from tiab.pico.learned.crf import Chains, CrfWeights, fit_crf
from tiab.pico.learned.hashing import Hashes, buckets
from tiab.pico.learned.linear import LinearTable, check, places
from tiab.pico.learned.network import Network, network_inputs
from tiab.pico.learned.pio_features import pio_features
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import RoleFinder, RoleModel
from tiab.pico.learned.vectors import Vectors
from tiab.pico.learned.weights import quantised
from tiab.pico.pipeline import make_pipeline

__all__ = ["MarkedWords", "kept_vectors", "read_marked", "score_spans", "score_tokens", "train_pio"]

_SEEN = 3  # a feature that fewer words have is not learned
_INT8 = 127
_SALT = 977


@dataclass(frozen=True, eq=False)
class MarkedWords:
    """One marked abstract as tiab's own words, each with the label of the token that it begins in."""

    article: MarkedArticle
    context: Context
    labels: NDArray[np.int64]


def read_marked(articles: Iterable[MarkedArticle], roles: RoleModel) -> Iterator[MarkedWords]:
    """The words of each article, after the rules and the roles of its sentences."""
    nlp, find_roles = make_pipeline(), RoleFinder(roles)
    with nlp.memory_zone():
        for article in articles:
            doc = nlp.make_doc(article.record.text)
            set_fields(doc, article.record.sections)
            context = read_context(find_roles(nlp(doc)))
            yield MarkedWords(article, context, _labels(article, context.words.starts))


def _labels(article: MarkedArticle, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    token = np.maximum(np.searchsorted(article.starts, starts, side="right") - 1, 0)
    labels: NDArray[np.int64] = np.where(starts < article.ends[token], article.labels[token], 0)
    return labels


def kept_vectors(learned: WordVectors, texts: Iterable[Hashes], *, common: int = 250) -> Vectors:
    """The vocabulary that a model keeps: both vectors of each word side by side, in 127ths; and the commonest words."""
    words, counts = np.unique(np.concatenate(list(texts)), return_counts=True)
    numbers = np.round(np.hstack([learned.near, learned.far]) * _INT8).astype(np.int8)
    frequent = np.sort(words[np.argsort(-counts, kind="stable")[:common]])
    return Vectors(learned.words, numbers, learned.groups.astype(np.int16), frequent)


def score_tokens(items: Sequence[MarkedWords], labels: Sequence[NDArray[np.int64]]) -> Scores:
    """F1 over tokens, each element its own positive class, as EBM-NLP's leaderboard counts.

    B. Nye et al., "A corpus with multi-level annotations of patients, interventions and outcomes to support language
    processing for medical literature", ACL 2018.

    Args:
        labels: the labels of the words of each item.
    """
    return _score(items, labels, count_tokens)


def score_spans(items: Sequence[MarkedWords], labels: Sequence[NDArray[np.int64]]) -> tuple[Scores, Scores]:
    """F1 over spans: (right where both ends are, right where a token is shared); see `score_tokens`."""
    return _score(items, labels, count_spans), _score(items, labels, count_overlaps)


def _score(items: Sequence[MarkedWords], labels: Sequence[NDArray[np.int64]], count: MatchCounter) -> Scores:
    pairs = zip(items, labels, strict=True)
    return bootstrap([
        count(item.article.labels, tokens_of(item.article, item.context.words.starts, mine)) for item, mine in pairs
    ])  # fmt: skip


def train_pio(
    examples: Sequence[MarkedWords],
    vectors: Vectors,
    *,
    beside: Sequence[MarkedWords] = (),
    bits: int = 19,
    l2: float = 8.0,
    iterations: int = 45,
    hidden: int = 96,
    epochs: int = 12,
    seed: int = 0,
) -> PioModel:
    """A span model; the same examples, vectors and seed give the same model.

    Args:
        beside: examples marked by other rules, from which the network's layers alone learn.
        bits: the linear part has 2^bits rows of five bytes.
    """
    linear, chain = _train_linear(examples, vectors, bits=bits, l2=l2, iterations=iterations)
    sources = [Source([_example(item, vectors) for item in examples])]
    if beside:
        sources.append(Source([_example(item, vectors) for item in beside], last=1, weight=0.5))
    network = train_network(sources, hidden=hidden, epochs=epochs, seed=seed)
    titles = [item.article.record.title for item in (*examples, *beside)]
    return PioModel(
        linear=linear,
        chain=chain.rounded(),
        network=_rounded(network),
        vectors=vectors,
        trained_on=np.unique(np.array([title_hash(title) for title in titles], dtype=np.uint64)),
    )


def _example(item: MarkedWords, vectors: Vectors) -> Example:
    hashes = item.context.words.hashes
    known = vectors.look_up(hashes)
    inputs = network_inputs(item.context, known, vectors.at(known.places))
    return Example(inputs, item.context.words.different.which, np.eye(4, dtype=np.float32)[item.labels])


def _rounded(network: Network) -> Network:
    """The network as a file keeps it."""
    parts = [(w.astype(np.float16).astype(np.float32), b) for w, b in (*network.layers, network.output)]
    return Network(tuple(parts[:-1]), parts[-1])


def _train_linear(
    examples: Sequence[MarkedWords], vectors: Vectors, *, bits: int, l2: float, iterations: int
) -> tuple[LinearTable, CrfWeights]:
    features = [pio_features(item.context, vectors.look_up(item.context.words.hashes)) for item in examples]
    owners = _owners(features, bits)
    columns, counts = [], []
    for part in features:
        rows, owned = places(part, owners)
        columns.append(rows[owned].astype(np.int32))
        counts.append(owned.reshape(part.shape).sum(axis=1))
    flat = np.concatenate(columns)
    edges = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    used = np.flatnonzero(owners)
    column = np.zeros(len(owners), dtype=np.int32)
    column[used] = np.arange(len(used))
    matrix = csr_array((np.ones(len(flat)), column[flat], edges), shape=(len(edges) - 1, len(used)))
    labels = np.concatenate([item.labels for item in examples])
    chains = Chains.of(np.concatenate([item.context.words.lengths for item in examples]))
    weights = fit_crf(matrix, labels, chains, n_labels=4, l2=l2, iterations=iterations)
    whole = np.zeros((len(owners), 4))
    whole[used] = weights.features
    return LinearTable(owners, *quantised(whole)), weights


def _owners(features: Sequence[Hashes], bits: int) -> NDArray[np.uint8]:
    """Which feature owns each row: of those that fall into it and were seen often enough, the most frequent."""
    found, counts = np.unique(np.concatenate([part.ravel() for part in features]), return_counts=True)
    enough = counts >= _SEEN
    order = np.argsort(counts[enough], kind="stable")  # the last one written stays
    found = found[enough][order]
    owners = np.zeros(1 << bits, dtype=np.uint8)
    owners[buckets(found, _SALT, bits)] = check(found)
    return owners
