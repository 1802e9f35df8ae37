"""Rendering: ReportData ► one self-contained HTML page, Markdown or JSON, and the figures as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from tiab.errors import InputError
from tiab.report.curves import draw_found, draw_missing, stop_letters
from tiab.report.data import ReportData
from tiab.report.drawing import inline_svg, save_figure
from tiab.report.evidence_text import evidence_values
from tiab.report.flow import draw_flow
from tiab.writing import write_bytes, write_json

__all__ = ["FIGURES", "environment", "render_html", "render_markdown", "report_kind", "write_figures", "write_report"]

FIGURES: dict[str, tuple[Callable[[ReportData], Figure], str]] = {
    "flow": (draw_flow, "PRISMA 2020 flow diagram"),
    "found": (draw_found, "What was found against records read"),
    "frontier": (draw_missing, "What may still be missing against records read"),
}
"""Name -> (what draws it, its title)."""

_LISTED = 100
"""So many records without an abstract are listed for readers; the JSON has all."""

_CONTROL = re.compile(r"[\u202a-\u202e\u2066-\u2069]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|[\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|#~])")


def write_report(path: str | Path, data: ReportData) -> None:
    """Writes a report as .html, .md or .json, by the suffix; whole or not at all.

    Raises:
        InputError: the suffix is another, or the file cannot be written.
    """
    kind = report_kind(path)
    if kind == "json":
        write_json(path, data.to_dict())
    else:
        write_bytes(path, (render_html(data) if kind == "html" else render_markdown(data)).encode())


def report_kind(path: str | Path) -> str:
    """The kind of report that a suffix names: "html", "md" or "json".

    Raises:
        InputError: it is another.
    """
    kind = {".htm": ".html", ".markdown": ".md"}.get(suffix := Path(path).suffix.lower(), suffix)
    if kind not in (".html", ".md", ".json"):
        raise InputError("is not a kind of report that tiab writes", path=path, hint="Use .html, .md or .json.")
    return kind[1:]


def write_figures(folder: str | Path, data: ReportData) -> list[Path]:
    """Writes each figure as SVG and PNG into `folder`, which is made where it is missing; the files.

    Raises:
        InputError: they cannot be written.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise InputError(f"cannot be made ({error.strerror})", path=folder, hint=hint) from error
    written = []
    for name, (draw, _) in FIGURES.items():
        for kind in ("svg", "png"):
            written.append(Path(folder) / f"{name}.{kind}")
            save_figure(draw(data), written[-1])
    return written


def render_html(data: ReportData) -> str:
    """The report as one HTML page that needs no other file and no network; whatever records say is escaped."""
    figures = {
        name: Markup(inline_svg(draw(data), name=name, title=title, description=_described(name, data)))
        for name, (draw, title) in FIGURES.items()
    }
    return environment("html").get_template("report.html.j2").render(_values(data), figures=figures)


def render_markdown(data: ReportData) -> str:
    """The report as Markdown, without figures; whatever records say is escaped."""
    text = environment("md").get_template("report.md.j2").render(_values(data))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _values(data: ReportData) -> dict[str, Any]:
    hindsight = _hindsight(data.gold.evaluation if data.gold else {})
    evidence = evidence_values(data.evidence) if data.evidence else {}
    return evidence | {"r": data, "letters": stop_letters(data.stopping), "listed": _LISTED, "hindsight": hindsight}


def _hindsight(evaluation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each pace and number of readers, the hours saved had reading stopped at 95% and at 100% of the gold."""
    rows = evaluation.get("workload", ())
    saved = {(row["target_recall"], row["seconds_per_record"], row["screeners"]): row["hours_saved"] for row in rows}
    return [
        {
            "seconds": row["seconds_per_record"],
            "screeners": row["screeners"],
            "all": row["hours_all"],
            "at_95": saved[0.95, row["seconds_per_record"], row["screeners"]],
            "at_100": row["hours_saved"],
        }
        for row in rows
        if row["target_recall"] == 1
    ]


def _described(name: str, data: ReportData) -> str:
    """What a figure shows, for those who don't see it."""
    counts = data.counts
    if name == "flow":
        return (
            f"{counts.identified} records identified, {counts.duplicates} duplicates and {counts.unreadable} that "
            f"could not be read removed, 0 marked ineligible by automation; {counts.to_screen} to screen, "
            f"{counts.screened} screened, {counts.unscreened} not screened, {counts.excluded} excluded by people, "
            f"{counts.going_on} reports to be sought."
        )
    if name == "frontier":
        return data.frontier.sentence
    reached = [f"{point.rule} after {point.at}" for point in data.stopping if point.at is not None]
    stops = "; rules that would have stopped: " + ", ".join(reached) if reached else "; no rule would have stopped yet"
    return f"{data.frontier.found} relevant records among the {data.frontier.screened} screened{stops}."


@cache
def environment(kind: str) -> Environment:
    """The templates of a kind, "html" or "md", in which nothing that a record holds is markup."""
    templates = Environment(
        loader=PackageLoader("tiab.report", "templates"),
        autoescape=kind == "html",
        finalize=_cleaned if kind == "html" else _escaped_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"n": _count, "share": _share, "hours": _hours, "kappa": _kappa}
    return templates


def _cleaned(value: Any) -> Any:
    """Without the control characters that no page may hold."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _CONTROL.sub("�", value)


def _escaped_markdown(value: Any) -> str:
    """One line in which nothing is markup: titles may hold anything."""
    text = " ".join(_CONTROL.sub("�", str(value)).split())
    return _MARKDOWN.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _count(value: int | None, otherwise: str = "–") -> str:
    return otherwise if value is None else f"{value:,}"


def _share(value: float | None, otherwise: str = "not defined") -> str:
    return otherwise if value is None or value != value else f"{value:.1%}".replace(".0%", "%")


def _hours(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _kappa(value: float | None) -> str:
    return "not defined" if value is None else f"{value:z.2f}"
