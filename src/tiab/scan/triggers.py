"""Triggers: the words without which a phrase cannot be found, so that most texts need not be searched for it.

A phrase of the criteria or of the design cues is found where all its words stand one behind the other. Here only their
presence is asked for, with the same tokenizer and the same normal forms as the search itself. So a phrase that is
found is never ruled out; one that isn't ruled out may still not be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tiab.pico.spelling import stem_forms
from tiab.pico.text import normal_form, plain_form, split_words

__all__ = ["Triggers"]

T = TypeVar("T")
_REMEMBERED = 300_000  # words whose meaning is known; more than an English vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase(Generic[T]):
    needs: frozenset[int]
    meaning: T


@dataclass(eq=False)
class Triggers(Generic[T]):
    """Phrases with their meanings; `possible` says which meanings a text may have.

    >>> triggers = Triggers([("interval training", "exercise"), ("cytokin*", "marker"), ("IL-6", "marker")])
    >>> triggers.possible("Cytokines after training at intervals") == {"exercise", "marker"}
    True
    >>> triggers.possible("Training")
    set()
    """

    phrases: Iterable[tuple[str, T]]
    _words: dict[str, int] = field(default_factory=dict, init=False)
    _stems: list[tuple[tuple[str, ...], int]] = field(default_factory=list, init=False)
    _by_first: dict[int, list[_Phrase[T]]] = field(default_factory=lambda: defaultdict(list), init=False)
    _always: set[T] = field(default_factory=set, init=False)
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for phrase, meaning in self.phrases:
            needs = self._needs(phrase)
            if needs:
                self._by_first[needs[0]].append(_Phrase(frozenset(needs), meaning))
            else:
                self._always.add(meaning)

    def possible(self, text: str) -> set[T]:
        """The meanings of the phrases that may be found in a text."""
        there: set[int] = set()
        for word in set(split_words(text)[0]):
            pulled = self._known.get(word)
            there.update(self._learn(word) if pulled is None else pulled)
        found = set(self._always)
        for first in there & self._by_first.keys():
            found.update(phrase.meaning for phrase in self._by_first[first] if phrase.needs <= there)
        return found

    def _needs(self, phrase: str) -> Sequence[int]:
        """The triggers of a phrase, the longest word first; none where it has no word to look for."""
        stem = phrase.removesuffix("*")
        words = [word for word in split_words(stem)[0] if not word.isspace() and plain_form(word) != "-"]
        truncated = stem != phrase and stem[-1:].isalnum()
        if not words:
            return ()
        numbers = {self._stem(words[-1]) if truncated else self._word(words[-1]): len(words[-1])}
        numbers |= {self._word(word): len(word) for word in words[:-1]}
        return sorted(numbers, key=lambda number: (-numbers[number], number))

    def _word(self, word: str) -> int:
        return self._words.setdefault(normal_form(normal_form(word)), len(self._words) + len(self._stems))

    def _stem(self, word: str) -> int:
        number = len(self._words) + len(self._stems)
        self._stems.append(((*stem_forms(plain_form(word)), normal_form(word)), number))
        return number

    def _learn(self, word: str) -> tuple[int, ...]:
        """The triggers that a word of a text pulls."""
        normal = normal_form(word)
        pulled = {self._words[form] for form in (normal, normal_form(normal)) if form in self._words}
        pulled |= {number for forms, number in self._stems if normal.startswith(forms)}
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known[word] = tuple(pulled)
        return self._known[word]
