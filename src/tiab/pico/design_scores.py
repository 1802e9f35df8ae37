"""Design scores: how far the cues that were found speak for each study design; a score, never a gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tiab.pico.spans import Span
from tiab.pico.species import mostly_animals
from tiab.pico.vocabulary import vocabulary

__all__ = ["DESIGN_CUE", "design_scores"]

DESIGN_CUE = "rule:design_cue"
"""The provenance of a cue."""
_REVIEWED, _ANIMALS = 0.8, 0.6
_SPECIES = 0.6  # where the signs of animals prevail


def design_scores(spans: Sequence[Span], publication_types: Iterable[str] = ()) -> dict[str, float]:
    """How far a record's cues and publication types speak for each design, from 0 to below 1; absent means 0.

    Cues are taken as independent witnesses: 1 - Π(1 - weight) over the best cue of each wording, so that a phrase
    said five times is one witness.

    >>> design_scores([], ["Randomized Controlled Trial"])
    {'randomised trial': 0.97}
    """
    doubts: dict[str, dict[str, float]] = {}
    for span in spans:
        if span.role == "design" and span.provenance == DESIGN_CUE:
            wording = doubts.setdefault(span.label, {})
            word = span.text.casefold()
            wording[word] = min(wording.get(word, 1.0), 1.0 - span.weight)
    animals = mostly_animals(spans)
    if animals:
        doubts.setdefault("animal study", {})["[species]"] = 1.0 - _SPECIES
    types_said = []
    types = vocabulary("design")["publication_types"]
    for name in publication_types:
        for design, weight in types.get(name.strip().casefold(), {}).items():
            doubts.setdefault(design, {})[f"[{name}]"] = 1.0 - weight
            types_said.append(design)
    scores = {design: 1.0 - _product(wording.values()) for design, wording in sorted(doubts.items())}
    _temper(scores, animals=animals, typed=set(types_said))
    return {design: round(score, 4) for design, score in scores.items()}


def _temper(scores: dict[str, float], *, animals: bool, typed: set[str]) -> None:
    """Lowers the score of a randomised trial where the trials are a review's or the randomised are animals.

    What the publication type says is never lowered.
    """
    trial, review, animal = "randomised trial", "systematic review", "animal study"
    if trial in scores and trial not in typed:
        scores[trial] *= 1.0 - _REVIEWED * scores.get(review, 0.0)
        if animals:
            scores[trial] *= 1.0 - _ANIMALS * scores.get(animal, 0.0)


def _product(values: Iterable[float]) -> float:
    result = 1.0
    for value in values:
        result *= value
    return result
