"""How two titles differ: not at all, in a way that the same place in print explains, or tellingly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio, token_set_ratio

from tiab.dedupe.citation import Citation
from tiab.dedupe.spelling import word_list

__all__ = ["Kind", "difference", "similarity"]

Kind = Literal["none", "small", "other", "telling"]
_EDGE = 2
_LIKE = 0.8
_TYPO = 2
_SUBTITLE = 15
"""Letters of the shorter title from which the rest of the longer one may be a subtitle."""
_SOME_WORDS = 4
"""Words of the shorter title from which a longer one may be as like it as its own."""
_NUMBER = re.compile(r"[0-9]+")


def similarity(a: Citation, b: Citation) -> float:
    """How alike two titles are, from 0 to 1; 1 for a title and the same with a subtitle."""
    if a.key == b.key:
        return 1.0
    spaced = a.title.isascii() or b.title.isascii()
    whole = ratio(a.title, b.title) if spaced else ratio(a.key, b.key)  # where each letter stands alone, spaces agree
    shorter = min(len(a.words), len(b.words))
    return max(whole, token_set_ratio(a.title, b.title) if shorter >= _SOME_WORDS else 0.0) / 100


def difference(a: Citation, b: Citation) -> tuple[str, Kind]:
    """(what differs between two titles, what kind of difference it is); ("", "none") for equal ones.

    "telling": numbers or words such as "erratum", "part" or "women", which make two reports whatever else agrees.
    "other": other words. "small": a misspelling, a missing subtitle or another order, which leaves doubt unless an
    identifier or the place in print is the same.

    >>> def title(words): return Citation(title=words)
    >>> difference(title("yoga in ms part i"), title("yoga in ms part ii"))
    ("the titles differ in 'i' and 'ii'", 'telling')
    >>> difference(title("exercise for fatigue in ms a randomised trial"), title("exercise for fatigue in ms"))
    ("one title has 'randomised trial' more", 'small')
    >>> difference(title("excercise training in ms"), title("exercise training in ms"))
    ("the titles differ in 'excercise' and 'exercise'", 'small')
    """
    if a.key == b.key or (a.words == b.words and a.words):
        return "", "none"
    only_a, only_b = _only(a.words, b.words), _only(b.words, a.words)
    if only_a and only_b:
        said = f"the titles differ in '{_quoted(only_a)}' and '{_quoted(only_b)}'"
        small = _alike(only_a, only_b)
    elif only_a or only_b:
        more = only_a or only_b
        said = f"one title has '{_quoted(more)}' more"
        small = _is_subtitle(*((a, b) if only_a else (b, a)), more)  # or the number of a footnote
    else:
        return "the titles have the same words in another order", "small"
    return said, "telling" if _telling(only_a, only_b) else "small" if small else "other"


def _only(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """The words that the others have not, or not as often, in their order."""
    left = Counter(others)
    result = []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            result.append(word)
    return result


def _telling(only_a: Sequence[str], only_b: Sequence[str]) -> bool:
    """Whether a word or a number in the difference makes two reports of them; "co 2" and "co2" are one."""
    notices, standings, contrasts = (word_list(name) for name in ("notices", "standings", "contrasts"))
    differing = frozenset((*only_a, *only_b))
    if not notices.isdisjoint(differing):
        return True
    if only_a and only_b:
        numbers = [_NUMBER.findall(" ".join(only)) for only in (only_a, only_b)]
        words = not (standings | contrasts).isdisjoint(differing)
        return (words or "".join(numbers[0]) != "".join(numbers[1])) and "".join(only_a) != "".join(only_b)
    more = only_a or only_b
    return not standings.isdisjoint((*more[:_EDGE], *more[-_EDGE:]))


def _alike(only_a: Sequence[str], only_b: Sequence[str]) -> bool:
    """Whether what differs is a matter of spelling: each word has one like it on the other side."""
    if "".join(only_a) == "".join(only_b):
        return True
    if len(only_a) != len(only_b):
        return ratio("".join(only_a), "".join(only_b)) >= 90
    return all(
        Levenshtein.distance(one, other, score_cutoff=_TYPO) <= _TYPO
        and Levenshtein.normalized_similarity(one, other) >= _LIKE
        for one, other in zip(sorted(only_a), sorted(only_b), strict=True)
    )


def _is_subtitle(longer: Citation, shorter: Citation, more: Sequence[str]) -> bool:
    """Whether the longer title is the shorter one with something behind or before it."""
    at_an_end = longer.key.startswith(shorter.key) or longer.key.endswith(shorter.key)
    return at_an_end and len(longer.words) - len(more) > 1 and len(shorter.key) >= _SUBTITLE


def _quoted(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= 60 else f"{text[:57]}…"
