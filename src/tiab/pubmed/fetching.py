"""Records from PubMed into a file: what a search finds, or what a list of PMIDs names."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tiab.errors import InputError, TiabError
from tiab.formats import iter_records, write_records
from tiab.formats.input_file import open_source
from tiab.formats.text import decoding_of, lines_of
from tiab.formats.writing import SUFFIXES
from tiab.pubmed.batches import Kept, fetch_batches, records_in
from tiab.pubmed.searching import Found, Part
from tiab.pubmed.server import Server
from tiab.writing import replacing

__all__ = ["Fetched", "check_suffix", "fetch_found", "fetch_pmids", "read_pmids"]

_START = re.compile(rb"<Pubmed(?:Book)?Article[\s>/]")
_END = b"</PubmedArticleSet>"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n'
XML_SUFFIXES = (".xml", ".xml.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came.

    Attributes:
        records: how many stand in the file.
        missing: PMIDs that PubMed doesn't know.
    """

    path: Path
    records: int
    missing: tuple[str, ...] = ()


def fetch_found(
    server: Server,
    found: Found,
    output: str | Path,
    *,
    query: str = "",
    progress: Callable[[int], object] | None = None,
) -> Fetched:
    """Writes what a search found to `output`, whole or not at all; batches that have come are kept beside it till then.

    Args:
        output: ends in .xml or .xml.gz for PubMed's own XML, or in a suffix that `write_records` knows.
        progress: is called with numbers of records.

    Raises:
        TiabError: fewer records came than PubMed counts, or PubMed cannot be asked.
        InputError: the suffix is none of these, or the file cannot be written.
    """
    if not found.total:
        raise TiabError("the search finds nothing", hint="Check its spelling and the date.")
    return _fetch(server, found.parts, Path(output), f"search {query}", complete=True, progress=progress)


def fetch_pmids(
    server: Server, pmids: Iterable[str], output: str | Path, *, progress: Callable[[int], object] | None = None
) -> Fetched:
    """Writes the records with these PMIDs to `output`, as `fetch_found` does; those that PubMed doesn't know are named.

    Raises:
        TiabError: none of them is known, or PubMed cannot be asked.
        InputError: as `fetch_found`.
    """
    wanted = tuple(dict.fromkeys(pmids))
    if not wanted:
        raise TiabError("there is no PMID to fetch", hint="Give some, one a line.")
    return _fetch(server, (Part(pmids=wanted),), Path(output), "pmids", complete=False, progress=progress)


def check_suffix(path: Path) -> None:
    """Refuses a name that tells no format before anything is fetched.

    Raises:
        InputError: its suffix is none that can be written.
    """
    name = path.name.lower()
    if not name.endswith(XML_SUFFIXES) and not name.removesuffix(".gz").endswith(SUFFIXES):
        known = ", ".join((*XML_SUFFIXES, *SUFFIXES))
        raise InputError("has a suffix that names no format", path=path, hint=f"Use one of {known}.")


def _fetch(
    server: Server,
    parts: Sequence[Part],
    output: Path,
    request: str,
    *,
    complete: bool,
    progress: Callable[[int], object] | None,
) -> Fetched:
    check_suffix(output)
    pmids = [pmid for part in parts for pmid in part.pmids]
    kept = Kept(output, request)
    kept.matches(pmids, server.settings.batch)
    batches = list(fetch_batches(server, parts, kept, complete=complete, progress=progress))
    came: dict[str, None] = {}
    for batch in batches:
        came |= dict.fromkeys(record.pmid for record in records_in(batch))
    missing = tuple(pmid for pmid in pmids if pmid not in came)
    if (complete and missing) or not came:
        wanted = len(set(pmids))
        raise TiabError(f"{len(came)} of {wanted} records came", hint="Try again: what came is kept.")
    if output.name.lower().endswith(XML_SUFFIXES):
        with _opened(output) as stream:
            _join(batches, stream)
    else:
        write_records(output, (record for batch in batches for record in records_in(batch)))
    kept.remove()
    return Fetched(path=output, records=len(came), missing=missing)


def _join(batches: Sequence[Path], stream: IO[bytes]) -> None:
    """Writes the articles of all batches as one document."""
    stream.write(_HEAD)
    for batch in batches:
        data = batch.read_bytes()
        start = _START.search(data)
        if start:
            stream.write(data[start.start() : data.rindex(_END)].strip() + b"\n")
    stream.write(_END + b"\n")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with replacing(path) as beside, beside.open("wb") as plain:
        if path.suffix.lower() != ".gz":
            yield plain
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
            yield cast("IO[bytes]", packed)


_PMID = re.compile(r"(?:PMID\s*:?\s*)?0*([1-9]\d{0,8})", re.IGNORECASE)


def read_pmids(path: str | Path) -> list[str]:
    """The PMIDs in a file, each once, in its order: one a line, or those of a table's column `pmid`, or of an export.

    Raises:
        InputError: the file cannot be read, holds none, or a line of a plain list is no PMID; the message names it.
    """
    source = open_source(path)
    lines = [line.strip() for line in lines_of(source, decoding_of(source))]
    if not lines or not _PMID.fullmatch(next((line for line in lines if line), "")):
        pmids = _in_table(lines) or [record.pmid for record in iter_records(path)]
    else:
        pmids = []
        for number, line in enumerate(lines, 1):
            match = _PMID.fullmatch(line)
            if match:
                pmids.append(match[1])
            elif line:
                raise InputError(f"'{line[:40]}' is no PMID", path=path, line=number, hint="Give one a line.")
    found = list(dict.fromkeys(filter(None, pmids)))
    if not found:
        raise InputError("names no PMID", path=path, hint="Give one a line, or a table with a column pmid.")
    return found


def _in_table(lines: Sequence[str]) -> list[str]:
    """The column `pmid` of a table, which need not have one for titles."""
    head = lines[0] if lines else ""
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader([line + "\n" for line in lines], delimiter=delimiter)
    column = next((name for name in rows.fieldnames or () if name.strip().strip('"').casefold() == "pmid"), None)
    if column is None:
        return []
    cells = [_PMID.fullmatch((row[column] or "").strip()) for row in rows]
    return [cell[1] for cell in cells if cell]
