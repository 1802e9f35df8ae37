"""Records and what PICO found in them ► one sparse matrix whose columns have names that a reader understands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from tiab.criteria import Criteria
from tiab.features.counting import Tokens, parts_of, read_tokens
from tiab.features.evidence import (
    CRITERION,
    IN_TITLE,
    Coverage,
    evidence_names,
    evidence_row,
    limits_missed,
    prior_evidence,
    read_coverage,
)
from tiab.features.words import WordSpace, make_word_space
from tiab.pico import Span, find_spans
from tiab.pico.pipeline import Progress
from tiab.records import Record

__all__ = [
    "CRITERION",
    "IN_TITLE",
    "Coverage",
    "FeatureSpace",
    "Features",
    "Tokens",
    "WordSpace",
    "make_features",
    "parts_of",
    "read_coverage",
    "read_tokens",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class FeatureSpace:
    """The columns of a feature matrix: the words first, then the evidence."""

    words: WordSpace
    criteria: Criteria | None = None

    @cached_property
    def evidence_names(self) -> list[str]:
        """The names of the columns of evidence."""
        return list(evidence_names(self.criteria))

    @cached_property
    def names(self) -> list[str]:
        """The name of each column; length n_columns."""
        return [*self.words.words, *self.evidence_names]

    @cached_property
    def criteria_row(self) -> NDArray[np.float32] | None:
        """The criteria's own words as a row of the matrix, without evidence; None without criteria."""
        if self.criteria is None:
            return None
        return np.concatenate(
            [self.words.row(self.criteria.phrases), np.zeros(len(self.evidence_names), dtype=np.float32)]
        )

    @cached_property
    def prior_coef(self) -> NDArray[np.float64] | None:
        """What each column weighs before any label, from the criteria alone; None without criteria."""
        if self.criteria is None or self.criteria_row is None:
            return None
        prior = SIMILARITY * self.criteria_row.astype(np.float64)
        prior[len(self.words.words) :] = prior_evidence(self.criteria)
        return prior

    def rows(self, records: Sequence[Record], spans: Sequence[Sequence[Span]]) -> csr_array:
        """The matrix of records in which PICO found `spans`; float32, shape (n_records, n_columns)."""
        return self.joined(self.words.rows(records), records, spans)

    def joined(self, words: csr_array, records: Sequence[Record], spans: Sequence[Sequence[Span]]) -> csr_array:
        """The same where the rows of the records' words are known already; see `WordSpace.rows`."""
        evidence = [evidence_row(*pair, self.criteria) for pair in zip(records, spans, strict=True)]
        dense = np.array(evidence, dtype=np.float32).reshape(len(records), len(self.evidence_names))
        joined: csr_array = hstack([words, csr_array(dense)], format="csr")
        return joined


SIMILARITY = 40.0
"""What the likeness to the criteria's text weighs beside the evidence: it is a cosine that seldom passes 0.1."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Features:
    """The feature matrix of a pool.

    Attributes:
        records: the pool.
        matrix: float32, shape (n_records, n_columns).
        spans: what PICO found in each record.
    """

    space: FeatureSpace
    records: tuple[Record, ...]
    matrix: csr_array
    spans: tuple[tuple[Span, ...], ...]

    @cached_property
    def coverage(self) -> tuple[tuple[Coverage, ...], ...]:
        """How each record meets each concept of the criteria; empty tuples without criteria."""
        if self.space.criteria is None:
            return tuple(() for _ in self.spans)
        pairs = zip(self.records, self.spans, strict=True)
        return tuple(read_coverage(record, spans, self.space.criteria) for record, spans in pairs)

    def criteria_met(self, place: int) -> list[str]:
        """The names of the concepts that a record has."""
        return [c.concept.name for c in self.coverage[place] if c.met]

    def criteria_missing(self, place: int) -> list[str]:
        """What a record lacks of what is required: concepts by their names, limits by what they are."""
        if self.space.criteria is None:
            return []
        lacking = [c.gap for c in self.coverage[place] if c.gap]
        return [*lacking, *limits_missed(self.records[place], self.spans[place], self.space.criteria.limits)]

    def row(self, place: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The columns in which a record has a value, and the values."""
        start, end = self.matrix.indptr[place : place + 2]
        return self.matrix.indices[start:end], self.matrix.data[start:end]


def make_features(
    records: Sequence[Record],
    *,
    criteria: Criteria | None = None,
    space: FeatureSpace | None = None,
    spans: Sequence[tuple[Span, ...]] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    pause: Callable[[], object] = lambda: None,
) -> Features:
    """The features of a pool, in columns of its own or in those of `space` (whose criteria then count).

    Args:
        spans: what PICO found in each record, where that is known already. The numbers among it (sample size, dose,
            markers) are not used, and are not looked for.
        pause: called between the steps of counting words; what it raises ends the work.
    """
    if space is not None:
        criteria = space.criteria
    if spans is None:
        spans = find_spans(records, criteria, numbers=False, jobs=jobs, progress=progress)
    if space is None:
        words, rows = make_word_space(records, beside=criteria.phrases if criteria else (), pause=pause)
        space = FeatureSpace(words=words, criteria=criteria)
        matrix = space.joined(rows, records, spans)
    else:
        matrix = space.rows(records, spans)
    return Features(space=space, records=tuple(records), matrix=matrix, spans=tuple(spans))
