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
from tiab.pico.quantities import NUMBER, Quantity, has_number, number_of, quantities
from tiab.pico.vocabulary import vocabulary

__all__ = ["COMPARED_NEXT", "LABEL_BEFORE", "LOST_BEFORE", "Count", "SentenceNumbers", "find_counts", "read_numbers"]

_REACH = 80
_N_EQUALS = re.compile(r"(?<!\w)[nN]\s*[=:]\s*$")
_SHARE_BEFORE = re.compile(r"%[\s(,;\[]*[nN]\s*[=:]\s*$")  # "60% (n = 114) were female" counts no group
_SHARE_AFTER = re.compile(r"\s*[,;]\s*\d{1,3}(?:\.\d+)?\s?%\s*[)\]]")  # "online consultations (n = 120, 12.9%)"
LABEL_BEFORE = re.compile(
    r"\b(?:gr|grades?|types?|stages?|phases?|levels?|class(?:es)?|ages?|aged|weeks?|days?|months?|visits?|years?)\s+"
    r"(?:(?:\d{1,3}|[IVX]+)(?:\s*(?:,|and|or|to|-)\s*)+)?$",
    re.IGNORECASE,
)
LOST_BEFORE = re.compile(
    r"\b(?:exclu|except|withdr(?:ew|awn|awals? of)|lost\b|drop|declin|refus|died\b|death|discontinu|missing|ineligib"
    r"|incomplete|unavailab)[^.,:;()]{0,40}[(\[]?$",
    re.IGNORECASE,
)
_SEX = re.compile(
    r"(?P<female>females?|wom[ae]n|girls?|mothers?)|(?P<male>males?|m[ae]n|boys?|fathers?)", re.IGNORECASE
)
_SEX_BEFORE = re.compile(rf"\b(?:{_SEX.pattern})\s*[(\[,:]*\s*$", re.IGNORECASE)
_SEX_AFTER = re.compile(rf"\s+(?:{_SEX.pattern})\b", re.IGNORECASE)
_MOST_GROUPS = 6
_GROUPS_OF = re.compile(
    rf"(?<![\w.,/-])(?P<groups>{NUMBER})\s+(?:[a-z-]+\s+){{0,2}}groups\s*(?:of\s+|[(\[]\s*n\s*=\s*)(?P<size>{NUMBER})\b(?!\s*(?:%|[-\u2010-\u2015]))",
    re.IGNORECASE,
)
_CONTROLS_BEFORE = re.compile(r"\bcontrols?(?:\s+subjects)?\s*[(\[]\s*$", re.IGNORECASE)
COMPARED_NEXT = re.compile(
    r"[^.;\d]{0,40}?\b(?:controls?|healthy|matched|comparison)\b|[^.;]{0,100}?\bserv(?:ed|ing)\s+as\s+(?:a\s+|the\s+)?controls?\b",
    re.IGNORECASE,
)
"""Behind the number of those whom others are compared with: "26 patients with gout and 26 healthy subjects"."""
_OWN_STUDY = re.compile(
    r"\b(?:we|(?:this|our|the present|the current) (?:\w+ )?(?:study|trial|analysis))\b", re.IGNORECASE
)
_YEAR_BEFORE = re.compile(r"\b(?:in|to|by|of|\w{3,9})\s*$|[/-]\s*$")
_YEARS = range(1900, 2041)
_PART_OF = re.compile(
    r"(?:\s*\([^()]{0,20}\))?\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(?:[a-z]+\s+)?[\d,]+(?=\s)", re.IGNORECASE
)
_OF_BEFORE = re.compile(r"\b(?:Of|From|Among)\s+(?:the\s+|all\s+)?$")  # "Of 818 eligible adults, 300 took part"
_ELIGIBLE = re.compile(r"\s+(?:potentially\s+)?(?:eligible|screened|invited|approached|potential)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?:\s*\([^()]{0,40}\))?\s+(?:of\s+(?:the|these|our)\s+)?\(?"
    r"(?:(?:grade|type|stage|phase|level|class)\s+\d{1,2}(?:\s*(?:,|and|or|to|-)\s*\d{1,2})*\s+)?"
    r"(?P<words>[^\W\d][\w/'’+‐-―-]*(?:[,)]{0,2}\s+\(?(?:(?:grade|type|stage|phase|level|class|(?i:ASA|NYHA))\s+[\dIVX]{1,3}"
    r"(?:\s*(?:,|and|or|to|[-–])\s*[\dIVX]{1,3})*\s+)?[^\W\d][\w/'’+‐-―-]*){0,7})"
)
_VERB = re.compile(
    r"(?:\s*\([^()]{0,60}\))?\s+(?:of\s+(?:them|these|whom)\s+)?(?:completed|participated|consented|took\s+part"
    r"|for\s+(?:the\s+)?(?:final\s+)?analys|were\s+(?:\w+ly\s+)?(?:random|enrol|recruit|includ|assign|alloc|analy))"
)
_GONE = frozenset({"screened next", "lost next"})
_FOREIGN = _GONE | {"in background", "in conclusions", "in other", "controls", "told by before"}
_SEXES = frozenset({"female", "male"})
_KEPT = {
    "sum of arms": ("in ", "randomised", "at the end"),
    "sum of sexes": ("in ", "randomised", "at the end", "studied", "analysed"),
}
"""What is said of the first of several numbers, and holds for their sum."""
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
    """A sentence, from `begin` to `end`, the whole numbers in it, and its text in lower case."""

    begin: int
    end: int
    numbers: tuple[Quantity, ...]
    lower: str


