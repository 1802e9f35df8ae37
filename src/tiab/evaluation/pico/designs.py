"""Designs against what indexers say: how often the likeliest design is that of the publication types, and of trials."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tiab.errors import InputError
from tiab.formats import read_records
from tiab.pico import find_spans
from tiab.pico.design_scores import design_scores
from tiab.records import Record

__all__ = [
    "DesignResult", "DesignScore", "ReliabilityBin", "TrialResult", "design_of_types", "is_untouched",
    "measure_designs", "measure_trials", "read_articles", "read_trials",
]  # fmt: skip

_TRIAL, _CROSSOVER = "randomised trial", "crossover trial"
_TYPES = (
    ("systematic review", {"systematic review", "meta-analysis", "network meta-analysis", "scoping review"}),
    ("review", {"review"}),
    ("case report", {"case reports"}),
    ("letter", {"letter", "editorial", "comment", "news", "published erratum"}),
    (_TRIAL, {"randomized controlled trial"}),
)
_FOUND, _RIVAL = 0.5, 0.4
_OF_ANIMALS = frozenset(
    f"PMC{number}" for number in (
        2815285, 3103853, 3637243, 3920467, 3931696, 3984270, 4171519, 4412792, 4895399, 5435062, 5738810, 5844532,
        5870915, 5966460, 5980306, 5980435, 1065073, 1065104, 2781775, 3423952, 3542441, 3698086, 3856598, 3893439,
        4258079, 4377530, 4423288, 4458006, 4524824, 4565804, 4713062, 4793173, 4809387, 4858101, 4913581, 4969982,
        5354029, 5439319, 5444773, 5516192, 5636088, 5672307, 5850145, 5980378, 5980459,
    )
)  # fmt: skip
"""Randomised studies of animals among the abstracts of Evidence Inference: read by eye, whatever their scores, were all
that name an animal."""
_BINS = 5
_FEWEST = 10  # records of a design below which its F1 says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignScore:
    """How well one design is found: `of` records are of it, `said` are called so, `right` are both."""

    of: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        """Of those called so, the share that are."""
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Of those that are, the share that are called so."""
        return self.right / self.of if self.of else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.of + self.said) if self.of + self.said else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The counts and what they come to, in plain JSON types."""
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {"of": self.of, "said": self.said, "right": self.right} | {k: round(v, 4) for k, v in shares.items()}


class ReliabilityBin(NamedTuple):
    """Of records that are called by some design with a score in one fifth of the scale: the mean score and the truth.

    Attributes:
        said: how many records.
        score: their mean score, NaN of none.
        right: the share of them that are of that design, NaN of none.
    """

    said: int
    score: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignResult:
    """Designs against publication types.

    Attributes:
        articles: how many were read; `left_out` were fitted to.
        typed: how many have a publication type that names a design.
        among_typed: each design's score in the typed records alone.
        among_all: the same in all records: a type that indexers have not given counts as a mistake.
        reliability: for each fifth of the scale, how sure the likeliest design of typed records was, and how right.
    """

    articles: int
    left_out: int
    typed: int
    among_typed: Mapping[str, DesignScore]
    among_all: Mapping[str, DesignScore]
    reliability: tuple[ReliabilityBin, ...]

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the designs of which there are at least ten, in the typed records."""
        return _macro(self.among_typed)

    @property
    def macro_f1_all(self) -> float:
        """The same in all records."""
        return _macro(self.among_all)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error: how far scores are from the shares that are right, weighted by records."""
        bins = [each for each in self.reliability if each.said]
        return sum(each.said * abs(each.score - each.right) for each in bins) / max(1, sum(each.said for each in bins))

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "articles": self.articles, "left_out": self.left_out, "typed": self.typed,
            "macro_f1": round(self.macro_f1, 4), "macro_f1_all": round(self.macro_f1_all, 4),
            "among_typed": {name: score.to_dict() for name, score in self.among_typed.items()},
            "among_all": {name: score.to_dict() for name, score in self.among_all.items()},
            "calibration_error": round(self.calibration_error, 4),
            "reliability": [
                {"said": each.said, "score": round(each.score, 4), "right": round(each.right, 4)}
                for each in self.reliability if each.said
            ],
        }  # fmt: skip


def _macro(scores: Mapping[str, DesignScore]) -> float:
    counted = [score.f1 for score in scores.values() if score.of >= _FEWEST]
    return sum(counted) / len(counted) if counted else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What randomised trials are taken for.

    Attributes:
        articles: how many were read, of people; `left_out` were fitted to.
        animals: how many studies of animals there are beside them, `animals_found` .5 or more "animal study".
        found: how many are .5 or more randomised or crossover trials, together.
        rivals: how many are .4 or more of another design, of which a crossover trial is none.
        each: design -> how many are .4 or more of it.
    """

    articles: int
    left_out: int
    animals: int
    animals_found: int
    found: int
    rivals: int
    each: Mapping[str, int]

    @property
    def recall(self) -> float:
        """The share of the trials that are found."""
        return self.found / max(1, self.articles)

    @property
    def another_design(self) -> float:
        """The share of the trials with another design of .4 or more."""
        return self.rivals / max(1, self.articles)

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "articles": self.articles, "left_out": self.left_out, "animals": self.animals,
            "animals_found": self.animals_found, "recall": round(self.recall, 4),
            "another_design": round(self.another_design, 4), "each": dict(self.each),
        }  # fmt: skip


