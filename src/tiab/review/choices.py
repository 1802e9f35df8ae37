"""Choices: the lists that all reviewers of a review choose from, reasons for exclusion and labels; kept in its log."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from tiab.errors import CriteriaError, LabelError
from tiab.labels import EXCLUSION_REASONS
from tiab.review.annotations import LONGEST_TAG, clean_tag, place_of
from tiab.review.snapshot import SnapshotReader
from tiab.store import Entry, Store

__all__ = ["Choices", "ReviewChoices"]

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The lists, in their order: the first nine of each have a key.

    Attributes:
        reasons: why a record is excluded.
        tags: the labels that can be put on records; others can be made while screening.
    """

    reasons: tuple[str, ...] = EXCLUSION_REASONS
    tags: tuple[str, ...] = ()


class ReviewChoices:
    """The choices of an open review; one list for all reviewers."""

    def __init__(self, store: Store, reader: SnapshotReader) -> None:
        self._store, self._reader = store, reader
        self._lock = threading.Lock()
        self._seen = 0
        self._last: tuple[tuple[int, str], Choices] = ((0, ""), Choices())

    def read(self) -> Choices:
        """The lists as they are now."""
        end = 0
        with suppress(CriteriaError):  # a mistake in the criteria file is no matter here
            end = self._reader.snapshot.state.cursor
        with self._lock:
            for event in self._store.events(after=self._seen, kinds=["choices"]):
                said = event.payload
                reasons = tuple(map(str, said.get("reasons", EXCLUSION_REASONS)))
                read = place_of(event), Choices(reasons=reasons, tags=tuple(map(str, said.get("tags", ()))))
                self._last = max(self._last, read, key=lambda one: one[0])
            self._seen = max(self._seen, end)
            return self._last[1]

    def save(
        self, *, reasons: Iterable[str] | None = None, tags: Iterable[str] | None = None, reviewer: str = ""
    ) -> Choices:
        """Changes a list, for all reviewers; the lists then. Decisions that were made keep their reasons.

        Raises:
            LabelError: there is no reason left, or a list is too long.
        """
        before = self.read()
        after = Choices(
            reasons=before.reasons if reasons is None else _lines(reasons),
            tags=before.tags if tags is None else tuple(dict.fromkeys(clean_tag(tag) for tag in tags if tag.strip())),
        )
        if not after.reasons or max(len(after.reasons), len(after.tags)) > _MOST:
            raise LabelError("the list is empty or too long", hint=f"Give one to {_MOST}, one per line.")
        if after != before:
            payload = {"reasons": list(after.reasons), "tags": list(after.tags)}
            self._store.append(Entry(kind="choices", reviewer=reviewer, payload=payload))
        return after

    def rename_tag(self, old: str, new: str, *, reviewer: str = "") -> Choices:
        """Gives a tag of the list another name, in its place; the lists then. See `Annotations.rename_tag`."""
        return self.save(tags=[new if tag == old else tag for tag in self.read().tags], reviewer=reviewer)


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line[: 2 * LONGEST_TAG] for text in texts if (line := " ".join(text.split()))))
