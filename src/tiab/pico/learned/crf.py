"""A linear-chain conditional random field over sparse features, in numpy: exact, without randomness, fast in batches.

After J. Lafferty, A. McCallum, F. Pereira, "Conditional random fields", ICML 2001; the scaled recursions are those of
L. R. Rabiner, "A tutorial on hidden Markov models", Proceedings of the IEEE 1989, section V.A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

__all__ = ["Chains", "CrfWeights", "fit_crf", "marginals"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    """How rows of a matrix form chains, laid out so that all chains are walked abreast.

    Attributes:
        starts: the first row of each chain, the longest chain first.
        counts: how many chains have a row at step 0, 1, 2 …; it never rises.
        lengths: the number of rows of each chain, in the order of `starts`.
    """

    starts: Ints
    counts: Ints
    lengths: Ints

    @classmethod
    def of(cls, lengths: Sequence[int] | Ints) -> Chains:
        """The chains of consecutive rows, of the lengths given; a chain without rows is left out.

        >>> Chains.of([2, 3]).starts.tolist(), Chains.of([2, 3]).counts.tolist()
        ([2, 0], [2, 2, 1])
        """
        sizes = np.asarray(lengths, dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        order = np.argsort(-sizes, kind="stable")
        order = order[sizes[order] > 0]
        longest = int(sizes[order[0]]) if len(order) else 0
        counts = np.searchsorted(-sizes[order], -np.arange(1, longest + 1), side="right")
        return cls(starts=starts[order], counts=counts.astype(np.int64), lengths=sizes[order])

    def at(self, step: int, count: int) -> Ints | slice:
        """The rows of the first `count` chains at a step; a slice for a single one, which is many times as fast."""
        if count == 1:
            place = int(self.starts[0]) + step
            return slice(place, place + 1)
        rows: Ints = self.starts[:count] + step
        return rows


def marginals(emissions: Floats, chains: Chains, weights: CrfWeights) -> Floats:
    """The probability of each label at each row, shape (n_rows, n_labels), given the score of each label there."""
    if not len(emissions):
        return emissions.copy()
    forward, backward, _, _ = _recursions(emissions, chains, weights)
    return _normalised(forward * backward)


def _walk(emissions: Floats, chains: Chains, weights: CrfWeights) -> tuple[Floats, Floats, float]:
    """(marginals, expected transitions, log partition)."""
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
    emissions = emissions.copy()
    emissions[chains.starts] += weights.first
    emissions[chains.starts + chains.lengths - 1] += weights.last
    top = emissions.max(axis=1, keepdims=True)
    local = np.exp(emissions - top)
    step = np.exp(weights.transitions)
    forward, scale = np.empty_like(local), np.ones(len(local))
    for t, count in enumerate(chains.counts):
        rows = chains.at(t, count)
        here = local[rows] if t == 0 else (forward[chains.at(t - 1, count)] @ step) * local[rows]
        total = here.sum(axis=1)
        scale[rows] = total
        forward[rows] = here / total[:, None]
    backward = np.ones_like(local)
    local /= scale[:, None]  # from here on, what a row passes back
    for t in range(len(chains.counts) - 1, 0, -1):
        rows = chains.at(t, chains.counts[t])
        backward[chains.at(t - 1, chains.counts[t])] = (local[rows] * backward[rows]) @ step.T
    return forward, backward, local, float(np.log(scale).sum() + top.sum())


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
        found, expected, log_z = _walk(emissions, chains, weights)
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
