"""tiab share, merge: a copy of a review goes to a colleague, and what came of it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tiab.cli.options import FolderArgument, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands, is_review
from tiab.cli.review_folder import opened
from tiab.cli.show import counted, note, print_json
from tiab.errors import LabelError

if TYPE_CHECKING:
    from tiab.review.merging import MergeReport

__all__ = ["merge_copies", "share_review"]

commands = Commands()


@commands.command("share")
def share_review(
    folder: FolderArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", writable=True, help="Where to, for example review-kim.tiab.", show_default=False
        ),
    ],
    reviewer: ReviewerOption = "",
    decisions: Annotated[
        Literal["own", "none", "all"] | None,
        typer.Option(
            "--decisions",
            help="Whose decisions: a blinded review gives one's own unless told otherwise, an open one all.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a copy of a review into one file, for a colleague to merge.

    It holds records, criteria and the log; from a blinded review, only your own decisions. A new colleague starts from
    a file with --decisions none; a third person who resolves conflicts needs all.

    [dim]Example:[/dim] tiab share ms-review -o review-kim.tiab --reviewer kim
    """
    with opened(folder) as review:
        report = review.share(output, reviewer=reviewer, decisions=decisions or "")
    if as_json:
        print_json(report.to_dict() | {"output": str(output)})
        return
    whose = ", ".join(f"{name or '(no name)'} {count:,}" for name, count in report.by_reviewer.items())
    note(f"{output}: {counted(report.records, 'record')}; decisions: {whose or 'none'}.")
    note(f"To merge it: tiab merge {folder.name} {output.name}")


@commands.command("merge")
def merge_copies(
    folder: FolderArgument,
    others: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="OTHER…", help="Copies of the review: folders, or files of tiab share.", show_default=False
        ),
    ] = None,
    criteria: Annotated[
        int | None,
        typer.Option(
            "--criteria",
            help="Where criteria were changed in two copies, the one that applies: its number in the log.",
            show_default=False,
        ),
    ] = None,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Merge other copies of a review into this one: records, decisions, notes, links and settings.

    Nothing is lost or doubled, however often copies are merged. If DIR is no review yet, it is made from the copy.

    [dim]Example:[/dim] tiab merge ms-review review-kim.tiab
    """
    if not others and criteria is None:
        raise LabelError("there is nothing to merge", hint="Name a folder or a file of tiab share.")
    made = not is_review(folder)
    if made and others:
        from tiab.review.merging import make_from_copy

        make_from_copy(folder, others[0])
    with opened(folder) as review:
        reports = [review.merge_copy(other, reviewer=reviewer) for other in others or []]
        if criteria is not None:
            review.settle_criteria(criteria, reviewer=reviewer)
        status = review.status(reviewer or None)
        open_criteria = review.criteria_conflict()
    if as_json:
        states = {"left": status.left, "pending": status.pending, "conflicts": status.conflicts}
        print_json({"merged": [one.to_dict() for one in reports], "made": made} | states)
        return
    if made:
        note(f'Created review "{folder.name}" from {reports[0].name}: {counted(status.records, "record")}.')
    for report in reports:
        if report.events or not made:
            _say(report)
    if open_criteria is not None:
        versions = " or ".join(map(str, open_criteria.versions))
        note(f"Criteria were changed in two copies; {open_criteria.holds} applies for now. To choose:")
        note(f"tiab merge {folder} --criteria {versions}")
    waiting = f"{status.left:,} awaiting a first reviewer, {status.pending:,} a second"
    note(f"{waiting}, {counted(status.conflicts, 'conflict')} to resolve.")


def _say(report: MergeReport) -> None:
    if not report.events:
        note(f"{report.name}: nothing new.")
        return
    whose = ", ".join(f"{name or '(no name)'} {count:,}" for name, count in report.decisions.items())
    said = [f"{counted(report.records, 'new record')}", f"new decisions: {whose or 'none'}"]
    if report.linked:
        said.append(f"{counted(report.linked, 'record')} linked as a duplicate")
    note(f"{report.name}: {'; '.join(said)}.")
    if report.twice:
        note(
            f"{counted(report.twice, 'record')} decided on differently by the same reviewer in both copies: "
            "the later decision counts."
        )
    for pair in report.links:
        note(
            f"{pair.one} and {pair.other} are linked as duplicates, but {pair.reviewer or 'somebody'} kept them apart: "
            "see the Duplicates page, or tiab duplicates --unlink."
        )
