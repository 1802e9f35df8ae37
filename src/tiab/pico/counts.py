"""Counts of participants: every number in a record that may be one, and what its surroundings say of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from tiab.pico.abbreviations import Abbreviation
from tiab.pico.layout import Layout
from tiab.pico.quantities import Quantity, quantities
from tiab.pico.vocabulary import vocabulary

__all__ = ["Count", "SentenceNumbers", "find_counts", "read_numbers"]

_REACH = 80
_N_EQUALS = re.compile(r"(?<!\w)[nN]\s*[=:]\s*$")
_YEAR_BEFORE = re.compile(r"\b(?:in|to|by|of|\w{3,9})\s*$|[/-]\s*$")
_YEARS = range(1900, 2041)
_PART_OF = re.compile(
    r"(?:\s*\([^()]{0,20}\))?\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(?:[a-z]+\s+)?[\d,]+(?=\s)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?:\s*\([^()]{0,40}\))?\s+(?:of\s+(?:the|these|our)\s+)?\(?"
    r"(?P<words>[^\W\d][\w/'’+‐-―-]*(?:[,)]{0,2}\s+\(?[^\W\d][\w/'’+‐-―-]*){0,7})"
)
_VERB = re.compile(
    r"\s+(?:of\s+(?:them|these|whom)\s+)?(?:completed|participated|consented|took\s+part|were\s+(?:random|enrol|recruit|includ|assign|alloc|analy))"
)
_GONE = frozenset({"screened next", "lost next"})
_FOREIGN = _GONE | {"in background", "in conclusions", "in other"}
_SMALL = 10
_DIGIT_WORD = re.compile(r"[^\W\d][\w/'’+‐-―-]*")


@dataclass(frozen=True, slots=True)
class Count:
    """A number that may count participants, or the sum of several that may.

    Attributes:
        start, end: its place in the text; of a sum, from the first number to the last.
        value: the number.
        evidence: the names of what its surroundings say, each with a weight in `words/sample_size.toml`.
        summed: whether it is a sum of arms.
    """

    start: int
    end: int
    value: int
    evidence: frozenset[str]
    summed: bool = False


class SentenceNumbers(NamedTuple):
    """A sentence, from `begin` to `end`, and the whole numbers in it."""

    begin: int
    end: int
    numbers: tuple[Quantity, ...]


def read_numbers(text: str, layout: Layout) -> list[SentenceNumbers]:
    """The whole numbers of each sentence of title and abstract."""
    bounds = [
        layout.sentence_bounds(number, len(text))
        for number, begin in enumerate(layout.sentences)
        if layout.field(begin) != "keywords"
    ]
    return [SentenceNumbers(begin, end, tuple(quantities(text, begin, end))) for begin, end in bounds]


def find_counts(
    text: str, layout: Layout, sentences: Sequence[SentenceNumbers], abbreviations: Iterable[Abbreviation] = ()
) -> list[Count]:
    """The counts in title and abstract, in the order of the text, then the sums of arms."""
    nouns = _Nouns(abbreviations)
    counts: list[Count] = []
    sums: list[Count] = []
    for begin, end, numbers in sentences:
        mine = [c for q in numbers if (c := _count(text, layout, q, begin, end, nouns))]
        counts += mine
        sums += _sums(mine, layout)
    return _compare(counts + sums, [q for sentence in sentences for q in sentence.numbers], len(text))


class _Nouns:
    """Finds the noun that a number counts: one of the list, or a short form of one that the record defines."""

    def __init__(self, abbreviations: Iterable[Abbreviation]) -> None:
        listed, _ = _listed()
        own = {a.short for a in abbreviations if a.long.split()[-1].casefold() in listed}
        self._own = frozenset(own | {short + "s" for short in own})

    def after(self, text: str, start: int, end: int) -> tuple[int, bool] | None:
        """(end of the noun, whether it is one for providers) if one of the next words is a noun for people."""
        listed, providers = _listed()
        found = _COUNTED.match(text, start, min(end, start + 160))
        if found is None:
            return None
        for word in _DIGIT_WORD.finditer(text, found.start("words"), found.end("words")):
            lower = word[0].casefold()
            last = lower.rpartition("-")[2]
            if last in listed or word[0] in self._own:
                return word.end(), last in providers
            if lower in _not_before():
                return None
        return None

    def before(self, text: str, begin: int, start: int) -> bool:
        """Whether one of the last words before the bracket at `start` is a noun for people."""
        listed, _ = _listed()
        words = _DIGIT_WORD.findall(text[max(begin, start - 60) : start])[-6:]
        return any(w.casefold().rpartition("-")[2] in listed or w in self._own for w in words)


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """The nouns of the list and those of them for providers, in both numbers."""
    lists = vocabulary("participants")
    both = ({form for noun in lists[name] for form in (noun, noun + "s")} for name in ("nouns", "providers"))
    nouns, providers = (frozenset(forms) for forms in both)
    return nouns, providers


@cache
def _not_before() -> frozenset[str]:
    return frozenset(word.casefold() for word in vocabulary("participants")["not_before_noun"])


def _count(text: str, layout: Layout, number: Quantity, begin: int, end: int, nouns: _Nouns) -> Count | None:
    before = text[max(begin, number.start - _REACH) : number.start]
    equals = _N_EQUALS.search(before)
    noun = None if equals else nouns.after(text, _whole(text, number.end, end), end)
    verb = None if equals or noun else _VERB.match(text, number.end, end)
    if number.value < 2 or not (noun or equals or verb):
        return None
    if number.value in _YEARS and len(text[number.start : number.end]) == 4 and _YEAR_BEFORE.search(before):
        return None
    evidence = {"counts a noun" if noun else "n =" if equals else "counts a verb"}
    if equals:
        opening = text.rfind("(", begin, number.start)
        evidence |= {"noun before n ="} if nouns.before(text, begin, max(opening, begin)) else set()
        before = text[max(begin, opening - _REACH) : max(opening, begin)]
    elif noun and noun[1]:
        evidence.add("provider")
    stop = noun[0] if noun else number.end
    evidence |= set(_surroundings(text, before, stop, end)) | set(_place(layout, number.start, begin, len(text)))
    return Count(number.start, number.end, number.value, frozenset(evidence))


def _whole(text: str, start: int, end: int) -> int:
    """Behind the whole where the number is a part ("31 of the 322 eligible women"), else `start`."""
    part = _PART_OF.match(text, start, end)
    return part.end() if part else start


def _surroundings(text: str, before: str, stop: int, end: int) -> Iterator[str]:
    reach = min(end, stop + 2 * _REACH)
    gone = False  # "of 96 screened, 40 were randomised": what stands behind "screened" is not said of the 96
    for where, name, pattern in _patterns():
        if where == "before":
            found = pattern.search(before)
        elif where == "next":
            found = pattern.match(text, stop, end)
            gone |= bool(found) and name in _GONE
        else:
            found = None if gone else pattern.search(text, stop, reach)
        if found:
            yield name


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """(where, name, pattern) of the evidence in words."""
    frames = {"before": r"\b(?:{words}){then}", "next": "(?:{words})", "after": r"\b(?:{words})\b"}
    found = []
    for item in sorted(vocabulary("sample_size")["evidence"], key=lambda item: item["where"] == "after"):
        pattern = (
            frames[item["where"]].replace("{words}", "|".join(item["words"])).replace("{then}", item.get("then", ""))
        )
        found.append((item["where"], item["name"], re.compile(pattern, re.IGNORECASE)))
    return tuple(found)


def _place(layout: Layout, start: int, begin: int, length: int) -> Iterator[str]:
    section = layout.section(start)
    if layout.field(start) == "title":
        yield "in title"
    elif section:
        yield f"in {section}"
    elif start > 0.85 * length:
        yield "at the end"
    if start - begin < 3:
        yield "starts a sentence"


def _sums(counts: Sequence[Count], layout: Layout) -> Iterator[Count]:
    """The sum of the "n =" of one sentence, where there are two or more."""
    arms = [count for count in counts if "n =" in count.evidence]
    if len(arms) >= 2 and arms[0].value != sum(arm.value for arm in arms[1:]):
        kept = {name for name in arms[0].evidence if name.startswith(("in ", "randomised", "at the end"))}
        total = sum(arm.value for arm in arms)
        yield Count(arms[0].start, arms[-1].end, total, frozenset({"sum of arms", *kept}), summed=True)


def _compare(counts: Sequence[Count], numbers: Sequence[Quantity], length: int) -> list[Count]:
    """The counts with what they say of each other: the first, the largest, the sum of neighbours, a part of another."""
    if not counts:
        return []
    values = [number.value for number in numbers]
    sums = {a + b for a, b in pairwise(values) if min(a, b) > 2}
    sums |= {a + b + c for a, b, c in zip(values, values[1:], values[2:], strict=False) if min(a, b, c) > 2}
    known = Counter(count.value for count in counts)
    parts = {v for a, b in pairwise(values) if a + b in known and min(a, b) > 2 for v in (a, b)}
    own = [count for count in counts if not count.evidence & _FOREIGN] or counts
    largest = max(count.value for count in own)
    first = min(count.start for count in own)
    result = []
    for count in counts:
        said = set(count.evidence)
        said |= {"equals a sum"} if count.value in sums and not count.summed else set()
        said |= {"part of a sum"} if count.value in parts else set()
        said |= {"largest"} if count.value == largest else set()
        said |= {"first"} if count.start == first else set()
        said |= {"tiny"} if count.value < _SMALL else set()
        said |= {"much smaller than the largest"} if count.value * 3 < largest else set()
        said |= {"repeated"} if known[count.value] > 1 else set()
        result.append(replace(count, evidence=frozenset(said)))
    return result
