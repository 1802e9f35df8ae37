"""Nested values, as JSON has them and as some tables have them in cells, as (name, text) pairs with dotted names."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tiab.formats.text import clean_text

__all__ = ["pairs_in", "parsed"]

MAX_CELL = 1 << 20
"""Characters of a cell that is looked at; a thousand authors with their ids take a tenth of it."""
_WRAPPERS = ("data", "_source", "attributes", "protocolSection")
"""Names under which some programs keep all that they know of a record."""
_FAMILY, _GIVEN = ("family", "lastName", "last_name"), ("given", "firstName", "first_name", "forename", "initials")
_WHOLE = ("literal", "name", "display_name", "fullName", "full_name", "collectiveName", "raw_author_name")
_KINDS = ("type", "idtype", "id_type")

_Pair = tuple[str, str]


def pairs_in(item: Mapping[str, Any], known: Callable[[str], bool], people: Callable[[str], bool]) -> Iterator[_Pair]:
    """The values in a record as texts: items of a list one by one, people as "family, given", dates as 2017-10-31.

    Args:
        known: whether a reader looks at a dotted name; a nested value without such a name stays one text, as JSON.
        people: whether a name is one of the authors'.
    """
    for name, held in item.items():
        if isinstance(held, dict) and (name in _WRAPPERS or name.endswith("Module")):
            yield from pairs_in(held, known, people)
        elif name == "abstract_inverted_index" and isinstance(held, dict):
            yield "abstract", _unfolded(held)
        else:
            yield from _leaves(name, held, known, people)


def _leaves(name: str, held: Any, known: Callable[[str], bool], people: Callable[[str], bool]) -> Iterator[_Pair]:
    if isinstance(held, list):
        for item in held:
            yield from _leaves(name, item, known, people)
    elif isinstance(held, dict):
        plain = _person(held) if people(name) else _date(held)
        inner = [] if plain else [pair for part in _parts(name, held) for pair in _leaves(*part, known, people)]
        if plain:
            yield name, plain
        elif people(name) and "creatorType" in held:
            yield f"{name}.{held['creatorType']}", _name(held)
        elif any(known(inner_name) for inner_name, _ in inner):
            yield from (pair for pair in inner if known(pair[0]))
        elif held:
            yield name, json.dumps(held, ensure_ascii=False, sort_keys=True)
    elif held is not None and held != "":
        yield name, clean_text(str(held))


def _parts(name: str, held: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an object holds under dotted names; of {"type": "pmid", "value": 7}, that the pmid is 7."""
    kind = next((held[part] for part in _KINDS if isinstance(held.get(part), str)), "")
    if kind and "value" in held:
        yield f"{name}.{kind}", held["value"]
    else:
        yield from ((f"{name}.{part}", value) for part, value in held.items())


def _person(held: Mapping[str, Any]) -> str:
    """The name of an author, particles with it: "van den Berg, A"; "" for an editor, or for no person at all."""
    if isinstance(held.get("author"), dict):
        return _person(held["author"]) or _first(held, _WHOLE)
    return _name(held) if held.get("creatorType", "author") == "author" else ""


def _name(held: Mapping[str, Any]) -> str:
    before, behind = _first(held, ("non-dropping-particle",)), _first(held, ("dropping-particle",))
    family = " ".join(filter(None, (before, _first(held, _FAMILY), _first(held, ("suffix",)))))
    given = " ".join(filter(None, (_first(held, _GIVEN), behind)))
    return clean_text(", ".join(filter(None, (family, given))) or _first(held, _WHOLE))


def _first(held: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(held[name]).strip() for name in names if isinstance(held.get(name), str | int) and held[name]), "")


def _date(held: Mapping[str, Any]) -> str:
    """A date of CSL or Crossref; "" for what is none."""
    if isinstance(held.get("date-parts"), list):
        numbers = [part for parts in held["date-parts"] if isinstance(parts, list) for part in parts]
        return "-".join(str(number) for number in numbers if number is not None)
    return _first(held, ("raw", "literal")) if len(held) <= 2 else ""


def _unfolded(index: Mapping[str, Any]) -> str:
    """The text of which OpenAlex gives the places of each word."""
    places = ((place, word) for word, held in index.items() if isinstance(held, list) for place in held)
    return clean_text(" ".join(word for _, word in sorted(pair for pair in places if isinstance(pair[0], int))))


def parsed(cell: str) -> Any:
    """What a cell holds that is written as JSON or as Python prints it; None for any other text.

    >>> parsed("[{'name': 'Max Muster'}]"), parsed("[sic]")
    ([{'name': 'Max Muster'}], None)
    """
    if not cell.startswith(("[{", "{")) or not cell.endswith(("]", "}")) or len(cell) > MAX_CELL:
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return None
