"""A linear-chain conditional random field over sparse features, in numpy: exact, without randomness, fast in batches.

After J. Lafferty, A. McCallum, F. Pereira, "Conditional random fields", ICML 2001; the scaled recursions are those of
L. R. Rabiner, "A tutorial on hidden Markov models", Proceedings of the IEEE 1989, section V.A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["Chains", "CrfWeights", "Posterior", "expectations", "fit_crf", "marginals", "posterior"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RESCALED = 16  # steps after which values are brought back to 1 when only probabilities are wanted


@dataclass(frozen=True, eq=False)
class CrfWeights:
    """What `fit_crf` learned.

    Attributes:
        features: shape (n_features, n_labels).
        transitions: from label (row) to label (column).
        first: what each label weighs at the beginning of a chain.
        last: what each label weighs at its end.
    """

    features: Floats
    transitions: Floats
    first: Floats
    last: Floats

    def rounded(self) -> CrfWeights:
        """How labels follow one another, as precise as float32 keeps it; without features."""
        none = np.zeros((0, len(self.first)))
        return CrfWeights(
            none, *(w.astype(np.float32).astype(float) for w in (self.transitions, self.first, self.last))
        )


@dataclass(frozen=True, eq=False)
class Chains:
    """How rows of a matrix form chains, and the order in which all chains are walked abreast.

    Attributes:
        starts: the first row of each chain, the longest chain first.
        lengths: the number of rows of each chain, in the order of `starts`.
        counts: how many chains have a row at step 0, 1, 2 …; it never rises.
        walk: all rows, those at step 0 first, then those at step 1 and so on, so that a step is one slice.
    """

    starts: Ints
    lengths: Ints
    counts: Ints
    walk: Ints

    @classmethod
    def of(cls, lengths: Sequence[int] | Ints) -> Chains:
        """The chains of consecutive rows, of the lengths given; a chain without rows is left out.

        >>> Chains.of([2, 3]).starts.tolist(), Chains.of([2, 3]).walk.tolist()
        ([2, 0], [2, 0, 3, 1, 4])
        """
        sizes = np.asarray(lengths, dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        order = np.argsort(-sizes, kind="stable")
        order = order[sizes[order] > 0]
        starts, sizes = starts[order], sizes[order]
        counts = np.searchsorted(-sizes, -np.arange(1, int(sizes.max(initial=0)) + 1), side="right").astype(np.int64)
        steps = np.repeat(np.arange(len(counts)), counts)
        chain = np.arange(len(steps)) - np.repeat(np.cumsum(counts) - counts, counts)
        return cls(starts=starts, lengths=sizes, counts=counts, walk=starts[chain] + steps)


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of labels once all scores of their chain are.

    Attributes:
        chances: the probability of each label at each row, shape (n_rows, n_labels).
        stays: the probability of a label given that the row before has it, too; 0 in the first row of a chain.
    """

    chances: Floats
    stays: Floats

    def begins(self) -> Floats:
        """The probability that a run of each label begins at each row."""
        found = self.chances.copy()
        found[1:] -= self.chances[:-1] * self.stays[1:]
        return np.maximum(found, 0.0)

    def stops(self, lengths: Sequence[int] | Ints) -> Floats:
        """The probability that a run of each label ends with each row that has the label, in chains of `lengths`."""
        found = np.ones_like(self.stays)
        found[:-1] -= self.stays[1:]
        found[np.cumsum(np.asarray(lengths)) - 1] = 1.0
        return found


def marginals(emissions: Floats, chains: Chains, weights: CrfWeights) -> Floats:
    """The probability of each label at each row, shape (n_rows, n_labels), given the score of each label there."""
    return posterior(emissions, chains, weights).chances


def posterior(emissions: Floats, chains: Chains, weights: CrfWeights) -> Posterior:
    """The probabilities of labels, given the score of each label at each row, shape (n_rows, n_labels)."""
    if not len(emissions):
        return Posterior(emissions.copy(), emissions.copy())
    local = _local(emissions, chains, weights)[0]
    step, starts = np.exp(weights.transitions), (np.cumsum(chains.counts) - chains.counts).tolist()
    back = np.ascontiguousarray(step.T)
    forward, backward = local.copy(), np.ones_like(local)
    steps = list(zip(starts, starts[1:], chains.counts[1:].tolist(), strict=False))
    for number, (before, start, count) in enumerate(steps, start=1):
        here = forward[start : start + count]
        here *= forward[before : before + count] @ step
        if number % _RESCALED == 0:
            here /= here.sum(axis=1, keepdims=True)
    for number, (before, start, count) in enumerate(reversed(steps), start=1):
        there = backward[before : before + count]
        np.matmul(local[start : start + count] * backward[start : start + count], back, out=there)
        if number % _RESCALED == 0:
            there /= there.sum(axis=1, keepdims=True)
    chances, stays = np.empty_like(local), np.empty_like(local)
    chances[chains.walk] = forward * backward
    onward = local * backward
    stays[chains.walk] = onward * np.diag(step) / (onward @ back)
    stays[chains.starts] = 0.0
    return Posterior(_normalised(chances), stays)


