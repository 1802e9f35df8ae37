"""Misspelling: long words that are found with one letter wrong, missing or too many, or with two letters swapped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Generic, TypeVar

from tiab.pico.vocabulary import vocabulary

__all__ = ["LongWords"]

T = TypeVar("T")
_LONG = 8  # letters from which on one wrong letter leaves no doubt which word is meant


class LongWords(Generic[T]):
    """Words of eight letters or more, each with what it stands for, to be found by what people type.

    Two words that differ in one letter agree once a letter is taken out of each, so those forms are the index: to look
    a word up takes as many steps as it has letters, however many words are known.

    >>> known = LongWords()
    >>> known.add("interleukin", "cytokine")
    >>> known.meant_by("interlukin"), known.meant_by("interluekin"), known.meant_by("interleukin")
    (['cytokine'], ['cytokine'], [])
    """

    def __init__(self) -> None:
        self._meanings: dict[str, list[T]] = {}
        self._shorter: dict[str, set[str]] = {}
        self._alike: set[tuple[str, int]] = set()  # first letter and length of what may be a known word

    def add(self, word: str, meaning: T) -> None:
        """Knows `word`, in normal form, from now on; short words, and those with digits, are left out."""
        if len(word) >= _LONG and word.isalpha():
            self._meanings.setdefault(word, []).append(meaning)
            self._alike |= {(word[0], len(word) + more) for more in (-1, 0, 1)}
            for form in (word, *_without_a_letter(word)):
                self._shorter.setdefault(form, set()).add(word)

    def meant_by(self, word: str) -> list[T]:
        """What `word` stands for if it is a known word with one mistake, not in its first letter; else nothing.

        A word that is one itself ("addition") is no slip of another ("addiction").
        """
        if word in self._meanings or word in _real_words():
            return []
        return [meaning for known in self.alike(word) for meaning in self._meanings[known]]

    def alike(self, word: str) -> list[str]:
        """The known words that differ from `word` by one mistake, whether or not it is a word itself."""
        if (word[:1], len(word)) not in self._alike or not word.isalpha():
            return []
        alike = {known for form in (word, *_without_a_letter(word)) for known in self._shorter.get(form, ())}
        return [known for known in sorted(alike) if _is_slip(word, known)]


@cache
def _real_words() -> frozenset[str]:
    return frozenset(vocabulary("real_words")["words"])


def _without_a_letter(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def _is_slip(word: str, known: str) -> bool:
    """Whether a word differs by one mistake that is no other ending: "training" is none of "trainings", "trained"."""
    if word[0] != known[0] or word == known:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    if start >= len(known) - 1:
        return False
    a, b = word[start:], known[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
