"""What included and excluded records say: words that set them apart, and terms that let in what was excluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tiab.criteria import Concept
from tiab.pico.term_index import Mask
from tiab.pico.text import normal_words
from tiab.suggesting.chance import Floats, adjusted, at_least
from tiab.suggesting.phrases import Phrases, neighbours, telling_phrases
from tiab.suggesting.pool import Pool
from tiab.suggesting.term_suggestion import TermSuggestion

__all__ = ["suggest_compared", "suggest_narrower"]

_LEVEL = 0.05
_FEW = 3
"""So many records that were excluded for one role are enough to look at that role alone."""
_LETS_IN, _MANY, _DOUBT = 2, 5, 0.2
"""A term, or a phrase around it, is named when it let in so many excluded records and no included one, unless they are
not many and that is likely by chance; a person sees the figures."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Against:
    """What the included records are compared with, and for which concept; None where any may be meant."""

    others: Mask
    concept: Concept | None
    what: str


def suggest_compared(pool: Pool) -> Iterator[TermSuggestion]:
    """Words that included records have more often than excluded ones, than those excluded for one role, or than all.

    The chance is exact (Fisher), so that it holds for words of two records, and is corrected for the words tried.
    """
    if not pool.included.any():
        return
    phrases = telling_phrases(pool.index, pool.included)
    new = ~pool.covered(phrases.texts)
    seen: set[str] = set()
    for against in _comparisons(pool):
        both = pool.included | against.others
        chances = _chances(phrases, pool.included, both)
        chosen = [int(place) for place in np.argsort(chances, kind="stable") if chances[place] <= _LEVEL]
        for place in _unlike(phrases, [place for place in chosen if new[place]], pool.included):
            text = phrases.texts[place]
            if text not in seen:
                seen.add(text)
                yield _word(pool, phrases.records(place), text, against, float(chances[place]))


def _comparisons(pool: Pool) -> Iterator[_Against]:
    for concept in pool.concepts:
        others = pool.excluded_for(concept.role)
        if others.sum() >= _FEW:
            yield _Against(others=others, concept=concept, what=f"records excluded for their {concept.role}")
    if pool.excluded.any():
        yield _Against(others=pool.excluded, concept=None, what="excluded records")
    else:
        yield _Against(others=~pool.included, concept=None, what="all other records")


def _chances(phrases: Phrases, included: Mask, both: Mask) -> Floats:
    """For each phrase how likely it is by chance that so many of its records in `both` are included."""
    drawn, total = int((included & both).sum()), int(both.sum())
    k, having = phrases.count(included & both), phrases.count(both)
    return adjusted(
        at_least(k, having=having, drawn=drawn, total=total),
        at_least(np.minimum(having, drawn), having=having, drawn=drawn, total=total),
    )


def _unlike(phrases: Phrases, places: Sequence[int], included: Mask) -> Iterator[int]:
    """The phrases without those that say the same of the same included records in fewer words, or worse."""
    kept: list[int] = []
    for place in places:
        mine = phrases.records(place) & included
        words = set(phrases.texts[place].split())
        same = [o for o in kept if words & set(phrases.texts[o].split()) and not (mine & ~phrases.records(o)).any()]
        if not same:
            kept.append(place)
            yield place


def _word(pool: Pool, having: Mask, text: str, against: _Against, p: float) -> TermSuggestion:
    concept = against.concept or _lacked(pool, having)
    included = int((having & pool.included).sum())
    others = int((having & against.others).sum())
    return TermSuggestion(
        kind="word",
        action="add",
        concept=concept.name,
        role=concept.role,
        key="terms",
        term=text,
        because=f"in {included} of {int(pool.included.sum())} included records, "
        f"in {others} of {int(against.others.sum())} {against.what}",
        changed=int((having & ~pool.met[concept.name]).sum()),
        p=p,
        **pool.counts(having),
    )


def _lacked(pool: Pool, having: Mask) -> Concept:
    """The concept that most included records with the word lack; else the one that most of its records have."""
    wanted = having & pool.included
    lacking = [int((wanted & ~pool.met[concept.name]).sum()) for concept in pool.concepts]
    if max(lacking):
        return pool.concepts[int(np.argmax(lacking))]
    shares = [(having & pool.met[c.name]).sum() / (1 + pool.met[c.name].sum()) for c in pool.concepts]
    return pool.concepts[int(np.argmax(shares))]


def suggest_narrower(pool: Pool) -> Iterator[TermSuggestion]:
    """Terms by which alone excluded records met a concept and no included one, and phrases around terms likewise."""
    for concept in pool.concepts:
        against = pool.may_speak_against(concept.role)
        if concept.role == "design" or not against.any():
            continue
        having = {term: pool.index.records(term) for term in concept.terms}
        times = np.sum(list(having.values()), axis=0)
        for term, mask in having.items():
            yield from _let_in(pool, concept, term, mask & (times == 1), against)
            yield from _phrases_around(pool, concept, term, against)


def _let_in(pool: Pool, concept: Concept, term: str, alone: Mask, against: Mask) -> Iterator[TermSuggestion]:
    bad, p = _let_in_by(pool, alone, against)
    if not bad:
        return
    yield TermSuggestion(
        kind="lets in",
        action="remove",
        concept=concept.name,
        role=concept.role,
        key="terms",
        term=term,
        because=f"{bad} excluded records and no included one have “{concept.name}” by this term alone",
        changed=int(alone.sum()),
        p=p,
        **pool.counts(alone),
    )


def _phrases_around(pool: Pool, concept: Concept, term: str, against: Mask) -> Iterator[TermSuggestion]:
    """Phrases of the term and a word beside it that only excluded records have: language training, choir training."""
    starts, length = pool.index.places(term)
    if not length:
        return
    known = {normal_words(text) for text in (*concept.terms, *concept.against)}
    for phrase, places in neighbours(pool.index, starts, length):
        having = pool.index.records_at(places)
        bad, p = _let_in_by(pool, having, against)
        if bad and normal_words(phrase) not in known:
            yield TermSuggestion(
                kind="lets in",
                action="add",
                concept=concept.name,
                role=concept.role,
                key="against",
                term=phrase,
                because=f"“{term}” finds it in {bad} excluded records and in no included one",
                p=p,
                **pool.counts(having),
            )


def _let_in_by(pool: Pool, having: Mask, against: Mask) -> tuple[int, float | None]:
    """(excluded records that were let in, how likely that is by chance); 0 of them where it is not worth a word."""
    bad, p = int((having & against).sum()), _fewer(pool, having, against)
    unlikely = p is None or p <= _DOUBT or bad >= _MANY
    return (bad, p) if bad >= _LETS_IN and unlikely and not (having & pool.included).any() else (0, None)


def _fewer(pool: Pool, having: Mask, against: Mask) -> float | None:
    """How likely it is by chance that so many of the records are excluded; None without included ones."""
    if not pool.included.any():
        return None
    total = pool.included | against
    chance = at_least(
        int((having & against).sum()),
        having=int((having & total).sum()),
        drawn=int(against.sum()),
        total=int(total.sum()),
    )
    return float(chance)
