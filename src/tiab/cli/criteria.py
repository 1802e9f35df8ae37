"""tiab criteria check, draft and suggest"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tiab.cli.inputs import pool_of
from tiab.cli.options import CriteriaOption, JsonOption, LabelsOption, ReadingJobsOption, ReviewerOption
from tiab.cli.outputs import Commands, is_review
from tiab.cli.review_folder import opened
from tiab.cli.show import console, note, print_json, print_table, progress_bar, warn
from tiab.criteria import Criteria, read_criteria
from tiab.decisions import pool_reasons
from tiab.drafting import draft
from tiab.errors import CriteriaError
from tiab.features.matches import Hits, count_hits
from tiab.reading import read_whole
from tiab.records import Record
from tiab.suggesting import KINDS, TermSuggestion, add_related, suggest_terms
from tiab.writing import write_bytes

__all__ = ["check_criteria", "criteria_app", "draft_criteria", "suggest"]

_LARGEST = 4 << 20
"""Bytes; a protocol has some tens of kB."""

commands = Commands()

criteria_app = Commands(no_args_is_help=True, help="Work on a review's criteria file.")
commands.add_typer(criteria_app, name="criteria")


@criteria_app.callback()
def _criteria() -> None:
    """Work on a review's criteria file."""


@criteria_app.command("check")
def check_criteria(
    file: Annotated[Path, typer.Argument(help="The criteria, a TOML file.", show_default=False)],
    records: Annotated[
        list[Path] | None, typer.Argument(help="Search exports to count the concepts in.", show_default=False)
    ] = None,
    jobs: ReadingJobsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Show what a criteria file contains and, given records, how many match each concept and each pair of concepts.

    [dim]Example:[/dim] tiab criteria check criteria.toml pubmed.nbib
    """
    criteria = read_criteria(file)
    result: dict[str, object] = {
        "title": criteria.title,
        "concepts": [
            {
                "role": concept.role,
                "name": concept.name,
                "required": concept.required,
                "terms": len(concept.terms),
                "abbreviations": len(concept.abbreviations),
                "against": len(concept.against),
                "designs": len(concept.designs),
            }
            for concept in criteria.concepts
        ],
        "lacking": criteria.lacking,
    }
    hits = None
    if records:
        pool = pool_of(records)
        with progress_bar("reading abstracts", len(pool.records)) as progress:
            hits = count_hits(pool.records, criteria, jobs=jobs, progress=progress)
        result |= hits.to_dict() | {"warnings": [*pool.warnings, *hits.warnings]}
        for warning in hits.warnings:
            warn(warning)
    if as_json:
        print_json(result)
        return
    _print_criteria(criteria)
    if hits is not None:
        _print_hits(hits)


@criteria_app.command("draft")
def draft_criteria(
    files: Annotated[
        list[Path],
        typer.Argument(help="Protocols, eligibility criteria or search strategies, as text.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", writable=True, help="Where to write the criteria, a TOML file.", show_default=False
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="The review's title, where the files do not say it.")] = "",
    records: Annotated[
        list[Path] | None,
        typer.Option(
            "--records",
            help="Search exports, or a review, to count each term in.",
            show_default=False,
        ),
    ] = None,
    related: Annotated[
        bool,
        typer.Option("--related", help="Take related words from the records that match best (see docs/criteria.md)."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Draft criteria from a protocol, a search strategy or both, for you to check.

    Comments in the file say which words each term came from, and what was not used.

    [dim]Example:[/dim] tiab criteria draft protocol.txt strategy.txt --records pubmed.nbib -o criteria.toml
    """
    drafted = draft(*(_text_of(path) for path in files), title=title)
    if related and not records:
        raise CriteriaError("--related takes words from records", hint="Give --records FILE as well.")
    if records:
        pool = _records_of(records)
        drafted = (add_related(drafted, pool) if related else drafted).counted(pool)
    if output is not None:
        write_bytes(output, drafted.to_toml().encode("utf-8"))
    if as_json:
        print_json(drafted.to_dict())
        return
    if output is None:
        console.print(drafted.to_toml(), markup=False, highlight=False, soft_wrap=True, end="")
        return
    _print_criteria(drafted.criteria)
    if drafted.not_used:
        note(f"{len(drafted.not_used)} pieces of the source were not used; the end of {output.name} lists them.")
    note("This is a draft: check it before you rank by it.")


@criteria_app.command("suggest")
def suggest(
    sources: Annotated[
        list[Path], typer.Argument(metavar="DIR|FILES", help="A review, or search exports.", show_default=False)
    ],
    criteria: CriteriaOption = None,
    labels: LabelsOption = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help='A suggested term, or "CONCEPT: TERM"; in a review.', show_default=False),
    ] = None,
    reviewer: ReviewerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Suggest changes to the terms of the criteria, from the records and the decisions on them.

    Spellings, abbreviations, headings, words that set included records apart, terms that find nothing, and terms that
    let in what was excluded. Accepting one changes the review's criteria; `tiab undo DIR --criteria` undoes it.

    [dim]Example:[/dim] tiab criteria suggest ms-review --accept "whole body vibration"
    [dim]Example:[/dim] tiab criteria suggest pubmed.nbib -c criteria.toml --labels decisions.csv
    """
    if len(sources) == 1 and is_review(sources[0]):
        if criteria or labels:
            hint = "Leave --criteria and --labels out."
            raise CriteriaError("a review has its own criteria and decisions", hint=hint)
        with opened(sources[0]) as review:
            found = review.suggestions(reviewer or None)
            accepted = [_chosen(found, wanted) for wanted in accept or []]
            for one in accepted:
                review.accept_suggestion(one)
        _show_suggestions(found, accepted, as_json=as_json)
        return
    if accept:
        raise CriteriaError("suggestions are accepted in a review", hint="Edit the criteria file, or give a review.")
    if criteria is None:
        raise CriteriaError("there are no criteria to suggest terms for", hint="Give them with --criteria FILE.")
    pool = pool_of(sources)
    known, doubts = pool_reasons(pool, labels or [])
    for doubt in doubts:
        note(doubt)
    found = suggest_terms(pool.records, criteria=read_criteria(criteria), labels=known.values())
    _show_suggestions(found, [], as_json=as_json)


def _chosen(found: Sequence[TermSuggestion], wanted: str) -> TermSuggestion:
    """The suggestion that somebody accepts by its term, or by its concept and its term."""
    said = wanted.casefold().strip()
    chosen = [one for one in found if said in (one.term.casefold(), f"{one.concept}: {one.term}".casefold())]
    if not chosen:
        raise CriteriaError(f"'{wanted}' is not among the suggestions", hint="Run it without --accept to see them.")
    if len({(one.concept, one.key) for one in chosen}) > 1:
        names = ", ".join(f'"{one.concept}: {one.term}"' for one in chosen)
        raise CriteriaError(f"'{wanted}' is suggested for more than one concept", hint=f"Give one of {names}.")
    return chosen[0]


def _show_suggestions(found: Sequence[TermSuggestion], accepted: Sequence[TermSuggestion], *, as_json: bool) -> None:
    if as_json:
        print_json({"suggestions": [one.to_dict() for one in found], "accepted": [one.to_dict() for one in accepted]})
        return
    columns = ("concept", "change", "term", "why", "records", "included", "excluded", "unread", "p")
    for kind, title in KINDS.items():
        rows = [
            (
                one.concept,
                one.action if one.key == "terms" else f"{one.action} to {one.key}",
                one.term,
                one.because,
                *(one.records, one.included, one.excluded, one.unread, "" if one.p is None else f"{one.p:.2g}"),
            )
            for one in found
            if one.kind == kind
        ]
        if rows:
            print_table(title, columns, rows, right=5)
    if not found:
        note("There is nothing to suggest.")
    for one in accepted:
        note(f"{'Added' if one.action == 'add' else 'Removed'} “{one.term}” ({one.concept}, {one.key}).")


def _records_of(sources: list[Path]) -> Sequence[Record]:
    if len(sources) == 1 and is_review(sources[0]):
        with opened(sources[0]) as review:
            return review.snapshot.merged_records()
    return pool_of(sources).records


def _text_of(path: Path) -> str:
    try:
        return read_whole(path, largest=_LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CriteriaError("is not UTF-8 text", path=path, hint="Copy the text into a .txt file.") from error


def _print_criteria(criteria: Criteria) -> None:
    console.print(criteria.title, style="bold", markup=False)
    for sentence in criteria.lacking:
        note(sentence)
    if not criteria.concepts:
        return
    rows = [
        (
            c.role,
            c.name,
            "yes" if c.required else "no",
            len(c.terms),
            len(c.abbreviations),
            len(c.against),
            len(c.designs),
        )
        for c in criteria.concepts
    ]
    columns = ("role", "concept", "required", "terms", "abbreviations", "against", "designs")
    print_table("", columns, rows, right=4)


def _print_hits(hits: Hits) -> None:
    print_table(
        f"of {hits.n_records} records",
        ("concept", "records", "share"),
        [(*row, f"{row[1] / hits.n_records:.1%}") for row in hits.singles],
        right=2,
    )
    if hits.pairs:
        print_table(
            "two concepts together", ("concepts", "records"), [(f"{a} + {b}", n) for a, b, n in hits.pairs], right=1
        )
    console.print(f"\nevery required concept: {hits.all_required} records", markup=False)
    for name in hits.silent_terms:
        terms = ", ".join(hits.silent_terms[name])
        console.print(f"terms of '{name}' that no record has: {terms}", style="dim", markup=False)
