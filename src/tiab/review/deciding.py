"""Deciding: what a reviewer decides on one record of an open review, with its note, and takes back."""

from __future__ import annotations

import threading
from collections.abc import Collection

from tiab.errors import LabelError
from tiab.labels import Label
from tiab.review.lazy_learning import LazyLearning
from tiab.review.notes import NoteKind, Notes
from tiab.review.screening import Screening
from tiab.review.snapshot import SnapshotReader
from tiab.store import Event, Store, label_entry

__all__ = ["Deciding", "must_be_alone"]


class Deciding:
    """The decisions of the reviewers of an open review, each on the disk when its method returns."""

    def __init__(self, store: Store, reader: SnapshotReader, notes: Notes, learning: LazyLearning) -> None:
        self._store, self._reader, self._notes, self._learning = store, reader, notes, learning
        self._lock = threading.Lock()
        self._screenings: dict[str, Screening] = {}

    def screening(self, reviewer: str = "") -> Screening:
        """What one reviewer has decided so far, and which record comes next without learning anew."""
        with self._lock:
            if reviewer not in self._screenings:
                self._screenings[reviewer] = Screening(self._store, self._reader, reviewer)
            return self._screenings[reviewer]

    def label(self, label: Label, *, note: str = "", token: str | None = None) -> Event:
        """Stores one decision, behind the ranking that it rests on; its entry in the log.

        Args:
            token: chosen by the caller for this decision; if it is sent again with the same token it is stored once.

        Raises:
            LabelError: there is no such record, or it has no name in a review whose reviewers have names.
            ReviewError: it could not be stored.
        """
        self._reader.record(label.record_id)
        if not label.reviewer and not label.prior:
            must_be_alone(self._store.named_reviewers())
        ranked = self._learning.unlogged(label.reviewer)
        event = self._store.append_all([*ranked, label_entry(label, note=note, token=token)])[-1]
        self._learning.has_logged(label.reviewer, ranked)
        self._notes.drop_draft(event)
        return event

    def undo(self, reviewer: str = "", *, record_id: str = "", token: str | None = None) -> Event | None:
        """Takes back this reviewer's last decision (on one record, where it is named); None if there is none.

        The entry names the record, and `target` the decision; an earlier decision on the record then counts again.
        """
        return self._store.undo(reviewer, record_id=record_id, token=token)

    def keep_note(self, record_id: str, text: str, reviewer: str, kind: NoteKind, *, seen: str | None = None) -> str:
        """Keeps a note that is being written until a decision is stored with it; the note as it is kept.

        Args:
            seen: the note as the writer last saw it. If another window has written something else since, both are kept.

        Raises:
            LabelError: there is no such record.
            InputError: it could not be written.
        """
        self._reader.record(record_id)
        return self._notes.keep(record_id, text, reviewer, kind, seen=seen)


def must_be_alone(names: Collection[str], path: str | None = None) -> None:
    """Raises LabelError where a decision without a name would stand beside those of named reviewers."""
    if names:
        so_far = ", ".join(sorted(names)[:5])
        hint = f"Say whose they are: --reviewer NAME, or 'Reviewer' on the page ({so_far} so far)."
        what = "does not say who made these decisions" if path else "decisions in this review have names"
        raise LabelError(what, path=path, hint=hint)
