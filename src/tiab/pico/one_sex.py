"""One sex: a study whose people are all women, or all men, which it says without a percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tiab.pico.layout import Layout
from tiab.pico.quantities import NUMBER, number_of
from tiab.pico.scope import is_meant
from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["OneSex", "find_one_sex"]

_TELLING = ("objective", "methods", "other", "")
"""Sections that say who was studied; results speak of subgroups, background and conclusions of people in general."""
_COUNTS_TELL = (*_TELLING, "results")


_COUPLES = re.compile(r"\bcouples?\b|\b(?:either|both) (?:sex|gender)", re.IGNORECASE)
_ADJECTIVES = frozenset({"female", "male", "pregnant", "postmenopausal", "premenopausal"})


class OneSex(NamedTuple):
    """Where it is said, and the value: "20 female" or "female"."""

    start: int
    end: int
    value: str


class _Word(NamedTuple):
    start: int
    end: int
    sex: str


def find_one_sex(text: str, layout: Layout, size: int | None) -> OneSex | None:
    """What says that everybody was of one sex, None where both are named or nothing says so.

    A count of them comes first, if it is the sample size or that is unknown; then the title, then who was studied.
    """
    words = list(_words(text, layout))
    if words and _COUPLES.search(text):
        return None
    if len({word.sex for word in words}) != 1:
        return None
    counted = (found for word in words if (found := _counted(text, layout, word)) and _fits(found, size))
    named = (OneSex(word.start, word.end, word.sex) for word in words if _names_the_studied(text, layout, word))
    return next(counted, None) or next(named, None)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = vocabulary("one_sex")
    sexes = "|".join(f"(?P<{sex}>{alternatives(lists, sex)})" for sex in ("female", "male"))
    people = alternatives(lists, "people")
    adjective = rf"(?!{alternatives(lists, 'no_adjective')}\b)[^\W\d][\w,/-]*"
    walk = r"\s+(?:[^\W\d][\w-]*,?\s+){0,6}$"
    return {
        "word": re.compile(rf"(?<![\w-])(?<!-old )(?:{sexes})(?![\w'’-])(?!\s+(?:sex|gender)\b)", re.IGNORECASE),
        "count": re.compile(
            rf"(?<![\w.,/-])(?P<count>{NUMBER})(?:\s+{adjective}){{0,5}}\s+$",
            re.IGNORECASE,
        ),
        "before": re.compile(rf"\b{alternatives(lists, 'before')}{walk}", re.IGNORECASE),
        "before in title": re.compile(rf"\b{alternatives(lists, 'before_in_title')}{walk}", re.IGNORECASE),
        "after": re.compile(rf"(?:\s+{people})?\s*{alternatives(lists, 'after')}", re.IGNORECASE),
        "everybody": re.compile(rf"\b{alternatives(lists, 'everybody')}\s+$", re.IGNORECASE),
        "compared": re.compile(rf"\b{alternatives(lists, 'compared')}\b[^.;()]{{0,30}}$", re.IGNORECASE),
        "told by": re.compile(rf"\b{alternatives(lists, 'told_by')}\s+$", re.IGNORECASE),
        "people": re.compile(rf"(?:\s+[^\W\d][\w-]*){{0,4}}?\s+{people}\b", re.IGNORECASE),
    }


def _words(text: str, layout: Layout) -> Iterator[_Word]:
    """The words for women and for men in title and abstract."""
    for begin, end, name in layout.fields:
        if name != "keywords":
            for found in _patterns()["word"].finditer(text, begin, end):
                yield _Word(found.start(), found.end(), found.lastgroup or "")


def _counted(text: str, layout: Layout, word: _Word) -> OneSex | None:
    """The number of people of that sex: "Ten sedentary women", "18 healthy male volunteers"."""
    if layout.section(word.start) not in _COUNTS_TELL:
        return None
    begin, _ = layout.sentence_bounds(layout.sentence(word.start), len(text))
    found = _patterns()["count"].search(text, max(begin, word.start - 80), word.start)
    if found is None or _patterns()["compared"].search(text, found.start(), word.start):
        return None
    if not _is_told_of_people(text, layout, word, found.start(), begin):
        return None
    return OneSex(found.start(), word.end, f"{number_of(found['count'])} {word.sex}")


def _is_told_of_people(text: str, layout: Layout, word: _Word, start: int, begin: int) -> bool:
    """Whether the count is of those who were studied: it begins its sentence, or a word of studying is beside it."""
    starts = layout.section_starts
    first = not re.search(r"[^\W\d_]", text[begin:start]) or any(0 <= start - s < 24 for s in starts if s)
    return first or bool(
        _patterns()["before in title"].search(text, max(begin, start - 60), start)
        or _patterns()["after"].match(text, word.end)
    )


def _names_the_studied(text: str, layout: Layout, word: _Word) -> bool:
    """Whether a word says who was studied: in the title, in objective or methods, or of everybody."""
    begin, end = layout.sentence_bounds(layout.sentence(word.start), len(text))
    if not is_meant(text, word.start, word.end, (begin, end), "population"):
        return False
    before = text[max(begin, word.start - 80) : word.start]
    if _patterns()["everybody"].search(before):
        return True
    if _patterns()["compared"].search(before) or _patterns()["told by"].search(before):
        return False
    if text[word.start : word.end].casefold() in _ADJECTIVES and not _patterns()["people"].match(text, word.end):
        return False
    section, titled = layout.section(word.start), layout.field(word.start) == "title"
    cue = _patterns()["before in title" if titled else "before"]
    told = cue.search(before) or _patterns()["after"].match(text, word.end)
    return section in _TELLING and bool(told or (section and not titled))


def _fits(found: OneSex, size: int | None) -> bool:
    return size is None or int(found.value.split()[0]) == size
