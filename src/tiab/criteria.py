"""Criteria: a review's eligibility criteria, read from a TOML file that a reviewer can write by hand."""

from __future__ import annotations

import datetime
import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tiab.errors import CriteriaError

__all__ = ["DESIGNS", "ROLES", "Concept", "Criteria", "Limits", "Search", "read_criteria"]

ROLES = ("population", "intervention", "comparator", "outcome", "design")

DESIGNS = (
    "randomised trial",
    "non-randomised trial",
    "single-arm trial",
    "crossover trial",
    "cohort study",
    "case-control study",
    "cross-sectional study",
    "systematic review",
    "review",
    "protocol",
    "case report",
    "qualitative study",
    "animal study",
    "laboratory study",
    "letter",
)
"""The study designs that the PICO rules tell apart; `designs` and `against_designs` name some of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One thing that an eligible study has.

    Attributes:
        role: one of `ROLES`.
        terms: words and phrases, any one of which is enough. A final `*` truncates the last word.
        abbreviations: short forms that count only where the record spells out one of the terms.
        against: words and phrases that count against the concept, such as another meaning of its abbreviation.
        designs: (role "design") the study designs that are eligible, of `DESIGNS`.
        against_designs: (role "design") the study designs that are not.
        required: whether a study without it is not eligible. A record is never dropped for it, only ranked lower.
        weight: how much it counts beside the other concepts.
    """

    role: str
    name: str
    terms: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    against_designs: tuple[str, ...] = ()
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of the review; None or empty is no limit. Years are inclusive."""

    year_from: int | None = None
    year_to: int | None = None
    languages: tuple[str, ...] = ()
    species: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How the review searched: a PubMed query, and the last day that the search covers (ISO date or "")."""

    pubmed: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """A review's eligibility criteria: its question, its concepts, its limits and how it searched.

    A study is eligible that has every required concept; the terms of one concept are alternatives.
    """

    title: str
    question: str = ""
    concepts: tuple[Concept, ...]
    limits: Limits = Limits()
    search: Search = Search()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Title, question, and the names and terms of the concepts: what a record can be compared to."""
        terms = (term.rstrip("*") for concept in self.concepts for term in (concept.name, *concept.terms))
        return tuple(dict.fromkeys((self.title, self.question, *terms)))

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change with any change of what is eligible; how the review searched does not count."""
        eligibility = {key: value for key, value in asdict(self).items() if key != "search"}
        return hashlib.sha256(json.dumps(eligibility, sort_keys=True).encode()).hexdigest()[:16]

    def of_role(self, role: str) -> tuple[Concept, ...]:
        """The concepts of one role, in the order of the file."""
        return tuple(concept for concept in self.concepts if concept.role == role)

    def to_dict(self) -> dict[str, Any]:
        """The criteria as plain JSON types; `Criteria.from_dict` takes it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Criteria:
        """The criteria that `to_dict` gave.

        Raises:
            CriteriaError: `data` is not of that shape.
        """
        try:
            concepts = tuple(Concept(**_tuples(concept)) for concept in data["concepts"])
            limits, search = Limits(**_tuples(data["limits"])), Search(**data["search"])
            return cls(title=data["title"], question=data["question"], concepts=concepts, limits=limits, search=search)
        except (KeyError, TypeError, AttributeError) as error:
            raise CriteriaError(f"these are not criteria that tiab wrote ({error})") from error


def read_criteria(path: str | Path) -> Criteria:
    """The criteria in a TOML file.

    Raises:
        CriteriaError: the file is missing or is not TOML; a key is unknown, missing or of the wrong type. The
            message names the line and the key and, for an unknown one, the nearest that is valid.
    """
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise CriteriaError(f"cannot be read ({error.strerror})", path=path, hint="Check the file's name.") from error
    try:
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise CriteriaError("is not UTF-8 text", path=path, hint="Save it as UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        message = str(error).split(" (at ")[0]
        hint = f"Look at column {found[2]}: quotes around text, commas in lists." if found else "See the example."
        line = int(found[1]) if found else None
        raise CriteriaError(f"is not valid TOML: {message}", path=path, line=line, hint=hint) from error
    return _Reader(path, text).criteria(data)


class _Reader:
    """Turns parsed TOML into Criteria, and a mistake into an error at its line."""

    _TOP = ("title", "question", *ROLES, "limits", "search")
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
        if not concepts:
            raise self._error("has no concept", hint='Add one, such as [population] with terms = ["…"].')
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
            until=until.isoformat() if until else "",
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
        if not terms and not designs:
            raise self._error(f"[{role}] has no terms", key="terms", **place, hint='Add terms = ["…", "…"].')
        weight = self._get(data, "weight", (int, float), **place)
        weight = 1.0 if weight is None else float(weight)
        if not 0 < weight <= 100:
            raise self._error("'weight' must be above 0 and at most 100", key="weight", **place, hint="1 is usual.")
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
            weight=weight,
        )

    def _limits(self, data: Mapping[str, Any]) -> Limits:
        limits = Limits(
            year_from=self._get(data, "year_from", int, table="limits"),
            year_to=self._get(data, "year_to", int, table="limits"),
            languages=tuple(name.casefold() for name in self._strings(data, "languages", table="limits")),
            species=tuple(name.casefold() for name in self._strings(data, "species", table="limits")),
        )
        if limits.year_from and limits.year_to and limits.year_from > limits.year_to:
            raise self._error("'year_from' is after 'year_to'", table="limits", key="year_from", hint="Swap them.")
        return limits

    def _designs(self, data: Mapping[str, Any], key: str, **place: Any) -> tuple[str, ...]:
        names = tuple(name.casefold() for name in self._strings(data, key, **place))
        for name in names:
            if name not in DESIGNS:
                near = _nearest(name, DESIGNS)
                raise self._error(
                    f"'{name}' is not a study design that tiab knows",
                    key=key,
                    **place,
                    hint=f"Did you mean '{near}'?",
                )
        return names

    def _strings(self, data: Mapping[str, Any], key: str, **place: Any) -> tuple[str, ...]:
        values = data.get(key, [])
        if isinstance(values, str):
            values = [values]
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self._error(f"'{key}' must be a list of texts", key=key, **place, hint=f'Write {key} = ["…", "…"].')
        cleaned = tuple(dict.fromkeys(" ".join(value.split()) for value in values))
        if "" in cleaned or "*" in cleaned:
            raise self._error(f"'{key}' has an empty text", key=key, **place, hint="Delete it.")
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
            raise self._error(f"'{key}' must be {wanted}", key=key, **place, hint=f"It is {value!r} now.")
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


def _nearest(word: str, words: tuple[str, ...]) -> str:
    """The word most like `word`; a contained word counts as like it ("trial" ► "randomised trial")."""
    close = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=0.5)
    contained = [w for w in words if set(word.casefold().split()) & set(w.split())]
    return (close or contained or [max(words, key=lambda w: difflib.SequenceMatcher(None, word, w).ratio())])[0]


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
