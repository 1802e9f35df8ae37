"""The text of a search strategy ► its lines, in the numbering by which they refer to one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tiab.criteria.boolean import Parsed, parse_line

__all__ = ["StrategyLine", "read_lines"]

_NUMBER = re.compile(r"^\s*(?:[#sS]?(\d{1,3})\s*[.):\t]+|[#sS](\d{1,3})\s+|(\d{1,3})\s{2,})\s*(?=\S)")
_LOOSELY = re.compile(r"^\s*[#sS]?(\d{1,3})[\s.):]+(?=\S)")
"""The number of a line where all lines count up from 1."""
_FIELDS = re.compile(r"\[mp\s*=[^\]]*\]?", re.IGNORECASE)
"""Ovid's list of what .mp. searches, printed behind the line."""
_LABEL = re.compile(r"^\s*\d{1,2}[a-z][.)]?\s*$")
"""The number of a part, "2a", alone in a line."""
_SET_UP = re.compile(
    r"^\s*(?:#|//|--)?\s*(?:database|ovid|medline|embase|search strategy|host|date|searched|results?)\b[^()]*:?\s*$",
    re.I,
)


@dataclass(slots=True)
class StrategyLine:
    """One line: where it stands, what it says, and the heading before it, which names it.

    Attributes:
        place: the number of the line in the text, from 1.
    """

    place: int
    text: str
    parsed: Parsed
    heading: str = ""


def read_lines(text: str) -> Iterator[StrategyLine]:
    """The lines of a strategy in the numbering that its references use; headings between them name the next."""
    raw = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    raw = [(place, line) for place, line in raw if not line.startswith("# ") and not _SET_UP.match(line)]
    raw = [(place, line) for place, line in raw if not _LABEL.match(line)]
    number = _LOOSELY if _counts_up([line for _, line in raw]) else _NUMBER
    numbered = sum(bool(number.match(line)) for _, line in raw)
    is_numbered = numbered >= 2 and numbered >= 0.6 * sum(not _continues(line) for _, line in raw)
    joined: list[tuple[int, str]] = []
    for place, line in raw:
        if joined and (_continues(line) or _is_open(joined[-1][1]) or (is_numbered and not number.match(line))):
            joined[-1] = joined[-1][0], f"{joined[-1][1]} {line.strip()}"
        else:
            joined.append((place, line.strip()))
    heading, count = "", 0
    for place, line in joined:
        bare = number.sub("", line) if is_numbered else line
        if _is_heading(bare) and not is_numbered:
            heading = bare.strip(" :.")
            continue
        bare = re.sub(r"\s*Total references\s*=.*$", "", _FIELDS.sub(" ", bare), flags=re.IGNORECASE)
        yield StrategyLine(place, bare, parse_line(bare, lines=count), heading)
        heading, count = "", count + 1


def _counts_up(lines: list[str]) -> bool:
    """Whether the numbers that lines begin with are 1, 2, 3 and so on."""
    numbers = [int(found[1]) for line in lines if (found := _LOOSELY.match(line))]
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1))


def _continues(line: str) -> bool:
    """Whether a line goes on from the one before: PubMed's blocks are often broken before an operator."""
    return bool(re.match(r"\s*(?:AND|OR|NOT)\b(?!\s*(?:[#sS]?\d|/))", line))


def _is_open(line: str) -> bool:
    return bool(re.search(r"\b(?:AND|OR|NOT)\s*$", line))


def _is_heading(line: str) -> bool:
    """Whether a line names what follows, like "2. Population: low-back pain"."""
    return bool(
        re.match(r"^\s*(?:\d+[.)]\s+)[A-Z][^()\[\]*$/]*$|^[A-Z][^()\[\]*$/.]*:\s*$|^Search combination", line)
    ) and not (re.search(r"\b(?:AND|OR|NOT)\b", line))
