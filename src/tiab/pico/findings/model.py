"""The model that weighs what the clauses of an abstract say to a question: a choice of clauses, then of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tiab.assets import model_path
from tiab.errors import ModelFileError
from tiab.pico.findings.questions import Clause, Question, clauses_of, evidence_of
from tiab.pico.learned.weights import read_weights, write_weights

__all__ = ["ANSWERS", "BUCKETS", "FindingsModel", "counts_of", "findings_model", "known"]

ANSWERS = ("decreased", "increased", "no difference")
BUCKETS = 8192
_KIND = "findings"
_SHAPES = {
    "fit": "float32", "says": "float32", "words": "float32", "rarity": "float32", "bias": "float32",
    "trained_on": "uint64",
}  # fmt: skip
_LEAST = 0.02  # a clause of a smaller share has no say


def counts_of(words: Sequence[str]) -> NDArray[np.float64]:
    """How often each bucket of words and pairs of words occurs, dampened: 1 + ln(count), shape (BUCKETS,)."""
    counts = np.zeros(BUCKETS)
    for term in chain(words, map(" ".join, pairwise(words))):
        counts[crc32(term.encode()) % BUCKETS] += 1.0
    counts[counts > 0] = 1 + np.log(counts[counts > 0])
    return counts


@dataclass(frozen=True, eq=False)
class FindingsModel:
    """Weights for the numbers of `tiab.pico.findings.questions`.

    Attributes:
        fit_names, says_names: what each weight is for.
        fit: how much each number says that a clause answers the question, shape (n_fit,).
        says: how much each number speaks for each of `ANSWERS`, shape (n_says, 3).
        words: the same for buckets of words, shape (BUCKETS, 3).
        rarity: how much a bucket counts, shape (BUCKETS,); 0 for words that were hardly ever seen.
        bias: of the answers, shape (3,).
        trained_on: hashes of the questions that it was learned from; see `Question.key`.
    """

    fit_names: tuple[str, ...]
    says_names: tuple[str, ...]
    fit: NDArray[np.float32]
    says: NDArray[np.float32]
    words: NDArray[np.float32]
    rarity: NDArray[np.float32]
    bias: NDArray[np.float32]
    trained_on: NDArray[np.uint64]

    def shares(self, clauses: Sequence[Clause]) -> NDArray[np.float64]:
        """How much say each clause has, shape (n_clauses,), adding up to 1."""
        scores = np.array([_dot(self._fit_weights, clause.fit) for clause in clauses])
        share = np.exp(scores - scores.max())
        share /= share.sum()
        share[share < _LEAST] = 0.0
        whole: NDArray[np.float64] = share / share.sum()
        return whole

    def chances(self, clauses: Sequence[Clause], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The chance of each of `ANSWERS`, shape (3,), where the clauses have these shares."""
        score = self.bias.astype(np.float64)
        for clause, share in zip(clauses, shares, strict=True):
            if share:
                score = score + share * (self._said(clause.says) + self._worded(clause.words))
        chance = np.exp(score - score.max())
        whole: NDArray[np.float64] = chance / chance.sum()
        return whole

    def answer(self, question: Question, *, given: bool = False) -> str:
        """Which of `ANSWERS` the abstract gives to the question; with `given`, its evidence alone is read."""
        clauses = evidence_of(question) if given else clauses_of(question)
        shares = np.full(len(clauses), 1 / len(clauses)) if given else self.shares(clauses)
        return ANSWERS[int(np.argmax(self.chances(clauses, shares)))]

    def _said(self, says: Mapping[str, float]) -> NDArray[np.float64]:
        rows = [(self._says_rows[name], value) for name, value in says.items() if name in self._says_rows]
        total: NDArray[np.float64] = sum((self.says[row] * value for row, value in rows), np.zeros(3))
        return total

    def _worded(self, words: Sequence[str]) -> NDArray[np.float64]:
        counts = counts_of(words) * self.rarity
        length = np.sqrt((counts**2).sum()) or 1.0
        held = np.flatnonzero(counts)
        total: NDArray[np.float64] = counts[held] @ self.words[held] / length
        return total

    @cached_property
    def _fit_weights(self) -> dict[str, float]:
        return dict(zip(self.fit_names, self.fit.tolist(), strict=True))

    @cached_property
    def _says_rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.says_names)}

    def to_disk(self, path: str | Path) -> None:
        """Writes the weights to a safetensors file; equal weights give equal bytes."""
        tensors = {name: getattr(self, name) for name in _SHAPES}
        write_weights(path, _KIND, tensors, {"fit_names": self.fit_names, "says_names": self.says_names})

    @classmethod
    def from_disk(cls, path: str | Path) -> FindingsModel:
        """The weights that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, altered or foreign.
        """
        tensors, settings = read_weights(path, _KIND, _SHAPES)
        fit_names, says_names = (tuple(map(str, settings[name])) for name in ("fit_names", "says_names"))
        shapes = (tensors["fit"].shape, tensors["says"].shape, tensors["words"].shape)
        if shapes != ((len(fit_names),), (len(says_names), 3), (BUCKETS, 3)):
            raise ModelFileError("has tables of unexpected sizes", path=path, hint="Reinstall tiab.")
        return cls(fit_names=fit_names, says_names=says_names, **tensors)


def _dot(weights: Mapping[str, float], numbers: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in numbers.items())


@cache
def findings_model() -> FindingsModel:
    """The kept model."""
    return FindingsModel.from_disk(model_path("pico-findings.safetensors"))


def known(questions: Iterable[Question], trained_on: NDArray[np.uint64]) -> list[bool]:
    """For each question whether the model was learned from it."""
    keys = np.array([question.key for question in questions], dtype=np.uint64)
    return [bool(seen) for seen in np.isin(keys, trained_on)]
