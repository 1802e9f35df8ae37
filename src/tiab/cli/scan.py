"""tiab scan"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from tiab.cli.options import CriteriaOption, JobsOption, JsonOption
from tiab.cli.outputs import Commands, records_option
from tiab.cli.root import ExitStatus
from tiab.cli.show import console, live_lines, note, print_json, print_table, warn
from tiab.criteria import read_criteria
from tiab.errors import TiabError
from tiab.formats import write_records
from tiab.ranking.model_file import read_model
from tiab.scan import EVIDENCE, FileLine, Scan, ScanProgress, scan

__all__ = ["scan_files"]

commands = Commands()


_SHOWN = 10
_SECONDS = 10.0
"""Between two lines of progress where nobody looks at a terminal."""


FilesArgument = Annotated[
    list[Path],
    typer.Argument(help="Files, and folders of them: PubMed's .xml.gz, or any export.", show_default=False),
]
OutputOption = Annotated[
    Path,
    records_option("Where to write the best: .csv, .ris or .xlsx."),
]
ModelOption = Annotated[
    Path | None, typer.Option("--model", "-m", help="A saved model, from tiab train.", show_default=False)
]
ClusterOption = Annotated[
    str, typer.Option(help="A Dask scheduler, tcp://host:8786; its workers read the files.", show_default=False)
]
WorkOption = Annotated[
    Path | None,
    typer.Option(
        writable=True,
        file_okay=False,
        help="The folder that keeps the progress.",
        show_default="the output's name and .scan",
    ),
]


@commands.command("scan")
def scan_files(
    files: FilesArgument,
    output: OutputOption,
    criteria: CriteriaOption = None,
    model: ModelOption = None,
    top: Annotated[int, typer.Option(min=1, help="How many of the best records to keep.")] = 1000,
    jobs: JobsOption = 1,
    cluster: ClusterOption = "",
    work: WorkOption = None,
    full_pass: Annotated[bool, typer.Option("--full-pass", help="Read every record in full: slower, same result.")] = (
        False
    ),
    as_json: JsonOption = False,
) -> None:
    """Rank all of PubMed, or any set of files; a scan that was stopped is resumed.

    Records are ranked by a saved model, or by criteria alone.

    [dim]Example:[/dim] tiab scan baseline updatefiles --model mine.safetensors --jobs 8 -o top.csv
    """
    if (criteria is None) == (model is None):
        raise TiabError("give either --model or --criteria", hint="A model file contains its criteria.")
    with _progress() as show:
        result = scan(
            files,
            work=work or output.with_name(f"{output.name}.scan"),
            criteria=read_criteria(criteria) if criteria else None,
            model=read_model(model) if model else None,
            top=top,
            jobs=jobs,
            cluster=cluster,
            full=full_pass,
            on_progress=show,
        )
    write_records(output, [found.record for found in result.found], columns=_columns(result))
    for line in result.lines:
        for warning in line.warnings:
            warn(warning)
    if as_json:
        print_json(_as_json(result))
    else:
        _print(result, output)
    if result.damaged:
        raise typer.Exit(ExitStatus.DAMAGED)


def _columns(result: Scan) -> dict[str, dict[str, object]]:
    """What is said of each record beside what its file says: column -> record id -> value."""
    found = {one.record.record_id: one for one in result.found}
    columns: dict[str, dict[str, object]] = {
        "rank": {record_id: rank for rank, record_id in enumerate(found, 1)},
        "score": {record_id: one.score for record_id, one in found.items()},
    }
    for place, name in enumerate(EVIDENCE):
        columns[name] = {record_id: one.evidence[place] for record_id, one in found.items()}
    return columns


def _as_json(result: Scan) -> dict[str, Any]:
    return {
        "records": result.n_records,
        "files": len(result.lines),
        "warnings": [warning for line in result.lines for warning in line.warnings],
        "damaged": [_damage(line) for line in result.damaged],
        "found": [
            {"rank": rank, "record_id": one.record.record_id, "score": one.score, "title": one.record.title}
            | dict(zip(EVIDENCE, one.evidence, strict=True))
            | {"source": one.record.source}
            for rank, one in enumerate(result.found, 1)
        ],
    }


def _damage(line: FileLine) -> dict[str, Any]:
    return {"path": line.path, "records": line.records, "error": line.error, "unreadable": line.n_unreadable}


def _print(result: Scan, output: Path) -> None:
    rows = [
        (rank, f"{one.score:.2f}", one.record.record_id, one.record.title or "(no title)")
        for rank, one in enumerate(result.found[:_SHOWN], 1)
    ]
    print_table(f"the best of {result.n_records:,} records", ("rank", "score", "record", "title"), rows)
    share = 1 - result.n_read_whole / result.n_records if result.n_records else 0.0
    console.print()
    console.print(Text(f"{len(result.found):,} records written to {output}."))
    console.print(
        Text(f"{share:.1%} of the records were dropped after the first pass: their best possible score was too low."),
        style="dim",
    )
    if result.damaged:
        damage = [(Path(line.path).name, f"{line.records:,}", _said(line)) for line in result.damaged]
        print_table(f"damaged: {len(damage)} of {len(result.lines)} files", ("file", "read", "what is wrong"), damage)
        console.print(Text("Download them again and repeat the command: only these will be read.", style="yellow"))


def _said(line: FileLine) -> str:
    if line.error:
        return line.error
    return f"{line.n_unreadable} records cannot be read ({line.unreadable[0]})"


@contextmanager
def _progress() -> Iterator[Callable[[ScanProgress], None]]:
    """Shows how far the scan is: in place on a terminal, else a line every few seconds, on standard error."""
    with live_lines() as draw:
        last = 0.0

        def show(progress: ScanProgress) -> None:
            nonlocal last
            if draw is not None:
                draw(_lines_of(progress))
            elif time.monotonic() - last >= _SECONDS or progress.files == progress.n_files:
                last = time.monotonic()
                note(_lines_of(progress)[0])

        yield show


def _lines_of(progress: ScanProgress) -> list[str]:
    head = (
        f"{progress.files:,} of {progress.n_files:,} files ({progress.share:.0%}), {progress.records:,} records, "
        f"{progress.rate:,.0f}/s, {_span(progress.seconds_left)} left"
    )
    return [head, *(f"  {place}. {title}" for place, title in enumerate(progress.titles, 1))]


def _span(seconds: float) -> str:
    """A length of time as a person says it: "2 h 05 min"."""
    if seconds != seconds:
        return "?"
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min" if seconds >= 90 else f"{seconds:.0f} s"
