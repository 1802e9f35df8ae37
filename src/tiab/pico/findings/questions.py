"""Questions: which way an outcome went with one intervention compared with another, as numbers a model can weigh.

Each clause of an abstract gets two rows of numbers: how likely it is to answer the question (the words of the outcome,
of the arms, of change and of chance that it holds), and what it would answer (`tiab.pico.findings.signals`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from tiab.pico.abbreviations import find_abbreviations
from tiab.pico.findings.signals import Arm, Place, clause_signals
from tiab.pico.findings.tokens import Target, cue_of, split_tokens, words
from tiab.pico.sentences import sentence_starts
from tiab.pico.spelling import singular

__all__ = ["Clause", "Question", "clauses_of", "evidence_of"]

_WORD = re.compile(r"[^\W_]+")
_COMMON = words("common")
_INTERVENTION = words("intervention")
_COMPARATOR = words("comparator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which way `outcome` went with `intervention` compared with `comparator`.

    Attributes:
        label: the answer, "" where it is not known.
        evidence: (start, end) of what says so in the abstract, as far as it is known.
        article: what tells articles apart.
    """

    abstract: str
    outcome: str
    intervention: str
    comparator: str
    title: str = ""
    label: str = ""
    evidence: tuple[tuple[int, int], ...] = ()
    article: str = ""

    @property
    def key(self) -> int:
        """A number that tells the question from others."""
        text = "\n".join((self.abstract, self.outcome, self.intervention, self.comparator))
        return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an abstract before a question.

    Attributes:
        start, end: its offsets in the abstract.
        fit: numbers that tell how likely it answers it.
        says: numbers that tell what it answers.
        words: its words, with those of the outcome, the arms and numbers masked.
    """

    start: int
    end: int
    fit: dict[str, float]
    says: dict[str, float]
    words: tuple[str, ...]


def clauses_of(question: Question) -> list[Clause]:
    """The clauses of the abstract before the question, in order; an empty abstract is one empty clause."""
    text, bounds = question.abstract, _sentences(question.abstract)
    side, rarity = _prepared(question, bounds)
    return [
        _clause(text, c, d, side, rarity, c / max(1, len(text)), (a, b))
        for a, b in bounds
        for c, d in _pieces(text, a, b)
    ]


def evidence_of(question: Question) -> list[Clause]:
    """What is said to answer the question, piece by piece; all clauses where that is not known."""
    text, bounds = question.abstract, _sentences(question.abstract)
    side, rarity = _prepared(question, bounds)
    given = [_clause(text, a, b, side, rarity, a / len(text), _around(bounds, a, b)) for a, b in question.evidence]
    return given or clauses_of(question)


def _sentences(text: str) -> list[tuple[int, int]]:
    starts = sentence_starts(text)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _prepared(question: Question, bounds: Sequence[tuple[int, int]]) -> tuple[_Sides, dict[str, float]]:
    """The words of the question, and how rare each word of the outcome is among the sentences."""
    side = _Sides.of(question)
    held = [{_stem(word) for word in _WORD.findall(question.abstract[a:b])} for a, b in bounds]
    return side, {w: math.log(1 + len(bounds) / (sum(w in words for words in held) or 0.5)) for w in side.outcome}


_CONTRAST = re.compile(r";\s|,?\s(?:whereas|while|whilst|but|although|though|however)\s", re.IGNORECASE)
_SHORTEST = 25  # characters of a clause
_GAP = 3  # words between two words of the outcome that may be one name


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence: cut at words of contrast, none shorter than a few words."""
    begin = start
    for found in _CONTRAST.finditer(text, start, end):
        if found.start() - begin >= _SHORTEST and end - found.end() >= _SHORTEST:
            yield begin, found.start() + 1
            begin = found.start() + 1
    yield begin, end


def _around(bounds: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The sentences that hold `start` to `end`."""
    held = [(a, b) for a, b in bounds if a < end and start < b]
    return (held[0][0], held[-1][1]) if held else (start, end)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The words of a question: of its outcome, and of each arm alone."""

    outcome: frozenset[str]
    loose: frozenset[str]
    intervention: frozenset[str]
    comparator: frozenset[str]
    exact: str

    @classmethod
    def of(cls, question: Question) -> _Sides:
        short = {a.short: a.long for a in find_abbreviations(question.abstract)}
        outcome = _words(question.outcome, short)
        arms = _words(question.intervention, short), _words(question.comparator, short)
        mine, other = arms[0] - arms[1], arms[1] - arms[0]
        return cls(
            outcome=frozenset(outcome),
            loose=frozenset(_stem(w) for w in _WORD.findall(question.outcome)),
            intervention=frozenset(mine - outcome | (_INTERVENTION - arms[1])),
            comparator=frozenset(other - outcome | (_COMPARATOR - arms[0])),
            exact=question.outcome.casefold(),
        )


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return singular(word.lower())


def _words(text: str, short: dict[str, str]) -> set[str]:
    """The telling words of `text`, with those that the abstract's abbreviations stand for, and the other way round."""
    words = {_stem(w) for w in _WORD.findall(text)}
    for form, long in short.items():
        spelt = {_stem(w) for w in _WORD.findall(long)}
        if re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text):
            words |= spelt
        elif spelt - _COMMON <= words:
            words |= {_stem(w) for w in _WORD.findall(form)}
    telling = {w for w in words if w not in _COMMON and not (w.isdigit() and len(w) < 3)} or words
    changing = {w for w in telling if cue_of(w)[0]}
    return telling - changing or telling


