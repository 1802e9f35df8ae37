"""The page of file formats, from the registries of readers and writers."""

from __future__ import annotations

import inspect
import sys

from tiab.formats import FORMATS
from tiab.formats.writing import SUFFIXES

__all__ = ["formats_tables"]

_WRITTEN_AS = {
    "RIS": ".ris",
    "NBIB": ".nbib",
    "BibTeX": ".bib",
    "EndNote XML": ".xml",
    "table": ".csv, .tsv",
    "XLSX": ".xlsx",
}
"""Which of the suffixes that can be written belong to which format that can be read."""


def formats_tables() -> str:
    """A Markdown table of every format: what it is, as its reader's docstring says, and the suffix it is written with.

    Raises:
        ValueError: a suffix that can be written belongs to no format here.
    """
    written = {suffix for suffixes in _WRITTEN_AS.values() for suffix in suffixes.split(", ")}
    if written != set(SUFFIXES) or not set(_WRITTEN_AS) <= set(FORMATS):
        raise ValueError(f"docs_site.file_formats knows {sorted(written)}, tiab writes {sorted(SUFFIXES)}")
    rows = [f"| {name} | {_described(name)} | {_WRITTEN_AS.get(name, '–')} |" for name in FORMATS]
    return "| format | what it is | written as |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _described(name: str) -> str:
    module = sys.modules[FORMATS[name][1].__module__]
    first = inspect.cleandoc(module.__doc__ or "").split("\n\n")[0]
    return " ".join(first.split()).replace("|", "\\|")
