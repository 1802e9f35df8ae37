"""What PICO found in each record, kept so that it need not be found again.

A value belongs to the content of a record, the criteria and the version of the rules together: when one of them
changes, it is looked for afresh. Losing all of it costs time and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

__all__ = ["keep", "kept"]

_AT_ONCE = 500


def kept(
    connection: sqlite3.Connection, fingerprints: Iterable[str], *, criteria: str, version: str
) -> dict[str, bytes]:
    """Record fingerprint -> what was kept for it; only those for which something was."""
    wanted = list(dict.fromkeys(fingerprints))
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        query = f"SELECT fingerprint, value FROM pico WHERE criteria = ? AND version = ? AND fingerprint IN ({marks})"
        found.update(connection.execute(query, (criteria, version, *some)).fetchall())
    return found


def keep(connection: sqlite3.Connection, values: Mapping[str, bytes], *, criteria: str, version: str) -> None:
    """Keeps `values` within the caller's transaction; what is kept already stays."""
    rows = [(fingerprint, criteria, version, value) for fingerprint, value in values.items()]
    connection.executemany("INSERT OR IGNORE INTO pico VALUES (?, ?, ?, ?)", rows)
