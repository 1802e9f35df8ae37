"""Whole phrases read off a chain: the spans that promise most, both ends weighed together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.pico.learned.crf import Posterior
from tiab.pico.learned.words import Words

__all__ = ["DEFAULT", "PhraseSettings", "phrase_labels", "runs_of", "tidied"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BARE = frozenset({
    "", ".", ",", ";", ":", "-", "/", "=", "+", "<", ">", "±", "a", "an", "and", "are", "as", "at", "be", "been", "by",
    "for", "from", "had", "has", "have", "in", "is", "its", "of", "on", "or", "our", "than", "that", "the", "their",
    "to", "versus", "vs", "was", "were", "which", "who", "whose", "with",
})  # fmt: skip
"""Words and marks that no phrase begins or ends with."""

_NO_START = _BARE | {")", "]", "%"}
_NO_END = _BARE | {
    "(", "[", "about", "after", "among", "because", "before", "between", "both", "compared", "during", "either",
    "given", "including", "into", "no", "not", "per", "prior", "receiving", "since", "such", "through", "undergoing",
    "until", "using", "when", "whether", "while", "within", "without",
}  # fmt: skip
_OPENINGS = (["terms", "of"], ["total", "of"])
"""What is left of "in terms of" and "a total of"."""

_PAIRS = {"(": ")", "[": "]"}
_HYPHENS = frozenset("-\u2010\u2011\u2013")
_LONGEST = 60
_LEAST = 0.15  # an end that is less likely is no end worth trying


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseSettings:
    """What a phrase is worth.

    Attributes:
        gain: what the probability of a word's label is multiplied by before that of no label is taken off: F1 counts a
            word missed as dear as a word too many, and three words of four have no label.
        whole: what the probability that a phrase is right at both ends counts beside its words, once `least` is taken
            off it.
    """

    gain: float = 2.0
    whole: float = 2.0
    least: float = 0.3


DEFAULT = PhraseSettings()


class _Candidates(NamedTuple):
    """Phrases that are worth more than nothing, in the order of their ends; lists of one entry for each phrase."""

    starts: list[int]
    ends: list[int]
    labels: list[int]
    worth: list[float]


def phrase_labels(found: Posterior, lengths: Ints, settings: PhraseSettings) -> Ints:
    """The label of each word: phrases that don't overlap, chosen so that they are worth most together.

    Args:
        lengths: the number of words in each sentence; no phrase runs across two.
    """
    labels = np.zeros(len(found.chances), dtype=np.int64)
    first = set((np.cumsum(lengths) - lengths).tolist())
    for start, end, label in _best(_candidates(found, lengths, settings), first):
        labels[start:end] = label
    return labels


def _candidates(found: Posterior, lengths: Ints, settings: PhraseSettings) -> _Candidates:
    """The phrases that may be among the best: those that are worth more than any shorter one within them.

    (What may stand beside a phrase may stand beside a shorter one, too.)
    """
    begins, stops, count = found.begins().T, found.stops(lengths).T, len(found.chances)
    label, start = np.nonzero(begins[1:] > _LEAST)
    other, end = np.nonzero(found.chances.T[1:] * stops[1:] > _LEAST)
    sentence_end = np.repeat(np.cumsum(lengths), lengths)
    pairs = _Pairs.of(
        other * count + end, label * count + start, label * count + np.minimum(sentence_end[start], start + _LONGEST)
    )
    k, s, e = label[pairs.first] + 1, start[pairs.first], end[pairs.last]
    within = np.log(np.maximum(found.stays, 1e-12)).cumsum(axis=0)
    total = np.zeros((count + 1, found.chances.shape[1]))
    total[1:] = (settings.gain * found.chances - found.chances[:, :1]).cumsum(axis=0)
    whole = begins[k, s] * np.exp(within[e, k] - within[s, k]) * stops[k, e]
    worth = total[e + 1, k] - total[s, k] + settings.whole * (whole - settings.least)
    kept = np.flatnonzero((worth > 0) & (worth > pairs.shorter(worth)))
    kept = kept[np.argsort(e[kept], kind="stable")]
    return _Candidates(s[kept].tolist(), (e[kept] + 1).tolist(), k[kept].tolist(), worth[kept].tolist())


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Each start with each end that may go with it, by start, then by end.

    Attributes:
        first, last: the number of each pair's start, and of its end.
        offsets: the number of a start's first end, less that of its first pair.
        bounds: (the number of a start's first end, the number behind its last).
    """

    first: Ints
    last: Ints
    offsets: Ints
    bounds: tuple[Ints, Ints]

    @classmethod
    def of(cls, ends: Ints, starts: Ints, stops: Ints) -> _Pairs:
        """Each start with the ends from it up to, not including, its stop; `ends` ascend."""
        low, high = np.searchsorted(ends, starts), np.searchsorted(ends, stops)
        counts = high - low
        offsets = low - (np.cumsum(counts) - counts)
        first = np.repeat(np.arange(len(starts)), counts)
        return cls(first, np.arange(len(first)) + offsets[first], offsets, (low, high))

    def shorter(self, worth: Floats) -> Floats:
        """For each pair the greater worth of the two that are shorter by one start or one end."""
        found = np.full(len(worth), -np.inf)
        same = np.flatnonzero(self.first[1:] == self.first[:-1]) + 1
        found[same] = worth[same - 1]
        low, high = (np.append(bound, -1) for bound in self.bounds)  # behind the last start there is none
        later = self.first + 1
        there = np.flatnonzero((low[later] <= self.last) & (self.last < high[later]))
        found[there] = np.maximum(found[there], worth[self.last[there] - self.offsets[later[there]]])
        return found


