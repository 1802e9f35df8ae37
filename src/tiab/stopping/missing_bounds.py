"""Bounds on what is missing: how many relevant records there may still be, at every point of the screening."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics import as_fraction
from tiab.stopping.hypergeometric import Floats, Ints, cdf, log_choose
from tiab.stopping.significance import ASSUMPTION, Decisions, Method, checked_decisions, urn_starts
from tiab.stopping.urns import missing_after_each

__all__ = ["MissingBounds", "bound_missing", "missing_at_most"]

_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class MissingBounds:
    """What was known after 0, 1, …, s records; each array has shape (s + 1,).

    Attributes:
        found: relevant records found so far.
        missing_at_most: the largest number of missing relevant records that is not rejected at `alpha`.
        recall_assured: found / (found + missing_at_most); NaN where both are 0.
        since: how many decisions came before evidence begins (`tiab.stopping.significance`).
    """

    n_records: int
    alpha: float
    method: Method
    found: Ints
    missing_at_most: Ints
    recall_assured: Floats
    since: int = 0
    assumption: str = ASSUMPTION

    def first_reaching(self, target: float | str | Fraction) -> int | None:
        """How many records had been screened when the assured recall first reached the target; None if never.

        Never before `since`: where the order is not known no record is the one that reached it.

        Where nothing is found and nothing can be missing any more, any target is reached.

        >>> bound_missing([True] * 12 + [False] * 895, 907).first_reaching(0.95)
        863
        """
        exact = as_fraction(target)
        reached = self.found * exact.denominator >= (self.found + self.missing_at_most) * exact.numerator
        points = np.flatnonzero(reached[self.since :])
        return self.since + int(points[0]) if points.size else None

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types; NaN becomes None."""
        return {
            "n_records": self.n_records,
            "alpha": self.alpha,
            "method": self.method,
            "found": self.found.tolist(),
            "missing_at_most": self.missing_at_most.tolist(),
            "recall_assured": [None if np.isnan(value) else float(value) for value in self.recall_assured],
            "since": self.since,
            "assumption": self.assumption,
        }


def bound_missing(
    decisions: Decisions, n_records: int, *, alpha: float = 0.05, method: Method = "trailing", since: int = 0
) -> MissingBounds:
    """How many relevant records may be missing at most, for every point of a screening.

    M records are missing at most where the test of `tiab.stopping.significance` rejects, at α, that M + 1 or more are.
    No more can be missing than are unscreened, so that the bound ends at 0 once everything is read.

    Args:
        decisions: whether each screened record was relevant, in the order of screening.
        n_records: the size of the whole pool, screened and unscreened.
        since: how many decisions came before evidence begins (`tiab.stopping.significance`). Up to there all that is
            unread may be relevant.

    Raises:
        EvaluationError: more decisions than records, `since` beyond them, or an alpha outside of 0..1.

    >>> result = bound_missing([True, True] + [False] * 48, 60)
    >>> int(result.missing_at_most[2]), int(result.missing_at_most[50]), round(float(result.recall_assured[50]), 2)
    (58, 1, 0.67)
    """
    before, labels = checked_decisions(decisions, n_records, since=since)
    _check_alpha(alpha)
    threshold = alpha * (1 - _ROUNDING)
    found = np.concatenate(([0], np.cumsum(np.concatenate((before, labels))))).astype(np.int64)
    rejecting = missing_after_each if method == "buscar" else _trailing
    missing = np.concatenate((n_records - np.arange(since), rejecting(labels, n_records - since, threshold)))
    total = found + missing
    recall = np.divide(found, total, out=np.full(found.shape, np.nan), where=total > 0)
    return MissingBounds(
        n_records=n_records,
        alpha=alpha,
        method=method,
        found=found,
        missing_at_most=missing,
        recall_assured=recall,
        since=since,
    )


def missing_at_most(
    decisions: Decisions, n_records: int, *, alpha: float = 0.05, method: Method = "trailing", since: int = 0
) -> int:
    """The bound at the last point alone: the most relevant records that may be missing now.

    >>> missing_at_most([True] * 12 + [False] * 851, 907), missing_at_most([True] * 12 + [False] * 850, 907)
    (0, 1)
    """
    _, labels = checked_decisions(decisions, n_records, since=since)
    _check_alpha(alpha)
    starts, found, left = urn_starts(labels, method), int(labels.sum()), n_records - since
    hits = found - np.arange(found + 1)[-starts.size :]
    low, high = 0, left - labels.size
    while low < high:
        middle = (low + high + 1) // 2
        p = cdf(hits, left - starts, hits + middle, labels.size - starts).min()
        low, high = (middle, high) if p >= alpha * (1 - _ROUNDING) else (low, middle - 1)
    return low


def _trailing(labels: NDArray[np.bool_], n_records: int, threshold: float) -> Ints:
    """P(no relevant one among n out of u + n that hold M) = C(u + n − M, n) / C(u + n, n), for all points at once."""
    points = np.arange(labels.size + 1)
    last = np.maximum.accumulate(np.concatenate(([0], np.where(labels, points[1:], 0))))
    unseen, drawn = n_records - points, points - last
    low, high = np.zeros_like(unseen), unseen.copy()
    whole = log_choose(unseen + drawn, drawn)
    while bool((low < high).any()):
        middle = (low + high + 1) // 2
        kept = log_choose(unseen + drawn - middle, drawn) - whole >= np.log(threshold)
        low, high = np.where(kept, middle, low), np.where(kept, high, middle - 1)
    return low.astype(np.int64)


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise EvaluationError(f"an alpha of {alpha} is not between 0 and 1", hint="Write 5% as 0.05.")
