"""Evaluation that cannot leak: only records that nothing was learned from are ranked, and only against each other.

A record that was learned from ranks well whether or not the ranker is worth anything. So some relevant and some
irrelevant records are withheld together, the other labels are learned from, and what counts is how many of the withheld
irrelevant ones rank below a withheld relevant one. Features and labels that mean nothing give one half, and the tests
hold it to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import Criteria
from tiab.decisions import labels_on
from tiab.errors import EvaluationError
from tiab.features import Features, make_features
from tiab.labels import Decision
from tiab.ranking.linear import UNLABELLED, make_ranker
from tiab.ranking.scoring import score_rows
from tiab.records import Record

__all__ = ["Withheld", "rank_with_few_labels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """How the withheld relevant records ranked among the withheld irrelevant ones.

    Attributes:
        above: (record id, share of the irrelevant records that rank below it; a tie counts half) of each withheld
            relevant record, worst first.
        n_irrelevant: how many irrelevant records were withheld.
        by_criteria: the same of the same records by the criteria alone; None without criteria.
    """

    above: tuple[tuple[str, float], ...]
    n_irrelevant: int
    by_criteria: Withheld | None = None

    @property
    def auc(self) -> float:
        """The mean share: the chance that a withheld relevant record ranks above an irrelevant one; ½ is chance."""
        return float(np.mean([share for _, share in self.above]))

    @property
    def worst(self) -> float:
        """The share of the relevant record that ranked worst."""
        return self.above[0][1]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return {
            "auc": self.auc,
            "worst": self.worst,
            "n_relevant": len(self.above),
            "n_irrelevant": self.n_irrelevant,
            "above": [{"record_id": record_id, "share": share} for record_id, share in self.above],
            "by_criteria": None if self.by_criteria is None else self.by_criteria.to_dict(),
        }


def rank_with_few_labels(
    records: Sequence[Record],
    labels: Mapping[str, Decision],
    *,
    criteria: Criteria | None = None,
    n_included: int,
    n_excluded: int,
    draws: int = 20,
) -> list[Withheld]:
    """What so many labels teach: for each seed from 0 to draws − 1 they are drawn, and all others are withheld.

    Args:
        labels: record id -> decision; records without one, or with "maybe", are never withheld or learned from.

    Raises:
        EvaluationError: there are too few labels to withhold some of either kind.
    """
    y = _answers(records, labels)
    relevant, irrelevant = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if len(relevant) <= n_included or len(irrelevant) <= n_excluded:
        raise EvaluationError("too few labels to withhold some", hint="Learn from fewer, or label more records.")
    features = make_features(records, criteria=criteria)
    unlearned = None if criteria is None else _scores(features, np.full(len(y), UNLABELLED), seed=0)
    runs = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        learned = [rng.choice(relevant, n_included, replace=False), rng.choice(irrelevant, n_excluded, replace=False)]
        withheld = np.setdiff1d(np.flatnonzero(y != UNLABELLED), np.concatenate(learned))
        known = y.copy()
        known[withheld] = UNLABELLED
        by_criteria = None if unlearned is None else _withhold(features, y, withheld, unlearned)
        learned_run = _withhold(features, y, withheld, _scores(features, known, seed=seed))
        runs.append(replace(learned_run, by_criteria=by_criteria))
    return runs


def _answers(records: Sequence[Record], labels: Mapping[str, Decision]) -> NDArray[np.int_]:
    meaning = {Decision.INCLUDE: 1, Decision.EXCLUDE: 0}
    known = labels_on(records, labels)
    decisions = [known[record.record_id].decision if record.record_id in known else None for record in records]
    return np.array([UNLABELLED if said is None else meaning.get(said, UNLABELLED) for said in decisions], dtype=int)


def _scores(features: Features, known: NDArray[np.int_], *, seed: int) -> NDArray[np.float64]:
    fitted = make_ranker(features.space, seed=seed).fit(features.matrix, known)
    return score_rows(features.matrix, fitted.coef, fitted.intercept)


def _withhold(
    features: Features, y: NDArray[np.int_], places: NDArray[np.intp], scores: NDArray[np.float64]
) -> Withheld:
    scores, answers = scores[places], y[places]
    others = scores[answers == 0]
    above = [
        (features.records[place].record_id, float((score > others).mean() + (score == others).mean() / 2))
        for place, score in zip(places[answers == 1].tolist(), scores[answers == 1].tolist(), strict=True)
    ]
    return Withheld(above=tuple(sorted(above, key=lambda pair: pair[::-1])), n_irrelevant=len(others))
