"""PMIDs that a person has: in a list, a table or an export."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from tiab.errors import InputError
from tiab.formats import iter_records
from tiab.formats.opening import open_source
from tiab.formats.text import decoding_of, lines_of

__all__ = ["read_pmids"]

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