def read_numbers(text: str, layout: Layout) -> list[SentenceNumbers]:
    """The whole numbers of each sentence of title and abstract."""
    bounds = [
        layout.sentence_bounds(number, len(text))
        for number, begin in enumerate(layout.sentences)
        if layout.field(begin) != "keywords"
    ]
    return [_read_sentence(text, begin, end) for begin, end in bounds]


def _read_sentence(text: str, begin: int, end: int) -> SentenceNumbers:
    lower = text[begin:end].lower()
    numbers = tuple(quantities(text, begin, end)) if has_number(lower) else ()
    return SentenceNumbers(begin, end, numbers, lower)


def find_counts(
    text: str, layout: Layout, sentences: Sequence[SentenceNumbers], abbreviations: Iterable[Abbreviation] = ()
) -> list[Count]:
    """The counts in title and abstract, in the order of the text, then the sums of arms."""
    nouns = _Nouns(abbreviations)
    counts: list[Count] = []
    sums: list[Count] = []
    for begin, end, numbers, lower in sentences:
        mine = [c for q in numbers if (c := _count(text, layout, q, begin, end, nouns))]
        counts += mine
        sums += [*_sums(text, mine, end), *(_products(text, layout, begin, end) if "groups" in lower else ())]
    return _compare(counts + sums, [q for sentence in sentences for q in sentence.numbers], len(text))


class _Nouns:
    """Finds the noun that a number counts: one of the list, or a short form of one that the record defines."""

    def __init__(self, abbreviations: Iterable[Abbreviation]) -> None:
        listed, _ = _listed()
        own = {a.short for a in abbreviations if _ends(a.long) & listed}
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


