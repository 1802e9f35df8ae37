"""Strategies as databases print and export them ► numbered lines in one way of writing, and the limits that they set.

Ovid and the Cochrane Library print how many records a line found, EBSCO and PubMed export a history with the last
search on top, Embase.com, Scopus, ProQuest, LILACS and ClinicalTrials.gov have operators of their own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["TIED", "PlainLine", "plain_lines"]

_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "″": '"', "‘": "'", "’": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " "}
)
_HITS = re.compile(r"(?:\s*\(\s*\d[\d,. ]*\)|(?P<bare>[ \t]+(?:\d{1,3}(?:,\d{3})+|\d+)))\s*$")
"""The number of records that a line found."""
_OPERATOR = re.compile(r"(?i)(?:\b(?:and|or|not|to|adj\d*|near/?\d*|next/?\d*|n\d+|w\d+|limit|from)|[-,=:])\s*$")
"""Before these a last number belongs to the search."""
_RULES = re.compile(r"^[\s*=_-]{3,}$")
_NUMBERED = re.compile(r"^\s*#?\s*[sS]?(?P<number>\d{1,3})\s*[.):\t]*\s*(?=\S)")
_SURE_OF_HITS = 0.6
"""The share of lines that end in a number from which on these are hits."""
_CUT = (
    re.compile(r"(?i)\s*\b(?:limiters|expanders|narrow by|search modes?)\s*-\s.*$"),  # EBSCO
    re.compile(r"(?i)\s*\b(?:refined by|databases|indexes|timespan|search language)\s*[:=].*$"),  # Web of Science
    re.compile(r"(?i),?\s*\bwith (?:publication year|cochrane library publication date)\b.*$"),  # Cochrane
)
"""What stands behind a search and limits it."""
_DROP = re.compile(
    r"(?i)\(word variations have been searched\)|,?\s+in (?:trials|cochrane reviews)\b[^()]*$|^\s*allintitle:\s*"
    r"|\b(?:EXPAND|COVER)\[\w+\]"
)
_LIMITS = (
    re.compile(r"(?i)\[[^\[\]]*\]\s*/\s*(?:lim|py|sd|la)\b"),  # Embase.com
    re.compile(r"(?i)\b(?:LIMIT-TO|EXCLUDE)\s*\([^()]*\)|\bPUBYEAR\s*(?:[<>=]+|AFT|BEF|IS)\s*\d{4}"),  # Scopus
    re.compile(r"(?i)\b(?:la|lang|pd|yr|rtype|dtype|at|pstype)(?:\.exact)?\s*\([^()]*\)"),  # ProQuest
    re.compile(
        r"(?i)\b(?:db|instance|la|year_cluster|type_of_study|fulltext|limit):\s*(?:\([^()]*\)|\[[^\]]*\]|\"[^\"]*\"|\w+)"
    ),
    re.compile(
        r"(?i)\bAREA\[(?:StudyType|Phase|StartDate|OverallStatus)\]\s*(?:EXPAND\[\w+\]\s*)?(?:COVER\[\w+\]\s*)?(?:\"[^\"]*\"|\w+)"
    ),
    re.compile(r"(?i)\[?\bpublication date:\s*\([^()]*\)\]?|\bE-Publication Date:\s*\([^()]*\)"),  # ACM
    re.compile(
        r"(?i)\"?\d{4}(?:/\d\d?){0,2}\"?\s*\[(?:pdat|dp|date[^\]]*|edat|crdt)\]\s*:\s*\"?\d{4}(?:/\d\d?){0,2}\"?\s*\[[^\]]*\]"
    ),
    re.compile(r"(?i)\b(?P<tagged>\w+)\s*\[(?:lang|la|language)\]"),  # PubMed
)
"""Searches that only limit, as each database writes them."""
_OTHERWISE = (
    (
        re.compile(
            r"(?i)\bMeSH descriptor:?\s*\[([^\]]+)\](?:\s*(?:explode all trees|this term only|in all MeSH products))?"
        ),
        r"exp \1/",
    ),
    (re.compile(r"""(?i)(?<!\w)['"]([^'"]+)['"]\s*/\s*(?:exp|de|mj|syn)(?:/\w+)*\b"""), r'exp "\1"/'),  # Embase.com
    (re.compile(r"(?<![\w'])'([^']{2,80})'(?=[\s:)]|$)"), r'"\1"'),
    (re.compile(r"/\s*(?:[a-z]{2}\s*,\s*)*[a-z]{2}\s*\[[^\]]*\]"), "/"),  # Ovid's subheadings, spelt out
    (re.compile(r"([*$])\d+"), r"\1"),  # Ovid's truncation up to some letters
    (re.compile(r"(?i)(?<=[\s)])(?:W|PRE)/(\d+)(?=[\s(])"), r"near/\1"),  # Scopus
    (re.compile(r"(?i)\b(?:TITLE-ABS-KEY-AUTH|TITLE-ABS-KEY|TITLE-ABS|TITLE|ABS|KEY|AUTHKEY|INDEXTERMS)\s*(?=\()"), ""),
    (re.compile(r"(?i)\b(?:MAINSUBJECT|MJMAINSUBJECT|MESH|SU|SUBJECT)\.EXACT(?:\.EXPLODE)?\s*(?=\()"), ""),  # ProQuest
    (re.compile(r"(?<![\w.])(?:noft|anywhere|tiab|(?:ti|ab|su|if|diskw|mesh|all)(?:,(?:ti|ab|su|if))*)\s*(?=\()"), ""),
    (re.compile(r"(?i)(?<![\w.])(?:mh|tw|ti|ab|mj):\s*(?=[\"(\w])"), ""),  # LILACS
    (re.compile(r"(?i)\bAREA\[\w+\]\s*|\bSEARCH\[\w+\]\s*"), ""),  # ClinicalTrials.gov
    (re.compile(r"(?i)\"(?:all metadata|document title|abstract|author keywords|index terms)\"\s*:\s*"), ""),  # IEEE
    (re.compile(r"(?i)\b(?:abstract|title|keyword|full text|all(?:field)?)\s*:\s*(?=[\"(])"), ""),  # ACM
)


_HEADING = re.compile(r"""(?i)(?:\b(?P<exp>exp|explode)\s+)?"(?P<name>[^"]+)"\s*/""")
TIED = "\u2060"
"""Between the words of a heading in quotes, which hold no operators and no brackets."""


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line in the one way of writing.

    Attributes:
        place: its number in the text, from 1.
        limits: what it limits the result to, in the words of the database.
    """

    place: int
    text: str
    limits: tuple[str, ...] = ()


def plain_lines(text: str) -> list[PlainLine]:
    """The lines of a strategy in their order, without the hits, limits and field names that its database adds.

    >>> history = "S2\\tyoga\\t12,345\\nS1\\tMeSH descriptor: [Asthma] explode all trees\\t99"
    >>> [line.text for line in plain_lines(history)]
    ['S1\\texp Asthma/', 'S2\\tyoga']
    """
    raw = [(place, line.translate(_QUOTES)) for place, line in _rows(text) if not _RULES.match(line)]
    return [_plain(place, line) for place, line in _ascending(_without_hits(raw))]


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """(number, line): of a table the number and the query of each row, of rich text its words."""
    if text.lstrip().startswith("{\\rtf"):
        text = _from_rich_text(text)
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    if re.match(r"(?i)\W*search(?: number)?,(?:actions,details,)?query,", head):
        for place, row in enumerate(csv.reader(lines), 1):
            if len(row) > 1 and row[0].strip(" #").isdigit():
                yield place, f"#{row[0].strip(' #')}\t{row[1] if len(row) < 4 or row[1] else row[3]}"
        return
    for place, line in enumerate(lines, 1):
        cells = line.split("\t")
        if re.match(r"(?i)\W*(?:#|id|set|no\.?)?\s*\t(?:query|search(?:es)?)\b", line):
            continue  # the head of a table
        exported = len(cells) > 3 and re.match(r"\s*[#sS]?\d+\s*$", cells[0])
        yield place, "\t".join(cells[:2]) + f" {cells[2]}" * cells[2].startswith("Limiters") if exported else line


def _from_rich_text(text: str) -> str:
    text = re.sub(r"\{\\(?:fonttbl|colortbl|stylesheet|info|\*)(?:[^{}]|\{[^{}]*\})*\}", "", text)
    text = re.sub(r"\\'([0-9a-f]{2})", lambda code: bytes.fromhex(code[1]).decode("cp1252", "replace"), text)
    text = re.sub(r"\\(?:par|line)\b\s?", "\n", re.sub(r"\\tab\b\s?", "\t", text))
    return re.sub(r"\\[a-z]+-?\d*\s?|[{}]", "", text)


def _without_hits(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines without the numbers of records at their ends, where most lines have one."""
    searches = [line for _, line in lines if _NUMBERED.match(line)]
    found = sum(_hits(line) is not None for line in searches)
    if found < 2 or found < _SURE_OF_HITS * len(searches):
        return lines
    return [(place, line if (at := _hits(line)) is None else line[:at].rstrip()) for place, line in lines]


