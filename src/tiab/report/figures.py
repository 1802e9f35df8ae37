"""Figures of a screening, as SVG or PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from tiab.report.drawing import picture_kind
from tiab.writing import replacing

__all__ = ["draw_recall_curve"]

_INK, _MUTED, _BLUE, _GREY = "#1f2933", "#6b7785", "#1d5fa8", "#c3cad2"


def draw_recall_curve(
    path: str | Path, ranks: Sequence[int], n_records: int, *, n_relevant: int | None = None, title: str = ""
) -> None:
    """Draws the share of the relevant records found against the number of records read.

    Args:
        path: where to; its suffix (.svg, .png or .pdf) says what kind of picture.
        ranks: the ranks of the relevant records that the order holds, from 1.
        n_relevant: all relevant records, also those missing from the order; by default the number of ranks.

    Raises:
        InputError: the suffix is another, or the file cannot be written.
    """
    kind = picture_kind(path)
    total = n_relevant or len(ranks)
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, n_records], [0, 1], color=_GREY, linestyle="--", linewidth=1.4, label="random order")
    axes.plot(*_steps(range(1, total + 1), n_records, total), color=_GREY, linewidth=1.4, label="perfect order")
    axes.plot(*_steps(sorted(ranks), n_records, total), color=_BLUE, linewidth=2.2, label="this ranking")
    if ranks and len(ranks) == total:
        last = max(ranks)
        axes.plot([last], [1], "o", color=_BLUE, markersize=6)
        side = "right" if last > n_records / 2 else "left"
        axes.annotate(
            f"the last of {total} at rank {last} of {n_records}",
            (last, 1),
            xytext=(-10 if side == "right" else 10, -16),
            textcoords="offset points",
            horizontalalignment=side,
            color=_INK,
        )
    axes.set_xlim(0, n_records)
    axes.set_ylim(0, 1.04)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set_xlabel("records read, best first", color=_INK)
    axes.set_ylabel("relevant records found (recall)", color=_INK)
    if title:
        axes.set_title(title, loc="left", color=_INK, fontsize=12)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=_MUTED)
    axes.grid(axis="y", color="#eceff2")
    axes.set_axisbelow(True)
    axes.legend(loc="lower right", frameon=False, labelcolor=_INK)
    with replacing(path) as beside:
        figure.savefig(beside, format=kind, dpi=160, metadata={"Date": None} if kind == "svg" else None)


def _steps(ranks: Sequence[int], n_records: int, total: int) -> tuple[list[int], list[float]]:
    """The corners of a curve that rises by one relevant record at each rank."""
    xs, ys = [0], [0.0]
    for found, rank in enumerate(ranks, 1):
        xs += [rank, rank]
        ys += [ys[-1], found / total]
    return [*xs, n_records], [*ys, ys[-1]]
