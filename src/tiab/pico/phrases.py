"""Phrases: spans of text cut so that they can be read on their own, or nothing where nothing readable is left."""

from __future__ import annotations

import re
from functools import cache

from tiab.pico.quantities import NUMBER
from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["whole_phrase"]

_LONGEST = 120  # characters
_INSIDE = re.compile(r"[\w\u2080-\u209c\u207b\u00b9\u00b2\u00b3'’]")
_JOINS = frozenset("-\u2010\u2011\u2012/+.")
_LOOSE = " \t\n.,;:–—=+*/·"
_HEADING = re.compile(r"^[A-Z][A-Z ,&/]{3,}:\s*")
_SIZE = re.compile(r"\s*[(\[]\s*n\s*=\s*[\d,]+\s*[)\]]", re.IGNORECASE)
_DETAILS = re.compile(
    r"\s*[(\[](?:n\s*[=:]|mean\b|median\b|aged?\b|\d)[^()\[\]]*\d[^()\[\]]*[)\]]", re.IGNORECASE
)  # of people: "adolescents (N = 82: 13.7 ± 1.2 y)"
_MONTHS = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
_COUNT = re.compile(
    rf"^(?:(?:19|20)\d\d,\s+)?(?:(?:(?:a\s+)?total(?:\s+of|,)|the|all)\s+)?{NUMBER}\s+(?=\D)"
    r"|^(?:(?:one\s)?third|half|most|(?:sub)?sample|number) of\s+",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    rf"(?:(?:{_MONTHS})[a-z]*\.?\s+\d|years?\s+of\s+age|groups?,|studies\b|records\b|(?:\w+\s){{0,3}}of\s+\d+\s+(?:studies|articles|papers|records)\b|(?:\w+\s){{0,3}}met\b)",
    re.IGNORECASE,
)
"""How a learned phrase begins that names no people: with a date, an age, a group's end, or what a review found."""
_CLAUSE = re.compile(
    r",?\s+(?:(?:who\s)?were|was|are|is|participated|completed|took part|underwent|consisted|alters?|received|reported"
    r"|showed|had|will be|included)\b|\s+using (?:an? )?(?:interactive|computer|web-based|random)|[;.]\s"
    r"|,\s+(?:and\s+the|mean|median|aged?|three|twice)\b|\s(?:first|then)\s\w+ed\b"
)
_PAIRS = {")": "(", "]": "["}
_LETTERS = re.compile(r"[^\W\d_]{3,}|[A-Z]{2,}[\w-]*\d|[A-Z][A-Za-z]*-\d")


def whole_phrase(text: str, start: int, end: int, role: str = "") -> str:
    """`text[start:end]` with its cut words made whole, without loose signs, brackets and words at its ends.

    "" where nothing is left that names something: a fragment, or a word such as "patients" alone.

    >>> text = "We measured VO2max and self-efficacy of (20 patients with gout."
    >>> [whole_phrase(text, text.index(cut), text.index(cut) + len(cut)) for cut in ("VO", "self-", "of (20 patients")]
    ['VO2max', 'self-efficacy', '']
    """
    if not 0 <= start < end <= len(text):
        return ""
    start, end = _word_bounds(text, start, end)
    phrase = _CLAUSE.split(_SIZE.sub("", _HEADING.sub("", " ".join(text[start:end].split()))))[0]
    if role == "population":
        phrase = _DETAILS.sub("", phrase)
        phrase = "" if _ELSEWHERE.match(phrase) else _COUNT.sub("", phrase)
    before = ""
    while before != phrase:
        before = phrase
        phrase = _balanced(_loose_words().sub("", phrase.strip(_LOOSE)).strip(_LOOSE).lstrip("-"))
    if len(phrase) > _LONGEST or not _LETTERS.search(phrase) or phrase[-1:] == "-":
        return ""
    return "" if _empty_words(role).fullmatch(phrase) else phrase


def _word_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the words that `start` and `end` lie in, a joint such as a hyphen being part of a word."""
    while start > 0 and _joined(text, start - 1, start):
        start -= 1
    while 0 < end < len(text) and _joined(text, end, end - 1):
        end += 1
    return start, end


def _joined(text: str, place: int, neighbour: int) -> bool:
    """Whether the character at `place` belongs to the word that its neighbour, inside the phrase, is part of."""
    one, other = text[place], text[neighbour]
    if _INSIDE.match(one):
        return bool(_INSIDE.match(other)) or other in _JOINS
    beyond = 2 * place - neighbour
    return (
        one in _JOINS
        and one != "."
        and bool(_INSIDE.match(other))
        and _INSIDE.match(text[beyond : beyond + 1]) is not None
    )


def _balanced(phrase: str) -> str:
    """`phrase` without what is behind a bracket left open, or before one never opened, or a bracket around it all."""
    open_at: list[int] = []
    for place, sign in enumerate(phrase):
        if sign in _PAIRS.values():
            open_at.append(place)
        elif sign in _PAIRS:
            if not open_at or phrase[open_at[-1]] != _PAIRS[sign]:
                return phrase[:place] if place > len(phrase) / 2 else phrase[place + 1 :]
            if open_at.pop() == 0 and place == len(phrase) - 1:
                return phrase[1:-1]
    if not open_at:
        return phrase
    return phrase[: open_at[0]] if open_at[0] else phrase[1:]


@cache
def _loose_words() -> re.Pattern[str]:
    words = alternatives(vocabulary("phrases"), "loose")
    return re.compile(rf"^(?:{words}\s+)+|(?:\s+{words})+$|^{words}$", re.IGNORECASE)


@cache
def _empty_words(role: str) -> re.Pattern[str]:
    lists = vocabulary("phrases")
    alone = alternatives(lists, "alone")
    own = alternatives(lists, role) if role in lists else alone
    return re.compile(rf"(?:(?:the|these|all|our|both|study|other|\d+|each)\s+)*(?:{alone}|{own})", re.IGNORECASE)
