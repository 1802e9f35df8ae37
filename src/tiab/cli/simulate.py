"""tiab simulate"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from tiab.cli.inputs import labels_of, note_undecided, pool_of
from tiab.cli.options import CriteriaOption, FilesArgument, JobsOption, JsonOption, LabelsOption
from tiab.cli.outputs import Commands, picture_option
from tiab.cli.show import console, note, print_json, print_table, progress_bar, warn
from tiab.cli.stopping_rules import note_left_out, print_by_guarantee
from tiab.criteria import read_criteria
from tiab.criteria.scripts import foreign_scripts, script_warning
from tiab.errors import LabelError
from tiab.evaluation.simulation import Retrain, ScreeningRun, apply_stopping_rules, draw_priors, simulate
from tiab.features import make_features
from tiab.labels import Decision
from tiab.stopping import ASSUMPTION_IN_SHORT, RuleOutcome

__all__ = ["simulate_screening"]

commands = Commands()

PriorOption = Annotated[list[str] | None, typer.Option(help="The id of a record known beforehand.", show_default=False)]

PriorsOption = Annotated[
    int | None, typer.Option(min=1, help="Start from this many of each kind, drawn at random.", show_default=False)
]
CurveOption = Annotated[
    Path | None,
    picture_option("Draw recall with its band over the runs (.svg, .png)."),
]


def _retrain(value: str) -> Retrain:
    if value in ("every", "never"):
        return "every" if value == "every" else "never"
    try:
        return int(value)
    except ValueError as error:
        raise LabelError(f"--retrain is '{value}'", hint="Use 'every', 'never' or a number of labels.") from error


RetrainOption = Annotated[
    Any,  # Typer knows no unions
    typer.Option(
        parser=_retrain, metavar="every|never|N", help="Learn after every decision, never, or after every N decisions."
    ),
]


@commands.command("simulate")
def simulate_screening(
    files: FilesArgument,
    criteria: CriteriaOption = None,
    labels: LabelsOption = None,
    prior_included: PriorOption = None,
    prior_excluded: PriorOption = None,
    priors: PriorsOption = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many runs, with the seeds 0, 1, 2 …")] = 1,
    retrain: RetrainOption = "every",
    target: Annotated[float, typer.Option(min=0.01, max=1, help="The recall that the stopping rules aim at.")] = 0.95,
    curve: CurveOption = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Screen a finished review again, to see how much reading tiab would have saved.

    The decisions are in the files (a column such as label_included) or are given with --labels. A run starts from the
    criteria, from records that are named as known beforehand, or from --priors records of either kind, drawn by its
    seed; without any of these, from one of either kind. A table says where each
    stopping rule would have stopped, and what it would have missed.

    [dim]Example:[/dim] tiab simulate review.csv --seeds 5 --jobs 2
    """
    known_criteria = read_criteria(criteria) if criteria else None
    pool = pool_of(files)
    decisions = labels_of(labels or files, pool)
    foreign = [*filter(None, [script_warning(foreign_scripts(pool.records, known_criteria), len(pool.records))])]
    for warning in foreign:
        warn(warning)
    relevant = _relevant(decisions)
    undecided = sum(decisions.get(record.record_id, "maybe") == "maybe" for record in pool.records)
    note_undecided(undecided)
    prior = _priors(decisions, prior_included or [], prior_excluded or [])
    if prior and priors:
        raise LabelError("--priors cannot be combined with named records", hint="Use one or the other.")
    settings = {"criteria": known_criteria, "prior": prior, "drawn": priors, "retrain": retrain}
    with progress_bar("simulating", seeds) as progress:
        runs = _runs(pool.records, relevant, settings, seeds, jobs, progress)
    outcomes = apply_stopping_rules(runs, target=target)
    if curve:
        _draw(runs, curve)
    if as_json:
        told = {"runs": [_to_dict(run) for run in runs], "rules": [asdict(outcome) for outcome in outcomes]}
        print_json(told | {"warnings": [*pool.warnings, *foreign]})
    else:
        _print(runs)
        _print_rules(runs, outcomes, target)
    if outcomes:
        note_left_out(outcomes)


def _relevant(decisions: Mapping[str, Decision]) -> set[str]:
    """The included records; what nobody decided counts as irrelevant."""
    included = {record_id for record_id, said in decisions.items() if said == "include"}
    if not included:
        raise LabelError("no record is included", hint="Give decisions on these records with --labels.")
    return included


