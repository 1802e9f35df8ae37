"""How stopping rules are shown: those with a guarantee apart from rules of thumb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.text import Text

from tiab.cli.show import console, note, print_table
from tiab.stopping import NO_GUARANTEE, RuleOutcome

__all__ = ["note_left_out", "print_by_guarantee"]


def print_by_guarantee(columns: Sequence[str], rows: Sequence[tuple[RuleOutcome, tuple[str, ...]]]) -> None:
    """Prints a table of the rules that can be relied on, on what each rests, and a table of the others.

    Args:
        rows: each rule's outcome and its cells, the first of which is its name.
    """
    sure = [row for row in rows if row[0].guarantee != NO_GUARANTEE]
    rest = [row for row in rows if row[0].guarantee == NO_GUARANTEE]
    right = len(columns) - 1
    if sure:
        print_table("with a guarantee", columns, [cells for _, cells in sure], right=right)
        rules_of: dict[str, list[str]] = {}
        for outcome, _ in sure:
            rules_of.setdefault(outcome.guarantee, []).append(outcome.rule)
        for guarantee, rules in rules_of.items():
            console.print(Padding(Text(f"{', '.join(rules)}: {guarantee}", style="dim"), (0, 0, 0, 2)))
    if rest:
        print_table("no guarantee: rules of thumb", columns, [cells for _, cells in rest], right=right)


def note_left_out(outcomes: Iterable[RuleOutcome]) -> None:
    """Says so where the exact test by buscar is not among the rules that were tried."""
    if not any("buscar" in one.rule for one in outcomes):
        note("the exact test by buscar is left out: with so many relevant records it would take minutes.")
