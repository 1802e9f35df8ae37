"""Questions: which way an outcome went with one intervention compared with another, as numbers a model can weigh.

Each sentence of an abstract gets two rows of numbers: how likely it is to answer the question (the words of the outcome,
of the arms, of change and of chance that it holds), and what it would answer: the statements that the grammar finds
(`tiab.pico.findings.reading`), turned to the side of the intervention, beside words and pairs of numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tiab.pico.abbreviations import find_abbreviations
from tiab.pico.findings.comparison import p_values
from tiab.pico.findings.reading import statements
from tiab.pico.findings.scope import scope_before
from tiab.pico.findings.tokens import Target, Token, cue_of, split_tokens
from tiab.pico.sentences import sentence_starts
from tiab.pico.spelling import singular

__all__ = ["Question", "Sentence", "sentences_of"]

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    "a an the of in on for to and or with by at from as per is was were be after before during between within mg ml kg day "
    "days daily week weeks month months group groups vs versus plus alone either than not mean total score scores rate rates "
    "level levels change changes number patients treatment year years hour hours h min time therapy intervention".split()
)
_INTERVENTION = frozenset("intervention experimental treated treatment active study trained training".split())
_COMPARATOR = frozenset("control controls placebo sham usual conventional standard untreated vehicle comparison".split())
_PAIR = re.compile(
    r"(?<![\w.])(?P<a>[-−–]?\d+(?:\.\d+)?)\s*%?(?:\s*(?:±|\+/-|\[[^\]]*\]|\([^)]*\))\s*[\d.]*%?\)?)?[^\d().;]{0,25}?"
    r"\b(?:vs\.?|versus|and|compared\s+(?:to|with)|against)\s*[^\d().;]{0,25}?(?P<b>[-−–]?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\bCIs?\b[^\d\-−–]{0,12}([-−–]?\d+\.?\d*)\s*%?\s*(?:to|,|;|[-−–])\s*([-−–]?\d+\.?\d*)", re.IGNORECASE)
_RATIO = re.compile(r"\b(?:OR|RR|HR|odds|hazard|ratio|relative)\b")
_ESTIMATE = re.compile(r"\b(?:OR|RR|HR|[oO]dds\sratio|[hH]azard\sratio|[rR](?:isk|ate)\sratio)s?\b[^\d]{0,14}(\d+\.\d+)")


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


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence before a question.

    Attributes:
        start, end: its offsets in the abstract.
        fit: numbers that tell how likely it answers the question.
        says: numbers that tell what it answers.
        words: its words, with those of the outcome, the arms and numbers masked.
    """

    start: int
    end: int
    fit: dict[str, float]
    says: dict[str, float]
    words: tuple[str, ...]


