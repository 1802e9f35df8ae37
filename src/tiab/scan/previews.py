"""Previews: what there is to know of each record of a file before it is read whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tiab.errors import InputError
from tiab.features import parts_of
from tiab.formats import iter_records
from tiab.formats.archive import open_sources
from tiab.formats.input_file import InputFile
from tiab.formats.pubmed_articles import Articles, Revision, read_article, read_quick, read_revision
from tiab.formats.pubmed_xml import found_at
from tiab.formats.text import head_text
from tiab.records import Record

__all__ = ["Preview", "Previews", "hash_of"]


@dataclass(frozen=True, slots=True)
class Preview:
    """A record before it is read whole.

    Attributes:
        pmid: 0 for none.
        parts: title, abstract and keywords.
        read: gives the record.
    """

    pmid: int
    revision: Revision
    parts: tuple[str, str, str]
    publication_types: tuple[str, ...]
    read: Callable[[], Record]


@dataclass(slots=True)
class Previews:
    """The previews of one file, by `read`; the rest is filled while they are read.

    Attributes:
        deleted: PMIDs that the file says were deleted.
        unreadable: sentences about records that could not be read.
        warnings: sentences about what looks doubtful in the file.
        error: why the rest of the file could not be read, "" where all of it could.
    """

    path: Path
    deleted: list[int] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str = ""

    def read(self) -> Iterator[Preview]:
        """Each record that can be read, in the order of the file."""
        try:
            sources = open_sources(self.path)
            if all(found_at(head_text(source).split("\n")) is not None for source in sources):
                for source in sources:
                    yield from self._articles(source)
            else:
                yield from map(_of_record, iter_records(self.path, on_warning=self.warnings.append))
        except InputError as error:
            self.error = f"{error.message}. {error.hint}".strip()

    def _articles(self, source: InputFile) -> Iterator[Preview]:
        articles = Articles(source)
        try:
            for number, raw in enumerate(articles.read(), 1):
                try:
                    yield _of_article(raw, source.name)
                except ValueError as error:
                    self.unreadable.append(f"record {number}: {error}")
        finally:
            self.deleted += articles.deleted
            self.unreadable += [f"record {lost.line}: {lost.reason}" for lost in articles.unreadable]


def _of_article(raw: bytes, source: str) -> Preview:
    pmid, revision = read_revision(raw)
    quick = read_quick(raw)
    if quick is None:
        record = read_article(raw, source)
        return Preview(pmid, revision, parts_of(record), record.publication_types, lambda: record)
    return Preview(pmid, revision, quick.parts, quick.publication_types, partial(read_article, raw, source))


def _of_record(record: Record) -> Preview:
    pmid = int(record.pmid) if record.pmid.isascii() and record.pmid.isdigit() else 0
    return Preview(pmid, Revision(), parts_of(record), record.publication_types, lambda: record)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, 64 hex digits.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
