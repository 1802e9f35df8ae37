"""Reasons: why a record ranks where it does, in the reader's words; what each adds sums to the score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiab.features import CRITERION, IN_TITLE, Coverage, FeatureSpace
from tiab.features.evidence import ABBREVIATED, AGAINST, DESIGN, ELIGIBLE, INELIGIBLE, NO_ABSTRACT
from tiab.pico import Span
from tiab.pico.design_scores import design_scores
from tiab.ranking.phrases import Place, Run, SoughtWords, join_phrases, phrase_name, spread_effects
from tiab.records import Record

__all__ = ["OTHER_WORDS", "START", "Reason", "Reasons", "find_reasons"]

OTHER_WORDS, START = "other words", "starting point"
_SHOWN = 5
_SEEN = 0.005
"""What would be shown as 0.00 is no reason."""
_LEAST = 0.02
"""A phrase that added less than this is among the other words."""

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
    space: FeatureSpace,
    columns: NDArray[np.integer[Any]],
    effects: NDArray[np.float64],
    *,
    constant: float,
    sought: SoughtWords | None = None,
) -> Reasons:
    """The reasons behind the score of a record to which column `columns[i]` of `space` added `effects[i]`.

    What several columns say of one concept is one row, with the words of its terms; so are the forms of one phrase.

    Args:
        spans, coverage: what PICO found in the record, and how it meets the criteria.
        columns: ascending.
        constant: what every record of the pool is given.
        sought: the columns of words that can have an effect in some record, made once for many records.
    """
    found = _Evidence(record, spans, coverage)
    some = effects.nonzero()[0]
    n_words = len(space.words.words)
    end = int(np.searchsorted(columns[some], n_words))
    for column, effect in zip(columns[some[end:]].tolist(), effects[some[end:]].tolist(), strict=True):
        found.take(space.evidence_names[column - n_words], effect)
    said, added = columns[some[:end]], effects[some[:end]]
    spread = spread_effects(
        record, said, added, SoughtWords(space.words.words, said.tolist()) if sought is None else sought
    )
    phrases, others = _phrases(record.text, [place for place in spread.places if not found.takes_words(place)])
    evidence = found.reasons()
    seen = tuple(row for row in evidence if abs(row.effect) >= _SEEN)
    small = sum(row.effect for row in evidence) - sum(row.effect for row in seen)
    rest = Reason(name=OTHER_WORDS, effect=others + spread.rest + small, kind="rest")
    start = Reason(name=START, effect=constant + found.start, kind="rest")
    return Reasons((*seen, *phrases, *(row for row in (rest, start) if row.effect)))


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

    def take(self, column: str, effect: float) -> None:
        """Notes what a column of evidence added."""
        kind, _, rest = column.partition(": ")
        if kind in (CRITERION, IN_TITLE, ABBREVIATED):
            self._give(rest, effect)
        elif kind == AGAINST:
            self._added["evidence", self._against(rest)] += effect
        elif kind == DESIGN or column in (ELIGIBLE, INELIGIBLE):
            self._added["evidence", DESIGN] += effect
        elif column == NO_ABSTRACT and effect > 0:
            self.start += effect
        else:
            self._added["evidence", column] += effect

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


@dataclass(slots=True, eq=False)
class _Phrase:
    """A phrase of the text, wherever it stands, and what it added; its name is made only where it is asked for."""

    stems: frozenset[str]
    effect: float = 0.0
    runs: list[Run] = field(default_factory=list)

    def name(self, text: str) -> str:
        return max((phrase_name(text, run) for run in self.runs), key=_small_letters)


def _phrases(text: str, places: Sequence[Place]) -> tuple[list[Reason], float]:
    """The phrases that moved the record most, strongest first, and what the others add up to."""
    by_stems: dict[frozenset[str], _Phrase] = {}
    for run, stems, effect in join_phrases(text, places):
        phrase = by_stems.setdefault(stems, _Phrase(stems))
        phrase.runs.append(run)
        phrase.effect += effect
    together = _joined(_strongest_first(text, by_stems.values()))
    together.sort(key=lambda one: -abs(one[1]))
    raised = [one for one in together if one[1] >= _LEAST][:_SHOWN]
    lowered = [one for one in together if one[1] <= -_LEAST][:_SHOWN]
    shown = [Reason(name=one.name(text), effect=effect, kind="phrase") for one, effect in (*raised, *lowered)]
    return shown, sum(effect for _, effect in together) - sum(row.effect for row in shown)


def _strongest_first(text: str, phrases: Iterable[_Phrase]) -> Iterator[_Phrase]:
    """By how much they added; those that added as much in the order of their names."""
    for _, level in groupby(sorted(phrases, key=lambda one: -abs(one.effect)), key=lambda one: abs(one.effect)):
        equals = list(level)
        yield from equals if len(equals) == 1 else sorted(equals, key=lambda one: one.name(text))


def _joined(phrases: Iterable[_Phrase]) -> list[tuple[_Phrase, float]]:
    """Each phrase, with what it and those after it added that have some of its words, or all of them and more."""
    together: list[tuple[_Phrase, float]] = []
    with_stem: dict[str, list[int]] = defaultdict(list)
    for phrase in phrases:
        stems = phrase.stems
        for at in sorted({at for one in stems for at in with_stem.get(one, ())}):
            other, sum_ = together[at]
            if (phrase.effect > 0) == (sum_ > 0) and (stems <= other.stems or other.stems <= stems):
                together[at] = other, sum_ + phrase.effect
                break
        else:
            for one in stems:
                with_stem[one].append(len(together))
            together.append((phrase, phrase.effect))
    return together


def _small_letters(text: str) -> tuple[int, str]:
    """So that a phrase is named as in running text, not as in a title."""
    return sum(map(str.islower, text)), text
