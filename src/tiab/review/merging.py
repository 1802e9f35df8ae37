"""Merging: two copies of a review become one by joining their logs; and the file that carries a copy to somebody."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import tiab
from tiab.criteria import Criteria
from tiab.errors import CriteriaError, LabelError, ReviewError
from tiab.review.criteria_file import CRITERIA_NAME, as_toml, logged_text
from tiab.review.duplicates import DuplicateLinks, LinkContradiction
from tiab.review.policy import read_policy
from tiab.review.snapshot import SnapshotReader
from tiab.store import (
    CopiedEvent,
    Copy,
    Entry,
    Event,
    Joined,
    ShareHeader,
    Store,
    read_share,
    without,
    write_share,
)
from tiab.writing import write_bytes

__all__ = ["CriteriaConflict", "Decisions", "MergeReport", "Merging", "ShareReport", "make_from_copy", "read_other"]

Decisions = Literal["", "none", "own", "all"]
"""Whose decisions a shared file holds; "" leaves that to the policy of the review."""

_OF_DECISIONS = (
    "labelled",
    "resolved",
    "decisions_imported",
    "noted",
    "tagged",
    "tag_renamed",
    "batch",
    "batch_undone",
)
"""What tells what somebody thinks of records."""

_RANKS_ALL = ("ranked", "stopped", "exported")
"""What tells something of all reviewers' decisions where it was made for all of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareReport:
    """What a shared file holds; `decisions` as `Decisions`, and how many decisions of each reviewer."""

    name: str
    records: int
    events: int
    decisions: str
    by_reviewer: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaConflict:
    """Criteria that were changed in two copies, by the numbers of their entries in the log; `holds` is in use."""

    versions: tuple[int, ...]
    holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What was merged from another copy of the review.

    Attributes:
        name: of the file or folder.
        events: how many entries of the log were new; 0 where all were here already.
        records: how many records were new; linked: how many of those were linked to another as certain duplicates.
        decisions: how many decisions of each reviewer were new.
        twice: records on which a reviewer had decided differently in both copies; the later entry counts.
        criteria: where they were changed in both copies, and nobody has chosen between them.
        links: pairs that one person linked as duplicates, and another kept apart.
    """

    name: str
    events: int
    records: int
    linked: int
    decisions: Mapping[str, int]
    twice: int
    criteria: CriteriaConflict | None
    links: tuple[LinkContradiction, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return asdict(self)


def read_other(path: str | Path) -> Copy:
    """The copy of a review in a folder, or in a file that `tiab share` wrote.

    Raises:
        InputError: it cannot be opened.
        ReviewError: it is something else, or damaged.
    """
    if not Path(path).is_dir():
        return read_share(path)[0]
    with Store(path) as other:
        other.check()
        return other.copy()


def make_from_copy(folder: str | Path, other: str | Path) -> None:
    """A new review in `folder` from a copy of one: all of it or nothing, as it is made beside and then renamed.

    Raises:
        InputError: the copy cannot be opened.
        ReviewError: it is no copy, or the folder is there already or cannot be made.
    """
    copy, place = read_other(other), Path(folder)
    for event in copy.events:
        _must_be_understood(event, other)
    beside = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    try:
        with Store.create(beside) as store:
            store.join(copy, name=Path(other).name)
        beside.rename(place)  # an empty folder of that name is replaced
    except OSError as error:
        hint = "Name a folder that does not exist yet, in a place that you may write to."
        raise ReviewError(f"cannot be made ({error.strerror})", path=folder, hint=hint) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class Merging:
    """What an open review takes from other copies of it, and gives to them."""

    def __init__(self, store: Store, reader: SnapshotReader, links: DuplicateLinks) -> None:
        self._store, self._reader, self._links = store, reader, links

    def merge(self, path: str | Path, *, reviewer: str = "") -> MergeReport:
        """Takes in what another copy has and this one lacks, and links new records that are certain duplicates.

        Raises:
            InputError: the file cannot be opened.
            ReviewError: it is no copy of this review, or damaged; nothing was changed.
        """
        place = Path(path)
        if place.is_dir() and place.resolve() == self._store.folder.resolve():
            raise ReviewError("is the review itself", path=path, hint="Name another copy of it.")
        _ = self._reader.snapshot  # criteria that were edited here go into the log first
        copy = read_other(path)
        for event in copy.events:
            _must_be_understood(event, path)
        before = self._standing()
        try:
            joined = self._store.join(copy, name=place.name, reviewer=reviewer)
        except ReviewError as error:
            raise ReviewError(error.message, path=error.path or path, hint=error.hint) from error
        linked = self._link(joined.records, reviewer) if joined.records else 0
        return MergeReport(
            name=place.name,
            events=len(joined.events),
            records=len(joined.records),
            linked=linked,
            decisions=_count_decisions(joined.events),
            twice=self._count_twice(joined, before),
            criteria=self.criteria_conflict(),
            links=self._links.contradictions(),
        )

    def share(self, path: str | Path, *, reviewer: str = "", decisions: Decisions = "") -> ShareReport:
        """Writes a file from which another copy can take in this review.

        Args:
            reviewer: who shares it.
            decisions: "own": those of `reviewer` alone, which a blinded review gives unless it is told otherwise;
                "none"; or "all".

        Raises:
            LabelError: nobody says whose decisions it is to hold.
            InputError: it cannot be written.
        """
        blinded = self._reader.snapshot.states.policy.blinded
        chosen, whole = decisions or ("own" if blinded else "all"), self._store.copy()
        copy = whole if chosen == "all" else without(whole, _hides(None if chosen == "none" else reviewer))
        if chosen == "own" and not reviewer and len(copy.events) < len(whole.events):
            hint = "Name yourself (--reviewer), or share none or all of the decisions (--decisions)."
            raise LabelError(
                "reviewers of this review are blinded, and nobody says whose decisions to share", hint=hint
            )
        header = ShareHeader(review=copy.root, made_by=reviewer, decisions=chosen, tiab=tiab.__version__)
        write_share(path, copy, header)
        return ShareReport(
            name=Path(path).name,
            records=len(copy.records),
            events=len(copy.events),
            decisions=chosen,
            by_reviewer=_count_decisions(copy.events),
        )

    def criteria_conflict(self) -> CriteriaConflict | None:
        """The criteria that were changed in two copies and not settled since."""
        _ = self._reader.snapshot  # criteria that were edited here go into the log first
        heads = self._reader.snapshot.logged.criteria_heads
        return CriteriaConflict(versions=heads, holds=heads[-1]) if len(heads) > 1 else None

    def settle_criteria(self, event_id: int, *, reviewer: str = "") -> Event:
        """Chooses between criteria that were changed in two copies; its entry in the log.

        Raises:
            LabelError: there is no such choice.
        """
        conflict = self.criteria_conflict()
        chosen = next((one for one in self._store.events(kinds=["criteria"]) if one.event_id == event_id), None)
        if conflict is None or chosen is None or event_id not in conflict.versions:
            raise LabelError(f"there is no choice of criteria {event_id} to make", hint="tiab conflicts names them.")
        path = self._store.folder / CRITERIA_NAME
        if path.exists() and chosen.payload.get("criteria"):
            write_bytes(path, logged_text(chosen.payload).encode())
        payload = {**chosen.payload, "follows": list(conflict.versions)}
        return self._store.append(Entry(kind="criteria", reviewer=reviewer, payload=payload))

    def _link(self, fresh: Iterable[str], reviewer: str) -> int:
        """Links the new records to those that they are certain duplicates of, as an import does."""
        new = frozenset(fresh)
        found = self._links.find()
        groups = tuple(group for group in found.certain if new.intersection(group.record_ids))
        from tiab.dedupe import Duplicates  # loads all readers of files

        return self._links.link_certain(Duplicates(certain=groups), reviewer=reviewer)

    def _standing(self) -> dict[tuple[str, str], tuple[str, int]]:
        """(record, reviewer) -> the decision that stands, and its number."""
        labels = self._reader.snapshot.logged.labels
        return {key: (str(given[-1].label.decision), given[-1].event_id) for key, given in labels.items()}

    def _count_twice(self, joined: Joined, before: Mapping[tuple[str, str], tuple[str, int]]) -> int:
        """On how many records a reviewer decided in another copy, and otherwise than here."""
        came: dict[tuple[str, str], str] = {}
        for event in joined.events:
            if event.kind == "labelled":
                came[event.record_id, event.reviewer] = str(event.payload["decision"])
        return sum(key in before and before[key][0] != decision for key, decision in came.items())


def _must_be_understood(event: CopiedEvent, path: str | Path) -> None:
    """Raises ReviewError where an event says what no page, report or ranking could read."""
    said = event.payload
    try:
        if event.kind == "criteria":
            criteria = Criteria.from_dict(said["criteria"]) if said["criteria"] else None
            sound = isinstance(said["seed"], int) and (criteria is None or bool(as_toml(criteria)))
        elif event.kind == "settings":
            sound = bool(read_policy(said))
        elif event.kind == "searched":
            sound = all(isinstance(said[name], str) for name in ("query", "since", "until")) and int(said["found"]) >= 0
        elif event.kind == "choices":
            sound = all(isinstance(one, str) for name in ("reasons", "tags") for one in [*said[name]])
        else:  # what else there is, the log is read with before anything of it is kept
            return
    except (CriteriaError, ReviewError, KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        hint = "Ask for the file again."
        raise ReviewError(
            f"is damaged: event {event.number} ({event.kind}) is not what tiab wrote", path=path, hint=hint
        )


def _hides(reviewer: str | None) -> Callable[[CopiedEvent], bool]:
    """What a copy leaves out so that it tells of no decisions but those of `reviewer` (None: of nobody's).

    Prior knowledge is everybody's. A ranking made for somebody tells what they had decided; one made for all together,
    and the exports and reports that rest on it, of everybody.
    """

    def hidden(event: CopiedEvent) -> bool:
        if event.kind in _RANKS_ALL:
            return event.reviewer != reviewer or event.payload.get("scope") == "joint"
        if event.kind == "labelled" and event.payload.get("prior"):
            return False
        return event.kind in _OF_DECISIONS and event.reviewer != reviewer

    return hidden


def _count_decisions(events: Iterable[CopiedEvent]) -> dict[str, int]:
    counted = Counter(event.reviewer for event in events if event.kind == "labelled" and not event.payload.get("prior"))
    return dict(sorted(counted.items()))
