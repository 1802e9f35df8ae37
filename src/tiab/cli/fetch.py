"""tiab fetch"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from tiab.cli.options import JsonOption
from tiab.cli.outputs import Commands
from tiab.cli.show import console, note, print_json, progress_bar
from tiab.pubmed import (
    Fetched,
    RealPool,
    Server,
    Settings,
    check_suffix,
    fetch_found,
    fetch_pmids,
    fetch_review,
    read_pmids,
    search,
)

__all__ = ["ServerOption", "fetch_by_pmid", "fetch_real_pool", "fetch_search", "pubmed_server"]

commands = Commands()

_fetch = Commands(
    no_args_is_help=True, help="Fetch records from PubMed.\n\nNCBI_API_KEY and NCBI_EMAIL in the environment are used."
)
commands.add_typer(_fetch, name="fetch")


def _named_for_format(path: Path) -> Path:
    """`path`, if its suffix names a format that PubMed's records are written in."""
    check_suffix(path)
    return path


OutputOption = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        writable=True,
        callback=_named_for_format,
        help="Where to write them: .xml, .xml.gz, .ris, .csv …",
        show_default=False,
    ),
]
ServerOption = Annotated[str, typer.Option("--server", hidden=True, help="Another address of the E-utilities.")]


@_fetch.command("pubmed")
def fetch_search(
    query: Annotated[str, typer.Option("--query", "-q", help="As PubMed's search box takes it.", show_default=False)],
    output: OutputOption,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y/%m/%d", "%Y-%m-%d"], help="The last day to include.", show_default=False),
    ] = None,
    by: Annotated[
        Literal["edat", "pdat"], typer.Option(help="Which day: edat, when PubMed took it in; pdat, of publication.")
    ] = "edat",
    server: ServerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch the results of a PubMed search; run it again to resume an interrupted fetch.

    [dim]Example:[/dim] tiab fetch pubmed --query "multiple sclerosis[mesh] AND yoga" --until 2017/10/31 -o yoga.xml
    """
    with pubmed_server(server) as pubmed:
        found = search(pubmed, query, until=until.date() if until else None, by=by)
        for warning in found.warnings:
            note(warning)
        with progress_bar("fetching", found.total) as progress:
            fetched = fetch_found(pubmed, found, output, query=query, progress=progress)
    _tell(fetched, as_json=as_json, query=query, translation=found.translation, warnings=list(found.warnings))


@_fetch.command("pmids")
def fetch_by_pmid(
    file: Annotated[Path, typer.Argument(help="PMIDs: one per line, or a table or export.", show_default=False)],
    output: OutputOption,
    server: ServerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch records by their PMIDs.

    [dim]Example:[/dim] tiab fetch pmids known.txt -o known.xml
    """
    pmids = read_pmids(file)
    with pubmed_server(server) as pubmed, progress_bar("fetching", len(pmids)) as progress:
        fetched = fetch_pmids(pubmed, pmids, output, progress=progress)
    _tell(fetched, as_json=as_json)


@_fetch.command("review")
def fetch_real_pool(
    corpus: Annotated[Path, typer.Argument(help="A folder with criteria.toml and gold.csv.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            writable=True,
            file_okay=False,
            help="The folder for records.xml and gold.csv.",
            show_default=False,
        ),
    ],
    server: ServerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch the real records of a review: its own search up to its date, and the studies that it included.

    [dim]Example:[/dim] tiab fetch review corpora/exercise-ms-cytokines -o real
    """
    with pubmed_server(server) as pubmed, ExitStack() as bars:
        pool = fetch_review(
            pubmed, corpus, output, found=lambda total: bars.enter_context(progress_bar("fetching", total))
        )
    if as_json:
        print_json({**asdict(pool), "path": str(pool.path), "gold": str(pool.gold)})
    else:
        _print_pool(pool, corpus)


def pubmed_server(url: str) -> Server:
    """PubMed, with the key and address that the environment gives; or the server at `url`, asked at will."""
    settings = Settings.from_environment()
    return Server(replace(settings, url=url, per_second=1000, pause=0.01) if url else settings)


def _tell(fetched: Fetched, *, as_json: bool, **more: object) -> None:
    if as_json:
        print_json({"path": str(fetched.path), "records": fetched.records, "missing": list(fetched.missing), **more})
    if fetched.missing:
        note(f"PubMed doesn't know {len(fetched.missing)} of these PMIDs: {', '.join(fetched.missing[:10])}")
    note(f"{fetched.records} records written to {fetched.path}")


def _print_pool(pool: RealPool, corpus: Path) -> None:
    for warning in pool.warnings:
        note(warning)
    console.print(f"{pool.searched} records found by the search, {pool.records} with the included studies: {pool.path}")
    if pool.outside:
        console.print(f"The search doesn't find {len(pool.outside)} included studies: PMID {', '.join(pool.outside)}")
    for doubt in pool.doubts:
        console.print(f"PMID {doubt.pmid} is not {doubt.record_id}: PubMed has “{doubt.fetched_title}”")
    if pool.missing:
        console.print(f"PubMed doesn't know PMID {', '.join(pool.missing)}")
    if pool.doubts or pool.missing:
        console.print(f"{pool.gold} names these studies by DOI alone.")
    console.print(f"\ntiab rank {pool.path} --criteria {corpus / 'criteria.toml'} -o ranked.csv")
    console.print(f"tiab evaluate ranked.csv --gold {pool.gold} --missing count")
