"""Species: whether a record's signs of people or of animals prevail."""

from __future__ import annotations

from collections.abc import Iterable

from tiab.pico.spans import Span

__all__ = ["mostly_animals", "species_signs"]


def species_signs(spans: Iterable[Span]) -> tuple[int, int]:
    """How many kinds of signs, counted once in each field, speak for people and for animals.

    The background of a structured abstract says who has the disease, not who was studied, so it does not count.

    >>> species_signs([])
    (0, 0)
    """
    signs = {(s.label, s.value, s.field) for s in spans if s.label in ("human", "animal") and s.section != "background"}
    animals = sum(label == "animal" for label, _, _ in signs)
    return len(signs) - animals, animals


def mostly_animals(spans: Iterable[Span]) -> bool:
    """Whether the title names animals and no people, or the record has more signs of animals than of people."""
    spans = tuple(spans)
    people, animals = species_signs(span for span in spans if span.field == "title")
    if animals and not people:
        return True
    people, animals = species_signs(spans)
    return animals > people
