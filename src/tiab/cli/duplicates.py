"""tiab duplicates"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from tiab.cli.next import read_key
from tiab.cli.options import FolderArgument, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import opened
from tiab.cli.show import console, counted, note, print_json, progress_bar
from tiab.dedupe import DoubtfulPair, Duplicates
from tiab.records import Record
from tiab.review import Review

__all__ = ["settle_duplicates"]

commands = Commands()

_LEAVE = ("q", "", "\x04")
_ANSWERS = ("s", "d", "k", *_LEAVE)
_PLACE = ("VL", "VI", "volume", "Volume", "IS", "IP", "issue", "Issue", "SP", "EP", "PG", "pages", "Page start")
_KEYS = "s same report · d different reports · k later · q quit (everything is saved)"


@commands.command("duplicates")
def settle_duplicates(
    folder: FolderArgument,
    only_list: Annotated[bool, typer.Option("--list", help="Only list them; link nothing.")] = False,
    unlink: Annotated[str, typer.Option("--unlink", help="Undo the link of this record.", show_default=False)] = "",
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Link the duplicates of a review, and decide on the doubtful pairs.

    What is certain is linked at once; doubtful pairs are shown side by side. Nothing is deleted, and each link can be
    undone. With --json or --list nothing is linked, and the records that seem to report one study are named.

    [dim]Example:[/dim] tiab duplicates ms-review
    """
    with opened(folder) as review:
        if unlink:
            event = review.unmerge(unlink, reviewer=reviewer)
            if as_json:
                print_json({"unlinked": unlink, "event": event.event_id})
            else:
                note(f"{unlink} is no longer linked.")
            return
        with progress_bar("comparing", review.status().to_screen) as progress:
            found = review.find_duplicates(progress=progress)
        if as_json or only_list:
            _show(review, found, as_json=as_json)
            return
        linked = review.link_certain(found, reviewer=reviewer)
        note(f"{counted(linked, 'duplicate')} linked; {counted(len(found.doubtful), 'doubtful pair')} to check.")
        _settle(review, found, reviewer)


def _settle(review: Review, found: Duplicates, reviewer: str) -> None:
    """Asks about one doubtful pair after the other."""
    settled = 0
    for number, pair in enumerate(found.doubtful, 1):
        groups = review.snapshot.groups
        one, other = (groups.main_id(record_id) for record_id in pair.record_ids)
        if one == other:  # an earlier answer has joined them
            continue
        _side_by_side(review.record(one), review.record(other), pair)
        console.print(Text(f"[{number} of {len(found.doubtful)}] {_KEYS}", style="dim"))
        key = "?"
        while key not in _ANSWERS:
            key = read_key(hint="Use tiab duplicates --list.")
        if key in _LEAVE:
            break
        if key == "s":
            review.link_pair(one, other, why=pair.reason, reviewer=reviewer)
        elif key == "d":
            review.keep_apart(one, other, reviewer=reviewer)
        settled += key != "k"
    console.print(Text(f"{counted(settled, 'pair')} resolved.", style="dim"))


def _side_by_side(one: Record, other: Record, pair: DoubtfulPair) -> None:
    table = Table(box=None, pad_edge=False, show_header=False, expand=True)
    table.add_column(no_wrap=True)
    for _ in (one, other):
        table.add_column(ratio=1, overflow="fold")
    for name in ("record_id", "title", "authors", "year", "journal", "doi", "pmid", "source", "abstract"):
        left, right = (_cell(getattr(record, name)) for record in (one, other))
        if left or right:
            style = "" if left == right else "yellow"
            table.add_row(Text(name, style="dim"), Text(left, style=style), Text(right, style=style))
    for name in dict.fromkeys(name for record in (one, other) for name, _ in record.extra if name in _PLACE):
        left, right = (dict(record.extra).get(name, "") for record in (one, other))
        table.add_row(Text(name, style="dim"), Text(left), Text(right))
    console.print(table)
    console.print(Text(f"{pair.reason}\n", style="bold"))


def _cell(value: object) -> str:
    text = "; ".join(value) if isinstance(value, tuple) else str(value or "")
    return text if len(text) <= 600 else f"{text[:600]}…"


def _show(review: Review, found: Duplicates, *, as_json: bool) -> None:
    studies = review.related_reports()
    if as_json:
        certain, together = (
            [{"record_ids": list(group.record_ids), "reason": group.reason} for group in groups]
            for groups in (found.certain, studies)
        )
        doubtful = [
            {"record_ids": list(pair.record_ids), "reason": pair.reason, "similarity": pair.similarity}
            for pair in found.doubtful
        ]
        print_json({"certain": certain, "doubtful": doubtful, "related": together})
        return
    for group in found.certain:
        console.print(Text(f"{', '.join(group.record_ids)}: {group.reason}"))
        console.print(Text(f"  {review.record(group.record_ids[0]).title}", style="dim"))
    for reports in studies:
        console.print(Text(f"{', '.join(reports.record_ids)}: the same study? {reports.reason}", style="dim"))
    for pair in found.doubtful:
        console.print(Text(f"{' ? '.join(pair.record_ids)}: {pair.reason}", style="yellow"))
        for record_id in pair.record_ids:
            console.print(Text(f"  {review.record(record_id).title}", style="dim"))
