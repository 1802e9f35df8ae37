"""What a format has no place for, carried in one of its spare fields, so that writing and reading change nothing.

A writer fills the format's own fields first. What reading them back would not give (an id of tiab's own, the paragraphs
of an abstract, a column that the format doesn't know) is added as `tiab:` and a JSON list of pairs. Other programs
ignore that field or show it; they lose nothing that the format can hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tiab.records import Record

__all__ = ["MARK", "packed", "restored"]

MARK = "tiab:["
_TEXTS = ("record_id", "title", "abstract", "journal", "doi", "pmid", "language")
_LISTS = ("authors", "keywords", "publication_types")
_FOR_IDS = frozenset({"title", "abstract", "year", "doi", "pmid"})
"""What the id of a record is told from that the file gives none."""
_Pair = tuple[str, str]


def packed(record: Record, read: Record) -> str:
    """What turns `read`, as the plain fields give it, into `record`; "" where they are equal.

    >>> packed(Record(record_id="7", title="Yoga"), Record(record_id="tiab:1", title="Yoga"))
    'tiab:[["record_id","7"]]'
    """
    parts: list[tuple[str, Any]] = []
    for name in (*_TEXTS, *_LISTS, "year"):
        wanted, given = getattr(record, name), getattr(read, name)
        if wanted != given:
            breaks = name == "abstract" and given == wanted.replace("\n", " ")
            parts.append(("breaks", _breaks(wanted)) if breaks else (name, wanted))
    if record.record_id == read.record_id and not _FOR_IDS.isdisjoint(name for name, _ in parts):
        parts.append(("record_id", record.record_id))  # else it would be told from what is put back
    parts.extend(_difference(record.extra, read.extra))
    if not parts:
        return ""
    # Braces, per cents and ampersands mean something in BibTeX or XML, so they are spelt as JSON allows.
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    for character in "{}%&<>":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"tiab:{text}"


def restored(fields: Mapping[str, Any], carried: str) -> dict[str, Any] | None:
    """`fields` with what `packed` gave put back; None where `carried` is not of its making."""
    try:
        parts = json.loads(carried.removeprefix("tiab:"))
        result = dict(fields)
        for name, value in parts:
            _restore(result, name, value)
        return result
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None


def _restore(fields: dict[str, Any], name: str, value: Any) -> None:
    """Puts one part back; a value of the wrong type is an error, as the file may come from anybody."""
    if name in _TEXTS:
        fields[name] = _text(value)
    elif name in _LISTS:
        fields[name] = tuple(map(_text, value))
    elif name == "year":
        fields[name] = None if value is None else range(10_000)[int(value)]
    elif name == "breaks":
        letters = list(fields["abstract"])
        if all(letters[place] == " " for place in value):  # else it is of a time when texts kept their markup
            for place in value:
                letters[place] = "\n"
        fields["abstract"] = "".join(letters)
    elif name == "extra":
        fields[name] = tuple((_text(key), _text(text)) for key, text in value)
    elif name == "no":
        fields["extra"] = tuple(pair for pair in fields["extra"] if pair[0] not in value)
    elif name == "insert":
        extra = list(fields["extra"])
        for place, key, text in value:
            extra.insert(place, (_text(key), _text(text)))
        fields["extra"] = tuple(extra)
    else:
        raise KeyError(name)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _breaks(text: str) -> list[int]:
    return [place for place, character in enumerate(text) if character == "\n"]


def _difference(wanted: Sequence[_Pair], given: Sequence[_Pair]) -> Iterable[tuple[str, Any]]:
    """How to get from the pairs given to those wanted: names to leave out, pairs to insert, or else all of them."""
    known = {name for name, _ in wanted}
    absent = sorted({name for name, _ in given} - known)
    rest = [pair for pair in given if pair[0] in known]
    inserts: list[tuple[int, str, str]] = []
    at = 0
    for place, pair in enumerate(wanted):
        if at < len(rest) and rest[at] == pair:
            at += 1
        else:
            inserts.append((place, *pair))
    if at < len(rest):
        return [("extra", list(wanted))]
    return [part for part in (("no", absent), ("insert", inserts)) if part[1]]
