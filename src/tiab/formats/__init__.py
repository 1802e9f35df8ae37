"""Search exports in: the format is found from the content, and no record is lost in silence.

Each format has a module with `found_at(lines)` and `parse(source, noted)`. `found_at` gives the first of a file's lines
that speaks for the format; the earliest decides, as any text may stand further down. `parse` gives records, and notes
where record starts stand in the raw text, counted by code of its own; `read` compares the two.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tiab.errors import InputError, TiabWarning
from tiab.formats import (
    bibtex,
    cochrane,
    endnote_xml,
    enw,
    json_table,
    nbib,
    noteexpress,
    ovid,
    pubmed_text,
    pubmed_xml,
    refworks,
    ris,
    table,
    trials,
    wos,
    xlsx,
)
from tiab.formats.archive import open_sources
from tiab.formats.columns import RULES, column_key
from tiab.formats.guard import doubtful_line, expected
from tiab.formats.identifiers import is_rounded
from tiab.formats.input_file import InputFile
from tiab.formats.reader_notes import ReaderNotes, RecordAt, Unreadable, unique
from tiab.formats.table import DELIMITERS
from tiab.formats.text import clean_line, decoding_of, head_text
from tiab.formats.writing import write_records
from tiab.records import Record

__all__ = ["FORMATS", "ReadResult", "Unreadable", "iter_records", "read", "read_each", "read_records", "write_records"]

FORMATS: dict[
    str, tuple[Callable[[Sequence[str]], int | None], Callable[[InputFile, ReaderNotes], Iterator[RecordAt]]]
] = {
    "PubMed XML": (pubmed_xml.found_at, pubmed_xml.parse),
    "EndNote XML": (endnote_xml.found_at, endnote_xml.parse),
    "ICTRP XML": (trials.found_at, trials.parse),
    "JSON": (json_table.found_at, json_table.parse),
    "Ovid text": (ovid.found_at, ovid.parse),
    "Cochrane text": (cochrane.found_at, cochrane.parse),
    "Web of Science": (wos.found_at, wos.parse),
    "EndNote tags": (enw.found_at, enw.parse),
    "RefWorks": (refworks.found_at, refworks.parse),
    "NoteExpress": (noteexpress.found_at, noteexpress.parse),
    "BibTeX": (bibtex.found_at, bibtex.parse),
    "PubMed text": (pubmed_text.found_at, pubmed_text.parse),
    "NBIB": (nbib.found_at, nbib.parse),
    "RIS": (ris.found_at, ris.parse),
    "table": (table.found_at, table.parse),
    "XLSX": (lambda lines: None, xlsx.parse),
}
"""The formats that are read, by name: what finds one from a file's first lines, and what parses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What one file held, and what looks doubtful in it.

    Attributes:
        format: the name of the format that was found.
        unreadable: records that start in the raw text and could not be read.
        warnings: sentences about the file, such as how many of its records have no abstract.
    """

    path: str
    format: str
    records: tuple[Record, ...]
    unreadable: tuple[Unreadable, ...] = ()
    warnings: tuple[str, ...] = ()


def read_records(path: str | Path) -> list[Record]:
    """The records of a search export in the order of the file, each with an id that no other of them has.

    The format is found from the content, whatever the file is called; it may be gzipped, or several in a zip archive.

    Raises:
        InputError: the file is missing, a folder, empty, binary, damaged or of no known format; or a record in it
            could not be read. The message names the file and, where it is known, the line.

    Warns:
        TiabWarning: something about the file is doubtful, such as its encoding; or records have no abstract.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "search.ris")
    ...     _ = path.write_text("TY  - JOUR\\nTI  - Yoga for back pain\\nAB  - Ten adults.\\nER  - \\n")
    ...     [record.title for record in read_records(path)]
    ['Yoga for back pain']
    """
    said: list[str] = []
    records = list(iter_records(path, on_warning=said.append))
    for warning in said:
        warnings.warn(warning, TiabWarning, stacklevel=2)
    return records


def iter_records(
    path: str | Path,
    *,
    on_format: Callable[[str], object] | None = None,
    on_warning: Callable[[str], object] | None = None,
) -> Iterator[Record]:
    """The records that `read_records` gives, one at a time, so that a large PubMed file takes little memory.

    Args:
        on_format: is called with the name of the file's format before its first record; for each export in an archive.
        on_warning: is called with each warning, the file's name before it, once the file is read to its end.

    Raises:
        InputError: as `read_records`; what is wrong far down the file is only found there, after earlier records.
    """
    for opened in _open(path):
        if on_format:
            on_format(opened.format)
        for record in opened.records():
            opened.refuse_unreadable()
            yield record
        opened.refuse_unreadable()
        if on_warning:
            for warning in opened.warnings():
                on_warning(f"{opened.source.path}: {warning}")


def read(path: str | Path, *, on_warning: Callable[[str], object] | None = None) -> ReadResult:
    """All that one file holds, with what could not be read and what looks doubtful.

    Args:
        on_warning: is called with each warning, too.

    Raises:
        InputError: as `read_records`, but not for single records that are unreadable.
    """
    each = read_each(path)
    names = [f"{Path(one.path).name}: " if len(each) > 1 else "" for one in each]
    said = [name + warning for name, one in zip(names, each, strict=True) for warning in one.warnings]
    if on_warning:
        for warning in said:
            on_warning(f"{path}: {warning}")
    return ReadResult(
        path=str(path),
        format=", ".join(dict.fromkeys(one.format for one in each)),
        records=tuple(record for one in each for record in one.records),
        unreadable=tuple(lost for one in each for lost in one.unreadable),
        warnings=tuple(said),
    )


def read_each(path: str | Path) -> list[ReadResult]:
    """What each export in a zip archive holds, its `path` that of the member; else what the file itself holds.

    Raises:
        InputError: as `read`.
    """
    return [_result(opened) for opened in _open(path)]


def _result(opened: _Opened) -> ReadResult:
    records = tuple(opened.records())
    return ReadResult(
        path=str(opened.source.path),
        format=opened.format,
        records=records,
        unreadable=tuple(opened.noted.unreadable),
        warnings=opened.warnings(),
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A source whose format has been found; `taken` is shared by the members of an archive."""

    source: InputFile
    format: str
    taken: dict[str, int]
    noted: ReaderNotes
    counts: Counter[str] = field(default_factory=Counter)

    def records(self) -> Iterator[Record]:
        """The records with unique ids; at the end, an error unless as many came as the raw text has record starts."""
        lines: list[int] = []
        for line, record in FORMATS[self.format][1](self.source, self.noted):
            lines.append(line)
            self._count(record)
            record_id = unique(record.record_id, self.taken)
            yield record if record_id == record.record_id else replace(record, record_id=record_id)
        lines.extend(lost.line for lost in self.noted.unreadable)
        self._compare(lines)

    def _count(self, record: Record) -> None:
        self.counts["records"] += 1
        self.counts["title"] += not record.title
        self.counts["abstract"] += not record.abstract
        self.counts["rounded"] += any(column_key(n) in RULES.pmid and is_rounded(v) for n, v in record.extra)

    def warnings(self) -> tuple[str, ...]:
        """What the reader noticed, and which records give little to rank by; once all records were given."""
        said = list(self.noted.warnings)
        for name in ("title", "abstract"):
            if count := self.counts[name]:
                said.append(f"{count} of {self.counts['records']} records {'has' if count == 1 else 'have'} no {name}")
        if self.counts["rounded"]:
            said.append(f"PMIDs that a spreadsheet rounded, which are left out: {self.counts['rounded']}")
        return tuple(said)

    def _compare(self, lines: Sequence[int]) -> None:
        signs = expected(self.noted)
        if len(lines) != len(signs):
            raise InputError(
                f"{len(signs)} records start in it, but {len(lines)} were read",
                path=self.source.path,
                line=doubtful_line(lines, signs),
                hint="Look at that line, or export the file again in another format.",
            )
        if not lines:
            raise InputError("holds no record", path=self.source.path, hint="Was the search empty?")

    def refuse_unreadable(self) -> None:
        for lost in self.noted.unreadable:
            raise InputError(
                f"the record that starts here cannot be read: {lost.reason}",
                path=self.source.path,
                line=lost.line,
                hint="Mend it, or export the file again.",
            )


