"""Abbreviations: short forms that the records make from the terms, and long forms behind the short ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from tiab.criteria import Concept
from tiab.drafting.roles import content_words
from tiab.pico.abbreviations import find_abbreviations
from tiab.pico.term_index import Mask, TermIndex
from tiab.pico.text import normal_words
from tiab.records import Record
from tiab.suggesting.pool import Pool
from tiab.suggesting.term_suggestion import TermSuggestion

__all__ = ["suggest_abbreviations"]

_SMALL_POOL = 200
"""In a pool of fewer records, one that defines an abbreviation is enough; else there must be two."""


@dataclass(slots=True)
class _Definition:
    """A short form with one of its long forms: in which records it is made, and how they write it."""

    places: list[int] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)


def suggest_abbreviations(pool: Pool) -> Iterator[TermSuggestion]:
    """Short forms of terms that are missing, and long forms of the abbreviations that are."""
    defined = _definitions(pool)
    longs = sorted({long for _, long in defined})
    index = TermIndex([Record(record_id=str(place), title=" ".join(long)) for place, long in enumerate(longs)])
    for concept in pool.concepts:
        meant = dict(zip(longs, _ends_with(index, concept.terms), strict=True))
        opposed = dict(zip(longs, index.any_of(concept.against), strict=True))
        words = content_words(concept.terms)
        listed = {*concept.abbreviations, *concept.terms}
        for (short, long), made in sorted(defined.items()):
            if meant[long] and short not in listed and _is_usual(defined, short, long):
                yield _short(pool, concept, short, made)
            elif short in concept.abbreviations and not meant[long] and not opposed[long]:
                yield _long(pool, concept, short, made, alike=bool(content_words([" ".join(long)]) & words))


def _definitions(pool: Pool) -> Mapping[tuple[str, tuple[str, ...]], _Definition]:
    """(short form, words of the long form) -> where it is made, if often enough."""
    found: dict[tuple[str, tuple[str, ...]], _Definition] = defaultdict(_Definition)
    for place, record in enumerate(pool.records):
        for made in find_abbreviations(f"{record.title}\n{record.abstract}"):
            definition = found[_singular(made.short), normal_words(made.long)]
            definition.places.append(place)
            definition.written[" ".join(made.long.split()).lower()] += 1
    least = 1 if len(pool.records) < _SMALL_POOL else 2
    return {key: definition for key, definition in found.items() if len(definition.places) >= least}


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _ends_with(index: TermIndex, terms: tuple[str, ...]) -> Mask:
    """Which of the long forms end with one of the terms."""
    found = np.zeros(index.n_records, dtype=bool)
    for term in terms:
        starts, length = index.places(term)
        found[index.record_of[starts[index.words[starts + length] == 0]]] = True
    return found


def _is_usual(defined: Mapping[tuple[str, tuple[str, ...]], _Definition], short: str, long: tuple[str, ...]) -> bool:
    """Whether the short form most often stands for this."""
    others = sum(len(made.places) for (form, other), made in defined.items() if form == short and other != long)
    return len(defined[short, long].places) > others


def _short(pool: Pool, concept: Concept, short: str, made: _Definition) -> TermSuggestion:
    having = np.zeros(len(pool.records), dtype=bool)
    having[made.places] = True
    return TermSuggestion(
        kind="abbreviation",
        action="add",
        concept=concept.name,
        role=concept.role,
        key="abbreviations",
        term=short,
        because=f"stands for “{made.written.most_common(1)[0][0]}”, {_times(made)}",
        **pool.counts(having),
    )


def _long(pool: Pool, concept: Concept, short: str, made: _Definition, *, alike: bool) -> TermSuggestion:
    """The long form as a term where it shares a word with the terms, else as something that counts against."""
    long = made.written.most_common(1)[0][0]
    having = pool.index.records(long)
    return TermSuggestion(
        kind="expansion",
        action="add",
        concept=concept.name,
        role=concept.role,
        key="terms" if alike else "against",
        term=long,
        because=f"{short} stands for it{'' if alike else ', which seems to be something else'}, {_times(made)}",
        changed=int((having & ~pool.met[concept.name]).sum()) if alike else 0,
        **pool.counts(having),
    )


def _times(made: _Definition) -> str:
    return f"in {len(made.places)} {'record' if len(made.places) == 1 else 'records'}"
