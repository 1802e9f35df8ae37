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
from functools import partial

from tiab.formats.entries import Tally
from tiab.formats.opening import Source
from tiab.formats.text import decoding_of, lines_of

__all__ = ["doubtful_line", "expected", "watched"]

Signs = dict[str, list[int]]
_Counting = Callable[[Iterable[str], Signs], Iterator[str]]

_MARKS = {
    "types": (" Tt", r"\s{0,3}[Tt][Yy]\s{0,2}-+\s*\w"),
    "numbers in brackets": ("<", r"<\s?\d+\s?\.?\s?>\s*$"),
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
    "RIS": r"(?P<TI>\s{0,3}TI {0,2}-\s*\S)|(?P<T1>\s{0,3}T1 {0,2}-\s*\S)|(?P<part>\s{0,3}(?:ER|TY) {0,2}-)",
    "Cochrane text": r"(?P<titles>TI: ?\S)|(?P<part>Record #)",
    "Web of Science": r"(?P<titles>TI \S)|(?P<part>ER\s*$|PT )",
    "EndNote tags": r"(?P<blocks>%[0T](?:\s|$))",
    "RefWorks": r"(?P<titles>T1 \S)|(?P<part>RT )",
    "BibTeX": r"(?P<titles>\s*title\s*=)|(?P<part>\s*@|\s*[)}]\s*,?\s*$)",
}
"""What stands in one block of lines of each record, maybe on several; `part` ends a block as a blank line does."""


def watched(source: Source, tally: Tally, kind: str) -> Iterator[str]:
    """The lines of `source` as they come, noting in the tally where the signs of the format `kind` stand.

    Raises:
        InputError: see `decoding_of` and `lines_of`.
    """
    decoding = decoding_of(source)
    if decoding.warning:
        tally.warnings.append(decoding.warning)
    lines = lines_of(source, decoding)
    for counting in _countings(kind):
        lines = counting(lines, tally.signs)
    return lines


def expected(tally: Tally) -> list[int]:
    """The lines of the sign that is there most often, as many as there are records."""
    return max((tally.starts, *tally.signs.values()), key=len)


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


def _countings(kind: str) -> Iterator[_Counting]:
    yield partial(_marks, marks={**_MARKS, **_ONCE.get(kind, {})})
    if kind in _IN_BLOCK:
        yield partial(_blocks, pattern=re.compile(_IN_BLOCK[kind], re.IGNORECASE))
    special: dict[str, tuple[_Counting, ...]] = {
        "RIS": (_ends,), "NBIB": (_citations,), "EndNote tags": (_openings,), "PubMed text": (_numbers, _pmids),
        "BibTeX": (_entries,),
    }  # fmt: skip
    yield from special.get(kind, ())


