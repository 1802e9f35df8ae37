"""tiab rank"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tiab.cli.inputs import labels_of, pool_of
from tiab.cli.options import CriteriaOption, FilesArgument, JsonOption, LabelsOption, ReadingJobsOption, SeedOption
from tiab.cli.outputs import Commands, is_review, records_option
from tiab.cli.review_folder import make_ready, opened
from tiab.cli.show import counted, note, print_json, print_ranking, progress_bar, warn
from tiab.criteria import read_criteria
from tiab.criteria.scripts import foreign_scripts, script_warning
from tiab.errors import TiabError
from tiab.formats import write_records
from tiab.ranking.model_file import read_model
from tiab.ranking.rank import Ranking, rank

__all__ = ["columns_of", "rank_files"]

commands = Commands()


@commands.command("rank")
def rank_files(
    files: FilesArgument,
    criteria: CriteriaOption = None,
    labels: LabelsOption = None,
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="A saved model, from tiab train.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        records_option("Where to write the ranking: .csv, .ris or .xlsx."),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="How many records to show.")] = 10,
    seed: SeedOption = 0,
    jobs: ReadingJobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Rank the records of search exports, those most likely to be relevant first.

    Give the review's criteria, decisions made so far, a saved model, or several of these. If you give the folder of
    a review (tiab new), its records are ranked by its criteria and decisions.

    [dim]Example:[/dim] tiab rank pubmed.nbib embase.ris --criteria criteria.toml -o ranked.csv
    """
    if any(is_review(path) for path in files):
        if len(files) > 1 or criteria or labels or model or seed:
            raise TiabError("a review is ranked by its own criteria and decisions", hint="Give only its folder.")
        with opened(files[0], jobs=jobs) as review:
            make_ready(review, None)
            ranking = review.rank()
            foreign = foreign_scripts(ranking.records, review.snapshot.criteria)
            if foreign:
                warn(script_warning(foreign, len(ranking.records)))
            _show(ranking, output=output, top=top, as_json=as_json)
        return

    known_criteria = read_criteria(criteria) if criteria else None
    kept = read_model(model) if model else None
    pool = pool_of(files)
    decisions = labels_of(labels, pool)
    with progress_bar("reading abstracts", len(pool.records)) as progress:
        ranking = rank(
            pool.records, criteria=known_criteria, labels=decisions, model=kept, seed=seed, jobs=jobs, progress=progress
        )
    _show(ranking, output=output, top=top, as_json=as_json)


def _show(ranking: Ranking, *, output: Path | None, top: int, as_json: bool) -> None:
    if output:
        write_records(output, ranking.ranked, columns=columns_of(ranking))
        note(f"{counted(len(ranking.records), 'record')} ranked; written to {output}")
    if as_json:
        print_json(
            [dict(zip(ranking.columns, row, strict=True)) for row in zip(*ranking.columns.values(), strict=True)]
        )
    elif top:
        print_ranking(ranking.columns, top=top)


def columns_of(ranking: Ranking) -> dict[str, dict[str, object]]:
    """What a ranking adds to its records when they are written: column -> record id -> value."""
    names = {name: name for name in ranking.columns if name not in ("record_id", "title", "label")}
    names |= {"label": "decision"} if ranking.labels else {}
    order = [name for name in ranking.columns if name in names]
    ids = ranking.columns["record_id"]
    return {names[name]: dict(zip(ids, ranking.columns[name], strict=True)) for name in order}
