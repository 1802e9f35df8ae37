"""Review: the one service through which the commands, the page and Python users work on a review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import tiab
from tiab.criteria import Criteria
from tiab.decisions import Matching, match_names, read_decisions
from tiab.errors import LabelError
from tiab.evaluation.agreement import Agreement
from tiab.labels import Decision, Label
from tiab.pico import Span, find_spans
from tiab.pico.pipeline import Progress
from tiab.ranking.rank import Ranking
from tiab.records import Record
from tiab.review.exporting import export
from tiab.review.gaps import gaps
from tiab.review.importing import (
    DecisionsReport,
    find_import,
    label_entries,
    must_be_alone,
    plan_import,
    undo_entries,
)
from tiab.review.intake import FileReport, add_files
from tiab.review.live import Live, Queue
from tiab.review.looking import RecordView, view_record
from tiab.review.making import make
from tiab.review.notes import NoteKind, Notes
from tiab.review.opinions import Conflict, conflicts
from tiab.review.replaying import Replay, Replaying, replay
from tiab.review.snapshot import Snapshot
from tiab.review.status import Status, measure_status
from tiab.review.suggesting import Suggestion, suggest
from tiab.review.team import agreements, link_entry, must_conflict, unlink_entries
from tiab.review.updating import Update, make_update
from tiab.store import Check, Entry, Event, Import, LogEnd, Store, check_folder, label_entry

__all__ = ["Review"]


class Review:
    """A review: one folder that holds its records, its criteria and the log of everything that happened.

    Each method that writes returns once what it wrote is on the disk. One Review may be shared by threads, and several
    programs may have one folder open at once; each sees what the others did. Nothing is ever deleted.

    A reviewer is a name; "" is a reviewer who gave none. Reviewers are blinded: `next`, `labels` and `export` for one
    of them rest on that reviewer's own decisions, on settled conflicts and on prior knowledge alone.

    Attributes:
        folder: the folder.
        read_only: whether it can be read but not written.
        warnings: what whoever opens it should know, in sentences: that it lies in a folder that is synchronised, say.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Review.create(folder) as review:
    ...     review.status().records
    0
    """

    def __init__(self, folder: str | Path, *, jobs: int = 1, progress: Progress | None = None) -> None:
        """Opens the review in `folder`.

        Args:
            jobs: processes for the PICO step.
            progress: called with the number of records that the PICO step has done since the last call.

        Raises:
            ReviewError: there is none, or it is damaged, foreign or from a later version of tiab.
        """
        self._store = Store(folder)
        self._live = Live(self._store, jobs=jobs, progress=progress)
        self._notes = Notes(self._store)
        self.folder = Path(folder)
        self.read_only, self.warnings = self._store.read_only, self._store.warnings

    @classmethod
    def create(cls, folder: str | Path, criteria: Criteria | str | Path | None = None, *, seed: int = 0) -> Review:
        """A new review in `folder`, which is made where it is missing.

        Args:
            criteria: a criteria file, which is copied into the folder, or Criteria; None to rank by labels alone.

        Raises:
            CriteriaError: there is a mistake in the criteria file.
            ReviewError: there is a review already, or the folder cannot be written.
        """
        make(folder, criteria, seed=seed)
        return cls(folder)

    @staticmethod
    def check(folder: str | Path, *, anchors: Iterable[str] = ()) -> Check:
        """Whether records and log are as tiab wrote them, as far as their hashes tell; nothing is raised for a fault.

        Args:
            anchors: events that the log is known to hold, as NUMBER:HASH, from an earlier check or a report.

        Raises:
            ReviewError: there is no review in `folder`, or an anchor is none.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, Review.create(folder):
        ...     Review.check(folder).sound
        True
        """
        return check_folder(folder, program=tiab.__version__, anchors=[LogEnd.parse(text) for text in anchors])

    def __enter__(self) -> Review:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the review; a second time does nothing."""
        self._store.close()

    # What it holds

    @property
    def criteria(self) -> Criteria | None:
        """The criteria as they are in the folder's criteria file now; a mistake in it is a CriteriaError."""
        return self._live.snapshot.criteria

    @property
    def snapshot(self) -> Snapshot:
        """The review as it stands now: all its records, labels and links, unchanging."""
        return self._live.snapshot

    def record(self, record_id: str) -> Record:
        """The record of that id; a LabelError where there is none, or its import was undone."""
        record = self._store.record(record_id)
        if self._store.events(kinds=["import_undone"]) and record_id not in self._live.snapshot.places:
            hint = "Import its file again to bring it back."
            raise LabelError(f"the import of record '{record_id[:80]}' was undone", path=self.folder, hint=hint)
        return record

    def events(self, *, after: int = 0) -> tuple[Event, ...]:
        """What happened since the event of that number, in order."""
        return self._store.events(after=after)

    def log(self, entry: Entry) -> Event:
        """Writes an entry into the log; a LabelError where it names a record that is not in the review."""
        return self._store.append(entry)

    def status(self) -> Status:
        """Where the review stands, in numbers."""
        return measure_status(self._live.snapshot, self._store.sources())

    def labels(self, reviewer: str | None = None) -> dict[str, Label]:
        """Record id -> the label that stands for one reviewer, or (None) for all together where they agree."""
        return self._live.snapshot.labels(reviewer)

    def spans(self, record: Record) -> tuple[Span, ...]:
        """All that PICO finds in one record, with sample sizes, doses and markers."""
        return find_spans([record], self.criteria)[0]

    def gaps(self, records: Sequence[Record], criteria: Criteria | None) -> list[tuple[str, ...]]:
        """For each of `records` the names of the criteria's concepts that it lacks; quick once they are ranked."""
        return gaps(self._live, records, criteria)

    # Records in

    def add(
        self, files: Iterable[str | Path], *, reviewer: str = "", progress: Progress | None = None
    ) -> list[FileReport]:
        """Adds the records of search exports; what became of them, file by file.

        Records that the review holds already are not added again; duplicates that say more than the record it holds
        are added and linked to it. All files are read before the first is stored.

        Args:
            progress: called with numbers of records that were compared, which add up to that of all.

        Raises:
            InputError: a file cannot be read; nothing was added.
            ReviewError: nothing of a file could be stored.
        """
        return add_files(self._store, self._live, files, reviewer=reviewer, progress=progress)

    def update(self, files: Iterable[str | Path], *, reviewer: str = "") -> Update:
        """Adds a later search as `add` does, and ranks what is new in it by all that was learned before."""
        learner, queue = self._live.learned(None)
        return make_update(self._live, learner, queue, self.add(files, reviewer=reviewer))

    # Screening

    def next(self, reviewer: str = "", *, learn: bool = True) -> Suggestion | None:
        """The record that this reviewer should screen next; None where all are screened.

        Args:
            learn: first learn from the decisions since, where it is due; else read on from the ranking there is.
        """
        if learn or self._live.queue(reviewer) is None:
            self._live.learn(reviewer)
        queue = self._live.queue(reviewer)
        return suggest(self._live.snapshot, queue, reviewer) if queue else None

    def learn(self, reviewer: str | None = "", *, progress: Progress | None = None) -> bool:
        """Makes a reviewer's ranking (None: that of all together) anew where it is due; whether it was.

        A page may call it beside the reading; `next(learn=False)` reads on from what there is meanwhile. `progress` is
        told how many more abstracts were read, where they are read for the first time.
        """
        return self._live.learn(reviewer, progress=progress)

    def queue(self, reviewer: str | None = "") -> Queue | None:
        """The ranking that this reviewer reads from; None before the first `learn`."""
        return self._live.queue(reviewer)

    def view(self, record_id: str, *, reviewer: str | None = "") -> RecordView:
        """One record as this reviewer sees it, with what was found in it and what moved it to its place."""
        self.record(record_id)
        return view_record(self._live.snapshot, self._live.queue(reviewer), record_id)

    def label(
        self,
        record_id: str,
        decision: Decision | str,
        *,
        reviewer: str = "",
        reason: str = "",
        note: str = "",
        prior: bool = False,
        token: str | None = None,
    ) -> Event:
        """Stores one decision; its entry in the log. It is on the disk when this returns.

        Args:
            reason: why the record is excluded.
            token: chosen by the caller for this decision; if it is sent again with the same token it is stored once.

        Raises:
            LabelError: there is no such record, or no such decision.
            ReviewError: it could not be stored.
        """
        label = Label(
            record_id=record_id, decision=Decision.parse(decision), reviewer=reviewer, reason=reason, prior=prior
        )
        self.record(record_id)
        if not reviewer and not prior:
            must_be_alone(self._store.named_reviewers())
        ranked = self._live.unlogged(reviewer)
        event = self._store.append_all([*ranked, label_entry(label, note=note, token=token)])[-1]
        self._live.has_logged(reviewer, ranked)
        self._notes.settle(event)
        return event

    def undo(self, reviewer: str = "", *, record_id: str = "", token: str | None = None) -> Event | None:
        """Takes back this reviewer's last decision (on one record, where it is named); None if there is none.

        The entry names the record, and `target` the decision; an earlier decision on the record then stands again.
        """
        return self._store.undo(reviewer, record_id=record_id, token=token)

    def note(self, record_id: str, *, reviewer: str = "", kind: NoteKind = "labelled") -> str | None:
        """The note that a reviewer is writing on a record; else the one beside their last decision on it.

        A decision that was taken back leaves its note for the next one. None where nothing was ever written.
        """
        return self._notes.read(record_id, reviewer, kind)

    def keep_note(
        self, record_id: str, text: str, *, reviewer: str = "", kind: NoteKind = "labelled", seen: str | None = None
    ) -> str:
        """Keeps a note that is being written until a decision is stored with it; the note as it is kept.

        Args:
            seen: the note as the writer last saw it. If another window has written something else since, both are kept.

        Raises:
            LabelError: there is no such record.
            InputError: it could not be written.
        """
        self.record(record_id)
        return self._notes.keep(record_id, text, reviewer, kind, seen=seen)

    def add_labels(
        self,
        path: str | Path,
        *,
        decision: Decision | str | None = None,
        reviewer: str | None = None,
        prior: bool = False,
    ) -> DecisionsReport:
        """Stores the decisions that a file of tiab, Rayyan, Covidence, ASReview or a table carries; what came of it.

        What the review has already, from the same file or otherwise, is not stored again.

        Args:
            decision: the one made on all records of the file, as Covidence writes a file for each list.
            reviewer: whose decisions they are; those that a file of tiab names keep their names. "" in a review whose
                only reviewer has no name.
            prior: they are prior knowledge, whatever the file says.

        Raises:
            InputError: the file cannot be read.
            LabelError: it carries no decisions, or nobody says whose they are.
        """
        said = None if decision is None else Decision.parse(decision)
        labels = read_decisions(path, decision=said, by_reviewer=True)
        report, entry, entries = plan_import(labels, self._live.snapshot, reviewer=reviewer, prior=prior)
        if not entries:
            return report
        self._store.import_decisions(entry, entries)
        return replace(report, number=len(self._live.snapshot.logged.files))

    def undo_import(self, number: int, *, reviewer: str = "") -> Import:
        """Undoes an import as a whole; the import as it then stands.

        Records that no other file had are out of the pool, with what was decided on them; decisions are taken back. All
        stays in the log, and importing the file again brings it back.

        Raises:
            ReviewError: there is no import of that number, or it was undone already.
        """
        self._store.append_all(undo_entries(self._live.snapshot.logged, number, reviewer=reviewer))
        return find_import(self._live.snapshot.logged, number)

    def imports(self) -> tuple[Import, ...]:
        """The files that records or decisions came from, in order, those undone as well."""
        return self._live.snapshot.logged.files

    def add_prior(self, names: Iterable[str], *, reviewer: str = "") -> Matching:
        """Labels known relevant records, named by PMID, DOI, title or id, as prior knowledge; what was found.

        What is missing was not found by the review's search, which is worth a look at the search.
        """
        snapshot = self._live.snapshot
        matching = match_names(names, snapshot.known)
        named = replace(matching, found=tuple((key, replace(one, reviewer=reviewer)) for key, one in matching.found))
        self._store.append_all(label_entries(named, snapshot.logged))
        return matching

    # Two reviewers

    def conflicts(self) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody settled."""
        snapshot = self._live.snapshot
        return conflicts(snapshot.state, snapshot.groups)

    def resolve(
        self,
        record_id: str,
        decision: Decision | str,
        *,
        reviewer: str = "",
        reason: str = "",
        note: str = "",
        token: str | None = None,
    ) -> Event:
        """Settles a record on which reviewers disagree, by a third entry; a LabelError where they do not."""
        if token is None or all(event.token != token for event in self._store.events(kinds=["resolved"])):
            must_conflict(self._live.snapshot, record_id)
        label = Label(record_id=record_id, decision=Decision.parse(decision), reviewer=reviewer, reason=reason)
        event = self._store.append(label_entry(label, note=note, token=token, kind="resolved"))
        self._notes.settle(event)
        return event

    def agreement(self, *, confidence: float = 0.95) -> dict[tuple[str, str], Agreement]:
        """Two reviewers -> how far they agree on what both screened, "maybe" as include, whatever was settled later."""
        return agreements(self._live.snapshot, confidence=confidence)

    # Duplicates

    def merge(self, record_id: str, into: str, *, reason: str = "by hand", reviewer: str = "") -> Event:
        """Links a record to another as a report of the same study; its entry in the log.

        Raises:
            LabelError: there is no such record, or they are one already.
        """
        self.record(into)
        return self._store.append(link_entry(self._live.snapshot, record_id, into, reason=reason, reviewer=reviewer))

    def unmerge(self, record_id: str, *, reviewer: str = "") -> Event:
        """Takes back the link of a duplicate to its record; a LabelError where it is linked to none."""
        return self._store.append_all(unlink_entries(self._live.snapshot, record_id, reviewer=reviewer))[-1]

    # Rankings and reports

    def rank(self, reviewer: str | None = None, *, log: bool = True) -> Ranking:
        """All records ranked by all that is known now, to one reviewer or (None) to all together.

        Args:
            log: write into the log that this ranking was made.

        Raises:
            LabelError: there is nothing to rank by.
        """
        ranking = self._live.ranking(reviewer)
        if ranking is None:
            hint = "Give the review criteria, or label at least one record 'include'."
            raise LabelError("there is nothing to rank by", hint=hint)
        if log:
            self._live.log_ranking(reviewer)
        return ranking

    def export(
        self,
        path: str | Path,
        *,
        reviewer: str | None = None,
        only: Collection[Decision] = (),
        duplicates: bool = False,
        brief: bool = False,
    ) -> int:
        """Writes the records, best first, with rank, score, decisions and reasons; how many there are.

        Args:
            path: the suffix tells the format.
            reviewer: write this one's decisions only; None for all reviewers' together.
            only: write only the records with such a decision.
            duplicates: write those that are linked as duplicates, too.
            brief: write of each record what identifies it, and no more.

        Raises:
            InputError: the file cannot be written.
        """
        self._live.learn(reviewer)
        snapshot, queue = self._live.snapshot, self._live.queue(reviewer)
        entry = export(path, snapshot, queue, reviewer=reviewer, only=only, duplicates=duplicates, brief=brief)
        self._live.log_ranking(reviewer)
        if not self.read_only:
            self._store.append(entry)
        return int(entry.payload["records"])

    def replay(self, *, progress: Replaying | None = None) -> Replay:
        """Every ranking that the log names, made again from the log, and compared with what it was.

        Raises:
            ReviewError: the file is damaged.
        """
        self._store.check()
        return replay(self._store, jobs=self._live.jobs, progress=progress)
