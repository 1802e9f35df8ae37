"""Snapshot: a review as it is at one point of its log; and what reads the log on to the next."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tiab.criteria import Criteria
from tiab.errors import LabelError, ReviewError
from tiab.labels import Label
from tiab.records import Record
from tiab.review.criteria_file import (
    CRITERIA_NAME,
    CriteriaFile,
    criteria_payload,
    follows,
    logged_criteria,
    logged_text,
)
from tiab.review.groups import ReportGroups, group_reports
from tiab.review.policy import calibration_sample, read_policy
from tiab.review.reviewers import joint_labels, own_labels
from tiab.review.states import States, find_states
from tiab.store import Entry, LogState, Store, advance
from tiab.writing import write_bytes

if TYPE_CHECKING:
    from tiab.decisions import RecordIndex
    from tiab.features import Features

__all__ = ["Snapshot", "SnapshotReader", "take"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """A review as it is after the event `state.cursor`; nothing in it changes any more.

    Attributes:
        state: what the log adds up to, without what was decided on records that are in the pool no more.
        logged: the same with it.
        records: all that were imported, duplicates too, in the order of the imports; without those of undone imports.
        fingerprints: theirs.
        positions: theirs among all records that were ever imported, in the order of the imports, counted from 0.
        withdrawn: (record, fingerprint) of those of undone imports.
        groups: which of them are duplicates.
        main_places: the places in `records` of those that are screened, which are all but the duplicates.
        criteria: those that held then.
        criteria_fingerprint: theirs; "" without criteria.
    """

    state: LogState
    logged: LogState
    records: Sequence[Record]
    fingerprints: Sequence[str]
    positions: Sequence[int]
    withdrawn: Sequence[tuple[Record, str]]
    groups: ReportGroups
    main_places: Sequence[int]
    criteria: Criteria | None
    criteria_fingerprint: str = ""
    seed: int = 0
    _labels: dict[str | None, dict[str, Label]] = field(default_factory=dict, repr=False)
    _blinded: dict[str, bool] = field(default_factory=dict, repr=False)

    @cached_property
    def pool(self) -> tuple[tuple[tuple[int, ...], frozenset[int]], str, tuple[tuple[str, str], ...], int]:
        """Equal for snapshots whose pools rank alike: same records, criteria, duplicates and seed."""
        return self.membership, self.criteria_fingerprint, tuple(self.groups.main_of.items()), self.seed

    @property
    def membership(self) -> tuple[tuple[int, ...], frozenset[int]]:
        """Equal for snapshots of one review that hold the same records."""
        return self.state.order, self.state.withdrawn

    @cached_property
    def states(self) -> States:
        """Where each record that is screened stands."""
        policy, prints = read_policy(self.state.settings), [self.fingerprints[place] for place in self.main_places]
        drawn = calibration_sample(policy, prints) if policy.scheme == "calibration" else frozenset()
        sample = [one for one, print_ in zip(self.main_ids, prints, strict=True) if print_ in drawn]
        return find_states(self.state, self.groups, self.main_ids, sample)

    def labels(self, reviewer: str | None) -> dict[str, Label]:
        """Main record id -> the label that counts for one reviewer, or (None) for all together."""
        if reviewer not in self._labels:
            joint = reviewer is None
            self._labels[reviewer] = (
                joint_labels(self.state, self.groups) if joint else own_labels(self.state, self.groups, reviewer or "")
            )
        return dict(self._labels[reviewer])

    def is_blinded(self, reviewer: str) -> bool:
        """Whether a reviewer is not to see what others decided, because they have still to decide themselves."""
        if reviewer not in self._blinded:
            others = any(name != reviewer for _, name in self.state.labels)
            self._blinded[reviewer] = others and self.states.is_blinded(reviewer)
        return self._blinded[reviewer]

    @cached_property
    def main_ids(self) -> tuple[str, ...]:
        """The ids of the records that are screened, in the order of the imports."""
        return tuple(self.records[place].record_id for place in self.main_places)

    def merged_records(self) -> tuple[Record, ...]:
        """The records that are screened, each merged with its duplicates, in the order of the imports."""
        return tuple(map(self.merged_record, self.main_ids))

    def merged_record(self, record_id: str) -> Record:
        """The record as it is screened: of several reports the fullest, with what the others know, under its own id."""
        others = self.groups.duplicates(record_id)
        reports = [self.records[self.places[one]] for one in (record_id, *others)]
        return replace(_joined(reports), record_id=record_id) if others else reports[0]

    def of_studies(self, features: Features) -> Features:
        """The part of the records' features that is screened; of several reports of a study that of the fullest."""
        if len(self.main_places) == len(self.records):
            return features
        rows = [self._fullest(place) for place in self.main_places]
        records = tuple(replace(self.records[row], record_id=key) for row, key in zip(rows, self.main_ids, strict=True))
        spans = tuple(features.spans[row] for row in rows) if features.spans else ()
        return replace(features, records=records, matrix=features.matrix[rows], spans=spans)

    def _fullest(self, place: int) -> int:
        """The place of the report whose words a study is ranked by."""
        record = self.records[place]
        others = self.groups.duplicates(record.record_id)
        if not others:
            return place
        places = [place, *(self.places[one] for one in others)]
        chosen = _joined([self.records[one] for one in places]).record_id
        return next(one for one in places if self.records[one].record_id == chosen)

    @cached_property
    def record_index(self) -> RecordIndex:
        """The records by what identifies them."""
        from tiab.decisions import RecordIndex  # which loads all readers of files

        return RecordIndex(self.records, self.fingerprints)

    @cached_property
    def places(self) -> dict[str, int]:
        """Record id -> its place in `records`."""
        return {record.record_id: place for place, record in enumerate(self.records)}


