"""Design scores: how likely each study design is, from the cues in a record; a score, never a gate.

The designs explain each other's cues away: a questionnaire is a sign of a survey, unless the record says outright that
it tells of a randomised trial. So the cues of each design add up to its evidence, and the designs share one chance by a
softmax over the evidence, with "none of them" as a further answer. What each design starts from and how much its
evidence counts was fitted to what indexers and titles said of records (models/pico-design.md).
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
from tiab.pico.spans import Span
from tiab.pico.species import mostly_animals
from tiab.pico.vocabulary import vocabulary
from tiab.writing import write_json

__all__ = [
    "DESIGN_CUE", "MOST_EVIDENCE", "SPECIES_EVIDENCE", "DesignModel", "design_evidence", "design_model",
    "design_scores", "designs_of_type", "trust_in_type",
]  # fmt: skip

DESIGN_CUE = "rule:design_cue"
"""The provenance of a cue."""

_FILE = "pico-design.json"
_FORMAT = "tiab design scores 1"
_TRIAL, _CROSSOVER, _ANIMAL = "randomised trial", "crossover trial", "animal study"
_LETTER = "letter"
_ABOUT_STUDIES = ("systematic review", "protocol")
_REPORTS = ("systematic review", "review", "protocol", _LETTER, _ANIMAL)  # of other studies, or not of people
SPECIES_EVIDENCE = 1.2  # the evidence that the signs of animals prevail
_TAKEN = 0.8  # how much of the evidence for others a certain design can take away
_UNSAID = 0.05  # of a type that stands for several designs, the chance of one that the words do not name
MOST_EVIDENCE = 5.0  # more cues say nothing more
_FORM = 0.5  # how far a letter's type is believed where its words name a design outright: a letter may report a trial
_OUTRIGHT = 0.8
_HALF = 0.4  # of a randomised crossover trial, the part that is told as crossover


@dataclass(frozen=True, slots=True)
class DesignModel:
    """What each design starts from, and how much its evidence counts.

    Attributes:
        weights: of each of `DESIGNS` what it starts from, what the first unit of evidence adds beyond the others, and
            what each unit adds; "none of them" is 0.
    """

    weights: Mapping[str, tuple[float, float, float]]

    def scores(self, evidence: Mapping[str, float]) -> dict[str, float]:
        """The chance of each of `DESIGNS`; together with that of none of them, they add up to 1."""
        logits = {
            design: start + first * min(1.0, evidence.get(design, 0.0)) + slope * evidence.get(design, 0.0)
            for design, (start, first, slope) in self.weights.items()
        }
        highest = max(0.0, *logits.values())
        shares = {design: math.exp(logit - highest) for design, logit in logits.items()}
        total = math.exp(-highest) + sum(shares.values())
        return {design: share / total for design, share in shares.items()}

    def to_disk(self, path: str | Path) -> None:
        """Writes the numbers as JSON.

        Raises:
            InputError: the file cannot be written.
        """
        write_json(path, {"format": _FORMAT, "weights": {name: list(self.weights[name]) for name in DESIGNS}})

    @classmethod
    def from_disk(cls, path: str | Path) -> DesignModel:
        """The numbers in a file that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, foreign or of another version.
        """
        try:
            found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            weights = {design: (float(a), float(b), float(c)) for design, (a, b, c) in found["weights"].items()}
            if found["format"] != _FORMAT or set(weights) != set(DESIGNS):
                raise ValueError
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            hint = "Reinstall tiab, or run scripts/calibrate_design.py."
            raise ModelFileError("holds no design scores of this tiab", path=path, hint=hint) from error
        return cls(weights)


def design_scores(spans: Sequence[Span], publication_types: Iterable[str] = ()) -> dict[str, float]:
    """How likely each of `DESIGNS` is, from a record's cues and publication types; at most 1 together.

    A design that neither a cue nor a type speaks for has 0, whatever share of all records it has. What is left to 1 is
    the chance of none of them. A randomised crossover trial is both, and shares its chance among the two. Scores are
    meant to be read and to rank by, never to leave a record out by.

    >>> design_scores([], ["Randomized Controlled Trial"])["randomised trial"] > 0.9
    True
    >>> any(design_scores([]).values())
    False
    """
    scores = design_model().scores(evidence := design_evidence(spans))
    if min(evidence.get(_TRIAL, 0.0), evidence.get(_CROSSOVER, 0.0)) > 0.5:
        both = scores[_TRIAL] + scores[_CROSSOVER]
        scores[_CROSSOVER] = _HALF * both * (1.0 - math.exp(-evidence[_CROSSOVER]))
        scores[_TRIAL] = both - scores[_CROSSOVER]
    spoken_for = {design: score if evidence.get(design) else 0.0 for design, score in scores.items()}
    scores = _with_types(spoken_for, publication_types)
    return {design: round(score, 4) for design, score in scores.items()}


def design_evidence(spans: Sequence[Span]) -> dict[str, float]:
    """How much a record's cues speak for each design, from 0 to 5.

    Each cue adds -log(1 - its weight), the same wording once. Animals take evidence from all studies of people, reviews
    of trials and protocols from the trials that they speak of, and a randomised trial from what it may also hold:
    assays, questionnaires, follow-up.
    """
    found: dict[str, dict[str, float]] = {}
    for span in spans:
        if span.role == "design" and span.provenance == DESIGN_CUE:
            wordings = found.setdefault(span.label, {})
            word = span.text.casefold()
            wordings[word] = max(wordings.get(word, 0.0), -math.log(1.0 - span.weight))
    evidence = {design: min(MOST_EVIDENCE, sum(wordings.values())) for design, wordings in found.items()}
    if mostly_animals(spans):
        evidence[_ANIMAL] = min(MOST_EVIDENCE, evidence.get(_ANIMAL, 0.0) + SPECIES_EVIDENCE)
        _take(evidence, [_ANIMAL], [design for design in DESIGNS if design not in _REPORTS])
    _take(evidence, _ABOUT_STUDIES, [design for design in DESIGNS if design not in _REPORTS])
    _take(evidence, [_TRIAL], [design for design in DESIGNS if design not in (*_REPORTS, _TRIAL, _CROSSOVER)])
    return evidence


def _take(evidence: dict[str, float], strong: Iterable[str], others: Iterable[str]) -> None:
    """Lowers the evidence for `others` by what there is for the first: little by weak cues, most by strong ones."""
    sure = max(1.0 - math.exp(-evidence.get(design, 0.0)) for design in strong)
    for design in others:
        if design in evidence:
            evidence[design] *= 1.0 - _TAKEN * sure**2


def designs_of_type(name: str) -> dict[str, float]:
    """The designs that a publication type stands for, each with how far it can be trusted; empty for other types.

    >>> designs_of_type("Case Reports"), designs_of_type("Journal Article")
    ({'case report': 0.97}, {})
    """
    found: dict[str, float] = vocabulary("design")["publication_types"].get(name.strip().casefold(), {})
    return found


def trust_in_type(designs: Mapping[str, float], held: float) -> float:
    """How far a type that stands for `designs` is believed, where the words hold another design for `held` likely."""
    trust = max(designs.values(), default=0.0)
    return trust * _FORM if set(designs) == {_LETTER} and held >= _OUTRIGHT else trust


def _with_types(scores: Mapping[str, float], publication_types: Iterable[str]) -> dict[str, float]:
    """The scores once publication types are known: of the designs that these stand for, the words tell which."""
    said: dict[str, float] = {}
    doubt = 1.0
    held = max((score for design, score in scores.items() if design != _LETTER), default=0.0)
    for designs in map(designs_of_type, publication_types):
        doubt *= 1.0 - trust_in_type(designs, held)
        said |= {design: max(weight, said.get(design, 0.0)) for design, weight in designs.items()}
    shares = {design: weight * (scores[design] + _UNSAID * weight**4) for design, weight in said.items()}
    total = sum(shares.values()) or 1.0
    return {d: doubt * score + (1.0 - doubt) * shares.get(d, 0.0) / total for d, score in scores.items()}


@cache
def design_model() -> DesignModel:
    """The kept model of design scores."""
    return DesignModel.from_disk(model_path(_FILE))
