"""tiab train"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tiab.cli.inputs import labels_of, pool_of
from tiab.cli.options import CriteriaOption, FilesArgument, JsonOption, ReadingJobsOption, SeedOption
from tiab.cli.outputs import Commands
from tiab.cli.show import note, print_json
from tiab.criteria import read_criteria
from tiab.ranking.model_file import write_model
from tiab.ranking.rank import train

__all__ = ["train_model"]

commands = Commands()


@commands.command("train")
def train_model(
    files: FilesArgument,
    labels: Annotated[
        list[Path], typer.Option("--labels", "-l", help="Decisions on these records.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", writable=True, help="Where to save the model (.safetensors).", show_default=False
        ),
    ],
    criteria: CriteriaOption = None,
    seed: SeedOption = 0,
    jobs: ReadingJobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Learn from decisions, and save what was learned to rank the next search.

    The file holds numbers and words, no code: it can be shared and opened safely.

    [dim]Example:[/dim] tiab train screened.csv --labels screened.csv --criteria criteria.toml -o mine.safetensors
    """
    known_criteria = read_criteria(criteria) if criteria else None
    pool = pool_of(files)
    decisions = labels_of(labels, pool)
    model = train(pool.records, labels=decisions, criteria=known_criteria, seed=seed, jobs=jobs)
    write_model(output, model)
    learned = {"included": model.n_included, "excluded": model.n_excluded, "columns": len(model.coef)}
    if as_json:
        told = {**learned, "data_hash": model.data_hash, "seed": model.seed, "warnings": list(pool.warnings)}
        print_json({"output": str(output), **told})
    else:
        note(f"learned from {model.n_included} included and {model.n_excluded} excluded records; kept in {output}")
