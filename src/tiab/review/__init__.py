"""A review that remembers: its records, its criteria, every decision, and the ranking that follows from them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tiab.decisions import Matching
from tiab.review.decision_import import DecisionsReport
from tiab.review.record_import import FileReport
from tiab.review.reviewers import Conflict
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.review.status import DecisionCounts, Status

if TYPE_CHECKING:
    from tiab.review.queue import Queue, RecordView, Suggestion
    from tiab.review.replaying import Replay, Replayed
    from tiab.review.updating import Update

__all__ = [
    "Conflict",
    "DecisionCounts",
    "DecisionsReport",
    "FileReport",
    "Matching",
    "Queue",
    "RecordView",
    "Replay",
    "Replayed",
    "Review",
    "Snapshot",
    "Status",
    "Suggestion",
    "Update",
]

_LOADED_LATER = {
    "Queue": "queue",
    "RecordView": "queue",
    "Replay": "replaying",
    "Replayed": "replaying",
    "Suggestion": "queue",
    "Update": "updating",
}
"""Types of what ranks, which takes seconds to load."""


def __getattr__(name: str) -> Any:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'tiab.review' has no attribute '{name}'")
    return getattr(import_module(f"tiab.review.{_LOADED_LATER[name]}"), name)
