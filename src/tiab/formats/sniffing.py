"""What to say of a file that is of no known format."""

from __future__ import annotations

import re

from tiab.errors import InputError
from tiab.formats.opening import Source
from tiab.formats.table import DELIMITERS
from tiab.formats.text import clean_line, decoding_of

__all__ = ["unknown"]


def unknown(source: Source, head: str) -> InputError:
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
