"""JSON: a list of records, each an object whose names are such as table headings (Publish or Perish, CSL-JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tiab.errors import InputError
from tiab.formats.entries import Draft, Tally, build
from tiab.formats.opening import Source
from tiab.formats.table import RULES as TABLE_RULES
from tiab.formats.table import heading
from tiab.formats.text import clean_text, decoding_of

__all__ = ["found_at", "parse"]

MAX_SIZE = 128 << 20
"""Bytes, as the whole of a JSON file is in memory at once."""
RULES = replace(TABLE_RULES, one_author_each=True, journal=("container title", *TABLE_RULES.journal), carry=())
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|\n', re.DOTALL)


def found_at(lines: Sequence[str]) -> int | None:
    """0 if `lines`, the beginning of a file, begin a JSON list of objects, or an object, with a title in it."""
    text = "\n".join(lines).lstrip()
    return (
        0 if re.match(r"(?:\{\s*\"[^\"]*\"\s*:\s*)?\[\s*\{", text) and re.search(r'"title"\s*:', text, re.I) else None
    )


def parse(source: Source, tally: Tally) -> Iterator[Draft]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: it is not JSON, or not a list of objects; see also `decoding_of`.
    """
    decoding = decoding_of(source, longest=MAX_SIZE)  # all of it may stand on one line
    text = source.read_all(MAX_SIZE).decode(decoding.encoding, decoding.errors)
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise InputError("is damaged JSON", path=source.path, line=line, hint="Export it again.") from error
    depth = 1
    if isinstance(data, dict) and len(data) == 1:
        (data,) = data.values()
        depth = 2
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise InputError("is JSON, but no list of records", path=source.path, hint="Export the search as RIS or CSV.")
    tally.starts.extend(_starts(text, depth))
    for number, item in enumerate(data):
        pairs = [(name, value) for name, held in item.items() for value in _values(held)]
        line = tally.starts[number] if number < len(tally.starts) else 1
        yield line, build(pairs, RULES, source.name, [heading(name) or "?" for name, _ in pairs])


def _starts(text: str, depth: int) -> Iterator[int]:
    """The lines at which objects open within `depth` brackets, counted in the raw text."""
    line, level = 1, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "{" and level == depth:
            yield line
        if token in "[{":
            level += 1
        elif token in "]}":
            level -= 1
        line += token.count("\n")


def _values(held: Any) -> Iterator[str]:
    """A value as texts: the items of a list one by one, people as "family, given", dates as 2017-10-31."""
    if isinstance(held, list):
        for item in held:
            yield from _values(item)
    elif isinstance(held, dict):
        if "family" in held or "given" in held:
            yield clean_text(", ".join(str(held[part]) for part in ("family", "given") if held.get(part)))
        elif isinstance(held.get("date-parts"), list):
            yield "-".join(str(part) for parts in held["date-parts"] if isinstance(parts, list) for part in parts)
        else:
            yield json.dumps(held, ensure_ascii=False, sort_keys=True)
    elif held is not None and held != "":
        yield clean_text(str(held))
