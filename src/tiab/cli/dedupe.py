"""tiab dedupe"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tiab.cli.options import FilesArgument, JsonOption
from tiab.cli.outputs import Commands, records_option
from tiab.cli.show import counted, note, print_json, print_table, progress_bar, warn
from tiab.dedupe import DuplicateGroup, Duplicates, find_duplicates, read_apart, related_reports, taken_once
from tiab.formats import write_records
from tiab.records import Record

__all__ = ["dedupe"]

commands = Commands()


@commands.command("dedupe")
def dedupe(
    files: FilesArgument,
    output: Annotated[
        Path | None,
        records_option("Where to write the records: .csv, .ris, .xlsx …"),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="How many doubtful pairs to show.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Find duplicates in search exports, and write each record once.

    Certain duplicates are combined into one record with everything that they say. Doubtful pairs are shown, and both of
    their records are written.

    [dim]Example:[/dim] tiab dedupe pubmed.nbib embase.ris scopus.csv -o once.csv
    """
    warnings: list[str] = []
    records = read_apart(files, on_warning=warnings.append)
    for warning in warnings:
        warn(warning)
    with progress_bar("comparing", len(records)) as progress:
        found = find_duplicates(records, progress=progress)
    once, columns = taken_once(records, found)
    related = related_reports(once)
    if output:
        write_records(output, once, columns=columns)
        note(f"{len(once)} of {len(records)} records written to {output}")
    if as_json:
        beside = {"related": [_group(reports) for reports in related], "warnings": warnings}
        print_json(_as_dict(records, found) | beside)
    else:
        _print(records, found, len(related), top=top)


def _print(records: Sequence[Record], found: Duplicates, related: int, *, top: int) -> None:
    counts = _by_source(records, found)
    rows = [(source, count["records"], count["duplicates"]) for source, count in counts.items()]
    total = (("all", len(records), found.n_repeated),) if len(rows) > 1 else ()
    print_table("", ("file", "records", "duplicates"), [*rows, *total], right=2)
    titles = {record.record_id: record.title for record in records}
    if top and found.doubtful:
        heading = f"{counted(len(found.doubtful), 'pair')} that may be the same report"
        rows_of = [
            (f"{titles[pair.record_ids[0]]}\n{titles[pair.record_ids[1]]}", pair.reason) for pair in found.doubtful
        ]
        print_table(heading, ("titles", "why it is not certain"), rows_of[:top])
    if related:
        note(f"{related} groups of records seem to report the same study; --json lists them.")


def _as_dict(records: Sequence[Record], found: Duplicates) -> dict[str, Any]:
    return {
        "records": len(records),
        "duplicates": found.n_repeated,
        "sources": _by_source(records, found),
        "certain": [_group(group) for group in found.certain],
        "doubtful": [
            {"record_ids": list(pair.record_ids), "reason": pair.reason, "similarity": pair.similarity}
            for pair in found.doubtful
        ],
    }


def _by_source(records: Sequence[Record], found: Duplicates) -> dict[str, dict[str, int]]:
    """For each file its records, and how many of them an earlier file, or the file itself, has already."""
    later = {record_id for group in found.certain for record_id in group.record_ids[1:]}
    counts: dict[str, dict[str, int]] = {}
    for record in records:
        count = counts.setdefault(record.source, {"records": 0, "duplicates": 0})
        count["records"] += 1
        count["duplicates"] += record.record_id in later
    return counts


def _group(group: DuplicateGroup | Any) -> dict[str, Any]:
    return {"record_ids": list(group.record_ids), "reason": group.reason}
