"""Plain tables of identifiers and decisions: no title is needed, only a heading row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from tiab.errors import InputError
from tiab.folding import heading
from tiab.formats.input_file import open_source, signature
from tiab.formats.text import MAX_LINE, clean_line, decoding_of, head_text, lines_of

__all__ = ["IDENTIFIERS", "is_key_table", "read_rows"]

IDENTIFIERS = ("record id", "pmid", "doi")
"""The columns that tell which record a row speaks of, as `folding.heading` spells them."""

_DELIMITERS = ",;\t|"


def is_key_table(path: str | Path) -> bool:
    """Whether the file is a table with a column of identifiers and none of titles; a workbook is none.

    Raises:
        InputError: the file is missing, a folder, empty or binary.
    """
    if signature(Path(path)).startswith(b"PK"):
        return False
    names = {heading(name) for name in _columns(_first_line(path))}
    return bool(names.intersection(IDENTIFIERS)) and "title" not in names


def read_rows(path: str | Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column -> cell) of each row of a table, columns as `folding.heading` spells them; blank rows left out.

    Raises:
        InputError: the file cannot be read as a table.
    """
    source = open_source(path)
    first = _first_line(path)
    names = [heading(name) for name in _columns(first)]
    csv.field_size_limit(MAX_LINE)
    reader = csv.reader((f"{line}\n" for line in lines_of(source, decoding_of(source))), delimiter=_delimiter(first))
    try:
        next(reader)
        for row in reader:
            cells = [clean_line(cell) for cell in row]
            if any(cells):
                yield reader.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        hint = "Look there for a quote that is never closed."
        raise InputError(f"is no table ({error})", path=path, line=reader.line_num, hint=hint) from error


def _first_line(path: str | Path) -> str:
    return head_text(open_source(path)).split("\n", 1)[0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _columns(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])
