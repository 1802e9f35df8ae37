"""How the commands show things: tables, JSON, progress."""

from __future__ import annotations

import codecs
import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tiab.errors import TiabWarning

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "console",
    "live_lines",
    "note",
    "print_json",
    "print_ranking",
    "print_table",
    "progress_bar",
    "visible",
    "warn",
]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` with control characters spelt out, which would otherwise move the cursor or hide what stands there.

    >>> print(visible("a\x1b[2J.csv"))
    a\x1b[2J.csv
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class _Console(Console):
    """Prints text as text: only Rich itself controls the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


console: Console = _Console(highlight=False)
_notes: Console = _Console(stderr=True, highlight=False)


def note(message: str) -> None:
    """Says something beside the result, on standard error."""
    _notes.print(Text(message), soft_wrap=True)


def warn(message: str) -> None:
    """Says what looks doubtful beside the result, on standard error, once the command has done its work."""
    warnings.warn(message, TiabWarning, stacklevel=2)


def print_json(value: Any) -> None:
    """Prints a result for programs: JSON on standard output."""
    # JSON is UTF-8; where what is printed goes out in a Windows code page, ASCII is that as well.
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    text = json.dumps(value, ensure_ascii=not is_utf8, indent=2, allow_nan=False)
    sys.stdout.write(_CONTROL.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n")


def print_table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: int = 0) -> None:
    """Prints rows under `columns`; the last `right` columns are set flush right."""
    if heading:
        console.print(Text(f"\n{heading}", style="bold"))
    table = Table(header_style="dim", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place >= len(columns) - right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    console.print(table)


def print_ranking(columns: Mapping[str, Sequence[Any]], *, top: int) -> None:
    """Prints the first `top` rows of a ranking, given its columns: title, criteria missing and what weighed most."""
    shown = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    shown.add_column("rank", justify="right")
    shown.add_column("score", justify="right")
    shown.add_column("record", ratio=1)
    for values in islice(zip(*columns.values(), strict=True), top):
        row = dict(zip(columns, values, strict=True))
        cell = Text.assemble((row["title"] or "(no title)", "bold"))
        if row["label"]:
            cell.append(f"  [{row['label']}]", style="green" if row["label"] == "include" else "dim")
        if row["criteria_missing"]:
            cell.append(f"\nmissing: {row['criteria_missing']}", style="yellow")
        cell.append(f"\nfor: {row['weighed_for'] or '–'}", style="dim")
        if row["weighed_against"]:
            cell.append(f"\nagainst: {row['weighed_against']}", style="dim")
        shown.add_row(str(row["rank"]), f"{row['score']:.2f}", cell.append("\n"))
    console.print(shown)
    if len(columns["rank"]) > top:
        console.print(Text(f"… and {len(columns['rank']) - top} more", style="dim"))


@contextmanager
def progress_bar(task: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, and a function that moves it on by a number of records; silent where nobody looks.

    Without a total it counts.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_notes, transient=True, disable=not _notes.is_terminal) as bar:
        task_id = bar.add_task(task, total=total)
        yield lambda done: bar.advance(task_id, done)


@contextmanager
def live_lines() -> Iterator[Callable[[Sequence[str]], None] | None]:
    """A function that draws lines on standard error in the place of those before; None where nobody looks."""
    if not _notes.is_terminal:
        yield None
        return
    with Live(console=_notes, transient=True, refresh_per_second=4) as live:
        yield lambda lines: live.update(Text("\n".join(lines), overflow="ellipsis", no_wrap=True))


def counted(n: int, what: str) -> str:
    """How many of a thing, in words.

    >>> counted(1, "record"), counted(2, "record")
    ('1 record', '2 records')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
