"""Design chances: the scores of designs turned into probabilities, by numbers that were fitted to what indexers said.

`design_scores` adds up what the cues say; how often a record with such cues is a trial, a review or a case report was
counted on records with publication types and subject headings (models/pico-design.md). For designs that nobody has
marked in enough records, the chance is the score as it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tiab.assets import model_path
from tiab.criteria import DESIGNS
from tiab.errors import ModelFileError
from tiab.pico.design_scores import design_scores
from tiab.pico.spans import Span
from tiab.pico.species import species_signs
from tiab.writing import write_json

__all__ = ["DESIGN_INPUTS", "DesignModel", "design_chances", "design_inputs"]

DESIGN_INPUTS = (
    *DESIGNS, *(f"any {design}" for design in DESIGNS), "people", "animals", "people twice", "animals twice",
)  # fmt: skip
"""The names of what `design_inputs` gives."""

_FILE = "pico-design.json"
_FORMAT = "tiab design chances 1"
_HIGHEST = 0.98  # beyond it more cues say nothing more


@dataclass(frozen=True, slots=True)
class DesignModel:
    """A logistic regression for each design that could be fitted.

    Attributes:
        weights: design -> what it starts from, then what each of `design_inputs` weighs.
    """

    weights: Mapping[str, tuple[float, ...]]

    def chance(self, design: str, inputs: Sequence[float]) -> float:
        """The probability of a design, given `design_inputs`."""
        start, *rest = self.weights[design]
        total = start + sum(weight * value for weight, value in zip(rest, inputs, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def to_disk(self, path: str | Path) -> None:
        """Writes the numbers as JSON.

        Raises:
            InputError: the file cannot be written.
        """
        weights = {design: list(numbers) for design, numbers in sorted(self.weights.items())}
        write_json(path, {"format": _FORMAT, "inputs": list(DESIGN_INPUTS), "weights": weights})

    @classmethod
    def from_disk(cls, path: str | Path) -> DesignModel:
        """The numbers in a file that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, foreign or of another version.
        """
        try:
            found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            weights = {design: tuple(map(float, numbers)) for design, numbers in found["weights"].items()}
            fits = (
                found["format"] == _FORMAT and found["inputs"] == list(DESIGN_INPUTS) and set(weights) <= set(DESIGNS)
            )
            if not fits or any(len(numbers) != len(DESIGN_INPUTS) + 1 for numbers in weights.values()):
                raise ValueError
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            hint = "Reinstall tiab, or run scripts/calibrate_design.py."
            raise ModelFileError("holds no design chances of this tiab", path=path, hint=hint) from error
        return cls(weights)


def design_inputs(scores: Mapping[str, float], signs: tuple[int, int]) -> list[float]:
    """What the chances are computed from, in the order of `DESIGN_INPUTS`.

    For each design how much evidence `design_scores` found, which is -log(1 - score) and adds up cue by cue, and
    whether it found any; and whether there is a sign of people and of animals, and a second one.

    Args:
        signs: what `species_signs` counted.

    >>> dict(zip(DESIGN_INPUTS, design_inputs({}, (2, 0))))["people twice"]
    1.0
    """
    known = [min(scores.get(design, 0.0), _HIGHEST) for design in DESIGNS]
    evidence = [-math.log(1.0 - score) for score in known]
    return [*evidence, *(float(score > 0) for score in known), *(float(n > least) for least in (0, 1) for n in signs)]


def design_chances(spans: Sequence[Span], publication_types: Iterable[str] = ()) -> dict[str, float]:
    """How likely each of `DESIGNS` is, from a record's cues, and from its publication types where it has any.

    Chances of several designs may be high at once: a crossover trial is a randomised trial, too. They are meant to be
    read and to rank by, never to leave a record out by.
    """
    model, scores = _kept(), design_scores(spans)
    inputs = design_inputs(scores, species_signs(spans))
    typed = design_scores((), publication_types)
    found = {}
    for design in DESIGNS:
        by_words = model.chance(design, inputs) if design in model.weights else scores.get(design, 0.0)
        found[design] = round(1.0 - (1.0 - by_words) * (1.0 - typed.get(design, 0.0)), 4)
    return found


@cache
def _kept() -> DesignModel:
    return DesignModel.from_disk(model_path(_FILE))
