"""Desk: what one reviewer works at. Decisions go to the disk here, and the next record comes from here."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace

from tiab.errors import CriteriaError, LabelError
from tiab.labels import Decision
from tiab.review import Conflict, RecordView, Review
from tiab.review.notes import NoteKind
from tiab.review.record_list import RecordList
from tiab.review.screening import ScreeningCounts
from tiab.store import Event, GivenLabel
from tiab.web.background import Background
from tiab.web.counting import Counting
from tiab.web.pairs import Pairs
from tiab.web.settings import Settings, SettingsFile

__all__ = ["Abstracts", "Desk", "Moved"]

_PATIENCE = 1.0
"""Seconds for which somebody waits for the ranking of records that just came in, before they are told how it goes."""

_QUIET, _LONGEST = 0.25, 2.0
"""Seconds without a decision after which learning begins, and after which it begins in any case: whoever decides faster
than that should not wait for it, as both want the one interpreter."""


class Moved(LabelError):
    """Somebody (another tab, another program) decided on the record since this page showed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstracts:
    """How many abstracts have been read for the ranking that is being made."""

    read: int = 0
    of: int = 0


class Desk:
    """One reviewer's place before an open review; threads may share it.

    Attributes:
        review: the review.
        reviewer: the name; "" where none was given.
        blind: whether what other reviewers decided is kept from this one.
        catalogue: the records, to be looked through.
        pairs: the records that may be duplicates.
        counting: what criteria hit that are being written.
        abstracts: how far the reading of new records has come.
        learning: what makes the ranking anew after decisions.
        preparing: what is made before somebody looks through the records.
    """

    def __init__(self, review: Review, *, reviewer: str = "", blind: bool = False) -> None:
        self.review, self.reviewer, self.blind = review, reviewer, blind
        self.catalogue, self.pairs, self.counting = RecordList(review, reviewer), Pairs(review), Counting(review)
        self.abstracts = Abstracts()
        self._screening = review.screening(reviewer)
        self._rereads = self._screening.rereads
        self._settings = SettingsFile(review.folder, reviewer)
        self.preparing = Background(self._prepare, name="Preparing the list of records", anew=True)
        self.learning = Background(self._learn, name="Ranking", quiet=_QUIET, longest=_LONGEST)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Ends what is done in the background; the review stays open."""
        for job in self._jobs:
            job.close()

    @property
    def failures(self) -> tuple[str, ...]:
        """What stopped in the background, and why, in a sentence each."""
        return tuple(f"{job.name} stopped: {error}" for job in self._jobs if (error := job.error))

    def start_again(self) -> None:
        """Has done again what stopped in the background."""
        for job in self._jobs:
            if job.error:
                job.start()

    @property
    def _jobs(self) -> tuple[Background, ...]:
        return self.learning, self.preparing, self.pairs.background, self.counting.background

    @property
    def settings(self) -> Settings:
        """How this reviewer wants the page."""
        return self._settings.read()

    def keep_settings(self, settings: Settings) -> None:
        """Stores how this reviewer wants the page."""
        self._settings.write(settings)

    def look(self, record_id: str) -> RecordView:
        """A record as this reviewer sees it; a LabelError where there is none of that id."""
        return self.review.view(record_id, reviewer=self.reviewer)

    def standing(self, record_id: str) -> GivenLabel | None:
        """What this reviewer decided on a record; None where they did not, or took it back."""
        self._follow()
        return self._screening.decision(record_id)

    def note(self, record_id: str, *, kind: NoteKind = "labelled") -> str:
        """The note that this reviewer is writing on a record, or last wrote beside a decision on it."""
        note = self.review.note(record_id, reviewer=self.reviewer, kind=kind)
        standing = (
            self.standing(record_id) if note is None and kind == "labelled" else None
        )  # given to a duplicate, or in a file
        return standing.note if standing else note or ""

    def tally(self) -> ScreeningCounts:
        """How far this reviewer has come."""
        self._follow()
        return self._screening.counts()

    def conflicts(self) -> tuple[Conflict, ...]:
        """The open conflicts that this reviewer may see: who is blinded, those on which they decided themselves."""
        return self.review.conflicts(self.reviewer if self.blind else None)

    def next_id(self, skipped: Collection[str] = ()) -> str | None:
        """The record to be screened next; one of `skipped` only where no other is left.

        None after the last, and while the abstracts of those that are left are being read, which may take minutes, or
        where they could not be ranked.

        Raises:
            CriteriaError: there is a mistake in the criteria file.
        """
        found, left = self._look_up(skipped)
        if found is None and left:  # records came in that were never ranked
            error = self.learning.error
            if error is None or isinstance(error, CriteriaError):  # the file may have been corrected
                self.learning.start()
            self.learning.wait(_PATIENCE)
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
            Moved: another decision on the record stands by now; nothing was stored.
        """
        with self._lock:
            standing = self.standing(record_id)
            if (standing.event_id if standing else 0) != seen and not self.review.is_stored(token, after=seen):
                said = f"'{standing.label.decision}'" if standing else "nothing any more"
                raise Moved(f"this record was decided on elsewhere: {said} stands", hint="Look again, then decide.")
            event = self.review.label(
                record_id, decision, reviewer=self.reviewer, reason=reason, note=note, token=token
            )
        self.learning.wake()
        return event

    def undo(self, token: str, *, record_id: str = "") -> Event | None:
        """Takes back this reviewer's last decision (on one record, where it is named); None where there is none."""
        with self._lock:
            event = self.review.undo(self.reviewer, record_id=record_id, token=token)
        self.learning.wake()
        return event

    def follow(self) -> None:
        """Sees what was just written to the review, and has it learned from."""
        with self._lock:
            self._follow()
        self.learning.wake()

    def _learn(self) -> None:
        self.abstracts = Abstracts(of=len(self.review.snapshot.records))
        self.review.learn(self.reviewer, progress=self._tell)
        self.preparing.wake()

    def _tell(self, more: int) -> None:
        self.abstracts = replace(self.abstracts, read=self.abstracts.read + more)
        self.learning.pause()

    def _prepare(self) -> None:
        for _ in self.catalogue.make_ready():
            self.preparing.pause()

    def _follow(self) -> None:
        """Has learned what more than new decisions changed."""
        rereads = self._screening.rereads
        if rereads != self._rereads:
            self._rereads = rereads
            self.learning.wake()

    def _look_up(self, skipped: Collection[str]) -> tuple[str | None, bool]:
        """The best-ranked open record, and whether any is open."""
        self._follow()
        found = self._screening.next_id(self.review.queue(self.reviewer), skipped)
        return found, self._screening.counts().left > 0
