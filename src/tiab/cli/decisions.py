"""tiab label, prior, undo: what the log of decisions is told, and how it is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiab.cli.options import DECISIONS, FolderArgument, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import opened
from tiab.cli.show import counted, note, print_json
from tiab.errors import InputError, LabelError
from tiab.labels import Decision
from tiab.reading import read_whole
from tiab.store import Event

if TYPE_CHECKING:
    from tiab.review import DecisionsReport, Matching

__all__ = [
    "DECISION",
    "NoteOption",
    "ReasonOption",
    "RecordArgument",
    "add_prior",
    "label_record",
    "print_decision",
    "undo_decision",
]

commands = Commands()

ReasonOption = Annotated[str, typer.Option("--reason", help="Why it is excluded.")]
NoteOption = Annotated[str, typer.Option("--note", help="A note on the decision.")]
DECISION = typer.Argument(
    parser=Decision.parse, metavar=DECISIONS, help="The decision; 1 and 0 work as well.", show_default=False
)
RecordArgument = Annotated[str, typer.Argument(metavar="ID", help="The record's id.", show_default=False)]


@commands.command("label")
def label_record(
    folder: FolderArgument,
    record: RecordArgument = "",
    decision: Annotated[Decision | None, DECISION] = None,
    reason: ReasonOption = "",
    remark: NoteOption = "",
    reviewer: ReviewerOption = "",
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Decisions made elsewhere: an export of Rayyan, Covidence or ASReview, an .asreview project, a table.",
            show_default=False,
        ),
    ] = None,
    made: Annotated[
        Decision | None,
        typer.Option(
            "--as",
            parser=Decision.parse,
            metavar=DECISIONS,
            help="With --from: the decision on all its records, as in Covidence's lists.",
            show_default=False,
        ),
    ] = None,
    prior: Annotated[bool, typer.Option("--prior", help="It was known before screening began.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Store a decision on a record, or all decisions that a file carries.

    [dim]Example:[/dim] tiab label ms-review 28616851 exclude --reason "wrong population"
    [dim]Example:[/dim] tiab label ms-review --from irrelevant.csv --as exclude
    """
    if made and not source:
        raise LabelError("--as gives the decision on the records of a file", hint="Give --from FILE as well.")
    if source and not record:
        with opened(folder) as review:
            report = review.add_labels(source, decision=made, reviewer=reviewer or None, prior=prior)
        _say_report(report, folder, as_json=as_json)
    elif decision and not source:
        with opened(folder) as review:
            event = review.label(record, decision, reviewer=reviewer, reason=reason, note=remark, prior=prior)
        print_decision(event, as_json=as_json)
    else:
        raise LabelError("say either a record and a decision, or --from FILE", hint="tiab label --help")


@commands.command("prior")
def add_prior(
    folder: FolderArgument,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="PMIDs, DOIs, titles or ids.", show_default=False)
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="A text file, one per line.", show_default=False)
    ] = None,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say which records are known to be relevant, before any screening.

    [dim]Example:[/dim] tiab prior ms-review 28616851 10.1016/j.jns.2004.06.009 "Exercise and brain health"
    """
    wanted = list(names or [])
    for name in wanted:
        if Path(name).is_file():
            raise LabelError(f"'{name}' is a file, not a record", hint=f"To read its lines, write --from {name}.")
    if source:
        try:
            wanted += read_whole(source).decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise InputError("is not UTF-8 text", path=source, hint="Give a text file.") from error
    if not wanted:
        raise LabelError("no record is named", hint="Name some by PMID, DOI or title, or give --from FILE.")
    with opened(folder) as review:
        matching = review.add_prior(wanted, reviewer=reviewer)
    _say_matching(matching, as_json=as_json)


@commands.command("undo")
def undo_decision(
    folder: FolderArgument,
    record: Annotated[str, typer.Option("--record", help="Undo the last decision on this record.")] = "",
    number: Annotated[
        int | None,
        typer.Option(
            "--import", min=1, help="Undo an import as a whole: its number in tiab status.", show_default=False
        ),
    ] = None,
    criteria: Annotated[bool, typer.Option("--criteria", help="Undo the last change of the criteria.")] = False,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Undo your last decision, or a whole import. The log keeps everything.

    An earlier decision on the record then counts again. To redo an import, import the file again.

    [dim]Example:[/dim] tiab undo ms-review --reviewer eva
    [dim]Example:[/dim] tiab undo ms-review --import 3
    """
    if criteria:
        _undo_criteria(folder, other=bool(record or number is not None), as_json=as_json)
        return
    if number is not None:
        if record:
            raise LabelError("--import and --record cannot be combined", hint="Give one of them.")
        with opened(folder) as review:
            taken, status = review.undo_import(number, reviewer=reviewer), review.status()
        if as_json:
            print_json(taken.to_dict() | {"records": status.records, "left": status.left})
        else:
            what = "its decisions are undone" if taken.kind == "decisions" else "its records are removed"
            note(f"Import {number} ({taken.name}) undone: {what}. {counted(status.left, 'record')} to screen.")
        return
    with opened(folder) as review:
        event = review.undo(reviewer, record_id=record)
        label = review.labels(reviewer).get(event.record_id) if event else None
    if as_json:
        print_json({"undone": event.record_id if event else None, "stands": str(label.decision) if label else None})
    elif event is None:
        note("There is no decision to undo.")
    else:
        stands = f"'{label.decision}' counts again" if label else "it is to be screened again"
        note(f"Undone: {event.record_id}; {stands}.")


def _undo_criteria(folder: Path, *, other: bool, as_json: bool) -> None:
    if other:
        raise LabelError("--criteria goes with neither --record nor --import", hint="Give one of them.")
    with opened(folder) as review:
        review.undo_criteria()
        fingerprint = review.snapshot.criteria_fingerprint
    if as_json:
        print_json({"criteria": fingerprint})
    else:
        note("The last change of the criteria is undone.")


def print_decision(event: Event, *, as_json: bool) -> None:
    """Prints a decision as it was stored."""
    if as_json:
        print_json({"record_id": event.record_id, "decision": event.payload["decision"], "event": event.event_id})
    else:
        note(f"{event.record_id}: {event.payload['decision']}")


def _say_matching(matching: Matching, *, as_json: bool) -> None:
    if as_json:
        print_json(matching.to_dict())
        return
    for name in matching.missing:
        note(f"not in this review: {name}")
    found, missing = counted(len(matching.found), "known relevant record"), len(matching.missing)
    note(f"{found} stored; {missing} not in this review.")


def _say_report(report: DecisionsReport, folder: Path, *, as_json: bool) -> None:
    """Says what became of a file's decisions, whose they are, and how to undo it."""
    if as_json:
        print_json(report.to_dict())
        return
    for warning in report.warnings:
        note(f"{report.name}: {warning}")
    for name in report.missing:
        note(f"not in this review: {name}")
    said = [f"{counted(report.stored, 'decision')} stored"]
    if len(report.found) > report.stored:
        said.append(f"{len(report.found) - report.stored} stored before")
    said.append(f"{len(report.missing)} not in this review")
    if report.undecided:
        said.append(f"{report.undecided} undecided in the file")
    note("; ".join(said) + ".")
    if report.number:
        people = ", ".join(f"{name or '(no name)'} {count}" for name, count in sorted(report.reviewers.items()))
        note(f"Import {report.number} ({people}). To undo it: tiab undo {folder} --import {report.number}")
