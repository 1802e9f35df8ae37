"""edit_text: the text of a criteria file with other criteria in it, and the comments that people wrote where they were.

The text is split into tables, and these into the lines of each key. What did not change keeps its lines. The outcome
is read again: where it does not say exactly what it should (the file may be written in ways that are not foreseen
here), the criteria are written anew, without comments.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tiab.criteria import ROLES, Concept, Criteria, parse_criteria
from tiab.errors import CriteriaError
from tiab.review.criteria_file import as_toml

__all__ = ["edit_text"]

_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*')\s*,?\s*(#.*)?$""")
_LONGEST = 100
_SEVERAL = 4
"""Lists of more texts are written one on a line."""


@dataclass(slots=True)
class _Table:
    """A table of the file: its name ("" for what stands before the first), and its lines from comments to the end."""

    name: str
    lines: list[str] = field(default_factory=list)


def edit_text(text: str, wanted: Criteria) -> str:
    """The text of a criteria file that says `wanted`, as like to `text` as can be.

    >>> from dataclasses import replace
    >>> text = 'title = "Yoga"  # short\\n\\n[population]  # adults\\nterms = ["asthma"]\\n'
    >>> now = parse_criteria(text)
    >>> print(edit_text(text, replace(now, title="Yoga in asthma")), end="")
    title = "Yoga in asthma"  # short
    <BLANKLINE>
    [population]  # adults
    terms = ["asthma"]
    """
    try:
        now = parse_criteria(text)
        edited = _edited(text, now, wanted) if now != wanted else text
        return edited if parse_criteria(edited) == wanted else as_toml(wanted)
    except CriteriaError:
        return as_toml(wanted)


def _edited(text: str, now: Criteria, wanted: Criteria) -> str:
    top, *tables = _tables(text)
    _set(top, _changes({"title": now.title, "question": now.question, "related": now.related}, wanted))
    concepts = {role: [table for table in tables if table.name == role] for role in ROLES}
    others = [table for table in tables if table.name not in (*ROLES, "limits")]
    kept = [table for role in ROLES for table in _concept_tables(concepts[role], now.of_role(role), wanted, role)]
    limits = [table for table in tables if table.name == "limits"] or [_Table("limits", ["", "[limits]"])]
    _set(limits[0], _changes(asdict(now.limits), wanted.limits))
    if wanted.limits == type(wanted.limits)():
        limits = []
    order = {id(table): place for place, table in enumerate(tables)}
    every = sorted((*kept, *limits, *others), key=lambda table: order.get(id(table), len(order)))
    return "\n".join(line for table in (top, *every) for line in table.lines).strip("\n") + "\n"


def _tables(text: str) -> list[_Table]:
    """The tables in their order; comments right above a heading belong to its table."""
    tables = [_Table("")]
    for line in text.split("\n"):
        found = _HEADER.match(line)
        if found:
            above = tables[-1].lines
            start = len(above)
            while start and (not above[start - 1].strip() or above[start - 1].lstrip().startswith("#")):
                start -= 1
            tables.append(_Table(found[1], [*above[start:], line]))
            del above[start:]
        else:
            tables[-1].lines.append(line)
    return tables


def _concept_tables(tables: Sequence[_Table], now: Sequence[Concept], wanted: Criteria, role: str) -> Iterable[_Table]:
    """The tables of the wanted concepts of one role: an old one, by its name or its place, or a new one."""
    if len(tables) != len(now):
        return
    left = dict(enumerate(now))
    concepts = wanted.of_role(role)
    for index, concept in enumerate(concepts):
        named = [at for at, one in left.items() if one.name == concept.name]
        others = {one.name for one in concepts}
        spare = [at for at, one in left.items() if one.name not in others]
        at = next(iter((*named, *spare)), None)
        table = _Table(role, ["", f"[[{role}]]"])
        before = _pairs(Concept(role=role, name=_default(role, index), terms=(), required=_required(role)))
        if at is not None:
            table, before = tables[at], _pairs(left.pop(at))
        if len(concepts) > 1:
            table.lines = [re.sub(r"^(\s*)\[\s*([\w-]+)\s*\](?!\])", r"\1[[\2]]", line) for line in table.lines]
        _set(table, {key: value for key, value in _pairs(concept).items() if before[key] != value})
        yield table


def _pairs(concept: Concept) -> dict[str, Any]:
    return {key: value for key, value in asdict(concept).items() if key != "role"}


def _default(role: str, index: int) -> str:
    return role if index == 0 else f"{role} {index + 1}"


def _required(role: str) -> bool:
    return role not in ("comparator", "design")


def _changes(now: Mapping[str, Any], wanted: object) -> dict[str, Any]:
    return {key: getattr(wanted, key) for key, value in now.items() if getattr(wanted, key) != value}


def _set(table: _Table, changes: Mapping[str, Any]) -> None:
    """Gives keys of a table other values; an empty one takes the key out."""
    lines: list[str] = []
    last, left, at = 0, dict(changes), 0
    while at < len(table.lines):
        end = _end(table.lines, at)
        key = _KEY.match(table.lines[at])
        entry = table.lines[at:end]
        if key and key[1] in left:
            entry = _entry(key[1], left.pop(key[1]), entry)
        lines += entry
        if key or _HEADER.match(table.lines[at]):
            last = len(lines)
        at = end
    fresh = [line for key, value in left.items() for line in _entry(key, value, [])]
    table.lines = [*lines[:last], *fresh, *lines[last:]]


def _end(lines: Sequence[str], start: int) -> int:
    """Where the value of the key in a line ends: the next line, unless it is a list or text of several."""
    if _KEY.match(lines[start]):
        for end in range(start + 1, len(lines) + 1):
            if _read("\n".join(lines[start:end])) is not None:
                return end
    return start + 1


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def _entry(key: str, value: Any, before: Sequence[str]) -> list[str]:
    """The lines of a key, which had the lines `before`."""
    if value in (None, "", ()):
        return [line for line in before if line.lstrip().startswith("#")]
    if not isinstance(value, tuple):
        return [f"{key} = {_value(value)}{_comment(before)}"]
    items = [_ITEM.match(line) for line in before[1:-1]]
    if any(items):
        return [before[0], *_items(value, before[1:-1]), before[-1]]
    short = f"{key} = {_value(value)}{_comment(before)}"
    if len(value) <= _SEVERAL and len(short) <= _LONGEST:
        return [short]
    return [f"{key} = [", *(f"  {_value(text)}," for text in value), "]"]


def _items(value: Sequence[str], lines: Sequence[str]) -> Iterable[str]:
    """The lines of the texts of a list: those that are still wanted with their comments, then the new ones."""
    left = list(value)
    for line in lines:
        found = _ITEM.match(line)
        if not found:
            yield line
            continue
        text = " ".join(str((_read(f"x = {found[1]}") or {"x": ""})["x"]).split())
        if text in left:
            left.remove(text)
            yield f"  {found[1]},{f'  {found[2]}' if found[2] else ''}"
    yield from (f"  {_value(text)}," for text in left)


def _comment(before: Sequence[str]) -> str:
    """The comment at the end of the one line that a key had; "" for none."""
    if len(before) != 1:
        return ""
    line, whole = before[0], _read(before[0])
    for at in (found.start() for found in re.finditer("#", line)):
        if _read(line[:at]) == whole:
            return f"  {line[at:].rstrip()}"
    return ""


def _value(value: object) -> str:
    listed = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False).replace("\x7f", "\\u007f")
