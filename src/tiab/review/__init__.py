"""A review that remembers: its records, its criteria, every decision, and the ranking that follows from them."""

from tiab.decisions import Matching
from tiab.review.importing import DecisionsReport
from tiab.review.intake import FileReport
from tiab.review.live import Queue
from tiab.review.looking import RecordView
from tiab.review.opinions import Conflict
from tiab.review.replaying import Replay, Replayed
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.review.status import Counts, Status
from tiab.review.suggesting import Suggestion
from tiab.review.updating import Update

__all__ = [
    "Conflict",
    "Counts",
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