def _priors(decisions: Mapping[str, Decision], included: list[str], excluded: list[str]) -> list[str] | None:
    for ids, wanted in ((included, True), (excluded, False)):
        for record_id in ids:
            if (decisions.get(record_id) == "include") is not wanted:
                said = "included" if wanted else "excluded"
                raise LabelError(f"record '{record_id}' is not {said} in the decisions", hint="Check the id.")
    return [*included, *excluded] or None


def _runs(
    records: Any, relevant: set[str], settings: Mapping[str, Any], seeds: int, jobs: int, progress: Any
) -> list[ScreeningRun]:
    """One run for each seed; the features, which are the same for all, are made once."""
    features = make_features(records, criteria=settings["criteria"], jobs=jobs)
    count, retrain, ids = settings["drawn"], settings["retrain"], [record.record_id for record in records]
    if seeds > 1 and not count and (settings["prior"] or settings["criteria"]):
        note("the runs differ only where something is drawn: with criteria or named priors they may all be the same.")

    def start(seed: int) -> Sequence[str] | None:
        return draw_priors(ids, relevant, seed=seed, count=count) if count else settings["prior"]

    def task(call: Callable[..., Any], seed: int) -> Any:
        return call(records, relevant, prior=start(seed), features=features, seed=seed, retrain=retrain)

    runs = []
    for run in _side_by_side(task, seeds, jobs):
        runs.append(run)
        progress(1)
    return runs


def _side_by_side(task: Callable[[Callable[..., Any], int], Any], seeds: int, jobs: int) -> Iterable[ScreeningRun]:
    if jobs == 1:
        return (task(simulate, seed) for seed in range(seeds))
    from joblib import Parallel, delayed  # loaded where there are processes to start

    found: Iterable[ScreeningRun] = Parallel(n_jobs=jobs, return_as="generator")(
        task(delayed(simulate), seed) for seed in range(seeds)
    )
    return found


def _draw(runs: list[ScreeningRun], path: Path) -> None:
    from tiab.report.drawing import save_figure
    from tiab.report.recall import draw_bands

    save_figure(draw_bands(runs), path)
    note(f"drawn to {path}")


def _to_dict(run: ScreeningRun) -> dict[str, Any]:
    return {
        "seed": run.seed,
        "retrain": run.retrain,
        "fits": run.fits,
        "prior": list(run.prior),
        "order": list(run.order),
        "evaluation": run.evaluate().to_dict(),
    }


def _print(runs: list[ScreeningRun]) -> None:
    """A row for each run, and what the first one means in sentences."""
    columns = ("seed", "relevant", "95% after", "all after", "WSS@95", "WSS@100", "loss", "recall@10%")
    rows = []
    for run in runs:
        e = run.evaluate()
        to_95 = "–" if e.records_saved_95 is None else str(e.n_records - e.records_saved_95)
        last = "–" if e.last_relevant_rank is None else str(e.last_relevant_rank)
        shares = [f"{value:.3f}" for value in (e.wss_95, e.wss_100, e.loss, e.recall_at_10_percent)]
        rows.append((str(run.seed), f"{e.n_relevant} of {e.n_records}", to_95, last, *shares))
    print_table("", columns, rows, right=8)
    for sentence in runs[0].evaluate().summary():
        console.print(sentence)


def _print_rules(runs: list[ScreeningRun], outcomes: list[RuleOutcome], target: float) -> None:
    """A row for each rule: means over the runs, and the share of them in which the target, or all, was found."""
    n, total = len(runs[0].order) - len(runs[0].prior), len(runs[0].ranks)
    rows = [
        (
            one,
            (
                one.rule,
                f"{one.records_mean:,.0f}",
                f"{one.recall_mean:.1%}",
                f"{n - one.records_mean:,.0f}",
                f"{total * (1 - one.recall_mean):,.1f}",
                f"{one.chance_of_target:.0%}",
                f"{one.chance_of_all:.0%}",
            ),
        )
        for one in outcomes
    ]
    columns = ("rule", "stopped at", "recall", "saved", "missed", f"found {100 * target:g}%", "found all")
    many = "one run" if len(runs) == 1 else f"means of {len(runs)} runs"
    console.print(Text(f"\nWhat each stopping rule would have done: {many}.", style="bold"))
    print_by_guarantee(columns, rows)
    console.print(Text(f"\nThe exact tests rest on an assumption. {ASSUMPTION_IN_SHORT}"))
