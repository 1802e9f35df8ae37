"""Records out as a table: the headings and the cells, for CSV and XLSX alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from tiab.folding import heading
from tiab.formats.columns import FIELDS, RULES, guarded, keys_of
from tiab.formats.mapping import build
from tiab.formats.round_trip import packed
from tiab.formats.text import clean_line
from tiab.records import Record

__all__ = ["Sheet", "sheet_of", "write_csv", "write_rows"]

CELL = 32_000
"""Characters in a cell; spreadsheets cut what is beyond 32,767."""


class Sheet:
    """The headings of a table, and its rows as texts."""

    def __init__(self, records: Sequence[Record], first: Sequence[str], *, longest: int | None) -> None:
        self._records = records
        self._first = tuple(first)
        self._longest = longest
        held = dict.fromkeys(name for record in records for name, _ in record.extra)
        spoken_for = {heading(name) for name in (*first, *FIELDS)}
        self._last = tuple(
            name for name in held if name not in first and heading(name) not in spoken_for and _is_heading(name)
        )
        self._carried = [self._carry(record) for record in records]
        pieces = max((len(pieces) for pieces in self._carried), default=0)
        carry = tuple("tiab" if number == 1 else f"tiab {number}" for number in range(1, pieces + 1))
        self.headings = (*self._first, *FIELDS, *self._last, *carry)

    def rows(self) -> Iterator[list[str]]:
        """The cells of each record, in the order of the headings."""
        for record, carried in zip(self._records, self._carried, strict=True):
            cells = [*self._plain(record), *carried]
            yield [*cells, *[""] * (len(self.headings) - len(cells))]

    def _plain(self, record: Record) -> list[str]:
        extra = dict(reversed(record.extra))
        fields = (
            record.record_id,
            record.title,
            record.abstract,
            "; ".join(record.authors),
            "" if record.year is None else str(record.year),
            record.journal,
            record.doi,
            record.pmid,
            "; ".join(record.keywords),
            "; ".join(record.publication_types),
            record.language,
        )
        cells = (*(extra.get(name, "") for name in self._first), *fields, *(extra.get(name, "") for name in self._last))
        return [cell if self._longest is None else cell[: self._longest] for cell in cells]

    def _carry(self, record: Record) -> list[str]:
        """What the plain cells of a record don't hold, in pieces that each fit into a cell."""
        names = (*self._first, *FIELDS, *self._last)
        text = packed(record, build(list(zip(names, self._plain(record), strict=True)), RULES, "", keys_of(names)))
        return list(_pieces(text, self._longest or max(len(text), 1)))


def _pieces(text: str, size: int) -> Iterator[str]:
    """`text` in pieces of at most `size` characters, none of which begins or ends with a space, as cells lose those."""
    while len(text) > size:
        cut = size
        while cut > 1 and " " in text[cut - 1 : cut + 1]:
            cut -= 1
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def _is_heading(name: str) -> bool:
    """Whether `name` can stand over a column and be read as it is."""
    return bool(name) and name == clean_line(name) and guarded(name) == name and not heading(name).startswith("tiab")


def sheet_of(records: Sequence[Record], first: Sequence[str], *, longest: int | None = None) -> Sheet:
    """The table of `records`, in which the columns named `first` stand before the fields of the records."""
    return Sheet(records, first, longest=longest)


def write_csv(stream: IO[bytes], records: Sequence[Record], first: Sequence[str], *, delimiter: str = ",") -> None:
    """Writes `records` as CSV in UTF-8, marked so that spreadsheets show its accents."""
    sheet = sheet_of(records, first)
    write_rows(stream, (sheet.headings, *sheet.rows()), delimiter=delimiter)


def write_rows(stream: IO[bytes], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> None:
    """Writes rows of cells as CSV in UTF-8, marked so that spreadsheets show its accents."""
    stream.write(b"\xef\xbb\xbf")
    for row in rows:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(map(guarded, row))
        stream.write(out.getvalue().encode())
