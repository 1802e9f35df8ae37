"""tiab demo"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.text import Text

from tiab.assets import corpus_path
from tiab.cli.evaluate import draw, print_evaluation
from tiab.cli.options import JsonOption
from tiab.cli.outputs import Commands
from tiab.cli.rank import columns_of
from tiab.cli.show import console, print_json, print_ranking
from tiab.criteria import read_criteria
from tiab.decisions import read_labels
from tiab.errors import InputError
from tiab.evaluation.evaluate import Evaluation, evaluate
from tiab.evaluation.gold import read_gold
from tiab.evaluation.withheld import Withheld, rank_with_few_labels
from tiab.formats import iter_records, write_records
from tiab.ranking.rank import Ranking, rank
from tiab.writing import write_json

__all__ = ["demo"]

commands = Commands()

_INCLUDED, _EXCLUDED = 6, 20
"""The labels that the second part of the demonstration learns from."""


@commands.command("demo")
def demo(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", writable=True, file_okay=False, help="The output folder."),
    ] = Path("demo-output"),
    top: Annotated[int, typer.Option(min=1, help="How many records to show.")] = 16,
    as_json: JsonOption = False,
) -> None:
    """Rank the embedded corpus and evaluate the ranking against the 12 studies of its review.

    Writes ranked.csv, evaluation.json, recall.svg and recall.png.

    [dim]Example:[/dim] tiab demo --output demo-output
    """
    corpus = corpus_path()
    records, criteria = list(iter_records(corpus / "records.csv")), read_criteria(corpus / "criteria.toml")
    gold = read_gold(corpus / "gold.csv", records)
    ranking = rank(records, criteria=criteria)
    evaluation = evaluate(ranking.order, gold)
    labels = read_labels(corpus / "records.csv")
    runs = rank_with_few_labels(records, labels, criteria=criteria, n_included=_INCLUDED, n_excluded=_EXCLUDED)
    _write(output, ranking, evaluation, _learned(runs))
    if as_json:
        print_json({"evaluation": evaluation.to_dict(), "few_labels": _learned(runs), "output": str(output)})
        return
    console.print(Text(f"\n{criteria.title}\n", style="bold"))
    console.print(Text(f"{len(records)} digests ranked by the criteria alone; nothing has been decided yet.\n"))
    print_ranking(ranking.columns, top=top)
    console.print(Text(f"\nThe ranking against the {len(gold)} studies that the review included\n", style="bold"))
    print_evaluation(evaluation)
    _print_learned(runs)
    console.print(Text(f"\nWritten to {output}: ranked.csv, evaluation.json, recall.svg, recall.png"))
    console.print(Text("The digests were written for this project: they show that tiab works, not how well."))


def _learned(runs: list[Withheld]) -> dict[str, Any]:
    """What so few labels taught, as plain JSON types."""
    return {
        "included": _INCLUDED,
        "excluded": _EXCLUDED,
        "draws": len(runs),
        "median_ranked_above": median(run.auc for run in runs),
        "median_worst_above": median(run.worst for run in runs),
        "median_ranked_above_by_criteria": median(run.auc for run in _by_criteria(runs)),
        "median_worst_above_by_criteria": median(run.worst for run in _by_criteria(runs)),
        "runs": [run.to_dict() for run in runs],
    }


def _by_criteria(runs: list[Withheld]) -> list[Withheld]:
    return [run.by_criteria for run in runs if run.by_criteria is not None]


def _write(output: Path, ranking: Ranking, evaluation: Evaluation, learned: dict[str, Any]) -> None:
    """Writes all files into `output`, which is made where it is missing."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", path=output, hint="Choose another with -o.") from error
    write_records(output / "ranked.csv", ranking.ranked, columns=columns_of(ranking))
    write_json(output / "evaluation.json", evaluation.to_dict() | {"few_labels": learned})
    for kind in ("svg", "png"):
        draw(output / f"recall.{kind}", evaluation, title="Exercise, cytokines and adipokines in multiple sclerosis")


def _print_learned(runs: list[Withheld]) -> None:
    console.print(Text("\nAfter learning from some of them\n", style="bold"))
    sentences = (
        f"{len(runs)} times, {_INCLUDED} included and {_EXCLUDED} excluded records were drawn at random and learned "
        "from; then the other records were ranked.",
        f"The other included records rank above {median(run.auc for run in runs):.0%} of the other excluded ones on "
        f"average (median of the draws; worst draw {min(run.auc for run in runs):.0%}).",
        f"The last of them ranks above {median(run.worst for run in runs):.0%} (median of the draws).",
        f"By the criteria alone, with nothing learned: above {median(run.auc for run in _by_criteria(runs)):.0%}, the "
        f"last above {median(run.worst for run in _by_criteria(runs)):.0%}.",
    )
    for sentence in sentences:
        console.print(Text(sentence))
