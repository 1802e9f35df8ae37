"""How the scores of study designs are fitted to what indexers and titles say of records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tiab.criteria import DESIGNS
from tiab.evaluation.pico.designs import design_of_types, is_untouched, read_trials
from tiab.formats import read_records
from tiab.pico import find_spans
from tiab.pico.design_scores import DesignModel, design_evidence
from tiab.records import Record

__all__ = ["DesignExample", "declared_designs", "fit_designs", "read_designs", "title_and_abstract"]

_NONE = "none of them"
_ANSWERS = (*DESIGNS, _NONE)
_TRIALS = frozenset({"randomised trial", "crossover trial"})
_DECLARED = {
    "protocol": r"\bprotocol\b",
    "systematic review": r"systematic(?:ally)? (?:literature )?review|meta-?\s?analys|scoping review|umbrella review",
    "case report": r"\bcase reports?\b|\breport of (?:a|two|three) cases?\b",
    "animal study": r"\b(?:in|of) (?:[\w-]+ ){0,2}(?:mice|rats|piglets|pigs|dogs|rabbits|broilers?|zebrafish|sheep)\b"
    r"|\b(?:rat|mouse|murine|porcine) models?\b",
    "crossover trial": r"\bcross-?over\b",
    "non-randomised trial": r"quasi-?\s?experiment|\bnon-?\s?randomi[sz]ed",
    "randomised trial": r"\brandomi[sz]ed\b.*\b(?:trial|study)\b",
    "single-arm trial": r"\bsingle-?\s?arm\b|\bphase (?:1|2|i|ii)\b|\bpre-?\s?post\b|\bopen-?\s?label\b",
    "qualitative study": r"\bqualitative\b|\binterview study\b|\bfocus groups?\b",
    "case-control study": r"\bcase-?\s?control\b",
    "cohort study": r"\bcohort (?:study|analysis)\b|\b(?:retrospective|prospective|longitudinal|follow-?\s?up|registry)"
    r"(?:[\w-]* [\w-]+){0,2} (?:study|analysis)\b",
    "cross-sectional study": r"\bcross-?\s?sectional\b|\bsurvey\b",
    "laboratory study": r"\bin vitro\b|\bcell lines?\b",
    "review": r"\ba (?:narrative |literature |mini-?)?review\b|: (?:narrative |literature )?review\b",
}
"""Words of titles that name a design; the first that is found counts."""

_PRIOR = (-5.0, 2.5, 1.5)  # start, first unit, slope, before anything is known of a design
_BOUNDS = ((-8.0, -4.5), (-2.0, 6.0), (0.8, 3.0))  # so that a record without any cue is none of them
_CERTAINTY = 2.0  # how many examples that is worth
_FEWEST, _MOST = 60, 400  # examples that one kind of truth counts as, at least and at most


@dataclass(frozen=True, eq=False)
class DesignExample:
    """One record: the evidence in its title and abstract, the designs it can be of, and which kind of truth says so."""

    evidence: Mapping[str, float]
    allowed: frozenset[str]
    kind: str


def read_designs(shared: Path) -> list[DesignExample]:
    """The examples that the numbers are fitted to: trials, and the fitting half of two PubMed files.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    pairs = [
        (record, _TRIALS, "trial")
        for record in read_trials(shared / "pico" / "evidence-inference-abstracts.json.gz")
        if not is_untouched(record)
    ]
    for name, indexed in (("pubmed20n0014.xml.gz", True), ("pubmed21n1298.xml.gz", False)):
        for record in read_records(shared / "pubmed" / name):
            if record.abstract and not is_untouched(record):
                pairs += _known(record, indexed=indexed)
    found = find_spans([record for record, _, _ in pairs], numbers=False)
    return [
        DesignExample(design_evidence(spans), allowed, kind)
        for (_, allowed, kind), spans in zip(pairs, found, strict=True)
    ]


def title_and_abstract(record: Record) -> Record:
    """A record without what indexers and authors said of it, which is the truth to be found."""
    return replace(record, keywords=(), publication_types=())


