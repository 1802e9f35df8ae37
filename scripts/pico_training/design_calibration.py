"""How the chances of study designs are fitted to what indexers said of records, and how true they are elsewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from tiab.criteria import DESIGNS
from tiab.errors import InputError
from tiab.evaluation.pico.role_sets import title_hash
from tiab.evaluation.pico.span_sets import read_pico_corpus
from tiab.formats import read_records
from tiab.pico import find_spans
from tiab.pico.design_chances import DesignModel, design_inputs
from tiab.pico.design_scores import design_scores
from tiab.pico.species import species_signs
from tiab.records import Record

__all__ = [
    "DesignExample", "Reliability", "fit_designs", "indexed", "is_fitted_on", "read_designs", "reliability",
    "share_of_trials",
]  # fmt: skip

_TRIAL = "randomised trial"
_COHORT = frozenset({
    "Cohort Studies", "Follow-Up Studies", "Longitudinal Studies", "Prospective Studies", "Retrospective Studies",
})  # fmt: skip
_RANDOMISED = "Randomized Controlled Trial"
_TRIALS = frozenset({_RANDOMISED, "Controlled Clinical Trial", "Clinical Trial"})
_REVIEWS = frozenset({"Review", "Systematic Review", "Meta-Analysis"})
_SURELY = {_TRIAL: True, "non-randomised trial": False, "cohort study": False, "review": False, "case report": False}
"""What is known of an article in a set of randomised trials."""

_BINS = 10
_FEWEST = 50


@dataclass(frozen=True, eq=False)
class DesignExample:
    """One record: what the rules made of its title and abstract alone, and the designs that are known.

    Attributes:
        title: its hash, by which records are dealt out to fitting and testing.
        scores, signs: what `design_scores` and `species_signs` gave.
        truth: design -> whether the record is of it; a design that is absent is not known.
    """

    title: int
    scores: Mapping[str, float]
    signs: tuple[int, int]
    truth: Mapping[str, bool]


def read_designs(shared: Path) -> tuple[list[DesignExample], list[DesignExample]]:
    """(the records of Evidence Inference and of both PubMed files, those of PICO-Corpus).

    The articles of Evidence Inference and of PICO-Corpus are all randomised trials.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    articles = read_pico_corpus(shared / "pico" / "pico-corpus.tar.gz")
    return list(_examples(_indexed_records(shared))), list(_examples((a.record, _SURELY) for a in articles))


def _indexed_records(shared: Path) -> Iterator[tuple[Record, Mapping[str, bool]]]:
    for record in _trials(shared / "pico" / "evidence-inference-abstracts.json.gz"):
        yield record, _SURELY
    for name in ("pubmed20n0014.xml.gz", "pubmed21n1298.xml.gz"):
        for record in read_records(shared / "pubmed" / name):
            if record.abstract:
                yield replace(record, keywords=(), publication_types=()), indexed(record)


def _examples(pairs: Iterable[tuple[Record, Mapping[str, bool]]]) -> Iterator[DesignExample]:
    pairs = list(pairs)
    found = find_spans([record for record, _ in pairs], numbers=False)
    for (record, truth), spans in zip(pairs, found, strict=True):
        yield DesignExample(title_hash(record.title), design_scores(spans), species_signs(spans), truth)


def _trials(path: Path) -> Iterator[Record]:
    try:
        articles = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as gzipped JSON", path=path, hint="Fetch the file again.") from error
    for name, sections in articles.items():
        title = next((text for heading, text in sections if heading == "TITLE"), "")
        yield Record(record_id=name, title=title, abstract="\n".join(t for h, t in sections if h != "TITLE"))


