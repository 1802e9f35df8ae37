"""tiab demo"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from tiab.cli.app import app
from tiab.cli.evaluate import draw, print_evaluation
from tiab.cli.inputs import JsonOption
from tiab.cli.rank import columns_of
from tiab.cli.show import console, print_json, print_ranking

if TYPE_CHECKING:
    from tiab.heldout import HeldOut

__all__ = ["demo"]


@app.command("demo")
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for what it writes.")] = Path(
        "demo-output"
    ),
    top: Annotated[int, typer.Option(min=1, help="How many records to show.")] = 16,
    as_json: JsonOption = False,
) -> None:
    """Rank the embedded corpus by its criteria and evaluate the ranking against the 12 studies of the review.

    Writes ranked.csv, evaluation.json, recall.svg and recall.png.

    [dim]Example:[/dim] tiab demo --output demo-output
    """
    from tiab.assets import corpus_path
    from tiab.criteria import read_criteria
    from tiab.errors import InputError
    from tiab.evaluation import evaluate
    from tiab.formats import read_labels, read_records, write_records
    from tiab.gold import read_gold
    from tiab.heldout import rank_held_out
    from tiab.ranking import rank
    from tiab.writing import write_json

    corpus = corpus_path()
    records, criteria = read_records(corpus / "records.csv"), read_criteria(corpus / "criteria.toml")
    gold = read_gold(corpus / "gold.csv", records)
    ranking = rank(records, criteria=criteria)
    evaluation = evaluate(ranking.order, gold)
    held_out = rank_held_out(
        records, read_labels(corpus / "records.csv"), criteria=criteria, n_included=6, n_excluded=20
    )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", path=output, hint="Choose another with -o.") from error
    write_records(output / "ranked.csv", ranking.ranked, columns=columns_of(ranking))
    write_json(output / "evaluation.json", evaluation.to_dict() | {"held_out": held_out.to_dict()})
    for kind in ("svg", "png"):
        draw(output / f"recall.{kind}", evaluation, title="Exercise, cytokines and adipokines in multiple sclerosis")
    if as_json:
        print_json({"evaluation": evaluation.to_dict(), "held_out": held_out.to_dict(), "output": str(output)})
        return
    console.print(Text(f"\n{criteria.title}\n", style="bold"))
    console.print(Text(f"{len(records)} digests ranked by the criteria alone; nobody has labelled anything yet.\n"))
    print_ranking(ranking.table, top=top)
    console.print(Text(f"\nThe ranking against the {len(gold)} studies that the review included\n", style="bold"))
    print_evaluation(evaluation)
    _print_held_out(held_out)
    console.print(Text(f"\nWritten to {output}: ranked.csv, evaluation.json, recall.svg, recall.png"))
    console.print(Text("These digests were written for this project: they show that it runs, not how well it ranks."))


def _print_held_out(held_out: HeldOut) -> None:
    console.print(Text("\nAfter learning from some of them\n", style="bold"))
    for sentence in held_out.summary():
        console.print(Text(sentence))
