"""What people read of the evidence table, in files, report and page: its signs, its words, its columns."""

from __future__ import annotations

from typing import Any

from tiab.pico.findings.table import EvidenceTable, Study

__all__ = ["SIGNS", "evidence_sign", "evidence_values", "outcome_words"]

SIGNS = {"increased": "↑", "decreased": "↓", "unchanged": "=", "mixed": "↕", "measured": "?"}
"""How each direction is shown in a cell."""

_TENDENCIES = {"increased": "(↑)", "decreased": "(↓)"}
_COLUMNS = 24
"""So many outcomes, those of most studies, get a column where people look; files for programs have all."""


def evidence_values(table: EvidenceTable) -> dict[str, Any]:
    """What a template needs to show the table."""
    return {
        "table": table, "columns": table.outcomes[:_COLUMNS], "signs": SIGNS, "sign": evidence_sign,
        "words": outcome_words,
    }  # fmt: skip


def evidence_sign(study: Study, outcome: str) -> str:
    """The sign of a cell, "" for an outcome that the abstract doesn't name; a tendency is in brackets."""
    tells = {one.direction for one in study.cells.get(outcome, ()) if one.tendency}
    direction = study.direction(outcome)
    return _TENDENCIES[tells.pop()] if len(tells) == 1 and direction == "unchanged" else SIGNS.get(direction, "")


def outcome_words(direction: str) -> str:
    """One of `DIRECTIONS` in words.

    >>> outcome_words("unchanged")
    'no significant change'
    """
    return {"unchanged": "no significant change", "measured": "no direction given"}.get(direction, direction)
