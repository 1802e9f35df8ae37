"""RIS in the dialects that databases and reference managers write.

The tokeniser is our own. rispy, the usual one, drops a record in silence where a file has a byte order mark, a
missing `ER` or `TY`, CR line ends, lower-case tags or one space before the dash, keeps the first of repeated AB and
TI only, and takes a wrapped line such as `CI  - 95%` for a tag. A guard around it can notice most of that and mend
none; the state machine here is smaller than such a guard, and several times faster.
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
    title=("TI", "T1", "CT", "BT"),
    abstract=("AB", "N2"),
    authors=("AU", "A1"),
    year=("PY", "Y1", "YR", "DA"),
    journal=("JF", "JO", "T2", "JA", "J2", "J1", "JI", "J9"),
    doi=("DO", "DI"),
    pmid=("PMID", "PM"),
    keywords=("KW", "DE"),
    publication_types=("M3", "PT"),
    language=("LA",),
    doi_hints=("M3", "L3", "L2", "UR", "LK", "N1", "AN", "M1"),
    pmid_hints=("N1",),
    notes=("N1",),
    carry=("C8",),
)

_TAGS = (
    "TY A1 A2 A3 A4 A5 A6 AB AD AE AF AI AN AU AV AW BT C1 C2 C3 C4 C5 C6 C7 C8 CA CL CN CP CT CY DA DB DE DI DO DP ED"
    " EP ER ET FD FU FX H1 H2 ID IP IS J1 J2 J9 JA JF JI JO K1 KW L1 L2 L3 L4 LA LB LK LL M1 M2 M3 M4 M5 N1 N2 NL NV OP"
    " PA PB PI PM PP PT PU PY RI RN RP RS RT SE SF SL SN SO SP SR ST T1 T2 T3 T4 TA TI TS TT U1 U2 U3 U4 U5 UR VL VO WE"
    " WP WT WV Y1 Y2 YR PMID"
)
_KNOWN = frozenset(_TAGS.split())
_TEXTS = frozenset({"AB", "N2", "TI", "T1"})
"""Fields of running text, whose wrapped lines can look like tags."""
_LISTS = frozenset({"KW", "DE", "AU", "A1", "A2", "A3", "A4", "AD", "N1", "SN", "UR", "M1", "L1", "L2"})

_TAG = re.compile(r"\s{0,3}([A-Za-z][A-Za-z0-9]|PMID|pmid)(?: {0,2}- (.*)| {2}-(\S.*)| {0,2}-)$")
_ER = re.compile(r"\s{0,3}ER {0,2}-\s*$", re.IGNORECASE)
_TY = re.compile(r"\s{0,3}(TY) {0,2}- ?(\w[\w /-]*)$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;)\]\"'”’»*]$")
_HEADING = re.compile(r"[A-Z][A-Za-z/&, -]{2,40}:\s")
_MEDLINE = re.compile(r"(?:nlm|pubmed|(?:ovid )?medline\b.*|cmedm|mdc|mnh|mdl)$", re.IGNORECASE)
_EMBASE = re.compile(r"L\d{6,12}$|https?://(?:www\.)?embase\.com/|embase(?:\.com)?$", re.IGNORECASE)
"""What Embase.com writes into the fields of a record: its own number, its address, its name."""
_KIND = re.compile(r"\w[\w /-]*")
_NAME = re.compile(r"[A-Z][A-Z0-9]")
_TAIL = frozenset({"NL"})
"""What Ovid writes behind the ER of the record that it belongs to."""
_WITHOUT_TYPE = _KNOWN - _TAIL - {"TY"}
"""Behind an ER these start a record that has no TY; a TY with nothing behind it starts none."""
_BETWEEN = re.compile(r"\d+\.$|Record #\d+|(?:Provider|Database|Content)\s*:|Link to the Ovid|<.*>$")
"""Lines that some exports put between records."""


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first line of RIS: TY, ER, or one of several with tags."""
    tags = [place for place, line in enumerate(lines) if line[2:6] == "  - " and line[:2] in _KNOWN]
    sure = [place for place, line in enumerate(lines) if _TY.match(line) or _ER.match(line)]
    return min([*sure[:1], *(tags[:1] if len(tags) > 1 or sure else [])], default=None)


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: see `watched`.
    """
    tokens = _Tokens(noted)
    for line, pairs in tokens.entries(watched(source, noted, "RIS")):
        tokens.look_at(line, pairs)
        yield line, build(_with_pmid(pairs), RULES, source.name)
    tokens.report()


def render(record: Record, shown: Collection[str]) -> str:
    """`record` as RIS, a blank line behind it; what is `shown` of its `extra` becomes notes for people to read."""
    lines = _lines_of(record, shown)
    ((_, pairs),) = _Tokens(ReaderNotes()).entries("\n".join([*lines, "ER  - "]).split("\n"))
    carried = packed(record, build(_with_pmid(pairs), RULES, ""))
    return "\n".join((*lines, *([f"C8  - {carried}"] if carried else []), "ER  - ", "", ""))


def _lines_of(record: Record, shown: Collection[str]) -> list[str]:
    """The plain fields, but for values of several lines one of which would be taken for more than text."""
    kind = next((value for name, value in record.extra if name == "TY" and _KIND.fullmatch(value)), "JOUR")
    pairs = [("TY", kind), *(("AU", name) for name in record.authors), ("TI", record.title), ("JF", record.journal)]
    if record.year is not None and not any(n in RULES.year and year_in(v) == record.year for n, v in record.extra):
        pairs.append(("PY", str(record.year)))
    pairs += [("AB", record.abstract.replace("\n", " ")), *(("KW", word) for word in record.keywords)]
    pairs += [("DO", record.doi), ("PM", record.pmid), *(("M3", kind) for kind in record.publication_types)]
    pairs.append(("LA", record.language))
    for name, value in record.extra:
        if any(_tag_of(line)[0] or _BETWEEN.match(line) for line in value.split("\n")[1:]):
            continue
        if name in shown:
            pairs.append(("N1", f"tiab_{name}: {value}"))
        elif _NAME.fullmatch(name) and name not in ("TY", "ER", "C8"):
            pairs.append((name, value))
    return [f"{name}  - {value}" for name, value in pairs if value]


class _Tokens:
    """A state machine over lines: which tag is open, and what it holds so far."""

    def __init__(self, noted: ReaderNotes) -> None:
        self._noted = noted
        self._pairs: list[tuple[str, str]] = []
        self._tag = ""
        self._parts: list[str] = []
        self._strict = True
        self._after_blank = False
        self._closed = True
        self._start = 0
        self._outside = 0
        self._no_type = 0
        self._two_titles: list[int] = []

    def entries(self, lines: Iterable[str]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        for number, line in enumerate(lines, 1):
            tag, value, strict = _tag_of(line)
            if tag == "ER" and not value.strip():
                self._flush()
                self._closed = True
            elif self.starts(tag, value):
                yield from self._close()
                self._start = number
                self._open(tag, value, strict=strict)
            elif self._closed:
                self._beyond(tag, value, line, started=bool(self._start))
            elif tag and self._is_tag(tag, value, strict=strict):
                self._open(tag, value, strict=strict)
            else:
                self._continue(line)
        yield from self._close()

    def starts(self, tag: str, value: str) -> bool:
        """Whether a field opens a record: a type, but for one that stands below other fields; any tag behind an ER."""
        if tag == "TY":
            below = not (self._closed or self._after_blank) and not any(name == "TY" for name, _ in self._pairs)
            return bool(value.strip()) and not (below and self._tag != "TY")
        return self._closed and tag in _WITHOUT_TYPE

    def _beyond(self, tag: str, value: str, line: str, *, started: bool) -> None:
        """A line behind an ER that starts no record."""
        if started and tag in _TAIL:
            self._pairs.append((tag, clean_line(value)))
        elif line.strip() and not _BETWEEN.match(line.strip()):
            self._outside += 1

    def look_at(self, line: int, pairs: list[tuple[str, str]]) -> None:
        """Notes a record of several titles: where both ER and TY are missing, two records look like one."""
        if any(len({value for tag, value in pairs if tag == title}) > 1 for title in ("TI", "T1")):
            self._two_titles.append(line)

    def report(self) -> None:
        if self._no_type:
            self._noted.warnings.append(f"records without a TY line: {self._no_type}")
        if self._outside:
            self._noted.warnings.append(f"lines outside any record, which were left out: {self._outside}")
        if self._two_titles:
            count, first = len(self._two_titles), self._two_titles[0]
            text = f"records with two titles, which may be two run together: {count} (the first at line {first})"
            self._noted.warnings.append(text)

    def _is_tag(self, tag: str, value: str, *, strict: bool) -> bool:
        """Whether a line that looks like a tag is one, and not the wrapped line of an abstract."""
        if self._tag not in _TEXTS or not self._parts:
            return True
        if tag == "ER" or tag not in _KNOWN:
            return tag != "ER" and strict and bool(_SENTENCE_END.search(self._parts[-1]))
        return strict or not self._strict or bool(_SENTENCE_END.search(self._parts[-1]))

    def _open(self, tag: str, value: str, *, strict: bool) -> None:
        self._flush()
        self._tag, self._strict, self._after_blank, self._closed = tag, strict, False, False
        self._parts = [value.strip()]

    def _continue(self, line: str) -> None:
        bare = line.strip()
        if not bare:
            self._after_blank = True
        elif not (_BETWEEN.match(bare) and (self._after_blank or bare[0].isdigit())):
            self._parts.append(self._glue(line, bare) + bare)
            self._after_blank = False

    def _glue(self, line: str, bare: str) -> str:
        """What joins a wrapped line to the one before: a space, or a line break where a paragraph begins."""
        if not self._parts[-1]:
            return ""
        if self._after_blank or self._tag in _LISTS:
            return "\n"
        if line[0] in " \t":
            return " "
        if self._tag not in _TEXTS:
            return "\n"
        return "\n" if _SENTENCE_END.search(self._parts[-1]) and _HEADING.match(bare) else " "

    def _flush(self) -> None:
        if self._tag:
            self._pairs.append((self._tag, _clean("".join(self._parts))))
        self._tag, self._parts = "", []

    def _close(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """The record that is open, if one is; what has neither type, title nor end stands between records."""
        closed = self._closed
        self._flush()
        pairs, self._pairs = self._pairs, []
        names = {name for name, _ in pairs}
        if not self._start:
            return
        if "TY" in names or closed or not names.isdisjoint(RULES.title):
            self._no_type += "TY" not in names
            yield self._start, pairs
        else:
            self._outside += sum(1 + value.count("\n") for _, value in pairs)


def _tag_of(line: str) -> tuple[str, str, bool]:
    """(tag in upper case, value, whether it is written as the format prescribes), or empty texts for other lines."""
    if line[2:6] == "  - " and line[:2].isalnum() and line[:2].isupper():
        return line[:2], line[6:], True
    if "-" not in line[:9]:
        return "", "", False
    match = _TY.match(line)
    if match:
        return "TY", match[2], False
    match = _TAG.match(line)
    if match is None:
        return "", "", False
    return match[1].upper(), match[2] or match[3] or "", line[2:5] == "  -" and line[:2].isupper()


def _clean(value: str) -> str:
    return "\n".join(map(clean_line, value.split("\n"))) if "\n" in value else clean_line(value)


def _with_pmid(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs, with AN or C5 called PMID where the record says that it comes from MEDLINE, or from Embase.com."""
    numbers = {tag for tag, value in pairs if tag in ("AN", "C5") and value.isdigit()}
    if not numbers:
        return pairs
    medline = any(tag in ("DP", "DB") and _MEDLINE.match(value) for tag, value in pairs)
    embase = any(tag in ("U2", "UR", "DB") and _EMBASE.match(value) for tag, value in pairs)
    named = {tag for tag in numbers if (medline if tag == "AN" else embase)}
    return [("PMID" if tag in named and value.isdigit() else tag, value) for tag, value in pairs]