def _ends(phrase: str) -> set[str]:
    """The first and the last word: "persons with HIV", "heart failure patients"."""
    words = phrase.casefold().split()
    return {words[0], words[-1]}


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
    if (_SHARE_BEFORE if equals else LABEL_BEFORE).search(before) or (equals and _SHARE_AFTER.match(text, number.end)):
        return None
    if number.value in _YEARS and len(text[number.start : number.end]) == 4 and _YEAR_BEFORE.search(before):
        return None
    evidence = {"counts a noun" if noun else "n =" if equals else "counts a verb"}
    if equals:
        evidence |= {"N ="} if equals[0].startswith("N") else set()
        opening = text.rfind("(", begin, number.start)
        evidence |= {"noun before n ="} if nouns.before(text, begin, max(opening, begin)) else set()
        evidence |= {"lost next"} if LOST_BEFORE.search(before[: equals.start()]) else set()
        evidence |= {"controls"} if _CONTROLS_BEFORE.search(before[: equals.start()]) else set()
        before = text[max(begin, opening - _REACH) : max(opening, begin)]
    elif noun and noun[1]:
        evidence.add("provider")
    stop = noun[0] if noun else number.end
    evidence |= _sex(text, number, equals is not None, begin, stop)
    if noun and _OF_BEFORE.search(before) and _ELIGIBLE.match(text, number.end, stop):
        evidence.add("screened next")
    evidence |= set(_surroundings(text, before, stop, end)) | set(_place(text, layout, number.start, begin, end))
    return Count(number.start, number.end, number.value, frozenset(evidence))


def _sex(text: str, number: Quantity, equals: bool, begin: int, stop: int) -> set[str]:
    """The sex that a number counts: "28 women", "women (n = 28)", "n = 28 women"."""
    if equals:
        before = _N_EQUALS.sub("", text[max(begin, number.start - _REACH) : number.start])
        found = _SEX_BEFORE.search(before) or _SEX_AFTER.match(text, number.end)
    else:
        words = [found for found in _SEX.finditer(text, number.end, stop) if text[found.start() - 1] in " ("]
        found = words[-1] if words else None
    return {found.lastgroup or ""} & _SEXES if found else set()


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


def _place(text: str, layout: Layout, start: int, begin: int, end: int) -> Iterator[str]:
    section = layout.section(start)
    if layout.field(start) == "title":
        yield "in title"
    elif section == "background" and _OWN_STUDY.search(text, begin, end):
        yield "in objective"
    elif section:
        yield f"in {section}"
    elif start > 0.85 * len(text):
        yield "at the end"
    if start - begin < 3:
        yield "starts a sentence"


def _sums(text: str, counts: Sequence[Count], end: int) -> Iterator[Count]:
    """The sum of the "n =" of one sentence, of its women and men, of its groups, and of patients and their controls."""
    present = [count for count in counts if not count.evidence & _GONE]
    equal = [count for count in present if "n =" in count.evidence]
    sexes = [pair for pair in pairwise(present) if len((pair[0].evidence ^ pair[1].evidence) & _SEXES) == 2]
    groups = [count for count in present if {"counts a noun", "arm next"} <= count.evidence]
    people = [count for count in present if "counts a noun" in count.evidence]
    compared = people if len(people) == 2 and COMPARED_NEXT.match(text, people[1].end, end) else []
    sums = [
        (equal, "sum of arms"), *((list(pair), "sum of sexes") for pair in sexes[:1]), (groups, "sum of arms"),
        (compared if compared != groups else [], "sum of arms"),
    ]  # fmt: skip
    for arms, name in sums:
        if len(arms) == 2 or (len(arms) > 2 and arms[0].value != sum(arm.value for arm in arms[1:])):
            kept = {part for part in arms[0].evidence if part.startswith(_KEPT[name])}
            total = sum(arm.value for arm in arms)
            yield Count(arms[0].start, arms[-1].end, total, frozenset({name, *kept}), summed=True)


def _products(text: str, layout: Layout, begin: int, end: int) -> Iterator[Count]:
    """The people of "two groups of 9 patients", which are 18."""
    for found in _GROUPS_OF.finditer(text, begin, end):
        groups, size = number_of(found["groups"]), number_of(found["size"])
        if 1 < groups <= _MOST_GROUPS and size > 1:
            evidence = frozenset({"sum of arms", *_place(text, layout, found.start(), begin, end)})
            yield Count(found.start(), found.end("size"), groups * size, evidence, summed=True)


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
