"""The rooms of the page: one module each, with a router of its own. A new room is a module and a line here."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from tiab.web.rooms import conflicts, criteria, duplicates, exporting, importing, records, screening

__all__ = ["ROOMS", "Room"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room: what the pages call it ("" for one that they don't name), its address, and what answers there."""

    title: str
    path: str
    router: APIRouter


ROOMS = (
    Room(title="Screen", path="/", router=screening.router),
    Room(title="Records", path="/records", router=records.router),
    Room(title="Duplicates", path="/duplicates", router=duplicates.router),
    Room(title="Conflicts", path="/conflicts", router=conflicts.router),
    Room(title="Import", path="/import", router=importing.router),
    Room(title="Criteria", path="/criteria", router=criteria.router),
    Room(title="Export", path="/export", router=exporting.router),
)