def sentences_of(question: Question) -> list[Sentence]:
    """The sentences of the abstract before the question, in order."""
    text = question.abstract
    starts = sentence_starts(text)
    bounds = list(zip(starts, [*starts[1:], len(text)], strict=True))
    side = _Sides.of(question)
    held = [Counter(_stem(w) for w in _WORD.findall(text[a:b])) for a, b in bounds]
    rarity = {w: math.log(1 + len(bounds) / (sum(w in h for h in held) or 0.5)) for w in side.outcome}
    return [
        _sentence(text, a, b, side, rarity, i / max(1, len(bounds) - 1)) for i, (a, b) in enumerate(bounds)
    ]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The words of a question: of its outcome, and of each arm alone."""

    outcome: frozenset[str]
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


def _sentence(text: str, start: int, end: int, side: _Sides, rarity: dict[str, float], place: float) -> Sentence:
    spans = _mentions(text, start, end, side.outcome, rarity)
    targets = [Target(a, b, "outcome") for a, b in spans]
    tokens = split_tokens(text, start, end, targets)
    arms = _arms(text, start, end, side)
    says = dict(_says(text, start, end, tokens, targets, arms, side))
    fit = dict(_fit(text, start, end, side, rarity, place, says, arms))
    return Sentence(start, end, fit, says, tuple(_masked(text, start, end, spans, side)))


def _mentions(text: str, start: int, end: int, outcome: frozenset[str], rarity: dict[str, float]) -> list[tuple[int, int]]:
    """(start, end) of runs of words of the outcome, of which each holds half as much of it as the best run."""
    runs: list[tuple[int, int, set[str]]] = []
    gap = 0
    for found in _WORD.finditer(text, start, end):
        word = _stem(found[0])
        if word in outcome:
            between = text[runs[-1][1] : found.start()] if runs else ""
            if runs and gap <= 3 and not re.search(r"[,;:()]", between) and not any(cue_of(w.lower())[0] for w in _WORD.findall(between)):
                runs[-1] = (runs[-1][0], found.end(), runs[-1][2] | {word})
            else:
                runs.append((found.start(), found.end(), {word}))
            gap = 0
        else:
            gap += 1
    weights = [sum(rarity[w] for w in words) for _, _, words in runs]
    best = max(weights, default=0.0)
    return [(a, b) for (a, b, _), weight in zip(runs, weights, strict=True) if weight >= best / 2]


def _arms(text: str, start: int, end: int, side: _Sides) -> list[tuple[int, int]]:
    """(offset, +1 or -1) of each word that belongs to the intervention or the comparator alone."""
    found = []
    for match in _WORD.finditer(text, start, end):
        word = _stem(match[0])
        if word in side.intervention:
            found.append((match.start(), 1))
        elif word in side.comparator:
            found.append((match.start(), -1))
    return found


_AGAINST = re.compile(r"\b(?:than|compared|comparison|relative to|versus|vs|over)\b", re.IGNORECASE)


def _turn(text: str, start: int, end: int, cue: int, arms: Sequence[tuple[int, int]]) -> int:
    """+1 where a word of change at `cue` is told of the intervention, -1 where of the comparator, 0 where that is open."""
    against = _AGAINST.search(text, start, end)
    if against:
        behind = next((sign for place, sign in arms if place >= against.end()), 0)
        before = [sign for place, sign in arms if place < against.start()]
        if behind:
            return -behind
        if before:
            return before[-1]
    signs = {sign for _, sign in arms}
    if len(signs) == 1:
        return signs.pop()
    near = min(arms, key=lambda arm: abs(arm[0] - cue), default=(0, 0))
    return near[1]


_BETTER = re.compile(r"\b(?:improv\w*|better|superior\w*|benefi\w*|favou?r\w*|effective\w*|outperform\w*|efficac\w*|success\w*|advantage\w*|best)\b", re.IGNORECASE)
_WORSE = re.compile(r"\b(?:wors\w*|inferior|poor\w*|deteriorat\w*|impair\w*|slow\w*|delayed|weak\w*)\b", re.IGNORECASE)
_FASTER = re.compile(r"\b(?:faster|quick\w*|earlier|sooner|accelerat\w*|short\w*|rapid\w*)\b", re.IGNORECASE)
_BAD = re.compile(
    r"\b(?:pain\w*|mortality|deaths?|time|durations?|risk|errors?|symptoms?|severity|depress\w*|anxi\w*|fatigue|stress|adverse|complications?|"
    r"relapse|recurrence|infections?|bleeding|loss|nausea|vomiting|disability|length|incidence|failure|events?|pressure|cholesterol|"
    r"hba1c|glucose|bmi|weight|crp|tnf|stay|cost|womac|dyspn\w+|cough|consumption|requirements?|rate of|score|side effects?)\b",
    re.IGNORECASE,
)
_ALL_SAME = re.compile(
    r"\bno(?:t|n)?\b[^.;]{0,60}\b(?:significan\w*|differ\w*|effects?|change[sd]?|reach\w*)|\bsimilar\w*|\bcomparable\b|\bneither\b|\bn\.?s\.?\b"
    r"|\bequivalent|\bnon-?inferior|non-?significant|\bdid not\b|\bwithout\b[^.;]{0,20}\bdiffer",
    re.IGNORECASE,
)
_SIGNIFICANT = re.compile(r"(?<!not )(?<!no )(?<!non-)\bsignificant", re.IGNORECASE)


def _says(
    text: str, start: int, end: int, tokens: Sequence[Token], targets: Sequence[Target],
    arms: Sequence[tuple[int, int]], side: _Sides,
) -> Iterator[tuple[str, float]]:  # fmt: skip
    for one in statements(tokens):
        cue = tokens[one.cue]
        turn = _turn(text, start, end, cue.start, arms)
        yield from _signed("said", one.direction, turn, cue)
        if one.tendency:
            yield "said tendency", 1.0
    anchor = targets[0].start if targets else start
    cues = [(abs(t.start - anchor), i) for i, t in enumerate(tokens) if t.cue[0] not in ("", "undo")]
    for rank, (_, i) in enumerate(sorted(cues)[:3]):
        scope = scope_before(tokens, i)
        kind = "same" if scope.denied else tokens[i].cue[0]
        yield from _signed("near" if rank == 0 else "by", kind, _turn(text, start, end, tokens[i].start, arms), tokens[i])
    chances = p_values(text[start:end])
    if chances:
        low = min(1.0 if sign in ">≥" else value for sign, value in chances)
        first = next((1.0 if s in ">≥" else v for s, v in p_values(text[anchor:end])), low)
        yield "least P significant", float(low <= 0.05)
        yield "next P significant", float(first <= 0.05)
        yield "next P insignificant", float(first > 0.05)
        yield "all P insignificant", float(low > 0.05)
    for low_text, high_text in _INTERVAL.findall(text[start:end])[:1]:
        yield from _interval(text[start:end], low_text, high_text)
    bad = bool(_BAD.search(side.exact))
    plain_text = text[start:end]
    turn = _turn(text, start, end, anchor, arms)
    for name, pattern in (("better", _BETTER), ("worse", _WORSE), ("faster", _FASTER)):
        if pattern.search(plain_text):
            yield f"{name} {'bad' if bad else 'good'} {turn}", 1.0
            yield f"{name} {turn}", 1.0
    yield "alike", float(bool(_ALL_SAME.search(plain_text)))
    yield "alike behind", float(bool(_ALL_SAME.search(text[anchor:end])))
    yield "significant", float(bool(_SIGNIFICANT.search(plain_text)))
    yield "bad outcome", float(bad)
    yield from _numbers(text, start, end, anchor, arms)


def _signed(name: str, kind: str, turn: int, cue: Token) -> Iterator[tuple[str, float]]:
    if kind in ("up", "down"):
        value = 1.0 if kind == "up" else -1.0
        yield f"{name} turned", value * turn
        yield f"{name} as told", value
        yield f"{name} {kind}", 1.0
        yield f"{name} {kind} {turn}", 1.0
    else:
        yield f"{name} {kind}", 1.0


def _interval(text: str, low: str, high: str) -> Iterator[tuple[str, float]]:
    try:
        ends = sorted(float(end.replace("−", "-").replace("–", "-")) for end in (low, high))
    except ValueError:
        return
    middle = 1.0 if _RATIO.search(text) and ends[0] >= 0 else 0.0
    yield "interval holds none", float(ends[0] <= middle <= ends[1])
    yield "interval beside none", float(not ends[0] <= middle <= ends[1])
    if not ends[0] <= middle <= ends[1]:
        yield "interval side", 1.0 if ends[0] > middle else -1.0


def _numbers(text: str, start: int, end: int, anchor: int, arms: Sequence[tuple[int, int]]) -> Iterator[tuple[str, float]]:
    """Which of two numbers is larger, the intervention's or the comparator's."""
    first = next((sign for place, sign in arms), 0)
    order = [sign for place, sign in arms]
    firm = first if len(set(order)) == 2 else 0
    for number, found in enumerate(_PAIR.finditer(text, anchor, end)):
        try:
            a, b = (float(found[k].replace("−", "-").replace("–", "-")) for k in ("a", "b"))
        except ValueError:
            continue
        inside = [sign for place, sign in arms if found.start() - 30 <= place <= found.end() + 30]
        lead = inside[0] if len(set(inside)) == 2 else firm
        sign = (a > b) - (a < b)
        yield ("pair turned" if number == 0 else "later pair turned"), float(sign * lead)
        yield ("pair as told" if number == 0 else "later pair as told"), float(sign)
        return


def _fit(
    text: str, start: int, end: int, side: _Sides, rarity: dict[str, float], place: float, says: dict[str, float],
    arms: Sequence[tuple[int, int]],
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