def _local(emissions: Floats, chains: Chains, weights: CrfWeights) -> tuple[Floats, float]:
    """(what each row says of its own label, in the order of the walk, at most 1; the log of what was divided by)."""
    emissions = emissions.copy()
    emissions[chains.starts] += weights.first
    emissions[chains.starts + chains.lengths - 1] += weights.last
    top = emissions.max(axis=1, keepdims=True)
    return np.exp(emissions - top)[chains.walk], float(top.sum())


def expectations(emissions: Floats, chains: Chains, weights: CrfWeights) -> tuple[Floats, Floats, float]:
    """(marginals, how often each label is expected to follow each, log partition)."""
    forward, backward, local, log_z = _recursions(emissions, chains, weights)
    later = np.ones(len(local), dtype=bool)
    later[chains.starts] = False
    rows = np.flatnonzero(later)
    pairs = np.exp(weights.transitions) * (forward[rows - 1].T @ (local[rows] * backward[rows]))
    return _normalised(forward * backward), pairs, log_z


def _normalised(found: Floats) -> Floats:
    total: Floats = found.sum(axis=1, keepdims=True)
    return found / total


def _recursions(emissions: Floats, chains: Chains, weights: CrfWeights) -> tuple[Floats, Floats, Floats, float]:
    """(forward, backward, what each row passes back, log partition), scaled at each row so that nothing underflows."""
    local, top = _local(emissions, chains, weights)
    step = np.exp(weights.transitions)
    forward, scale, before = np.empty_like(local), np.empty((len(local), 1)), 0
    for start, count in zip((np.cumsum(chains.counts) - chains.counts).tolist(), chains.counts.tolist(), strict=True):
        here = local[start : start + count]
        if start:
            here = (forward[before : before + count] @ step) * here
        total = here.sum(axis=1, keepdims=True)
        scale[start : start + count] = total
        np.divide(here, total, out=forward[start : start + count])
        before = start
    backward = np.ones_like(local)
    local /= scale  # from here on, what a row passes back
    end = len(local)
    for earlier, count in zip(chains.counts[-2::-1].tolist(), chains.counts[:0:-1].tolist(), strict=True):
        rows, place = slice(end - count, end), end - count - earlier
        np.matmul(local[rows] * backward[rows], step.T, out=backward[place : place + count])
        end -= count
    found = np.empty((3, *local.shape))
    found[:, chains.walk] = forward, backward, local
    return found[0], found[1], found[2], float(np.log(scale).sum() + top)


def fit_crf(
    matrix: csr_array, labels: Ints, chains: Chains, *, n_labels: int, l2: float = 1.0, iterations: int = 100
) -> CrfWeights:
    """The weights that make `labels` likeliest under an L2 penalty of `l2`/2 times the squared weights, by L-BFGS.

    Args:
        matrix: one row for each row of the chains, shape (n_rows, n_features).
        labels: the right label of each row, from 0.
    """
    n_features = matrix.shape[1]
    turned = matrix.T.tocsr()
    truth = np.zeros((len(labels), n_labels))
    truth[np.arange(len(labels)), labels] = 1.0
    later = np.ones(len(labels), dtype=bool)
    later[chains.starts] = False
    rows = np.flatnonzero(later)
    pairs = truth[rows - 1].T @ truth[rows]
    ends = chains.starts + chains.lengths - 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = _unpack(flat, n_features, n_labels)
        emissions = np.asarray(matrix @ weights.features)
        found, expected, log_z = expectations(emissions, chains, weights)
        gold = float((emissions * truth).sum() + (weights.transitions * pairs).sum())
        gold += float((truth[chains.starts] @ weights.first).sum() + (truth[ends] @ weights.last).sum())
        error = found - truth
        slope = np.concatenate([
            np.asarray(turned @ error).ravel(), (expected - pairs).ravel(),
            error[chains.starts].sum(axis=0), error[ends].sum(axis=0),
        ])  # fmt: skip
        return log_z - gold + l2 / 2 * float(flat @ flat), slope + l2 * flat

    size = (n_features + n_labels + 2) * n_labels
    options = {"maxiter": iterations, "maxcor": 6}
    from scipy.optimize import minimize  # for training alone, and slow to load

    solved = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options=options)  # type: ignore[call-overload]
    return _unpack(np.asarray(solved.x), n_features, n_labels)


def _unpack(flat: Floats, n_features: int, n_labels: int) -> CrfWeights:
    a, b = n_features * n_labels, n_labels * n_labels
    return CrfWeights(
        features=flat[:a].reshape(n_features, n_labels),
        transitions=flat[a : a + b].reshape(n_labels, n_labels),
        first=flat[a + b : a + b + n_labels],
        last=flat[a + b + n_labels :],
    )
