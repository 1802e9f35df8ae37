"""The criteria as the fields of a form: out of Criteria, and back, with mistakes in the words of the form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tiab.criteria import Concept, Criteria, Limits, Search, designs_called, parse_criteria
from tiab.criteria.concepts import DESIGNS, LARGEST_WEIGHT
from tiab.errors import CriteriaError
from tiab.review.criteria_file import as_toml

__all__ = ["CriteriaFields", "fields_of", "from_fields"]

Text = Annotated[str, Field(max_length=2000)]
Year = Annotated[int | None, Field(ge=0, le=9999)]
Texts = Annotated[list[Text], Field(max_length=2000)]

_CARDS = {
    "population": "Population",
    "intervention": "Intervention",
    "comparator": "Comparator",
    "outcome": "Outcome",
    "design": "Study designs",
}


class ConceptFields(BaseModel):
    """The card of one concept; an empty one is no concept."""

    role: Literal["population", "intervention", "comparator", "outcome", "design"]
    name: Text = ""
    terms: Texts = []
    abbreviations: Texts = []
    against: Texts = []
    designs: Texts = []
    against_designs: Texts = []
    required: bool | None = None
    weight: Annotated[float, Field(gt=0, le=LARGEST_WEIGHT)] = 1.0


class LimitFields(BaseModel):
    """The limits of the review."""

    year_from: Year = None
    year_to: Year = None
    languages: Texts = []
    species: Texts = []


class CriteriaFields(BaseModel):
    """All fields of the form."""

    title: Text = ""
    question: Text = ""
    related: Texts = []
    concepts: Annotated[list[ConceptFields], Field(max_length=100)] = []
    limits: LimitFields = LimitFields()


def fields_of(criteria: Criteria) -> dict[str, Any]:
    """The fields that say these criteria, as plain JSON types."""
    return {key: value for key, value in criteria.to_dict().items() if key != "search"}


def from_fields(fields: CriteriaFields, search: Search) -> Criteria:
    """The criteria that the fields say, and how the review searched, for which there is no field.

    Raises:
        CriteriaError: there is a mistake in a field.
    """
    if not fields.title.strip():
        raise CriteriaError("the review has no title", hint="Enter one at the top.")
    limits = fields.limits
    if limits.year_from and limits.year_to and limits.year_from > limits.year_to:
        raise CriteriaError("the first year is after the last", hint="Swap the two years.")
    criteria = Criteria(
        title=_line(fields.title),
        question=_line(fields.question),
        concepts=tuple(_concepts(fields.concepts)),
        limits=Limits(
            year_from=limits.year_from,
            year_to=limits.year_to,
            languages=tuple(text.casefold() for text in _lines(limits.languages)),
            species=tuple(text.casefold() for text in _lines(limits.species)),
        ),
        search=search,
        related=_lines(fields.related),
    )
    try:
        return parse_criteria(as_toml(criteria))
    except CriteriaError as error:  # the line is that of a file that nobody sees
        raise CriteriaError(error.message, hint=error.hint) from error


def _concepts(cards: Iterable[ConceptFields]) -> Iterable[Concept]:
    numbers: dict[str, int] = {}
    for card in cards:
        concept = _concept(card, numbers.get(card.role, 0))
        if concept is not None:
            numbers[card.role] = numbers.get(card.role, 0) + 1
            yield concept


def _concept(card: ConceptFields, number: int) -> Concept | None:
    terms, abbreviations, against = _lines(card.terms), _lines(card.abbreviations), _lines(card.against)
    designs, against_designs = _designs(card.designs), _designs(card.against_designs)
    title = _CARDS[card.role]
    if not (terms or designs or against_designs):
        if abbreviations or against:
            hint = "Abbreviations and terms against count beside terms only: add a term, or remove them."
            raise CriteriaError(f"{title} has no terms", hint=hint)
        return None
    return Concept(
        role=card.role,
        name=_line(card.name) or (card.role if number == 0 else f"{card.role} {number + 1}"),
        terms=terms,
        abbreviations=abbreviations,
        against=against,
        designs=designs if card.role == "design" else (),
        against_designs=against_designs if card.role == "design" else (),
        required=card.role not in ("comparator", "design") if card.required is None else card.required,
        weight=card.weight,
    )


def _designs(names: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in _lines(names):
        designs = designs_called(name)
        if not designs:
            hint = f"Choose among: {', '.join(DESIGNS)}. Common words such as RCT or cohort are understood."
            raise CriteriaError(f"“{name[:60]}” is not a study design that tiab knows", hint=hint)
        found += designs
    return tuple(dict.fromkeys(found))


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := _line(text))))


def _line(text: str) -> str:
    """A text in one line, without control characters, which TOML cannot hold."""
    return " ".join("".join(char if char.isprintable() or char == "\u200c" else " " for char in text).split())