def _known(record: Record, *, indexed: bool) -> Iterator[tuple[Record, frozenset[str], str]]:
    """(what is read, the designs it can be of, whose word that is), where something is known.

    Where a title names the design, the abstract alone is read.
    """
    said, bare = design_of_types(record.publication_types), title_and_abstract(record)
    if said == "randomised trial":
        yield bare, _TRIALS, "type: trial"
    elif said == "review":  # indexers give this type to systematic reviews, too
        yield bare, frozenset({"review", "systematic review"}), "type: review"
    elif said:
        yield bare, frozenset({said}), f"type: {said}"
    elif indexed and (allowed := _by_headings(record)):
        yield bare, allowed, f"headings: {len(allowed)}"
    elif not indexed and (named := declared_designs(record.title)):
        yield replace(bare, title=""), frozenset({named}), f"title: {named}"


def _by_headings(record: Record) -> frozenset[str]:
    """What subject headings leave of the designs of a record that has no type of interest; empty for all."""
    headings = set(record.keywords)
    if "Animals" in headings and "Humans" not in headings:
        return frozenset({"animal study", "laboratory study"})
    if "Humans" in headings:
        return frozenset(_ANSWERS) - {
            "randomised trial",
            "crossover trial",
            "case report",
            "systematic review",
            "animal study",
        }
    return frozenset({"laboratory study", _NONE}) if headings else frozenset()


def declared_designs(title: str) -> str:
    """The design that a title names, "" for none.

    >>> declared_designs("Sleep of nurses: a cross-sectional study")
    'cross-sectional study'
    """
    return next((name for name, words in _DECLARED.items() if re.search(words, title, re.IGNORECASE)), "")


def fit_designs(examples: Iterable[DesignExample]) -> DesignModel:
    """The model of the greatest likelihood that each record is of one of the designs it can be of.

    The same examples give the same numbers.
    """
    examples = list(examples)
    evidence = np.array([[e.evidence.get(design, 0.0) for design in DESIGNS] for e in examples])
    allowed = np.array([[answer in e.allowed for answer in _ANSWERS] for e in examples])
    prior, bounds = np.repeat(_PRIOR, len(DESIGNS)), [bound for bound in _BOUNDS for _ in DESIGNS]
    given = (evidence, allowed, _weights(examples), prior)
    best = minimize(_loss, prior, args=given, jac=True, method="L-BFGS-B", bounds=bounds)
    numbers = best.x.reshape(len(_PRIOR), len(DESIGNS)).T.tolist()
    return DesignModel({
        design: (round(start, 3), round(first, 3), round(slope, 3))
        for design, (start, first, slope) in zip(DESIGNS, numbers, strict=True)
    })  # fmt: skip


def _weights(examples: Sequence[DesignExample]) -> NDArray[np.float64]:
    sizes = Counter(example.kind for example in examples)
    return np.array([min(max(sizes[e.kind], _FEWEST), _MOST) / sizes[e.kind] for e in examples])


def _loss(
    numbers: NDArray[np.float64], evidence: NDArray[np.float64], allowed: NDArray[np.bool_],
    weight: NDArray[np.float64], prior: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:  # fmt: skip
    """Minus the log-likelihood and its gradient: the chance of what is allowed, by the softmax of the scores."""
    start, first_weight, slope = numbers.reshape(3, -1)
    first = np.minimum(evidence, 1.0)
    logits = np.hstack([start + first_weight * first + slope * evidence, np.zeros((len(evidence), 1))])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    within = np.where(allowed, shares, 0.0)
    chance = within.sum(axis=1, keepdims=True) + 1e-12
    steep = ((shares - within / chance) * weight[:, None])[:, :-1]
    away = numbers - prior
    loss = -(weight * np.log(chance[:, 0])).sum() + 0.5 * _CERTAINTY * (away**2).sum()
    slopes = (steep.sum(axis=0), (steep * first).sum(axis=0), (steep * evidence).sum(axis=0))
    return float(loss), np.concatenate(slopes) + _CERTAINTY * away
