"""Arms: the numbers of participants that the groups of a study have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from tiab.pico.counts import Count, SentenceNumbers
from tiab.pico.quantities import Quantity

__all__ = ["find_arms"]

_MOST_ARMS = 4
_SMALLEST = 3
_REACH = 300  # characters from the first arm to the last
_MOST_NUMBERS = 10  # of one sentence that are tried with one another
_GROUPED = re.compile(r"random|assign|allocat|divided|group|\barms?\b", re.IGNORECASE)
_GOES = re.compile(
    r"(?:\s\([^()]{0,12}\))?\s(?:[a-z]+\s)?(?:(?:were|was)\s)?(?:(?:randomly\s)?(?:assigned|allocated|randomi[sz]ed)\s)?"
    r"(?:to|received|receiving|in\s(?:the\s)?(?:[\w-]+\s){1,4}(?:group|arm))\b",
    re.IGNORECASE,
)


def find_arms(
    text: str, sentences: Sequence[SentenceNumbers], counts: Sequence[Count], total: Count | None
) -> tuple[Quantity, ...]:
    """The sizes of the arms, which stand in one sentence; the first of these that there is:

    several "n =" that add up to the total, other numbers that do, several "n =", and several numbers that go to, or
    receive, something.
    """
    equal = [_counted(counts, begin, end) for begin, end, _ in sentences]
    if total is not None:
        sums = (group for group in equal if sum(arm.value for arm in group) == total.value)
        if (group := next(sums, None)) or (
            not total.summed and (group := next(_adding_up(sentences, total.value), None))
        ):
            return group
    going = (_going(text, sentence) for sentence in sentences)
    return next((group for group in (*equal, *going) if 1 < len(group) <= _MOST_ARMS), ())


def _counted(counts: Sequence[Count], begin: int, end: int) -> tuple[Quantity, ...]:
    """The "n =" of a sentence."""
    mine = (count for count in counts if begin <= count.start < end and "n =" in count.evidence)
    return tuple(Quantity(count.start, count.end, count.value) for count in mine)


def _adding_up(sentences: Sequence[SentenceNumbers], total: int) -> Iterator[tuple[Quantity, ...]]:
    """The fewest and then densest numbers of each sentence that add up to the total."""
    for sentence in sentences:
        small = [q for q in sentence.numbers if _SMALLEST <= q.value < total][:_MOST_NUMBERS]
        for size in range(2, _MOST_ARMS + 1):
            groups = [group for group in combinations(small, size) if sum(q.value for q in group) == total]
            dense = min(groups, key=_length, default=())
            if dense and _length(dense) <= _REACH:
                yield dense
                break


def _length(group: Sequence[Quantity]) -> int:
    return group[-1].end - group[0].start


def _going(text: str, sentence: SentenceNumbers) -> tuple[Quantity, ...]:
    """The numbers of people that go to, or receive, something."""
    begin, end, numbers = sentence
    if len(numbers) < 2 or not _GROUPED.search(text, begin, end):
        return ()
    return tuple(q for q in numbers if q.value >= _SMALLEST and _GOES.match(text, q.end, end))
