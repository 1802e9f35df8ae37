"""tiab update"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.text import Text

from tiab.cli.fetch import ServerOption, pubmed_server
from tiab.cli.options import FolderArgument, JobsOption, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands, records_option
from tiab.cli.review import print_reports
from tiab.cli.review_folder import make_ready, opened
from tiab.cli.show import console, counted, note, print_json, print_table, progress_bar
from tiab.errors import TiabError
from tiab.review import Review, Update
from tiab.review.searching import LaterSearch, search_later

__all__ = ["update_review"]

commands = Commands()

_BARS = 12
_WIDEST = 40


ExportsArgument = Annotated[
    list[Path] | None, typer.Argument(help="The exports of the later search.", show_default=False)
]
SinceOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y/%m/%d", "%Y-%m-%d"], help="With --pubmed: the first day.", show_default=False),
]
ShortListOption = Annotated[
    Path | None,
    records_option("Write the short list there: .csv, .ris or .xlsx."),
]


@commands.command("update")
def update_review(
    folder: FolderArgument,
    files: ExportsArgument = None,
    pubmed: Annotated[
        bool, typer.Option("--pubmed", help="Ask PubMed what the review's own search finds since the last time.")
    ] = False,
    since: SinceOption = None,
    output: ShortListOption = None,
    top: Annotated[int, typer.Option(min=0, help="How many records to show.")] = 10,
    reviewer: ReviewerOption = "",
    jobs: JobsOption = 1,
    server: ServerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add a later search, and rank its new records by what the review has learned.

    It shows where the earlier includes rank among the new records.

    With --pubmed, PubMed is asked for what the search in the criteria finds since the last time and a week before.

    [dim]Example:[/dim] tiab update ms-review pubmed-2026.nbib -o shortlist.csv
    [dim]Example:[/dim] tiab update ms-review --pubmed
    """
    if not files and not pubmed:
        raise TiabError("there is nothing to add", hint="Give the exports of the later search, or --pubmed.")
    if since and not pubmed:
        raise TiabError("--since needs --pubmed", hint="Give --pubmed, too.")
    with opened(folder, jobs=jobs) as review:
        later = _asked(review, server, since) if pubmed else None
        make_ready(review, None)
        fetched = [later.path] if later and later.path else []
        update = review.update([*(files or ()), *fetched], reviewer=reviewer)
        if later:
            review.log_search(later, reviewer=reviewer)
    if output:
        update.write(output)
        note(f"the short list is written to {output}")
    if as_json:
        print_json(_as_dict(update, later))
    else:
        _print_update(update, later, top)


def _as_dict(update: Update, later: LaterSearch | None) -> dict[str, object]:
    """The round for programs; "search" only where PubMed was asked."""
    searched = {"search": later.to_dict()} if later else {}
    files, scores = [report.to_dict() for report in update.reports], list(update.include_scores)
    rows = update.table.astype(object).where(update.table.notna(), None).to_dict(orient="records")
    return {**searched, "files": files, "include_scores": scores, "records": rows}


def _print_update(update: Update, later: LaterSearch | None, top: int) -> None:
    """The round for people: what came, what was left out, where the old includes fall, the best of the new."""
    if later:
        days = f"from {later.since:%Y/%m/%d} to {later.until:%Y/%m/%d}"
        console.print(f"PubMed has {counted(later.found, 'record')} for the review's search {days}.")
    print_reports(update.reports)
    for sentence in update.summary():
        console.print(Text(sentence))
    if update.ranking is not None:
        _print_scores(update)
        shown = [
            (row["rank"], f"{row['score']:.2f}", _share(row["above_includes"]), row["record_id"], row["title"])
            for row in update.table.head(top).to_dict(orient="records")
        ]
        print_table("the new records, best first", ("rank", "score", "above includes", "id", "title"), shown)


def _asked(review: Review, server: str, since: datetime | None) -> LaterSearch:
    """What PubMed has anew, with a bar while it comes."""
    with pubmed_server(server) as asked, ExitStack() as bars:
        later = search_later(
            review,
            asked,
            since=since.date() if since else None,
            found=lambda total: bars.enter_context(progress_bar("fetching", total)),
        )
    for warning in later.warnings:
        note(warning)
    return later


def _share(value: float) -> str:
    return f"{value:.0%}" if value == value else "–"


def _print_scores(update: Update) -> None:
    """Prints how the scores of the old includes, the old excludes and the new records are spread, side by side."""
    new = update.ranking.scores if update.ranking is not None else np.empty(0)
    named = {"old include": update.include_scores, "old exclude": update.exclude_scores, "new": new}
    groups = {name: np.asarray(scores, dtype=float) for name, scores in named.items()}
    everything = np.concatenate(list(groups.values()))
    edges = np.histogram_bin_edges(everything, bins=_BARS)
    counts = {name: np.histogram(scores, bins=edges)[0] for name, scores in groups.items()}
    tallest = max(int(column.max()) for column in counts.values())
    per_mark = max(1, -(-tallest // _WIDEST))
    rows = []
    for place in reversed(range(_BARS)):
        span = f"{edges[place]:.2f} to {edges[place + 1]:.2f}"
        rows.append((span, *("▪" * -(-int(column[place]) // per_mark) for column in counts.values())))
    print_table(f"scores (each mark is {per_mark})", ("score", *counts), rows)
