"""Signals: what a clause says of an outcome, as numbers that a model can weigh.

The statements that the grammar finds (`tiab.pico.findings.reading`) are turned to the side of the intervention; beside
them stand the nearest words of change, chance, intervals, and which of two numbers is the larger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tiab.pico.findings.comparison import p_values
from tiab.pico.findings.directions import direction_of
from tiab.pico.findings.reading import statements
from tiab.pico.findings.scope import scope_before
from tiab.pico.findings.tokens import Token

__all__ = ["Arm", "Place", "clause_signals"]

Arm = tuple[int, int]
"""(offset, +1 or -1): a word that belongs to the intervention or to the comparator alone."""

_PAIR = re.compile(
    r"(?<![\w.])(?P<a>[-−–]?\d+(?:\.\d+)?)\s*%?(?:\s*(?:±|\+/-|\[[^\]]*\]|\([^)]*\))\s*[\d.]*%?\)?)?[^\d().;]{0,25}?"
    r"\b(?:vs\.?|versus|and|compared\s+(?:to|with)|against)\s*[^\d().;]{0,25}?(?P<b>[-−–]?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    r"\bCIs?\b[^\d\-−–]{0,12}([-−–]?\d+\.?\d*)\s*%?\s*(?:to|,|;|[-−–])\s*([-−–]?\d+\.?\d*)", re.IGNORECASE
)
_RATIO = re.compile(r"\b(?:OR|RR|HR|odds|hazard|ratio|relative)\b")
_ESTIMATE = re.compile(
    r"\b(?:OR|RR|HR|[oO]dds\sratio|[hH]azard\sratio|[rR](?:isk|ate)\sratio)s?\b[^\d]{0,14}(\d+\.\d+)"
)
_AGAINST = re.compile(
    r"\b(?:than|compared|comparison|relative to|versus|vs|over)\b"
    r"(?!\s(?:with|to)?\s?(?:the|their)?\s?(?:baseline|before|pre))",
    re.IGNORECASE,
)


_BETTER = re.compile(
    r"\b(?:improv\w*|better|superior\w*|benefi\w*|favou?r\w*|effective\w*|outperform\w*|efficac\w*|success\w*"
    r"|advantage\w*|best)\b",
    re.IGNORECASE,
)
_WORSE = re.compile(r"\b(?:wors\w*|inferior|poor\w*|deteriorat\w*|impair\w*|slow\w*|delayed|weak\w*)\b", re.IGNORECASE)
_FASTER = re.compile(r"\b(?:faster|quick\w*|earlier|sooner|accelerat\w*|short\w*|rapid\w*)\b", re.IGNORECASE)
_BAD = re.compile(
    r"\b(?:pain\w*|mortality|deaths?|time|durations?|risk|errors?|symptoms?|severity|depress\w*|anxi\w*|fatigue|stress"
    r"|adverse|complications?|relapse|recurrence|infections?|bleeding|loss|nausea|vomiting|disability|length|incidence"
    r"|failure|events?|pressure|cholesterol|hba1c|glucose|bmi|weight|crp|tnf|stay|cost|womac|dyspn\w+|cough|consumption"
    r"|requirements?|rate of|score|side effects?)\b",
    re.IGNORECASE,
)
_ALL_SAME = re.compile(
    r"\bno(?:t|n)?\b[^.;]{0,60}\b(?:significan\w*|differ\w*|effects?|change[sd]?|reach\w*)|\bsimilar\w*|\bcomparable\b"
    r"|\bneither\b|\bn\.?s\.?\b|\bequivalent|\bnon-?inferior|non-?significant|\bdid not\b"
    r"|\bwithout\b[^.;]{0,20}\bdiffer",
    re.IGNORECASE,
)
_FAVOUR = re.compile(r"\bfavou?r(?:ing|s|ed)?(?:\s+of)?\b", re.IGNORECASE)
_SIGNIFICANT = re.compile(r"(?<!not )(?<!no )(?<!non-)\bsignificant", re.IGNORECASE)
_NOT_A_RESULT = re.compile(
    r"\bp\s*[<>=≤≥]+\s*[\d.]+|\b\d+\s?%\s?(?:CI|confidence)|\bCI\b[^);\]]*|(?:±|\+/-)\s*[\d.]+|\bn\s*=\s*\d+"
    r"|\[[^\]]*\d[^\]]*\]|/\s?\d+|\b(?:week|month|day|year|group|grade|type|phase|stage|visit)s?\s\d+"
    r"|\d+(?:\.\d+)?[\s-]?(?:mg|kg|ml|µg|mcg|weeks?|months?|days?|years?|hours?|h|min|patients|participants"
    r"|subjects|women"
    r"|men)\b|\([\d.]+\s?[-–]\s?[\d.]+\)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])[-−–]?\d+(?:\.\d+)?(?![\w.]\d)")
_SIGNIFICANCE = 0.05
_NEAREST = 3  # words of change that are looked at beside what the grammar finds
_NEAR_PAIR = 30  # characters around two numbers within which an arm belongs to them
_FAVOURED = 60  # characters behind "in favour of" within which the arm stands

Signals = Iterator[tuple[str, float]]


class Place(NamedTuple):
    """A clause, `text[start:end]`, in which the outcome is first named at `anchor`, with the words of the arms."""

    text: str
    start: int
    end: int
    anchor: int
    arms: Sequence[Arm]

    def turn(self, cue: int) -> int:
        """+1 where a word of change at `cue` is told of the intervention, -1 where of the comparator, 0 where open."""
        against = _AGAINST.search(self.text, self.start, self.end)
        if against:
            behind = next((sign for place, sign in self.arms if place >= against.end()), 0)
            before = [sign for place, sign in self.arms if place < against.start()]
            if behind or before:
                return -behind or before[-1]
        if len({sign for _, sign in self.arms}) == 1:
            return self.arms[0][1]
        return min(self.arms, key=lambda arm: abs(arm[0] - cue), default=(0, 0))[1]


def clause_signals(place: Place, tokens: Sequence[Token], outcome: str) -> Signals:
    """(name, value) of each signal of the clause, of which `tokens` are the words."""
    yield from _stated(place, tokens)
    yield from _nearest(place, tokens)
    yield from _chances(place)
    yield from _judged(place, outcome)
    yield from _numbers(place)


def _stated(place: Place, tokens: Sequence[Token]) -> Signals:
    """What the grammar finds."""
    for one in statements(tokens):
        yield from _signed("said", one.direction, place.turn(tokens[one.cue].start))
        if one.tendency:
            yield "said tendency", 1.0


def _nearest(place: Place, tokens: Sequence[Token]) -> Signals:
    """The words of change that stand nearest to the outcome, whatever they speak of."""
    cues = [i for i, token in enumerate(tokens) if token.cue[0] not in ("", "undo") and not _is_degree(tokens, i)]
    cues.sort(key=lambda i: abs(tokens[i].start - place.anchor))
    for rank, i in enumerate(cues[:_NEAREST]):
        kind = direction_of(tokens, i, scope_before(tokens, i)) or tokens[i].cue[0]
        yield from _signed("by" if rank else "near", kind, place.turn(tokens[i].start))


def _is_degree(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word of change only says how much: "greater improvements", "more effective"."""
    if tokens[i].cue[1] != "degree":
        return False
    return any(token.cue[1] == "noun" or _BETTER.fullmatch(token.word) for token in tokens[i + 1 : i + 3])


