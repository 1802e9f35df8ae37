"""NBIB: MEDLINE's tagged text, as PubMed, ERIC and EndNote write it.

The tokeniser is our own: Bio.Medline hands out what it read so far where a record lacks its blank line, and gives no
line numbers by which a lost record could be found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from tiab.formats.guard import watched
from tiab.formats.input_file import InputFile
from tiab.formats.mapping import Rules, build, year_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.round_trip import packed
from tiab.formats.text import clean_line
from tiab.records import Record

__all__ = ["RULES", "found_at", "parse", "render"]

RULES = Rules(
    title=("TI", "TT", "BTI"),
    abstract=("AB", "OAB"),
    authors=("FAU", "FA", "AU"),
    groups=("CN", "CA"),
    year=("DP", "DEP", "YR", "SO"),
    journal=("JT", "TA", "JN", "BTI", "BT"),
    cited=("SO",),
    doi=("DOI", "DO", "DI"),
    pmid=("PMID", "PM"),
    keywords=("MH", "OT", "KW"),
    publication_types=("PT",),
    language=("LA", "LG"),
    doi_hints=("LID", "AID", "SO", "XL"),
    notes=("GN",),
    carry=("TIAB",),
)

_TAG = re.compile(r"([A-Za-z][A-Za-z0-9]{1,3}) {0,2}- ?(.*)$")
_Pair = tuple[str, str]
_NAME = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_WIDTH = 80
_MARK = re.compile(r"\s*<\s?\d+\s?\.?\s?>\s*$")
"""What Ovid writes before each record: "<1>", "<1. >"."""
_SIGN = re.compile(r"(?:PMID- ?\d|OWN {0,2}- \w|STAT- \w|UI  - \d|VN {0,2}- Ovid)", re.IGNORECASE)
_OPENERS = ("OWN", "UI", "VN")
_HEADING = re.compile(r"(?<=[.?!)]) (?=[A-Z][A-Z/&, -]{3,60}: )")
_KNOWN_LOWER = frozenset("pmid own ui stat ti ab fau au ad la pt jt ta dp vi ip pg mh ot so lid aid is jid sb".split())  # noqa: SIM905


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first line of PMID or owner written as MEDLINE does."""
    return next((place for place, line in enumerate(lines) if _SIGN.match(line)), None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: see `watched`.
    """
    for line, pairs in _entries(watched(source, noted, "NBIB")):
        yield line, _read(pairs, source.name)


def _read(pairs: list[tuple[str, str]], source: str) -> Record:
    if any(tag == "DB" and "medline" in value.casefold() for tag, value in pairs):
        # Ovid gives the PMID of a MEDLINE record as its unique identifier.
        pairs = [("PMID" if tag == "UI" and value.isdigit() else tag, value) for tag, value in pairs]
    return build(pairs, RULES, source)


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, list[_Pair]]]:
    entry, start, blank, opener = _Entry(), 0, True, ""
    for number, line in enumerate(lines, 1):
        found = _tag_of(line)
        if found is None:
            marked = bool(_MARK.match(line))
            blank = marked or not line.strip() or not start
            if marked:
                opener = "<>"
            elif not blank:
                entry.wrap(line)
            continue
        tag, value = found
        if starts(tag, value, blank, opener, entry.only_pmid):
            if start:
                yield start, entry.pairs()
            start, entry = number, _Entry()
            opener = "" if opener == "<>" else opener or tag
        if start:
            entry.add(tag, value)
        blank = False
    if start:
        yield start, entry.pairs()


def starts(tag: str, value: str, blank: bool, opener: str, only_pmid: bool) -> bool:
    """Whether a field opens a record, from what stands before it.

    Args:
        blank: whether that is a blank line, or a number in brackets.
        opener: the tag with which the first record of the file began, or "<>" behind a number in brackets.
        only_pmid: whether the record that is open has a PMID and no more.
    """
    if tag == "PMID":
        return blank or not value.strip() or value.strip()[0].isdecimal()
    return blank and not only_pmid and (opener == "<>" or tag in (*_OPENERS, opener))


class _Entry:
    """The tags of one record, each with its lines."""

    def __init__(self) -> None:
        self._tags: list[tuple[str, list[str]]] = []

    @property
    def only_pmid(self) -> bool:
        """Whether an owner behind a blank line still belongs to this record."""
        return [tag for tag, _ in self._tags] == ["PMID"]

    def add(self, tag: str, value: str) -> None:
        self._tags.append((tag, [clean_line(value)]))

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


def render(record: Record, shown: Collection[str]) -> str:
    """`record` as NBIB, a blank line behind it; what is `shown` of its `extra` becomes general notes."""
    pairs = list(_plain(record, shown))
    entries = list(_entries("".join(map(_lines, pairs)).split("\n")))
    carried = packed(record, _read(entries[0][1], "")) if entries else ""
    return "".join(map(_lines, [*pairs, *([("TIAB", carried)] if carried else [])])) + "\n"


def _plain(record: Record, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    yield ("PMID", record.pmid) if record.pmid else ("OWN", "tiab")
    if record.year is not None and not any(n in RULES.year and year_in(v) == record.year for n, v in record.extra):
        yield "DP", str(record.year)
    yield from (("TI", record.title), ("AB", record.abstract.replace("\n", " ")))
    yield from (("FAU", name) for name in record.authors)
    yield from (("LA", name) for name in record.language.split("; "))
    yield from (("PT", kind) for kind in record.publication_types)
    yield from (("JT", record.journal), ("LID", f"{record.doi} [doi]" if record.doi else ""))
    yield from (("OT", word) for word in record.keywords)
    for name, value in record.extra:
        if "\n" in value:
            continue
        if name in shown:
            yield "GN", f"tiab_{name}: {value}"
        elif name == "N1" and value.startswith("ASReview_"):
            yield "GN", value
        elif _NAME.fullmatch(name) and name not in ("PMID", "OWN", "TIAB", "UI"):
            yield name, value


def _lines(pair: tuple[str, str]) -> str:
    """A field, wrapped at spaces as PubMed does, but for what only tiab reads."""
    tag, value = pair
    if not value:
        return ""
    if tag == "TIAB":
        return f"TIAB- {value}\n"
    lines, current = [], ""
    for word in value.split(" "):
        if current and len(current) + len(word) >= _WIDTH:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return f"{tag:<4}- " + "\n      ".join([*lines, current]) + "\n"
