"""The best score that a record could have, from its words alone: where it isn't enough, nobody need read the record.

A score is the words' part, which is computed to the last digit, plus the evidence's part. Each column of evidence lies
between 0 and 1 (`tiab.features.evidence`), and is 0 where the phrases that it is made of cannot be found; so a column
adds at most its weight, where that is positive, and nothing where its phrases are ruled out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import DESIGNS, Concept
from tiab.features import CRITERION, IN_TITLE, Tokens, read_tokens
from tiab.pico.vocabulary import vocabulary
from tiab.ranking.rank import RankingModel
from tiab.scan.entries import Entry
from tiab.scan.triggers import Triggers

__all__ = ["Bound"]

_Sign = tuple[str, str]
"""(kind, name): a kind of phrase, and the concept or design that it speaks for."""
_ANIMALS = "animal study"  # may be told from the signs of species, too, which are not looked for here
_ROUNDING = 1e-5
"""A bound is a sum of rounded numbers: so far it may lie below the score."""

Flags = NDArray[np.bool_]


class Bound:
    """The best scores that records could have, by one model."""

    def __init__(self, model: RankingModel) -> None:
        self._model = model
        self._n_words = len(model.space.words.words)
        names, weights = model.space.evidence_names, model.coef[self._n_words :]
        self._weights = {name: max(0.0, float(weight)) for name, weight in zip(names, weights, strict=True)}
        self._concepts = model.space.criteria.concepts if model.space.criteria else ()
        self._triggers = Triggers(_phrases(self._concepts))

    def of(self, entries: Sequence[Entry]) -> NDArray[np.float64]:
        """The best score that each record could have; shape (n,)."""
        tokens = read_tokens([entry.parts for entry in entries])
        best = self._model.intercept + _ROUNDING + self._evidence(entries, tokens)
        if self._n_words:
            best += self._model.space.words.rows_of(tokens) @ self._model.coef[: self._n_words]
        return best

    def _evidence(self, entries: Sequence[Entry], tokens: Tokens) -> NDArray[np.float64]:
        """The most that evidence can add to each record."""
        signs = self._triggers.possible(tokens, [entry.parts for entry in entries])
        most = np.zeros(len(entries))
        for name, possible in self._columns(entries, dict(signs)):
            most += self._weights[name] * possible
        return most

    def _columns(self, entries: Sequence[Entry], signs: dict[_Sign, Flags]) -> Iterator[tuple[str, Flags | float]]:
        """The columns that may be above 0, and for which records."""
        yield from ((name, 1.0) for name in ("other species", "other language", "outside the years"))
        yield "no abstract to look in", np.array([not entry.parts[1] for entry in entries])
        none = np.zeros(len(entries), dtype=bool)
        designs = self._designs(entries, signs)
        yield from ((f"design: {name}", designs[name]) for name in DESIGNS)
        for name, wanted in (("eligible design", "designs"), ("ineligible design", "against_designs")):
            chosen = {design for concept in self._concepts for design in getattr(concept, wanted)}
            yield name, np.any([none, *(designs[design] for design in chosen)], axis=0)
        for concept in self._concepts:
            term, short, against = (signs.get((kind, concept.name), none) for kind in ("term", "short", "against"))
            yield f"{CRITERION}: {concept.name}", term | short
            yield f"{IN_TITLE}: {concept.name}", term | short  # by a short form that only the abstract may spell out
            yield f"term against: {concept.name}", against
            yield f"criterion abbreviated only: {concept.name}", short

    def _designs(self, entries: Sequence[Entry], signs: dict[_Sign, Flags]) -> dict[str, Flags]:
        """Of each design which records may be of it, by a cue or by what the source says."""
        none = np.zeros(len(entries), dtype=bool)
        designs = {name: signs.get(("design", name), none).copy() for name in DESIGNS}
        designs[_ANIMALS][:] = True
        known = vocabulary("design")["publication_types"]
        for place, entry in enumerate(entries):
            for name in entry.publication_types:
                for design in known.get(name.strip().casefold(), ()):
                    designs[design][place] = True
        return designs


def _phrases(concepts: Sequence[Concept]) -> Iterator[tuple[str, _Sign]]:
    for cue in vocabulary("design")["cue"]:
        yield from ((phrase, ("design", cue["design"])) for phrase in cue["phrases"])
    for concept in concepts:
        for kind, terms in (("term", concept.terms), ("short", concept.abbreviations), ("against", concept.against)):
            yield from ((term, (kind, concept.name)) for term in terms)
