"""rank: a pool of records ► a Ranking, with what each record owes its place to."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import Criteria
from tiab.criteria.scripts import foreign_scripts, script_warning
from tiab.decisions import labels_on
from tiab.errors import LabelError, TiabError, TiabWarning
from tiab.features import Coverage, Features, FeatureSpace, make_features, read_coverage
from tiab.labels import Decision, Label
from tiab.pico.pipeline import Progress
from tiab.ranking.linear import UNLABELLED, Memory, make_ranker
from tiab.ranking.phrases import SoughtWords
from tiab.ranking.reasons import Reasons, find_reasons
from tiab.records import Record

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ranking", "RankingModel", "rank", "train"]

Labels = Iterable[Label] | Mapping[str, object]


@dataclass(frozen=True, eq=False, kw_only=True)
class RankingModel:
    """A linear rule that scores records: the sum over its columns of value × weight, plus a constant.

    Attributes:
        space: the columns: words, word pairs and evidence for the criteria.
        coef: the weight of each column; float64, shape (n_columns,).
        intercept: the constant.
        n_included, n_excluded: the labels it was fitted on.
        data_hash: 16 hex digits of those labels and of the records they were given to.
        seed: the seed it was fitted with.

    >>> pool = [Record(record_id="1", title="Tax law"), Record(record_id="2", title="Yoga for back pain")]
    >>> model = train(pool, labels={"2": "include", "1": "exclude"})
    >>> model.n_included, model.n_excluded, len(model.coef) == len(model.space.names)
    (1, 1, True)
    """

    space: FeatureSpace
    coef: NDArray[np.float64]
    intercept: float
    n_included: int = 0
    n_excluded: int = 0
    data_hash: str = ""
    seed: int = 0

    def score(self, features: Features) -> NDArray[np.float64]:
        """The score of each record, shape (n_records,)."""
        scores: NDArray[np.float64] = np.asarray(features.matrix @ self.coef) + self.intercept
        return scores

    @property
    def sought_words(self) -> SoughtWords:
        """The words and phrases that weigh anything, to be looked for in many records."""
        words = self.space.words.words
        return SoughtWords(words, np.flatnonzero(self.coef[: len(words)]).tolist())


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranking:
    """The records of a pool, best first, with the model that ranked them.

    Attributes:
        features: the pool, in the order in which it was given, and its rows in the model's columns.
        labels: what was known when they were ranked.
        scores: the score of each record of `records`; shape (n_records,).

    >>> pool = [Record(record_id="1", title="Tax law"), Record(record_id="2", title="Yoga for back pain")]
    >>> ranking = rank(pool, labels={"2": "include"})
    >>> ranking.order
    ('2', '1')
    >>> [record.title for record in ranking.ranked]
    ['Yoga for back pain', 'Tax law']
    >>> list(ranking.table["rank"])
    [1, 2]
    """

    features: Features
    model: RankingModel
    labels: Mapping[str, Label] = field(default_factory=dict)
    scores: NDArray[np.float64]

    @property
    def records(self) -> tuple[Record, ...]:
        """The pool, in the order in which it was given."""
        return self.features.records

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """Positions in `records`, best first; equal scores in the order of the records' fingerprints."""
        _, group, sizes = np.unique(self.scores, return_inverse=True, return_counts=True)
        tied = sizes[group] > 1  # the others need no fingerprint, which is slow to take
        fingerprints = [record.fingerprint if tie else "" for record, tie in zip(self.records, tied, strict=True)]
        return np.lexsort((np.array(fingerprints, dtype=np.str_), -self.scores))

    @property
    def order(self) -> tuple[str, ...]:
        """The record ids, best first."""
        return tuple(self.records[place].record_id for place in self._places)

    @property
    def ranked(self) -> list[Record]:
        """The records, best first."""
        return [self.records[place] for place in self._places]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The columns as a table: one row for each record, best first."""
        import pandas as pd  # a quarter of a second that most rankings do without

        return pd.DataFrame(self.columns)

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """What there is to say of each record, best first: name of a column -> its values.

        Columns: rank (from 1), record_id, score, title, label ("" where nobody decided), criteria_met and
        criteria_missing (names of concepts), weighed_for and weighed_against (the terms and the evidence that
        moved the record most, with what each added to its score).
        """
        coverage = self.features.coverage
        sought = self.model.sought_words
        reasons = [reasons_of(self.model, self.features, place, coverage[place], sought) for place in self._places]
        ranked = self.ranked
        return {
            "rank": list(range(1, len(ranked) + 1)),
            "record_id": [record.record_id for record in ranked],
            "score": np.round(self.scores[self._places], 6).tolist(),
            "title": [record.title for record in ranked],
            "label": [self._decision(record.record_id) for record in ranked],
            "criteria_met": ["; ".join(self.features.criteria_met(place)) for place in self._places],
            "criteria_missing": ["; ".join(self.features.criteria_missing(place)) for place in self._places],
            "weighed_for": [pairs.listed(positive=True) for pairs in reasons],
            "weighed_against": [pairs.listed(positive=False) for pairs in reasons],
        }

    def explain(self, record_id: str) -> pd.DataFrame:
        """What each column added to one record's score, largest effect first.

        Columns: feature, value, weight, contribution (value × weight). The last row is the constant; the
        contributions sum to the score.

        Raises:
            LabelError: no record of that id is in the pool.
        """
        import pandas as pd

        place = self._place(record_id)
        columns, values = self.features.row(place)
        weights = self.model.coef[columns]
        table = pd.DataFrame(
            {
                "feature": [self.model.space.names[column] for column in columns],
                "value": values,
                "weight": weights,
                "contribution": values * weights,
            }
        )
        table = table[table["contribution"] != 0].sort_values("contribution", key=abs, ascending=False, kind="stable")
        constant = {"feature": "constant", "value": 1.0, "weight": self.model.intercept}
        constant["contribution"] = self.model.intercept
        return pd.concat([table, pd.DataFrame([constant])], ignore_index=True)

    def reasons(self, record_id: str) -> Reasons:
        """Why a record ranks where it does, in the reader's words; what they added sums to the score.

        Raises:
            LabelError: no record of that id is in the pool.
        """
        return self._reasons(self._place(record_id))

    def _place(self, record_id: str) -> int:
        for place, record in enumerate(self.records):
            if record.record_id == record_id:
                return place
        raise LabelError(f"no record '{record_id}' in the pool", hint="Check the id in the ranking's first columns.")

    def _decision(self, record_id: str) -> str:
        label = self.labels.get(record_id)
        return str(label.decision) if label else ""

    def _reasons(self, place: int) -> Reasons:
        return reasons_of(self.model, self.features, place)


def reasons_of(
    model: RankingModel,
    features: Features,
    place: int,
    coverage: Sequence[Coverage] | None = None,
    sought: SoughtWords | None = None,
) -> Reasons:
    """Why the record at `place` of the pool scores what it does by `model`.

    Args:
        coverage: how the record meets the criteria, where that is known already.
        sought: the model's `sought_words`, where the reasons of many records are wanted.
    """
    columns, values = features.row(place)
    record, criteria = features.records[place], model.space.criteria
    spans = features.spans[place] if features.spans else ()
    if coverage is None:
        coverage = read_coverage(record, spans, criteria) if criteria else ()
    return find_reasons(
        record,
        spans,
        coverage,
        model.space,
        columns,
        values * model.coef[columns],
        constant=model.intercept,
        sought=sought,
    )


def rank(
    records: Sequence[Record],
    *,
    criteria: Criteria | None = None,
    labels: Labels | None = None,
    model: RankingModel | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Ranking:
    """The records ranked by criteria, by labels, by a kept model, or by any of these together.

    The same input and seed give the same ranking to the last digit. No record is left out: one without an abstract is
    ranked by its title and keywords. Labelled records are ranked among the others.

    Args:
        labels: what `read_labels` gave, whichever file it is of; or Label objects or record id -> decision ("include",
            0, True …), which name these records' own ids. "maybe" teaches nothing.
        model: what `train` or `read_model` gave; its criteria are used, and labels are learned on top of it.
        jobs: processes for the PICO step.
        progress: called with the number of records that the PICO step has done since the last call.

    Raises:
        TiabError: there are no records, or two have one id, or there is nothing to rank by.
        LabelError: a label names no record of the pool.

    Warns:
        TiabWarning: records are in a script, such as Chinese, in which no term of the criteria can match.

    >>> pool = [Record(record_id="1", title="Tax law"), Record(record_id="2", title="Yoga for back pain")]
    >>> rank(pool, criteria=Criteria(title="Yoga for low back pain", concepts=())).order
    ('2', '1')
    """
    known = labels_on(records, labels)
    _check(records, known, criteria, model)
    foreign = script_warning(foreign_scripts(records, model.space.criteria if model else criteria), len(records))
    if foreign:
        warnings.warn(foreign, TiabWarning, stacklevel=2)
    features = make_features(
        records, criteria=criteria, space=model.space if model else None, jobs=jobs, progress=progress
    )
    fitted = model if model and not known else fit(features, known, model=model, seed=seed)
    return Ranking(features=features, model=fitted, labels=known, scores=fitted.score(features))


def train(
    records: Sequence[Record], *, labels: Labels, criteria: Criteria | None = None, seed: int = 0, jobs: int = 1
) -> RankingModel:
    """The model learned from these labels, to be kept and to rank later searches.

    Raises:
        LabelError: there is no label, or one names no record.

    >>> pool = [Record(record_id="1", title="Tax law"), Record(record_id="2", title="Yoga for back pain")]
    >>> train(pool, labels={"2": "include"}).n_included
    1
    """
    known = labels_on(records, labels)
    if not known:
        raise LabelError("there are no labels to train on", hint="Give at least one included record.")
    return rank(records, criteria=criteria, labels=known.values(), seed=seed, jobs=jobs).model


def fit(
    features: Features,
    labels: Mapping[str, Label],
    *,
    model: RankingModel | None = None,
    seed: int = 0,
    memory: Memory | None = None,
    fingerprints: Sequence[str] | None = None,
) -> RankingModel:
    """The model fitted to `labels` on the pool's features; with `model`, learned on top of it.

    Args:
        memory: what earlier fits on the same features have computed.
        fingerprints: those of the records, where they are known already.

    Raises:
        LabelError: there is nothing to rank by.
    """
    meaning = {Decision.INCLUDE: 1, Decision.EXCLUDE: 0, Decision.MAYBE: UNLABELLED}
    records = features.records
    y = np.array([meaning[labels[r.record_id].decision] if r.record_id in labels else UNLABELLED for r in records])
    ranker = make_ranker(features.space, prior_coef=model.coef if model else None, seed=seed)
    try:
        weights = ranker.fit(features.matrix, y, memory=memory)
    except ValueError as error:
        hint = "Give criteria, or label at least one record 'include'."
        raise LabelError("there is nothing to rank by", hint=hint) from error
    return RankingModel(
        space=features.space,
        coef=weights.coef,
        intercept=weights.centred_intercept,
        n_included=int(np.sum(y == 1)),
        n_excluded=int(np.sum(y == 0)),
        data_hash=_data_hash(records, labels, fingerprints),
        seed=seed,
    )


def _check(
    records: Sequence[Record],
    labels: Mapping[str, Label],
    criteria: Criteria | None,
    model: RankingModel | None,
) -> None:
    if not records:
        raise TiabError("there are no records to rank", hint="Check that the search export is not empty.")
    ids = {record.record_id for record in records}
    if len(ids) < len(records):
        raise TiabError("two records have the same id", hint="Number them, or read them with tiab.read_records.")
    unknown = [record_id for record_id in labels if record_id not in ids]
    if unknown:
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise LabelError(
            f"{len(unknown)} of {len(labels)} labels name no record of the pool ({some})",
            hint="Give the records that were labelled too, or check the ids.",
        )
    if criteria is None and model is None and not labels:
        raise LabelError("there is nothing to rank by", hint="Give criteria, labels or a kept model.")


def _data_hash(records: Sequence[Record], labels: Mapping[str, Label], fingerprints: Sequence[str] | None) -> str:
    decided = [(place, labels[r.record_id].decision) for place, r in enumerate(records) if r.record_id in labels]
    known = fingerprints or {place: records[place].fingerprint for place, _ in decided}
    lines = sorted(f"{known[place]} {decision}" for place, decision in decided)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
