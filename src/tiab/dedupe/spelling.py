"""Words in one spelling, whichever database they came from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from tiab.folding import GREEK, folded
from tiab.formats.markup import without_markup

__all__ = ["comparable_title", "language_of", "parted", "plain_words", "word_list"]

_WORD = re.compile(r"[^\W_]+")
_LATIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_LETTERS = {ord(letter): f" {name} " for letter, name in GREEK.items()} | {ord(a): b for a, b in _LATIN.items()}
_UNSPACED = re.compile("[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""The letters of Chinese and Japanese, which part no words by spaces."""
_SPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"our(?=s?\b|al|ed|ing|ful|able|less)", "or"),
        (r"is(?=ed\b|es?\b|ing|ation)", "iz"),
        (r"ae|oe", "e"),
        (r"tre\b", "ter"),
        (r"lys(?=ed|ing|es?\b)", "lyz"),
        (r"ogue\b", "og"),
        (r"ll(?=ed|ing)", "l"),
    )
)
"""British spellings, and what becomes of both; the result need not be a word."""
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10",
}  # fmt: skip


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(resources.files("tiab.dedupe").joinpath("words.toml").read_text(encoding="utf-8"))


def language_of(words: Iterable[str]) -> str:
    """The language of a title by its small words, and "" where none or several languages fit as well.

    >>> language_of("krafttraining bei der multiplen sklerose".split()), language_of(["yoga"])
    ('german', '')
    """
    found = frozenset(words)
    counts = sorted((len(found.intersection(small)), name) for name, small in _lists()["languages_by_words"].items())
    return counts[-1][1] if counts[-1][0] > counts[-2][0] else ""


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the lists in `words.toml`.

    >>> "erratum" in word_list("notices")
    True
    """
    return frozenset(_lists()[name])


def plain_words(text: str) -> list[str]:
    """The words of `text` in lower case, without accents and markup, Greek letters by name and "&" as "and".

    >>> plain_words("IFN-γ &amp; CO<sub>2</sub> in Möbius' patients")
    ['ifn', 'gamma', 'and', 'co2', 'in', 'mobius', 'patients']
    """
    plain = folded(without_markup(text).replace("&", " and "))
    return _WORD.findall(plain if plain.isascii() else plain.translate(_LETTERS))


def parted(words: str) -> str:
    """`words` with each letter of Chinese and Japanese as a word of its own, since no spaces tell theirs.

    >>> parted("il 6 瑜伽")
    'il 6 瑜 伽'
    """
    return words if words.isascii() else " ".join(_UNSPACED.sub(r" \g<0> ", words).split())


def comparable_title(text: str) -> str:
    """The words of a title with one space between them, in one spelling, and small numbers in digits.

    >>> comparable_title("Two Randomised trials of labour") == comparable_title("2 randomized trials of labor")
    True
    """
    words = parted(" ".join(plain_words(text))).replace(
        "horizontal ellipsis", ""
    )  # what becomes of "…" in one database
    for pattern, plain in _SPELLINGS:
        words = pattern.sub(plain, words)
    return " ".join(_NUMBERS.get(word, word) for word in words.split())
