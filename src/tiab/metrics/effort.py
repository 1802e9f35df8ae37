"""Metrics of effort: how far one must read to reach a target recall, and what that saves.

N is the number of records in the pool, R that of the relevant ones, τ the target recall, m = ceil(τR) the number to be
found, k the rank of the m-th relevant record. Everything here is NaN where R = 0, and where the m-th relevant record
has no rank: no amount of reading reaches the target then.

The rank is known only in hindsight. None of these numbers says when to stop: see `tiab.stopping`.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from tiab.metrics.ranks import Ranks, Rounding, as_fraction, checked_ranks, needed

__all__ = ["last_relevant_rank", "nnr", "rank_at_recall", "records_saved", "tnr", "wss"]


def rank_at_recall(
    ranks: Ranks, n_records: int, *, target: float | str | Fraction = 0.95, rounding: Rounding = "ceil"
) -> float:
    """k, the number of records to read until the target recall is reached: the rank of the m-th relevant record.

    >>> rank_at_recall([1, 2, 4, 7, 15], 20, target=0.95), rank_at_recall([1, 2, 4, 7, 15], 20, target=0.8)
    (15.0, 7.0)
    """
    values = checked_ranks(ranks, n_records)
    count = needed(values.size, target, rounding=rounding)
    rank = float(values[count - 1]) if count else math.nan
    return rank if math.isfinite(rank) else math.nan


def last_relevant_rank(ranks: Ranks, n_records: int) -> float:
    """The rank of the last relevant record: the fewest records that anybody had to read to miss none.

    >>> last_relevant_rank([1, 2, 4, 7, 15], 20)
    15.0
    """
    return rank_at_recall(ranks, n_records, target=1)


def records_saved(ranks: Ranks, n_records: int, *, target: float | str | Fraction = 0.95) -> float:
    """N − k, the records left unread where reading stops as soon as the target recall is reached.

    >>> records_saved([1, 2, 4, 7, 15], 20)
    5.0
    """
    return n_records - rank_at_recall(ranks, n_records, target=target)


def wss(
    ranks: Ranks,
    n_records: int,
    *,
    target: float | str | Fraction = 0.95,
    actual: bool = False,
    rounding: Rounding = "ceil",
) -> float:
    """Work saved over sampling, WSS@τ = (N − k)/N − (1 − τ).

    Cohen et al. 2006 (J Am Med Inform Assoc 13:206): the share of records left unread, less what reading in random
    order leaves unread at the same recall. With `actual`, the recall m/R that was really reached stands for the
    nominal τ: with few relevant records the two differ (12 of 12 is not 0.95).

    >>> ranks = [1, 2, 4, 7, 15]
    >>> round(wss(ranks, 20), 12), wss(ranks, 20, actual=True)
    (0.2, 0.25)
    """
    k = rank_at_recall(ranks, n_records, target=target, rounding=rounding)
    if math.isnan(k):
        return math.nan
    reached = needed(len(ranks), target, rounding=rounding) / len(ranks) if actual else float(as_fraction(target))
    return (n_records - k) / n_records - (1 - reached)


def tnr(ranks: Ranks, n_records: int, *, target: float | str | Fraction = 0.95) -> float:
    """True negative rate at a recall, TNR@τ = (N − R − (k − m)) / (N − R): the irrelevant records left unread.

    Kusa et al. 2023 (Intelligent Systems with Applications 18:200193): it equals WSS@τ scaled to run from 0 to 1, and
    so can be compared between reviews. NaN where every record is relevant.

    >>> round(tnr([1, 2, 4, 7, 15], 20), 12)
    0.333333333333
    """
    values = checked_ranks(ranks, n_records)
    n_irrelevant = n_records - int(np.isfinite(values).sum())
    k = rank_at_recall(values, n_records, target=target)
    return (n_irrelevant - (k - needed(values.size, target))) / n_irrelevant if n_irrelevant else math.nan


def nnr(ranks: Ranks, n_records: int, *, target: float | str | Fraction = 0.95) -> float:
    """Number needed to read, k/m: records read for each relevant one found, up to the target recall.

    The inverse of the precision there (Bachmann et al. 2002, J Am Med Inform Assoc 9:653).

    >>> nnr([1, 2, 4, 7, 15], 20)
    3.0
    """
    k = rank_at_recall(ranks, n_records, target=target)
    return k / needed(len(ranks), target) if not math.isnan(k) else math.nan
