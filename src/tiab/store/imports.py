"""Imports: the files that records or decisions came from, and which records of undone ones are in the pool no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tiab.store.events import Event

__all__ = ["Import", "import_from", "withdrawn"]

_COUNTS = ("found", "new", "known", "duplicates", "unreadable", "stored", "missing", "undecided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file that came in.

    Attributes:
        number: of the import, counted from 1 in the order of the log.
        event_id: its event.
        kind: what came in with it.
        name, sha256: of the file, its name without its folder.
        counts: what became of it, as its event says.
        source_id: of the file that records came from, as `Source` has it; 0 for decisions.
        positions: of the records that it brought, in the order of all records, counted from 1.
        held: of the records that it had and that an earlier import had brought; None where the log doesn't say.
        undone: it was undone as a whole.
    """

    number: int
    event_id: int
    time: str
    kind: Literal["records", "decisions"]
    name: str
    sha256: str
    reviewer: str
    counts: Mapping[str, int]
    source_id: int = 0
    positions: Sequence[int] = ()
    held: tuple[int, ...] | None = ()
    undone: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types, without the records."""
        names = ("number", "kind", "name", "time", "reviewer", "undone")
        return {name: getattr(self, name) for name in names} | dict(self.counts)


def import_from(event: Event, number: int) -> Import:
    """The import that an `imported` or `decisions_imported` event tells of."""
    said = event.payload
    brought_records = event.kind == "imported"
    silent = brought_records and "held" not in said and int(said.get("known", 0)) > 0
    return Import(
        number=number,
        event_id=event.event_id,
        time=event.time,
        kind="records" if brought_records else "decisions",
        name=str(said.get("name", "")),
        sha256=str(said.get("sha256", "")),
        reviewer=event.reviewer,
        counts={name: int(said[name]) for name in _COUNTS if name in said},
        source_id=int(said.get("source_id", 0)),
        positions=_positions(event) if brought_records else (),
        held=None if silent else tuple(int(position) for position in said.get("held", ())),
    )


def _positions(event: Event) -> Sequence[int]:
    """Of the records that an import stored; one that was made in another copy of the review names each."""
    said = event.payload
    if "positions" in said:
        return tuple(int(position) for position in said["positions"])
    last = int(said["last_position"])
    stored = int(said.get("stored", int(said.get("new", 0)) + int(said.get("duplicates", 0))))
    return range(last - stored + 1, last + 1)


def withdrawn(imports: Iterable[Import]) -> frozenset[int]:
    """The positions of the records that only undone imports brought or held."""
    imports = list(imports)
    undone = {position for one in imports if one.undone for position in one.positions}
    if not undone:
        return frozenset()
    standing: Sequence[Import] = [one for one in imports if not one.undone]
    return frozenset(undone.difference(*(one.positions for one in standing), *(one.held or () for one in standing)))
