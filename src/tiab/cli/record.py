"""tiab show: one record of a review, why it ranks where it does, and what happened to it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from tiab.cli.options import FolderArgument, JobsOption, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import make_ready, opened
from tiab.cli.show import console, print_json, print_table
from tiab.review import RecordView
from tiab.review.record_history import HistoryLine, record_history

__all__ = ["show_record"]

commands = Commands()


@commands.command("show")
def show_record(
    folder: FolderArgument,
    record_id: Annotated[str, typer.Argument(metavar="RECORD", help="The record's id.", show_default=False)],
    reviewer: ReviewerOption = "",
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Show one record of a review: why it ranks where it does, its labels, and who decided what and when.

    [dim]Example:[/dim] tiab show ms-review white-2006 --reviewer eva
    """
    with opened(folder, jobs=jobs) as review:
        make_ready(review, reviewer)
        view = review.view(record_id, reviewer=reviewer)
        viewer = reviewer if review.is_blinded(reviewer) else None
        history = record_history(review, view.record.record_id, viewer=viewer)
        tags = review.annotations.now.tags_of(view.record.record_id, viewer)
    if as_json:
        print_json(_plain(view, tags, history))
        return
    _print_record(view, tags)
    if view.score is not None:
        rows = [(", ".join((row.name, *row.detail[:3])), f"{row.effect:+.2f}") for row in view.reasons.rows]
        print_table("Why it ranks here", ("what", "adds"), [*rows, ("score", f"{view.score:+.2f}")], right=1)
    lines = [(line.time[:16].replace("T", " "), line.reviewer, _said(line)) for line in history]
    print_table("History", ("when (UTC)", "who", "what"), lines)


def _print_record(view: RecordView, tags: tuple[str, ...]) -> None:
    record = view.record
    place = f"rank {view.rank}" if view.rank else "not ranked"
    console.rule(Text(f"{record.record_id} · {place}"), align="left", style="dim")
    console.print(Text(record.title or "(no title)", style="bold"))
    beside = ("; ".join(record.authors[:3]), record.journal, str(record.year or ""), record.doi, record.source)
    console.print(Text(" · ".join(text for text in beside if text), style="dim"))
    console.print(Padding(Text(record.abstract or "(no abstract)"), (0, 0, 0, 2)))
    if tags:
        console.print(Text(f"labels: {'; '.join(tags)}"))


def _said(line: HistoryLine) -> str:
    return f"{line.what} (undone)" if line.undone else line.what


def _plain(view: RecordView, tags: tuple[str, ...], history: tuple[HistoryLine, ...]) -> dict[str, Any]:
    reasons = [
        {"name": row.name, "kind": row.kind, "effect": row.effect, "terms": list(row.detail)}
        for row in view.reasons.rows
    ]
    return {
        "record_id": view.record.record_id,
        "title": view.record.title,
        "rank": view.rank,
        "score": view.score,
        "reasons": reasons,
        "labels": list(tags),
        "history": [line.to_dict() for line in history],
    }