def _open(path: str | Path) -> Iterator[_Opened]:
    taken: dict[str, int] = {}
    for source in open_sources(path):
        yield _Opened(source, _format_of(source), taken, ReaderNotes())


def _format_of(source: InputFile) -> str:
    """The name of the format whose sign stands first in the file.

    Raises:
        InputError: no format's does.
    """
    if source.head.startswith(b"PK"):
        return "XLSX"
    head = head_text(source)
    lines = head.split("\n")
    places = {name: found_at(lines) for name, (found_at, _) in FORMATS.items()}
    found = [(place, name) for name, place in places.items() if place is not None]
    if not found:
        raise _unknown(source, head)
    return min(found, key=lambda pair: pair[0])[1]


def _unknown(source: InputFile, head: str) -> InputError:
    """The error for a file whose beginning, `head`, no reader takes for its own.

    Raises:
        InputError: the file is not even text.
    """
    decoding_of(source)
    start = head.lstrip()
    shown = clean_line(start[:120])[:60]
    if re.match(r"<(?:!doctype\s+html|html|head|body)\b", start, re.IGNORECASE):
        return InputError(
            "is a web page, not a search export",
            path=source.path,
            hint="Use the database's own export function; you may have been logged out.",
        )
    first = start.split("\n", 1)[0]
    if start[:1] not in "<{[@" and any(delimiter in first for delimiter in DELIMITERS):
        return InputError(
            f"has no column for titles; its first line is '{clean_line(first)[:60]}'",
            path=source.path,
            line=1,
            hint="Name one of its columns 'title', and the one of abstracts 'abstract'.",
        )
    return InputError(
        f"is of no format that tiab knows; it begins '{shown}'",
        path=source.path,
        hint="Export the search again as RIS, NBIB, PubMed XML, CSV or TSV.",
    )
