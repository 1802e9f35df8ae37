"""Drafted concepts ► the same with what else their terms are called: members of groups, synonyms, abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tiab.drafting.draft import DraftConcept, DraftTerm
from tiab.drafting.members import drugs_for, is_known, members_of, other_names

__all__ = ["widened"]

_TREATED = re.compile(
    r"(?i)\b(?:drugs?|agents?|medications?|medicines?|pharmaco\w+(?: and \w+)? (?:treatments?|therap\w+))"
    r" (?:for|in|against) (?:the treatment of )?(?P<condition>[^,.;:?()]+)"
)
_LONGEST = 5


def widened(concepts: list[DraftConcept], asked: str, text: str) -> list[DraftConcept]:
    """The concepts with the members and other names of their terms, and with their abbreviations.

    Args:
        asked: the title and the questions, which may ask for the drugs for a condition.
        text: the whole text, which may use initials of a term.
    """
    return [_with_initials(_with_names(concept), text) for concept in _with_drugs(concepts, asked)]


def _with_drugs(concepts: list[DraftConcept], asked: str) -> list[DraftConcept]:
    """The concepts, the intervention with the drugs for the condition that is asked about."""
    drugs = tuple(dict.fromkeys(_drugs(asked)))
    if not drugs:
        return concepts
    rest = [concept for concept in concepts if concept.role != "intervention"]
    mine = [concept for concept in concepts if concept.role == "intervention"]
    known = {term.text.casefold() for concept in mine for term in concept.terms}
    more = tuple(drug for drug in drugs if drug.text.casefold() not in known)
    first = mine[0] if mine else DraftConcept(role="intervention", name=drugs[0].source, because="from the question")
    return [replace(first, terms=first.terms + more), *mine[1:], *rest]


def _drugs(asked: str) -> Iterator[DraftTerm]:
    for found in _TREATED.finditer(asked):
        words = re.split(r"[^\w'-]+", found["condition"].strip())[:_LONGEST]
        for size in range(len(words), 0, -1):
            if drugs := drugs_for(" ".join(words[:size])):
                yield from (
                    DraftTerm(text=drug, line=1, source=f"a drug for {' '.join(words[:size])}") for drug in drugs
                )
                break


def _with_names(concept: DraftConcept) -> DraftConcept:
    """The concept with the members of the groups that its terms name, and with their other names."""
    known = {term.text.casefold() for term in (*concept.terms, *concept.abbreviations)}
    more = [
        DraftTerm(text=name, line=term.line, source=f"{why} {term.text}")
        for term in concept.terms
        for why, name in _names(term.text)
    ]
    fresh = {term.text.casefold(): term for term in reversed(more) if term.text.casefold() not in known}
    ordered = list(fresh.values())[::-1]
    whole = tuple(term for term in concept.terms if not (term.text.isupper() and is_known(term.text)))
    if len(whole) < len(concept.terms) and not (whole or ordered):  # an abbreviation that nothing spells out
        return concept
    short = (*concept.abbreviations, *(term for term in concept.terms if term not in whole))
    return replace(
        concept,
        terms=(*whole, *(term for term in ordered if not term.text.isupper())),
        abbreviations=tuple({term.text: term for term in (*short, *ordered) if term.text.isupper()}.values()),
    )


def _names(text: str) -> Iterator[tuple[str, str]]:
    """(why, name) of what a term stands for: the members of its group; where it is none, its other names."""
    members = members_of(text)
    yield from (("one of", name) for name in members)
    yield from (("another name of", name) for name in (() if members else other_names(text)))


def _with_initials(concept: DraftConcept, text: str) -> DraftConcept:
    """The concept with the abbreviations in the text that are the initials of one of its terms."""
    used = dict.fromkeys(re.findall(r"(?<![\w-])[A-Z]{3,6}(?![\w-])", text))
    known = {short.text for short in concept.abbreviations}
    more = tuple(
        DraftTerm(text=short, line=term.line, source=f"the initials of {term.text}")
        for short in used
        for term in concept.terms
        if short not in known and short.casefold() == "".join(word[0] for word in term.text.casefold().split())
    )
    return replace(concept, abbreviations=concept.abbreviations + more)
