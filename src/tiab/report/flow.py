"""The flow of records through a review, drawn after PRISMA 2020 (Page et al. 2021, BMJ 372:n71)."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tiab.report.data import ReportData
from tiab.report.drawing import BLUE, GREY, INK, MUTED
from tiab.review.counts import ExclusionRow

__all__ = ["draw_flow", "flow_lines"]

_SOURCES_SHOWN, _REASONS_SHOWN = 6, 6
_LINE, _PAD, _GAP = 0.19, 0.14, 0.36
_LEFT, _RIGHT, _WIDTH = 0.45, 4.05, 3.15
_PHASES = ("Identification", "Screening", "Included")
_OPEN = f"(n ={chr(160) * 8})"
UNREAD = "Records not screened"

Row = tuple[str, list[str], list[str]]
"""(phase, lines of the left box, lines of the right box, which may be empty)."""


def flow_lines(data: ReportData) -> list[Row]:
    """What stands in the boxes, row by row. What a title-abstract screening cannot know is left to be filled in."""
    counts = data.counts
    before = [
        "Records removed before screening:",
        f"  duplicates (n = {counts.duplicates:,})",
        f"  marked ineligible by automation (n = {counts.by_automation:,})",
        f"  could not be read (n = {counts.unreadable:,})",
    ]
    screened = [f"Records screened (n = {counts.screened:,})"]
    out = [
        f"Records excluded by people (n = {counts.excluded:,})",
        *(f"    {_short(row.reason or 'no reason given')} (n = {row.records:,})" for row in _main_exclusions(data)),
        f"  by automation (n = {counts.by_automation:,})",
    ]
    sought = f"  included {counts.included:,}, maybe {counts.maybe:,}"
    if counts.prior:
        screened.append(f"Known beforehand (n = {counts.prior:,})")
        out.append(f"Known to be ineligible (n = {counts.prior - counts.prior_included:,})")
        sought += f", known beforehand {counts.prior_included:,}"
    if counts.conflicts:
        out.append(f"In conflict, not resolved (n = {counts.conflicts:,})")
    if counts.pending:
        out.append(f"Awaiting a second reviewer (n = {counts.pending:,})")
    unread = [f"{UNREAD} (n = {counts.unscreened:,})", "  neither excluded nor included"]
    to_screen = [("Screening", [f"Records to screen (n = {counts.to_screen:,})"], unread)] if counts.unscreened else []
    return [
        ("Identification", [f"Records identified (n = {counts.identified:,}):", *_files(data)], before),
        *to_screen,
        ("Screening", screened, out),
        (
            "Screening",
            [f"Reports to be sought (n = {counts.going_on:,}):", sought],
            [f"Reports not retrieved {_OPEN}"],
        ),
        ("Screening", [f"Reports assessed {_OPEN}"], [f"Reports excluded, with reasons {_OPEN}"]),
        ("Included", [f"Studies included {_OPEN}"], []),
    ]


def _main_exclusions(data: ReportData) -> tuple[ExclusionRow, ...]:
    """The reasons of most exclusions, the others together; none where no reason was ever given."""
    if not any(row.reason for row in data.exclusions):
        return ()
    shown = data.exclusions[:_REASONS_SHOWN]
    rest = sum(row.records for row in data.exclusions[_REASONS_SHOWN:])
    return (*shown, ExclusionRow(reason="other reasons", records=rest)) if rest else shown


def _files(data: ReportData) -> list[str]:
    files = [row for row in data.sources if not row.again]
    named = [f"  {_short(row.name)} (n = {row.found:,})" for row in files[:_SOURCES_SHOWN]]
    if len(files) > _SOURCES_SHOWN:
        rest = sum(row.found for row in files[_SOURCES_SHOWN:])
        named.append(f"  {len(files) - _SOURCES_SHOWN} more files (n = {rest:,})")
    return named


def draw_flow(data: ReportData) -> Figure:
    """The diagram; boxes that only the full texts can fill are left open."""
    rows = flow_lines(data)
    heights = [max(len(left), len(right)) * _LINE + 2 * _PAD for _, left, right in rows]
    height = sum(heights) + _GAP * (len(rows) - 1) + 0.2
    figure = Figure(figsize=(7.4, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 7.4)
    axes.set_ylim(0, height)
    axes.axis("off")
    tops, y = [], height - 0.1
    for tall in heights:
        tops.append(y)
        y -= tall + _GAP
    for number, ((_, left, right), top, tall) in enumerate(zip(rows, tops, heights, strict=True)):
        _box(axes, _LEFT, top, tall, left)
        if right:
            dashed = right[0].startswith(UNREAD)
            _box(axes, _RIGHT, top, tall, right, dashed=dashed)
            _arrow(axes, (_LEFT + _WIDTH, top - tall / 2), (_RIGHT, top - tall / 2))
        if number:
            centre = _LEFT + _WIDTH / 2
            _arrow(axes, (centre, tops[number - 1] - heights[number - 1]), (centre, top))
    for phase in _PHASES:
        of_phase = [place for place, row in enumerate(rows) if row[0] == phase]
        top, bottom = tops[of_phase[0]], tops[of_phase[-1]] - heights[of_phase[-1]]
        _phase(axes, top, bottom, phase)
    return figure


def _box(axes: Axes, x: float, top: float, height: float, lines: list[str], *, dashed: bool = False) -> None:
    style = "--" if dashed else "-"
    axes.add_patch(Rectangle((x, top - height), _WIDTH, height, fill=False, edgecolor=GREY, linestyle=style))
    first = top - height / 2 + (len(lines) - 1) * _LINE / 2
    for number, line in enumerate(lines):
        indent = 0.12 if line.startswith("  ") else 0.0
        axes.text(
            x + 0.1 + indent,
            first - number * _LINE,
            line.strip(),
            va="center",
            fontsize=8.5,
            color=INK,
            parse_math=False,
        )


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": MUTED, "shrinkA": 0, "shrinkB": 0})


def _phase(axes: Axes, top: float, bottom: float, name: str) -> None:
    axes.add_patch(Rectangle((0.08, bottom), 0.26, top - bottom, facecolor="none", edgecolor=BLUE))
    size = 8.5 if top - bottom > 0.9 else 6
    axes.text(0.21, (top + bottom) / 2, name, rotation=90, va="center", ha="center", fontsize=size, color=BLUE)


def _short(name: str) -> str:
    shown = "".join(c if c.isprintable() else "�" for c in name)
    return shown if len(shown) <= 34 else f"{shown[:20]}…{shown[-13:]}"
