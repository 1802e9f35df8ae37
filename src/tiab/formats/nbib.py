"""NBIB: MEDLINE's tagged text, as PubMed, ERIC and EndNote write it.

The tokeniser is our own: Bio.Medline hands out what it read so far where a record lacks its blank line, and gives no
line numbers by which a lost record could be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tiab.formats.entries import Draft, Rules, Tally, build
from tiab.formats.opening import Source
from tiab.formats.text import clean_line, decoding_of, lines_of

__all__ = ["RULES", "found_at", "parse"]

RULES = Rules(
    title=("TI", "TT", "BTI"),
    abstract=("AB", "OAB"),
    authors=("FAU", "CN"),
    year=("DP", "DEP", "SO"),
    journal=("JT", "TA", "BTI"),
    doi=("DOI",),
    pmid=("PMID",),
    keywords=("MH", "OT"),
    publication_types=("PT",),
    language=("LA",),
    doi_hints=("LID", "AID", "SO"),
)

_TAG = re.compile(r"([A-Za-z][A-Za-z0-9]{1,3}) {0,2}- ?(.*)$")
_START = re.compile(r"PMID {0,2}-\s*\d", re.IGNORECASE)
_SIGN = re.compile(r"(?:PMID- ?\d|OWN {0,2}- \w|STAT- \w|UI  - \d)", re.IGNORECASE)
_OTHER_START = re.compile(r"(?:OWN|UI) {0,2}-\s*\S", re.IGNORECASE)
_HEADING = re.compile(r"(?<=[.?!)]) (?=[A-Z][A-Z/&, -]{3,60}: )")
_KNOWN_LOWER = frozenset("pmid own stat ti ab fau au ad la pt jt ta dp vi ip pg mh ot so lid aid is jid sb".split())  # noqa: SIM905


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first line of PMID or owner written as MEDLINE does."""
    return next((place for place, line in enumerate(lines) if _SIGN.match(line)), None)


def parse(source: Source, tally: Tally) -> Iterator[Draft]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: see `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        tally.warnings.append(decoding.warning)
    for line, pairs in _entries(_counted(lines_of(source, decoding), tally)):
        yield line, build(pairs, _rules_for(pairs), source.name)


def _rules_for(pairs: list[tuple[str, str]]) -> Rules:
    return RULES if any(tag == "FAU" for tag, _ in pairs) else _SHORT_NAMES


_SHORT_NAMES = Rules(**{**{name: getattr(RULES, name) for name in RULES.__slots__}, "authors": ("AU", "CN")})


def _counted(lines: Iterable[str], tally: Tally) -> Iterator[str]:
    """The lines as they come, noting each record start: a PMID, or after a blank line an owner without one."""
    blank = owned = True
    for number, line in enumerate(lines, 1):
        if _START.match(line):
            tally.starts.append(number)
            owned = False
        elif _OTHER_START.match(line):
            if blank and owned:
                tally.starts.append(number)
            owned = True
        blank = not line.strip()
        yield line


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    entry = _Entry()
    start, blank = 0, True
    for number, line in enumerate(lines, 1):
        found = _tag_of(line)
        if found is None:
            blank = not line.strip()
            if not blank:
                entry.wrap(line)
            continue
        tag, value = found
        if tag == "PMID" or (blank and tag in ("OWN", "UI") and (not start or entry.owned)):
            if start:
                yield start, entry.pairs()
            start, entry = number, _Entry()
        if start:
            entry.add(tag, value)
        blank = False
    if start:
        yield start, entry.pairs()


class _Entry:
    """The tags of one record, each with its lines."""

    def __init__(self) -> None:
        self._tags: list[tuple[str, list[str]]] = []
        self.owned = False

    def add(self, tag: str, value: str) -> None:
        self._tags.append((tag, [clean_line(value)]))
        self.owned = self.owned or tag in ("OWN", "UI")

    def wrap(self, line: str) -> None:
        if self._tags:
            self._tags[-1][1].append(clean_line(line))

    def pairs(self) -> list[tuple[str, str]]:
        return [(tag, _joined(tag, parts)) for tag, parts in self._tags]


def _tag_of(line: str) -> tuple[str, str] | None:
    if not line or line[0] in " \t":
        return None
    if line[4:6] == "- " and line[:4].rstrip().isalnum() and line[:4].isupper():
        return line[:4].rstrip(), line[6:]
    match = _TAG.match(line)
    if match is None:
        return None
    if not match[1].isupper() and match[1].lower() not in _KNOWN_LOWER:
        return None
    return match[1].upper(), match[2]


def _joined(tag: str, parts: list[str]) -> str:
    """A wrapped value as one line; in an abstract, a section's heading begins a line of its own."""
    text = " ".join(part for part in parts if part)
    return _HEADING.sub("\n", text) if tag in ("AB", "OAB") else text
