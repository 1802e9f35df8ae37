"""Training of the small network and its chain by gradients written out by hand, with Adam and dropout; one seed, one
result.

D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.crf import Chains, CrfWeights, expectations
from tiab.pico.learned.network import STEPS, VECTOR_GAIN, Floats, Means, stacked
from tiab.pico.learned.vectors import Vectors

__all__ = ["Example", "Source", "Trained", "train_network"]

_GAP = 10  # empty rows between records, so that no layer looks across
_WARM, _LEAST = 50, 1e-5
_SOFT, _NEVER = 1.5, -50.0
_FIRST, _SECOND, _TINY, _DECAY = 0.9, 0.999, 1e-8, 1e-4


class Example(NamedTuple):
    """One record, its arrays of one row for each word.

    Attributes:
        places: of the words' vectors.
        extras: what the network reads beside them.
        same: which word is which (numbers without gaps).
        lengths: the number of words in each sentence.
        target: for each label 1 where it is right and 0 where it is wrong. Where more than one is 1, any of them may be
            right. What a teacher said has probabilities between, and rows that add up to 1.
    """

    places: NDArray[np.int64]
    extras: Floats
    same: NDArray[np.int64]
    lengths: NDArray[np.int64]
    target: Floats


class Source(NamedTuple):
    """Examples of one kind: which last layer tells their labels, how much one of them counts, how many an epoch takes.

    Sources marked by the same rules share the last layer and the chain.
    """

    examples: Sequence[Example]
    style: str
    weight: float = 1.0
    part: float = 1.0

    @property
    def taken(self) -> int:
        """The number of examples, drawn anew, that each epoch learns from."""
        return round(self.part * len(self.examples))


class Trained(NamedTuple):
    """All parameters by name: the layers, and for each style of marking a last layer and a chain."""

    weights: dict[str, Floats]

    @property
    def layers(self) -> tuple[tuple[Floats, Floats], ...]:
        """(weights, bias) of each layer that all styles share."""
        return tuple((self.weights[f"w{name}"], self.weights[f"b{name}"]) for name in "123")

    def output(self, style: str) -> tuple[Floats, Floats]:
        """(weights, bias) of the last layer of a style."""
        return self.weights[f"w_out_{style}"], self.weights[f"b_out_{style}"]

    def chain(self, style: str) -> CrfWeights:
        """How labels follow one another where they are marked in a style."""
        names = (f"w_chain_{style}", f"w_ends_{style}", f"b_ends_{style}")
        transitions, first, last = (self.weights[name].astype(np.float64) for name in names)
        return CrfWeights(np.zeros((0, len(last))), transitions, first.ravel(), last)


@dataclass(frozen=True, eq=False)
class _Batch:
    inputs: Floats
    mask: Floats
    same: Means
    record: Means
    target: Floats
    lengths: NDArray[np.int64]


@dataclass(eq=False)
class _Trainer:
    """Parameters, their moments, and one generator for all that is random."""

    rng: np.random.Generator
    drop_input: float
    drop_hidden: float
    weights: dict[str, Floats] = field(default_factory=dict)
    first: dict[str, Floats] = field(default_factory=dict)
    second: dict[str, Floats] = field(default_factory=dict)
    steps: int = 0

    def add(self, name: str, rows: int, columns: int, gain: float) -> None:
        weights = self.rng.normal(size=(rows, columns)) * np.sqrt(2 / rows) * gain
        for key, value in ((f"w{name}", weights), (f"b{name}", np.zeros(columns))):
            self.weights[key] = value.astype(np.float32)
            self.first[key], self.second[key] = np.zeros_like(self.weights[key]), np.zeros_like(self.weights[key])

    def keep(self, shape: tuple[int, ...], drop: float) -> Floats:
        """What each value is multiplied by: 0 for those dropped."""
        kept: Floats = (self.rng.random(shape, dtype=np.float32) >= drop).astype(np.float32) / np.float32(1 - drop)
        return kept

    def update(self, slopes: dict[str, Floats], rate: float) -> None:
        self.steps += 1
        for name, slope in slopes.items():
            self.first[name] += np.float32(1 - _FIRST) * (slope - self.first[name])
            self.second[name] += np.float32(1 - _SECOND) * (slope * slope - self.second[name])
            mean = self.first[name] / np.float32(1 - _FIRST**self.steps)
            size = np.sqrt(self.second[name] / np.float32(1 - _SECOND**self.steps)) + np.float32(_TINY)
            self.weights[name] -= np.float32(rate) * (mean / size + np.float32(_DECAY) * self.weights[name])


def train_network(
    sources: Sequence[Source],
    vectors: Vectors,
    *,
    start: Trained | None = None,
    hidden: int = 96,
    n_labels: int = 5,
    epochs: int = 10,
    batch: int = 12,
    rate: float = 2e-3,
    drop_input: float = 0.25,
    drop_hidden: float = 0.35,
    seed: int = 0,
) -> Trained:
    """A network that learns from all sources, with a last layer and a chain for each style of marking.

    Args:
        start: what was learned before, to be learned on; styles that it hasn't begin anew.
        rate: the learning rate, which falls to nothing over the epochs.
    """
    rng = np.random.default_rng(seed)
    trainer = _Trainer(rng, drop_input, drop_hidden)
    width = vectors.numbers.shape[1] + sources[0].examples[0].extras.shape[1]
    trainer.add("1", len(STEPS[0]) * width, hidden, 1.0)
    trainer.add("2", len(STEPS[1]) * hidden, hidden, 0.5)
    trainer.add("3", (len(STEPS[2]) + 2) * hidden, hidden, 0.5)
    for style in sorted({source.style for source in sources}):
        trainer.add(f"_out_{style}", hidden, n_labels, 0.3)
        trainer.add(f"_chain_{style}", n_labels, n_labels, 0.0)
        trainer.add(f"_ends_{style}", 1, n_labels, 0.0)
    if start is not None:
        trainer.weights |= {name: values.copy() for name, values in start.weights.items() if name in trainer.weights}
    jobs = [(source, first) for source in sources for first in range(0, source.taken, batch)]
    total = epochs * len(jobs)
    for _ in range(epochs):
        orders = {id(source): rng.permutation(len(source.examples))[: source.taken] for source in sources}
        for job in rng.permutation(len(jobs)):
            source, first = jobs[job]
            chosen = _batch([source.examples[i] for i in orders[id(source)][first : first + batch]], vectors)
            slopes = _slopes(trainer, chosen, source.style, source.weight)
            warm = min(1.0, trainer.steps / _WARM)
            trainer.update(slopes, rate * warm * (1 - trainer.steps / total) + _LEAST)
    return Trained(trainer.weights)


def _batch(examples: Sequence[Example], vectors: Vectors) -> _Batch:
    inputs, mask, same, record, words = [], [], [], [], 0
    for number, example in enumerate(examples):
        count = len(example.places)
        row = np.concatenate([vectors.at(example.places) * VECTOR_GAIN, example.extras], axis=1)
        inputs += [row, np.zeros((_GAP, row.shape[1]), dtype=np.float32)]
        mask += [np.ones(count, dtype=np.float32), np.zeros(_GAP, dtype=np.float32)]
        gap = int(example.same.max()) + 1
        same += [example.same + words, np.full(_GAP, gap + words)]
        words += gap + 1
        record += [np.full(count, 2 * number), np.full(_GAP, 2 * number + 1)]
    return _Batch(
        inputs=np.concatenate(inputs),
        mask=np.concatenate(mask)[:, None],
        same=Means.of(np.concatenate(same)),
        record=Means.of(np.concatenate(record)),
        target=np.concatenate([example.target for example in examples]),
        lengths=np.concatenate([example.lengths for example in examples]),
    )


def _slopes(trainer: _Trainer, batch: _Batch, style: str, weight: float) -> dict[str, Floats]:
    """The slope of the mean loss of a batch in each parameter, by back-propagation."""
    w, mask, out = trainer.weights, batch.mask, f"_out_{style}"
    seen1 = stacked(batch.inputs * trainer.keep(batch.inputs.shape, trainer.drop_input), STEPS[0])
    hidden1, gate1 = _layer(trainer, seen1, "1", mask)
    seen2 = stacked(hidden1, STEPS[1])
    more2, gate2 = _layer(trainer, seen2, "2", mask)
    hidden2 = hidden1 + more2
    seen3 = np.concatenate([stacked(hidden2, STEPS[2]), batch.same(hidden2), batch.record(hidden2)], axis=1)
    more3, gate3 = _layer(trainer, seen3, "3", mask)
    hidden3: Any = hidden2 + more3
    scores = hidden3 @ w[f"w{out}"] + w[f"b{out}"]
    error, slopes = _chain_slopes(scores, batch, Trained(w).chain(style), style, weight)
    slopes |= {f"w{out}": hidden3.T @ error, f"b{out}": error.sum(axis=0)}
    back3 = error @ w[f"w{out}"].T
    deeper = _through(slopes, "3", seen3, back3 * gate3, w)
    width = hidden2.shape[1]
    reach = width * len(STEPS[2])
    back2 = back3 + _unstacked(deeper[:, :reach], STEPS[2])
    back2 += batch.same(deeper[:, reach : reach + width]) + batch.record(deeper[:, reach + width :])
    back1 = back2 + _unstacked(_through(slopes, "2", seen2, back2 * gate2, w), STEPS[1])
    last = back1 * gate1
    slopes |= {"w1": seen1.T @ last, "b1": last.sum(axis=0)}
    return slopes


def _layer(trainer: _Trainer, seen: Floats, name: str, mask: Floats) -> tuple[Floats, Floats]:
    """(the layer's output, what the slope is multiplied by on its way back)."""
    value = seen @ trainer.weights[f"w{name}"] + trainer.weights[f"b{name}"]
    gate = (value > 0) * mask * trainer.keep(value.shape, trainer.drop_hidden)
    return value * gate, gate


def _through(slopes: dict[str, Floats], name: str, seen: Floats, back: Floats, weights: dict[str, Floats]) -> Floats:
    """Notes the slopes of a layer; gives the slope of what it saw."""
    slopes[f"w{name}"], slopes[f"b{name}"] = seen.T @ back, back.sum(axis=0)
    deeper: Floats = back @ weights[f"w{name}"].T
    return deeper


def _unstacked(slopes: Floats, steps: Sequence[int]) -> Floats:
    """The transpose of `stacked`: each row gets back what the rows at each step took from it."""
    width = slopes.shape[1] // len(steps)
    total = np.zeros((len(slopes), width), dtype=slopes.dtype)
    for place, by in enumerate(steps):
        part = slopes[:, place * width : (place + 1) * width]
        if by >= 0:
            total[by:] += part[: len(part) - by]
        else:
            total[:by] += part[-by:]
    return total


def _chain_slopes(
    scores: Floats, batch: _Batch, chain: CrfWeights, style: str, weight: float
) -> tuple[Floats, dict[str, Floats]]:
    """(the slope of the chains' negative log-likelihood in each score, its slopes in the chain's own weights).

    Where more than one label may be right, what is likelier is the sum over all paths through labels that may be.
    """
    chains, rows = Chains.of(batch.lengths), np.flatnonzero(batch.mask[:, 0])
    emissions = scores[rows].astype(np.float64)
    found, pairs, _ = expectations(emissions, chains, chain)
    target = batch.target.astype(np.float64)
    taught = target.sum(axis=1).max() < _SOFT
    if taught:
        later = np.delete(np.arange(len(rows)), chains.starts)
        wanted, wanted_pairs = target, target[later - 1].T @ target[later]
    else:
        wanted, wanted_pairs, _ = expectations(emissions + np.where(target > 0, 0.0, _NEVER), chains, chain)
    share = weight / len(rows)
    error = np.zeros_like(scores)
    error[rows] = (found - wanted) * share
    ends = chains.starts + chains.lengths - 1
    slopes = {
        f"w_chain_{style}": (pairs - wanted_pairs) * share,
        f"w_ends_{style}": (found - wanted)[chains.starts].sum(axis=0, keepdims=True) * share,
        f"b_ends_{style}": (found - wanted)[ends].sum(axis=0) * share,
    }
    return error, {name: slope.astype(np.float32) for name, slope in slopes.items()}
