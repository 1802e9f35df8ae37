"""Decided: one decision as a file carries it, with the record it was made on."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.labels import Decision
from tiab.records import Record

__all__ = ["Decided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision that a file carries.

    Attributes:
        record: what the file says of the record; its id is "" where the file's ids mean nothing outside it.
        prior: known before the screening that the file tells of.
    """

    record: Record
    decision: Decision
    reason: str = ""
    note: str = ""
    prior: bool = False
