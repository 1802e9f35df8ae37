"""The gold standard of a review, and a word about what it leaves open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tiab.cli.show import note

if TYPE_CHECKING:
    from tiab.review import Snapshot

__all__ = ["gold_of", "note_undecided"]


def gold_of(path: Path, snapshot: Snapshot) -> list[str]:
    """The ids of the relevant records that a file names, as the review numbers them."""
    from tiab.evaluation.gold import read_gold, read_judged

    gold, judged = read_gold(path, snapshot.records), read_judged(path, snapshot.records)
    if judged is not None:
        heads = {snapshot.groups.main_id(record_id) for record_id in judged}
        note_undecided(len(snapshot.main_ids) - len(heads), f" in {path.name}")
    return gold


def note_undecided(count: int, where: str = "") -> None:
    """Says how many records count as irrelevant for want of a decision."""
    if count:
        records = "1 record has" if count == 1 else f"{count:,} records have"
        note(f"{records} no decision{where}, or a maybe: counted as irrelevant.")
