"""Batches: what a reviewer does to many records at once, written together and undone as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tiab.errors import LabelError, ReviewError
from tiab.labels import Decision, Label
from tiab.review.annotations import Annotations, note_entries, tag_entries, undone_entry
from tiab.review.deciding import must_be_alone
from tiab.review.snapshot import SnapshotReader
from tiab.store import Entry, Event, Store, label_entry

__all__ = ["Batch", "BatchWork", "Batches"]

Kind = Literal["decide", "tag", "untag", "note"]
_PARTS = ("labelled", "tagged", "noted")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWork:
    """What is to be done to each record: a decision (with a reason), a tag put on or taken off, or a note added."""

    kind: Kind
    value: str
    reason: str = ""

    def sentence(self, records: int) -> str:
        """What was done, in words.

        >>> BatchWork(kind="decide", value="exclude", reason="animal study").sentence(2)
        '2 records excluded (animal study)'
        """
        decided = {"include": "included", "exclude": "excluded", "maybe": "marked as maybe"}
        said = {
            "decide": f" {decided.get(self.value, self.value)}{f' ({self.reason})' if self.reason else ''}",
            "tag": f": label “{self.value}” added",
            "untag": f": label “{self.value}” removed",
            "note": f": note added: {self.value}",
        }[self.kind]
        return f"{records:,} {'record' if records == 1 else 'records'}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch that was done: its token, when and by whom, to how many records, and whether it was undone."""

    token: str
    time: str
    reviewer: str
    work: BatchWork
    records: int
    undone: bool = False

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        return self.work.sentence(self.records)


class Batches:
    """The batches of an open review."""

    def __init__(self, store: Store, reader: SnapshotReader, annotations: Annotations) -> None:
        self._store, self._reader, self._annotations = store, reader, annotations

    def all(self, reviewer: str) -> tuple[Batch, ...]:
        """The batches of one reviewer, last first."""
        events = self._store.events(kinds=["batch", "batch_undone"])
        undone = {str(event.payload.get("batch", "")) for event in events if event.kind == "batch_undone"}
        own = [_batch(event) for event in events if event.kind == "batch" and event.reviewer == reviewer]
        return tuple(replace(one, undone=one.token in undone) for one in reversed(own))

    def do(self, record_ids: Sequence[str], work: BatchWork, *, reviewer: str = "", token: str = "") -> Batch:
        """Does the same to all of these records, in one piece; what was done.

        A decision made so has no place in the order of reading, so it is no evidence for when to stop.

        Args:
            token: chosen by the caller; sent again, it is done once.

        Raises:
            LabelError: there is no such record or decision, or nothing would change.
            ReviewError: it could not be stored.
        """
        token = token or uuid.uuid4().hex
        done = next((one for one in self.all(reviewer) if one.token == token), None)
        if done is not None:
            return done
        snapshot = self._reader.snapshot
        ids = list(dict.fromkeys(map(snapshot.groups.main_id, record_ids)))
        unknown = next((one for one in ids if one not in snapshot.places), None)
        if unknown is not None:
            raise LabelError(f"no record '{unknown[:80]}' in this review", hint="Reload the list.")
        entries = self._entries(ids, work, reviewer, token)
        if not entries:
            raise LabelError("nothing would change", hint="Choose other records, or another action.")
        payload = {"batch": token, "what": work.kind, "value": work.value, "reason": work.reason}
        head = Entry(kind="batch", reviewer=reviewer, payload={**payload, "records": len(entries)}, token=token)
        return _batch(self._store.append_all([head, *entries])[0])

    def undo(self, token: str, *, reviewer: str = "") -> Batch:
        """Undoes a batch as a whole; what it was. Decisions that were made since stay.

        Raises:
            ReviewError: this reviewer did no such batch, or it was undone already.
        """
        done = next((one for one in self.all(reviewer) if one.token == token), None)
        if done is None or done.undone:
            raise ReviewError("there is no such batch to undo", hint="Reload the page to see what can be undone.")
        gone = {event.target for event in self._store.events(kinds=["undone"])}
        parts = [event for event in self._store.events(kinds=_PARTS) if event.payload.get("batch") == token]
        undone = [undone_entry(event) for event in parts if event.event_id not in gone]
        self._store.append_all([*undone, Entry(kind="batch_undone", reviewer=reviewer, payload={"batch": token})])
        return replace(done, undone=True)

    def _entries(self, ids: Sequence[str], work: BatchWork, reviewer: str, token: str) -> list[Entry]:
        if work.kind == "decide":
            return self._decisions(ids, Decision.parse(work.value), work.reason, reviewer, token)
        now = self._annotations.now
        if work.kind == "note":
            snapshot = self._reader.snapshot
            beside = {key: given[-1].note for (key, name), given in snapshot.state.labels.items() if name == reviewer}
            before = beside | {one: noted.text for one in ids if (noted := now.note_of(one, reviewer))}
            text = " ".join(work.value.split())
            if not text:
                raise LabelError("the note is empty", hint="Write what is to be noted.")
            return note_entries(ids, text, reviewer=reviewer, before=before, batch=token)
        return tag_entries(ids, work.value, on=work.kind == "tag", reviewer=reviewer, now=now, batch=token)

    def _decisions(self, ids: Sequence[str], decision: Decision, reason: str, reviewer: str, token: str) -> list[Entry]:
        if not reviewer:
            must_be_alone(self._store.named_reviewers())
        given = self._reader.snapshot.state.labels
        entries = []
        for one in ids:
            label = Label(record_id=one, decision=decision, reviewer=reviewer, reason=reason)
            before = given.get((one, reviewer), ())
            if before and before[-1].label == label:
                continue
            entry = label_entry(label, note=before[-1].note if before else "", ordered=False)
            entries.append(replace(entry, payload={**entry.payload, "batch": token}))
        return entries


def _batch(event: Event) -> Batch:
    said = event.payload
    work = BatchWork(kind=said["what"], value=str(said["value"]), reason=str(said.get("reason", "")))
    return Batch(
        token=str(said["batch"]), time=event.time, reviewer=event.reviewer, work=work, records=int(said["records"])
    )
