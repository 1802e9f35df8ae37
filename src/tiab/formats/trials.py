"""The XML of WHO's registry platform (ICTRP).

Its elements have the names of the columns of its CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tiab.formats.columns import RULES, keys_of
from tiab.formats.input_file import InputFile
from tiab.formats.mapping import build
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.text import clean_text
from tiab.formats.xml_stream import elements, text_of

__all__ = ["found_at", "parse"]

_SIGN = re.compile(r"<(?:Trials_downloaded_from_ICTRP|TrialID|Trial)\b")
_START = re.compile(rb"<Trial[\s>/]")


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first tag of ICTRP; None in a file that is not XML."""
    first = next((line for line in lines if line.strip()), "")
    if not first.lstrip().startswith("<") or not any("<TrialID" in line for line in lines):
        return None
    return next((place for place, line in enumerate(lines) if _SIGN.search(line)), None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start; raises as `xml_stream.elements`."""
    for line, element in elements(source, noted, ("Trial",), _START):
        pairs = [(str(child.tag), clean_text(text_of(child))) for child in element]
        yield line, build(pairs, RULES, source.name, keys_of(name for name, _ in pairs))
