"""edit_terms: one term put into a criteria file, or taken out of it, with all else left as it was written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tiab.criteria.concepts import Concept, Criteria
from tiab.criteria.reading import parse_criteria
from tiab.errors import CriteriaError

__all__ = ["edit_terms", "with_term"]

_TOKEN = re.compile(r"""(?P<text>"(?:\\.|[^"\\\n])*"|'[^'\n]*')|(?P<comment>\#[^\n]*)|(?P<end>\])""")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)


def with_term(criteria: Criteria, concept: str, key: str, term: str, *, added: bool) -> Criteria:
    """The criteria with a term added to a list of a concept, or removed from it.

    Raises:
        CriteriaError: there is no such concept, or it would have no term left.
    """
    if all(one.name != concept for one in criteria.concepts):
        raise CriteriaError(f"there is no concept '{concept}'", hint="It may have been renamed since.")
    return replace(
        criteria,
        concepts=tuple(_changed(one, key, term, added) if one.name == concept else one for one in criteria.concepts),
    )


def _changed(concept: Concept, key: str, term: str, added: bool) -> Concept:
    before: tuple[str, ...] = getattr(concept, key)
    after = (*before, term) if added and term not in before else tuple(t for t in before if added or t != term)
    if not after and key == "terms" and not (concept.designs or concept.against_designs):
        raise CriteriaError(f"'{term}' is the only term of '{concept.name}'", hint="Remove the concept instead.")
    lists: dict[str, Any] = {key: after}
    return replace(concept, **lists)


def edit_terms(text: str, concept: str, key: str, term: str, *, added: bool) -> str | None:
    """The text of a criteria file with that change, comments kept; None where it can only be written anew.

    Args:
        concept: the concept's name.
        key: "terms", "abbreviations" or "against".

    Raises:
        CriteriaError: there is a mistake in the text, no such concept, or it would have no term left.

    >>> print(edit_terms('title = "x"\\n[population]\\nterms = ["MS"] # of all kinds', "population", "terms", "PPMS",
    ...  added=True))
    title = "x"
    [population]
    terms = ["MS", "PPMS"] # of all kinds
    """
    criteria = parse_criteria(text)
    wanted = with_term(criteria, concept, key, term, added=added)
    if wanted == criteria:
        return text
    table = _table(text, criteria, concept)
    made = _edited(text, *table, key, term, added) if table else None
    try:
        return made if made is not None and parse_criteria(made) == wanted else None
    except CriteriaError:  # what looked like a list was something else
        return None


def _table(text: str, criteria: Criteria, name: str) -> tuple[int, int] | None:
    """Where the concept's table begins, behind its header, and ends."""
    concept = next(one for one in criteria.concepts if one.name == name)
    nth = criteria.of_role(concept.role).index(concept)
    headers = list(re.finditer(rf"^[ \t]*\[\[?[ \t]*{concept.role}[ \t]*\]\]?[^\n]*\n?", text, re.MULTILINE))
    if nth >= len(headers):
        return None
    start = headers[nth].end()
    following = _HEADER.search(text, start)
    return start, following.start() if following else len(text)


def _edited(text: str, start: int, end: int, key: str, term: str, added: bool) -> str | None:
    found = re.compile(rf"^[ \t]*{key}[ \t]*=[ \t]*\[", re.MULTILINE).search(text, start, end)
    if found is None:
        return _with_key(text, start, f"{key} = [{_quoted(term)}]") if added else None
    tokens = list(_tokens(text, found.end(), end))
    if not tokens or not tokens[-1]["end"]:
        return None
    return _with(text, found.end(), tokens, term) if added else _without(text, tokens, term)


def _with_key(text: str, start: int, line: str) -> str:
    """The table with another line, behind that of its name."""
    name = re.compile(r"[ \t]*name[ \t]*=[^\n]*(?:\n|\Z)").match(text, start)
    place = name.end() if name else start
    before = text[:place] if text[:place].endswith("\n") else text[:place] + "\n"
    return f"{before}{line}\n{text[place:]}"


def _tokens(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The texts and comments of a list, and its end."""
    for token in _TOKEN.finditer(text, start, end):
        yield token
        if token["end"]:
            return


def _with(text: str, start: int, tokens: list[re.Match[str]], term: str) -> str:
    """The list with another term at its end, on a line of its own where the last one has one."""
    texts = [token for token in tokens if token["text"]]
    last = texts[-1].end() if texts else start
    comma = re.compile(r"[ \t]*,").match(text, last)
    own_line = bool(texts) and not text[text.rfind("\n", 0, texts[-1].start()) + 1 : texts[-1].start()].strip()
    if not own_line:
        return f"{text[:last]}{', ' if texts else ''}{_quoted(term)}{text[comma.end() if comma else last :]}"
    place = text.find("\n", last)
    place = place if 0 <= place < tokens[-1].start() else last
    indent = text[text.rfind("\n", 0, texts[-1].start()) + 1 : texts[-1].start()]
    head = text[:last] + "," + text[comma.end() if comma else last : place]
    tail = text[place:] if text[place:].startswith("\n") else "\n" + text[place:]
    return f"{head}\n{indent}{_quoted(term)},{tail}"


def _without(text: str, tokens: list[re.Match[str]], term: str) -> str | None:
    """The list without the term; a line that held nothing else goes with its comment."""
    token = next((one for one in tokens if one["text"] and tomllib.loads(f"v = {one['text']}")["v"] == term), None)
    if token is None:
        return None
    comma = re.compile(r"[ \t]*,[ \t]*").match(text, token.end())
    start, end = token.start(), comma.end() if comma else token.end()
    if comma is None:  # it is the last one: the comma before it goes instead
        before = re.search(r",\s*$", text[: token.start()])
        start = before.start() if before else start
    line_start = text.rfind("\n", 0, start) + 1
    rest = re.compile(r"[ \t]*(?:#[^\n]*)?\n").match(text, end)
    if comma is not None and rest and not text[line_start:start].strip():
        return text[:line_start] + text[rest.end() :]
    return text[:start] + text[end:]


def _quoted(term: str) -> str:
    return json.dumps(term, ensure_ascii=False).replace("\x7f", "\\u007f")
