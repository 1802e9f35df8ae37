"""tiab map"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.inputs import labels_of, pool_of
from tiab.cli.options import CriteriaOption, JsonOption, ReadingJobsOption
from tiab.cli.outputs import Commands, is_review
from tiab.cli.review_folder import opened
from tiab.cli.show import console, note, print_json, print_table, progress_bar
from tiab.criteria import Criteria, read_criteria
from tiab.errors import LabelError, TiabError
from tiab.evaluation.full_texts import FullTextCount, read_counts
from tiab.evaluation.gold import read_gold
from tiab.formats import read_records
from tiab.labels import Decision
from tiab.pico import find_spans
from tiab.pico.findings.table import EvidenceTable, evidence_table
from tiab.records import Record
from tiab.report.evidence import as_dict, evidence_kind, write_evidence
from tiab.review.included import included_records

__all__ = ["map_evidence"]

commands = Commands()

_SHOWN = 30


def _evidence_output(paths: Sequence[Path] | None) -> Sequence[Path] | None:
    """`paths`, if each one's suffix names a kind of evidence table."""
    for path in paths or ():
        evidence_kind(path)
    return paths


@commands.command("map")
def map_evidence(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE",
            help="A review or a file with decisions (the included records), a file without (all), or a corpus.",
            show_default=False,
        ),
    ],
    criteria: CriteriaOption = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            writable=True,
            callback=_evidence_output,
            help="Where to write it: .csv, .xlsx, .html, .png, .svg or .json; may be given several times.",
            show_default=False,
        ),
    ] = None,
    counts: Annotated[
        Path | None,
        typer.Option(
            "--counts",
            help="Counts from full texts to compare with: outcome, of, studies, increased, decreased, unchanged.",
            show_default=False,
        ),
    ] = None,
    jobs: ReadingJobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Map the evidence: studies by outcomes, with what their abstracts say, and counts.

    What an abstract does not say is not shown: a marker without a direction counts as measured.

    [dim]Example:[/dim] tiab map ms-review -o evidence.html -o evidence.xlsx
    """
    records, own, found_counts = _studies(source)
    known = read_criteria(criteria) if criteria else own
    counted = read_counts(path) if (path := counts or found_counts) else []
    with progress_bar("reading abstracts", len(records)) as progress:
        spans = find_spans(records, known, jobs=jobs, learned=True, progress=progress)
    table = evidence_table(records, spans)
    for path in output or []:
        write_evidence(path, table, counted)
        note(f"written to {path}")
    if as_json:
        print_json(as_dict(table, counted))
    else:
        _show(table, counted)


def _studies(source: Path) -> tuple[Sequence[Record], Criteria | None, Path | None]:
    """(included records, criteria, counts from full texts) of a review, of a corpus or of a file."""
    counts: Path | None = None
    criteria: Criteria | None = None
    if is_review(source):
        with opened(source) as review:
            chosen, criteria = list(included_records(review.snapshot)), review.snapshot.criteria
    elif (source / "gold.csv").is_file() and (source / "records.csv").is_file():
        records = read_records(source / "records.csv")
        gold = set(read_gold(source / "gold.csv", records))
        chosen = [record for record in records if record.record_id in gold]
        counts = path if (path := source / "counts.csv").is_file() else None
        criteria = read_criteria(path) if (path := source / "criteria.toml").is_file() else None
    else:
        chosen = _included(source)
    if not chosen:
        raise TiabError(f"no included record in {source}", hint="Decide on records first, or give a search export.")
    return chosen, criteria, counts


def _included(file: Path) -> list[Record]:
    """The included records of a file; all where it carries no decisions."""
    pool = pool_of([file])
    try:
        labels = labels_of([file], pool)
    except LabelError:
        return list(pool.records)
    return [r for r in pool.records if labels.get(r.record_id) is Decision.INCLUDE] if labels else list(pool.records)


def _show(table: EvidenceTable, counted: Sequence[FullTextCount]) -> None:
    names = ("studies", "unchanged", "increased", "decreased", "mixed", "measured")
    counts = [(outcome, table.counts(outcome)) for outcome in table.outcomes[:_SHOWN]]
    rows = [[outcome, *(mine[name] or "" for name in names)] for outcome, mine in counts]
    columns = ("", "studies", "no significant change", "increased", "decreased", "mixed", "no direction")
    print_table(f"What {len(table.studies)} abstracts say", columns, rows, right=6)
    if len(table.outcomes) > _SHOWN:
        console.print(Text(f"… and {len(table.outcomes) - _SHOWN} more outcomes", style="dim"))
    for one in counted:
        console.print(Text(f"\nAbstracts: {table.sentence(one.outcome)}."))
        console.print(Text(f"Full texts: {one.sentence} ({one.source})."))
        console.print(Text(f"They differ: {difference}." if (difference := one.differences(table)) else "They agree."))