def _signed(name: str, kind: str, turn: int) -> Signals:
    yield f"{name} {kind}", 1.0
    if kind in ("up", "down"):
        value = 1.0 if kind == "up" else -1.0
        yield f"{name} turned", value * turn
        yield f"{name} as told", value
        yield f"{name} {kind} {turn}", 1.0


def _chances(place: Place) -> Signals:
    """P values and confidence intervals."""
    text = place.text[place.start : place.end]
    chances = _worth(text)
    if chances:
        low, first = min(chances), next(iter(_worth(place.text[place.anchor : place.end])), min(chances))
        yield "least P significant", float(low <= _SIGNIFICANCE)
        yield "next P significant", float(first <= _SIGNIFICANCE)
        yield "next P insignificant", float(first > _SIGNIFICANCE)
        yield "all P insignificant", float(low > _SIGNIFICANCE)
    interval = _INTERVAL.search(text)
    if interval:
        low, high = sorted((_value(interval[1]), _value(interval[2])))
        middle = 1.0 if _RATIO.search(text) and low >= 0 else 0.0
        holds = low <= middle <= high
        yield "interval holds none", float(holds)
        yield "interval beside none", float(not holds)
        if not holds:
            yield "interval side", 1.0 if low > middle else -1.0
    estimate = _ESTIMATE.search(text)
    if estimate:
        yield "estimate", 1.0 if float(estimate[1]) > 1 else -1.0


def _worth(text: str) -> list[float]:
    """The P values of `text`, 1 for those that are said to be above a limit."""
    return [1.0 if sign in ">≥" else value for sign, value in p_values(text)]


def _judged(place: Place, outcome: str) -> Signals:
    """Words that judge: better, worse, alike; what is better for an outcome such as pain is less of it."""
    text, turn = place.text[place.start : place.end], place.turn(place.anchor)
    bad = bool(_BAD.search(outcome))
    for name, pattern in (("better", _BETTER), ("worse", _WORSE), ("faster", _FASTER)):
        if pattern.search(text):
            yield f"{name} {'bad' if bad else 'good'} {turn}", 1.0
            yield f"{name} {turn}", 1.0
    yield "alike", float(bool(_ALL_SAME.search(text)))
    yield "alike behind", float(bool(_ALL_SAME.search(place.text[place.anchor : place.end])))
    yield "significant", float(bool(_SIGNIFICANT.search(text)))
    yield "bad outcome", float(bad)
    favour = _FAVOUR.search(place.text, place.start, place.end)
    if favour:
        reach = range(favour.end(), favour.end() + _FAVOURED)
        yield "favours", float(next((sign for at, sign in place.arms if at in reach), 0))


def _numbers(place: Place) -> Signals:
    """Which of two numbers is larger, the intervention's or the comparator's."""
    signs = [sign for _, sign in place.arms]
    firm = signs[0] if len(set(signs)) == 2 else 0
    pair = _PAIR.search(place.text, place.anchor, place.end)
    if pair:
        reach = range(pair.start() - _NEAR_PAIR, pair.end() + _NEAR_PAIR + 1)
        inside = [sign for at, sign in place.arms if at in reach]
        larger = _sign(_value(pair["a"]) - _value(pair["b"]))
        yield "pair turned", float(larger * (inside[0] if len(set(inside)) == 2 else firm))
        yield "pair as told", float(larger)
    results = _NOT_A_RESULT.sub(" ", place.text[place.anchor : place.end])
    told = [_value(number) for number in _NUMBER.findall(results)]
    if len(told) >= 2:
        yield "order turned", float(_sign(told[0] - told[1]) * firm)
        yield "order as told", float(_sign(told[0] - told[1]))


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _value(number: str) -> float:
    return float(number.replace("−", "-").replace("–", "-"))
