"""Updating: the records of a later search, ranked by what the review has learned, beside where its includes fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tiab.features import make_features
from tiab.formats import write_records
from tiab.labels import Decision, Label
from tiab.pico import Span
from tiab.ranking.rank import Ranking
from tiab.records import Record
from tiab.review.queue import Queue
from tiab.review.rankings import Learner
from tiab.review.record_import import FileReport

__all__ = ["Update", "held_out_scores", "make_update"]

_FOLDS = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class Update:
    """A later search: what was added, and how its new records rank.

    Attributes:
        reports: what became of each file's records.
        ranking: the new records, ranked by the model of the review before them; None where nothing is new.
        include_scores: what the review's included records would have scored had they been new, ascending: each was
            scored by a model that had not learned from it.
        exclude_scores: the scores of the review's excluded records, in the same way.
    """

    reports: tuple[FileReport, ...]
    ranking: Ranking | None
    include_scores: tuple[float, ...]
    exclude_scores: tuple[float, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The new records, best first: `Ranking.table`, and where each falls.

        Columns beside those of `Ranking.table`: above_includes and above_excludes, the share of the review's included
        and excluded records that a record outscores; NaN where there are none.
        """
        if self.ranking is None:
            return pd.DataFrame(columns=["rank", "record_id", "score", "title", "above_includes", "above_excludes"])
        table = self.ranking.table.copy()
        scores = table["score"].to_numpy()
        table.insert(3, "above_includes", _shares_below(scores, self.include_scores))
        table.insert(4, "above_excludes", _shares_below(scores, self.exclude_scores))
        return table

    def write(self, path: str | Path) -> None:
        """Writes the short list in the format that the suffix names.

        Raises:
            InputError: it cannot be written.
        """
        table = self.table.set_index("record_id").drop(columns="title")
        columns = {str(name): _column(values) for name, values in table.to_dict().items()}
        write_records(path, self.ranking.ranked if self.ranking else [], columns=columns)

    def summary(self) -> list[str]:
        """What it means, in sentences."""
        new, known = sum(one.new for one in self.reports), sum(one.known + one.duplicates for one in self.reports)
        said = [f"{new} records are new; {known} the review had already."]
        if self.ranking is None or not self.include_scores:
            return said
        low, median = self.include_scores[0], float(np.median(self.include_scores))
        scores = np.sort(self.ranking.scores)[::-1]
        n = len(self.include_scores)
        said.append(
            f"{int(np.sum(scores >= median))} of them score as high as the middle one of the {n} included records "
            f"({median:.2f}), {int(np.sum(scores >= low))} as high as the lowest ({low:.2f})."
        )
        said.append(
            "An included record's score is that of a model which had not learned from it. A low score is no proof."
        )
        return said


def make_update(
    learner: Learner,
    queue: Queue,
    records: Sequence[Record],
    spans: Sequence[tuple[Span, ...]],
    reports: Sequence[FileReport],
) -> Update:
    """The update that new `records`, in which PICO found `spans`, make to the pool of `queue`.

    Args:
        learner: has learned from that pool.
        reports: of the files that brought the records.
    """
    model = queue.learned.model
    if model is None or not records:
        return Update(reports=tuple(reports), ranking=None, include_scores=(), exclude_scores=())
    features = make_features(records, space=model.space, spans=spans)
    included, excluded = held_out_scores(learner, queue.learned.labels)
    return Update(
        reports=tuple(reports),
        ranking=Ranking(features=features, model=model, scores=model.score(features)),
        include_scores=included,
        exclude_scores=excluded,
    )


def held_out_scores(learner: Learner, labels: Mapping[str, Label]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(of the included, of the excluded): each record's score by a model that had not learned from it, ascending.

    The records are left out in up to ten parts, by their order in the pool, which is that of the import.
    """
    place = {record.record_id: number for number, record in enumerate(learner.features.records)}
    known = sorted((key for key in labels if key in place), key=place.__getitem__)
    found: dict[Decision, list[float]] = {Decision.INCLUDE: [], Decision.EXCLUDE: []}
    parts = _parts(known, labels)
    for part in parts:
        left_out = set(part)
        learned = learner.learn({key: label for key, label in labels.items() if key not in left_out})
        if learned.model is None:
            continue
        for key in part:
            found[labels[key].decision].append(float(learned.scores[place[key]]))
    return tuple(sorted(found[Decision.INCLUDE])), tuple(sorted(found[Decision.EXCLUDE]))


def _parts(known: Sequence[str], labels: Mapping[str, Label]) -> list[list[str]]:
    """The records in ten parts (fewer, where there are fewer) that share the included and the excluded evenly."""
    parts: list[list[str]] = [[] for _ in range(min(_FOLDS, len(known)))]
    for decision in (Decision.INCLUDE, Decision.EXCLUDE):
        for number, key in enumerate(key for key in known if labels[key].decision is decision):
            parts[number % len(parts)].append(key)
    return [part for part in parts if part]


def _shares_below(scores: NDArray[np.float64], others: Sequence[float]) -> NDArray[np.float64]:
    if not others:
        return np.full(len(scores), np.nan)
    return np.round(np.searchsorted(np.asarray(others), scores) / len(others), 4)


def _column(values: Mapping[Any, Any]) -> dict[str, object]:
    return {str(key): value for key, value in values.items() if value == value}  # NaN is left blank
