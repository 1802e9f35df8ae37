"""What a file of tiab says of each decision: who made it, when, why. One column holds it, as JSON, in every format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tiab.decisions.decided import Decided
from tiab.errors import LabelError
from tiab.labels import Decision
from tiab.records import Record

__all__ = ["COLUMN", "carried", "carried_annotations", "packed_annotations", "packed_decisions", "read_time"]

COLUMN = "decisions"
"""The column's name."""
_MICROSECONDS = 1e14
"""Numbers from here on count microseconds since 1970; smaller ones count seconds."""


def packed_decisions(joint: str, decided: Iterable[Decided]) -> str:
    """The column's text for one record.

    Args:
        joint: the decision that the file shows beside it; "" for none.
    """
    return json.dumps({"shown": joint, "by": [_plain(one) for one in decided]}, ensure_ascii=False)


def packed_annotations(text: str, tags: Mapping[str, Sequence[str]], notes: Mapping[str, str]) -> str:
    """The column's text with the tags and the notes of each reviewer beside the decisions; as it was where none is.

    Args:
        text: what `packed_decisions` gave.
    """
    more = {"tags": {name: list(own) for name, own in tags.items()}, "notes": dict(notes)}
    return json.dumps(json.loads(text) | {name: by for name, by in more.items() if by}, ensure_ascii=False)


def carried_annotations(record: Record) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """(reviewer -> tags, reviewer -> note) that a file of tiab carries on `record`; empty where it carries none."""
    text = next((value for name, value in record.extra if name == COLUMN), "")
    try:
        said = json.loads(text)
        tags = {str(name): tuple(map(_text, own)) for name, own in dict(said.get("tags", {})).items()}
        return tags, {str(name): _text(note) for name, note in dict(said.get("notes", {})).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}, {}  # a column of that name by another program


def carried(record: Record, joint: Decision | None) -> tuple[Decided, ...] | None:
    """The decisions that a file of tiab carries on `record`; None where it carries none, or `joint` was changed since.

    Who edits the decision that they see in a table means that one, and not what stands in a column beside it.
    """
    text = next((value for name, value in record.extra if name == COLUMN), "")
    try:
        said = json.loads(text)
        if said["shown"] != (joint or ""):
            return None
        return tuple(_decided(record, one) for one in said["by"])
    except (ValueError, TypeError, KeyError, RecursionError, LabelError):
        return None  # a column of that name by another program


def read_time(text: object) -> str:
    """A time as ISO 8601, from that, or from seconds or microseconds since 1970; "" for anything else.

    >>> read_time("2026-01-02 03:04:05"), read_time(1767323045.5), read_time("yesterday")
    ('2026-01-02T03:04:05', '2026-01-02T03:04:05.500000+00:00', '')
    """
    try:
        number = float(str(text))
        return datetime.fromtimestamp(number / (1e6 if number > _MICROSECONDS else 1), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return datetime.fromisoformat(str(text).strip()).isoformat()
    except ValueError:
        return ""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text where one belongs")
    return value


def _plain(one: Decided) -> dict[str, Any]:
    names = ("reviewer", "decision", "time", "reason", "note", "prior", "resolved")
    return {name: value for name in names if (value := getattr(one, name))}


def _decided(record: Record, said: dict[str, Any]) -> Decided:
    """One decision; a value of the wrong type is an error, as the file may come from anybody."""
    texts = {name: said.get(name, "") for name in ("reviewer", "time", "reason", "note")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("no text where one belongs")
    texts["time"] = read_time(texts["time"]) if texts["time"] else ""
    decision = Decision.parse(said["decision"])
    return Decided(
        record=record,
        decision=decision,
        prior=said.get("prior") is True,
        resolved=said.get("resolved") is True,
        **texts,
    )
