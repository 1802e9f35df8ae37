"""stem: the part of a word that its forms share, so that "exercises" and "exercising" count as one.

It is rough on purpose: a stem is only a column beside the words themselves, and only has to be the same for most forms
of one word. British and American spellings of one word get one stem.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["stem"]

_SPELLINGS = (("aemi", "emi"), ("oedem", "edem"), ("haem", "hem"), ("paed", "ped"), ("oesoph", "esoph"))
"""Spellings within a word: what stands there, and what counts in its place."""

_ENDINGS = (
    "isations:iz izations:iz isation:iz ization:iz ationally:at ational:at ations:at ation:at "
    "ically:ic ively:iv iveness:iv fulness:ful ousness:ous "
    "ising:iz izing:iz ised:iz ized:iz ises:iz izes:iz ise:iz ize:iz "
    "ating:at ated:at ates:at ate:at ities:iti ity:iti ives:iv ive:iv "
    "ements:ement ments:ment sses:ss ies:i ied:i ying:i ings: ing: edly: ed: ness: ly: es: s: y:i e:"
)
_RULES = tuple(tuple(rule.split(":")) for rule in _ENDINGS.split(" ") if rule)
"""Endings, the first that fits counts: what stands there, and what counts in its place."""

_LEAST = 3
"""A stem has at least so many letters before its ending."""


@lru_cache(maxsize=2**17)
def stem(word: str) -> str:
    """The stem of a lower-case word; a short word, or one with a digit, is its own.

    >>> [stem(word) for word in ("randomised", "randomized", "randomization", "exercises", "exercising", "il6")]
    ['randomiz', 'randomiz', 'randomiz', 'exerciz', 'exerciz', 'il6']
    """
    if len(word) <= _LEAST or not word.isalpha():
        return word
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    for ending, shared in _RULES:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST and not _is_whole(word, ending):
            return _single(word[: len(word) - len(ending)] + shared)
    return word


def _is_whole(word: str, ending: str) -> bool:
    """Whether an s at the end belongs to the word: "loss", "virus", "analysis"."""
    return ending == "s" and word.endswith(("ss", "us", "is"))


def _single(word: str) -> str:
    """Without the doubled consonant that an ending brought with it ("stopp" ► "stop")."""
    doubled = len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeioulsz"
    return word[:-1] if doubled else word
