"""The title of a review ► the concepts that it names, which are the surest, together with those of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tiab.drafting.draft import STANDS, DraftConcept, DraftTerm
from tiab.drafting.members import people_in
from tiab.drafting.phrases import noun_phrases
from tiab.drafting.roles import content_words, role_of, roles_by_words

__all__ = ["roles_in_title", "with_title"]

_KIND = re.compile(r"(?i)\breviews?\b|\bmeta-?analys|\btrials?$|\bprotocol\b")
"""What a title says of the review itself."""
_BETWEEN = re.compile(r"(?i)(?<![\w-])(for|in|among|to|on|of|towards?)(?![\w-])")


def with_title(said: list[DraftConcept], title: str, line: int, *, accuracy: bool = False) -> list[DraftConcept]:
    """The text's concepts with the title's terms, which are the surest; what nothing gave a role to is optional.

    Args:
        accuracy: the review asks how well a test finds a condition, which the title then names behind the test.
    """
    roles = {concept.role: concept for concept in _of_title(title, line, accuracy=accuracy)}
    made = []
    for concept in said:
        more = roles.pop(concept.role, None)
        if more is not None:
            known = {term.text.casefold() for term in more.terms}
            placed = concept.because == STANDS  # a single word by its place alone says less than the title
            others = (term for term in concept.terms if not placed or " " in term.text)
            terms = (*more.terms, *(term for term in others if term.text.casefold() not in known))
            concept = replace(concept, name=more.name, terms=terms, required=concept.required or more.required)
        made.append(replace(concept, required=concept.required and (more is not None or concept.because != STANDS)))
    return _without_repeats([*roles.values(), *made])


def roles_in_title(title: str) -> dict[str, set[str]]:
    """Role ► the beginnings of the words that the title says of it.

    >>> sorted(roles_in_title("Yoga for gout").items())
    [('intervention', {'yoga'}), ('population', {'gout'})]
    """
    return {role: content_words(phrases) for role, phrases in _by_role(_with_roles(list(_parts(title)))).items()}


def _by_role(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, phrases in pairs:
        if phrases:
            found.setdefault(role, []).extend(phrases)
    return found


def _without_repeats(concepts: list[DraftConcept]) -> list[DraftConcept]:
    """The concepts that say something which none before them has said."""
    kept: list[DraftConcept] = []
    for concept in concepts:
        texts = {term.text.casefold() for term in concept.terms}
        if not any(texts <= {term.text.casefold() for term in other.terms} for other in kept):
            kept.append(concept)
    return kept


def _of_title(title: str, line: int, *, accuracy: bool) -> Iterator[DraftConcept]:
    """Concepts from what stands before, between and behind the small words of the title."""
    parts = list(_parts(title))
    found = _of_accuracy(parts) if accuracy else _by_role(_with_roles(parts))
    sure = {"intervention", "outcome"} if accuracy or len(parts) == 1 else {"intervention"}
    for role, phrases in found.items():
        yield DraftConcept(
            role=role,
            name=phrases[0],
            terms=tuple(DraftTerm(text=phrase, line=line, source=title) for phrase in phrases),
            required=role in sure or len(parts) == 1,  # what all were searched for need not be said in each
            because="from the title",
        )


def _parts(title: str) -> Iterator[tuple[str, list[str]]]:
    """(the word before it, phrases) of each part of a title that says something."""
    pieces = ["", *_BETWEEN.split(re.split(r"[:?]", title)[0])]
    for before, piece in zip(pieces[::2], pieces[1::2], strict=True):
        phrases = [phrase for phrase in noun_phrases(piece) if not _KIND.search(phrase)]
        if phrases:
            yield before.casefold(), phrases


def _with_roles(parts: list[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """(role, phrases) of the parts; those between the first and the last are outcomes."""
    if not parts:
        return
    if len(parts) > 1 and parts[1][0] == "of" and roles_by_words(parts[0][1][0]) == {"outcome"}:
        yield "outcome", parts[0][1]  # the prevalence of one thing, the outcomes of another
        parts = parts[1:]
    before, phrases = parts[0]
    done, people = _done_to_people(phrases)
    if people:
        yield from (("intervention", done), ("population", [people]))
        if rest := [phrase for _, more in parts[1:] for phrase in more]:
            yield "outcome", rest
    elif len(parts) == 1:
        usual = "population" if before in ("for", "in", "among") else "intervention"
        yield (role_of(phrases)[0] or usual), phrases
    elif len(parts) == 2:
        yield from (("intervention", phrases), ("population", parts[1][1]))
    else:
        middle = [phrase for _, phrases in parts[1:-1] for phrase in phrases]
        whom = [phrase for phrase in middle if people_in(phrase) == phrase]
        rest = [phrase for phrase in middle if phrase not in whom]
        yield from (("intervention", phrases), ("outcome", rest), ("population", [*parts[-1][1], *whom]))


def _of_accuracy(parts: list[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Role ► phrases of a title that names a test, the condition that it finds, and in whom."""
    found: dict[str, list[str]] = {}
    for before, phrases in parts:
        in_whom = before in ("in", "among") or any(map(people_in, phrases))
        first = before in ("", "of") and "intervention" not in found
        found.setdefault("population" if in_whom else "intervention" if first else "outcome", []).extend(phrases)
    return found


def _done_to_people(phrases: list[str]) -> tuple[list[str], str]:
    """(what is done, to whom) where a phrase says both, as "nudging doctors" does; ([], "") elsewhere."""
    for phrase in phrases:
        people = people_in(phrase)
        done = phrase.removesuffix(people).strip()
        if people and done.endswith("ing"):
            return [done, *(other for other in phrases if people not in other and done not in other)], people
    return [], ""
