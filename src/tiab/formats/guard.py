"""The guard: how many records a text holds, told by what stands once in each of them, whatever the reader's rule is.

A reader finds records by how they start. The guard watches the same lines go by and counts signs that need no reader:
what ends a record, what numbers it, what it has once, such as a title, and where blank lines part one from the next. No
sign is in every record of every export, so the sign that is there most often is believed. Signs that only one program
writes are looked for in every file: a file that was taken for another format is noticed, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from tiab.formats.input_file import InputFile
from tiab.formats.reader_notes import ReaderNotes
from tiab.formats.text import decoding_of, lines_of

__all__ = ["doubtful_line", "expected", "watched"]

Signs = dict[str, list[int]]

_MARKS = {
    "types": (" Tt", r"\s{0,3}[Tt][Yy]\s{0,2}-+\s*\w"),
    "numbers in brackets": ("< \t", r"\s*<\s?\d+\s?\.?\s?>\s*$"),
    "numbers of Cochrane": ("R", r"Record #\d+"),
    "PMIDs": ("Pp", r"(?i:PMID)\s{0,2}-\s*\d"),
    "vendors": ("V", r"VN\s{0,2}-\s"),
    "types of Web of Science": ("P", r"PT [A-Z]$"),
    "types of EndNote": ("%", r"%0(?:\s|$)"),
    "types of RefWorks": ("R", r"RT [A-Z]\w"),
    "types of NoteExpress": ("{", r"\{Reference Type\}"),
    "databases of CNKI": ("S", r"SrcDatabase-\S"),
}
"""What stands once in each record of one kind of export, and hardly ever in another: with which letters it begins."""
_ONCE = {
    "Ovid text": {
        "titles": ("T", r"Title\.?(?::.*)?\s*$"),
        "sources": ("S", r"Source\.?(?::.*)?\s*$"),
        "accession numbers": ("AU", r"(?:Accession Number|Unique Identifier)\.?(?::.*)?\s*$"),
    },
    "NBIB": {"titles": ("Tt", r"(?i:TI) {0,2}-")},
    "Cochrane text": {"ids": ("I", r"ID: ?\S")},
    "Web of Science": {"accession numbers": ("U", r"UT \S"), "ends": ("E", r"ER\s*$")},
    "NoteExpress": {"titles": ("{T", r"\{Title\}\s*[:：]|Title-[^\x00-\x7f]")},
}
"""What else stands once in each record of one format."""
_IN_BLOCK = {
    "RIS": ("TtEe", r"\s{0,3}(?:(?P<TI>TI {0,2}-\s*\S)|(?P<T1>T1 {0,2}-\s*\S)|(?P<part>(?:ER|TY) {0,2}-))"),
    "Cochrane text": ("TtR", r"(?P<titles>TI: ?\S)|(?P<part>Record #)"),
    "Web of Science": ("TtEP", r"(?P<titles>TI \S)|(?P<part>ER\s*$|PT )"),
    "EndNote tags": ("%", r"(?P<blocks>%[0T](?:\s|$))"),
    "RefWorks": ("TtR", r"(?P<titles>T1 \S)|(?P<part>RT )"),
    "BibTeX": ("Tt@)}", r"(?P<titles>\s*title\s*=)|(?P<part>\s*@|\s*[)}]\s*,?\s*$)"),
}
"""What stands in one block of lines of each record, maybe on several; `part` ends a block as a blank line does."""


def watched(source: InputFile, noted: ReaderNotes, kind: str) -> Iterator[str]:
    """The lines of `source` as they come, noting where the signs of the format `kind` stand.

    Raises:
        InputError: see `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        noted.warnings.append(decoding.warning)
    return _noted(lines_of(source, decoding), list(_watchers(kind, noted.signs)))


def _noted(lines: Iterable[str], watchers: Sequence[_Watcher]) -> Iterator[str]:
    """The lines as they come; each watcher sees those that begin with one of its letters, so others cost little."""
    seen_by: dict[str, list[Callable[[int, str], object]]] = {}
    for watcher in watchers:
        for letter in {*watcher.begins, *([""] if " " in watcher.begins else [])}:
            seen_by.setdefault(letter, []).append(watcher.see)
    get, nobody = seen_by.get, ()
    for number, line in enumerate(lines, 1):
        for see in get(line[:1], nobody):
            see(number, line)
        yield line


def expected(noted: ReaderNotes) -> list[int]:
    """The lines of the sign that is there most often, as many as there are records."""
    return max((noted.starts, *noted.signs.values()), key=len)


def doubtful_line(starts: Sequence[int], signs: Sequence[int]) -> int | None:
    """Where a reader's `starts` and the guard's `signs` first part: a record with two signs or with none.

    >>> doubtful_line([1, 9], [3, 6, 11]), doubtful_line([1, 4, 9], [2, 10]), doubtful_line([], [])
    (6, 4, None)
    """
    ordered = sorted(starts)
    seen: Counter[int] = Counter()
    for line in signs:
        record = max(bisect_right(ordered, line), 1)
        seen[record] += 1
        if seen[record] > 1:
            return line
    return next((line for number, line in enumerate(ordered, 1) if not seen[number]), None)


class _Watcher(Protocol):
    """What sees lines that begin with one of the letters `begins`, with a space blank ones, too, and notes a sign."""

    begins: str

    def see(self, number: int, line: str) -> None: ...


def _watchers(kind: str, signs: Signs) -> Iterator[_Watcher]:
    blanks = _Blanks()
    yield blanks
    yield _Marks({**_MARKS, **_ONCE.get(kind, {})}, signs)
    if kind in _IN_BLOCK:
        yield _Blocks(*_IN_BLOCK[kind], signs, blanks)
    if kind in _RULES:
        yield _RULES[kind](signs, blanks)


class _Blanks:
    """How many blank lines there were, and where the last is."""

    begins = " \t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u3000"

    def __init__(self) -> None:
        self.count = self.last = 0

    def see(self, number: int, line: str) -> None:
        if not line.strip():
            self.note(number)

    def note(self, number: int) -> None:
        self.count, self.last = self.count + 1, number

    def above(self, number: int) -> bool:
        """Whether the line above is blank, or there is none."""
        return self.last == number - 1


class _Marks:
    """Lines that stand once in a record."""

    def __init__(self, marks: Mapping[str, tuple[str, str]], signs: Signs) -> None:
        self._names = list(marks)
        self._pattern = re.compile("|".join(f"({text})" for _, text in marks.values()))
        self._signs = signs
        self.begins = "".join(letters for letters, _ in marks.values())

    def see(self, number: int, line: str) -> None:
        match = self._pattern.match(line)
        if match:
            self._signs.setdefault(self._names[(match.lastindex or 1) - 1], []).append(number)


class _Blocks:
    """Lines that stand in one block of lines of a record."""

    def __init__(self, begins: str, pattern: str, signs: Signs, blanks: _Blanks) -> None:
        self.begins = begins + " "
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._signs, self._blanks = signs, blanks
        self._in_block: dict[str, int] = {}

    def see(self, number: int, line: str) -> None:
        match = self._pattern.match(line)
        name = match.lastgroup if match else None
        if name == "part":
            self._in_block.clear()
        elif name:
            if self._in_block.get(name) != self._blanks.count:
                self._signs.setdefault(name, []).append(number)
            self._in_block[name] = self._blanks.count


class _Ends:
    """Between two ends of records of RIS there are as many as there are types, or one where lines have no type."""

    begins = "EeTt "
    _end = re.compile(r"\s{0,3}ER\s{0,2}-\s*$", re.IGNORECASE)
    _title = re.compile(r"\s{0,3}T[I1] {0,2}-\s*\S", re.IGNORECASE)
    _type = re.compile(_MARKS["types"][1])

    def __init__(self, signs: Signs, blanks: _Blanks) -> None:
        self._noted, self._blanks = signs.setdefault("ends", []), blanks
        self._typed = self._counted = False
        self._before = self._blanks_before = 0

    def see(self, number: int, line: str) -> None:
        if self._end.match(line):
            said = number - self._before - 1 > self._blanks.count - self._blanks_before
            self._count(number, once=self._counted or not said)
            self._typed = self._counted = False
            self._before, self._blanks_before = number, self._blanks.count
        elif self._type.match(line):
            self._count(number, once=self._counted and not self._typed)
            self._typed = True
        elif self._title.match(line):
            self._count(number, once=self._counted)

    def _count(self, number: int, *, once: bool) -> None:
        if not once:
            self._noted.append(number)
        self._counted = True


class _Citations:
    """A PMID begins a citation; so does an owner or identifier below a blank line or a number, unless a PMID did."""

    begins = "PpOoUuVv<"
    _citation = re.compile(r"(PMID {0,2}-\s*(?:\d|$))|(?:OWN|UI|VN|PMID) {0,2}-", re.IGNORECASE)

    def __init__(self, signs: Signs, blanks: _Blanks) -> None:
        self._noted, self._blanks = signs.setdefault("citations", []), blanks
        self._pmid = self._blanks_then = -1

    def see(self, number: int, line: str) -> None:
        match = self._citation.match(line)
        lone = self._pmid > 0 and number - self._pmid - 1 == self._blanks.count - self._blanks_then
        if match and (match[1] or (self._blanks.above(number) and not lone)):
            self._noted.append(number)
            self._pmid, self._blanks_then = (number, self._blanks.count) if match[1] else (-1, 0)
        elif line[0] == "<":
            self._blanks.note(number)


class _Openings:
    """Blocks of lines that begin as records of EndNote's do."""

    begins = "%"
    _opening = re.compile(r"%[0TAJBDF](?:\s|$)")

    def __init__(self, signs: Signs, blanks: _Blanks) -> None:
        self._noted, self._blanks = signs.setdefault("openings", []), blanks

    def see(self, number: int, line: str) -> None:
        if (self._blanks.above(number) or not self._noted) and self._opening.match(line):
            self._noted.append(number)


class _Numbers:
    """Paragraphs of PubMed's text that begin with the next number, and PMIDs below the other identifiers."""

    begins = "0123456789DP"

    def __init__(self, signs: Signs, blanks: _Blanks) -> None:
        self._noted, self._last = signs.setdefault("numbers", []), signs.setdefault("last lines", [])
        self._blanks = blanks
        self._identifier = 0

    def see(self, number: int, line: str) -> None:
        said, _, text = line.partition(" ")
        wanted = len(self._noted) + 1
        if self._blanks.above(number) and said in (f"{wanted}.", f"{wanted}:") and text[:1].strip():
            self._noted.append(number)
        elif said == "PMID:" and (self._blanks.above(number) or self._identifier == number - 1):
            self._last.append(number)
        elif said in ("DOI:", "PMCID:"):
            self._identifier = number


class _Entries:
    """Lines that begin as an entry of BibTeX does, with at sign, word and opening brace, or go on with one."""

    begins = "".join(map(chr, range(1, 127)))
    _other = frozenset({"comment", "string", "preamble"})
    _on_one_line = re.compile(r"}\s*@([A-Za-z]+){[^,={}\"]*,")

    def __init__(self, signs: Signs, blanks: _Blanks) -> None:
        self._noted = signs.setdefault("entries", [])

    def see(self, number: int, line: str) -> None:
        if "@" not in line:
            return
        bare = line.strip()
        if bare.startswith("@"):
            kind, brace, rest = bare[1:].replace("(", "{").partition("{")
            kind = kind.strip().lower()
            plain = kind[:1].isascii() and kind[:1].isalpha() and kind.replace("-", "").replace("_", "").isalnum()
            ends = not rest.strip() or "," in rest.split("}")[0] or "=" in rest.split("{")[0]
            if brace and plain and ends and kind not in self._other:
                self._noted.append(number)
        found = self._on_one_line.findall(line)
        self._noted.extend(number for kind in found if kind.lower() not in self._other)


_RULES: dict[str, Callable[[Signs, _Blanks], _Watcher]] = {
    "RIS": _Ends,
    "NBIB": _Citations,
    "EndNote tags": _Openings,
    "PubMed text": _Numbers,
    "BibTeX": _Entries,
}
"""Rules that also have to know what stands above a line."""
