"""Recall against records read: of one ranking, or of several simulated screenings with the band that they span."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tiab.errors import EvaluationError
from tiab.evaluation.simulation import ScreeningRun
from tiab.report.drawing import BLUE, INK, count_in_shares, count_in_whole_records, draw_other_orders, new_axes, steps

__all__ = ["draw_bands", "draw_recall"]


def draw_recall(ranks: Sequence[int], n_records: int, *, n_relevant: int | None = None, title: str = "") -> Figure:
    """The share of the relevant records found against the number of records read.

    Args:
        ranks: the ranks of the relevant records that the order holds, from 1.
        n_relevant: all relevant records, also those missing from the order; by default the number of ranks.
    """
    total = n_relevant or len(ranks)
    figure, axes = _recall_axes(n_records, total, title, read="best first")
    axes.plot(*steps(sorted(ranks), n_records, 1 / max(total, 1)), color=BLUE, linewidth=2.2, label="this ranking")
    if ranks and len(ranks) == total:
        last = max(ranks)
        side = -1 if last > n_records / 2 else 1
        axes.plot([last], [1], "o", color=BLUE, markersize=6)
        axes.annotate(
            f"the last of {total:,} at rank {last:,} of {n_records:,}",
            (last, 1),
            xytext=(10 * side, -16),
            textcoords="offset points",
            horizontalalignment="left" if side > 0 else "right",
            color=INK,
        )
    axes.legend(loc="lower right", frameon=False, labelcolor=INK)
    return figure


def draw_bands(runs: Sequence[ScreeningRun], *, title: str = "") -> Figure:
    """The mean recall of simulated screenings, prior knowledge left out, and the band between the worst and the best.

    Raises:
        EvaluationError: there is no run, or the runs are of pools of different size.
    """
    curves = [run.curve() for run in runs]
    if len({curve.size for curve in curves}) != 1:
        raise EvaluationError("the runs cannot be drawn together", hint="Simulate one review with one kind of priors.")
    together = np.vstack(curves)
    read = np.arange(together.shape[1])
    figure, axes = _recall_axes(len(read) - 1, len(runs[0].ranks), title, read="in the order of screening")
    if len(runs) > 1:
        band = f"worst to best of {len(runs)} runs"
        axes.fill_between(
            read, together.min(axis=0), together.max(axis=0), step="post", color=BLUE, alpha=0.22, lw=0, label=band
        )
    label = "mean" if len(runs) > 1 else "simulated screening"
    axes.plot(read, together.mean(axis=0), color=BLUE, linewidth=2.0, drawstyle="steps-post", label=label)
    axes.legend(loc="lower right", frameon=False, labelcolor=INK)
    return figure


def _recall_axes(n_records: int, total: int, title: str, *, read: str) -> tuple[Figure, Axes]:
    """Axes with the recall of a random and of a perfect order."""
    figure, axes = new_axes(height=4.4)
    draw_other_orders(axes, total, n_records, 1 / max(total, 1))
    axes.set_xlim(0, max(n_records, 1))
    axes.set_ylim(0, 1.04)
    count_in_whole_records(axes.xaxis)
    count_in_shares(axes.yaxis)
    axes.set_xlabel(f"records read, {read}", color=INK)
    axes.set_ylabel(f"recall of {total:,} relevant records", color=INK)
    if title:
        axes.set_title(title, loc="left", color=INK, fontsize=12, parse_math=False)
    return figure, axes
