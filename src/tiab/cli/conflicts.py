"""tiab conflicts, resolve: where reviewers disagree, and how that is resolved."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.decisions import DECISION, NoteOption, ReasonOption, RecordArgument, print_decision
from tiab.cli.options import FolderArgument, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import must_be_named, opened
from tiab.cli.show import console, counted, note, print_json
from tiab.labels import Decision
from tiab.records import Record
from tiab.review import Conflict

__all__ = ["list_conflicts", "resolve_conflict"]

commands = Commands()


@commands.command("conflicts")
def list_conflicts(
    folder: FolderArgument,
    reviewer: Annotated[
        str | None,
        typer.Option(
            "--reviewer",
            "-r",
            envvar="TIAB_REVIEWER",
            help="Who looks: a blinded reviewer sees conflicts on records that they have decided on.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the records on which reviewers disagree.

    Nobody sees another's decision on a record before their own, unless the review is open: see tiab team.

    [dim]Example:[/dim] tiab conflicts ms-review --reviewer eva
    """
    with opened(folder) as review:
        found = [(conflict, review.record(conflict.record_id)) for conflict in review.conflicts(reviewer)]
        criteria, links = review.criteria_conflict(), review.link_contradictions()
    if as_json:
        print_json([_as_dict(conflict, record) for conflict, record in found])
        return
    for conflict, record in found:
        _print_conflict(conflict, record)
    note(counted(len(found), "conflict") + "." + (" Resolve one: tiab resolve DIR ID DECISION" if found else ""))
    if criteria is not None:
        versions = " or ".join(map(str, criteria.versions))
        note(f"Criteria were changed in two copies. Choose: tiab merge {folder} --criteria {versions}")
    for pair in links:
        who = pair.reviewer or "somebody"
        note(f"{pair.one} and {pair.other} are linked as duplicates; {who} kept them apart. See tiab duplicates.")


@commands.command("resolve")
def resolve_conflict(
    folder: FolderArgument,
    record: RecordArgument,
    decision: Annotated[Decision, DECISION],
    reason: ReasonOption = "",
    remark: NoteOption = "",
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Resolve a conflict between reviewers.

    It takes a third entry; what the reviewers decided stays in the log.

    [dim]Example:[/dim] tiab resolve ms-review 28616851 include --reviewer kim
    """
    with opened(folder) as review:
        must_be_named(review, reviewer)
        event = review.resolve(record, decision, reviewer=reviewer, reason=reason, note=remark)
    print_decision(event, as_json=as_json)


def _as_dict(conflict: Conflict, record: Record) -> dict[str, object]:
    labels = [
        {
            "reviewer": given.label.reviewer,
            "decision": str(given.label.decision),
            "reason": given.label.reason,
            "note": given.note,
            "time": given.time,
        }
        for given in conflict.labels
    ]
    return {"record_id": record.record_id, "title": record.title, "labels": labels}


def _print_conflict(conflict: Conflict, record: Record) -> None:
    console.print(Text.assemble((record.record_id, "dim"), "  ", (record.title or "(no title)", "bold")))
    for given in conflict.labels:
        beside = "; ".join(text for text in (given.label.reason, given.note) if text)
        said = f"    {given.label.reviewer or '(no name)'}: {given.label.decision}"
        console.print(Text(f"{said} ({beside})" if beside else said))