def _joined(reports: Sequence[Record]) -> Record:
    from tiab.dedupe import joined  # which loads all readers of files

    return joined(reports)


def take(
    state: LogState,
    records: Sequence[Record],
    fingerprints: Sequence[str],
    *,
    criteria: Criteria | None,
    earlier: Snapshot | None = None,
) -> Snapshot:
    """The snapshot after `state`, which knows how many of the records there were then.

    Args:
        earlier: one of the same review; what did not change since is taken from it.
    """
    kept = earlier if earlier and earlier.membership == (state.order, state.withdrawn) else None
    inside = kept.positions if kept else _inside(state)
    places = () if kept else [state.order[place] - 1 for place in inside]
    pool = kept.records if kept else tuple(records[place] for place in places)
    gone = kept.withdrawn if kept else _withdrawn(state, records, fingerprints)
    same_groups = kept is not None and kept.state.merges == state.merges
    without = [record.record_id for record, _ in gone]
    groups = kept.groups if kept and same_groups else group_reports(state.merges.values(), without=without)
    same_criteria = earlier is not None and earlier.criteria is criteria
    made = Snapshot(
        state=_visible(state, groups, frozenset(without)),
        logged=state,
        records=pool,
        fingerprints=kept.fingerprints if kept else tuple(fingerprints[place] for place in places),
        positions=inside,
        withdrawn=gone,
        groups=groups,
        main_places=kept.main_places if kept and same_groups else _main_places(pool, groups),
        criteria=criteria,
        criteria_fingerprint=earlier.criteria_fingerprint if earlier and same_criteria else _fingerprint(criteria),
        seed=int(state.criteria.get("seed", 0)),
    )
    if kept:
        _take_over(made, kept, ("places", "record_index", *(("main_ids",) if same_groups else ())))
    return made


def _take_over(made: Snapshot, earlier: Snapshot, names: Iterable[str]) -> None:
    """Spares `made` what `earlier` has computed already and is the same in both."""
    vars(made).update({name: vars(earlier)[name] for name in names if name in vars(earlier)})


def _inside(state: LogState) -> Sequence[int]:
    """The places in `state.order` of the records in the pool."""
    if not state.withdrawn:
        return range(len(state.order))
    return [place for place, position in enumerate(state.order) if position not in state.withdrawn]


def _withdrawn(
    state: LogState, records: Sequence[Record], fingerprints: Sequence[str]
) -> tuple[tuple[Record, str], ...]:
    return tuple((records[place - 1], fingerprints[place - 1]) for place in sorted(state.withdrawn))


def _visible(state: LogState, groups: ReportGroups, gone: frozenset[str]) -> LogState:
    """The state without the decisions on studies of which no report is in the pool any more."""
    if not gone:
        return state
    labels = {key: given for key, given in state.labels.items() if groups.main_id(key[0]) not in gone}
    resolved = {key: given for key, given in state.resolved.items() if groups.main_id(key) not in gone}
    return replace(state, labels=labels, resolved=resolved)