def _clause(
    text: str, start: int, end: int, side: _Sides, rarity: dict[str, float], place: float, around: tuple[int, int]
) -> Clause:
    spans = _mentions(text, start, end, side, rarity)
    targets = [Target(a, b, "outcome") for a, b in spans]
    tokens = split_tokens(text, start, end, targets)
    arms = _arms(text, start, end, side) or _arms(text, *around, side)
    says = dict(clause_signals(Place(text, start, end, spans[0][0] if spans else start, arms), tokens, side.exact))
    fit = dict(_fit(text, start, end, side, rarity, place, says, arms))
    return Clause(start, end, fit, says, tuple(_masked(text, start, end, spans, side)))


def _mentions(text: str, start: int, end: int, side: _Sides, rarity: dict[str, float]) -> list[tuple[int, int]]:
    """(start, end) of runs of words of the outcome, of which each holds half as much of it as the best run."""
    runs: list[tuple[int, int, set[str]]] = []
    for found in _WORD.finditer(text, start, end):
        word = _stem(found[0])
        between = text[runs[-1][1] : found.start()] if runs else ","
        if word in side.outcome:
            if _is_one_name(between, side):
                runs[-1] = (runs[-1][0], found.end(), runs[-1][2] | {word})
            else:
                runs.append((found.start(), found.end(), {word}))
        elif word in side.loose and between.replace("of", "").isspace():
            runs[-1] = (runs[-1][0], found.end(), runs[-1][2])
    weights = [sum(rarity[w] for w in words) for _, _, words in runs]
    best = max(weights, default=0.0)
    return [(a, b) for (a, b, _), weight in zip(runs, weights, strict=True) if weight >= best / 2]


def _is_one_name(between: str, side: _Sides) -> bool:
    """Whether what stands between two words of the outcome leaves them one name: a few words, none of change."""
    words = _WORD.findall(between)
    if len(words) > _GAP or re.search(r"[,;:()]", between):
        return False
    return not any(cue_of(word.lower())[0] for word in words if _stem(word) not in side.loose)


def _arms(text: str, start: int, end: int, side: _Sides) -> list[Arm]:
    """(offset, +1 or -1) of each word that belongs to the intervention or the comparator alone."""
    found = []
    for match in _WORD.finditer(text, start, end):
        word = _stem(match[0])
        if word in side.intervention:
            found.append((match.start(), 1))
        elif word in side.comparator:
            found.append((match.start(), -1))
    return found


def _fit(
    text: str, start: int, end: int, side: _Sides, rarity: dict[str, float], place: float, says: dict[str, float],
    arms: Sequence[Arm],
) -> Iterator[tuple[str, float]]:  # fmt: skip
    held = {_stem(w) for w in _WORD.findall(text[start:end])} & side.outcome
    total = sum(rarity.values()) or 1.0
    yield "outcome", sum(rarity[w] for w in held) / total
    yield "whole outcome", float(held == side.outcome)
    yield "exact", float(side.exact in text[start:end].casefold())
    yield "outcome words", len(held) / max(1, len(side.outcome))
    yield "said", float(any(name.startswith("said") for name in says))
    yield "cue", float(any(name.startswith("near") for name in says))
    yield "P", float("next P significant" in says)
    yield "interval", float("interval holds none" in says)
    yield "pair", float("pair as told" in says)
    yield "significant", says.get("significant", 0.0)
    yield "alike", says.get("alike", 0.0)
    yield "better", float(any(name.startswith("better") for name in says))
    yield "intervention", float(any(sign > 0 for _, sign in arms))
    yield "comparator", float(any(sign < 0 for _, sign in arms))
    yield "place", place
    yield "late", float(place > 0.5)
    yield "last", float(place == 1.0)
    yield "length", math.log(max(2, end - start)) / 5
    yield "numbers", min(6, len(re.findall(r"\d+", text[start:end]))) / 6


def _masked(text: str, start: int, end: int, spans: Sequence[tuple[int, int]], side: _Sides) -> Iterator[str]:
    place = 0
    for found in re.finditer(r"\d[\d.,]*|[^\W\d_]+|[<>=%]", text[start:end]):
        at = start + found.start()
        if any(a <= at < b for a, b in spans):
            if place != 1:
                yield "OUTCOME"
            place = 1
            continue
        place = 0
        word = found[0].lower()
        stem = _stem(word)
        if stem in side.intervention:
            yield "ARM"
        elif stem in side.comparator:
            yield "OTHER"
        elif word[0].isdigit():
            yield "N"
        else:
            yield word
