"""Reasons: why a record ranks where it does, in the reader's words; what each adds sums to the score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tiab.features import CRITERION, IN_TITLE, Coverage
from tiab.features.evidence import ABBREVIATED, AGAINST, DESIGN, ELIGIBLE, INELIGIBLE, LIMITS, NO_ABSTRACT
from tiab.pico import Span
from tiab.pico.design_scores import design_scores
from tiab.ranking.phrases import Place, SoughtWords, join_phrases, spread_effects
from tiab.records import Record

__all__ = ["OTHER_WORDS", "START", "Reason", "Reasons", "find_reasons"]

OTHER_WORDS, START = "other words", "starting point"
_SHOWN = 5
_SEEN = 0.005
"""What would be shown as 0.00 is no reason."""
_LEAST = 0.02
"""A phrase that added less than this is among the other words."""

_EVIDENCE = frozenset((ELIGIBLE, INELIGIBLE, NO_ABSTRACT, *LIMITS))
"""The columns of evidence whose names have no colon."""

Kind = Literal["concept", "evidence", "phrase", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row of the explanation: what it is, and what it added to the score.

    Attributes:
        kind: a concept of the criteria; other evidence (a term against, the design, a limit); a phrase of the text; or
            the rest: words that are not named, and the starting point, which is the same for all records.
        detail: the terms of the concept that were found.
    """

    name: str
    effect: float
    kind: Kind
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons behind a score: concepts first, then other evidence, phrases, and the rest. They sum to the score."""

    rows: tuple[Reason, ...] = ()

    @property
    def score(self) -> float:
        """The sum of what they added."""
        return sum(row.effect for row in self.rows)

    def strongest(self, *, positive: bool) -> tuple[tuple[str, float], ...]:
        """(name, what it added) of those that raised the record, or lowered it; concepts first."""
        return tuple((row.name, row.effect) for row in self.named if (row.effect > 0) == positive)

    @property
    def named(self) -> tuple[Reason, ...]:
        """All but the rest."""
        return tuple(row for row in self.rows if row.kind != "rest")

    @property
    def rest(self) -> tuple[Reason, ...]:
        """Other words, and the starting point."""
        return tuple(row for row in self.rows if row.kind == "rest")

    def listed(self, *, positive: bool) -> str:
        """The same as `strongest` in a line.

        >>> rows = (Reason(name="back pain", effect=0.5, kind="phrase"), Reason(name="law", effect=-0.1, kind="phrase"))
        >>> Reasons(rows).listed(positive=True)
        'back pain (+0.50)'
        """
        return "; ".join(f"{name} ({effect:+.2f})" for name, effect in self.strongest(positive=positive))


def find_reasons(
    record: Record,
    spans: Sequence[Span],
    coverage: Sequence[Coverage],
    names: Sequence[str],
    effects: NDArray[np.float64],
    *,
    constant: float,
    sought: SoughtWords | None = None,
) -> Reasons:
    """The reasons behind the score of a record to which column `names[i]` added `effects[i]`.

    What several columns say of one concept is one row, with the words of its terms; so are the forms of one phrase.

    Args:
        spans, coverage: what PICO found in the record, and how it meets the criteria.
        constant: what every record of the pool is given.
        sought: the columns of words that can have an effect in some record, made once for many records.
    """
    found = _Evidence(record, spans, coverage)
    words = {
        name: effect
        for name, effect in zip(names, effects.tolist(), strict=True)
        if effect and not found.takes(name, effect)
    }
    spread = spread_effects(record, words, sought)
    phrases, others = _phrases(record.text, [place for place in spread.places if not found.takes_words(place)])
    evidence = found.reasons()
    said = tuple(row for row in evidence if abs(row.effect) >= _SEEN)
    small = sum(row.effect for row in evidence) - sum(row.effect for row in said)
    rest = Reason(name=OTHER_WORDS, effect=others + spread.rest + small, kind="rest")
    start = Reason(name=START, effect=constant + found.start, kind="rest")
    return Reasons((*said, *phrases, *(row for row in (rest, start) if row.effect)))


class _Evidence:
    """What the evidence added, and the words of the criteria's terms, under the names that a reader gives them.

    Attributes:
        start: what a record without an abstract is given for what it might say, which is no merit.
    """

    def __init__(self, record: Record, spans: Sequence[Span], coverage: Sequence[Coverage]) -> None:
        self.start = 0.0
        self._coverage = {one.concept.name: one for one in coverage}
        self._spans = [span for span in spans if span.provenance.startswith("dict:") and span.label in self._coverage]
        self._all_spans, self._types = spans, record.publication_types
        self._added: dict[tuple[Kind, str], float] = defaultdict(float)

    def takes(self, column: str, effect: float) -> bool:
        """Whether a column is evidence; what it added is then noted."""
        if ": " not in column and column not in _EVIDENCE:
            return False  # a word, as nearly all columns are
        kind, _, rest = column.partition(": ")
        if kind in (CRITERION, IN_TITLE, ABBREVIATED):
            self._give(rest, effect)
        elif kind == AGAINST:
            self._added["evidence", self._against(rest)] += effect
        elif kind == DESIGN or column in (ELIGIBLE, INELIGIBLE):
            self._added["evidence", DESIGN] += effect
        elif column == NO_ABSTRACT and effect > 0:
            self.start += effect
        elif column in (NO_ABSTRACT, *LIMITS):
            self._added["evidence", column] += effect
        else:
            return False
        return True

    def takes_words(self, place: Place) -> bool:
        """Whether a word belongs to a term of the criteria, which then gets what it added."""
        for span in self._spans:
            if span.start < place.end and place.start < span.end:
                if span.role == "against":
                    self._added["evidence", self._against(span.label)] += place.effect
                else:
                    self._give(span.label, place.effect)
                return True
        return False

    def reasons(self) -> tuple[Reason, ...]:
        """Concepts first, then the rest, the strongest first."""
        rows = [self._reason(kind, name, effect) for (kind, name), effect in self._added.items() if effect]
        return tuple(sorted(rows, key=lambda row: (row.kind != "concept", -abs(row.effect))))

    def _give(self, concept: str, effect: float) -> None:
        design = concept in self._coverage and self._coverage[concept].concept.role == DESIGN
        self._added[("evidence", DESIGN) if design else ("concept", concept)] += effect

    def _against(self, concept: str) -> str:
        terms = dict.fromkeys(s.value or s.text for s in self._spans if s.role == "against" and s.label == concept)
        return f"{AGAINST} {concept}" + (f": {', '.join(terms)}" if terms else "")

    def _reason(self, kind: Kind, name: str, effect: float) -> Reason:
        if kind == "concept":
            return Reason(name=name, effect=effect, kind=kind, detail=self._terms(name))
        return Reason(name=self._design(effect) if name == DESIGN else name, effect=effect, kind=kind)

    def _terms(self, concept: str) -> tuple[str, ...]:
        return self._coverage[concept].terms if concept in self._coverage else ()

    def _design(self, effect: float) -> str:
        """The likeliest design, called eligible or not where the score says the same."""
        concepts = [one.concept for one in self._coverage.values()]
        sure = design_scores(self._all_spans, self._types)
        kind, listed = (
            (ELIGIBLE, {name for concept in concepts for name in concept.designs})
            if effect > 0
            else (INELIGIBLE, {name for concept in concepts for name in concept.against_designs})
        )
        likeliest = max(sure, key=lambda name: (name in listed, sure[name]))
        return f"{kind if likeliest in listed else DESIGN}: {likeliest}"


def _phrases(text: str, places: Sequence[Place]) -> tuple[list[Reason], float]:
    """The phrases that moved the record most, strongest first, and what the others add up to."""
    together: list[tuple[str, frozenset[str], float]] = []
    by_stems: dict[frozenset[str], tuple[str, float]] = {}
    for name, stems, effect in join_phrases(text, places):
        first, sum_ = by_stems.get(stems, (name, 0.0))
        by_stems[stems] = first if first == name else max(first, name, key=_small_letters), sum_ + effect
    for stems, (name, effect) in sorted(by_stems.items(), key=lambda one: (-abs(one[1][1]), one[1][0])):
        for at, (other, others, sum_) in enumerate(together):
            if (effect > 0) == (sum_ > 0) and (stems <= others or others <= stems):
                together[at] = other, others, sum_ + effect
                break
        else:
            together.append((name, stems, effect))
    together.sort(key=lambda one: -abs(one[2]))
    raised = [one for one in together if one[2] >= _LEAST][:_SHOWN]
    lowered = [one for one in together if one[2] <= -_LEAST][:_SHOWN]
    shown = [Reason(name=name, effect=effect, kind="phrase") for name, _, effect in (*raised, *lowered)]
    return shown, sum(effect for _, _, effect in together) - sum(row.effect for row in shown)


def _small_letters(text: str) -> tuple[int, str]:
    """So that a phrase is named as in running text, not as in a title."""
    return sum(map(str.islower, text)), text
