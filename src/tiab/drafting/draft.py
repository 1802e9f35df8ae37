"""Draft: criteria with where each term came from; as Criteria, and as TOML with comments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tiab.criteria import ROLES, Concept, Criteria, Limits, Search
from tiab.pico.term_index import TermIndex
from tiab.records import Record

__all__ = ["HEADED", "STANDS", "UNTITLED", "Draft", "DraftConcept", "DraftTerm"]

HEADED, STANDS = "by its heading", "by where it stands in the sentence"
"""Why a concept has its role: the surest reason, and the least sure one."""
UNTITLED = "Untitled review"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTerm:
    """A term, and where it came from.

    Attributes:
        text: as criteria have it; only its end may be a `*`.
        line: the line of the source, from 1; 0 where it came from the records.
        source: the words of the source that it was made from.
        records: how many records have it; None where none were given.
    """

    text: str
    line: int
    source: str
    records: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftConcept:
    """A concept with the origin of each term, and why it was given its role."""

    role: str
    name: str
    terms: tuple[DraftTerm, ...] = ()
    abbreviations: tuple[DraftTerm, ...] = ()
    against: tuple[DraftTerm, ...] = ()
    designs: tuple[str, ...] = ()
    against_designs: tuple[str, ...] = ()
    required: bool = True
    because: str = ""

    def concept(self, name: str) -> Concept:
        """The same as a concept of criteria, by this name."""
        return Concept(
            role=self.role,
            name=name,
            terms=_texts(self.terms),
            abbreviations=_texts(self.abbreviations),
            against=_texts(self.against),
            designs=self.designs,
            against_designs=self.against_designs,
            required=self.required and self.role not in ("comparator", "design"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Criteria as they were read out of a text.

    Attributes:
        related: words of the records that match best, where records were given (`tiab.suggesting.add_related`).
        not_used: (line of the source from 1, its words, why) for all that was left out.
    """

    title: str
    question: str = ""
    concepts: tuple[DraftConcept, ...] = ()
    limits: Limits = field(default_factory=Limits)
    search: Search = field(default_factory=Search)
    related: tuple[DraftTerm, ...] = ()
    not_used: tuple[tuple[int, str, str], ...] = ()

    @property
    def criteria(self) -> Criteria:
        """What is drafted, as criteria that can be ranked by."""
        return Criteria(
            title=self.title,
            question=self.question,
            concepts=tuple(concept.concept(name) for name, concept in self._named()),
            limits=self.limits,
            search=self.search,
            related=_texts(self.related),
        )

    def counted(self, records: Sequence[Record]) -> Draft:
        """The draft with the number of records that each term finds."""
        index = TermIndex(records)
        concepts = tuple(_counted(concept, index) for concept in self.concepts)
        return replace(self, concepts=concepts, related=_with_counts(self.related, index))

    def to_dict(self) -> dict[str, Any]:
        """The draft as plain JSON types."""
        return asdict(self)

    def to_toml(self) -> str:
        """The text of a criteria file: comments say where each term came from and what was left out."""
        lines = [
            "# A draft that tiab made: read it, take out what is wrong, add what is missing.",
            "# Behind each term stand the line and the words of the source that it came from.",
            "",
            f"title = {_quoted(self.title)}",
            *([f"question = {_quoted(self.question)}"] if self.question else []),
            *_listed("related", self.related),
        ]
        for name, concept in self._named():
            lines += ["", *_table(name, concept)]
        lines += [*_limits(self.limits), *_search(self.search)]
        if self.not_used:
            lines += ["", "# What was not used, by line of the source:"]
            lines += [f"#   line {line}: {_comment(words)} ({why})" for line, words, why in self.not_used]
        return "\n".join(lines) + "\n"

    def _named(self) -> Iterator[tuple[str, DraftConcept]]:
        """The concepts in the order of the roles, each with a name of its own."""
        seen: set[str] = set()
        for concept in sorted(self.concepts, key=lambda concept: ROLES.index(concept.role)):
            name, number = concept.name, 2
            while name in seen:
                name, number = f"{concept.name} {number}", number + 1
            seen.add(name)
            yield name, concept


def _counted(concept: DraftConcept, index: TermIndex) -> DraftConcept:
    keys = ("terms", "abbreviations", "against")
    lists: dict[str, Any] = {key: _with_counts(getattr(concept, key), index) for key in keys}
    return replace(concept, **lists)


def _with_counts(terms: Iterable[DraftTerm], index: TermIndex) -> tuple[DraftTerm, ...]:
    return tuple(replace(term, records=int(index.records(term.text).sum())) for term in terms)


def _table(name: str, concept: DraftConcept) -> Iterator[str]:
    yield f"[[{concept.role}]]" + (f"  # guessed: {_comment(concept.because)}" if concept.because else "")
    yield f"name = {_quoted(name)}"
    for key in ("terms", "abbreviations", "against"):
        yield from _listed(key, getattr(concept, key))
    if concept.designs:
        yield f"designs = {_quoted(concept.designs)}"
    if concept.against_designs:
        yield f"against_designs = {_quoted(concept.against_designs)}"
    if not concept.required and concept.role not in ("comparator", "design"):
        yield "required = false"


def _listed(key: str, terms: Sequence[DraftTerm]) -> Iterator[str]:
    if terms:
        yield f"{key} = ["
        for term in terms:
            found = "" if term.records is None else f"{term.records} records; "
            place = f"line {term.line}: " if term.line else ""
            yield f"  {_quoted(term.text)},  # {found}{place}{_comment(term.source)}"
        yield "]"


def _limits(limits: Limits) -> list[str]:
    pairs = {key: value for key, value in asdict(limits).items() if value}
    return ["", "[limits]", *(f"{key} = {_quoted(value)}" for key, value in pairs.items())] if pairs else []


def _search(search: Search) -> list[str]:
    return ["", "[search]", f"until = {search.until}"] if search.until else []


def _quoted(value: object) -> str:
    """A value of TOML; JSON writes texts, lists and numbers as TOML does, but for one control character."""
    listed = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """Text that a comment of TOML may hold: one line, no control characters, not long."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= 100 else plain[:99] + "…"


def _texts(terms: Iterable[DraftTerm]) -> tuple[str, ...]:
    """The terms as a criteria file holds them: each once, with single spaces."""
    return tuple(dict.fromkeys(" ".join(term.text.split()) for term in terms))
