"""The PICO card of tiab pico: what was found in one record, line by line, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from tiab.pico import Span
from tiab.pico.design_chances import design_chances
from tiab.records import Record

__all__ = ["ROLE_STYLES", "card_of", "highlighted"]

_UNITS = {"age": "{} years", "duration": "{} weeks", "frequency": "{} a week", "session": "{} min"}
_LEAST = 0.1  # a chance below is not shown
_MOST, _SURE = 4, 0.99


def card_of(record: Record, spans: Sequence[Span]) -> Table:
    """A table of what was found: role, label, values (each once), and whether a rule, a list or a model says so."""
    card = Table(box=None, show_header=False, pad_edge=False)
    card.add_column(style="bold", justify="right", min_width=14)
    card.add_column()
    card.add_column(ratio=1)
    card.add_column(style="dim", justify="right")
    for role in ROLE_STYLES:
        said = role
        for label, values, source in _rows(spans, role):
            card.add_row(said, Text(label), Text(values), source)
            said = ""
    card.add_row("study is a", "", Text(_designs(record, spans)), "chance")
    if order := _order(spans):
        card.add_row("sentences", "", Text(order), "model")
    return card


def _rows(spans: Sequence[Span], role: str) -> Iterator[tuple[str, str, str]]:
    """(label, its values, source) of what was found for one role, in the order in which it was."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for span in spans:
        if span.role == role:
            shown = _UNITS.get(span.label, "{}").format(span.value) if span.value else span.text
            shown += f" ({span.detail})" if span.detail else ""
            values = found.setdefault((span.label, span.provenance.partition(":")[0]), {})
            if shown.casefold() not in map(str.casefold, values):
                values[shown] = None
    for (label, source), values in found.items():
        yield label, ", ".join(values), source


def _designs(record: Record, spans: Sequence[Span]) -> str:
    """The likeliest designs, each with its chance."""
    chances = design_chances(spans, record.publication_types)
    likely = sorted(((chance, name) for name, chance in chances.items() if chance >= _LEAST), reverse=True)[:_MOST]
    return ", ".join(f"{name} {min(chance, _SURE):.2f}" for chance, name in likely) or "no design is likely"


def _order(spans: Sequence[Span]) -> str:
    """The roles of the sentences that a model told, in order: "2 background, 3 methods"."""
    said = [span.label for span in spans if span.role == "sentence" and span.provenance.startswith("model:")]
    return ", ".join(f"{len(list(run))} {label}" for label, run in groupby(said))


ROLE_STYLES = {
    "population": "#000000 on #9bd8e6",
    "intervention": "#000000 on #a6e3a1",
    "comparator": "#000000 on #f9e2af",
    "outcome": "#000000 on #f5b8dd",
    "design": "#000000 on #b4befe",
    "against": "#ffffff on #b3261e",
    "unexpanded": "underline",
}


def highlighted(text: str, spans: Sequence[Span]) -> Text:
    """`text` with the findings coloured by role; where two overlap, the longer is shown."""
    shown, end = Text(text), 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= end and span.role in ROLE_STYLES:
            shown.stylize(ROLE_STYLES[span.role], span.start, span.end)
            end = span.end
    return shown
