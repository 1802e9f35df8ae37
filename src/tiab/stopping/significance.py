"""The exact test of what may be missing, from the records screened so far.

The hypothesis is that the target recall τ is missed: that with r relevant records found there are K = ⌊r/τ⌋ + 1 or
more. An urn is the records screened since some moment, together with all those unscreened. Had they come in random
order, the number of relevant ones found in it would be hypergeometric, and p is the chance of so few. A small p speaks
against the hypothesis. Two choices of the urn:

- "buscar": the smallest p over all urns (Callaghan & Müller-Hansen 2020, Syst Rev 9:273). The choice is made after the
  fact, and so it errs more often than α.
- "trailing": only the urn of the records since the last relevant one. It errs less often under repeated looks, but
  starts afresh with every relevant record.

No urn may reach back over a record whose place in the order of reading is not known, such as one whose decision came
from a file, nor over the moment at which records were added to the pool: neither was drawn from what is unread now.
Every function takes `since`, the number of decisions up to the last such moment. What was found before it counts as
found, and as evidence of nothing.

scripts/simulate_stopping.py prints how often either errs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics import as_fraction
from tiab.stopping.hypergeometric import Floats, Ints, cdf

__all__ = [
    "ASSUMPTION",
    "ASSUMPTION_IN_SHORT",
    "Decisions",
    "Method",
    "checked_decisions",
    "is_rejected",
    "p_missed",
    "stop_at",
    "urn_starts",
]

ASSUMPTION = (
    "This holds if the records not yet screened are in no worse than random order: if a relevant record was at least "
    "as likely to come up early as any other. A systematic miss breaks it, such as relevant records without an "
    "abstract, in another language or in an odd vocabulary, which the ranking sends to the end all together. And it "
    "takes the decisions as they were made: a relevant record that was read and excluded by mistake is not counted."
)
"""What must be true for the statistics here to mean what they say, in full."""

ASSUMPTION_IN_SHORT = "Assumes that relevant records come up no later than they would in random order."
"""The same in one sentence; it stands openly beside every one of their figures."""

Method: TypeAlias = Literal["trailing", "buscar"]
Decisions: TypeAlias = Sequence[bool] | Sequence[int] | NDArray[np.bool_]

_BLOCK = 64  # stretches between relevant records that are looked at together
_ROUNDING = 1e-9  # p within this share of α counts as α: not rejected


def p_missed(
    decisions: Decisions,
    n_records: int,
    *,
    target: float | str | Fraction = 0.95,
    method: Method = "trailing",
    since: int = 0,
) -> float:
    """The p-value of the hypothesis that the target recall is missed.

    Args:
        decisions: whether each screened record was relevant, in the order of screening.
        n_records: the size of the whole pool, screened and unscreened.
        since: how many decisions came before evidence begins (see the module).

    0 once the hypothesis is impossible, because fewer records are left than would have to be missing. 1 where the urn
    is empty: nothing screened yet, or for "trailing" nothing since the last relevant record.

    Raises:
        EvaluationError: more decisions than records, `since` beyond them, or a target outside of 0..1.

    >>> found_all = [True] * 12 + [False] * 851
    >>> round(p_missed(found_all, 907), 4), round(p_missed(found_all[:-1], 907), 4)
    (0.0492, 0.0503)
    """
    before, labels = checked_decisions(decisions, n_records, since=since)
    starts = urn_starts(labels, method)
    stretch = _Stretch(starts, n_records - since, int(labels.sum()), int(before.sum()), as_fraction(target))
    return _p_missed(stretch, labels.size)


def stop_at(
    decisions: Decisions,
    n_records: int,
    *,
    target: float | str | Fraction = 0.95,
    alpha: float = 0.05,
    method: Method = "trailing",
    since: int = 0,
) -> int | None:
    """How many of the screened records it took until the target recall was assured, or None if it is not yet.

    The first moment at which the hypothesis is rejected or impossible. While nothing relevant turns up p only falls, so
    the moment is sought by halving within the stretch between two relevant records. It is never before `since`.

    >>> stop_at([True] * 12 + [False] * 895, 907)
    863
    """
    before, labels = checked_decisions(decisions, n_records, since=since)
    known, left, exact = int(before.sum()), n_records - since, as_fraction(target)
    starts = urn_starts(labels, "buscar")
    ends = np.append(starts[1:] - 1, labels.size)  # of each stretch before the next relevant record
    for first in range(0, starts.size, _BLOCK):
        block = np.arange(first, min(first + _BLOCK, starts.size))
        totals = (known + block) * exact.denominator // exact.numerator + 1 - known
        p = _p_at_ends(starts, ends, totals, block, left, method)
        assured = np.flatnonzero((p < alpha * (1 - _ROUNDING)) | (totals - block > left - ends[block]))
        if assured.size:
            found = int(block[assured[0]])
            stretch = _Stretch(
                starts[: found + 1] if method == "buscar" else starts[[found]], left, found, known, exact
            )
            return since + _first_assured(stretch, int(starts[found]), int(ends[found]), alpha)
    return n_records if labels.size == left else None


def is_rejected(p: float, alpha: float) -> bool:
    """Whether p lies below α; a p equal to it up to rounding does not.

    >>> is_rejected(0.049, 0.05), is_rejected(0.05, 0.05)
    (True, False)
    """
    return p < alpha * (1 - _ROUNDING)


def urn_starts(labels: NDArray[np.bool_], method: Method) -> Ints:
    """How many records were screened before each urn that matters began, ascending.

    Among urns that began between the same two relevant records the first has the smallest p: it adds irrelevant records
    and nothing else. So only those that begin at 0 or right after a relevant record need looking at.
    """
    starts = np.concatenate(([0], np.flatnonzero(labels) + 1)).astype(np.int64)
    return starts if method == "buscar" else starts[-1:]


def checked_decisions(
    decisions: Decisions, n_records: int, *, since: int = 0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The decisions as truth values: those before evidence begins, and those from there on.

    Raises:
        EvaluationError: there are more of them than records, or fewer than `since`.
    """
    labels = np.asarray(decisions, dtype=bool)
    if labels.size > n_records:
        raise EvaluationError(
            f"{labels.size} decisions on a pool of {n_records} records",
            hint="Give one decision for each record, and the size of the whole pool.",
        )
    if not 0 <= since <= labels.size:
        raise EvaluationError(f"evidence cannot begin after {since} of {labels.size} decisions")
    return labels[:since], labels[since:]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The urns of one stretch between two relevant records: the i-th start follows the i-th relevant record.

    All counts but `known` are of what came since evidence began; `known` relevant records had been found before.
    """

    starts: Ints
    n_records: int
    found: int
    known: int
    target: Fraction

    @property
    def total(self) -> int:
        """K, the fewest relevant records with which the target would be missed, without those known before."""
        return math.floor((self.known + self.found) / self.target) + 1 - self.known


def _p_missed(stretch: _Stretch, screened: int) -> float:
    before = np.arange(stretch.found + 1)[-stretch.starts.size :]
    drawn = screened - stretch.starts
    used = drawn > 0
    if not used.any():
        return 1.0
    sizes = (stretch.n_records - stretch.starts)[used]
    return float(cdf((stretch.found - before)[used], sizes, (stretch.total - before)[used], drawn[used]).min())


def _p_at_ends(starts: Ints, ends: Ints, totals: Ints, block: Ints, n_records: int, method: Method) -> Floats:
    """The p-value at the end of each stretch of the block, shape (block,), by one call for all its urns."""
    stretch = block[:, None]
    urn = np.arange(int(block[-1]) + 1)[None, :] if method == "buscar" else stretch
    drawn = ends[stretch] - starts[urn]
    used = (urn <= stretch) & (drawn > 0)
    hits, sizes, relevant = np.broadcast_arrays(stretch - urn, n_records - starts[urn], totals[:, None] - urn)
    p = np.ones(used.shape)
    p[used] = cdf(hits[used], sizes[used], relevant[used], drawn[used])
    return np.asarray(p.min(axis=1))


def _is_assured(stretch: _Stretch, screened: int, alpha: float) -> bool:
    impossible = stretch.total - stretch.found > stretch.n_records - screened
    return impossible or is_rejected(_p_missed(stretch, screened), alpha)


def _first_assured(stretch: _Stretch, begin: int, end: int, alpha: float) -> int:
    low, high = begin, end  # the target is assured at `high`
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_assured(stretch, middle, alpha) else (middle + 1, high)
    return high