def _best(candidates: _Candidates, first: Collection[int]) -> list[tuple[int, int, int]]:
    """The candidates that don't overlap, nor touch one of the same label in a sentence, and are worth most together.

    Args:
        first: the first word of each sentence.
    """
    totals, befores = [0.0], [0]  # of the best choice that ends with each candidate; number 0 is no candidate
    best = [0]  # the best choice up to each word
    ending = dict[int, dict[int, int]]()  # the best choice whose last phrase ends at a word and has a label
    for number, (start, end, label, worth) in enumerate(zip(*candidates, strict=True), start=1):
        if end >= len(best):
            best += best[-1:] * (end + 1 - len(best))
            here = ending[end] = {}
        if start in first:
            before = best[start]
        else:
            before = best[start - 1]
            for other, choice in ending.get(start, {}).items():
                if other != label and totals[choice] > totals[before]:
                    before = choice
        total = totals[before] + worth
        totals.append(total)
        befores.append(before)
        if label not in here or total > totals[here[label]]:
            here[label] = number
            if total > totals[best[end]]:
                best[end] = number
    chosen, choice = list[tuple[int, int, int]](), best[-1]
    while choice:
        chosen.append((candidates.starts[choice - 1], candidates.ends[choice - 1], candidates.labels[choice - 1]))
        choice = befores[choice]
    return chosen


def runs_of(labels: Ints, lengths: Ints) -> list[tuple[int, int, int]]:
    """(first word, word behind the last, label) of each run of words of one sentence that have the same label."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    edges = (np.flatnonzero((np.diff(labels) != 0) | (np.diff(rows) != 0)) + 1).tolist()
    cuts = [0, *edges, len(labels)]
    return [(a, b, int(labels[a])) for a, b in pairwise(cuts) if a < b and labels[a]]


def tidied(labels: Ints, text: str, words: Words) -> Ints:
    """The labels, each run made of whole words and brackets, without what no phrase begins or ends with."""
    found = np.zeros_like(labels)
    starts, ends = words.starts.tolist(), words.ends.tolist()
    bounds = dict(zip(words.sentences.tolist(), (words.sentences + words.lengths).tolist(), strict=True))
    firsts = sorted(bounds)
    taken = len(starts)
    for first, last, label in reversed(runs_of(labels, words.lengths)):
        begin = firsts[bisect_right(firsts, first) - 1]
        first, last = _whole_words(text, starts, ends, (first, min(last, taken)), (begin, min(bounds[begin], taken)))
        if first >= last:
            continue
        tokens = [text[starts[i] : ends[i]].strip() for i in range(first, min(last + 1, len(starts)))]
        start, end = _trimmed(tokens[: last - first], tokens[last - first :])
        found[first + start : first + end] = label
        taken = first
    return found


def _whole_words(
    text: str, starts: list[int], ends: list[int], run: tuple[int, int], bounds: tuple[int, int]
) -> tuple[int, int]:
    """The bounds of a run, moved out to those of the words that hyphens, or nothing at all, join to it ("IL-" and "6").

    Args:
        run, bounds: (first word, word behind the last) of the run, and of what it may take.
    """

    def joined(after: int) -> bool:
        """Whether this word and the one before it are parts of one."""
        if ends[after - 1] != starts[after]:
            return False
        place = starts[after]
        one, other = text[place - 1], text[place]
        if one.isalnum():
            return other.isalnum() or (other in _HYPHENS and text[place + 1 : place + 2].isalnum())
        return one in _HYPHENS and other.isalnum() and text[place - 2 : place - 1].isalnum()

    first, last = run
    while bounds[0] < first < last and joined(first):
        first -= 1
    while first < last < bounds[1] and joined(last):
        last += 1
    return first, last


def _trimmed(tokens: list[str], following: list[str]) -> tuple[int, int]:
    """(first, end) of what remains of a run's words."""
    start, end = 0, len(tokens)
    while True:
        while start < end and tokens[start].casefold() in _NO_START:
            start += 1
        while start < end and tokens[end - 1] != "A" and tokens[end - 1].casefold() in _NO_END:  # "vitamin A"
            end -= 1
        if tokens[start : start + 2] in _OPENINGS:
            start += 2
            continue
        bracket = _odd_bracket(tokens, start, end)
        if bracket < 0:
            return start, end
        if tokens[bracket] in _PAIRS and end == len(tokens) and following[:1] == [_PAIRS[tokens[bracket]]]:
            return start, end + 1
        if bracket == start or (tokens[bracket] not in _PAIRS and bracket - start < end - bracket):
            start = bracket + 1
        else:
            end = bracket


def _odd_bracket(tokens: list[str], start: int, end: int) -> int:
    """The place of the first bracket without its other half, or of one that closes around it all; -1 where none is."""
    opened: list[int] = []
    for place in range(start, end):
        if tokens[place] in _PAIRS:
            opened.append(place)
        elif tokens[place] in _PAIRS.values():
            if not opened:
                return place
            if opened.pop() == start and place == end - 1:
                return place
    return opened[0] if opened else -1
