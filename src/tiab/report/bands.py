"""Recall over several simulated screenings: their mean, and the band between the worst and the best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from tiab.errors import EvaluationError
from tiab.evaluation.simulation import ScreeningRun
from tiab.report.drawing import BLUE, GREY, INK, new_axes

__all__ = ["draw_bands"]


def draw_bands(runs: Sequence[ScreeningRun], *, title: str = "") -> Figure:
    """The recall of each number of records read, priors left out.

    Raises:
        EvaluationError: there is no run, or the runs are of pools of different size.
    """
    curves = [run.curve() for run in runs]
    if len({curve.size for curve in curves}) != 1:
        raise EvaluationError("the runs cannot be drawn together", hint="Simulate one review with one kind of priors.")
    figure, axes = new_axes(height=4.4)
    together = np.vstack(curves)
    n_records, total = together.shape[1] - 1, len(runs[0].ranks)
    read = np.arange(n_records + 1)
    axes.plot([0, n_records], [0, 1], color=GREY, linestyle="--", linewidth=1.2, label="random order")
    axes.plot(read, np.minimum(read / max(total, 1), 1), color=GREY, linewidth=1.2, label="perfect order")
    if len(runs) > 1:
        band = f"worst to best of {len(runs)} runs"
        axes.fill_between(
            read, together.min(axis=0), together.max(axis=0), step="post", color=BLUE, alpha=0.22, lw=0, label=band
        )
    label = "mean" if len(runs) > 1 else "simulated screening"
    axes.plot(read, together.mean(axis=0), color=BLUE, linewidth=2.0, drawstyle="steps-post", label=label)
    axes.set_xlim(0, max(n_records, 1))
    axes.set_ylim(0, 1.04)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_xlabel("records read, in the order of screening", color=INK)
    axes.set_ylabel(f"recall of {total:,} relevant records", color=INK)
    if title:
        axes.set_title(title, loc="left", color=INK, fontsize=12, parse_math=False)
    axes.legend(loc="lower right", frameon=False, labelcolor=INK)
    return figure
