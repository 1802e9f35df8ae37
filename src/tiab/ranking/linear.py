"""LinearRanker: a linear model that learns from a reviewer's decisions, with the criteria as prior knowledge.

The score of a record is a sum over its columns (words, word pairs, evidence) of value × weight, plus a constant. So
what moved a record up or down can be read off, whether the weights come from the criteria alone or from labels too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from tiab.features import FeatureSpace
from tiab.ranking.inner_products import GrowingGram, Inner, inner_products
from tiab.ranking.prior import widen_prior
from tiab.ranking.scoring import mean_and_spread, score_rows
from tiab.ranking.solver import solve_rows
from tiab.ranking.trust import MOST_INCLUDED, MOST_LABELS, leave_out, weigh_prior

__all__ = [
    "UNLABELLED", "LinearRanker", "Memory", "Task", "Weights", "behind_example", "make_ranker",
]  # fmt: skip

EVIDENCE_SCALE = 0.1
"""A word's TF-IDF value is about 0.1 where it stands, evidence 1: unscaled, evidence alone would be learned from."""

WIDENED = 2.0
"""How much what the pool adds to the criteria counts beside them."""

_MAX_GRAM = 1000
"""With more labels than this, multiplying by their rows is quicker than by the rows' inner products."""

_SAMPLE = 500
"""So many records stand for the pool where it is asked what ranks above an included one."""

_TOL = 1e-4
"""How closely the machine is solved: to a hundredth of a rank."""

_FINE = 1e-6
"""The same where the labels are asked how much the prior is to count, which depends on the solution."""

