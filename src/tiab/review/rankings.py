"""Learner: fits to the labels of one pool again and again, quickly, and to the same digits each time.

A fit depends on nothing but the pool, the labels and the seed: not on the fits before it, nor on the order in which
labels came. So any ranking can be made again from the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tiab
from tiab.errors import LabelError
from tiab.features import Features
from tiab.labels import Decision, Label
from tiab.ranking.linear import Memory, make_ranker
from tiab.ranking.rank import RankingModel, fit
from tiab.review.feature_cache import rules_version
from tiab.review.reviewers import teaching
from tiab.review.snapshot import Snapshot
from tiab.store import Entry

__all__ = ["GROWTH", "Learned", "Learner", "RankingEntry", "is_due", "nothing_learned", "ranked_entry"]

GROWTH = 0.01
"""Once the labels have grown by this share, the ranking is worth making anew; an inclusion is always worth it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Learned:
    """A pool as it ranks after some labels.

    Attributes:
        record_ids: of the pool, in its order.
        labels: what was learned from.
        model: None where there was nothing to rank by; the pool is then in its own order.
        scores: shape (n_records,).
        places: positions in `record_ids`, best first; shape (n_records,).
    """

    record_ids: Sequence[str]
    labels: Mapping[str, Label]
    model: RankingModel | None
    scores: NDArray[np.float64]
    places: NDArray[np.intp]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The record ids, best first."""
        return tuple(map(self.record_ids.__getitem__, self.places.tolist()))

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Record id -> its rank, from 1."""
        return {record_id: rank for rank, record_id in enumerate(self.order, 1)}

    @cached_property
    def order_hash(self) -> str:
        """16 hex digits of the order."""
        return hashlib.sha256("\n".join(self.order).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @cached_property
    def model_hash(self) -> str:
        """16 hex digits of every digit of the model; "" without one."""
        if self.model is None:
            return ""
        digest = hashlib.blake2b(self.model.coef.tobytes(), digest_size=8)
        digest.update(np.float64(self.model.intercept).tobytes())
        return digest.hexdigest()


class Learner:
    """Ranks one pool by labels; what its fits have in common is computed once."""

    def __init__(self, features: Features, fingerprints: Sequence[str], *, seed: int = 0) -> None:
        self.features = features
        self._fingerprints = list(fingerprints)
        self._ties = np.argsort(np.argsort(np.array(self._fingerprints, dtype=np.str_), kind="stable"), kind="stable")
        self._ids = [record.record_id for record in features.records]
        self._known = set(self._ids)
        self._seed = seed

    @cached_property
    def _memory(self) -> Memory:
        return Memory(make_ranker(self.features.space, seed=self._seed), self.features.matrix)

    def learn(self, labels: Mapping[str, Label], *, pause: Callable[[], object] = lambda: None) -> Learned:
        """The pool ranked by the criteria and `labels`; "maybe", and labels of records outside it, teach nothing.

        `pause` is called between its steps; what it raises ends it.
        """
        labels = {key: label for key, label in teaching(labels).items() if key in self._known}
        try:
            model = fit(self.features, labels, seed=self._seed, memory=self._memory, fingerprints=self._fingerprints)
        except LabelError:
            return nothing_learned(self._ids)
        pause()
        scores = model.score(self.features)
        pause()
        return Learned(
            record_ids=self._ids, labels=labels, model=model, scores=scores, places=np.lexsort((self._ties, -scores))
        )


def nothing_learned(record_ids: Sequence[str] = ()) -> Learned:
    """A pool in its own order, where there is nothing to rank by."""
    n = len(record_ids)
    return Learned(record_ids=record_ids, labels={}, model=None, scores=np.zeros(n), places=np.arange(n))


def is_due(learned: Mapping[str, Label], now: Mapping[str, Label]) -> bool:
    """Whether the labels have changed so much that the ranking should be made anew.

    They have with any new inclusion, any label that was changed or taken back, and once 1% more were given: the
    4,001st exclusion moves nothing that a reader would notice, and learning from it would make them wait.

    >>> from tiab.labels import Decision
    >>> yes, no = (Label(record_id="1", decision=one) for one in (Decision.INCLUDE, Decision.EXCLUDE))
    >>> is_due({}, {"1": no}), is_due({"1": yes}, {"1": no}), is_due({"1": no}, {"1": no})
    (True, True, False)
    """
    now = teaching(now)
    if any(key not in now or now[key].decision != label.decision for key, label in learned.items()):
        return True
    fresh = [label for key, label in now.items() if key not in learned]
    if any(label.decision is Decision.INCLUDE for label in fresh):
        return True
    return len(fresh) >= max(1, int(GROWTH * len(learned)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingEntry:
    """What the log says of one ranking.

    Attributes:
        after: the last event that it knew of.
        scope: "own" (what one reviewer knew) or "joint" (all reviewers together).
        reviewer: whose, where the scope is "own".
        records: how many records had been imported.
        included, excluded: the labels that it learned from.
        seed: what was drawn by chance.
        criteria: fingerprint of the criteria.
        data: hash of the labels and of the records they were given to.
        model: hash of every digit of the model; "" where there was nothing to rank by.
        order: hash of the record ids in their order.
        rules, tiab: the version of the rules for PICO and features, and of tiab.
        by_words: whether PICO had not read the records yet, and the terms were looked for in their words.
    """

    after: int
    scope: str
    reviewer: str = ""
    records: int
    included: int
    excluded: int
    seed: int
    criteria: str
    data: str
    model: str
    order: str
    rules: str
    tiab: str
    by_words: bool = False

    @classmethod
    def read(cls, reviewer: str, payload: Mapping[str, Any]) -> RankingEntry:
        """The entry that a `ranked` event holds.

        Raises:
            KeyError, TypeError, ValueError: it does not hold one.
        """
        return cls(
            after=int(payload["after"]),
            scope=str(payload["scope"]),
            reviewer=reviewer,
            records=int(payload["records"]),
            included=int(payload["included"]),
            excluded=int(payload["excluded"]),
            seed=int(payload["seed"]),
            criteria=str(payload["criteria"]),
            data=str(payload["data"]),
            model=str(payload["model"]),
            order=str(payload["order"]),
            rules=str(payload["rules"]),
            tiab=str(payload["tiab"]),
            by_words=bool(payload.get("by_words", False)),
        )


def ranked_entry(learned: Learned, snapshot: Snapshot, reviewer: str | None, *, by_words: bool = False) -> Entry:
    """What the log is to say of a ranking of `snapshot` for one reviewer, or (None) for all together."""
    model = learned.model
    payload = {
        "after": snapshot.state.cursor,
        "scope": "joint" if reviewer is None else "own",
        "records": len(snapshot.records),
        "included": model.n_included if model else 0,
        "excluded": model.n_excluded if model else 0,
        "seed": snapshot.seed,
        "criteria": snapshot.criteria_fingerprint,
        "data": model.data_hash if model else "",
        "model": learned.model_hash,
        "order": learned.order_hash,
        "rules": rules_version(),
        "tiab": tiab.__version__,
        **({"by_words": True} if by_words else {}),
    }
    return Entry(kind="ranked", reviewer=reviewer or "", payload=payload)
