"""tiab report"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.inputs import gold_of
from tiab.cli.options import FolderArgument, JobsOption, JsonOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import make_ready, opened
from tiab.cli.show import console, note, print_json
from tiab.report.building import build_report
from tiab.report.rendering import report_kind, write_figures, write_report

__all__ = ["report_review"]

commands = Commands()


def _report_output(paths: Sequence[Path]) -> Sequence[Path]:
    """`paths`, if each one's suffix names a kind of report."""
    for path in paths:
        report_kind(path)
    return paths


@commands.command("report")
def report_review(
    folder: FolderArgument,
    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            writable=True,
            callback=_report_output,
            help="Where to write it: .html, .md or .json; may be given several times.",
        ),
    ] = [Path("report.html")],  # noqa: B006
    gold: Annotated[
        Path | None,
        typer.Option("--gold", "-g", help="Known relevant records: a table with record_id, pmid or doi."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            writable=True, file_okay=False, help="A folder for the figures as SVG and PNG.", show_default=False
        ),
    ] = None,
    target: Annotated[float, typer.Option(min=0.01, max=1, help="The recall to be reached.")] = 0.95,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="The error level of the test.")] = 0.05,
    notes: Annotated[bool, typer.Option("--notes", help="Include reviewers' notes.")] = False,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the supplement of a review: counts, figures, drafts for the paper.

    [dim]Example:[/dim] tiab report ms-review -o report.html --gold gold.csv --figures figures
    """
    with opened(folder, jobs=jobs) as review:
        make_ready(review, None)
        relevant = gold_of(gold, review.snapshot) if gold else None
        data = build_report(review, relevant, target=target, alpha=alpha, notes=notes)
    for path in output:
        write_report(path, data)
        note(f"written to {path}")
    drawn = write_figures(figures, data) if figures else []
    if figures:
        note(f"{len(drawn)} figures written to {figures}")
    if as_json:
        written = {"output": [str(path) for path in output], "figures": [str(path) for path in drawn]}
        print_json(written | {"summary": list(data.texts.summary)})
        return
    for sentence in data.texts.summary:
        console.print(Text(sentence))
