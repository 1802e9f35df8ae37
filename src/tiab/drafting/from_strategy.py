"""A search strategy ► drafted concepts: each block that is joined by AND is one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tiab.criteria import Limits, Search, designs_called
from tiab.criteria.strategy import Block, SearchTerm, Strategy, read_strategy
from tiab.drafting.draft import UNTITLED, Draft, DraftConcept
from tiab.drafting.roles import design_filter, named_role, role_of
from tiab.drafting.terms import criteria_terms, is_date, whole_words
from tiab.drafting.words import languages_in, years_in

__all__ = ["draft_from_strategy"]

_AUTHOR = re.compile(r"(?i)^(?:au|author)")
_SPECIES = re.compile(r"(?i)humans?")
_SHORT = re.compile(r"[A-Z]{2,3}")
_PUBLISHED = re.compile(r"(?i)\b(?:yr|year|dt|dp|pd|py|pdat|publication (?:date|year)|published date|timespan)\b|/py\b")
_ALIKE = 0.8
"""The share of a block's terms that another one must have for the two to be one."""
_FALLBACK = ("population", "intervention", "outcome")


def draft_from_strategy(text: str, *others: str, title: str = "") -> Draft:
    """The draft that a strategy makes; its title is the first line that begins with `#`, where there is one.

    Args:
        others: the same search as it was written for other databases.
    """
    strategy = read_strategy(text, *others)
    first = re.match(r"\s*# +(?!\d+\s)(?:[A-Z]{2}\d+:\s*)?(\S.*)", text)
    title = title or (first[1].strip() if first else "")
    blocks, not_used = _usable(strategy)
    species = [block for block in blocks if all(_SPECIES.fullmatch(term.text) for term in block.terms)]
    concepts = _concepts([block for block in blocks if block not in species], title)
    concepts, limits = _without(strategy.unwanted, concepts)
    limits = _limited((*strategy.limits, *(term.text for block in species for term in block.terms)), limits)
    return Draft(
        title=title or UNTITLED,
        concepts=tuple(concepts),
        limits=limits,
        search=_search(strategy.limits),
        not_used=(
            *((line, words, "was not understood") for line, words in strategy.not_understood),
            *not_used,
        ),
    )


def _usable(strategy: Strategy) -> tuple[list[Block], list[tuple[int, str, str]]]:
    """The blocks without dates and authors, those that are nearly the same as one."""
    blocks: list[Block] = []
    left: list[tuple[int, str, str]] = []
    for block in strategy.blocks:
        kept = []
        for term in block.terms:
            why = "dates are limits" if is_date(term.text) else "an author" if _AUTHOR.match(term.field) else ""
            if why:
                left.append((term.line, term.text, why))
            else:
                kept.append(term)
        if kept:
            _add(blocks, replace(block, terms=tuple(kept)))
    return blocks, left


def _add(blocks: list[Block], block: Block) -> None:
    texts = {term.text.casefold() for term in block.terms}
    for place, other in enumerate(blocks):
        there = {term.text.casefold() for term in other.terms}
        if len(texts & there) >= max(2, _ALIKE * min(len(texts), len(there))):
            more = tuple(term for term in block.terms if term.text.casefold() not in there)
            blocks[place] = replace(other, terms=other.terms + more)
            return
    blocks.append(block)


def _concepts(blocks: list[Block], title: str) -> list[DraftConcept]:
    words = whole_words([term for block in blocks for term in block.terms]) | {
        word.casefold() for word in re.findall(r"[^\W\d_]{4,}", title)
    }
    made: list[DraftConcept] = []
    for block in blocks:
        texts = [term.text for term in block.terms]
        designs = design_filter(texts)
        if designs:
            source = f"line {block.terms[0].line} and others: a filter of study designs"
            made.append(DraftConcept(role="design", name="study design", designs=designs, because=source))
            continue
        terms = criteria_terms(block.terms, words)
        short = tuple(term for term in terms if _SHORT.fullmatch(term.text)) if len(terms) > 1 else ()
        terms = tuple(term for term in terms if term not in short)
        if not terms:
            terms, short = short, ()
        if terms:
            named = named_role(block.name)
            role, why = (named, "by its heading") if named else role_of(texts, title)
            name = terms[0].text.rstrip("*")
            made.append(DraftConcept(role=role, name=name, terms=terms, abbreviations=short, because=why))
    return _with_roles(_one_design(made))


