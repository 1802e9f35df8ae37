"""Review: the one service through which the commands, the page and Python users work on a review."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tiab
from tiab.criteria import Criteria
from tiab.errors import CriteriaError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review.annotations import Annotations
from tiab.review.batches import Batches
from tiab.review.choices import ReviewChoices
from tiab.review.conflict_resolution import ConflictResolution
from tiab.review.criteria_file import make_folder
from tiab.review.criteria_versions import CriteriaText, CriteriaVersion, CriteriaVersions
from tiab.review.deciding import Deciding
from tiab.review.lazy_learning import LazyLearning
from tiab.review.notes import NoteKind, Notes
from tiab.review.policy import Policy, with_sample
from tiab.review.reviewers import Conflict
from tiab.review.screening import Screening
from tiab.review.snapshot import Snapshot, SnapshotReader
from tiab.review.status import Status, measure_status
from tiab.store import Check, Entry, Event, GivenLabel, Import, LogEnd, Store, check_folder

if TYPE_CHECKING:  # what takes long to load is loaded when it is first used
    from tiab.decisions import Matching
    from tiab.dedupe import Duplicates, RelatedReports
    from tiab.evaluation.agreement import Agreement
    from tiab.pico import Span
    from tiab.pico.pipeline import Progress
    from tiab.ranking.rank import Ranking
    from tiab.review.decision_import import DecisionsReport
    from tiab.review.duplicates import DuplicateLinks, LinkContradiction, PairDecision
    from tiab.review.imports import Imports
    from tiab.review.merging import CriteriaConflict, Decisions, MergeReport, Merging, ShareReport
    from tiab.review.queue import Queue, RecordView, Suggestion
    from tiab.review.record_import import FileReport
    from tiab.review.replaying import Replay, Replaying
    from tiab.review.searching import LaterSearch
    from tiab.review.updating import Update
    from tiab.suggesting import TermSuggestion

__all__ = ["Review"]


class Review:
    """A review: one folder that holds its records, its criteria and the log of everything that happened.

    A method that writes returns once its entry is on the disk. Threads may share one Review, and several programs may
    have one folder open at once; each sees what the others did. Nothing is ever deleted.

    A reviewer is a name; "" is a reviewer who gave none. Reviewers are blinded: `next`, `labels` and `export` for one
    of them use only that reviewer's own decisions, resolved conflicts and prior knowledge.

    Attributes:
        folder: the folder.
        read_only: whether it can be read but not written.
        warnings: sentences for whoever opens it: that the folder is synchronised, for instance.
        annotations: the tags and notes on its records. batches: what is done to many records at once. choices: the
            reasons and tags that all reviewers choose from.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Review.create(folder) as review:
    ...     review.status().records
    0
    """

    def __init__(
        self, folder: str | Path, *, jobs: int = 1, apart: bool = False, progress: Progress | None = None
    ) -> None:
        """Opens the review in `folder`.

        Args:
            jobs: processes for the PICO step.
            apart: whether the PICO step of many records is done in a process of its own, as a page asks for it: what is
                asked for meanwhile is then answered as soon as ever.
            progress: called with the number of records that the PICO step has done since the last call.

        Raises:
            ReviewError: there is none, or it is damaged, foreign or from a later version of tiab.
        """
        self._store = Store(folder)
        self._reader = SnapshotReader(self._store)
        self.annotations = Annotations(self._store, self._reader)
        self._notes = Notes(self._store, self.annotations)
        self._learning = LazyLearning(self._store, self._reader, jobs=jobs, apart=apart, progress=progress)
        self._criteria = CriteriaVersions(self._store, self._reader)
        self._deciding = Deciding(self._store, self._reader, self._notes, self._learning)
        self._conflicts = ConflictResolution(self._store, self._reader, self._notes)
        self.batches = Batches(self._store, self._reader, self.annotations)
        self.choices = ReviewChoices(self._store, self._reader)
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
    def _imports(self) -> Imports:
        from tiab.review.imports import Imports  # loads all readers of files

        return Imports(self._store, self._reader)

    @property
    def _merging(self) -> Merging:
        from tiab.review.merging import Merging  # loads what compares records

        return Merging(self._store, self._reader, self._duplicates)

    @property
    def _duplicates(self) -> DuplicateLinks:
        from tiab.review.duplicates import DuplicateLinks  # loads what compares records

        return DuplicateLinks(self._store, self._reader)

    # The review as it is

    @property
    def snapshot(self) -> Snapshot:
        """The review as it is now: all its records, labels and links, unchanging."""
        return self._reader.snapshot

    @property
    def criteria(self) -> Criteria | None:
        """The criteria as they are in the folder's criteria file now; a mistake in it is a CriteriaError."""
        return self.snapshot.criteria

    def record(self, record_id: str) -> Record:
        """The record of that id; a LabelError where there is none, or its import was undone."""
        return self._reader.record(record_id)

    def labels(self, reviewer: str | None = None) -> dict[str, Label]:
        """Record id -> the label that counts for one reviewer, or (None) for all together where they agree."""
        return self.snapshot.labels(reviewer)

    def status(self, reviewer: str | None = None) -> Status:
        """The progress of the review, in numbers, as a `reviewer` may see it, or (None) somebody without a name."""
        return measure_status(self.snapshot, self._store.sources(), reviewer)

    @property
    def policy(self) -> Policy:
        """How it is screened: by how many, blinded or not, and who resolves conflicts."""
        return self.snapshot.states.policy

    def is_blinded(self, reviewer: str) -> bool:
        """Whether this reviewer is not to see what others decided, because they have still to decide themselves."""
        return self.snapshot.is_blinded(reviewer)

    def set_policy(self, policy: Policy, *, reviewer: str = "") -> Event:
        """Changes how the review is screened; its entry in the log. A ReviewError where somebody else owns it."""
        self.policy.must_be_changed_by(reviewer)
        snapshot = self.snapshot
        drawn = with_sample(policy, [snapshot.fingerprints[place] for place in snapshot.main_places])
        return self._store.append(Entry(kind="settings", reviewer=reviewer, payload=drawn.to_dict()))

    def events(self, *, kinds: Collection[str] = (), record_ids: Collection[str] = ()) -> tuple[Event, ...]:
        """The log: all that happened, in order; only of these kinds or on these records, where some are named."""
        return self._store.events(kinds=tuple(kinds), record_ids=tuple(record_ids))

    def is_stored(self, token: str, *, after: int = 0) -> bool:
        """Whether an entry with that token was written, behind the event of that number."""
        event = self._store.event_with(token)
        return event is not None and event.event_id > after

    # Criteria: see CriteriaVersions

    def criteria_text(self) -> CriteriaText:
        """The text of the criteria file, mistakes and all; where there is no file, what the log says."""
        return self._criteria.text()

    def save_criteria(self, text: str, *, mark: str) -> CriteriaText:
        """Puts `text` into the criteria file, where nobody changed it since it had this `mark`."""
        return self._criteria.save(text, mark=mark)

    def criteria_versions(self) -> tuple[CriteriaVersion, ...]:
        """The criteria that have held, last first."""
        return self._criteria.all()

    def criteria_version(self, event_id: int) -> str:
        """The criteria that the log noted under that number, as TOML; a LabelError where it noted none."""
        return self._criteria.read(event_id)

    def change_term(self, concept: str, key: str, term: str, *, added: bool) -> CriteriaText:
        """Adds a term to a list of a concept ("terms", "abbreviations", "against"), or removes it; comments stay."""
        return self._criteria.change_term(concept, key, term, added=added)

    def undo_criteria(self) -> CriteriaText:
        """Brings back the criteria as they were before their last change; a LabelError where there are none."""
        return self._criteria.undo()

    def suggestions(self, reviewer: str | None = None) -> tuple[TermSuggestion, ...]:
        """Changes to the terms of the criteria that the records and a reviewer's decisions (None: all) speak for.

        Raises:
            CriteriaError: there are no criteria, or none of their concepts has terms.
        """
        from tiab.suggesting import suggest_terms  # loads scipy and spaCy

        snapshot = self.snapshot
        if snapshot.criteria is None:
            raise CriteriaError("this review has no criteria", hint="Draft them first: tiab criteria draft.")
        labels = snapshot.labels(reviewer).values()
        return suggest_terms(snapshot.merged_records(), criteria=snapshot.criteria, labels=labels)

    def accept_suggestion(self, suggestion: TermSuggestion) -> CriteriaText:
        """Makes the change that is suggested: a new version of the criteria, which `undo_criteria` takes back."""
        one = suggestion
        return self._criteria.change_term(one.concept, one.key, one.term, added=one.action == "add")

    # Files that bring records and decisions: see Imports

    def add(
        self, files: Iterable[str | Path], *, reviewer: str = "", progress: Progress | None = None
    ) -> list[FileReport]:
        """Adds the records of search exports that the review lacks; what became of them, file by file.

        All files are read before the first is stored; where one cannot be read, an InputError, nothing is added.
        """
        return self._imports.add_records(files, reviewer=reviewer, progress=progress)

    def update(self, files: Iterable[str | Path], *, reviewer: str = "") -> Update:
        """Adds a later search as `add` does, and ranks what is new in it by all that was learned before."""
        return self._learning.loaded.update(self._imports, files, reviewer=reviewer)

    def add_labels(
        self,
        path: str | Path,
        *,
        decision: Decision | str | None = None,
        reviewer: str | None = None,
        prior: bool = False,
    ) -> DecisionsReport:
        """Stores the decisions that a file of tiab, Rayyan, Covidence, ASReview or a table carries; what came of it.

        A `decision` is one made on all records of the file; a `reviewer`, whose decisions they are where the file does
        not say; `prior` makes them prior knowledge.
        """
        said = None if decision is None else Decision.parse(decision)
        return self._imports.add_decisions(path, decision=said, reviewer=reviewer, prior=prior)

    def add_prior(self, names: Iterable[str], *, reviewer: str = "") -> Matching:
        """Labels known relevant records, named by PMID, DOI, title or id, as prior knowledge; what was found."""
        return self._imports.add_prior(names, reviewer=reviewer)

    def imports(self) -> tuple[Import, ...]:
        """The files that records or decisions came from, in order, those undone as well."""
        return self._imports.all()

    def undo_import(self, number: int, *, reviewer: str = "") -> Import:
        """Undoes an import as a whole, until its file is imported again; the import as it then is."""
        return self._imports.undo(number, reviewer=reviewer)

    def searches(self) -> tuple[Mapping[str, Any], ...]:
        """The searches that were repeated, in order, as `LaterSearch.to_dict` gave them, and `time`."""
        return tuple({**event.payload, "time": event.time} for event in self._store.events(kinds=["searched"]))

    def log_search(self, later: LaterSearch, *, reviewer: str = "") -> Event:
        """Notes a search whose records were added: the next one begins where it ended."""
        return self._store.append(Entry(kind="searched", reviewer=reviewer, payload=later.to_dict()))

    # Screening: see Deciding and Learning

    def next(self, reviewer: str = "", *, learn: bool = True) -> Suggestion | None:
        """The record that this reviewer should screen next; None where all are screened.

        Args:
            learn: first learn from the decisions since, where it is due; else read on from the ranking there is.
        """
        return self._learning.loaded.next(self.screening(reviewer), reviewer, learn=learn)

    def screening(self, reviewer: str = "") -> Screening:
        """What one reviewer has decided so far, and which record comes next without learning anew."""
        return self._deciding.screening(reviewer)

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
        said = Decision.parse(decision)
        label = Label(record_id=record_id, decision=said, reviewer=reviewer, reason=reason, prior=prior)
        return self._deciding.label(label, note=note, token=token)

    def undo(self, reviewer: str = "", *, record_id: str = "", token: str | None = None) -> Event | None:
        """Takes back this reviewer's last decision (on one record, where it is named); None if there is none."""
        return self._deciding.undo(reviewer, record_id=record_id, token=token)

    def note(self, record_id: str, *, reviewer: str = "", kind: NoteKind = "labelled") -> str | None:
        """The note that a reviewer is writing on a record; else the one beside their last decision on it, or None."""
        return self._notes.read(record_id, reviewer, kind)

    def keep_note(
        self, record_id: str, text: str, *, reviewer: str = "", kind: NoteKind = "labelled", seen: str | None = None
    ) -> str:
        """Keeps a note that is being written until a decision is stored with it; the note as it is kept."""
        return self._deciding.keep_note(record_id, text, reviewer, kind, seen=seen)

    # Conflicts of reviewers: see ConflictResolution

    def conflicts(self, reviewer: str | None = None) -> tuple[Conflict, ...]:
        """The records on which reviewers disagree and that nobody resolved.

        Args:
            reviewer: to whom they are shown, who is blinded until they have decided on a record; None for somebody
                without a name, who sees those on which nobody else has to decide.
        """
        return self._conflicts.open(reviewer)

    def resolved(self, reviewer: str | None = None) -> tuple[tuple[Record, GivenLabel], ...]:
        """(record, how its conflict was resolved), last first; for a `reviewer` those that they may see."""
        return self._conflicts.resolved(reviewer)

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
        """Resolves a conflict by a third entry; a LabelError where reviewers do not disagree on the record."""
        label = Label(record_id=record_id, decision=Decision.parse(decision), reviewer=reviewer, reason=reason)
        return self._conflicts.resolve(label, note=note, token=token)

    def unresolve(self, record_id: str, *, reviewer: str = "", token: str | None = None) -> Event:
        """Takes back how this reviewer resolved a conflict, which is open again; a LabelError where they did not."""
        return self._conflicts.unresolve(record_id, reviewer=reviewer, token=token)

    def agreement(self, reviewer: str | None = None, *, confidence: float = 0.95) -> dict[tuple[str, str], Agreement]:
        """Two reviewers -> how far they agree on what both screened; for a `reviewer` only their own pairs."""
        return self._conflicts.agreement(reviewer, confidence=confidence)

    # Other copies of the review: see Merging

    def merge_copy(self, other: str | Path, *, reviewer: str = "") -> MergeReport:
        """Takes in another copy of this review, a folder or a file that `share` wrote; what came of it."""
        return self._merging.merge(other, reviewer=reviewer)

    def share(self, path: str | Path, *, reviewer: str = "", decisions: Decisions = "") -> ShareReport:
        """Writes a file from which another copy takes in this review; of a blinded one only `reviewer`'s decisions."""
        return self._merging.share(path, reviewer=reviewer, decisions=decisions)

    def criteria_conflict(self) -> CriteriaConflict | None:
        """The criteria that were changed in two copies and not settled since; None where there are none."""
        return self._merging.criteria_conflict()

    def settle_criteria(self, event_id: int, *, reviewer: str = "") -> Event:
        """Chooses between criteria that were changed in two copies; a LabelError where there is no such choice."""
        return self._merging.settle_criteria(event_id, reviewer=reviewer)

    def link_contradictions(self) -> tuple[LinkContradiction, ...]:
        """The pairs that one person linked as duplicates and another kept apart."""
        return self._duplicates.contradictions()

    # Duplicates: see DuplicateLinks

    def merge(self, record_id: str, into: str, *, reason: str = "by hand", reviewer: str = "") -> Event:
        """Links a record to another as a report of the same study; a LabelError where they are one already."""
        return self._duplicates.link(record_id, into, reason=reason, reviewer=reviewer)

    def unmerge(self, record_id: str, *, reviewer: str = "") -> Event:
        """Takes back the link of a duplicate to its record; a LabelError where it is linked to none."""
        return self._duplicates.unlink(record_id, reviewer=reviewer)

    def find_duplicates(self, *, progress: Progress | None = None) -> Duplicates:
        """The duplicates among what is screened that are neither linked nor known to be two."""
        return self._duplicates.find(progress=progress)

    def open_duplicates(self, found: Duplicates) -> Duplicates:
        """Of the duplicates that were found earlier, those on which nobody has decided since."""
        return self._duplicates.still_open(found)

    def related_reports(self) -> tuple[RelatedReports, ...]:
        """The records that seem to report one study; they are shown together and never linked."""
        return self._duplicates.related()

    def link_certain(self, found: Duplicates, *, reviewer: str = "") -> int:
        """Links the records of each certain group to its first; how many. Each link can be taken back."""
        return self._duplicates.link_certain(found, reviewer=reviewer)

    def link_pair(self, one: str, other: str, *, why: str, reviewer: str = "") -> Event:
        """Links `other` to `one` because a person who saw both says so; `why` is what had made them a pair."""
        return self._duplicates.link_pair(one, other, why=why, reviewer=reviewer)

    def keep_apart(self, one: str, other: str, *, reviewer: str = "") -> Event:
        """Notes that two records are two reports; a LabelError where they are linked as one."""
        return self._duplicates.keep_apart(one, other, reviewer=reviewer)

    def pair_decisions(self) -> tuple[PairDecision, ...]:
        """What people said of pairs and did not take back, last first."""
        return self._duplicates.decisions()

    def undo_pair(self, event_id: int, *, reviewer: str = "", token: str | None = None) -> PairDecision:
        """Takes back what was said of a pair, which is asked again; a LabelError where it was taken back already."""
        return self._duplicates.undo(event_id, reviewer=reviewer, token=token)

    # Rankings: see Learning

    def learn(
        self,
        reviewer: str | None = "",
        *,
        progress: Progress | None = None,
        pause: Callable[[], object] = lambda: None,
    ) -> bool:
        """Makes a reviewer's ranking (None: that of all together) anew where it is due; whether it was.

        A page may call it beside the reading; `next(learn=False)` reads on from what there is meanwhile. `progress` is
        told how many more abstracts were read, where they are read for the first time; `pause` is called between the
        steps of the learning, and what it raises ends it.
        """
        return self._learning.loaded.learn(reviewer, progress=progress, pause=pause)

    def learn_by_words(self, reviewer: str | None = "", *, pause: Callable[[], object] = lambda: None) -> bool:
        """Makes a first ranking by words and terms where hundreds of abstracts are still unread; whether it did.

        It takes seconds where reading takes minutes, and holds until `learn` has read them. `pause` is called between
        its steps; what it raises ends it.
        """
        return self._learning.loaded.learn_by_words(reviewer, pause=pause)

    def queue(self, reviewer: str | None = "") -> Queue | None:
        """The ranking that this reviewer reads from; None before the first `learn`."""
        return self._learning.queue(reviewer)

    def view(self, record_id: str, *, reviewer: str | None = "") -> RecordView:
        """One record as this reviewer sees it, with what was found in it and what moved it to its place."""
        return self._learning.loaded.view(record_id, reviewer)

    def spans(self, record: Record) -> tuple[Span, ...]:
        """All that PICO finds in one record, with sample sizes, doses and markers."""
        return self._learning.loaded.find_all_spans(record)

    def criteria_missing(self, records: Sequence[Record], criteria: Criteria | None) -> list[tuple[str, ...]]:
        """For each of `records` the names of the criteria's concepts that it lacks; quick once they are ranked."""
        return self._learning.loaded.criteria_missing(records, criteria)

    def rank(self, reviewer: str | None = None, *, log: bool = True) -> Ranking:
        """All records ranked by all that is known now; a LabelError where there is nothing to rank by.

        Args:
            reviewer: to whom; None for all together.
            log: write into the log that this ranking was made.
        """
        return self._learning.loaded.rank(reviewer, log=log)

    def order_by_criteria(self) -> tuple[str, ...]:
        """The records that are screened, as the criteria alone rank them, whatever was decided; () without criteria."""
        return self._learning.loaded.order_by_criteria()

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
        return self._learning.loaded.export(path, reviewer=reviewer, only=only, duplicates=duplicates, brief=brief)

    def replay(self, *, progress: Replaying | None = None) -> Replay:
        """Every ranking that the log names, made again from the log, and compared with what it was."""
        return self._learning.loaded.replay(progress)
