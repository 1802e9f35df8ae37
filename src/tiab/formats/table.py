"""CSV, TSV and similar tables; delimiter and heading row are detected."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tiab.errors import InputError
from tiab.formats.columns import MAX_COLUMNS, RULES, is_own, keys_of, known_columns, row_record, unguarded
from tiab.formats.input_file import InputFile
from tiab.formats.reader_notes import ReaderNotes, RecordAt, Unreadable
from tiab.formats.text import MAX_LINE, clean_line, clean_text, decoding_of, lines_of

__all__ = ["DELIMITERS", "found_at", "parse"]

_FEW_COLUMNS = 4
"""Columns from which a line that has all the tabs of a row can be nothing else."""
_PREAMBLE = 20
"""Lines before the heading row that some exports have: "sep=;", an address, the date of the search."""


DELIMITERS = (",", "\t", ";", "|")


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of a row of headings with a title among them."""
    layout = _layout(lines)
    return layout.skip if layout else None


@dataclass(frozen=True, slots=True)
class _Layout:
    delimiter: str
    skip: int
    columns: tuple[str, ...]
    quoted: bool = True


def _layout(lines: Sequence[str]) -> _Layout | None:
    """Delimiter, number of lines before the headings, and the headings; None where no line has a title column."""
    best: tuple[int, int, _Layout] | None = None
    for skip in range(min(_PREAMBLE, len(lines))):
        for delimiter in DELIMITERS:
            columns = _first_row(lines[skip:], delimiter)
            names = keys_of(columns)
            if not any(name in RULES.title for name in names) or (skip and len(names) < 2):
                continue
            score = known_columns(names)
            if best is None or (score, len(names)) > best[:2]:
                best = (score, len(names), _Layout(delimiter, skip, columns))
        if best is not None:
            return best[2]
    return None


