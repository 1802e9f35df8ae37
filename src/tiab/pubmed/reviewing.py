"""The real pool of a review whose search and included studies are known: searched, fetched and checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rapidfuzz.fuzz import partial_ratio

from tiab.criteria import read_criteria
from tiab.errors import InputError
from tiab.folding import folded_words
from tiab.formats import iter_records
from tiab.formats.input_file import open_source
from tiab.formats.text import decoding_of, lines_of
from tiab.pubmed.fetching import fetch_found, fetch_pmids
from tiab.pubmed.searching import Found, Part, search
from tiab.pubmed.server import Server
from tiab.writing import check_output, write_bytes

__all__ = ["Doubt", "RealPool", "fetch_review"]

_ALIKE = 85.0
"""Percent of a fetched title that must stand in the citation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A PMID of the gold standard whose record is not the study that its citation names."""

    record_id: str
    pmid: str
    citation: str
    fetched_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPool:
    """The records of a review's own search, with the included studies.

    Attributes:
        records: how many in `path`.
        searched: how many the search found.
        outside: PMIDs of included studies that the search doesn't find.
        doubts: PMIDs that are of another study than the one cited; `gold` names those studies by DOI alone.
        missing: PMIDs that PubMed doesn't know.
    """

    path: Path
    gold: Path
    records: int
    searched: int
    outside: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def fetch_review(
    server: Server,
    corpus: str | Path,
    output: str | Path,
    *,
    found: Callable[[int], Callable[[int], object]] | None = None,
) -> RealPool:
    """Writes into the folder `output` records.xml and gold.csv: the search of the review in `corpus`, with its studies.

    Args:
        corpus: a folder with criteria.toml, whose [search] has `pubmed` and may have `until`, and gold.csv.
        found: is called with the number of records; what it gives is called with numbers of records that came.

    Raises:
        TiabError: the corpus lacks the search or the gold standard, or PubMed cannot be asked.
    """
    corpus, output = Path(corpus), Path(output)
    criteria = read_criteria(corpus / "criteria.toml")
    if not criteria.search.pubmed:
        hint = 'Add [search] with pubmed = "…".'
        raise InputError("has no search to run", path=corpus / "criteria.toml", hint=hint)
    until = date.fromisoformat(criteria.search.until) if criteria.search.until else None
    rows = _gold(corpus / "gold.csv")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", path=output, hint="Choose another with -o.") from error
    records, gold_copy, included = (output / name for name in ("records.xml", "gold.csv", "included.xml"))
    for path in (records, gold_copy, included):
        check_output(path)
    searched = search(server, criteria.search.pubmed, until=until)
    known = {pmid for part in searched.parts for pmid in part.pmids}
    studies = tuple(dict.fromkeys(row["pmid"] for row in rows if row["pmid"]))
    outside = tuple(pmid for pmid in studies if pmid not in known)
    progress = found(searched.total + len(outside)) if found else None
    gold = fetch_pmids(server, studies, included, progress=None)
    titles = {record.pmid: record.title for record in iter_records(included)}
    doubts = tuple(_doubts(rows, titles))
    wrong = {doubt.pmid for doubt in doubts} | set(gold.missing)
    pool = _with_studies(searched, [pmid for pmid in outside if pmid not in wrong])
    fetched = fetch_found(server, pool, records, query=criteria.search.pubmed, progress=progress)
    included.unlink()
    _write_gold(gold_copy, rows, wrong)
    return RealPool(
        path=fetched.path, gold=gold_copy, records=fetched.records, searched=searched.total, outside=outside,
        doubts=doubts, missing=gold.missing, warnings=searched.warnings,
    )  # fmt: skip


def _with_studies(searched: Found, pmids: Sequence[str]) -> Found:
    if not pmids:
        return searched
    parts = (*searched.parts, Part(pmids=tuple(pmids)))
    return replace(searched, total=searched.total + len(pmids), parts=parts)


def _gold(path: Path) -> list[dict[str, str]]:
    source = open_source(path)
    rows = list(csv.DictReader(line + "\n" for line in lines_of(source, decoding_of(source))))
    needed = {"record_id", "citation", "pmid", "doi"}
    if not rows or not needed <= set(rows[0]):
        raise InputError("is no gold standard", path=path, hint=f"It needs the columns {', '.join(sorted(needed))}.")
    return [{name: (value or "").strip() for name, value in row.items() if name} for row in rows]


def _doubts(rows: Sequence[dict[str, str]], titles: dict[str, str]) -> list[Doubt]:
    """The rows whose PMID led to a title that doesn't stand in their citation."""
    return [
        Doubt(record_id=row["record_id"], pmid=row["pmid"], citation=row["citation"], fetched_title=titles[row["pmid"]])
        for row in rows
        if row["pmid"] in titles
        and partial_ratio(folded_words(titles[row["pmid"]]), folded_words(row["citation"])) < _ALIKE
    ]


def _write_gold(path: Path, rows: Sequence[dict[str, str]], wrong: set[str]) -> None:
    """The gold standard without the PMIDs that are of another study, so that it is not counted for this one."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "pmid": "" if row["pmid"] in wrong else row["pmid"]} for row in rows)
    write_bytes(path, buffer.getvalue().encode())
