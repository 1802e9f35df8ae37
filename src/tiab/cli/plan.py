"""tiab plan"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from tiab.cli.options import JsonOption, SeedOption
from tiab.cli.outputs import Commands
from tiab.cli.show import console, print_json, progress_bar
from tiab.cli.stopping_rules import note_left_out, print_by_guarantee
from tiab.stopping import ASSUMPTION_IN_SHORT, Plan, PlanRow
from tiab.stopping.planning import plan, planned_rules, planned_runs

__all__ = ["plan_screening"]

commands = Commands()

ScreenersOption = Annotated[
    int | None,
    typer.Option(min=1, help="How many of them read each record; by default two, if there are.", show_default=False),
]


@commands.command("plan")
def plan_screening(
    records: Annotated[int, typer.Option("--records", "-n", min=1, help="How many records are to be screened.")],
    prevalence: Annotated[
        float, typer.Option("--prevalence", "-p", min=0, max=1, help="Your guess of the relevant share, such as 0.01.")
    ],
    target: Annotated[float, typer.Option(min=0.01, max=1, help="The recall to be reached.")] = 0.95,
    reviewers: Annotated[int, typer.Option(min=1, help="People who share the work.")] = 2,
    screeners: ScreenersOption = None,
    auc: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Your guess of the ranking's AUC; 0.5 is chance.")
    ] = 0.9,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds for one title and abstract.")] = 36.0,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Hours a day that each person screens.")] = 4.0,
    runs: Annotated[
        int | None, typer.Option(min=1, help="Simulated reviews; by default 50 to 200.", show_default=False)
    ] = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Before screening: what each stopping rule will cost, and what it may miss.

    Costs are given in records, hours and days.

    [dim]Example:[/dim] tiab plan --records 907 --prevalence 0.013 --reviewers 2
    """
    runs = planned_runs(records) if runs is None else runs
    rules = planned_rules(records, prevalence, target, runs=runs)
    with progress_bar("simulating", len(rules)) as progress:
        made = plan(
            records,
            prevalence,
            target_recall=target,
            auc=auc,
            reviewers=reviewers,
            screeners=min(2, reviewers) if screeners is None else screeners,
            seconds_per_record=seconds,
            hours_per_day=hours,
            rules=rules,
            runs=runs,
            seed=seed,
            progress=progress,
        )
    if as_json:
        print_json(made.to_dict())
    else:
        _print(made)
    note_left_out([row.outcome for row in made.rows])


def _print(made: Plan) -> None:
    people = "1 person" if made.reviewers == 1 else f"{made.reviewers} people"
    each = "once" if made.screeners == 1 else "twice" if made.screeners == 2 else f"{made.screeners} times"
    console.print(
        Text(
            f"{made.n_records:,} records, {made.n_relevant:,} of them assumed to be relevant; a ranking with an AUC of "
            f"{made.auc:g}; {people}, each record read {each} at {made.seconds_per_record:g} s, "
            f"{made.hours_per_day:g} hours a day. Means of {made.runs} simulated reviews; 5th to 95th percentile."
        )
    )
    target = f"found {100 * made.target_recall:g}%"
    columns = ("rule", "records", "5th to 95th", "hours", "days", target, "found all")
    print_by_guarantee(columns, [(row.outcome, _cells(row)) for row in made.rows])
    console.print(Text(f"\nThe exact tests rest on an assumption. {ASSUMPTION_IN_SHORT}"))
    console.print(
        Text(
            "Simulated rankings have no stragglers, which real ones have: the chances shown are optimistic. Hours are "
            "person-hours; days are calendar days."
        )
    )


def _cells(row: PlanRow) -> tuple[str, ...]:
    one = row.outcome
    return (
        one.rule,
        f"{one.records_mean:,.0f}",
        f"{one.records_low:,.0f}–{one.records_high:,.0f}",
        f"{row.person_hours:,.1f}",
        f"{row.days:,.1f}",
        f"{one.chance_of_target:.1%}",
        f"{one.chance_of_all:.1%}",
    )
