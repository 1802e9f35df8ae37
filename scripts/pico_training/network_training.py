"""Training of the small network by gradients written out by hand, with Adam and dropout; one seed, one result.

D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.network import STEPS, Floats, Means, Network, stacked

__all__ = ["Example", "Source", "train_network"]

_GAP = 10  # empty rows between records, so that no layer looks across
_WARM, _LEAST = 50, 1e-5
_FIRST, _SECOND, _TINY, _DECAY = 0.9, 0.999, 1e-8, 1e-4


class Example(NamedTuple):
    """One record: the network's inputs, which word is which (numbers without gaps), and how likely each label is.

    What people marked has chances of 0 and 1; what a teacher said has chances between, shape (n_words, n_labels).
    """

    inputs: Floats
    same: NDArray[np.int64]
    chances: Floats


class Source(NamedTuple):
    """Examples of one kind: which last layer tells their labels, how much one of them counts, how many an epoch takes.

    Sources marked by the same rules share the last layer; layer 0 is the one that is kept.
    """

    examples: Sequence[Example]
    last: int = 0
    weight: float = 1.0
    part: float = 1.0

    @property
    def taken(self) -> int:
        """The number of examples, drawn anew, that each epoch learns from."""
        return round(self.part * len(self.examples))


@dataclass(frozen=True, eq=False)
class _Batch:
    inputs: Floats
    mask: Floats
    same: Means
    record: Means
    chances: Floats


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
    *,
    hidden: int = 96,
    n_labels: int = 4,
    epochs: int = 10,
    batch: int = 12,
    rate: float = 2e-3,
    drop_input: float = 0.25,
    drop_hidden: float = 0.35,
    seed: int = 0,
) -> Network:
    """A network that tells the labels of last layer 0; sources with another last layer only help to shape the others.

    Args:
        rate: the learning rate, which falls to nothing over the epochs.
    """
    rng = np.random.default_rng(seed)
    trainer = _Trainer(rng, drop_input, drop_hidden)
    width = sources[0].examples[0].inputs.shape[1]
    trainer.add("1", len(STEPS[0]) * width, hidden, 1.0)
    trainer.add("2", len(STEPS[1]) * hidden, hidden, 0.5)
    trainer.add("3", (len(STEPS[2]) + 2) * hidden, hidden, 0.5)
    for number in sorted({source.last for source in sources}):
        trainer.add(f"_out{number}", hidden, n_labels, 0.3)
    jobs = [(source, start) for source in sources for start in range(0, source.taken, batch)]
    total = epochs * len(jobs)
    for _ in range(epochs):
        orders = {id(source): rng.permutation(len(source.examples))[: source.taken] for source in sources}
        for job in rng.permutation(len(jobs)):
            source, start = jobs[job]
            chosen = _batch([source.examples[i] for i in orders[id(source)][start : start + batch]])
            slopes = _slopes(trainer, chosen, f"_out{source.last}", source.weight)
            warm = min(1.0, trainer.steps / _WARM)
            trainer.update(slopes, rate * warm * (1 - trainer.steps / total) + _LEAST)
    weights = trainer.weights
    layers = tuple((weights[f"w{name}"], weights[f"b{name}"]) for name in "123")
    return Network(layers, (weights["w_out0"], weights["b_out0"]))


def _batch(examples: Sequence[Example]) -> _Batch:
    inputs, mask, same, record, chances, words = [], [], [], [], [], 0
    for number, example in enumerate(examples):
        count = len(example.inputs)
        inputs += [example.inputs, np.zeros((_GAP, example.inputs.shape[1]), dtype=np.float32)]
        mask += [np.ones(count, dtype=np.float32), np.zeros(_GAP, dtype=np.float32)]
        gap = int(example.same.max()) + 1
        same += [example.same + words, np.full(_GAP, gap + words)]
        words += gap + 1
        record += [np.full(count, 2 * number), np.full(_GAP, 2 * number + 1)]
        chances += [example.chances, np.zeros((_GAP, example.chances.shape[1]), dtype=np.float32)]
    return _Batch(
        inputs=np.concatenate(inputs),
        mask=np.concatenate(mask)[:, None],
        same=Means.of(np.concatenate(same)),
        record=Means.of(np.concatenate(record)),
        chances=np.concatenate(chances),
    )


def _slopes(trainer: _Trainer, batch: _Batch, out: str, weight: float) -> dict[str, Floats]:
    """The slope of the mean cross-entropy of a batch in each parameter, by back-propagation."""
    w, mask = trainer.weights, batch.mask
    seen1 = stacked(batch.inputs * trainer.keep(batch.inputs.shape, trainer.drop_input), STEPS[0])
    hidden1, gate1 = _layer(trainer, seen1, "1", mask)
    seen2 = stacked(hidden1, STEPS[1])
    more2, gate2 = _layer(trainer, seen2, "2", mask)
    hidden2 = hidden1 + more2
    seen3 = np.concatenate([stacked(hidden2, STEPS[2]), batch.same(hidden2), batch.record(hidden2)], axis=1)
    more3, gate3 = _layer(trainer, seen3, "3", mask)
    hidden3 = hidden2 + more3
    error: Floats = _softmax(hidden3 @ w[f"w{out}"] + w[f"b{out}"]) - batch.chances
    error *= mask * np.float32(weight / mask.sum())
    slopes = {f"w{out}": hidden3.T @ error, f"b{out}": error.sum(axis=0)}
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


def _softmax(scores: NDArray[Any]) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances
