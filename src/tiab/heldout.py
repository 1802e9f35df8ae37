"""Held-out records: does what is learned from some labels rank the others?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tiab.criteria import Criteria
from tiab.errors import EvaluationError
from tiab.features import make_features
from tiab.labels import Decision, Label
from tiab.ranking import fit
from tiab.records import Record

__all__ = ["HeldOut", "rank_held_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """How the relevant records that were held out ranked among the held-out irrelevant ones.

    Attributes:
        n_included, n_excluded: the labels that each draw learned from.
        ranked_above: for each draw, the mean share of the held-out excluded records below a held-out included one
            (this is the AUC).
        worst_above: for each draw, that share for the included record that ranked worst.
    """

    n_included: int
    n_excluded: int
    ranked_above: tuple[float, ...]
    worst_above: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types, with the medians."""
        return {
            "n_included": self.n_included,
            "n_excluded": self.n_excluded,
            "draws": len(self.ranked_above),
            "median_ranked_above": float(np.median(self.ranked_above)),
            "median_worst_above": float(np.median(self.worst_above)),
            "ranked_above": list(self.ranked_above),
            "worst_above": list(self.worst_above),
        }

    def summary(self) -> list[str]:
        """What it means, in sentences."""
        return [
            f"{len(self.ranked_above)} times, {self.n_included} included and {self.n_excluded} excluded records were "
            "drawn and learned from; the other included records were then looked for among the other excluded ones.",
            f"On average a held-out included record ranks above {np.median(self.ranked_above):.0%} of them (median of "
            f"the draws; worst draw {min(self.ranked_above):.0%}).",
            f"The one that ranks worst is above {np.median(self.worst_above):.0%} of them (median of the draws).",
        ]


def rank_held_out(
    records: Sequence[Record],
    labels: Mapping[str, Decision],
    *,
    criteria: Criteria | None = None,
    n_included: int,
    n_excluded: int,
    draws: int = 20,
) -> HeldOut:
    """Learns from `n_included` + `n_excluded` labels drawn with the seeds 0 to draws − 1, and ranks the others.

    Only held-out records are ranked against each other: a record that was learned from would flatter the result.

    Raises:
        EvaluationError: there are too few labels to hold some out.
    """
    included = [r.record_id for r in records if labels.get(r.record_id) is Decision.INCLUDE]
    excluded = [r.record_id for r in records if labels.get(r.record_id) is Decision.EXCLUDE]
    if len(included) <= n_included or len(excluded) <= n_excluded:
        raise EvaluationError("too few labels to hold some out", hint="Learn from fewer, or label more records.")
    features = make_features(records, criteria=criteria)
    place = {record.record_id: number for number, record in enumerate(records)}
    mean, worst = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        drawn = {*rng.choice(included, n_included, replace=False), *rng.choice(excluded, n_excluded, replace=False)}
        known = {str(key): Label(record_id=str(key), decision=labels[str(key)]) for key in drawn}
        scores = fit(features, known, seed=seed).score(features)
        found = scores[[place[key] for key in included if key not in drawn]]
        others = scores[[place[key] for key in excluded if key not in drawn]]
        above = (found[:, None] > others).mean(axis=1) + (found[:, None] == others).mean(axis=1) / 2
        mean.append(float(above.mean()))
        worst.append(float(above.min()))
    return HeldOut(n_included=n_included, n_excluded=n_excluded, ranked_above=tuple(mean), worst_above=tuple(worst))
