"""Evaluation that cannot leak: only records that nothing was learned from are ranked, and only against each other.

A record that was learned from ranks well whether or not the ranker is worth anything. So each protocol withholds some
relevant and some irrelevant records together, learns from the other labels, and asks how many of the withheld
irrelevant ones stand below a withheld relevant one. Features and labels that mean nothing give one half, and the tests
hold each protocol to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import Criteria
from tiab.decisions import labels_on
from tiab.dedupe import find_duplicates
from tiab.errors import EvaluationError
from tiab.features import Features, make_features
from tiab.labels import Decision
from tiab.ranking.estimator import UNLABELLED, make_ranker
from tiab.records import Record

__all__ = ["Withheld", "few_labels", "k_fold", "leave_one_out", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """How the withheld relevant records ranked among the withheld irrelevant ones.

    Attributes:
        protocol: "leave-one-out", "k-fold", "few labels" or "update".
        above: (record id, share of the irrelevant records withheld with it that rank below it; a tie counts half) of
            each withheld relevant record, worst first.
        n_irrelevant: how many irrelevant records were withheld, over all folds.
    """

    protocol: str
    above: tuple[tuple[str, float], ...]
    n_irrelevant: int

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
            "protocol": self.protocol,
            "auc": self.auc,
            "worst": self.worst,
            "n_relevant": len(self.above),
            "n_irrelevant": self.n_irrelevant,
            "above": [{"record_id": record_id, "share": share} for record_id, share in self.above],
        }


def k_fold(
    records: Sequence[Record],
    labels: Mapping[str, Decision],
    *,
    criteria: Criteria | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Withheld:
    """The labelled records dealt into folds, relevant and irrelevant alike; each fold is withheld in turn.

    Args:
        labels: record id -> decision; records without one, or with "maybe", are never withheld or learned from.
        seed: deals the records.

    Raises:
        EvaluationError: there are fewer relevant or irrelevant records than folds, or fewer than two folds.
    """
    y = _answers(records, labels)
    features = make_features(records, criteria=criteria)
    return _withhold(features, y, _deal(y, folds, seed), seed, "k-fold")


def leave_one_out(
    records: Sequence[Record], labels: Mapping[str, Decision], *, criteria: Criteria | None = None, seed: int = 0
) -> Withheld:
    """Each relevant record withheld in turn, with an equal share of the irrelevant ones.

    Raises:
        EvaluationError: there are fewer than two relevant records, or fewer irrelevant than relevant ones.
    """
    y = _answers(records, labels)
    features = make_features(records, criteria=criteria)
    return _withhold(features, y, _deal(y, int((y == 1).sum()), seed), seed, "leave-one-out")


def few_labels(
    records: Sequence[Record],
    labels: Mapping[str, Decision],
    *,
    criteria: Criteria | None = None,
    n_included: int,
    n_excluded: int,
    draws: int = 20,
) -> list[Withheld]:
    """What so many labels teach: for each seed from 0 to draws − 1 they are drawn, and all others are withheld.

    Raises:
        EvaluationError: there are too few labels to withhold some of either kind.
    """
    y = _answers(records, labels)
    relevant, irrelevant = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if len(relevant) <= n_included or len(irrelevant) <= n_excluded:
        raise EvaluationError("too few labels to withhold some", hint="Learn from fewer, or label more records.")
    features = make_features(records, criteria=criteria)
    runs = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        learned = [rng.choice(relevant, n_included, replace=False), rng.choice(irrelevant, n_excluded, replace=False)]
        withheld = np.setdiff1d(np.flatnonzero(y != UNLABELLED), np.concatenate(learned))
        runs.append(_withhold(features, y, [withheld], seed, "few labels"))
    return runs


def update(
    records: Sequence[Record],
    labels: Mapping[str, Decision],
    later: Iterable[str],
    *,
    criteria: Criteria | None = None,
    seed: int = 0,
) -> Withheld:
    """The records of a later search ranked by what is learned from the labels of the first.

    The words and how rare they are come from the first search alone, as they would have on the day of the update. Of
    the later records those that repeat another one for certain are left out: what was learned from ranks well whatever
    the ranker is worth.

    Args:
        later: the ids of the records of the later search.

    Raises:
        EvaluationError: the first search, or the later one, lacks a relevant or an irrelevant record.
    """
    found_later = set(later)
    decisions = {record_id: label.decision for record_id, label in labels_on(records, labels).items()}
    first = [record for record in records if record.record_id not in found_later]
    new = _not_repeated(first, [record for record in records if record.record_id in found_later])
    y_first, y_new = _answers(first, decisions), _answers(new, decisions)
    for y, name in ((y_first, "first"), (y_new, "later")):
        if not (y == 1).any() or not (y == 0).any():
            raise EvaluationError(f"the {name} search has not both relevant and irrelevant records")
    features = make_features(first, criteria=criteria)
    ranker = make_ranker(features.space, seed=seed).fit(features.matrix, y_first)
    scores = ranker.decision_function(make_features(new, space=features.space).matrix)
    above = _above([record.record_id for record in new], scores, y_new)
    return Withheld(protocol="update", above=tuple(sorted(above, key=_by_share)), n_irrelevant=int((y_new == 0).sum()))


def _not_repeated(first: Sequence[Record], later: Sequence[Record]) -> list[Record]:
    """The later records that are for certain neither one of the first nor another later one."""
    groups = find_duplicates([*first, *later]).certain
    repeated = {record_id for group in groups for record_id in group.record_ids[1:]}
    return [record for record in later if record.record_id not in repeated]


def _answers(records: Sequence[Record], labels: Mapping[str, Decision]) -> NDArray[np.int_]:
    meaning = {Decision.INCLUDE: 1, Decision.EXCLUDE: 0}
    known = labels_on(records, labels)
    decisions = [known[record.record_id].decision if record.record_id in known else None for record in records]
    return np.array([UNLABELLED if said is None else meaning.get(said, UNLABELLED) for said in decisions], dtype=int)


def _deal(y: NDArray[np.int_], folds: int, seed: int) -> list[NDArray[np.intp]]:
    """The places of the records of each fold: the relevant dealt out first, then the irrelevant."""
    counts = [int((y == value).sum()) for value in (1, 0)]
    if folds < 2 or min(counts) < folds:
        message = f"{counts[0]} relevant and {counts[1]} irrelevant records cannot be dealt into {folds} folds"
        raise EvaluationError(message, hint="Give at least two folds, and as many of either kind as folds.")
    rng = np.random.default_rng(seed)
    dealt = [rng.permutation(np.flatnonzero(y == value)) for value in (1, 0)]
    return [np.concatenate([places[fold::folds] for places in dealt]) for fold in range(folds)]


def _withhold(
    features: Features, y: NDArray[np.int_], folds: list[NDArray[np.intp]], seed: int, protocol: str
) -> Withheld:
    ids = [record.record_id for record in features.records]
    above: list[tuple[str, float]] = []
    for places in folds:
        known = y.copy()
        known[places] = UNLABELLED
        scores = make_ranker(features.space, seed=seed).fit(features.matrix, known).decision_function(features.matrix)
        above += _above([ids[place] for place in places], scores[places], y[places])
    n_irrelevant = sum(int((y[places] == 0).sum()) for places in folds)
    return Withheld(protocol=protocol, above=tuple(sorted(above, key=_by_share)), n_irrelevant=n_irrelevant)


def _above(ids: Sequence[str], scores: NDArray[np.float64], y: NDArray[np.int_]) -> list[tuple[str, float]]:
    """For each relevant record, the share of the irrelevant ones below it."""
    others = scores[y == 0]
    return [
        (ids[place], float((scores[place] > others).mean() + (scores[place] == others).mean() / 2))
        for place in np.flatnonzero(y == 1).tolist()
    ]


def _by_share(item: tuple[str, float]) -> tuple[float, str]:
    return item[1], item[0]