def indexed(record: Record) -> dict[str, bool]:
    """The designs that indexers said a record is of, and those that they would have said it is of.

    Trials, cohorts and animals are known only where subject headings tell that an indexer has read the record.
    """
    types, headings = set(record.publication_types), set(record.keywords)
    truth = {"case report": "Case Reports" in types, "review": bool(_REVIEWS & types)}
    if headings & {"Humans", "Animals"}:
        truth |= {
            _TRIAL: _RANDOMISED in types,
            "non-randomised trial": "Controlled Clinical Trial" in types and _RANDOMISED not in types,
            "cohort study": bool(_COHORT & headings) and not types & _TRIALS,
            "animal study": "Animals" in headings and "Humans" not in headings,
        }
    return truth


def is_fitted_on(example: DesignExample) -> bool:
    """Whether a record belongs to the half that the numbers are fitted to."""
    return example.title // 512 % 2 == 0


def fit_designs(examples: Iterable[DesignExample]) -> DesignModel:
    """The model of all designs of which the examples have enough; the same examples give the same numbers."""
    examples = list(examples)
    weights = {}
    for design in DESIGNS:
        known = [example for example in examples if design in example.truth]
        truth = np.array([example.truth[design] for example in known], dtype=bool)
        if truth.sum() >= _FEWEST:
            fitted = LogisticRegression(C=1.0, max_iter=2_000).fit(_inputs(known), truth)
            numbers = [float(fitted.intercept_[0]), *fitted.coef_[0].tolist()]
            weights[design] = tuple(round(number, 4) for number in numbers)
    return DesignModel(weights)


def _inputs(examples: Sequence[DesignExample]) -> NDArray[np.float64]:
    return np.array([design_inputs(example.scores, example.signs) for example in examples])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How true the chances of one design are.

    Attributes:
        records, positive: how many are known, and how many of them are of the design.
        auc: the area under the ROC curve; 0.5 is chance.
        brier: the mean squared error; `brier_score` that of the score as it is.
        error: the mean distance between chance and truth over ten bins of the chance, weighted by their records
            (expected calibration error); `error_score` that of the score.
        bins: (records, mean chance, share that is of the design) of each bin that has any.
    """

    records: int
    positive: int
    auc: float
    brier: float
    brier_score: float
    error: float
    error_score: float
    bins: tuple[tuple[int, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        names = ("records", "positive", "auc", "brier", "brier_score", "error", "error_score")
        return {name: round(getattr(self, name), 4) for name in names}


def reliability(model: DesignModel, examples: Iterable[DesignExample], design: str) -> Reliability:
    """How true the model's chances of one design are on these examples, where both answers occur."""
    known = [example for example in examples if design in example.truth]
    truth = np.array([example.truth[design] for example in known], dtype=float)
    score = np.array([example.scores.get(design, 0.0) for example in known])
    chance = np.array([model.chance(design, row) for row in _inputs(known).tolist()])
    bins = _binned(chance, truth)
    return Reliability(
        records=len(known),
        positive=int(truth.sum()),
        auc=float(roc_auc_score(truth, chance)),
        brier=float(((chance - truth) ** 2).mean()),
        brier_score=float(((score - truth) ** 2).mean()),
        error=_error(bins),
        error_score=_error(_binned(score, truth)),
        bins=bins,
    )


def share_of_trials(model: DesignModel, examples: Sequence[DesignExample]) -> tuple[float, float]:
    """(by the chance, by the score as it is) the share of the examples that are .5 or more randomised trials."""
    chances = [model.chance(_TRIAL, row) for row in _inputs(examples).tolist()]
    scores = [example.scores.get(_TRIAL, 0.0) for example in examples]
    return float(np.mean(np.array(chances) >= 0.5)), float(np.mean(np.array(scores) >= 0.5))


def _binned(chance: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[tuple[int, float, float], ...]:
    place = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    inside = (place == number for number in range(_BINS))
    return tuple((int(b.sum()), float(chance[b].mean()), float(truth[b].mean())) for b in inside if b.any())


def _error(bins: Sequence[tuple[int, float, float]]) -> float:
    return sum(count * abs(said - true) for count, said, true in bins) / sum(count for count, _, _ in bins)
