"""draft: texts that a reviewer has before screening ► a Draft of the criteria."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tiab.criteria import Criteria, Limits
from tiab.criteria.strategy import is_strategy
from tiab.drafting.draft import UNTITLED, Draft, DraftConcept
from tiab.drafting.from_strategy import draft_from_strategy
from tiab.drafting.from_text import draft_from_text
from tiab.drafting.roles import content_words
from tiab.errors import CriteriaError

__all__ = ["draft", "draft_criteria"]

_LONGEST = 1_000_000
"""Characters; a protocol with its strategies has some tens of thousands."""
_PROSE = re.compile(
    r"(?im)^\W*(?:title(?!\s*[-(=])|questions?|inclusion|exclusion|participants|population|eligib\w+|objectives?)\b"
)
"""Headings of a protocol."""
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "\u00ad": None, "\u00a0": " "})
_ENDLESS = re.compile(r"\S{2000,}")
"""No word and no term: an encoded picture, a page without its spaces; reading one takes minutes."""


def draft_criteria(text: str) -> Criteria:
    """Criteria that are drafted from a protocol, an eligibility section, a question or a search strategy.

    They are a draft: `draft` says where each term came from. Both may stand in one text: then the strategy gives the
    terms and the prose their roles.

    Raises:
        CriteriaError: the text is empty, or far longer than a protocol.

    >>> [c.role for c in draft_criteria("1 exp Asthma/\\n2 yoga.ti,ab.\\n3 1 and 2").concepts]
    ['population', 'intervention']
    """
    return draft(text).criteria


def draft(*texts: str, title: str = "") -> Draft:
    """The criteria that these texts make together, with where each term came from.

    Raises:
        CriteriaError: the texts are empty, or far longer than a protocol.
    """
    if not any(text.strip() for text in texts):
        raise CriteriaError("there is no text to draft criteria from", hint="Paste a protocol or a search strategy.")
    if sum(map(len, texts)) > _LONGEST:
        raise CriteriaError("the text is too long for a protocol", hint="Paste the eligibility criteria alone.")
    title, *plain = (text.translate(_HYPHENS) for text in (title, *texts))
    prose, strategies = _parted([_ENDLESS.sub(" ", text) for text in plain])
    from_text = draft_from_text(prose, title) if prose.strip() else None
    known = title or (from_text.title if from_text and from_text.title != UNTITLED else "")
    if not strategies:
        return _possible(from_text or Draft(title=title or UNTITLED))
    from_strategy = draft_from_strategy(*strategies, title=known)
    return _possible(_joined(from_strategy, from_text) if from_text else from_strategy)


def _possible(made: Draft) -> Draft:
    """The draft without years that contradict each other, as those of two sources may."""
    first, last = made.limits.year_from, made.limits.year_to
    if first is None or last is None or first <= last:
        return made
    left = (1, f"from {first}, up to {last}", "years that contradict each other")
    return replace(made, limits=replace(made.limits, year_from=None, year_to=None), not_used=(*made.not_used, left))


def _parted(texts: Iterable[str]) -> tuple[str, list[str]]:
    """The prose, and the strategies; where both stand in one text, its lines keep their numbers."""
    prose, strategies = [], []
    for text in texts:
        if is_strategy(text) and not _PROSE.search(text):
            strategies.append(text)
            continue
        pieces = re.split(r"(\n\s*\n)", text)
        inside = [is_strategy(piece) for piece in pieces]
        if any(inside):
            strategies.append("".join(_kept(p, wanted=s) for p, s in zip(pieces, inside, strict=True)))
        prose.append("".join(_kept(p, wanted=not s) for p, s in zip(pieces, inside, strict=True)))
    return "\n".join(prose), strategies


def _kept(piece: str, *, wanted: bool) -> str:
    return piece if wanted else "\n" * piece.count("\n")


def _joined(strategy: Draft, text: Draft) -> Draft:
    """The strategy's terms with the text's roles; what the text alone has is added and not required."""
    concepts = [_with_role_of(concept, text.concepts) for concept in strategy.concepts]
    roles = {concept.role for concept in concepts}
    concepts += [
        concept if concept.role == "design" else replace(concept, required=False)
        for concept in text.concepts
        if concept.role not in roles
    ]
    concepts = [_with_exclusions(concept, text.concepts) for concept in concepts]
    return Draft(
        title=text.title if text.title != UNTITLED else strategy.title,
        question=text.question,
        concepts=tuple(concepts),
        limits=Limits(
            year_from=text.limits.year_from or strategy.limits.year_from,
            year_to=text.limits.year_to or strategy.limits.year_to,
            languages=text.limits.languages or strategy.limits.languages,
            species=text.limits.species or strategy.limits.species,
        ),
        search=strategy.search,
        not_used=strategy.not_used + text.not_used,
    )


def _with_role_of(concept: DraftConcept, said: Iterable[DraftConcept]) -> DraftConcept:
    """The concept in the role of the text's concept that shares most words with it."""
    if concept.role == "design":
        return concept
    words = content_words(term.text for term in concept.terms)
    shared = {
        other.role: len(words & content_words(term.text for term in other.terms)) for other in said if other.terms
    }
    best = max(shared, key=lambda role: shared[role], default="")
    return replace(concept, role=best, because="the text says so") if best and shared[best] else concept


def _with_exclusions(concept: DraftConcept, said: Iterable[DraftConcept]) -> DraftConcept:
    for other in said:
        if other.role == concept.role and other is not concept:
            more = tuple(term for term in other.against if term not in concept.against)
            designs = tuple(dict.fromkeys((*concept.designs, *other.designs)))
            against = tuple(dict.fromkeys((*concept.against_designs, *other.against_designs)))
            return replace(
                concept,
                against=concept.against + more,
                designs=designs,
                against_designs=tuple(design for design in against if design not in designs),
            )
    return concept
