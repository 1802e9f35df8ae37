"""The PICO card of tiab pico: the lines of one record, and who says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.table import Table
from rich.text import Text

from tiab.pico import Span
from tiab.pico.card import CardLine, make_pico_card
from tiab.records import Record

__all__ = ["card_of", "colour_key", "highlighted"]


def card_of(record: Record, spans: Sequence[Span], *, sentences: bool = False) -> Table:
    """A table of the card's lines: name, what is said, and whether the criteria, a rule or a model found it.

    Args:
        sentences: whether each statement has the sentence that says so beneath it.
    """
    card = Table(box=None, show_header=False, pad_edge=False)
    card.add_column(style="bold", justify="right", min_width=14)
    card.add_column(ratio=1)
    card.add_column(style="dim", justify="right")
    for line in make_pico_card(record, spans):
        if sentences:
            _add_with_sentences(card, line)
        else:
            sources = ", ".join(dict.fromkeys(fact.source for fact in line.facts))
            card.add_row(line.name, Text("; ".join(fact.value for fact in line.facts)), sources)
    return card


def _add_with_sentences(card: Table, line: CardLine) -> None:
    name = line.name
    for fact in line.facts:
        card.add_row(name, Text(fact.value), fact.source)
        if fact.sentence:
            card.add_row("", Text(" ".join(fact.sentence.split()), style="dim italic"), "")
        name = ""


_ROLE_STYLES = {
    "population": "#000000 on #9bd8e6",
    "intervention": "#000000 on #a6e3a1",
    "comparator": "#000000 on #f9e2af",
    "outcome": "#000000 on #f5b8dd",
    "design": "#000000 on #b4befe",
    "against": "#ffffff on #b3261e",
    "unexpanded": "underline",
}


_ROLE_WORDS = {"against": "counts against", "unexpanded": "abbreviation not spelled out"}


def colour_key(roles: Collection[str]) -> Text:
    """What the colours in the text stand for, of the roles that occur."""
    shown = (Text(f" {_ROLE_WORDS.get(role, role)} ", style) for role, style in _ROLE_STYLES.items() if role in roles)
    return Text(" ").join([Text("Colours:"), *shown])


def highlighted(text: str, spans: Sequence[Span]) -> Text:
    """`text` with the findings coloured by role; where two overlap, the longer is shown."""
    shown, end = Text(text), 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= end and span.role in _ROLE_STYLES:
            shown.stylize(_ROLE_STYLES[span.role], span.start, span.end)
            end = span.end
    return shown