UNLABELLED = -1
"""What stands for a record that nobody has decided on yet, beside 1 for included and 0 for excluded."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a ranker has learned: a score is the sum over the columns of value × weight, plus a constant.

    Attributes:
        coef: the weights of the columns, shape (n_columns,).
        intercept: the constant under which 0 is where the machine's margin lies, the prior counting from its mean over
            the pool.
        centred_intercept: the constant that gives the pool's scores mean 0, for those who read the order alone.
    """

    coef: NDArray[np.float64]
    intercept: float
    centred_intercept: float


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearRanker:
    """What `ScreeningRanker` ranks by, which tells of the machine and of each setting, without scikit-learn.

    Attributes:
        prior_coef, example, column_scale, C, ratio, prior_strength, prior_fades, prior_most, prior_widened, seed: as
            there.
    """

    prior_coef: NDArray[np.float64] | None = None
    example: NDArray[np.float32] | None = None
    column_scale: NDArray[np.float64] | None = None
    C: float = 0.11
    ratio: float = 9.8
    prior_strength: float = 0.6
    prior_fades: float = 40.0
    prior_most: float = 9.6
    prior_widened: float = 0.0
    seed: int = 0

    def fit(self, X: csr_array, y: NDArray[np.int_], *, memory: Memory | None = None) -> Weights:
        """The weights, fitted on the whole pool.

        Args:
            X: all records of the pool, shape (n_records, n_columns).
            y: 1 for included, 0 for excluded, `UNLABELLED` for the rest; shape (n_records,).
            memory: what earlier fits on the same X have computed; no digit changes.

        Raises:
            ValueError: the shapes differ, or there is neither a prior, an example nor an included record.
        """
        X = X if memory is None else memory.X
        if len(y) != X.shape[0]:
            raise ValueError(f"{X.shape[0]} records and {len(y)} labels do not fit together")
        machine, prior = self._learn(X, y, memory), memory.prior(self) if memory else self.prior_over(X)
        if machine is None and prior is None:
            raise ValueError("nothing to rank by: no prior, no example and no included record")
        coef, intercept, centred, spread = np.zeros(X.shape[1]), 0.0, 0.0, 1.0
        if machine is not None:
            weights = np.asarray(machine.rows.T @ machine.dual.astype(machine.rows.dtype)) * self._scale(X)
            mean, spread = mean_and_spread(score_rows(X, weights, 0.0))
            coef, intercept, centred = weights / spread, float(machine.dual.sum()) / spread, -mean / spread
        if prior is not None:
            known_coef, mean, prior_spread = prior.coef, prior.mean, prior.spread
            strength = self.strength(y)
            if machine is not None and self.asks(y):
                task, unread = machine.task, self.unread(y, machine.task)
                inner, outer = memory.between(task.places, unread) if memory else self._between(X, machine, unread)
                known = score_rows(X[np.concatenate([task.places, unread])], known_coef / prior_spread, 0.0)
                strength = self.trust(y, task, machine.dual, spread, inner=inner, outer=outer, prior=known)
            coef, centre = coef + strength / prior_spread * known_coef, strength / prior_spread * mean
            intercept, centred = intercept - centre, centred - centre
        return Weights(coef=coef, intercept=float(intercept), centred_intercept=float(centred))

    def prior_over(self, X: csr_array) -> Prior | None:
        """What is known before any label, widened by what the pool adds to it; None without a prior."""
        if self.prior_coef is None:
            return None
        coef = np.asarray(self.prior_coef, dtype=np.float64)
        if self.prior_widened:
            scale = self._scale(X)
            coef = widen_prior(X, coef, seen=self.seen, scale=scale, weight=self.prior_widened, seed=self.seed)
        return Prior(coef, *mean_and_spread(score_rows(X, coef, 0.0)))

    def _learn(self, X: csr_array, y: NDArray[np.int_], memory: Memory | None) -> _Machine | None:
        """The machine, or None where there is nothing to learn from."""
        task = self.task(y)
        if task is None:
            return None
        rows, gram = memory.take(task.places) if memory else (self.seen(X[task.places]), None)
        dual, _ = solve_rows(rows, task.signs, task.costs, gram=gram, max_gram=_MAX_GRAM, tol=self.tolerance(y))
        return _Machine(task=task, rows=rows, dual=dual)

    def task(self, y: NDArray[np.int_]) -> Task | None:
        """What the machine is to learn from, the criteria first; None where there is nothing."""
        included, excluded = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
        if not len(included) and (self.example is None or not len(excluded)):
            return None
        if not len(excluded):
            excluded = self._stand_ins(np.flatnonzero(y == UNLABELLED))
        relevant = len(included) + int(self.example is not None)
        target = np.repeat([1, 0], [relevant, len(excluded)])
        if target.all():
            return None
        return Task(
            places=np.concatenate([included, excluded]),
            signs=np.where(target == 1, 1.0, -1.0),
            costs=self.C * _balanced(target, self.ratio),
        )

    def strength(self, y: NDArray[np.int_]) -> float:
        """How much the prior counts beside the machine."""
        return self.prior_strength / (1 + int(np.sum(y == 1)) / self.prior_fades)

    def asks(self, y: NDArray[np.int_]) -> bool:
        """Whether the labels are asked how much the prior is to count."""
        included, excluded = int(np.sum(y == 1)), int(np.sum(y == 0))
        few = included < MOST_INCLUDED and included + excluded < MOST_LABELS
        return few and self.prior_coef is not None and self.prior_most > self.strength(y) > 0

    def tolerance(self, y: NDArray[np.int_]) -> float:
        """How closely the machine is to be solved."""
        return _FINE if self.asks(y) else _TOL

    def unread(self, y: NDArray[np.int_], task: Task) -> NDArray[np.intp]:
        """The records that stand for the unread ones that the machine does not learn from."""
        few: NDArray[np.intp] = np.arange(len(y))
        if len(few) > _SAMPLE:
            few = np.sort(np.random.default_rng(self.seed).choice(few, _SAMPLE, replace=False))
        unread: NDArray[np.intp] = few[(y[few] == UNLABELLED) & ~np.isin(few, task.places)]
        return unread

    def trust(
        self, y: NDArray[np.int_], task: Task, dual: NDArray[np.float64], spread: float, *, inner: Inner,
        outer: Inner, prior: NDArray[np.float64],
    ) -> float:  # fmt: skip
        """How much the prior counts beside the machine, by what the labels say of both.

        Args:
            spread: of the machine's scores over the pool.
            inner: the inner products of the machine's rows.
            outer: those of the records of `unread` with them, shape (n_unread, n_rows).
            prior: the prior's scores of the labelled records and of those, with spread 1 over the pool.
        """
        before, unread = len(task.signs) - len(task.places), len(outer)
        learned = leave_out(
            inner.astype(np.float64) + 1.0,
            outer.astype(np.float64) + 1.0,
            signs=task.signs,
            costs=task.costs,
            dual=dual,
            included=before + np.arange(int(np.sum(y == 1))),
        )
        return weigh_prior(
            learned,
            prior,
            spread=spread,
            unread_each=(len(y) - len(task.places)) / unread if unread else 0.0,
            guessed=not (y == 0).any(),
            usual=self.strength(y),
            most=self.prior_most,
        )

    def _between(self, X: csr_array, machine: _Machine, unread: NDArray[np.intp]) -> tuple[Inner, Inner]:
        return inner_products(machine.rows), (self._scaled(X[unread]) @ machine.rows.T).toarray()

    def seen(self, rows: csr_array) -> csr_array:
        """The rows as the machine sees them: the criteria first, each column scaled."""
        if self.example is not None:
            rows = vstack([csr_array(np.asarray(self.example, dtype=rows.dtype)[None, :]), rows], format="csr")
        return self._scaled(rows)

    def _scaled(self, rows: csr_array) -> csr_array:
        data = rows.data * self._scale(rows).astype(rows.dtype)[rows.indices]  # a pool's places are shared, not copied
        return csr_array((data, rows.indices, rows.indptr), shape=rows.shape)

    def _scale(self, X: csr_array) -> NDArray[np.float64]:
        return np.ones(X.shape[1]) if self.column_scale is None else np.asarray(self.column_scale)

    def _stand_ins(self, unlabelled: NDArray[np.intp]) -> NDArray[np.intp]:
        """A few unlabelled records, nearly all of which are irrelevant, so that there is something to tell apart."""
        few = min(len(unlabelled), 100)
        return np.sort(np.random.default_rng(self.seed).choice(unlabelled, few, replace=False))


