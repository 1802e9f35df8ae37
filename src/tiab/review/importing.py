"""Importing: the decisions of a file as entries of the log."""

from __future__ import annotations

from collections.abc import Collection

from tiab.decisions import Matching
from tiab.labels import Label
from tiab.store import Entry, label_entry

__all__ = ["label_entries"]


def label_entries(matching: Matching, standing: Collection[Label], *, reviewer: str, prior: bool) -> list[Entry]:
    """The entries that store what was found, but for what stands already; all as prior knowledge where `prior`."""
    entries = []
    for record_id, one in matching.found:
        label = Label(
            record_id=record_id,
            decision=one.decision,
            reviewer=reviewer,
            reason=one.reason,
            prior=prior or one.prior,
        )
        if label not in standing:
            entries.append(label_entry(label, note=one.note, ordered=False))
    return entries