def _marks(lines: Iterable[str], signs: Signs, *, marks: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    names = list(marks)
    begins = frozenset("".join(letters for letters, _ in marks.values()))
    pattern = re.compile("|".join(f"({text})" for _, text in marks.values()))
    for number, line in enumerate(lines, 1):
        if line[:1] in begins and (match := pattern.match(line)):
            signs.setdefault(names[(match.lastindex or 1) - 1], []).append(number)
        yield line


def _blocks(lines: Iterable[str], signs: Signs, *, pattern: re.Pattern[str]) -> Iterator[str]:
    """Notes each sign once in each block of lines."""
    in_block: set[str] = set()
    for number, line in enumerate(lines, 1):
        match = pattern.match(line)
        if match:
            name = str(match.lastgroup)
            if name == "part":
                in_block.clear()
            elif name not in in_block:
                in_block.add(name)
                signs.setdefault(name, []).append(number)
        elif in_block and not line.strip():
            in_block.clear()
        yield line


_END = re.compile(r"\s{0,3}ER\s{0,2}-\s*$", re.IGNORECASE)
_TYPE = re.compile(_MARKS["types"][1])
_RIS_TITLE = re.compile(r"\s{0,3}T[I1] {0,2}-\s*\S", re.IGNORECASE)


def _ends(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """Between two ends of records there are as many as there are types, or one where tags stand without a type."""
    noted = signs.setdefault("ends", [])
    start, tagged, titled = 0, False, False
    for number, line in enumerate(lines, 1):
        if not tagged:
            tagged = "-" in line[2:8]
        if line[:2] in _RIS_BEGINS:
            if _END.match(line):
                if start or tagged:
                    noted.append(start or number)
                start, tagged, titled = 0, False, False
            elif _TYPE.match(line):
                if start:
                    noted.append(start)
                start = number
            elif not titled and _RIS_TITLE.match(line):
                titled = True
        yield line
    if start or titled:
        noted.append(start or number)


_RIS_BEGINS = frozenset(
    [a + b for word in ("ER", "TY", "TI", "T1") for a in (word[0], word[0].lower()) for b in (word[1], word[1].lower())]
    + ["  ", " E", " e", " T", " t"]
)
_CITATION = re.compile(r"(PMID {0,2}-\s*(?:\d|$))|(?:OWN|UI|VN|PMID) {0,2}-", re.IGNORECASE)
_ANY_TAG = re.compile(r"[A-Za-z]\w{1,3} {0,2}- ?")


def _citations(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """A PMID begins a citation; so does an owner or identifier below a blank line or a number, unless a PMID did."""
    noted = signs.setdefault("citations", [])
    apart, lone = True, False
    for number, line in enumerate(lines, 1):
        match = _CITATION.match(line)
        if match and (match[1] or (apart and not lone)):
            noted.append(number)
            lone = bool(match[1])
        elif line[:1].isalpha() and _ANY_TAG.match(line):
            lone = False
        apart = line[:1] == "<" or not line.strip()
        yield line


_OPENING = re.compile(r"%[0TAJBDF](?:\s|$)")


def _openings(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """Blocks of lines that begin as records of EndNote's do."""
    noted = signs.setdefault("openings", [])
    before = ""
    for number, line in enumerate(lines, 1):
        if (not before.strip() or not noted) and _OPENING.match(line):
            noted.append(number)
        before = line
        yield line


def _numbers(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """Paragraphs that begin with the next number."""
    noted = signs.setdefault("numbers", [])
    before = ""
    for number, line in enumerate(lines, 1):
        said, _, text = line.partition(" ")
        wanted = len(noted) + 1
        if not before.strip() and said in (f"{wanted}.", f"{wanted}:") and text[:1].strip():
            noted.append(number)
        before = line
        yield line


def _pmids(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """Lines with the PMID below those of the other identifiers, with which PubMed's text ends a record."""
    noted = signs.setdefault("last lines", [])
    before = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("PMID: ") and (not before.strip() or before.startswith(("DOI: ", "PMCID: "))):
            noted.append(number)
        before = line
        yield line


_OTHER = frozenset({"comment", "string", "preamble"})
_ON_ONE_LINE = re.compile(r"}\s*@([A-Za-z]+){[^,={}\"]*,")


def _entries(lines: Iterable[str], signs: Signs) -> Iterator[str]:
    """Lines that begin as an entry of BibTeX does: at sign, word, opening brace."""
    noted = signs.setdefault("entries", [])
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if bare.startswith("@"):
            kind, brace, rest = bare[1:].replace("(", "{").partition("{")
            kind = kind.strip().lower()
            plain = kind[:1].isascii() and kind[:1].isalpha() and kind.replace("-", "").replace("_", "").isalnum()
            ends = not rest.strip() or "," in rest.split("}")[0] or "=" in rest.split("{")[0]
            if brace and plain and ends and kind not in _OTHER:
                noted.append(number)
        if "@" in line:
            noted.extend(number for kind in _ON_ONE_LINE.findall(line) if kind.lower() not in _OTHER)
        yield line