def _one_design(concepts: list[DraftConcept]) -> list[DraftConcept]:
    """All filters of designs as one."""
    filters = [concept for concept in concepts if concept.role == "design" and concept.designs]
    if len(filters) < 2:
        return concepts
    designs = tuple(dict.fromkeys(design for concept in filters for design in concept.designs))
    return [c for c in concepts if c not in filters] + [replace(filters[0], designs=designs)]


def _with_roles(concepts: list[DraftConcept]) -> list[DraftConcept]:
    """The concepts that nothing gave a role get the roles that are left, in the usual order of blocks."""
    taken = {concept.role for concept in concepts}
    left = [role for role in _FALLBACK if role not in taken]
    made = []
    for concept in concepts:
        if not concept.role:
            role = left.pop(0) if left else "intervention"
            concept = replace(concept, role=role, because="by the order of the blocks")
        made.append(concept)
    return made


def _without(unwanted: Iterable[SearchTerm], concepts: list[DraftConcept]) -> tuple[list[DraftConcept], Limits]:
    """What NOT takes away: animals are a limit of species, publication types are designs, the rest counts against."""
    species: tuple[str, ...] = ()
    designs: list[str] = []
    against: list[SearchTerm] = []
    wanted = {term.text.casefold() for concept in concepts for term in concept.terms}
    for term in unwanted:
        if re.match(r"(?i)(?:exp )?animals?\b", term.text):
            species = ("human",)
        elif called := designs_called(term.text):
            designs += called
        elif term.text.casefold() not in wanted:
            against.append(term)
    if designs:
        concepts = _against_designs(concepts, tuple(dict.fromkeys(designs)))
    place = next((n for n, concept in enumerate(concepts) if concept.terms), None)
    if against and place is not None:
        terms = criteria_terms(against, whole_words(against))
        concepts = [*concepts[:place], replace(concepts[place], against=terms), *concepts[place + 1 :]]
    return concepts, Limits(species=species)


def _against_designs(concepts: list[DraftConcept], designs: tuple[str, ...]) -> list[DraftConcept]:
    for place, concept in enumerate(concepts):
        if concept.role == "design":
            kept = tuple(design for design in designs if design not in concept.designs)
            return [*concepts[:place], replace(concept, against_designs=kept), *concepts[place + 1 :]]
    return [*concepts, DraftConcept(role="design", name="study design", against_designs=designs, because="by NOT")]


def _limited(said: Iterable[str], limits: Limits) -> Limits:
    for text in said:
        if re.search(r"(?i)\bhumans?\b", text):
            limits = replace(limits, species=("human",))
        if languages := languages_in(text):
            limits = replace(limits, languages=languages)
        if found := re.match(r"(?i)PUBYEAR\s*(?P<how>[<>]|AFT|BEF)\s*(?P<year>\d{4})", text):  # Scopus
            later, year = found["how"].upper() in (">", "AFT"), int(found["year"])
            limits = replace(limits, year_from=year + 1) if later else replace(limits, year_to=year - 1)
        elif _PUBLISHED.search(text):
            first, last = years_in(re.sub(r"(?<!\d)((?:19|20)\d\d)\d{4}(?!\d)", r"\1", text))
            limits = replace(limits, year_from=first, year_to=last)
    return limits


def _search(said: Iterable[str]) -> Search:
    """The last day of an entry date: what the search covers."""
    days = [day for text in said if not _PUBLISHED.search(text) for day in _days(text)]
    return Search(until=max(days)) if days else Search()


def _days(text: str) -> Iterator[str]:
    for digits in re.findall(r"(?<!\d)(?:19|20)\d{6}(?!\d)", text):
        try:
            yield datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
        except ValueError:  # a day that no calendar has: a typing error
            continue
