"""The best score that a record could have, from its words alone: where it isn't enough, nobody need read the record.

A score is the words' part, which is computed to the last digit, plus the evidence's part. Each column of evidence lies
between 0 and 1 (`tiab.features.evidence`), and is 0 where the phrases that it is made of cannot be found; so a column
adds at most its weight times the most that it can be, where the weight is positive, and nothing where its phrases are
ruled out. A column that counts against a record takes away at least what the publication types make sure of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.criteria import Concept
from tiab.features import CRITERION, IN_TITLE, Tokens, read_tokens
from tiab.features.evidence import ABBREVIATED, AGAINST, LIMITS, NO_ABSTRACT
from tiab.pico.abbreviations import find_abbreviations
from tiab.ranking.rank import RankingModel
from tiab.scan.design_bounds import DesignBound
from tiab.scan.previews import Preview
from tiab.scan.triggers import Flags, Pulled, Triggers

__all__ = ["Bound"]

_ROUNDING = 1e-5
"""A bound is a sum of rounded numbers: so far it may lie below the score."""

Floats = NDArray[np.float64]


class _Needs(NamedTuple):
    """The triggers of each phrase of a concept."""

    terms: tuple[tuple[int, ...], ...]
    short: tuple[tuple[int, ...], ...]
    against: tuple[tuple[int, ...], ...]


class Bound:
    """The best scores that records could have, by one model."""

    def __init__(self, model: RankingModel) -> None:
        self._model = model
        self._n_words = len(model.space.words.words)
        names, weights = model.space.evidence_names, model.coef[self._n_words :].tolist()
        self._weights = dict(zip(names, weights, strict=True))
        self._concepts = model.space.criteria.concepts if model.space.criteria else ()
        self._triggers = Triggers()
        self._needs = [self._needs_of(concept) for concept in self._concepts]
        raised = {name for name, weight in self._weights.items() if weight > 0}
        self._designs = DesignBound(self._concepts, self._triggers, raised)

    def _needs_of(self, concept: Concept) -> _Needs:
        kinds = (concept.terms, concept.abbreviations, concept.against)
        return _Needs(*(tuple(self._triggers.of(term, misspelt=True) for term in terms) for terms in kinds))

    def of(self, previews: Sequence[Preview]) -> tuple[Floats, csr_array]:
        """The best score that each record could have, shape (n,); and the rows of their words."""
        tokens = read_tokens([preview.parts for preview in previews])
        words = self._model.space.words.rows_of(tokens)
        best = self._model.intercept + _ROUNDING + self._evidence(previews, tokens)
        if self._n_words:
            best += words @ self._model.coef[: self._n_words]
        return best, words

    def _evidence(self, previews: Sequence[Preview], tokens: Tokens) -> Floats:
        """The most that evidence can add to each record."""
        pulled = self._triggers.pulled(tokens, [preview.parts for preview in previews])
        most = np.zeros(len(previews))
        for name, value in self._columns(previews, pulled):
            most += self._weights[name] * value
        return most

    def _columns(self, previews: Sequence[Preview], pulled: Pulled) -> Iterator[tuple[str, Floats | Flags | float]]:
        """Columns with the most that each can be in each record, or the least where it counts against a record.

        Those that count against it and may be 0 are left out.
        """
        yield from ((name, 1.0) for name in LIMITS if self._weights[name] > 0)
        if self._weights[NO_ABSTRACT] > 0:
            yield NO_ABSTRACT, np.array([not preview.parts[1] for preview in previews])
        yield from self._designs.columns([preview.publication_types for preview in previews], pulled)
        for concept, needs in zip(self._concepts, self._needs, strict=True):
            title, degree = _degree(needs, previews, pulled)
            for column, value in ((CRITERION, degree), (IN_TITLE, title)):
                if self._weights[f"{column}: {concept.name}"] > 0:
                    yield f"{column}: {concept.name}", value
            for column, phrases in ((AGAINST, needs.against), (ABBREVIATED, needs.short)):
                if self._weights[f"{column}: {concept.name}"] > 0:
                    yield f"{column}: {concept.name}", _any_of(pulled, phrases)


def _degree(needs: _Needs, previews: Sequence[Preview], pulled: Pulled) -> tuple[Flags, Floats]:
    """Whether a concept may stand in each title, and how surely at most each record has it."""
    named = (*needs.terms, *needs.short)
    title = _times(pulled, named, title=True) > 0
    times = _times(pulled, named, title=False)
    for place in np.flatnonzero(_any_of(pulled, named) & ~pulled.blind).tolist():
        parts = previews[place].parts
        made = {one.short for part in parts[:2] for one in find_abbreviations(part)}  # they may stand for a term
        title[place] |= any(short in parts[0] for short in made)
        times[place] += sum(part.count(short) for part in parts for short in made)
    return title, np.where(title, 1.0, 1.0 - 0.5**times)


def _any_of(pulled: Pulled, phrases: Sequence[tuple[int, ...]]) -> Flags:
    """Which texts may have one of these phrases."""
    none = np.zeros(len(pulled.blind), dtype=bool)
    return np.asarray(np.any([none, *(pulled.possible(needs) for needs in phrases)], axis=0))


def _times(pulled: Pulled, phrases: Sequence[tuple[int, ...]], *, title: bool) -> NDArray[np.int64]:
    """How often phrases of which none lies within another may stand in each title, or in all else."""
    times: dict[int, NDArray[np.int64]] = {}
    for needs in phrases:
        here = pulled.times(needs, title=title) * pulled.possible(needs, title=title)
        first = needs[0] if needs else -1  # two phrases that begin with this trigger take two places of it
        times[first] = np.maximum(times.get(first, 0), here)
    return np.asarray(np.sum([np.zeros(len(pulled.blind), dtype=np.int64), *times.values()], axis=0))
