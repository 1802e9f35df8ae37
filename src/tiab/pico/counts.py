"""Counts of participants: every number in a record that may be one, and what its surroundings say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tiab.pico.abbreviations import Abbreviation
from tiab.pico.layout import Layout
from tiab.pico.quantities import Quantity, quantities
from tiab.pico.vocabulary import vocabulary

__all__ = ["Count", "find_counts"]

_REACH = 80
_EVIDENCE_AFTER = (
    ("random_after", r"randomi[sz]ed|randomly|allocated|assigned"),
    ("studied_after", r"enroll?ed|recruited|included|entered|participated|studied|accrued|registered|took part|treated"
     r"|examined|investigated|divided|received|underwent|volunteered|consented|stratified"),
    ("analysed_after", r"analy[sz]ed|evaluable|evaluated|assessed|completed|available|finished|provided"),
)  # fmt: skip
_EVIDENCE_BEFORE = (
    ("total_before", r"(?:total|all|overall|altogether|sample(?: size)? of|cohort of|population of|series of)[\s,]+(?:of\s+)?$"),
    ("random_before", r"(?:randomi[sz]ed|randomly|allocated|assigned|randomi[sz]ation)\b[^.;]{0,25}$"),
    ("studied_before", r"(?:enroll?ed|recruited|included|entered|studied|involv\w+|compris\w+|consist\w+|accrued|registered"
     r"|treated|examined|investigated|participants were|subjects were|patients were|trial of|study of|trial with|data (?:from"
     r"|for|of))\b[^.;]{0,25}$"),
    ("analysed_before", r"(?:analy\w+|evaluated|assessed|completed|evaluable)\b[^.;]{0,25}$"),
    ("among_before", r"(?:in|among|on|with|from|for)\s+(?:the\s+)?$"),
    ("screened_before", r"(?:excluded|screened|approached|invited|eligible|assessed for)\b[^.;]{0,25}$"),
    ("rest_before", r"(?:remaining|of (?:whom|these|those|which)|other|only|additional|further|another|first|last)[\s,]+$"),
    ("bound_before", r"(?:at least|more than|less than|fewer than|up to|about|approximately|per|minimum of|maximum of)\s+$"),
    ("planned_before", r"(?:target\w*|planned|plan to|required?|calculated|power\w*|goal|aim\w* to|will)\b[^.;]{0,40}$"),
    ("fraction_before", r"(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)(?:\s*\([^)]*\))?\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?$"),
)  # fmt: skip
_CLOSE_AFTER = (
    ("screened_after", r"\s*(?:(?:who\s+)?(?:were|was)\s+)?(?:screened|approached|invited|contacted|(?<=were )eligible)"),
    ("lost_after", r"\s*(?:were\s+|was\s+|had\s+)?(?:excluded|withdrew|withdrawn|dropped|died|relapsed|lost|discontinued"
     r"|refused|declined|stopped|progressed|did not|alive)"),
    ("event_after", r"\s*(?:had|experienced|developed|reported|showed|achieved|responded|required|presented|needed|were"
     r" (?:alive|free|positive|negative|considered|found|classified))\b"),
    ("arm_after", r"[^.;]{0,30}?\b(?:per (?:group|arm)|each\b|in (?:the )?(?:[\w-]+ ){1,4}(?:group|arm)s?|(?:group|arm) [A-Z\d]|to (?:the"
     r" )?(?:[\w-]+ ){1,4}(?:group|arm))\b"),
    ("percent_after", r"\s*\(\s*\d+(?:\.\d+)?\s*%"),
    ("fraction_after", r"\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?\d"),
)  # fmt: skip
_AFTER = [(name, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for name, pattern in _EVIDENCE_AFTER]
_BEFORE = [(name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for name, pattern in _EVIDENCE_BEFORE]
_CLOSE = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _CLOSE_AFTER]
_N_EQUALS = re.compile(r"(?<!\w)[nN]\s*[=:]\s*$")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|and|to|since|until|from|between|through|by|of|till|year|\w{3,9})\s*$|[/-]\s*$", re.I
)
_YEARS = range(1900, 2041)
_PART_OF = re.compile(
    r"(?:\s*\([^()]{0,20}\))?\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(?:[a-z]+\s+)?[\d,]+(?=\s)", re.IGNORECASE
)
_SMALL = 10
_DIGIT_WORD = re.compile(r"[^\W\d][\w/'’+‐-―-]*")


@dataclass(frozen=True, slots=True)
class Count:
    """A number that may count participants, or the sum of several that may.

    Attributes:
        start, end: its place in the text; of a sum, from the first number to the last.
        value: the number.
        evidence: the names of what its surroundings say, each weighed in `words/sample_size.toml`.
        summed: whether it is a sum of arms.
    """

    start: int
    end: int
    value: int
    evidence: frozenset[str]
    summed: bool = False


def find_counts(text: str, layout: Layout, abbreviations: Iterable[Abbreviation] = ()) -> list[Count]:
    """The counts in title and abstract, in the order of the text, then the sums of arms."""
    nouns = _Nouns(abbreviations)
    counts: list[Count] = []
    sums: list[Count] = []
    everything: list[Quantity] = []
    for number, begin in enumerate(layout.sentences):
        if layout.field(begin) == "keywords":
            continue
        begin, end = layout.sentence_bounds(number, len(text))
        numbers = list(quantities(text, begin, end))
        everything += numbers
        mine = [c for q in numbers if (c := _count(text, layout, q, begin, end, nouns))]
        counts += mine
        sums += _sums(mine, layout)
    return _compare(counts + sums, everything, len(text))


class _Nouns:
    """Finds the noun that a number counts: one of the list, or a short form of one that the record defines."""

    def __init__(self, abbreviations: Iterable[Abbreviation]) -> None:
        listed, providers = _listed()
        own = {a.short for a in abbreviations if a.long.split()[-1].casefold() in listed}
        self._own = frozenset(own | {short + "s" for short in own})

    def after(self, text: str, start: int, end: int) -> tuple[int, bool] | None:
        """(end of the noun, whether it is one for providers) if one of the next words is a noun for people."""
        listed, providers = _listed()
        found = _PHRASE.match(text, start, min(end, start + 160))
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


_PHRASE = re.compile(
    r"(?:\s*\([^()]{0,40}\))?\s+(?:of\s+(?:the|these|our)\s+)?(?P<words>(?:[^\W\d][\w/'’+‐-―-]*[,)]?\s*\(?){1,8})"
)


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
    if number.value < 2 or not (noun or equals):
        return None
    if number.value in _YEARS and len(text[number.start : number.end]) == 4 and _YEAR_BEFORE.search(before):
        return None
    evidence = {"noun"} if noun else {"n_equals"}
    if equals:
        opening = text.rfind("(", begin, number.start)
        evidence |= {"noun_before_n"} if nouns.before(text, begin, max(opening, begin)) else set()
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
    close = [name for name, pattern in _CLOSE if pattern.match(text, stop, end)]
    yield from close
    yield from (name for name, pattern in _BEFORE if pattern.search(before))
    yield from (name for name, pattern in _AFTER if pattern.search(text, stop, min(end, stop + 2 * _REACH)))


def _place(layout: Layout, start: int, begin: int, length: int) -> Iterator[str]:
    section = layout.section(start)
    if layout.field(start) == "title":
        yield "in_title"
    elif section:
        yield f"in_{section}"
    elif start > 0.85 * length:
        yield "at_end"
    if start - begin < 3:
        yield "starts_sentence"


def _sums(counts: Sequence[Count], layout: Layout) -> Iterator[Count]:
    """The sum of the "n =" of one sentence, where there are two or more."""
    arms = [count for count in counts if "n_equals" in count.evidence]
    if len(arms) >= 2 and arms[0].value != sum(arm.value for arm in arms[1:]):
        kept = {name for name in arms[0].evidence if name.startswith(("in_", "random", "at_end"))}
        total = sum(arm.value for arm in arms)
        yield Count(arms[0].start, arms[-1].end, total, frozenset({"sum", *kept}), summed=True)


def _compare(counts: Sequence[Count], numbers: Sequence[Quantity], length: int) -> list[Count]:
    """The counts with what they say of each other: the first, the largest, the sum of neighbours, a part of another."""
    if not counts:
        return []
    values = [number.value for number in numbers]
    sums = {a + b for a, b in zip(values, values[1:], strict=False) if min(a, b) > 2}
    sums |= {a + b + c for a, b, c in zip(values, values[1:], values[2:], strict=False) if min(a, b, c) > 2}
    known = {count.value for count in counts}
    parts = {v for a, b in zip(values, values[1:], strict=False) if a + b in known and min(a, b) > 2 for v in (a, b)}
    largest = max(count.value for count in counts)
    first = min(count.start for count in counts)
    result = []
    for count in counts:
        said = set(count.evidence)
        said |= {"is_sum"} if count.value in sums and not count.summed else set()
        said |= {"is_part"} if count.value in parts else set()
        said |= {"largest"} if count.value == largest else set()
        said |= {"first"} if count.start == first else set()
        said |= {"tiny"} if count.value < _SMALL else set()
        said |= {"much_smaller"} if count.value * 3 < largest else set()
        said |= {"repeated"} if sum(other.value == count.value for other in counts) > 1 else set()
        result.append(replace(count, evidence=frozenset(said)))
    return result
