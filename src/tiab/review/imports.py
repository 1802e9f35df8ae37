"""Imports: what files bring into an open review, records or decisions, each undone as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tiab.decisions import Matching, match_names, read_decisions
from tiab.labels import Decision
from tiab.review.annotations import Annotations, undone_entry
from tiab.review.decision_import import (
    DecisionsReport,
    carried_entries,
    find_import,
    label_entries,
    plan_import,
    undo_entries,
)
from tiab.review.record_import import FileReport, add_files
from tiab.review.snapshot import SnapshotReader
from tiab.store import Import, Store

if TYPE_CHECKING:
    from tiab.pico.pipeline import Progress

__all__ = ["Imports"]


class Imports:
    """The files that records and decisions of an open review came from."""

    def __init__(self, store: Store, reader: SnapshotReader) -> None:
        self._store, self._reader = store, reader
        self._annotations = Annotations(store, reader)

    def all(self) -> tuple[Import, ...]:
        """The files that records or decisions came from, in order, those undone as well."""
        return self._reader.snapshot.logged.files

    def add_records(
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

    def add_decisions(
        self, path: str | Path, *, decision: Decision | None = None, reviewer: str | None = None, prior: bool = False
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
        labels = read_decisions(path, decision=decision, by_reviewer=True)
        snapshot = self._reader.snapshot
        report, entry, entries = plan_import(labels, snapshot, reviewer=reviewer, prior=prior)
        more = carried_entries(labels.annotations, snapshot, self._annotations.now, reviewer=reviewer or "")
        if not entries and not more:
            return report
        entry = replace(entry, payload={**entry.payload, "annotations": len(more)})
        self._store.import_decisions(entry, [*entries, *more])
        return replace(report, number=len(self.all()), annotations=len(more))

    def add_prior(self, names: Iterable[str], *, reviewer: str = "") -> Matching:
        """Labels known relevant records, named by PMID, DOI, title or id, as prior knowledge; what was found.

        What is missing was not found by the review's search, which is worth a look at the search.
        """
        snapshot = self._reader.snapshot
        matching = match_names(names, snapshot.record_index)
        named = replace(matching, found=tuple((key, replace(one, reviewer=reviewer)) for key, one in matching.found))
        self._store.append_all(label_entries(named, snapshot.logged))
        return matching

    def undo(self, number: int, *, reviewer: str = "") -> Import:
        """Undoes an import as a whole; the import as it then is.

        Records that no other file had are out of the pool, with what was decided on them; decisions are taken back. All
        stays in the log, and importing the file again brings it back.

        Raises:
            ReviewError: there is no import of that number, or it was undone already.
        """
        logged = self._reader.snapshot.logged
        entries = undo_entries(logged, number, reviewer=reviewer)
        brought = self._annotations.brought_by(find_import(logged, number).event_id)
        self._store.append_all([*map(undone_entry, brought), *entries])
        return find_import(self._reader.snapshot.logged, number)