@dataclass(frozen=True, eq=False, kw_only=True)
class Task:
    """What the machine learns from: places in the pool; -1 or 1 and a cost for the example, if any, and for each."""

    places: NDArray[np.intp]
    signs: NDArray[np.float64]
    costs: NDArray[np.float64]


class Prior(NamedTuple):
    """The weights before any label, shape (n_columns,), and the mean and the spread of their scores over the pool."""

    coef: NDArray[np.float64]
    mean: float
    spread: float


@dataclass(frozen=True, eq=False, kw_only=True)
class _Machine:
    """The machine that was learned: its rows as it sees them, the example first, and the dual coefficient of each."""

    task: Task
    rows: csr_array
    dual: NDArray[np.float64]


class Memory:
    """What the fits of one ranker on one pool have in common, each part of it computed once.

    Args:
        ranker: its example and column scale are used.
        X: all records of the pool; shape (n_records, n_columns).
    """

    def __init__(self, ranker: LinearRanker, X: Any) -> None:
        self.X = csr_array(X)
        self._rows = ranker.seen(self.X)
        self._before = int(ranker.example is not None)
        self._gram = GrowingGram(self._rows)
        self._prior: tuple[LinearRanker, Prior | None] | None = None

    def take(self, places: NDArray[np.intp]) -> tuple[csr_array, Inner | None]:
        """The rows of these records as the machine sees them, the criteria first, and their inner products."""
        wanted = behind_example(places, self._before)
        return self._rows[wanted], self._gram.of(wanted) if len(wanted) <= _MAX_GRAM else None

    def between(self, places: NDArray[np.intp], others: NDArray[np.intp]) -> tuple[Inner, Inner]:
        """The inner products of the rows that `take` gives, and those of the other records with them."""
        wanted = behind_example(places, self._before)
        return self._gram.of(wanted), self._gram.of(np.asarray(others) + self._before, wanted)

    def prior(self, ranker: LinearRanker) -> Prior | None:
        """What `ranker` knows before any label."""
        if self._prior is None or not _same_prior(self._prior[0], ranker):
            self._prior = ranker, ranker.prior_over(self.X)
        return self._prior[1]


def _same_prior(one: LinearRanker, other: LinearRanker) -> bool:
    if (one.prior_widened, one.seed) != (other.prior_widened, other.seed):
        return False
    if one.prior_coef is None or other.prior_coef is None:
        return one.prior_coef is other.prior_coef
    return bool(np.array_equal(one.prior_coef, other.prior_coef))


def behind_example(places: NDArray[np.intp], before: int) -> NDArray[np.intp]:
    """The rows of the machine: the example's, where there is one (`before` is 1, else 0), and those of the records."""
    return np.concatenate([np.arange(before), np.asarray(places) + before])


def _balanced(target: NDArray[np.int_], ratio: float) -> NDArray[np.float64]:
    """Weights of mean 1 under which the relevant weigh `ratio` times as much as the irrelevant in sum."""
    relevant = int(target.sum())
    weights = np.where(target == 1, 1.0, relevant / (ratio * (len(target) - relevant)))
    return np.asarray(weights * len(target) / weights.sum())


def make_ranker(space: FeatureSpace, *, prior_coef: NDArray[np.float64] | None = None, seed: int = 0) -> LinearRanker:
    """An unfitted ranker for the columns of `space`, with its criteria as prior knowledge.

    Args:
        prior_coef: other weights to start from than the criteria's, such as a kept model's; shape (n_columns,).
    """
    prior, widened = (space.prior_coef, WIDENED) if prior_coef is None else (prior_coef, 0.0)
    scale = np.ones(len(space.names))
    scale[len(space.words.words) :] = EVIDENCE_SCALE
    example = space.criteria_row
    return LinearRanker(prior_coef=prior, example=example, column_scale=scale, prior_widened=widened, seed=seed)
