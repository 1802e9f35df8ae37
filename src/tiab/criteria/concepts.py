"""Criteria and Concept: what makes a study eligible for a review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from tiab.errors import CriteriaError

__all__ = ["DESIGNS", "LARGEST_WEIGHT", "ROLES", "Concept", "Criteria", "Limits", "Search"]

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

LARGEST_WEIGHT = 100
"""How much a concept may count beside one of the usual weight, 1."""


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
    """A review's eligibility criteria: its question, concepts, limits and search.

    A study is eligible if it has every required concept; the terms of one concept are alternatives. A title and
    a question are enough: records are then ranked by their similarity to them.

    Attributes:
        related: words that eligible records often have; they raise records that share them, and nothing else.

    >>> from tiab.criteria import Concept
    >>> yoga = Concept(role="intervention", name="yoga", terms=("yoga", "asana*"))
    >>> criteria = Criteria(title="Yoga for low back pain", concepts=(yoga,))
    >>> criteria.of_role("intervention")[0].required
    True
    >>> criteria.lacking[0]
    'There is no question: a sentence that says what the review asks helps the ranking.'
    """

    title: str
    question: str = ""
    concepts: tuple[Concept, ...]
    limits: Limits = Limits()
    search: Search = Search()
    related: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Title, question, names and terms of the concepts, related words: what a record can be compared to."""
        terms = (term.rstrip("*") for concept in self.concepts for term in (concept.name, *concept.terms))
        return tuple(dict.fromkeys((self.title, self.question, *terms, *self.related)))

    @property
    def fingerprint(self) -> str:
        """16 hex digits that change with any change of what is eligible; how the review searched does not count."""
        eligibility = {key: value for key, value in asdict(self).items() if key != "search"}
        if not self.related:  # so that criteria without it keep the fingerprint that they had
            del eligibility["related"]
        return hashlib.sha256(json.dumps(eligibility, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def lacking(self) -> tuple[str, ...]:
        """What would make the ranking better and is not there, in sentences."""
        said = []
        if not self.question:
            said.append("There is no question: a sentence that says what the review asks helps the ranking.")
        if not self.concepts:
            said.append(
                "There is no concept: until there is one, records are ranked by likeness to title and question."
            )
            return tuple(said)
        for role in ("population", "intervention", "outcome"):
            if not self.of_role(role):
                said.append(f"There is no {role}: add [{role}] with terms, if the review asks for one.")
        if not any(concept.designs or concept.against_designs for concept in self.concepts):
            said.append("No study designs are named: add [design] with designs, if only some are eligible.")
        return tuple(said)

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
            concepts = tuple(Concept(**_typed(Concept, concept)) for concept in data["concepts"])
            limits, search = Limits(**_typed(Limits, data["limits"])), Search(**_typed(Search, data["search"]))
            related = data.get("related", ())  # versions before it had none
            top = _typed(cls, {"title": data["title"], "question": data["question"], "related": related})
            return cls(**top, concepts=concepts, limits=limits, search=search)
        except (KeyError, TypeError, AttributeError) as error:
            raise CriteriaError(f"these are not criteria that tiab wrote ({error})") from error


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and 0 < value <= LARGEST_WEIGHT,
    "int | None": lambda value: value is None or (isinstance(value, int) and 0 <= value <= 9999),
    "tuple[str, ...]": lambda value: isinstance(value, tuple) and all(isinstance(text, str) for text in value),
}
"""Whether a value is of the type that a field of these classes has."""


def _typed(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` for the fields of a class, lists as tuples.

    Raises:
        TypeError: a value is not of its field's type.
    """
    types = {field.name: str(field.type) for field in fields(kind)}
    typed = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    for key, value in typed.items():
        if key in types and not _TYPES[types[key]](value):
            raise TypeError(f"'{key}' is not what it should be")
    return typed
