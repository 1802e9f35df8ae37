"""Drawing: what all figures of a report share, and how they become files and parts of a page."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from tiab.errors import InputError
from tiab.writing import write_bytes

__all__ = [
    "AMBER",
    "BLUE",
    "GREY",
    "INK",
    "MUTED",
    "PALE",
    "count_in_shares",
    "count_in_whole_records",
    "draw_other_orders",
    "inline_svg",
    "new_axes",
    "picture_kind",
    "save_figure",
    "steps",
    "style_axes",
]

INK, MUTED, BLUE, AMBER, GREY, PALE = "#1f2933", "#5a6673", "#1d5fa8", "#a85d00", "#98a2ad", "#e6eaee"

_ROLES = {INK: "--ink", MUTED: "--muted", BLUE: "--blue", AMBER: "--amber", GREY: "--grey", PALE: "--pale"}
"""Colour -> the variable of the page's style that takes its place, so that a figure is readable on dark ground, too."""

_UNDATED: dict[str, Any] = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}, "png": None}
"""What matplotlib would write of the time and of itself, so that equal figures are equal bytes."""

_SETTINGS: Any = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10.0}
"""Text stays text, which can be searched, read aloud and enlarged."""


def new_axes(width: float = 7.2, height: float = 3.9, *, rows: int = 1) -> tuple[Figure, Axes]:
    """A figure of that size in inches and its first axes, one above the other, in the style of the report."""
    figure = Figure(figsize=(width, height), layout="constrained")
    for row in range(rows):
        style_axes(figure.add_subplot(rows, 1, row + 1))
    return figure, figure.axes[0]


def style_axes(axes: Axes) -> None:
    """Brings axes into the style of the report."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=MUTED)
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)


def steps(
    ranks: Sequence[int], end: int, unit: float, *, start: int = 0, found: int = 0
) -> tuple[list[int], list[float]]:
    """The corners of a curve that rises by one unit at each rank, from `start` to `end`."""
    xs, ys = [start], [found * unit]
    for count, rank in enumerate(ranks, found + 1):
        xs += [rank, rank]
        ys += [ys[-1], count * unit]
    return [*xs, max(end, xs[-1])], [*ys, ys[-1]]


def draw_other_orders(axes: Axes, total: int, end: int, unit: float) -> None:
    """Draws what a perfect and a random order would find of `total` relevant records up to the record `end`."""
    axes.plot(*steps(range(1, total + 1), end, unit), color=GREY, linewidth=1.2, label="perfect order")
    axes.plot([0, end], [0, total * unit], color=GREY, linestyle="--", linewidth=1.2, label="random order")


def count_in_whole_records(axis: Axis) -> None:
    """Labels the ticks of an axis with whole numbers."""
    axis.set_major_formatter(lambda count, _: f"{count:,.0f}")


def count_in_shares(axis: Axis) -> None:
    """Labels the ticks of an axis from 0 to 1 in per cent."""
    axis.set_ticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axis.set_major_formatter(lambda share, _: f"{share:.0%}")


def save_figure(figure: Figure, path: str | Path) -> None:
    """Writes a figure as .svg, .png or .pdf, by the suffix; whole or not at all.

    Raises:
        InputError: the suffix is another, or the file cannot be written.
    """
    write_bytes(path, _drawn(figure, picture_kind(path), salt=Path(path).stem))


def picture_kind(path: str | Path) -> str:
    """The kind of picture that a suffix names: "svg", "png" or "pdf".

    Raises:
        InputError: it is another.
    """
    kind = Path(path).suffix.lstrip(".").lower()
    if kind not in ("svg", "png", "pdf"):
        raise InputError("is not a kind of picture that tiab draws", path=path, hint="Use .svg, .png or .pdf.")
    return kind


def inline_svg(figure: Figure, *, name: str, title: str, description: str) -> str:
    """A figure as an <svg> element for a page.

    Args:
        name: distinguishes the element's ids from those of other figures on the page.
        title, description: what it is and shows, for those who don't see it; they are escaped here.
    """
    text = _drawn(figure, "svg", salt=name).decode()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)
    for colour, role in _ROLES.items():
        text = text.replace(colour, f"var({role}, {colour})")
    opening, rest = text.split(">", 1)
    opening = re.sub(r'\s(?:width|height)="[^"]*"', "", opening)
    labelled = f' role="img" aria-labelledby="{name}-title {name}-desc">'
    said = f'<title id="{name}-title">{_escaped(title)}</title><desc id="{name}-desc">{_escaped(description)}</desc>'
    return opening + labelled + said + rest.strip()


def _drawn(figure: Figure, kind: str, *, salt: str) -> bytes:
    file = io.BytesIO()
    with matplotlib.rc_context({**_SETTINGS, "svg.hashsalt": salt}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)  # a file name in another script
        figure.savefig(file, format=kind, dpi=200, transparent=kind == "svg", metadata=_UNDATED[kind])
    return file.getvalue()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
