"""tiab pico"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tiab.cli.app import app
from tiab.cli.inputs import CriteriaOption, JobsOption, JsonOption, pool_of
from tiab.cli.show import console, print_json, progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiab.pico import Span
    from tiab.records import Record

__all__ = ["highlighted", "show_pico"]

_STYLES = {
    "population": "black on bright_cyan",
    "intervention": "black on bright_green",
    "comparator": "black on bright_yellow",
    "outcome": "black on bright_magenta",
    "design": "black on bright_blue",
    "against": "white on red",
    "unexpanded": "underline",
}


@app.command("pico")
def show_pico(
    file: Annotated[Path, typer.Argument(help="A search export.", show_default=False)],
    criteria: CriteriaOption = None,
    record: Annotated[
        list[str] | None, typer.Option("--record", "-r", help="Only this record id; may be repeated.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many records to show.")] = 3,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Show what tiab finds in abstracts: population, intervention, comparator, outcome, design, numbers.

    With --json, all records (or those named) with the place of every finding in the text.

    [dim]Example:[/dim] tiab pico pubmed.nbib --criteria criteria.toml --top 5
    """
    from tiab.criteria import read_criteria
    from tiab.errors import LabelError
    from tiab.pico import find_spans

    known_criteria = read_criteria(criteria) if criteria else None
    chosen = [r for r in pool_of([file]).records if not record or r.record_id in record]
    if record and len(chosen) < len(set(record)):
        missing = ", ".join(sorted(set(record) - {r.record_id for r in chosen}))
        raise LabelError(f"no record '{missing}' in {file}", hint="tiab rank shows the ids.")
    chosen = chosen if as_json or record else chosen[:top]
    with progress_bar("reading abstracts", len(chosen)) as progress:
        found = find_spans(chosen, known_criteria, jobs=jobs, progress=progress)
    if as_json:
        pairs = zip(chosen, found, strict=True)
        print_json(
            [{"record_id": r.record_id, "text": r.text, "spans": [s.to_dict() for s in spans]} for r, spans in pairs]
        )
        return
    for one, spans in zip(chosen, found, strict=True):
        _show(one, spans)
    console.print(Text(" ").join(Text(f" {role} ", style=style) for role, style in _STYLES.items()))


def _show(record: Record, spans: Sequence[Span]) -> None:
    text = highlighted(record.text, spans)
    title, *rest = text.split("\n")
    title.stylize("bold")
    console.rule(Text(record.record_id), align="left", style="dim")
    console.print(title)
    for paragraph in rest:
        console.print(Padding(paragraph, (0, 0, 0, 2)))
    card = Table(box=None, show_header=False, pad_edge=False)
    card.add_column(style="bold", justify="right", min_width=14)
    card.add_column()
    card.add_column(ratio=1)
    for role in _STYLES:
        said = role
        for label, values in _card(spans, role).items():
            card.add_row(said, Text(label), Text(", ".join(values)))
            said = ""
    console.print(card)
    console.print()


def _card(spans: Sequence[Span], role: str) -> dict[str, list[str]]:
    """What was found for one role: label -> its values, each once."""
    card: dict[str, dict[str, None]] = {}
    for span in spans:
        if span.role == role:
            card.setdefault(span.label, {})[span.value or span.text] = None
    return {label: list(values) for label, values in card.items()}


def highlighted(text: str, spans: Sequence[Span]) -> Text:
    """`text` with the findings coloured by role; where two overlap, the longer is shown."""
    shown, end = Text(text), 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= end and span.role in _STYLES:
            shown.stylize(_STYLES[span.role], span.start, span.end)
            end = span.end
    return shown