def design_of_types(types: Iterable[str]) -> str:
    """The design that publication types name, "" for none.

    >>> design_of_types(["Journal Article", "Review"])
    'review'
    """
    said = {name.strip().casefold() for name in types}
    return next((design for design, names in _TYPES if names & said), "")


def is_untouched(record: Record) -> bool:
    """Whether a record belongs to the half that nothing was fitted to: an odd PMID, or an odd hash of its id."""
    number = record.pmid if record.pmid.isdigit() else hashlib.sha256(record.record_id.encode()).hexdigest()
    return int(number, 10 if record.pmid.isdigit() else 16) % 2 == 1


def measure_designs(path: str | Path, *, include_trained: bool = False) -> DesignResult:
    """How often the likeliest design is that of the publication types, which are hidden, as are keywords.

    Raises:
        InputError: the file cannot be read.
    """
    known = [record for record in read_records(path) if record.abstract]
    records = [record for record in known if include_trained or is_untouched(record)]
    truth = [design_of_types(record.publication_types) for record in records]
    bare = [replace(record, keywords=(), publication_types=()) for record in records]
    said = [_likeliest(design_scores(spans)) for spans in find_spans(bare, numbers=False)]
    pairs = [(true, true if _is_within(name, true) else name) for true, (name, _) in zip(truth, said, strict=True)]
    sure = [(score, true == name) for (true, name), (_, score) in zip(pairs, said, strict=True) if true and name]
    typed = [(true, name) for true, name in pairs if true]
    return DesignResult(
        articles=len(records), left_out=len(known) - len(records), typed=len(typed), among_typed=_scores(typed),
        among_all=_scores(pairs), reliability=_reliability(sure),
    )  # fmt: skip


def _likeliest(scores: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest design and its score, "" where none of them is likelier; a crossover trial counts as randomised."""
    together = dict(scores) | {_TRIAL: scores[_TRIAL] + scores[_CROSSOVER], _CROSSOVER: 0.0}
    name, score = max(together.items(), key=lambda item: item[1])
    none = 1.0 - sum(scores.values())
    return (name, score) if score >= none else ("", none)


def _reliability(sure: Iterable[tuple[float, bool]]) -> tuple[ReliabilityBin, ...]:
    """The bins of (score, whether it was right)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for score, right in sure:
        bins[min(_BINS - 1, int(score * _BINS))].append((score, right))
    return tuple(
        ReliabilityBin(len(each), _mean(score for score, _ in each), _mean(float(right) for _, right in each))
        for each in bins
    )


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept) if kept else float("nan")


def _is_within(name: str, true: str) -> bool:
    """Whether a design is one of those that a type stands for: systematic reviews are often of the type "Review"."""
    return (name, true) == ("systematic review", "review")


def _scores(pairs: Sequence[tuple[str, str]]) -> dict[str, DesignScore]:
    return {
        design: DesignScore(
            of=sum(true == design for true, _ in pairs),
            said=sum(name == design for _, name in pairs),
            right=sum(true == name == design for true, name in pairs),
        )
        for design, _ in _TYPES
        if any(true == design for true, _ in pairs)
    }


def measure_trials(path: str | Path, *, include_trained: bool = False) -> TrialResult:
    """What the randomised trials of people among the abstracts of Evidence Inference are taken for.

    Raises:
        InputError: the file cannot be read.
    """
    known = read_trials(path)
    read = [record for record in known if include_trained or is_untouched(record)]
    records = [record for record in read if record.record_id not in _OF_ANIMALS]
    animals = [record for record in read if record.record_id in _OF_ANIMALS]
    scores = [design_scores(spans) for spans in find_spans(records, numbers=False)]
    of_animals = [design_scores(spans)["animal study"] for spans in find_spans(animals, numbers=False)]
    rivals = [[d for d, score in each.items() if score >= _RIVAL and d not in (_TRIAL, _CROSSOVER)] for each in scores]
    names = sorted({name for each in rivals for name in each})
    return TrialResult(
        articles=len(records),
        left_out=len(known) - len(read),
        animals=len(animals),
        animals_found=sum(score >= _FOUND for score in of_animals),
        found=sum(each[_TRIAL] + each[_CROSSOVER] >= _FOUND for each in scores),
        rivals=sum(map(bool, rivals)),
        each={name: sum(name in each for each in rivals) for name in names},
    )


def read_trials(path: str | Path) -> list[Record]:
    """The abstracts of a gzipped JSON file {id: [[heading, text], …]} that say that people were randomised.

    Raises:
        InputError: the file cannot be read.
    """
    return [record for record in read_articles(path) if "randomi" in record.text.casefold()]


def read_articles(path: str | Path) -> list[Record]:
    """All abstracts of a gzipped JSON file {id: [[heading, text], …]}, without their headings.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        articles = json.loads(gzip.decompress(Path(path).read_bytes()))
        return [_record(name, sections) for name, sections in articles.items()]
    except (OSError, EOFError, ValueError, TypeError, AttributeError) as error:
        hint = "Give a gzipped JSON file, {id: [[heading, text], …]}."
        raise InputError("cannot be read as abstracts by section", path=Path(path), hint=hint) from error


def _record(name: str, sections: Sequence[Sequence[str]]) -> Record:
    title = next((text for heading, text in sections if heading == "TITLE"), "")
    return Record(record_id=name, title=title, abstract="\n".join(t for h, t in sections if h != "TITLE"))
