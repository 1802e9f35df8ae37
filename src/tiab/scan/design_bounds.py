"""The designs that a study may be of, from the words of its record and from its publication types alone.

How likely a design is rises with the evidence for it, and falls with that for others (`tiab.pico.design_scores`). So it
is likeliest where every cue that may be there counts in full, and none for another design does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import DESIGNS, Concept
from tiab.features.evidence import DESIGN, ELIGIBLE, INELIGIBLE
from tiab.pico.design import design_cues
from tiab.pico.design_scores import MOST_EVIDENCE, SPECIES_EVIDENCE, design_model, designs_of_type, trust_in_type
from tiab.scan.triggers import Pulled, Triggers

__all__ = ["DesignBound"]

_ROUNDING = 1e-3  # each score is rounded to four digits
_ANIMAL = "animal study"
_EITHER = {"randomised trial", "crossover trial"}
"""Designs that share a chance where both are told, so that one may have what the evidence gives the other."""

Floats = NDArray[np.float64]


class _Cue(NamedTuple):
    """A phrase that speaks for designs, and the most evidence that it can be in a title and elsewhere."""

    needs: tuple[int, ...]
    designs: tuple[str, ...]
    title: float
    rest: float


class DesignBound:
    """The least and the most that the columns of designs can be.

    Args:
        concepts: of the criteria; they say which designs are eligible, and which are not.
        triggers: where the phrases' triggers are noted.
        raised: the columns that count for a record; the others count against it, or not at all.
    """

    def __init__(self, concepts: Sequence[Concept], triggers: Triggers, raised: Set[str]) -> None:
        self._ineligible = [set(concept.against_designs) for concept in concepts if concept.against_designs]
        columns = {f"{DESIGN}: {design}": {design} for design in DESIGNS}
        columns[ELIGIBLE] = {design for concept in concepts for design in concept.designs}
        columns[INELIGIBLE] = set[str]().union(*self._ineligible)
        self._raised = {name: designs for name, designs in columns.items() if name in raised and designs}
        asked = set[str]().union(*self._raised.values())
        asked |= _EITHER if asked & _EITHER else set()
        self._cues = [
            _Cue(triggers.of(phrase), tuple(asked.intersection(designs)), -math.log(1.0 - title), -math.log(1.0 - rest))
            for phrase, designs, title, rest in design_cues()
            if asked.intersection(designs)
        ]

    def columns(self, types: Sequence[Sequence[str]], pulled: Pulled) -> Iterator[tuple[str, Floats]]:
        """Columns of designs: the most of those that count for a record, the least of "ineligible" if it does not.

        Args:
            types: the publication types of each record.
        """
        said = [_Said.of(names) for names in types]
        evidence = self._evidence(pulled)
        for name, designs in self._raised.items():
            yield name, _most(designs, evidence, said)
        if INELIGIBLE not in self._raised:
            sure = [np.array([one.sure_of(designs) for one in said]) for designs in self._ineligible]
            yield INELIGIBLE, np.max([np.zeros(len(said)), *sure], axis=0)

    def _evidence(self, pulled: Pulled) -> dict[str, Floats]:
        """The most evidence that each record can hold for each design."""
        most: dict[tuple[str, int, bool], Floats] = {}
        for cue in self._cues:
            for title, weight in ((True, cue.title), (False, cue.rest)):
                if weight <= 0:
                    continue
                here = weight * pulled.times(cue.needs, title=title) * pulled.possible(cue.needs, title=title)
                for design in cue.designs:
                    # No cue lies within another, so two that begin with one trigger take two places of it.
                    key = design, cue.needs[0] if cue.needs else -1, title
                    most[key] = np.maximum(most.get(key, 0.0), here)
        evidence = {design: np.zeros(len(pulled.blind)) for design in DESIGNS}
        for (design, _, _), here in most.items():
            evidence[design] += here
        evidence[_ANIMAL] += SPECIES_EVIDENCE
        return {design: np.minimum(sum_, MOST_EVIDENCE) for design, sum_ in evidence.items()}


class _Said(NamedTuple):
    """What the publication types of a record say.

    Attributes:
        designs: that they stand for.
        least_doubt, most_doubt: the chance that they leave to what the words say, which hangs on the words, too.
    """

    designs: frozenset[str]
    least_doubt: float
    most_doubt: float

    @classmethod
    def of(cls, types: Sequence[str]) -> _Said:
        found = [designs_of_type(name) for name in types]
        least, most = (math.prod(1.0 - trust_in_type(designs, held) for designs in found) for held in (0.0, 1.0))
        return cls(frozenset(design for designs in found for design in designs), least, most)

    def sure_of(self, designs: set[str]) -> float:
        """The least chance that the study is of one of `designs`."""
        return max(0.0, 1.0 - self.most_doubt - _ROUNDING) if self.designs and self.designs <= designs else 0.0


def _most(designs: set[str], evidence: dict[str, Floats], said: Sequence[_Said]) -> Floats:
    """The most that the chances of `designs` can add up to in each record."""
    weights, told = design_model().weights, np.zeros(len(said))
    for design in designs | (_EITHER if designs & _EITHER else set()):
        start, first, slope = weights[design]
        here = evidence[design]
        risen = start + max(0.0, first) * np.minimum(1.0, here) + max(0.0, slope) * here
        told += np.where(here > 0, np.exp(risen), 0.0)
    doubts = np.array([(one.least_doubt, one.most_doubt) for one in said]).reshape(-1, 2).T
    typed = np.array([bool(one.designs & designs) for one in said])
    most = np.max(doubts * told / (1.0 + told) + (1.0 - doubts) * typed, axis=0) + _ROUNDING * ((told > 0) | typed)
    return np.asarray(np.minimum(1.0, most))