def _first_row(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader((line + "\n" for line in lines), delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(clean_line(cell) for cell in row[: MAX_COLUMNS + 1])


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source`, one for each row that is not blank, with the lines at which they start.

    Raises:
        InputError: there is no title column or there are too many columns; a quote is never closed; a cell is beyond
            `MAX_LINE`; see also `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        noted.warnings.append(decoding.warning)
    layout = _layout(list(_beginning(lines_of(source, decoding))))
    if layout is None:
        raise InputError("has no column for titles", path=source.path, line=1, hint="Name one of its columns 'title'.")
    layout = replace(layout, quoted=not _is_unquoted(lines_of(source, decoding), layout))
    if len(layout.columns) > MAX_COLUMNS:
        raise InputError(f"has more than {MAX_COLUMNS} columns", path=source.path, hint="Keep the columns you need.")
    names = tuple(keys_of(layout.columns))
    columns = tuple(column or f"column {number}" for number, column in enumerate(layout.columns, 1))
    own = is_own(columns)
    quotes = _Quotes(layout, noted)
    short = 0
    for line, row in _rows(source, quotes.watch(lines_of(source, decoding)), layout):
        cells = [clean_text(cell) for cell in row]
        if own:
            cells = [unguarded(cell) for cell in cells]
        if line in quotes.suspect:
            noted.unreadable.append(Unreadable(line, "a quote in it is not closed where its cell ends"))
        elif any(cells[len(columns) :]):
            reason = f"it has {len(row)} cells and the heading row {len(columns)}; look for a stray quote or delimiter"
            noted.unreadable.append(Unreadable(line, reason))
        elif any(cells):
            short += len(cells) < len(columns)
            yield line, row_record(columns, cells, names, source.name)
    if short:
        noted.warnings.append(f"rows with fewer cells than the heading row: {short}")
    if quotes.open_since:
        raise InputError(
            "a quote that opens here is never closed",
            path=source.path,
            line=quotes.open_since,
            hint="Close it, or export the file again.",
        )


_CLOSED = re.compile(r'"(?:[^"]|"")*"')


def _is_unquoted(lines: Iterable[str], layout: _Layout) -> bool:
    """Whether each line is a row, whatever quotes are in it, as in Web of Science's own table.

    That is so where every line has the tabs of the heading row, and a cell that begins with a quote doesn't end so.
    """
    if layout.delimiter != "\t" or len(layout.columns) < _FEW_COLUMNS:
        return False
    tabs, stray = len(layout.columns) - 1, False
    for number, line in enumerate(lines):
        if number < layout.skip or not line.strip():
            continue
        if line.count("\t") not in (tabs, tabs + line.endswith("\t")):
            return False
        if not stray and '"' in line:
            stray = any(cell.startswith('"') and not _CLOSED.fullmatch(cell) for cell in line.split("\t"))
    return stray


def _beginning(lines: Iterator[str]) -> Iterator[str]:
    """The first lines, as many as a heading row and what stands before it can take."""
    size = 0
    for number, line in enumerate(lines):
        yield line
        size += len(line)
        if size > MAX_LINE // 4 or number > 10 * _PREAMBLE:
            return


def _rows(source: InputFile, lines: Iterable[str], layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings with the lines at which they start."""
    csv.field_size_limit(MAX_LINE)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
    reader = csv.reader((line + "\n" for line in lines), delimiter=layout.delimiter, quoting=quoting)
    start = layout.skip + 1
    try:
        for number, row in enumerate(reader):
            if number and row:
                yield start, row
            start = layout.skip + reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"cannot be read as a table ({error})",
            path=source.path,
            line=start,
            hint="Look there for a quote that is never closed.",
        ) from error


class _Quotes:
    """Watches lines go by to the CSV reader, and counts row starts with code of its own.

    A row starts where no quoted cell runs on into the line. Where the quote that ends a cell of several lines is not
    followed by a delimiter, it is more likely the one that opens a later cell: rows have run together. A line with all
    the tabs of a row is one, whatever its quotes say.
    """

    def __init__(self, layout: _Layout, noted: ReaderNotes) -> None:
        self._delimiter = layout.delimiter
        self._skip = layout.skip
        self._quoted = layout.quoted
        self._tabs = len(layout.columns) - 1 if layout.delimiter == "\t" and len(layout.columns) >= _FEW_COLUMNS else 0
        self._noted = noted
        self._blank = f'{layout.delimiter}" \t'
        self.suspect: set[int] = set()
        self.open_since = 0

    def watch(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines from the heading row on."""
        row, seen_heading = 0, False
        for number, line in enumerate(lines, 1):
            if number <= self._skip:
                continue
            if not self.open_since and self._says_something(line):
                row = number
                if seen_heading:
                    self._noted.starts.append(number)
                seen_heading = True
            if self._tabs and line.count("\t") == self._tabs and number > self._skip + 1 and self._says_something(line):
                self._noted.signs.setdefault("lines with all tabs", []).append(number)
            if self._quoted and '"' in line and self._runs_together(number, line):
                self.suspect.add(row)
            yield line

    def _says_something(self, line: str) -> bool:
        bare = line.strip(self._blank)
        return bool(bare) and (bare.isprintable() or bool(clean_line(bare).strip(self._blank)))

    def _runs_together(self, number: int, line: str) -> bool:
        """Follows the quotes through one line; whether one closes a cell of several lines without a delimiter."""
        at, found = 0, False
        while True:
            if not self.open_since:
                if at == 0 and line.startswith('"'):
                    at = 1
                else:
                    opening = line.find(self._delimiter + '"', at)
                    if opening < 0:
                        return found
                    at = opening + 2
                self.open_since = number
            closing = line.find('"', at)
            if closing < 0:
                return found
            at = closing + 1
            if line.startswith('"', at):
                at += 1
                continue
            if self.open_since != number and not line.startswith(self._delimiter, at) and line[at:].strip():
                found = True
            self.open_since = 0
