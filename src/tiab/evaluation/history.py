"""ScreeningHistory: in which order the records of a review were screened, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tiab.labels import Decision, Label

__all__ = ["LateStart", "ScreeningHistory"]

LateStart: TypeAlias = Literal[
    "", "decisions were imported", "several records were decided at once", "records were added"
]

_STATUS = {Decision.INCLUDE: "included", Decision.MAYBE: "maybe", Decision.EXCLUDE: "excluded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningHistory:
    """What was screened, duplicates aside, in which order, and with what decision.

    Attributes:
        screened: in the order of the first decision on each that was not taken back; those whose decision came from a
            file, so that this order says nothing, before all others.
        unordered: how many those are.
        since: after how many of the screened evidence begins of what may be missing (`tiab.stopping.significance`):
            what came before the last imported decision, or before records were last added, is none.
        because: why that is not from the first on; "" where it is.
        prior: known beforehand, and not screened since.
        unscreened: the others, in the order of the import.
        labels: record id -> the decision of all reviewers together; without those in conflict.
        pending: records whose decision is that of one reviewer, and not final before a second has decided.
        screeners: record id -> who decided on it.
    """

    screened: tuple[str, ...]
    prior: tuple[str, ...]
    unscreened: tuple[str, ...]
    labels: Mapping[str, Label]
    screeners: Mapping[str, frozenset[str]]
    pending: frozenset[str] = frozenset()
    unordered: int = 0
    since: int = 0
    because: LateStart = ""

    def decision(self, record_id: str) -> Decision | None:
        """What the reviewers decided together; None where they did not, or not yet."""
        label = self.labels.get(record_id)
        return label.decision if label else None

    def status(self, record_id: str) -> str:
        """The same in a word."""
        decision = self.decision(record_id)
        if decision is None:
            return "conflict" if record_id in self.screeners else "unscreened"
        if record_id in self.pending:
            return "awaiting second reviewer"
        if record_id not in self.screeners:
            return "known beforehand"
        return _STATUS[decision]

    def goes_on(self, record_id: str) -> bool:
        """Whether its full text is to be sought: included, "maybe", or a conflict that is not settled."""
        return self.decision(record_id) != Decision.EXCLUDE

    @property
    def decisions(self) -> NDArray[np.bool_]:
        """Whether each screened record goes on, in the order of screening."""
        return np.array([self.goes_on(record_id) for record_id in self.screened], dtype=bool)
