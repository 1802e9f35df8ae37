"""The evidence table as CSV, XLSX, HTML, a picture or JSON, beside the counts of full texts."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from tiab.errors import InputError
from tiab.evaluation.full_texts import FullTextCount
from tiab.formats.sheets import write_rows as write_csv_rows
from tiab.formats.xlsx import write_rows as write_xlsx_rows
from tiab.pico.findings.table import EvidenceTable, Reported, Study
from tiab.report.drawing import AMBER, BLUE, GREY, INK, MUTED, new_axes, save_figure
from tiab.report.evidence_text import evidence_sign, evidence_values
from tiab.report.rendering import environment
from tiab.writing import write_bytes, write_json

__all__ = ["evidence_bytes", "evidence_kind", "write_evidence"]

_COLOURS = {"increased": AMBER, "decreased": BLUE, "unchanged": MUTED, "mixed": INK, "measured": GREY}
_KINDS = (".csv", ".xlsx", ".html", ".png", ".svg", ".json")


def evidence_kind(path: str | Path) -> str:
    """The kind of file that a suffix names, with its dot.

    Raises:
        InputError: tiab writes no evidence table of that kind.
    """
    kind = {".htm": ".html"}.get(suffix := Path(path).suffix.lower(), suffix)
    if kind not in _KINDS:
        raise InputError(
            "is not a kind of evidence table that tiab writes", path=path, hint=f"Use {', '.join(_KINDS)}."
        )
    return kind


def write_evidence(path: str | Path, table: EvidenceTable, counted: Sequence[FullTextCount] = ()) -> None:
    """Writes the table in the kind that the suffix names; whole or not at all.

    Raises:
        InputError: the suffix names another kind, or the file cannot be written.
    """
    kind = evidence_kind(path)
    write: Mapping[str, Callable[[], None]] = {
        ".csv": lambda: write_bytes(path, _csv(table)),
        ".xlsx": lambda: write_bytes(path, _xlsx(table)),
        ".html": lambda: write_bytes(path, render_evidence(table, counted).encode()),
        ".json": lambda: write_json(path, as_dict(table, counted)),
    }
    write.get(kind, lambda: save_figure(draw_evidence(table), path))()


def evidence_bytes(kind: str, table: EvidenceTable) -> bytes:
    """The table as a file of a kind of `evidence_kind`."""
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / f"evidence{evidence_kind(f'evidence.{kind}')}"
        write_evidence(path, table)
        return path.read_bytes()


def as_dict(table: EvidenceTable, counted: Sequence[FullTextCount]) -> dict[str, Any]:
    """The table and the counts beside it in plain JSON types."""
    return {**table.to_dict(), "full_texts": [one.to_dict(table) for one in counted]}


def _rows(table: EvidenceTable) -> Iterator[list[str]]:
    """Headings, then one row for each study: its facts, then a direction and the sentences for each outcome."""
    facts = ["record_id", "title", "year", "design", "n", "weeks"]
    yield [*facts, *table.outcomes, *(f"{name}: sentence" for name in table.outcomes)]
    for study in table.studies:
        mine = [study.record_id, study.title, _plain(study.year), study.design, _plain(study.n), _plain(study.weeks)]
        said = [" | ".join(map(_sentence, study.cells.get(name, ()))) for name in table.outcomes]
        yield [*mine, *(_cell(study, name) for name in table.outcomes), *said]


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _cell(study: Study, outcome: str) -> str:
    direction = study.direction(outcome)
    tells = {one.direction for one in study.cells.get(outcome, ()) if one.tendency}
    return f"{direction} (tendency: {', '.join(sorted(tells))})" if tells else direction


def _sentence(said: Reported) -> str:
    about = f"{said.detail}; said of {said.by_class}" if said.by_class else said.detail
    return f"{' '.join(said.sentence.split())}{f' [{about}]' if about else ''}"


def _csv(table: EvidenceTable) -> bytes:
    stream = io.BytesIO()
    write_csv_rows(stream, _rows(table))
    return stream.getvalue()


def _xlsx(table: EvidenceTable) -> bytes:
    stream = io.BytesIO()
    headings, *rows = _rows(table)
    write_xlsx_rows(stream, headings, rows)
    return stream.getvalue()


def render_evidence(table: EvidenceTable, counted: Sequence[FullTextCount] = ()) -> str:
    """One self-contained HTML page: counts, the grid, and each study's sentences to open."""
    template = environment("html").get_template("evidence.html.j2")
    return template.render(evidence_values(table), counted=counted)


def draw_evidence(table: EvidenceTable) -> Figure:
    """The grid of studies by outcomes, a sign in each cell."""
    n_studies, n_outcomes = len(table.studies), max(1, len(table.outcomes))
    figure, axes = new_axes(3.2 + 0.42 * n_outcomes, 1.4 + 0.3 * max(1, n_studies))
    axes.grid(visible=False)
    for row, study in enumerate(table.studies):
        for column, outcome in enumerate(table.outcomes):
            if direction := study.direction(outcome):
                sign = evidence_sign(study, outcome)
                axes.text(column, row, sign, ha="center", va="center", color=_COLOURS[direction], fontweight="bold")
    axes.set_xlim(-0.6, n_outcomes - 0.4)
    axes.set_ylim(max(1, n_studies) - 0.4, -0.6)
    axes.set_xticks(range(len(table.outcomes)), table.outcomes, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(n_studies), [_short(study.record_id) for study in table.studies])
    axes.set_xlabel(
        "↑ increased   ↓ decreased   = no significant change   ↕ mixed   ( ) tendency   ? no direction given", color=INK
    )
    return figure


def _short(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"
