"""ReviewerSession: stores what one reviewer decides, chooses the next record, and runs the background work."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from tiab.errors import CriteriaError, LabelError
from tiab.labels import Decision
from tiab.review import RecordView, Review
from tiab.review.notes import NoteKind
from tiab.review.record_list import RecordList
from tiab.review.screening import ScreeningCounts
from tiab.store import Event, GivenLabel
from tiab.web.background import Background
from tiab.web.card import Card, make_card
from tiab.web.jobs import DuplicateSearch, TermCounter
from tiab.web.settings import Settings, SettingsFile

__all__ = ["Abstracts", "ReviewerSession", "StaleError"]

_PATIENCE = 1.0
"""Seconds for which somebody waits for the ranking of records that just came in, before they are told how it goes."""

_TURN = 0.1

_QUIET, _LONGEST = 0.25, 2.0
"""Seconds without a decision after which learning begins, and after which it begins in any case: whoever decides faster
than that should not wait for it, as both want the one interpreter."""


class StaleError(LabelError):
    """What the page showed has changed since, in another tab or by another reviewer; nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstracts:
    """How many abstracts have been read for the ranking that is being made."""

    read: int = 0
    of: int = 0


class ReviewerSession:
    """What one reviewer does on an open review; threads may share it.

    Attributes:
        review: the review.
        reviewer: the name; "" where none was given.
        records: the list of records, with search and filters.
        duplicates: finds the records that may be duplicates.
        term_counter: counts the records that match criteria while they are edited.
        abstracts: how many abstracts of new records have been read.
        learning: updates the ranking after decisions.
        preparing: prepares the list of records before it is opened.
    """

    def __init__(self, review: Review, *, reviewer: str = "", blind: bool = False) -> None:
        self.review, self.reviewer, self._blind = review, reviewer, blind
        self.records = RecordList(review, reviewer)
        self.duplicates, self.term_counter = DuplicateSearch(review), TermCounter(review)
        self.abstracts = Abstracts()
        self._screening = review.screening(reviewer)
        self._rereads = self._screening.rereads
        self._learned_pool: object = None
        self._settings = SettingsFile(review.folder, reviewer)
        self.preparing = Background(self._prepare, name="Preparing the list of records", anew=True)
        self.learning = Background(self._learn, name="Ranking", quiet=_QUIET, longest=_LONGEST)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Ends what is done in the background; the review stays open."""
        for job in self._jobs:
            job.close()

    @property
    def blind(self) -> bool:
        """Whether what other reviewers decided is kept from this one: by the policy of the review, or as was asked."""
        return self._blind or self.review.is_blinded(self.reviewer)

    @property
    def failures(self) -> tuple[str, ...]:
        """What stopped in the background, and why, in a sentence each."""
        return tuple(f"{job.name} stopped: {error}" for job in self._jobs if (error := job.error))

    def retry(self) -> None:
        """Starts again what stopped in the background."""
        for job in self._jobs:
            if job.error:
                job.start()

    @property
    def _jobs(self) -> tuple[Background, ...]:
        return self.learning, self.preparing, self.duplicates.background, self.term_counter.background

    @property
    def settings(self) -> Settings:
        """This reviewer's settings."""
        return self._settings.read()

    def save_settings(self, settings: Settings) -> None:
        """Stores this reviewer's settings."""
        self._settings.write(settings)

    def view(self, record_id: str) -> RecordView:
        """A record as this reviewer sees it; a LabelError where there is none of that id."""
        return self.review.view(record_id, reviewer=self.reviewer)

    def decision_on(self, record_id: str) -> GivenLabel | None:
        """This reviewer's decision on a record; None where there is none, or it was undone."""
        self._refresh()
        return self._screening.decision(record_id)

    def tags_on(self, record_id: str) -> tuple[str, ...]:
        """The labels on a record that this reviewer may see."""
        return self.review.annotations.now.tags_of(record_id, self.viewer)

    def card(self, record_id: str, *, decided: bool = True, search: str = "") -> Card:
        """What the pages show of a record; a LabelError where there is none of that id.

        Args:
            decided: with this reviewer's decision on it. search: the words that it was found by.
        """
        view = self.view(record_id)
        tags = self.tags_on(view.record.record_id)
        decision = self.decision_on(record_id) if decided else None
        return make_card(view, decision, self.settings, tags=tags, search=search)

    def note_on(self, record_id: str, *, kind: NoteKind = "labelled") -> str:
        """The note that this reviewer is writing on a record, or last wrote beside a decision on it."""
        note = self.review.note(record_id, reviewer=self.reviewer, kind=kind)
        if note is not None or kind != "labelled":
            return note or ""
        decision = self.decision_on(record_id)  # made on a duplicate, or imported from a file
        return decision.note if decision else ""

    def counts(self) -> ScreeningCounts:
        """How far this reviewer has come."""
        self._refresh()
        return self._screening.counts()

    @property
    def viewer(self) -> str | None:
        """Who is blinded to other reviewers' decisions: this reviewer, or None for nobody."""
        return self.reviewer if self.blind else None

    def next_id(self, skipped: Collection[str] = (), *, wait: bool = True) -> str | None:
        """The record to be screened next; one of `skipped` only where no other is left.

        None after the last, and while the abstracts of those that are left are being read, which may take minutes, or
        where they could not be ranked.

        Args:
            wait: give a first ranking that is about to be ready a second.

        Raises:
            CriteriaError: there is an error in the criteria file.
        """
        found, left = self._look_up(skipped)
        if found is None and left:  # records came in that were never ranked
            error = self.learning.error
            if error is None or isinstance(error, CriteriaError):  # the file may have been corrected
                self.learning.start()
            until = time.monotonic() + _PATIENCE
            while wait and found is None and not self.learning.wait(_TURN) and time.monotonic() < until:
                found, _ = self._look_up(skipped)  # a first ranking holds while the abstracts are read
            found, _ = self._look_up(skipped)
            error = self.learning.error
            if found is None and isinstance(error, CriteriaError):
                raise error
        return found

    def decide(
        self, record_id: str, decision: Decision, *, reason: str = "", note: str = "", token: str, seen: int
    ) -> Event:
        """Stores a decision; it is on the disk when this returns.

        Args:
            token: the same for each attempt to store this one decision.
            seen: the number of the decision that the page showed beside the record; 0 for none.

        Raises:
            StaleError: the decision on the record has changed since; nothing was stored.
        """
        with self._lock:
            current = self.decision_on(record_id)
            if (current.event_id if current else 0) != seen and not self.review.is_stored(token, after=seen):
                now = f"the decision is now '{current.label.decision}'" if current else "there is no decision any more"
                raise StaleError(f"this record was changed in another window: {now}", hint="Check it, then decide.")
            event = self.review.label(
                record_id, decision, reviewer=self.reviewer, reason=reason, note=note, token=token
            )
        self.learning.wake()
        return event

    def undo(self, token: str, *, record_id: str = "") -> Event | None:
        """Undoes this reviewer's last decision (on one record, where it is named); None where there is none."""
        with self._lock:
            event = self.review.undo(self.reviewer, record_id=record_id, token=token)
        self.learning.wake()
        return event

    def refresh(self) -> None:
        """Takes in what was just written to the review, and updates the ranking."""
        self._refresh()
        self.learning.wake()

    @property
    def ranks_by_words(self) -> bool:
        """Whether the ranking is a first one, until the abstracts have been read."""
        queue = self.review.queue(self.reviewer)
        return queue is not None and queue.by_words

    def _learn(self) -> None:
        snapshot = self.review.snapshot
        self._learned_pool = snapshot.membership, snapshot.criteria_fingerprint
        self.abstracts = Abstracts(of=len(snapshot.records))
        self.review.learn_by_words(self.reviewer, pause=self.learning.pause)
        self.review.learn(self.reviewer, progress=self._count_abstracts, pause=self.learning.pause)
        self.preparing.wake()

    def _count_abstracts(self, more: int) -> None:
        self.abstracts = replace(self.abstracts, read=self.abstracts.read + more)
        self.learning.pause()

    def _prepare(self) -> None:
        for _ in self.records.make_ready():
            self.preparing.pause()

    def _refresh(self) -> None:
        """Updates the ranking where more than decisions has changed."""
        rereads = self._screening.rereads
        if rereads != self._rereads:
            self._rereads = rereads
            snapshot = self.review.snapshot
            if self._learned_pool not in (None, (snapshot.membership, snapshot.criteria_fingerprint)):
                self.learning.restart()  # nobody waits for the abstracts to be read for criteria that hold no more
            self.learning.wake()

    def _look_up(self, skipped: Collection[str]) -> tuple[str | None, bool]:
        """The best-ranked open record, and whether any is open."""
        self._refresh()
        found = self._screening.next_id(self.review.queue(self.reviewer), skipped)
        return found, self._screening.counts().left > 0
