"""What several commands read: a pool, the labels on it, the gold standard of a review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tiab.cli.show import note, progress_bar, warn
from tiab.decisions import pool_labels
from tiab.errors import TiabError
from tiab.evaluation.gold import read_gold, read_judged
from tiab.formats.pool import Pool, read_pool
from tiab.labels import Decision

if TYPE_CHECKING:
    from tiab.review import Snapshot

__all__ = ["gold_of", "labels_of", "note_undecided", "pool_of"]


def pool_of(files: list[Path]) -> Pool:
    """The records of the files, with a word about what is doubtful in them and those that stood in more than one."""
    with progress_bar("reading records", None) as progress:
        pool = read_pool(files, progress=progress)
    if not pool.records:
        raise TiabError("there are no records in these files", hint="Check that the search export is not empty.")
    for warning in pool.warnings:
        warn(warning)
    if pool.repeated:
        note(f"{pool.repeated} records are in more than one file; each is ranked once.")
    return pool


def labels_of(files: list[Path] | None, pool: Pool) -> dict[str, Decision]:
    """The labels of the files by the ids of the pool, with a word about what looks doubtful in them."""
    labels, doubts = pool_labels(pool, files or [])
    for doubt in doubts:
        note(doubt)
    return labels


def gold_of(path: Path, snapshot: Snapshot) -> list[str]:
    """The ids of the relevant records that a file names, as the review numbers them."""
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