def _fingerprint(criteria: Criteria | None) -> str:
    return criteria.fingerprint if criteria else ""


def _main_places(records: Sequence[Record], groups: ReportGroups) -> tuple[int, ...]:
    """The places of the records that are no duplicates."""
    return tuple(place for place, record in enumerate(records) if record.record_id not in groups.main_of)


class SnapshotReader:
    """The snapshot of an open review, following its log, whoever writes to it. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._criteria_file = CriteriaFile(store.folder / CRITERIA_NAME)
        self._state = LogState()
        self._records: list[Record] = []
        self._fingerprints: list[str] = []
        self._last: Snapshot | None = None
        self._logged: tuple[object, Criteria | None, str] | None = None
        self._lock = threading.RLock()

    @property
    def snapshot(self) -> Snapshot:
        """The review as it is now.

        Raises:
            CriteriaError: there is a mistake in the criteria file.
            ReviewError: the log cannot be read or understood.
        """
        with self._lock:
            self._follow()
            criteria, last = self._criteria(), self._last
            if last is None or last.logged is not self._state or last.criteria is not criteria:
                last = take(self._state, self._records, self._fingerprints, criteria=criteria, earlier=last)
                self._last = last
            return last

    @property
    def state(self) -> LogState:
        """What the log adds up to now, whatever the criteria file says; with decisions on what is in no pool."""
        with self._lock:
            self._follow()
            return self._state

    def record(self, record_id: str) -> Record:
        """The record of that id.

        Raises:
            LabelError: there is none, or its import was undone.
        """
        record = self._store.record(record_id)
        if self._store.has_undone_import() and record_id not in self.snapshot.places:
            hint = "Import its file again to bring it back."
            raise LabelError(f"the import of record '{record_id[:80]}' was undone", path=self._store.folder, hint=hint)
        return record

    def _follow(self) -> None:
        """Reads what was written since; records first appear in the log, so none is missed."""
        events = self._store.events(after=self._state.cursor)
        if not events:
            return
        if any(event.kind == "joined" for event in events):  # what came from another copy belongs among what was there
            state = advance(LogState(), self._store.events())
        else:
            state = advance(self._state, events)
        have = len(self._records)
        if state.n_records > have:
            self._records += self._store.records(after=have, up_to=state.n_records)
            self._fingerprints += self._store.fingerprints(after=have, up_to=state.n_records)
        if len(self._records) < state.n_records:
            hint = "Take the last copy of the folder."
            raise ReviewError("lacks records that its log names", path=self._store.folder, hint=hint)
        self._state = state

    def _criteria(self) -> Criteria | None:
        """The criteria of the file; the log is told when they have changed. Without a file, the log's own."""
        criteria = self._criteria_file.read()
        if criteria is None:
            return self._logged_criteria()[0]
        held, current = self._logged_criteria()
        read, state = self._criteria_file.fingerprint, self._state
        if self._store.read_only or read == state.criteria_noted == current:
            return criteria
        if read == state.criteria_noted:  # nobody edited the file: those of another copy of the review take its place
            return self._adopt(held)
        if read == current:
            self._store.append(Entry(kind="adopted", payload={"fingerprint": read}))
        else:
            seed = int(state.criteria.get("seed", 0))
            payload = criteria_payload(criteria, text=self._criteria_file.text, seed=seed)
            self._store.append(Entry(kind="criteria", payload=payload | follows(state)))
        self._follow()
        return criteria

    def _adopt(self, criteria: Criteria | None) -> Criteria | None:
        """Puts criteria that came from another copy into the file."""
        if criteria is not None:
            write_bytes(self._store.folder / CRITERIA_NAME, logged_text(self._state.criteria).encode())
            self._store.append(Entry(kind="adopted", payload={"fingerprint": criteria.fingerprint}))
            self._follow()
        return self._criteria_file.read()

    def _logged_criteria(self) -> tuple[Criteria | None, str]:
        """The criteria of the log and their fingerprint, read from it once."""
        said = self._state.criteria
        if self._logged is None or self._logged[0] is not said:
            criteria = logged_criteria(self._state)
            self._logged = (said, criteria, _fingerprint(criteria))
        return self._logged[1:]
