"""read_criteria: a TOML file that a reviewer wrote by hand ► Criteria, or an error at the line of the mistake."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tiab.criteria.concepts import DESIGNS, LARGEST_WEIGHT, ROLES, Concept, Criteria, Limits, Search
from tiab.criteria.designs import designs_called
from tiab.errors import CriteriaError, InputError
from tiab.reading import read_whole

__all__ = ["parse_criteria", "read_criteria", "read_criteria_text"]

_LARGEST = 1 << 20
"""Bytes; criteria have a few kB."""
_DEEP = re.compile(r"""(?:(?<![\w-])(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){50}""")
"""A key of 50 parts: the time that tomllib takes for one grows with the square of them."""


def read_criteria(path: str | Path) -> Criteria:
    """The criteria in a TOML file.

    Raises:
        CriteriaError: the file is missing or is not TOML; a key is unknown, missing or of the wrong type. The
            message names the line and the key and, for an unknown one, the nearest that is valid.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "criteria.toml")
    ...     _ = path.write_text('title = "Yoga for low back pain"\\n[intervention]\\nterms = ["yoga", "asana*"]\\n')
    ...     [concept.terms for concept in read_criteria(path).concepts]
    [('yoga', 'asana*')]
    """
    return parse_criteria(read_criteria_text(path), path=path)


def read_criteria_text(path: str | Path) -> str:
    """The text of a criteria file.

    Raises:
        CriteriaError: the file is missing, far too large, or not UTF-8.
    """
    try:
        raw = read_whole(path, largest=_LARGEST)
    except InputError as error:
        raise CriteriaError(error.message, path=path, hint=error.hint) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CriteriaError("is not UTF-8 text", path=path, hint="Save it as UTF-8 text.") from error


def parse_criteria(text: str, *, path: str | Path = "criteria.toml") -> Criteria:
    """The criteria in TOML.

    Args:
        path: the file that a mistake is said to be in.

    Raises:
        CriteriaError: as `read_criteria`.
    """
    if _DEEP.search(text):
        raise CriteriaError("cannot be read: it is nested too deeply", path=path, hint="No criteria need that.")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        message = str(error).split(" (at ")[0]
        hint = f"Look at column {found[2]}: quotes around text, commas in lists." if found else "See the example."
        line = int(found[1]) if found else None
        raise CriteriaError(f"is not valid TOML: {message}", path=path, line=line, hint=hint) from error
    except (RecursionError, ValueError) as error:  # brackets within brackets, or thousands of digits
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"
        raise CriteriaError(f"cannot be read: {reason}", path=path, hint="No criteria need that.") from error
    return _Reader(path, text).criteria(data)


class _Reader:
    """Turns parsed TOML into Criteria, and a mistake into an error at its line."""

    _TOP = ("title", "question", "related", *ROLES, "limits", "search")
    _CONCEPT = ("name", "terms", "abbreviations", "against", "required", "weight")
    _DESIGN = (*_CONCEPT, "designs", "against_designs")
    _LIMITS = ("year_from", "year_to", "languages", "species")
    _SEARCH = ("pubmed", "until")

    def __init__(self, path: str | Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def criteria(self, data: Mapping[str, Any]) -> Criteria:
        self._known(data, self._TOP, table="")
        concepts = tuple(concept for role in ROLES for concept in self._role(data, role))
        names = [concept.name for concept in concepts]
        for name in names:
            if names.count(name) > 1:
                raise self._error(f"two concepts are called '{name}'", hint="Give each a name of its own.")
        return Criteria(
            title=self._get(data, "title", str, table="", needed=True),
            question=self._get(data, "question", str, table="") or "",
            concepts=concepts,
            limits=self._limits(self._table(data, "limits", self._LIMITS)),
            search=self._search(self._table(data, "search", self._SEARCH)),
            related=self._strings(data, "related", table=""),
        )

    def _table(self, data: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
        table = data.get(name, {})
        if not isinstance(table, Mapping):
            raise self._error(f"'{name}' must be a table", key=name, hint=f"Write [{name}] on a line of its own.")
        self._known(table, keys, table=name)
        return table

    def _search(self, data: Mapping[str, Any]) -> Search:
        until = self._get(data, "until", datetime.date, table="search")
        return Search(
            pubmed=" ".join((self._get(data, "pubmed", str, table="search") or "").split()),
            until=until.isoformat()[:10] if until else "",  # a time of day counts for nothing
        )

    def _role(self, data: Mapping[str, Any], role: str) -> Iterator[Concept]:
        tables = data.get(role, [])
        if isinstance(tables, Mapping):
            tables = [tables]
        if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
            raise self._error(f"'{role}' must be a table", table=role, hint=f"Write [{role}] on a line of its own.")
        for index, table in enumerate(tables):
            yield self._concept(role, index, table)

    def _concept(self, role: str, index: int, data: Mapping[str, Any]) -> Concept:
        place: dict[str, Any] = {"table": role, "index": index}
        self._known(data, self._DESIGN if role == "design" else self._CONCEPT, **place)
        terms = self._strings(data, "terms", **place)
        designs, against_designs = (
            self._designs(data, key, **place) if role == "design" else () for key in ("designs", "against_designs")
        )
        if not terms and not designs and not against_designs:
            raise self._error(f"[{role}] has no terms", key="terms", **place, hint='Add terms = ["…", "…"].')
        weight = self._get(data, "weight", (int, float), **place)
        weight = 1.0 if weight is None else weight
        if not 0 < weight <= LARGEST_WEIGHT:
            raise self._error(
                f"'weight' must be above 0 and at most {LARGEST_WEIGHT}", key="weight", **place, hint="1 is usual."
            )
        required = self._get(data, "required", bool, **place)
        return Concept(
            role=role,
            name=self._get(data, "name", str, **place) or (role if index == 0 else f"{role} {index + 1}"),
            terms=terms,
            abbreviations=self._strings(data, "abbreviations", **place),
            against=self._strings(data, "against", **place),
            designs=designs,
            against_designs=against_designs,
            required=role not in ("comparator", "design") if required is None else required,
            weight=float(weight),
        )

    def _limits(self, data: Mapping[str, Any]) -> Limits:
        limits = Limits(
            year_from=self._get(data, "year_from", int, table="limits"),
            year_to=self._get(data, "year_to", int, table="limits"),
            languages=tuple(name.casefold() for name in self._strings(data, "languages", table="limits")),
            species=tuple(name.casefold() for name in self._strings(data, "species", table="limits")),
        )
        for key, year in (("year_from", limits.year_from), ("year_to", limits.year_to)):
            if year is not None and not 0 <= year <= 9999:
                raise self._error(f"'{key}' is no year", table="limits", key=key, hint="Write it with four digits.")
        if limits.year_from and limits.year_to and limits.year_from > limits.year_to:
            raise self._error("'year_from' is after 'year_to'", table="limits", key="year_from", hint="Swap them.")
        return limits

    def _designs(self, data: Mapping[str, Any], key: str, **place: Any) -> tuple[str, ...]:
        found: list[str] = []
        for name in self._strings(data, key, **place):
            designs = designs_called(name)
            if not designs:
                raise self._error(
                    f"'{name}' is not a study design that tiab knows",
                    key=key,
                    **place,
                    hint=f"Did you mean '{_nearest(name, DESIGNS)}'? tiab knows: {', '.join(DESIGNS)}.",
                )
            found += designs
        return tuple(dict.fromkeys(found))

    def _strings(self, data: Mapping[str, Any], key: str, **place: Any) -> tuple[str, ...]:
        values = data.get(key, [])
        if isinstance(values, str):
            values = [values]
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self._error(f"'{key}' must be a list of texts", key=key, **place, hint=f'Write {key} = ["…", "…"].')
        cleaned = tuple(dict.fromkeys(" ".join(value.split()) for value in values))
        if "" in cleaned or "*" in cleaned:
            raise self._error(f"'{key}' has an empty text", key=key, **place, hint="Delete it.")
        for text in cleaned:
            if "*" in text[:-1] or text.endswith(" *"):
                hint = "A * can only end a term, and stands for any ending: exercis*. Write other forms as terms."
                raise self._error(f"'{text[:60]}' has a * that does not end it", key=key, **place, hint=hint)
        return cleaned

    def _get(self, data: Mapping[str, Any], key: str, kind: Any, *, needed: bool = False, **place: Any) -> Any:
        value = data.get(key)
        if value is None:
            if needed:
                raise self._error(f"'{key}' is missing", hint=f'Add {key} = "…" at the top.')
            return None
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            wanted = _KINDS.get(kind, "a number")
            raise self._error(f"'{key}' must be {wanted}", key=key, **place, hint=f"It is {_shown(value)} now.")
        return value

    def _known(self, data: Mapping[str, Any], keys: tuple[str, ...], **place: Any) -> None:
        for key in data:
            if key not in keys:
                near = _nearest(key, keys)
                where = f" in [{place['table']}]" if place["table"] else ""
                hint = f"Did you mean '{near}'? Valid here: {', '.join(keys)}."
                raise self._error(f"unknown key '{key}'{where}", key=key, **place, hint=hint)

    def _error(
        self, message: str, *, table: str = "", index: int = 0, key: str | None = None, hint: str = ""
    ) -> CriteriaError:
        return CriteriaError(message, path=self._path, line=self._line(table, index, key), hint=hint)

    def _line(self, table: str, index: int, key: str | None) -> int | None:
        """The line of `key` in the `index`-th table of that name, else of the table's heading."""
        current, seen, heading = "", -1, None
        for number, line in enumerate(self._lines, 1):
            header = re.match(r"\s*\[\[?\s*([^\]\s]+)\s*\]", line)
            if header:
                current = header[1].strip("\"'")
                seen += current == table
                if current == table and seen == index:
                    heading = number
                if key is not None and not table and current.split(".")[0] == key:
                    return number
            elif key is not None and current == table and (not table or seen == index):
                assigned = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*[.=]", line)
                if assigned and assigned[1] == key:
                    return number
        return heading


_KINDS = {
    str: 'a text in "quotes"',
    int: "a whole number",
    bool: "true or false",
    datetime.date: "a date such as 2017-10-31",
}


def _shown(value: Any) -> str:
    """A value of the wrong type in a few words: printed whole, it may have thousands of digits or brackets."""
    if isinstance(value, str):
        return f"'{value[:60]}'"
    if isinstance(value, bool):
        return str(value).lower()
    return {int: "a number", float: "a number", list: "a list", dict: "a table"}.get(type(value), "a date or time")


def _nearest(word: str, words: tuple[str, ...]) -> str:
    """The word most like `word`; a contained word counts as like it ("trial" ► "randomised trial")."""
    close = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=0.5)
    contained = [w for w in words if set(word.casefold().split()) & set(w.split())]
    return (close or contained or [max(words, key=lambda w: difflib.SequenceMatcher(None, word, w).ratio())])[0]
