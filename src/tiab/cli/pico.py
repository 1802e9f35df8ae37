"""tiab pico"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from tiab.cli.inputs import pool_of
from tiab.cli.options import CriteriaOption, JsonOption, ReadingJobsOption
from tiab.cli.outputs import Commands
from tiab.cli.pico_card import card_of, colour_key, highlighted
from tiab.cli.pico_evaluation import MarkedSets, evaluate_pico
from tiab.cli.show import console, print_json, progress_bar
from tiab.criteria import read_criteria
from tiab.errors import LabelError
from tiab.pico import Span, find_spans
from tiab.pico.card import make_pico_card
from tiab.pico.design_scores import design_scores
from tiab.records import Record

__all__ = ["show_pico"]

commands = Commands()


@commands.command("pico")
def show_pico(
    file: Annotated[Path | None, typer.Argument(help="A search export.", show_default=False)] = None,
    criteria: CriteriaOption = None,
    record: Annotated[
        list[str] | None, typer.Option("--record", "-r", help="Only this record id; may be repeated.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many records to show.")] = 3,
    learned: Annotated[
        bool, typer.Option("--learned/--rules-only", help="Also find phrases that are in no list.")
    ] = True,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="Show the sentence beneath each statement of the card.")
    ] = False,
    jobs: ReadingJobsOption = 0,
    as_json: JsonOption = False,
    evaluate: Annotated[bool, typer.Option("--evaluate", help="Measure on marked abstracts instead.")] = False,
    ebm_nlp: Annotated[
        Path | None, typer.Option("--ebm-nlp", help="Marked abstracts, one token a line.", show_default=False)
    ] = None,
    pico_corpus: Annotated[
        Path | None, typer.Option("--pico-corpus", help="Folder or tar file of brat files.", show_default=False)
    ] = None,
    nicta: Annotated[
        Path | None, typer.Option("--nicta", help="Sentences with their roles, one per line.", show_default=False)
    ] = None,
    roles: Annotated[
        Path | None, typer.Option("--roles", help="Structured abstracts: PubMed XML or JSON.", show_default=False)
    ] = None,
    findings: Annotated[
        Path | None,
        typer.Option("--findings", help="Questions on the direction of outcomes: JSONL.", show_default=False),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(
            "--people", help="People and numbers that were marked: CSV, with --abstracts.", show_default=False
        ),
    ] = None,
    abstracts: Annotated[
        list[Path] | None,
        typer.Option("--abstracts", help="A file with the abstracts of --people; may be repeated.", show_default=False),
    ] = None,
    designs: Annotated[
        Path | None,
        typer.Option("--designs", help="Records with publication types: PubMed XML.", show_default=False),
    ] = None,
    trials: Annotated[
        Path | None,
        typer.Option("--trials", help="Abstracts of trials by section: gzipped JSON.", show_default=False),
    ] = None,
    include_trained: Annotated[
        bool, typer.Option("--include-trained", help="Include articles that the models were trained on.")
    ] = False,
) -> None:
    """Show population, intervention, comparator, outcome, design and numbers in abstracts.

    Each record gets a card; --sentences shows the sentence behind each statement. With --json, all records (or those
    named), each with its card and the place of every finding in the text.

    With --evaluate, measures how well it is found in abstracts that people marked, without those that the models were
    trained on.

    [dim]Example:[/dim] tiab pico pubmed.nbib --criteria criteria.toml --top 5

    [dim]Example:[/dim] tiab pico --evaluate --ebm-nlp test.txt --pico-corpus pico-corpus.tar.gz --roles abstracts.json
    """
    if evaluate:
        sets = MarkedSets(
            ebm_nlp=ebm_nlp, pico_corpus=pico_corpus, nicta=nicta, roles=roles, findings=findings, people=people,
            designs=designs, trials=trials, abstracts=tuple(abstracts or ()),
        )  # fmt: skip
        evaluate_pico(sets, include_trained=include_trained, as_json=as_json)
        return
    if file is None:
        raise typer.BadParameter("give a search export, or --evaluate and a set to measure on", param_hint="FILE")
    _show_file(file, criteria, record, top, sentences=sentences, jobs=jobs, learned=learned, as_json=as_json)


def _show_file(
    file: Path,
    criteria: Path | None,
    record: list[str] | None,
    top: int,
    *,
    sentences: bool,
    jobs: int,
    learned: bool,
    as_json: bool,
) -> None:
    known_criteria = read_criteria(criteria) if criteria else None
    chosen = [r for r in pool_of([file]).records if not record or r.record_id in record]
    if record and len(chosen) < len(set(record)):
        missing = ", ".join(sorted(set(record) - {r.record_id for r in chosen}))
        raise LabelError(f"no record '{missing}' in {file}", hint="tiab rank shows the ids.")
    chosen = chosen if as_json or record else chosen[:top]
    with progress_bar("reading abstracts", len(chosen)) as progress:
        found = find_spans(chosen, known_criteria, jobs=jobs, learned=learned, progress=progress)
    if as_json:
        pairs = zip(chosen, found, strict=True)
        print_json(
            [
                {
                    "record_id": record.record_id,
                    "text": record.text,
                    "designs": design_scores(spans, record.publication_types),
                    "card": [line.to_dict() for line in make_pico_card(record, spans)],
                    "spans": [span.to_dict() for span in spans],
                }
                for record, spans in pairs
            ]
        )
        return
    for one, spans in zip(chosen, found, strict=True):
        _show(one, spans, sentences=sentences)
    if console.color_system:  # without colours nothing is marked in the text
        console.print(colour_key({span.role for spans in found for span in spans}))


def _show(record: Record, spans: Sequence[Span], *, sentences: bool) -> None:
    text = highlighted(record.text, spans)
    title, *rest = text.split("\n")
    title.stylize("bold")
    console.rule(Text(record.record_id), align="left", style="dim")
    console.print(title)
    for paragraph in rest:
        console.print(Padding(paragraph, (0, 0, 0, 2)))
    console.print(card_of(record, spans, sentences=sentences))
    console.print()
