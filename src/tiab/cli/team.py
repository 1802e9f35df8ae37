"""tiab team: how a review is screened, by whom, and how far they have come."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import typer
from rich.text import Text

from tiab.cli.options import FolderArgument, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.review_folder import opened
from tiab.cli.show import console, counted, note, print_json, print_table
from tiab.errors import LabelError
from tiab.review import Policy, Review
from tiab.review.team import ReviewerProgress, team_progress

__all__ = ["ScreenedBy", "changed_policy", "show_team"]

commands = Commands()

ScreenedBy = Annotated[
    Literal["one", "two", "auto"] | None,
    typer.Option(
        "--reviewers",
        help="Reviewers for each record; auto: one, and two once a second reviewer has decided on something.",
        show_default=False,
    ),
]
CalibrationOption = Annotated[
    int | None,
    typer.Option(
        "--calibration",
        min=1,
        help="Two reviewers for a first sample of this many records, and one for each record after it.",
        show_default=False,
    ),
]


@commands.command("team")
def show_team(
    folder: FolderArgument,
    reviewers: ScreenedBy = None,
    calibration: CalibrationOption = None,
    blinded: Annotated[
        bool | None,
        typer.Option(
            "--blinded/--open",
            help="Whether others' decisions are hidden until one's own is made (default: blinded).",
            show_default=False,
        ),
    ] = None,
    resolvers: Annotated[
        list[str] | None,
        typer.Option("--resolver", help="Who resolves conflicts; may be repeated. '' for anybody.", show_default=False),
    ] = None,
    maybe: Annotated[
        bool | None,
        typer.Option(
            "--maybe-conflicts/--maybe-includes",
            help="Whether maybe beside include is a conflict, or an include (default).",
            show_default=False,
        ),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="Who may change these settings. '' for anybody.", show_default=False)
    ] = None,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show or change who screens a review and how: reviewers per record, blinding, roles.

    Shows each reviewer's progress and what is left for whom. Settings are kept in the log.

    [dim]Example:[/dim] tiab team ms-review --reviewers two --resolver lee --owner eva --reviewer eva
    """
    with opened(folder) as review:
        wanted = changed_policy(
            review.policy, reviewers, calibration, blinded=blinded, resolvers=resolvers, maybe=maybe, owner=owner
        )
        if wanted != review.policy:
            review.set_policy(wanted, reviewer=reviewer)
        progress = team_progress(review.snapshot)
        if as_json:
            states = {str(state): count for state, count in review.snapshot.states.counts.items()}
            people = [one.to_dict() for one in progress]
            print_json({"settings": review.policy.to_dict(), "states": states, "reviewers": people})
            return
        _print_team(review, progress)


def changed_policy(
    policy: Policy,
    reviewers: Literal["one", "two", "auto"] | None = None,
    calibration: int | None = None,
    *,
    blinded: bool | None = None,
    resolvers: list[str] | None = None,
    maybe: bool | None = None,
    owner: str | None = None,
) -> Policy:
    """`policy` with what options of the command line change in it.

    Raises:
        LabelError: they contradict each other.
    """
    if reviewers is not None and calibration is not None:
        hint = "Leave --reviewers out: the sample is screened by two, the rest by one."
        raise LabelError("--reviewers and --calibration cannot be combined", hint=hint)
    if reviewers is not None:
        policy = replace(policy, scheme="" if reviewers == "auto" else reviewers, calibration=0, sample=())
    if calibration is not None:
        policy = replace(policy, scheme="calibration", calibration=calibration, sample=())
    said = {"blinded": blinded, "maybe_conflicts": maybe, "owner": owner}
    if resolvers is not None:
        said["resolvers"] = tuple(name for name in resolvers if name)  # type: ignore[assignment]
    return replace(policy, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]


def _print_team(review: Review, progress: tuple[ReviewerProgress, ...]) -> None:
    for line in review.policy.sentences:
        console.print(Text(line))
    rows = [
        (
            one.name or "(no name)",
            one.decided,
            one.left,
            one.waiting,
            f"{one.days[-1][0]}: {one.days[-1][1]:,}" if one.days else "",
            f"{one.pace:.0f} s" if one.pace else "",
        )
        for one in progress
    ]
    columns = ("reviewer", "decided", "left", "awaiting their second decision", "last day", "pace per record")
    print_table("", columns, rows, right=5)
    counts = [(str(state), count) for state, count in review.snapshot.states.counts.items() if count]
    print_table("states", ("", "records"), counts, right=1)
    waiting = sum(one.waiting for one in progress)
    if waiting:
        note(f"{counted(waiting, 'record')} awaiting a second reviewer.")
