"""Spellings: terms of the criteria as the records also write them: joined, parted, otherwise ended, mistyped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tiab.criteria import Concept
from tiab.features.stems import stem
from tiab.pico.term_index import TermIndex
from tiab.pico.text import normal_form, normal_words, split_words
from tiab.suggesting.pool import Pool
from tiab.suggesting.term_suggestion import TermSuggestion

__all__ = ["suggest_spellings"]

_SHORTEST_MISTYPED, _SAME_START = 7, 3
"""Shorter words that differ by one letter are most often two words; so are those that differ at their start."""
_SHORTEST_PART = 3


def suggest_spellings(pool: Pool) -> Iterator[TermSuggestion]:
    """Other spellings of each term that the concept does not find yet."""
    words = _Words(pool.index)
    for concept in pool.concepts:
        offered: set[tuple[str, ...]] = set()
        for term in concept.terms:
            for spelt, why in words.like(term):
                if normal_words(spelt) not in offered:
                    offered.add(normal_words(spelt))
                    yield from _suggestion(pool, concept, term, spelt, why)


def _suggestion(pool: Pool, concept: Concept, term: str, spelt: str, why: str) -> Iterator[TermSuggestion]:
    having = pool.index.records(spelt)
    if having.any() and not pool.covered([spelt])[0]:
        yield TermSuggestion(
            kind="spelling",
            action="add",
            concept=concept.name,
            role=concept.role,
            key="terms",
            term=spelt,
            because=f"{why} of “{term}”",
            changed=int((having & ~pool.met[concept.name]).sum()),
            **pool.counts(having),
        )


class _Words:
    """The words of an index by what makes them like others."""

    def __init__(self, index: TermIndex) -> None:
        self._index = index
        self._there = frozenset(index.forms) - {""}
        self._shown = dict(zip(index.forms, index.shown, strict=True))
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for form in sorted(form for form in self._there if form.isalpha()):
            self._by_stem[stem(form)].append(form)
        self._mistyped = _one_letter_less(self._there)

    def like(self, term: str) -> Iterator[tuple[str, str]]:
        """(another spelling, what it is) of a term."""
        written = [word for word in split_words(term.rstrip("*"))[0] if any(map(str.isalnum, word))]
        shown, forms = [word.strip(" -") for word in written], [normal_form(word) for word in written]
        for place, form in enumerate(forms):
            before, after = shown[:place], shown[place + 1 :]
            for other, why in self._instead(form, truncated=term.endswith("*") and not after):
                yield " ".join([*before, other, *after]), why
            joined = form + forms[place + 1] if after else ""
            if joined in self._there and not (term.endswith("*") and len(after) == 1):
                yield " ".join([*before, self._shown[joined], *after[1:]]), "one word instead"

    def _instead(self, word: str, *, truncated: bool) -> Iterator[tuple[str, str]]:
        if truncated or not word.isalpha():
            return
        for form in self._by_stem.get(stem(word), []):
            if form != word:
                yield self._shown[form], "another form"
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            if word[:cut] in self._there and word[cut:] in self._there:
                yield f"{word[:cut]} {word[cut:]}", "two words instead"
        for form in sorted(self._nearly(word)):
            yield self._shown[form], "one letter differs: a spelling or typing error"

    def _nearly(self, word: str) -> set[str]:
        """Words that differ from `word` by one letter, not at their start."""
        if len(word) < _SHORTEST_MISTYPED:
            return set()
        keys = {word, *_shorter(word)}
        found = {form for key in keys for form in self._mistyped.get(key, ())}
        return {form for form in found if stem(form) != stem(word) and form != word and _differ_by_one(form, word)}


def _one_letter_less(words: frozenset[str]) -> Mapping[str, list[str]]:
    """A word, or a word with one letter left out ► the words that it may be."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= _SHORTEST_MISTYPED - 1 and word.isalpha():
            for key in {word, *_shorter(word)}:
                found[key].append(word)
    return found


def _shorter(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(_SAME_START, len(word)))


def _differ_by_one(one: str, other: str) -> bool:
    """Whether one letter is more, less, another or swapped with its neighbour.

    >>> _differ_by_one("postmenopasual", "postmenopausal"), _differ_by_one("yoga", "yogas"), _differ_by_one("a", "bcd")
    (True, True, False)
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
