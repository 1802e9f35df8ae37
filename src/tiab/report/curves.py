"""The curves of a report: what was found, and what may be missing, against the records read."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tiab.evaluation.missing import StoppingPoint
from tiab.report.data import ReportData
from tiab.report.drawing import (
    AMBER,
    BLUE,
    GREY,
    INK,
    MUTED,
    count_in_shares,
    count_in_whole_records,
    draw_other_orders,
    new_axes,
    steps,
)

__all__ = ["draw_found", "draw_missing", "stop_letters"]


_IMPORTED = "imported, in no order that is known"


def stop_letters(stopping: Sequence[StoppingPoint]) -> dict[str, str]:
    """Rule -> the letter that marks it in the figure; only rules that have stopped."""
    reached = sorted((point.at, place) for place, point in enumerate(stopping) if point.at is not None)
    return {stopping[place].rule: letter for (_, place), letter in zip(reached, ascii_uppercase, strict=False)}


def draw_found(data: ReportData) -> Figure:
    """Relevant records found against records read, with perfect and random order and where rules would have stopped.

    With a gold standard the vertical axis is its recall over the whole order of reading, the part that is still to be
    read dotted; without one it counts what was found, for nobody knows of how many.
    """
    figure, axes = new_axes(height=4.5)
    n, screened = data.frontier.n_records, data.frontier.screened
    gold = data.gold if data.gold is not None and data.gold.n else None
    ranks: Sequence[int] = gold.ranks if gold else data.frontier.found_at
    total, end = (gold.n, n) if gold else (data.frontier.found, screened)
    unit = 1 / total if gold else 1.0
    if total:
        draw_other_orders(axes, total, end, unit)
    unordered, first = data.frontier.unordered, gold.found_unordered if gold else data.frontier.found_unordered
    read = [rank for rank in ranks if rank <= screened]
    if unordered:
        axes.plot([0, unordered], [0, first * unit], color=BLUE, linewidth=2.2, alpha=0.4, label=_IMPORTED)
    if screened > unordered:
        read_on = steps(read, screened, unit, start=unordered, found=first)
        axes.plot(*read_on, color=BLUE, linewidth=2.2, label="order of screening")
    if gold and screened < n:
        later = [rank for rank in ranks if rank > screened]
        ahead = steps(later, n, unit, start=screened, found=first + len(read))
        axes.plot(*ahead, color=BLUE, linestyle=":", linewidth=2.0, label="unread, as they rank now")
    top = total * unit if total else 1.0
    reach = _reach(screened, n, ranks)
    axes.set_xlim(0, reach)
    axes.set_ylim(0, top * 1.1)
    _mark_stops(axes, data.stopping, reach)
    _name_reading(axes, reach, n)
    axes.set_ylabel("recall of the gold records" if gold else "relevant records found", color=INK)
    if gold:
        count_in_shares(axes.yaxis)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _add_legend(figure)
    return figure


def draw_missing(data: ReportData) -> Figure:
    """Above: the most relevant records that may still be missing. Below: the recall that is assured by it."""
    figure, upper = new_axes(height=5.2, rows=2)
    lower = figure.axes[1]
    front = data.frontier
    points = np.arange(len(front.missing_at_most))
    missing = np.array(front.missing_at_most)
    ordered = np.searchsorted(np.array(front.found_at), points, side="right")
    imported = np.minimum(points / max(1, front.unordered), 1) * front.found_unordered  # in no order that is known
    found = ordered + imported
    unread = np.arange(front.n_records + 1)
    upper.plot(unread, front.n_records - unread, color=GREY, linestyle="--", linewidth=1.2, label="unread")
    upper.plot(points, missing, color=AMBER, linewidth=2.0, label="may be missing, at most")
    upper.plot(points, found, color=BLUE, linewidth=1.6, label="found")
    upper.set_yscale("symlog", linthresh=10, linscale=0.6)
    upper.set_ylim(0, max(front.n_records, 1) * 1.3)
    count_in_whole_records(upper.yaxis)
    upper.set_ylabel("relevant records", color=INK)
    total = found + missing
    recall = np.divide(found, total, out=np.full(points.shape, np.nan), where=total > 0)
    lower.plot(points, recall, color=AMBER, linewidth=2.0)
    target = f"target, {100 * front.target:g}%"
    lower.axhline(front.target, color=MUTED, linestyle=":", linewidth=1.2, label=target)
    lower.set_ylim(0, 1.05)
    count_in_shares(lower.yaxis)
    lower.set_ylabel("recall assured", color=INK)
    reach = _reach(front.screened, front.n_records)
    condition = "\nall of this holds only if the records unread are in no worse than random order"
    for axes in (upper, lower):
        axes.set_xlim(0, reach)
        _name_reading(axes, reach, front.n_records, condition if axes is lower else None)
        if front.assured_at is not None:
            axes.axvline(front.assured_at, color=MUTED, linewidth=1)
    _add_legend(figure, columns=4)
    return figure


def _reach(screened: int, n_records: int, ranks: Sequence[int] = ()) -> int:
    """How far the horizontal axis goes: where little was read, not over the whole pool, for nothing could be seen."""
    return min(max(n_records, 1), max(4 * screened, 20, round(1.05 * max(ranks, default=0))))


def _name_reading(axes: Axes, reach: int, n_records: int, more: str | None = "") -> None:
    count_in_whole_records(axes.xaxis)
    cut = f" (the first {reach:,} of {n_records:,})" if reach < n_records else ""
    if more is not None:
        axes.set_xlabel(f"records read, in the order of screening{cut}{more}", color=INK)


def _mark_stops(axes: Axes, stopping: Sequence[StoppingPoint], reach: int) -> None:
    """A line with its letter for each rule that would have stopped by now; rules that stop together share it."""
    letters = stop_letters(stopping)
    together: dict[int, list[str]] = {}
    for point in stopping:
        if point.at is not None:
            together.setdefault(point.at, []).append(point.rule)
    height, before = 0.965, -reach
    for at, rules in sorted(together.items()):
        height = height - 0.06 if at - before < 0.03 * reach else 0.965  # letters that would touch stand in steps
        before = at
        marks = " ".join(letters[rule] for rule in rules)
        label = f"{marks}: {' and '.join(rules)}, after {at:,}"
        axes.axvline(at, color=AMBER, linewidth=1.1, linestyle=(0, (4, 2)), label=label)
        near = at > reach * 0.96
        axes.annotate(
            marks,
            (at, height),
            xycoords=("data", "axes fraction"),
            xytext=(-3 if near else 3, 0),
            textcoords="offset points",
            horizontalalignment="right" if near else "left",
            verticalalignment="center",
            color=INK,
            fontsize=9,
            fontweight="bold",
        )


def _add_legend(figure: Figure, *, columns: int = 2) -> None:
    shown = [pair for axes in figure.axes for pair in zip(*axes.get_legend_handles_labels(), strict=True)]
    if shown:
        handles, labels = [pair[0] for pair in shown], [pair[1] for pair in shown]
        place: Any = "outside lower center"
        figure.legend(handles, labels, loc=place, ncols=columns, frameon=False, labelcolor=INK, fontsize=8.5)
