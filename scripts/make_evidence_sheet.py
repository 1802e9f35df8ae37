"""Writes docs/evidence.md and models/evidence.json from the pages of docs/benchmarks and the model cards.

    python scripts/make_evidence_sheet.py            writes both
    python scripts/make_evidence_sheet.py --check    says whether they are what it would write

The words stand in scripts/evidence_sheet.md.j2, the figures only in the pages that the benchmarks wrote: one that is
not found stops the script. The report of a review cites those of evidence.json.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import tiab

ROOT = Path(__file__).resolve().parent.parent
SHEET, FIGURES = ROOT / "docs" / "evidence.md", ROOT / "models" / "evidence.json"
RANKING = "docs/benchmarks/ranking.md"
UNTOUCHED, CRITERIA, COLD, LABELS = (
    "Reviews that nobody tuned on",
    "tiab as it is meant to be used",
    "tiab from the criteria alone",
    "tiab without criteria",
)


def tables(page: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Each table of a page: the headings above it, the names of its columns, its rows."""
    above: dict[int, str] = {}
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if found := re.match(r"(#+) (.*)", line):
            above = {level: text for level, text in above.items() if level < len(found[1])} | {len(found[1]): found[2]}
        elif re.fullmatch(r"\|[-:| ]+\|?", line) and number:
            rows = []
            for row in lines[number + 1 :]:
                if not row.startswith("|"):
                    break
                rows.append(_cells(row))
            yield " / ".join(above.values()), _cells(lines[number - 1]), rows


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("**", "") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def figure(page: str, row: str, column: str | int, *headings: str) -> str:
    """What a table says in that row and column.

    Args:
        row: how its first cell begins.
        column: how the column's name begins, or its number.
        headings: words of the headings above the table.

    Raises:
        SystemExit: no table of the page has it; the page was written anew, and the sheet must follow.
    """
    for above, names, rows in tables(page):
        if all(heading in above for heading in headings):
            places = [at for at, name in enumerate(names) if at == column or name.startswith(str(column))]
            for cells in rows:
                if places and cells[0].startswith(row) and cells[places[0]]:
                    return cells[places[0]]
    raise SystemExit(f"{page}: no figure for {row!r}, {column!r} under {headings or 'any heading'}")


def stated(page: str, pattern: str) -> str:
    """What the first group of a pattern matches in a page, its line breaks as spaces.

    Raises:
        SystemExit: nothing matches.
    """
    found = re.search(pattern, re.sub(r"\s+", " ", (ROOT / page).read_text(encoding="utf-8")))
    if not found:
        raise SystemExit(f"{page}: nothing matches {pattern!r}")
    return found[1]


def compared(mode: str, measure: str) -> dict[str, str]:
    """One measure of one mode beside ASReview's default, on the reviews that nobody tuned on."""
    of = (UNTOUCHED, mode)
    better = figure(RANKING, measure, "better in", *of)
    return {
        "ratio": figure(RANKING, measure, "tiab to u4", *of),
        "interval": figure(RANKING, measure, "95% interval", *of),
        "better": better,
        "ours": figure(RANKING, measure, "tiab, mean", *of),
        "theirs": figure(RANKING, measure, "u4, mean", *of),
        "reviews": better.split(" of ")[1],
    }


def sheet() -> str:
    """The whole sheet."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "scripts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    given = {"figure": figure, "stated": stated, "compared": compared, "ranking": ranking(), "errors": errors()}
    modes = {"criteria": CRITERIA, "cold": COLD, "labels": LABELS}
    return environment.get_template("evidence_sheet.md.j2").render(given, version=tiab.__version__, modes=modes)


def errors() -> list[float]:
    """In what share of simulated reviews the bound on missing records was too low, in per cent, looked at once."""
    rows = next(rows for above, names, rows in tables("docs/metrics.md") if "How often it errs" in above)
    return [float(cells[3].removesuffix("%")) for cells in rows]


def ranking() -> dict[str, str]:
    """When the ranking was measured, and with what."""
    return {
        "date": stated(RANKING, r"on (\d{4}-\d\d-\d\d): tiab"),
        "version": stated(RANKING, r"tiab (\d[\w.]*),"),
        "asreview": stated(RANKING, r"ASReview (\d[\w.]*),"),
        "seeds": stated(RANKING, r"with up to (\d+) seeds"),
    }


def cited() -> str:
    """What reports cite, as JSON."""
    loss = compared(CRITERIA, "loss")
    saved = compared(CRITERIA, "WSS@95")
    told = {
        **ranking(),
        "reviews": int(loss["reviews"]),
        "loss_ratio": loss["ratio"].removeprefix("× "),
        "loss_ratio_interval": loss["interval"],
        "wss_95": saved["ours"],
        "wss_95_asreview": saved["theirs"],
    }
    return json.dumps(told, indent=1) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    made = {SHEET: sheet(), FIGURES: cited()}
    if parser.parse_args().check:
        old = [path for path, text in made.items() if path.read_text(encoding="utf-8") != text]
        for path in old:
            print(f"{path.relative_to(ROOT)} is not what its sources say: python scripts/make_evidence_sheet.py")
        return bool(old)
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
