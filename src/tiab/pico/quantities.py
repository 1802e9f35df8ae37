"""Quantities: numbers in digits and in words, with their place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tiab.pico.vocabulary import has_any

__all__ = ["NUMBER", "Quantity", "has_number", "number_of", "quantities"]

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_WORD = "|".join(sorted((*_UNITS, *_SCALES), key=len, reverse=True))
_GAP = r"[\s\u00ad\u2010-\u2015-]{1,3}"
NUMBER = (
    r"(?>\d{1,3}(?:[,\u00a0\u2009\u202f'’ ]\d{3}){1,3}(?!\d)|\d{1,9}(?!\d)"
    rf"|(?=[efhnost])(?:{_WORD})(?:(?:{_GAP}(?:and{_GAP})?)?(?:{_WORD})(?![a-z])){{0,9}}(?![a-z]))"
)
"""A whole number below a thousand million: 1200, 1,200, 1 200, "twelve hundred"; matched without regard to case, and
without going back, so that a text of nothing but numbers takes no longer than another."""
_FREE = re.compile(
    rf"(?<![\w.,·×/<>±≥≤~$€£^-])(?<!×\s)(?<![^nN]=){NUMBER}(?![\w%]|\s?%|[.,:·]\d|\s?×|[-/\u2010-\u2015]\w)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD_SIGNS = tuple(w for w in (*_UNITS, *_SCALES) if not any(v in w for v in (*_UNITS, *_SCALES) if v != w))
_PARTS = re.compile(rf"{_WORD}", re.IGNORECASE)


class Quantity(NamedTuple):
    """A whole number and where it stands."""

    start: int
    end: int
    value: int


def has_number(text: str) -> bool:
    """Whether `text`, in lower case, may hold a number: a digit, or letters that spell one.

    >>> has_number("forty women"), has_number("il-6"), has_number("yoga")
    (True, True, False)
    """
    return _DIGIT.search(text) is not None or has_any(text, _WORD_SIGNS)


def number_of(text: str) -> int:
    """The whole number that `text` spells; `text` must match `NUMBER`.

    >>> number_of("1,204"), number_of("Twenty-eight"), number_of("two hundred and six")
    (1204, 28, 206)
    """
    if text[0].isdigit():
        return int("".join(c for c in text if c.isdigit()))
    total = current = 0
    for part in _PARTS.findall(text.lower()):
        scale = _SCALES.get(part)
        if scale is None:
            current += _UNITS[part]
        elif scale == 1000:
            total, current = total + max(current, 1) * 1000, 0
        else:
            current = max(current, 1) * 100
    return total + current


def quantities(text: str, start: int, end: int) -> Iterator[Quantity]:
    """The free-standing whole numbers of `text[start:end]`: no decimals, percentages, ranges or parts of names."""
    for found in _FREE.finditer(text, start, end):
        yield Quantity(found.start(), found.end(), number_of(found[0]))
