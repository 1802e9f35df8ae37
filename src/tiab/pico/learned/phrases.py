"""Whole phrases read off a chain: the spans that promise most, both ends weighed together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.crf import Posterior
from tiab.pico.learned.words import Words

__all__ = ["DEFAULT", "PhraseSettings", "phrase_labels", "runs_of", "tidied"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BARE = frozenset({
    "", ".", ",", ";", ":", "-", "/", "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on",
    "or", "the", "to", "was", "were", "with",
})  # fmt: skip
"""Words and marks that no phrase begins or ends with."""

_PAIRS = {"(": ")", "[": "]"}
_LONGEST = 60
_LEAST = 0.1  # an end that is less likely is no end worth trying


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSettings:
    """What a phrase is worth.

    Attributes:
        gain: what the probability of a word's label is multiplied by before that of no label is taken off: F1 counts a
            word missed as dear as a word too many, and three words of four have no label.
        whole: what the probability that a phrase is right at both ends counts beside its words, once `least` is taken
            off it.
    """

    gain: float = 1.5
    whole: float = 2.0
    least: float = 0.3


DEFAULT = PhraseSettings()


class _Choice(NamedTuple):
    """Phrases chosen so far: what they are worth, the last of them, and the choice before it."""

    total: float
    phrase: tuple[int, int, int] | None = None
    before: _Choice | None = None


_total = attrgetter("total")


def phrase_labels(found: Posterior, lengths: Ints, settings: PhraseSettings) -> Ints:
    """The label of each word: phrases that don't overlap, chosen so that they are worth most together.

    Args:
        lengths: the number of words in each sentence; no phrase runs across two.
    """
    labels = np.zeros(len(found.chances), dtype=np.int64)
    if len(labels):
        first = set((np.cumsum(lengths) - lengths).tolist())
        for start, end, label in _best(_candidates(found, lengths, settings), len(labels), first):
            labels[start:end] = label
    return labels


def _candidates(found: Posterior, lengths: Ints, settings: PhraseSettings) -> list[tuple[int, int, int, float]]:
    """(start, end, label, worth) of each phrase that is worth more than nothing."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    begins, stops = found.begins(), found.stops(lengths)
    within = np.log(np.maximum(found.stays, 1e-12)).cumsum(axis=0)
    worth = np.zeros((len(rows) + 1, found.chances.shape[1]))
    worth[1:] = (settings.gain * found.chances - found.chances[:, :1]).cumsum(axis=0)
    kept: list[tuple[int, int, int, float]] = []
    for label in range(1, found.chances.shape[1]):
        starts = np.flatnonzero(begins[:, label] > _LEAST)
        ends = np.flatnonzero(found.chances[:, label] * stops[:, label] > _LEAST)
        length = ends - starts[:, None]
        fits = (length >= 0) & (length < _LONGEST) & (rows[ends] == rows[starts][:, None])
        first, last = np.nonzero(fits)
        s, e = starts[first], ends[last]
        whole = begins[s, label] * np.exp(within[e, label] - within[s, label]) * stops[e, label]
        values = worth[e + 1, label] - worth[s, label] + settings.whole * (whole - settings.least)
        good = values > 0
        where = zip(s[good].tolist(), (e[good] + 1).tolist(), values[good].tolist(), strict=True)
        kept += [(start, end, label, value) for start, end, value in where]
    return kept


def _best(
    candidates: list[tuple[int, int, int, float]], count: int, first: Collection[int]
) -> list[tuple[int, int, int]]:
    """The candidates that don't overlap, nor touch one of the same label in a sentence, and are worth most together.

    Args:
        first: the first word of each sentence.
    """
    by_end: dict[int, list[tuple[int, int, float]]] = {}
    for start, end, label, value in candidates:
        by_end.setdefault(end, []).append((start, label, value))
    best, open_ = [_Choice(0.0)], [_Choice(0.0)]  # up to each word; the same where no phrase ends there
    ending: dict[int, dict[int, _Choice]] = {}  # where one of this label ends there
    for end in range(1, count + 1):
        open_.append(best[-1])
        if end in by_end:
            here = ending[end] = dict[int, _Choice]()
            for start, label, value in by_end[end]:
                before = best[start] if start in first else open_[start]
                if start in ending and start not in first:
                    before = max((before, *(one for other, one in ending[start].items() if other != label)), key=_total)
                if label not in here or before.total + value > here[label].total:
                    here[label] = _Choice(before.total + value, (start, end, label), before)
            best.append(max((best[-1], *here.values()), key=_total))
        else:
            best.append(best[-1])
    chosen, choice = list[tuple[int, int, int]](), best[-1]
    while choice.before is not None and choice.phrase is not None:
        chosen.append(choice.phrase)
        choice = choice.before
    return chosen


def runs_of(labels: Ints, lengths: Ints) -> list[tuple[int, int, int]]:
    """(first word, word behind the last, label) of each run of words of one sentence that have the same label."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    edges = (np.flatnonzero((np.diff(labels) != 0) | (np.diff(rows) != 0)) + 1).tolist()
    cuts = [0, *edges, len(labels)]
    return [(a, b, int(labels[a])) for a, b in pairwise(cuts) if a < b and labels[a]]


def tidied(labels: Ints, text: str, words: Words) -> Ints:
    """The labels, each run without words and marks that no phrase begins or ends with, and with its brackets closed."""
    found = np.zeros_like(labels)
    starts, ends = words.starts.tolist(), words.ends.tolist()
    for first, last, label in runs_of(labels, words.lengths):
        tokens = [text[starts[i] : ends[i]].strip() for i in range(first, min(last + 1, len(starts)))]
        start, end = _trimmed(tokens[: last - first], tokens[last - first :])
        found[first + start : first + end] = label
    return found


def _trimmed(tokens: list[str], following: list[str]) -> tuple[int, int]:
    """(first, end) of what remains of a run's words."""
    start, end = 0, len(tokens)
    while True:
        while start < end and (tokens[start].casefold() in _BARE or tokens[start] in (")", "]")):
            start += 1
        while start < end and (tokens[end - 1].casefold() in _BARE or tokens[end - 1] in _PAIRS):
            end -= 1
        opened = [i for i in range(start, end) if tokens[i] in _PAIRS]
        closed = [i for i in range(start, end) if tokens[i] in (")", "]")]
        if len(opened) > len(closed):
            if end == len(tokens) and following and following[0] == _PAIRS[tokens[opened[-1]]]:
                return start, end + 1
            if opened[0] == start:
                start += 1
                continue
        elif len(closed) > len(opened) and closed[-1] == end - 1:
            end -= 1
            continue
        return start, end
