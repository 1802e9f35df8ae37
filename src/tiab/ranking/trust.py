"""How much the prior (the criteria) counts beside the machine, told from the labels themselves.

In some reviews the criteria say nearly all that there is to say, and what a machine learns from a handful of labels
only blurs them; in others the whole pool meets the criteria. So, while few records are included, each of them is left
out of the machine in turn, and what ranks above it then is counted twice: with the usual blend, and with the prior all
but alone. Where the prior places the included records much better, it is given nearly all of the say.

No model is fitted again. On the rows inside the margin the machine's dual coefficients b solve (K + D) b = y (see
`solver`), so that the inverse of that matrix gives the machine without one row, or without two: the score of a row that
is left out is y_i - b_i / H_ii, with H the inverse (Cawley and Talbot 2004, Neural Networks 17:1467-1475). With few
labels, leaving only the included record out misleads: the machine that lost it leans to the excluded ones. So an
excluded record is compared with it by the machine that saw neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_INCLUDED", "MOST_LABELS", "LeftOut", "leave_out", "weigh_prior"]

Floats = NDArray[np.float64]

MOST_INCLUDED = 20
"""From as many included records on the labels are not asked: by then learning pays in every review it was tried on."""

MOST_LABELS = 200
"""From as many labels on they are not asked either: it would take longer than the fit."""

_CLOSE = 0.1
"""Scores nearer than this, where the pool's have spread 1, are partly level: else the smallest change of a score
would turn some pair round."""

_DOUBT = 3.0
"""How much less likely than not (log odds) it is, before the labels are asked, that the prior alone ranks better; the
first few included records, of which the machine learns little, add one each to -1."""

_GUESSED = 2.0
"""So much less the doubt is while nothing is excluded, and unread records stand in for what is irrelevant."""

_SHARPNESS = 2.0
"""How much the log odds rise for each included record whose rivals the prior alone cuts by a factor of e."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LeftOut:
    """By how much each of k included records outscores others, for one that has not seen it.

    Attributes:
        read: (k, n_excluded): over the excluded records, none of the two having been seen.
        unread: (k, n_unread): over records that nobody has read.
    """

    read: Floats
    unread: Floats


def weigh_prior(
    learned: LeftOut, prior: Floats, *, spread: float, unread_each: float, guessed: bool, usual: float, most: float
) -> float:
    """How much the prior counts beside the machine, between `usual` and `most`.

    Args:
        learned: what `leave_out` gave.
        prior: the prior's scores of the included, the excluded and the unread records, in this order; shape
            (k + n_excluded + n_unread,), with spread 1 over the pool.
        spread: of the machine's scores over the pool.
        unread_each: how many unread records of the pool each of those asked about stands for.
        guessed: whether the excluded records are unread ones that stand in for them.
        usual: how much it counts where the labels say nothing.
        most: how much it counts where it is to rank alone.
    """
    included, labels = len(learned.read), sum(learned.read.shape)
    gaps = np.hsplit(prior[:included, None] - prior[None, included:], [labels - included])
    known, margins = (
        LeftOut(read=gaps[0], unread=gaps[1]),
        LeftOut(read=learned.read / spread, unread=learned.unread / spread),
    )
    usually, mostly = (_rivals(margins, known, weight, unread_each) for weight in (usual, most))
    gain = float(np.log(usually / mostly)) * included
    log_odds = _SHARPNESS * gain - min(_DOUBT, included - 1.0) + _GUESSED * guessed
    say = _falling(included, MOST_INCLUDED) * _falling(labels, MOST_LABELS) / (1.0 + float(np.exp(-log_odds)))
    return float(usual * (most / usual) ** say)


def leave_out(
    inner: Floats, outer: Floats, *, signs: Floats, costs: Floats, dual: Floats, included: NDArray[np.intp]
) -> LeftOut:
    """The margins of the included records when they are left out.

    Args:
        inner: (n, n): the inner products of the machine's rows, the intercept's constant included.
        outer: (n_unread, n): those of unread records with them.
        signs, costs, dual: of the machine's rows, shape (n,); see `solver`.
        included: the places of the included records among the rows; those with sign -1 are the excluded ones.
    """
    scores, excluded = inner @ dual, np.flatnonzero(signs < 0)
    inside = np.flatnonzero(signs * scores < 1)
    inverse = np.zeros_like(inner)
    inverse[np.ix_(inside, inside)] = np.linalg.inv(inner[np.ix_(inside, inside)] + np.diag(0.5 / costs[inside]))
    within = inverse.diagonal() > 0
    own, coefficient = np.where(within, inverse.diagonal(), 1.0), np.where(within, dual, 0.0)
    share = coefficient[included] / own[included]
    scored = np.where(within[included], signs[included] - share, scores[included])
    without = coefficient[:, None] - inverse[:, included] * share
    pair = inverse[np.ix_(included, excluded)]
    first, second = coefficient[included][:, None], coefficient[excluded][None, :]
    own_first, own_second = own[included][:, None], own[excluded][None, :]
    both = own_first * own_second - pair**2
    included_without = np.where(
        within[included][:, None], 1.0 - (own_second * first - pair * second) / both, scores[included][:, None]
    )
    excluded_without = np.where(
        within[excluded][None, :], -1.0 - (own_first * second - pair * first) / both, scores[excluded][None, :]
    )
    return LeftOut(read=included_without - excluded_without, unread=scored[:, None] - (outer @ without).T)


def _rivals(learned: LeftOut, prior: LeftOut, weight: float, unread_each: float) -> float:
    """The mean share of the irrelevant records that rank above an included one; 1 with nothing included."""
    close, (included, excluded), unread = (
        _CLOSE * float(np.hypot(1.0, weight)),
        learned.read.shape,
        learned.unread.shape[1],
    )
    if not included:
        return 1.0
    gaps = learned.read + weight * prior.read, learned.unread + weight * prior.unread
    read_above, unread_above = (np.clip(0.5 - gap / close, 0.0, 1.0).sum(axis=1) for gap in gaps)
    shares = (read_above + unread_each * unread_above + 0.5) / (excluded + unread_each * unread + 1)
    return float(shares.mean())


def _falling(count: int, most: int) -> float:
    """1 up to half of `most`, then falling to 0."""
    return min(1.0, max(0.0, 2.0 - 2.0 * count / most))