def _hits(line: str) -> int | None:
    """Where the number of records begins, with which a line ends; None where it ends in none."""
    found = _HITS.search(line)
    if found is None or not _NUMBERED.match(line):
        return None
    before = line[: found.start()]
    own_number = re.fullmatch(r"\s*#?\s*[sS]?\d{1,3}[.):]?", before)
    sure = not found["bare"] or "\t" in found["bare"]
    return None if own_number or (not sure and _OPERATOR.search(before)) else found.start()


def _ascending(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines in the order of their numbers, where the last search was printed first."""
    numbers = [int(found["number"]) for _, line in lines if (found := _NUMBERED.match(line))]
    down = len(numbers) > 1 and all(one > other for one, other in pairwise(numbers))
    numbered = [(place, line) for place, line in lines if _NUMBERED.match(line)]
    return numbered[::-1] if down and numbers[-1] == 1 else lines


def _plain(place: int, line: str) -> PlainLine:
    limits: list[str] = []

    def taken(found: re.Match[str]) -> str:
        limits.append(found[0].strip())
        return " "

    for pattern in (*_CUT, *_LIMITS):
        line = pattern.sub(taken, line)
    line = _DROP.sub(" ", line)
    if limits:
        line = re.sub(r"\(\s*(?:(?:AND|OR|NOT)\b\s*)*\)", " ", line)
        line = re.sub(r"(?:\s+(?:AND|OR|NOT)\b)+\s*$", "", line)
    for pattern, instead in _OTHERWISE:
        line = pattern.sub(instead, line)
    line = _HEADING.sub(_one_word, line)
    return PlainLine(place, re.sub(r"^\s*#\s+(?=\d+\s)", "#", line), tuple(limits))


def _one_word(heading: re.Match[str]) -> str:
    """A heading in quotes with its words tied together, without what it says in brackets."""
    name = re.sub(r"\s*\([^()]*\)", "", heading["name"])
    return f"{'exp ' if heading['exp'] else ''}{TIED.join(name.split())}/"
