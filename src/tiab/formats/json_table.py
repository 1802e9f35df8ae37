"""JSON and JSON Lines: an object for each record, with names like the headings of a table.

They are found wherever they are: in a list (CSL-JSON, Publish or Perish), in one within an object (EPPI-Reviewer,
OpenAlex, Crossref, Lens, ClinicalTrials.gov), or one on each line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tiab.errors import InputError
from tiab.formats.columns import RULES as TABLE_RULES
from tiab.formats.columns import column_key, is_known
from tiab.formats.input_file import InputFile
from tiab.formats.list_fields import split_names, split_words
from tiab.formats.mapping import build
from tiab.formats.nested import pairs_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.text import decoding_of

__all__ = ["found_at", "objects_in", "parse"]

MAX_SIZE = 128 << 20
"""Bytes, as the whole of a JSON file is in memory at once."""
RULES = replace(TABLE_RULES, one_author_each=True, one_keyword_each=True, carry=())
_DEEPEST = 4
"""Levels of objects and lists above the records."""
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[\[\]{}]|\n', re.DOTALL)
_TITLES = re.compile(r"(?:article|brief|document|primary|public|scientific|study)?title|displayname")
_NAMED = re.compile(r'"[\w. -]*title"\s*:|"display_name"\s*:', re.IGNORECASE)
_OWN = frozenset({"author", "authors", "abstract", "year", "doi", "authorships", "pmid"})
"""What a record has, and a list of records that has a title of its own has not."""


def found_at(lines: Sequence[str]) -> int | None:
    """0 if `lines`, the beginning of a file, begin a JSON list or object, with a title in it."""
    text = "\n".join(lines).lstrip()
    return 0 if re.match(r"\{\s*\"|\[\s*\{", text) and _NAMED.search(text) else None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: it is not JSON, or holds no list of objects; see also `decoding_of`.
    """
    decoding = decoding_of(source, longest=MAX_SIZE)  # all of it may stand on one line
    if decoding.warning:
        noted.warnings.append(decoding.warning)
    text = source.read_all(MAX_SIZE).decode(decoding.encoding, decoding.errors).removeprefix("\ufeff")
    items = objects_in(list(_values(source, text)))
    if not items:
        raise InputError("is JSON, but no list of records", path=source.path, hint="Export the search as RIS or CSV.")
    noted.starts.extend(_starts(text))
    for number, item in enumerate(items):
        pairs = [pair for held in pairs_in(item, is_known, _is_people) for pair in _apart(*held, item)]
        line = noted.starts[number] if number < len(noted.starts) else 1
        yield line, build(pairs, RULES, source.name, [column_key(name) or "?" for name, _ in pairs])


def _is_people(name: str) -> bool:
    return column_key(name) in RULES.authors


def _apart(name: str, text: str, item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The people or keywords that stand in one text; what is a list in the file is left as it is."""
    if isinstance(item.get(name), str):
        key = column_key(name)
        if key in RULES.authors:
            yield from ((name, person) for person in split_names(text))
            return
        if key in RULES.keywords:
            yield from ((name, word) for word in split_words(text))
            return
    yield name, text


def _values(source: InputFile, text: str) -> Iterator[Any]:
    """The values that stand in the file one after the other, which is one but in JSON lines."""
    decoder = json.JSONDecoder()
    at = len(text) - len(text.lstrip())
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", None)
            raise InputError("is damaged JSON", path=source.path, line=line, hint="Export it again.") from error
        yield value
        while at < len(text) and (text[at].isspace() or text[at] in ",\x1e"):
            at += 1


def objects_in(values: Sequence[Any]) -> list[dict[str, Any]]:
    """The records among `values`, all that a file holds: those lists of objects, not deep down, that have titles.

    Raises nothing; there may be none.
    """
    if not values or not all(isinstance(value, (dict, list)) for value in values):
        return []
    if all(isinstance(value, dict) and _has_title(value) for value in values) and (
        len(values) > 1 or not _OWN.isdisjoint(map(str.lower, values[0]))
    ):
        return list(values)
    level: list[Any] = list(values)
    for _ in range(_DEEPEST):
        lists = [value for value in level if isinstance(value, list) and any(map(_has_title, value))]
        found = [item for value in lists or _named(level) for item in value]
        if found:
            return found if all(isinstance(item, dict) for item in found) else []
        level = [inner for value in level for inner in (value.values() if isinstance(value, dict) else value)]
        level = [value for value in level if isinstance(value, (dict, list))]
    return []


def _named(level: Sequence[Any]) -> list[list[Any]]:
    """The records in objects that have each under a name of its own, such as its PMID."""
    held = [[item for item in value.values() if _has_title(item, 0)] for value in level if isinstance(value, dict)]
    return [items for items in held if items]


def _has_title(item: Any, depth: int = 3) -> bool:
    """Whether an object has a title, itself or in what it wraps."""
    if not isinstance(item, dict):
        return False
    if any(column_key(name) in RULES.title for name in item):
        return True
    return depth > 0 and any(_has_title(held, depth - 1) for held in item.values() if isinstance(held, dict))


@dataclass(slots=True)
class _Frame:
    """A bracket that is open in the raw text: where objects open in it, and whether a title stands in it."""

    kind: str
    depth: int
    objects: list[int] = field(default_factory=list)
    titled: bool = False


def _starts(text: str) -> list[int]:
    """The lines at which records open, told from the brackets and the names in the raw text alone.

    A name of a title marks the outermost list around it; the objects in the outermost lists so marked are the records.
    Where there is no list around it, they are the objects of the file itself, or those that have a title.
    """
    top = _Frame("", 0)
    stack, lists, alone, own, line = [top], [top][:0], list[int](), False, 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "[{":
            if token == "{":
                stack[-1].objects.append(line)
            stack.append(_Frame(token, len(stack)))
        elif token in "]}":
            if len(stack) > 1:
                stack.pop()
        elif match[2]:
            name = column_key(match[1])
            around = next((frame for frame in stack if frame.kind == "["), None)
            own = own or (len(stack) == 2 and name in _OWN)
            if _TITLES.fullmatch(name):
                if around is None:
                    top.titled = top.titled or len(stack) == 2
                    alone.append(line)
                elif not around.titled:
                    around.titled = True
                    lists.append(around)
        line += token.count("\n")
    if top.titled and (own or len(top.objects) > 1):
        return top.objects
    highest = min((frame.depth for frame in lists), default=0)
    return [number for frame in lists if frame.depth == highest for number in frame.objects] or alone
