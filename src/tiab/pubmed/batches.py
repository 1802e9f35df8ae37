"""Records fetched in batches, each kept once it has come whole, so that a run takes up where the last one ended."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tiab.errors import InputError, TiabError
from tiab.formats import iter_records
from tiab.pubmed.searching import Part
from tiab.pubmed.server import PassingTrouble, Server
from tiab.reading import parse_json, read_whole
from tiab.records import Record
from tiab.writing import write_bytes, write_json

__all__ = ["Kept", "fetch_batches", "records_in"]

_ARTICLE = re.compile(rb"<Pubmed(?:Book)?Article[\s>/]")
_ERROR = re.compile(rb"<ERROR>(.{1,200}?)</ERROR>", re.DOTALL)
_PLAN = "plan.json"


class Kept:
    """The folder beside the output in which batches are kept until all have come.

    Args:
        request: says what is fetched; batches of another request are thrown away.

    Raises:
        InputError: the folder cannot be made or read.
    """

    def __init__(self, output: Path, request: str) -> None:
        self.folder = output.with_name(f".{output.name}.partial")
        self._name = hashlib.sha256(request.encode()).hexdigest()
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            hint = "Choose a folder that exists and that you may write to."
            raise InputError(f"cannot be written ({error.strerror})", path=output, hint=hint) from error

    def matches(self, pmids: Sequence[str], batch: int) -> None:
        """Throws away what was kept of another request, or of one that found other records."""
        found = hashlib.sha256(" ".join(pmids).encode()).hexdigest()
        plan = {"request": self._name, "records": found, "batch": batch}
        path = self.folder / _PLAN
        try:
            same = parse_json(read_whole(path)) == plan
        except (InputError, ValueError):
            same = False
        if not same:
            self._empty()
            write_json(path, plan)

    def batch(self, number: int) -> Path:
        """Where one batch is kept."""
        return self.folder / f"{number:06}.xml"

    def remove(self) -> None:
        """Removes the folder and what tiab wrote into it."""
        self._empty()
        self.folder.rmdir()

    def _empty(self) -> None:
        for path in (*self.folder.glob("[0-9]*.xml"), *self.folder.glob(".[0-9]*.xml"), self.folder / _PLAN):
            path.unlink(missing_ok=True)


def fetch_batches(
    server: Server,
    parts: Sequence[Part],
    kept: Kept,
    *,
    complete: bool = True,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Path]:
    """The files of all batches in order, each checked to hold the records that it should.

    Args:
        complete: whether each PMID must come; if not, those that PubMed doesn't know are left out.
        progress: is called with the number of records of each batch.

    Raises:
        TiabError: a batch keeps coming damaged or not whole.
    """
    number = 0
    for part in parts:
        for start in range(0, len(part.pmids), server.settings.batch):
            wanted = part.pmids[start : start + server.settings.batch]
            path = kept.batch(number)
            number += 1
            if not path.exists() or not _holds(path, wanted, complete=complete):
                write_bytes(path, _fetch(server, part, start, wanted, path, complete=complete))
            yield path
            if progress:
                progress(len(wanted))


def _fetch(server: Server, part: Part, start: int, wanted: Sequence[str], path: Path, *, complete: bool) -> bytes:
    fields = {"db": "pubmed", "retmode": "xml"}
    if part.webenv:
        fields |= {"WebEnv": part.webenv, "query_key": part.query_key}
        fields |= {"retstart": str(start), "retmax": str(len(wanted))}
    else:
        fields["id"] = ",".join(wanted)
    beside = path.with_name(f"{path.stem}-unchecked.xml")
    try:
        return server.ask("efetch.fcgi", fields, lambda answer: _checked(answer, beside, wanted, complete=complete))
    finally:
        beside.unlink(missing_ok=True)


def _checked(answer: bytes, beside: Path, wanted: Sequence[str], *, complete: bool) -> bytes:
    """`answer`, if it is PubMed XML and holds the records that were asked for.

    Raises:
        PassingTrouble: it doesn't.
    """
    error = _ERROR.search(answer)
    if error and not _ARTICLE.search(answer):
        raise PassingTrouble(" ".join(error[1].decode("utf-8", "replace").split()))
    write_bytes(beside, answer)
    try:
        came = _pmids(beside)
    except (InputError, UnicodeDecodeError) as damage:
        reason = damage.message if isinstance(damage, TiabError) else "it is not UTF-8"
        raise PassingTrouble(f"a batch of records came damaged: {reason}") from damage
    lacking, strange = set(wanted) - came, came - set(wanted)
    if strange or (complete and lacking):
        raise PassingTrouble(f"of {len(wanted)} records in a batch {len(came - strange)} came")
    return answer


def _holds(path: Path, wanted: Sequence[str], *, complete: bool) -> bool:
    """Whether a batch that was kept is whole."""
    try:
        came = _pmids(path)
    except (InputError, UnicodeDecodeError):
        return False
    return came == set(wanted) if complete else came <= set(wanted)


def records_in(path: Path) -> Iterator[Record]:
    """The records of a batch; none for one of PMIDs that PubMed doesn't know.

    Raises:
        InputError: it is damaged.
    """
    data = path.read_bytes()
    if not _ARTICLE.search(data) and (b"</PubmedArticleSet>" in data or b"<PubmedArticleSet/>" in data):
        return iter(())
    return iter_records(path)


def _pmids(path: Path) -> set[str]:
    path.read_bytes().decode("utf-8")
    return {record.pmid for record in records_in(path)}
