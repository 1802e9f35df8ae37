"""tiab evaluate"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.text import Text

from tiab.cli.inputs import gold_of, note_undecided
from tiab.cli.options import JsonOption
from tiab.cli.outputs import Commands, is_review, picture_option
from tiab.cli.review_folder import make_ready, opened
from tiab.cli.show import console, note, print_json, print_table, warn
from tiab.errors import EvaluationError
from tiab.evaluation.evaluate import Evaluation, evaluate
from tiab.evaluation.gold import read_gold, read_judged, read_known, read_order
from tiab.review.evaluating import evaluate_by_criteria, evaluate_review
from tiab.review.history import read_history
from tiab.writing import write_json

__all__ = ["evaluate_ranking", "print_evaluation"]

commands = Commands()

Missing = Literal["error", "count"]
Order = Literal["screening", "ranking"]


RankedArgument = Annotated[
    Path, typer.Argument(help="A ranking, as tiab rank wrote it, or the folder of a review.", show_default=False)
]
GoldOption = Annotated[
    Path,
    typer.Option("--gold", "-g", help="The relevant records: a table with record_id, pmid or doi.", show_default=False),
]
MissingOption = Annotated[
    Missing, typer.Option(help="A relevant record that is not in the ranking: an error, or counted as missed.")
]
OrderOption = Annotated[Order, typer.Option(help="For a review: the order of reading, or the ranking now.")]
PriorOption = Annotated[
    Path | None,
    typer.Option(
        help="Records known beforehand, such as those given to tiab rank with --labels. They are left out; beside "
        "it stands what the figures are with them read first.",
        show_default=False,
    ),
]
CurveOption = Annotated[
    Path | None,
    picture_option("Draw the recall curve there (.svg, .png or .pdf)."),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", writable=True, help="Write the evaluation there as JSON.", show_default=False),
]


@commands.command("evaluate")
def evaluate_ranking(
    ranked: RankedArgument,
    gold: GoldOption,
    missing: MissingOption = "error",
    order: OrderOption = "screening",
    prior: PriorOption = None,
    curve: CurveOption = None,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a ranking, or the order of a review, against the known relevant records.

    [dim]Example:[/dim] tiab evaluate ranked.csv --gold gold.csv --curve recall.svg
    """
    warnings: list[str] = []
    beside: dict[str, Any] = {}
    by_criteria = None
    if is_review(ranked):
        if prior:
            raise EvaluationError(
                "--prior is for a ranking", hint="A review keeps its own prior knowledge: tiab prior."
            )
        evaluation, by_criteria = _of_review(ranked, gold, order, missing)
        beside = {"by_criteria": None if by_criteria is None else by_criteria.to_dict()}
    else:
        evaluation = _of_file(ranked, gold, prior, missing, warnings)
    told = evaluation.to_dict() | beside | {"warnings": warnings}
    if output:
        write_json(output, told)
        note(f"written to {output}")
    if curve:
        draw(curve, evaluation)
        note(f"drawn to {curve}")
    if as_json:
        print_json(told)
    else:
        print_evaluation(evaluation, by_criteria)


def _of_file(ranked: Path, gold: Path, prior: Path | None, missing: Missing, warnings: list[str]) -> Evaluation:
    """The evaluation of a ranking; what is doubtful in its file is told, and added to `warnings`."""
    records = read_order(ranked, on_warning=warnings.append)
    for warning in warnings:
        warn(warning)
    judged = read_judged(gold, records)
    if judged is not None:
        note_undecided(len(records) - len(judged), f" in {gold.name}")
    decided = sum(bool(dict(record.extra).get("decision", "").strip()) for record in records)
    if decided and not prior:
        note(
            f"{decided} of these records carry decisions. If the ranking has learned from them, name them with --prior."
        )
    return evaluate(
        [record.record_id for record in records],
        read_gold(gold, records),
        prior=read_known(prior, records) if prior else (),
        missing=missing,
    )


def _of_review(folder: Path, gold: Path, order: Order, missing: Missing) -> tuple[Evaluation, Evaluation | None]:
    """The evaluation of a review, and what the criteria alone would have given."""
    with opened(folder) as review:
        make_ready(review, None)
        decided = review.status().joint.decided
        if order == "ranking" and decided:
            note(f"this ranking has learned from {decided} decisions, which makes its figures look better.")
        unordered = read_history(review.snapshot).unordered
        if order == "screening" and unordered:
            note(f"{unordered} records are left out: their decisions were imported, so when they were read is "
                 "not known.")  # fmt: skip
        relevant = gold_of(gold, review.snapshot)
        evaluation = evaluate_review(review, relevant, order=order, missing=missing)
        return evaluation, evaluate_by_criteria(review, relevant, order=order)


def draw(path: Path, evaluation: Evaluation, *, title: str = "") -> None:
    """Draws the recall curve of an evaluation."""
    from tiab.report.drawing import save_figure
    from tiab.report.recall import draw_recall

    ranks = [place for _, place in evaluation.relevant_ranks if place is not None]
    figure = draw_recall(ranks, evaluation.n_records, n_relevant=evaluation.n_relevant, title=title)
    save_figure(figure, path)


def print_evaluation(evaluation: Evaluation, by_criteria: Evaluation | None = None) -> None:
    """Prints what an ordering was worth: in sentences, then the rank of each relevant record, worst first.

    Args:
        by_criteria: the same records by the criteria alone, whose figures are to stand beside.
    """
    for sentence in evaluation.summary():
        console.print(Text(sentence))
    shown = [evaluation] if by_criteria is None else [evaluation, by_criteria]
    figures = [
        (metric, *(_share(getattr(one, name)) for one in shown))
        for metric, name in (
            ("work saved over sampling at 95% recall (WSS@95)", "wss_95"),
            ("work saved at 100% recall (WSS@100)", "wss_100"),
            ("loss (0 is a perfect order, 50% chance)", "loss"),
        )
    ]
    columns = ("metric", "value", "by criteria alone")[: 1 + len(shown)]
    print_table("figures", columns, figures, right=len(shown))
    hours = [
        (f"{w.seconds_per_record:.0f} s", w.screeners, f"{w.hours_all:.1f}", f"{w.hours_saved:.1f}")
        for w in evaluation.workload
        if w.target_recall == 1 and w.records_read is not None
    ]
    if hours:
        columns = ("time per record", "reviewers", "total hours", "hours saved")
        print_table("hours, if screening had stopped at the last relevant record", columns, hours, right=3)
    rows = [(place if place is not None else "not in the ranking", key) for key, place in evaluation.relevant_ranks]
    print_table("rank of each relevant record, worst first", ("rank", "record"), rows)


def _share(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.1%}"
