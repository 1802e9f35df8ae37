"""Draws docs/pictures/ranking.svg, the README's picture of a ranking, from the embedded corpus.

python scripts/draw_readme.py
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

import tiab
from tiab.assets import corpus_path
from tiab.cli import show

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "ranking.svg"
_COLOURS = [
    (31, 41, 51), (180, 35, 24), (24, 121, 78), (154, 88, 0),
    (29, 95, 168), (128, 60, 160), (0, 118, 128), (90, 100, 112),
]  # fmt: skip
THEME = TerminalTheme((255, 255, 255), (31, 41, 51), _COLOURS, _COLOURS)


def main() -> None:
    corpus = corpus_path()
    records, criteria = tiab.read_records(corpus / "records.csv"), tiab.read_criteria(corpus / "criteria.toml")
    show.console = Console(record=True, width=104, file=io.StringIO(), highlight=False)
    show.print_ranking(tiab.rank(records, criteria=criteria).columns, top=5)
    svg = show.console.export_svg(title="tiab rank records.csv --criteria criteria.toml", theme=THEME, unique_id="tiab")
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S), encoding="utf-8")
    print(f"{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
