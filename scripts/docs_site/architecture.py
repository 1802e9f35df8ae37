"""The drawing of how the code is organised, from the contract of layers that lint-imports holds."""

from __future__ import annotations

import re
import tomllib
from html import escape
from pathlib import Path
from typing import Literal

__all__ = ["architecture_svg"]

_WIDTH, _ROW, _GAP, _MARGIN = 760, 34, 10, 16
_NAME_WIDTH = 7.6
"""Width of a letter of the names, in pixels, in the monospaced font that is asked for."""
_COLOURS = {"light": ("#1f2933", "#eef4fb", "#1d5fa8"), "dark": ("#e2e4e9", "#24364d", "#8ab8ea")}
"""Of text, boxes and lines; the page shows through behind them."""


def architecture_svg(root: Path, scheme: Literal["light", "dark"] = "light") -> str:
    """The layers of the package, each a row of boxes, an importer above what it imports."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [re.findall(r"tiab\.(\w+)", layer) for layer in settings["tool"]["importlinter"]["contracts"][0]["layers"]]
    told = _told(root)
    rows = [_row(layer, told, _MARGIN + number * (_ROW + _GAP)) for number, layer in enumerate(layers)]
    height = 2 * _MARGIN + len(layers) * (_ROW + _GAP) + 20
    label = "The packages of tiab, in layers; each imports only from layers below its own"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}">'
        f"<style>{_style(scheme)}</style>{''.join(rows)}{_arrow(height)}</svg>\n"
    )


def _style(scheme: Literal["light", "dark"]) -> str:
    text, box, line = _COLOURS[scheme]
    return (
        f"text {{ font: 13px system-ui, sans-serif; fill: {text}; }}"
        ".name { font-family: ui-monospace, monospace; font-weight: 600; }"
        f"rect {{ fill: {box}; stroke: {line}; }} path {{ stroke: {line}; fill: none; stroke-width: 1.5; }}"
    )


def _told(root: Path) -> dict[str, str]:
    """What each package that has a row of its own in CONTRIBUTING's map contains, in a few words."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("| package | what it contains |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)/?` \| (.+?) \|$", table, flags=re.MULTILINE)
    return {name: re.split(r"[:;.]|, (?=what)", said.replace("`", ""))[0] for name, said in rows}


def _row(names: list[str], told: dict[str, str], y: int) -> str:
    """The boxes of one layer side by side, and what it is for, where one package has it to itself."""
    x, boxes = _MARGIN + 24, []
    for name in names:
        width = round(len(name) * _NAME_WIDTH) + 24
        boxes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{_ROW}" rx="6"/>'
            f'<text class="name" x="{x + width / 2:g}" y="{y + 21}" text-anchor="middle">{escape(name)}</text>'
        )
        x += width + _GAP
    said = told.get(names[0], "") if len(names) == 1 else ""
    return "".join(boxes) + f'<text x="{x + 4}" y="{y + 21}">{escape(said)}</text>'


def _arrow(height: int) -> str:
    """The direction in which one imports from another, down the left side."""
    x, end = _MARGIN, height - 2 * _MARGIN - 10
    return (
        f'<path d="M{x} {_MARGIN} V{end} m-5 -7 l5 7 l5 -7"/>'
        f'<text x="{x}" y="{height - _MARGIN}">imports only from the layers below</text>'
    )
