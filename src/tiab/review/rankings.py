"""Rankings: what the log keeps of each, so that it can be made again and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tiab
from tiab.review.found import rules_version
from tiab.review.learner import Learned
from tiab.review.snapshot import Snapshot
from tiab.store import Entry

__all__ = ["RankingEntry", "ranked_entry"]


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
        )


def ranked_entry(learned: Learned, snapshot: Snapshot, reviewer: str | None) -> Entry:
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
    }
    return Entry(kind="ranked", reviewer=reviewer or "", payload=payload)
