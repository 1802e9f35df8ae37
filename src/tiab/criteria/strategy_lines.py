"""The text of a search strategy ► its lines, in the numbering by which they refer to one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tiab.criteria.boolean import Parsed, parse_line
from tiab.criteria.dialects import PlainLine, plain_lines

__all__ = ["StrategyLine", "read_parts"]

_NUMBER = re.compile(r"^\s*(?:[#sS]?(\d{1,3})\s*[.):\t]+|[#sS](\d{1,3})\s+|(\d{1,3})\s{2,})\s*(?=\S)")
_LOOSELY = re.compile(r"^\s*[#sS]?(\d{1,3})[\s.):]+(?=\S)")
"""The number of a line where all lines count up from 1."""
_REFERS = re.compile(r"(?i)(?:and|or|not|adj\d*|near)\b|[-,/\d]")
"""What stands behind the number of another line."""
_FIELDS = re.compile(r"\[mp\s*=[^\]]*\]?", re.IGNORECASE)
"""Ovid's list of what .mp. searches, printed behind the line."""
_LABEL = re.compile(r"^\s*\d{1,2}[a-z][.)]?\s*$")
"""The number of a part, "2a", alone in a line."""
_DATABASES = (
    "database|ovid|medline|embase|search strategy|host|date|searched|results?|pubmed|scopus|web of science|cinahl"
    "|psycinfo|central|cochrane library|lilacs|proquest|eric|amed"
)
_HOSTS = r"\((?:ovid|ebsco\w*|via[^)]*|proquest|elsevier|wiley|r|clarivate|pubmed)\)"
_SET_UP = re.compile(
    rf"^\s*(?:#|//|--)?\s*(?:(?:{_DATABASES})\b(?:[^():]|{_HOSTS})*:?\s*"
    r"|(?:database|interface|platform|provider|search date|date of search|host|source)s?\s*:.*)$",
    re.I,
)
"""A line that says which database was searched, and when."""
_HEADED = re.compile(
    r"(?i)^(?P<name>populations?|participants?|patients?|problem|conditions?|interventions?|exposures?|comparators?"
    r"|comparisons?|outcomes?|settings?|phenomenon of interest|(?:study )?designs?|study types?|(?:concept|block) \d)"
    r"\s*[:=]\s*(?=\S)"
)
"""What a block is about, in front of it."""


@dataclass(slots=True)
class StrategyLine:
    """One line: where it stands, what it says, and the heading before it, which names it.

    Attributes:
        place: the number of the line in the text, from 1.
        limits: what it limits the result to, in the words of its database.
    """

    place: int
    text: str
    parsed: Parsed
    heading: str = ""
    limits: tuple[str, ...] = ()


def read_parts(text: str) -> list[list[StrategyLine]]:
    """The lines of each of the strategies that stand in one text, each in a numbering of its own.

    >>> text = "Medline\\n1 yoga.tw.\\n2 gout.tw.\\n3 1 and 2\\nEmbase\\n1 yoga/\\n2 gout/"
    >>> [len(part) for part in read_parts(text)]
    [3, 2]
    """
    parts: list[list[PlainLine]] = [[]]
    highest = 0
    lines = plain_lines(text)
    numbers = [_own_number(line.text) for line in lines]
    for place, (line, number) in enumerate(zip(lines, numbers, strict=True)):
        goes_on = next((other for other in numbers[place + 1 :] if other), 0) == 2
        begun = any(one.text.strip() and not _SET_UP.match(one.text) for one in parts[-1])
        if (number == 1 and highest > 1 and goes_on) or (begun and _SET_UP.match(line.text)):
            parts.append([])
            highest = 0
        highest = number or highest
        parts[-1].append(line)
    read = [list(_read(part)) for part in parts]
    return [part for part in read if part]


def _own_number(line: str) -> int:
    """The number that a line begins with; 0 where it begins with none, or with a reference to another line."""
    found = _LOOSELY.match(line)
    return 0 if found is None or _REFERS.match(line[found.end() :]) else int(found[1])


def _read(plain: list[PlainLine]) -> Iterator[StrategyLine]:
    raw = [line for line in plain if line.text.strip() or line.limits]
    raw = [line for line in raw if not line.text.startswith("# ") and not _SET_UP.match(line.text)]
    raw = [line for line in raw if not _LABEL.match(line.text)]
    number = _LOOSELY if _counts_up([line.text for line in raw]) else _NUMBER
    numbered = sum(bool(number.match(line.text)) for line in raw)
    is_numbered = numbered >= 2 and numbered >= 0.6 * sum(not _continues(line.text) for line in raw)
    joined: list[PlainLine] = []
    for line in raw:
        before = joined[-1] if joined else None
        goes_on = _continues(line.text) or (before is not None and _is_open(before.text))
        if before is not None and (goes_on or (is_numbered and not number.match(line.text))):
            joined[-1] = replace(before, text=_joined(before.text, line.text), limits=before.limits + line.limits)
        else:
            joined.append(replace(line, text=line.text.strip()))
    heading, count = "", 0
    for line in joined:
        bare = number.sub("", line.text) if is_numbered else line.text
        if _is_heading(bare) and not is_numbered:
            heading = bare.strip(" :.")
            continue
        if not is_numbered and (named := _HEADED.match(bare)):
            heading, bare = named["name"], bare[named.end() :]
        bare = re.sub(r"\s*Total references\s*=.*$", "", _FIELDS.sub(" ", bare), flags=re.IGNORECASE)
        yield StrategyLine(line.place, bare, parse_line(bare, lines=count), heading, line.limits)
        heading, count = "", count + 1


def _joined(before: str, line: str) -> str:
    """Two lines of one search; where each is a whole list, and AND alone stands between, each stays a list."""
    line = line.strip()
    lists = re.search(r"\bOR\b", before) or re.search(r"\bOR\b", line)
    if lists and _is_balanced(before) and _is_balanced(line):
        if found := re.match(r"(AND|NOT)\b\s*(.*)$", line, re.DOTALL):
            return f"({before}) {found[1]} {found[2]}"
        if found := re.search(r"\s+(AND|NOT)\s*$", before):
            return f"{before} ({line})"
    return f"{before} {line}"


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")")


def _counts_up(lines: list[str]) -> bool:
    """Whether the numbers that lines begin with are 1, 2, 3 and so on."""
    numbers = [int(found[1]) for line in lines if (found := _LOOSELY.match(line))]
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1))


def _continues(line: str) -> bool:
    """Whether a line goes on from the one before: PubMed's blocks are often broken before an operator."""
    return bool(re.match(r"\s*(?:AND|OR|NOT)\b(?!\s*(?:[#sS]?\d|/))", line))


def _is_open(line: str) -> bool:
    return bool(re.search(r"(?<!/)\b(?:AND|OR|NOT)\s*$", line))


def _is_heading(line: str) -> bool:
    """Whether a line names what follows, like "2. Population: low-back pain"."""
    return bool(
        re.match(r"^\s*(?:\d+[.)]\s+)[A-Z][^()\[\]*$/]*$|^[A-Z][^()\[\]*$/.]*:\s*$|^Search combination", line)
    ) and not (re.search(r"\b(?:AND|OR|NOT)\b", line))
