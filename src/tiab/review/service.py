"""Review: the one service through which the commands, the page and Python users work on a review."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tiab
from tiab.criteria import Criteria
from tiab.decisions import Matching, match_names, read_decisions
from tiab.dedupe import Duplicates, RelatedReports, find_duplicates, related_reports
from tiab.errors import LabelError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review.criteria_file import (
    CRITERIA_NAME,
    CriteriaText,
    CriteriaVersion,
    criteria_versions,
    make_folder,
    read_text,
    version_text,
    write_text,
)
from tiab.review.decision_import import (
    DecisionsReport,
    find_import,
    label_entries,
    must_be_alone,
    plan_import,
    undo_entries,
)
from tiab.review.duplicates import (
    BY_HAND,
    PAIR_EVENTS,
    PairDecision,
    certain_links,
    keep_apart_entry,
    link_entry,
    open_duplicates,
    pair_decisions,
    undo_pair_entry,
    unlink_entries,
)
from tiab.review.exporting import export
from tiab.review.notes import NoteKind, Notes
from tiab.review.record_import import FileReport, add_files
from tiab.review.reviewers import (
    Conflict,
    both_screened,
    conflicts,
    labels_by_reviewer,
    may_see,
    must_conflict,
    resolved_labels,
    unresolve_entry,
)
from tiab.review.screening import Screening
from tiab.review.snapshot import Snapshot, SnapshotReader
from tiab.review.status import Status, measure_status
from tiab.store import Check, Entry, Event, GivenLabel, Import, LogEnd, Store, check_folder, label_entry

if TYPE_CHECKING:  # what ranks takes seconds to load: see Review._learning
    from tiab.evaluation.agreement import Agreement
    from tiab.pico import Span
    from tiab.pico.pipeline import Progress
    from tiab.ranking.rank import Ranking
    from tiab.review.learning import Learning
    from tiab.review.queue import Queue, RecordView, Suggestion
    from tiab.review.replaying import Replay, Replaying
    from tiab.review.searching import LaterSearch
    from tiab.review.updating import Update

__all__ = ["Review"]


class Review:
    """A review: one folder that holds its records, its criteria and the log of everything that happened.

    Each method that writes returns once what it wrote is on the disk. One Review may be shared by threads, and several
    programs may have one folder open at once; each sees what the others did. Nothing is ever deleted.

    A reviewer is a name; "" is a reviewer who gave none. Reviewers are blinded: `next`, `labels` and `export` for one
    of them rest on that reviewer's own decisions, on resolved conflicts and on prior knowledge alone.

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
        self._reader = SnapshotReader(self._store)
        self._notes = Notes(self._store)
        self._jobs, self._progress = jobs, progress
        self._lock = threading.Lock()
        self._loaded_learning: Learning | None = None
        self._screenings: dict[str, Screening] = {}
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
        make_folder(folder, criteria, seed=seed)
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

    @property
    def _learning(self) -> Learning:
        """What ranks; loaded with spaCy and scikit-learn when something is first ranked, not to store a decision."""
        from tiab.review.learning import Learning

        with self._lock:
            if self._loaded_learning is None:
                self._loaded_learning = Learning(self._store, self._reader, jobs=self._jobs, progress=self._progress)
            return self._loaded_learning

    # What it holds

    @property
    def criteria(self) -> Criteria | None:
        """The criteria as they are in the folder's criteria file now; a mistake in it is a CriteriaError."""
        return self.snapshot.criteria

    @property
    def snapshot(self) -> Snapshot:
        """The review as it is now: all its records, labels and links, unchanging."""
        return self._reader.snapshot

    def record(self, record_id: str) -> Record:
        """The record of that id; a LabelError where there is none, or its import was undone."""
        record = self._store.record(record_id)
        if self._store.has_undone_import() and record_id not in self.snapshot.places:
            hint = "Import its file again to bring it back."
            raise LabelError(f"the import of record '{record_id[:80]}' was undone", path=self.folder, hint=hint)
        return record

    def events(self) -> tuple[Event, ...]:
        """The log: all that happened, in order."""
        return self._store.events()

    def is_stored(self, token: str, *, after: int = 0) -> bool:
        """Whether an entry with that token was written, behind the event of that number."""
        event = self._store.event_with(token)
        return event is not None and event.event_id > after

    def status(self) -> Status:
        """The progress of the review, in numbers."""
        return measure_status(self.snapshot, self._store.sources())

    def labels(self, reviewer: str | None = None) -> dict[str, Label]:
        """Record id -> the label that counts for one reviewer, or (None) for all together where they agree."""
        return self.snapshot.labels(reviewer)

    def spans(self, record: Record) -> tuple[Span, ...]:
        """All that PICO finds in one record, with sample sizes, doses and markers."""
        return self._learning.find_all_spans(record)

    def criteria_missing(self, records: Sequence[Record], criteria: Criteria | None) -> list[tuple[str, ...]]:
        """For each of `records` the names of the criteria's concepts that it lacks; quick once they are ranked."""
        return self._learning.criteria_missing(records, criteria)

    # Criteria

    def criteria_text(self) -> CriteriaText:
        """The text of the criteria file, mistakes and all; where there is no file, what the log says.

        Raises:
            CriteriaError: the file cannot be read as text.
        """
        there = (self.folder / CRITERIA_NAME).exists()
        return read_text(self.folder, None if there else self.criteria)

    def save_criteria(self, text: str, *, mark: str) -> CriteriaText:
        """Puts `text` into the criteria file, whole or not at all, and notes the criteria in the log.

        Args:
            mark: that of the text which was edited.

        Raises:
            CriteriaError: there is a mistake in the text; the file is as it was.
            InputError: the file cannot be written.
            ReviewError: somebody else changed the file since.
        """
        write_text(self.folder, text, edited=self.criteria_text(), mark=mark)
        _ = self.snapshot  # which logs criteria that changed
        return self.criteria_text()

    def criteria_versions(self) -> tuple[CriteriaVersion, ...]:
        """The criteria that have held, last first."""
        return criteria_versions(self._store.events(kinds=["criteria"]))

    def criteria_version(self, event_id: int) -> str:
        """The criteria that the log noted under that number, as TOML, without the comments that the file had.

        Raises:
            LabelError: it noted none there.
        """
        return version_text(self._store.events(kinds=["criteria"]), event_id)

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
        return add_files(self._store, self._reader, files, reviewer=reviewer, progress=progress)

    def update(self, files: Iterable[str | Path], *, reviewer: str = "") -> Update:
        """Adds a later search as `add` does, and ranks what is new in it by all that was learned before."""
        before = self._learning.learned(None)
        return self._learning.update(before, self.add(files, reviewer=reviewer))

    def searches(self) -> tuple[Mapping[str, Any], ...]:
        """The searches that were repeated, in order, as `LaterSearch.to_dict` gave them, and `time`."""
        return tuple({**event.payload, "time": event.time} for event in self._store.events(kinds=["searched"]))

    def log_search(self, later: LaterSearch, *, reviewer: str = "") -> Event:
        """Notes a search whose records were added: the next one begins where it ended."""
        return self._store.append(Entry(kind="searched", reviewer=reviewer, payload=later.to_dict()))

    # Screening

    def next(self, reviewer: str = "", *, learn: bool = True) -> Suggestion | None:
        """The record that this reviewer should screen next; None where all are screened.

        Args:
            learn: first learn from the decisions since, where it is due; else read on from the ranking there is.
        """
        if learn or self.queue(reviewer) is None:
            self.learn(reviewer)
        screening, queue = self.screening(reviewer), self.queue(reviewer)
        record_id = screening.next_id(queue)
        if queue is None or record_id is None:
            return None
        return self._learning.suggest(queue, record_id, left=screening.counts().left)

    def screening(self, reviewer: str = "") -> Screening:
        """What one reviewer has decided so far, and which record comes next without learning anew."""
        with self._lock:
            if reviewer not in self._screenings:
                self._screenings[reviewer] = Screening(self._store, self._reader, reviewer)
            return self._screenings[reviewer]

    def learn(self, reviewer: str | None = "", *, progress: Progress | None = None) -> bool:
        """Makes a reviewer's ranking (None: that of all together) anew where it is due; whether it was.

        A page may call it beside the reading; `next(learn=False)` reads on from what there is meanwhile. `progress` is
        told how many more abstracts were read, where they are read for the first time.
        """
        return self._learning.learn(reviewer, progress=progress)

    def queue(self, reviewer: str | None = "") -> Queue | None:
        """The ranking that this reviewer reads from; None before the first `learn`."""
        return self._loaded_learning.queue(reviewer) if self._loaded_learning else None

    def view(self, record_id: str, *, reviewer: str | None = "") -> RecordView:
        """One record as this reviewer sees it, with what was found in it and what moved it to its place."""
        self.record(record_id)
        return self._learning.view(record_id, reviewer)

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
        ranked = self._loaded_learning.unlogged(reviewer) if self._loaded_learning else []
        event = self._store.append_all([*ranked, label_entry(label, note=note, token=token)])[-1]
        if self._loaded_learning:
            self._loaded_learning.has_logged(reviewer, ranked)
        self._notes.drop_draft(event)
        return event

    def undo(self, reviewer: str = "", *, record_id: str = "", token: str | None = None) -> Event | None:
        """Takes back this reviewer's last decision (on one record, where it is named); None if there is none.

        The entry names the record, and `target` the decision; an earlier decision on the record then counts again.
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
        report, entry, entries = plan_import(labels, self.snapshot, reviewer=reviewer, prior=prior)
        if not entries:
            return report
        self._store.import_decisions(entry, entries)
        return replace(report, number=len(self.snapshot.logged.files))

    def undo_import(self, number: int, *, reviewer: str = "") -> Import:
        """Undoes an import as a whole; the import as it then is.

        Records that no other file had are out of the pool, with what was decided on them; decisions are taken back. All
        stays in the log, and importing the file again brings it back.

        Raises:
            ReviewError: there is no import of that number, or it was undone already.
        """
        self._store.append_all(undo_entries(self.snapshot.logged, number, reviewer=reviewer))
        return find_import(self.snapshot.logged, number)

    def imports(self) -> tuple[Import, ...]:
        """The files that records or decisions came from, in order, those undone as well."""
        return self.snapshot.logged.files

    def add_prior(self, names: Iterable[str], *, reviewer: str = "") -> Matching:
        """Labels known relevant records, named by PMID, DOI, title or id, as prior knowledge; what was found.

        What is missing was not found by the review's search, which is worth a look at the search.
        """
        snapshot = self.snapshot
        matching = match_names(names, snapshot.record_index)
        named = replace(matching, found=tuple((key, replace(one, reviewer=reviewer)) for key, one in matching.found))
        self._store.append_all(label_entries(named, snapshot.logged))
        return matching

    # Two reviewers

    def conflicts(self, reviewer: str | None = None) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody resolved.

        Args:
            reviewer: only those that this reviewer may see, who is blinded until they have decided on a record; None
                for somebody who is not blinded.
        """
        snapshot = self.snapshot
        found = conflicts(snapshot.state, snapshot.groups)
        return tuple(conflict for conflict in found if may_see(reviewer, conflict.labels))

    def resolved(self, reviewer: str | None = None) -> tuple[tuple[Record, GivenLabel], ...]:
        """(record, how its conflict was resolved), last first; for a `reviewer` those that they may see, see above."""
        snapshot = self.snapshot
        decided = labels_by_reviewer(snapshot.state, snapshot.groups).get(reviewer or "", {})
        found = [
            (snapshot.merged_record(record_id), given)
            for record_id, given in resolved_labels(snapshot.state, snapshot.groups).items()
            if may_see(reviewer, [given]) or record_id in decided
        ]
        return tuple(sorted(found, key=lambda pair: -pair[1].event_id))

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
        if token is None or not self.is_stored(token):
            must_conflict(self.snapshot.state, self.snapshot.groups, record_id)
        label = Label(record_id=record_id, decision=Decision.parse(decision), reviewer=reviewer, reason=reason)
        event = self._store.append(label_entry(label, note=note, token=token, kind="resolved"))
        self._notes.drop_draft(event)
        return event

    def unresolve(self, record_id: str, *, reviewer: str = "", token: str | None = None) -> Event:
        """Takes back how this reviewer resolved a conflict, which is open again; a LabelError where they did not."""
        done = self._store.event_with(token) if token else None
        if done is not None and (done.kind, done.record_id, done.reviewer) == ("undone", record_id, reviewer):
            return done
        return self._store.append(unresolve_entry(self.snapshot.state, record_id, reviewer=reviewer, token=token))

    def agreement(self, reviewer: str | None = None, *, confidence: float = 0.95) -> dict[tuple[str, str], Agreement]:
        """Two reviewers -> how far they agree on what both screened, "maybe" as include, whatever was resolved later.

        Args:
            reviewer: only pairs with this reviewer, who is blinded; None for all.
        """
        snapshot = self.snapshot
        found = [pair for pair in both_screened(snapshot.state, snapshot.groups) if reviewer in (None, *pair[0])]
        if not found:
            return {}
        from tiab.evaluation.agreement import measure_agreement  # loads scipy, which a lone reviewer need not wait for

        return {
            names: measure_agreement(one, other, categories=("exclude", "include"), confidence=confidence)
            for names, one, other in found
        }

    # Duplicates

    def merge(self, record_id: str, into: str, *, reason: str = "by hand", reviewer: str = "") -> Event:
        """Links a record to another as a report of the same study; its entry in the log.

        Raises:
            LabelError: there is no such record, or they are one already.
        """
        self.record(into)
        return self._store.append(link_entry(self.snapshot, record_id, into, reason=reason, reviewer=reviewer))

    def unmerge(self, record_id: str, *, reviewer: str = "") -> Event:
        """Takes back the link of a duplicate to its record; a LabelError where it is linked to none."""
        return self._store.append_all(unlink_entries(self.snapshot, record_id, reviewer=reviewer))[-1]

    def find_duplicates(self, *, progress: Progress | None = None) -> Duplicates:
        """The duplicates among what is screened that are neither linked nor known to be two.

        A pair that was kept apart, or whose link was taken back, is not found again; what else was in its group becomes
        doubtful.

        Args:
            progress: is called with numbers of records, which add up to those that are screened.
        """
        return self.open_duplicates(find_duplicates(self.snapshot.merged_records(), progress=progress))

    def open_duplicates(self, found: Duplicates) -> Duplicates:
        """Of the duplicates that were found earlier, those on which nobody has decided since."""
        return open_duplicates(found, self.snapshot, self._store.events(kinds=PAIR_EVENTS))

    def related_reports(self) -> tuple[RelatedReports, ...]:
        """The records that seem to report one study; they are shown together and never linked."""
        return related_reports(self.snapshot.merged_records())

    def link_certain(self, found: Duplicates, *, reviewer: str = "") -> int:
        """Links the records of each certain group to its first; how many. Each link can be taken back."""
        links = certain_links(found)
        for record_id, into, reason in links:
            self.merge(record_id, into, reason=reason, reviewer=reviewer)
        return len(links)

    def link_pair(self, one: str, other: str, *, why: str, reviewer: str = "") -> Event:
        """Links `other` to `one` because a person who saw both says so; its entry in the log.

        Args:
            why: what had made them a pair.

        Raises:
            LabelError: there is no such record, or they are one already.
        """
        return self.merge(other, one, reason=f"{BY_HAND} ({why})", reviewer=reviewer)

    def keep_apart(self, one: str, other: str, *, reviewer: str = "") -> Event:
        """Notes that two records are two reports; its entry in the log.

        Raises:
            LabelError: there is no such record, or they are linked as one.
        """
        self.record(one)
        return self._store.append(keep_apart_entry(self.snapshot, one, other, reviewer=reviewer))

    def pair_decisions(self) -> tuple[PairDecision, ...]:
        """What people said of pairs and did not take back, last first."""
        return pair_decisions(self._store.events(kinds=PAIR_EVENTS))

    def undo_pair(self, event_id: int, *, reviewer: str = "", token: str | None = None) -> PairDecision:
        """Takes back what was said of a pair, which is asked again; what it was.

        Raises:
            LabelError: nothing was said under that number, or it was taken back.
        """
        said = next((one for one in self.pair_decisions() if one.event_id == event_id), None)
        if said is None:
            raise LabelError("that answer was taken back already", hint="Look again.")
        self._store.append(undo_pair_entry(said, reviewer=reviewer, token=token))
        return said

    # Rankings and reports

    def rank(self, reviewer: str | None = None, *, log: bool = True) -> Ranking:
        """All records ranked by all that is known now, to one reviewer or (None) to all together.

        Args:
            log: write into the log that this ranking was made.

        Raises:
            LabelError: there is nothing to rank by.
        """
        ranking = self._learning.ranking(reviewer)
        if ranking is None:
            hint = "Give the review criteria, or label at least one record 'include'."
            raise LabelError("there is nothing to rank by", hint=hint)
        if log:
            self._learning.log_ranking(reviewer)
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
        self.learn(reviewer)
        snapshot, queue = self.snapshot, self.queue(reviewer)
        entry = export(path, snapshot, queue, reviewer=reviewer, only=only, duplicates=duplicates, brief=brief)
        self._learning.log_ranking(reviewer)
        if not self.read_only:
            self._store.append(entry)
        return int(entry.payload["records"])

    def replay(self, *, progress: Replaying | None = None) -> Replay:
        """Every ranking that the log names, made again from the log, and compared with what it was.

        Raises:
            ReviewError: the file is damaged.
        """
        self._store.check()
        return self._learning.replay(progress)
