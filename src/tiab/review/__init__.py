"""A review that remembers: its records, its criteria, every decision, and the ranking that follows from them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tiab.review.policy import Policy
from tiab.review.reviewers import Conflict
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.review.states import RecordState, States
from tiab.review.status import DecisionCounts, Status

if TYPE_CHECKING:
    from tiab.decisions import Matching
    from tiab.review.decision_import import DecisionsReport
    from tiab.review.queue import Queue, RecordView, Suggestion
    from tiab.review.record_import import FileReport
    from tiab.review.replaying import Replay, Replayed
    from tiab.review.updating import Update

__all__ = [
    "Conflict",
    "DecisionCounts",
    "DecisionsReport",
    "FileReport",
    "Matching",
    "Policy",
    "Queue",
    "RecordState",
    "RecordView",
    "Replay",
    "Replayed",
    "Review",
    "Snapshot",
    "States",
    "Status",
    "Suggestion",
    "Update",
]

_LOADED_LATER = {
    "DecisionsReport": "tiab.review.decision_import",
    "FileReport": "tiab.review.record_import",
    "Matching": "tiab.decisions",
    "Queue": "tiab.review.queue",
    "RecordView": "tiab.review.queue",
    "Replay": "tiab.review.replaying",
    "Replayed": "tiab.review.replaying",
    "Suggestion": "tiab.review.queue",
    "Update": "tiab.review.updating",
}
"""Types of what reads files and of what ranks, which take long to load."""


def __getattr__(name: str) -> Any:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'tiab.review' has no attribute '{name}'")
    return getattr(import_module(_LOADED_LATER[name]), name)
