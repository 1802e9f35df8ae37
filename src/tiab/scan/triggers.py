"""Triggers: the words without which a phrase cannot be found, so that most records need not be searched for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.features import Tokens
from tiab.features.counting import TITLE
from tiab.folding import GREEK
from tiab.pico.misspelling import LongWords
from tiab.pico.spelling import american, singular, stem_forms
from tiab.pico.text import normal_form, plain_form, split_words

__all__ = ["MANY", "Counts", "Flags", "Pulled", "Triggers", "has_odd_letters"]

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

MANY = 99
"""How often a phrase may stand in a text of which nothing is known."""
_REMEMBERED = 500_000  # words whose triggers are known; more than an English vocabulary
_LETTERS = re.compile("[a-z]{2,}")
_GREEK = re.compile("alpha|beta|gamma|delta|kappa")
_GREEK_LETTERS = frozenset(GREEK.values())
"""What a single Greek letter is called in the search; it is no word for the counting."""
_ODD = re.compile(
    "[\u00ad\u0130\u0300-\u036f\u200b-\u200d\u2060\ufeff"  # invisible within a word, or changed by lower()
    "\u00df\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3\u1e9e\u20a8"  # one letter that stands for several
    "\u2100-\u218f\u3200-\u33ff\ufb00-\ufb06\U0001f100-\U0001f1ff]"
)


def has_odd_letters(text: str) -> bool:
    """Whether a text has letters that the search sees and the counting doesn't, or the other way round."""
    return not text.isascii() and _ODD.search(text) is not None


class Pulled(NamedTuple):
    """How often each trigger is pulled by each text.

    Attributes:
        title, rest: in the titles, and in all else; shape (n_triggers, n_texts).
        blind: texts in which any phrase may stand anywhere; shape (n_texts,).
    """

    title: Counts
    rest: Counts
    blind: Flags

    def possible(self, needs: Sequence[int], *, title: bool | None = None) -> Flags:
        """Which texts may have a phrase with these triggers: in the title, in the rest, or (None) anywhere."""
        there = np.ones(len(self.blind), dtype=bool)
        for need in needs:
            if title is None:
                there &= (self.title[need] > 0) | (self.rest[need] > 0)
            else:
                there &= (self.title if title else self.rest)[need] > 0
        return there | self.blind

    def times(self, needs: Sequence[int], *, title: bool) -> Counts:
        """How many phrases with these triggers, none of which lies within another, each title or rest may have."""
        if not needs:
            return np.full(len(self.blind), MANY)
        return np.where(self.blind, MANY, (self.title if title else self.rest)[needs[0]])


class Triggers:
    """The triggers of phrases, each of which has a number.

    >>> from tiab.features import read_tokens
    >>> triggers = Triggers()
    >>> needs = triggers.of("back pain")
    >>> texts = [("Yoga for pain in the back", "", ""), ("Back to work", "", "")]
    >>> triggers.pulled(read_tokens(texts), texts).possible(needs).tolist()
    [True, False]
    """

    def __init__(self) -> None:
        self._numbers: dict[str | tuple[str, ...], int] = {}
        self._by_form: dict[str, set[int]] = {}
        self._stems: dict[tuple[str, ...], int] = {}
        self._long: LongWords[int] = LongWords()
        self._known: dict[str, tuple[int, ...]] = {}
        self._beginnings: tuple[str, ...] = ()

    def of(self, phrase: str, *, misspelt: bool = False) -> tuple[int, ...]:
        """The triggers of a phrase, all of which a text with the phrase pulls; none where no word is sure to.

        Args:
            misspelt: whether the phrase is also found with one letter wrong.
        """
        self._known.clear()
        needs = tuple(sorted(set(self._triggers_of(phrase, misspelt))))
        self._beginnings = tuple(form for forms in self._stems for form in forms)
        return needs

    def pulled(self, tokens: Tokens, texts: Sequence[Sequence[str]]) -> Pulled:
        """How often each text pulls each trigger.

        Args:
            texts: the texts part by part.
            tokens: the words of these texts.
        """
        pulled = [self._known[word] if word in self._known else self._learn(word) for word in tokens.words]
        counts = np.array([len(triggers) for triggers in pulled], dtype=np.intp)
        flat = np.array([trigger for triggers in pulled for trigger in triggers], dtype=np.intp)
        starts = np.concatenate([[0], np.cumsum(counts)])
        size = len(self._numbers)
        cells = np.zeros((2, size * tokens.n_texts), dtype=np.int64)
        for nth in range(int(counts.max(initial=0))):
            some = counts[tokens.number] > nth
            cell = flat[starts[tokens.number[some]] + nth] * tokens.n_texts + tokens.text[some]
            title = tokens.part[some] == TITLE
            cells[0] += np.bincount(cell[title], minlength=cells.shape[1])
            cells[1] += np.bincount(cell[~title], minlength=cells.shape[1])
        in_title, in_rest = cells.reshape(2, size, tokens.n_texts)
        blind = np.array([any(map(has_odd_letters, parts)) for parts in texts], dtype=bool)
        return Pulled(in_title, in_rest, blind)

    def _triggers_of(self, phrase: str, misspelt: bool) -> Iterator[int]:
        stem = phrase.removesuffix("*")
        words = [word for word in split_words(stem)[0] if not word.isspace() and plain_form(word) != "-"]
        if words and stem != phrase and stem[-1:].isalnum():
            last = words.pop()
            forms = tuple(sorted({*stem_forms(plain_form(last)), normal_form(last)}))
            if all(map(_LETTERS.fullmatch, forms)):
                self._stems[forms] = self._number(forms)
                if misspelt:
                    self._long.add(normal_form(last), self._stems[forms])
                yield self._stems[forms]
        for word in words:
            # The search brings a phrase's words to their normal form twice, which counts for acronyms in capitals.
            forms = (normal_form(word), normal_form(normal_form(word)))
            if all(_LETTERS.fullmatch(form) and form not in _GREEK_LETTERS for form in forms):
                number = self._number(forms[-1])
                for form in forms:
                    self._by_form.setdefault(form, set()).add(number)
                    if misspelt:
                        self._long.add(form, number)
                yield number

    def _number(self, trigger: str | tuple[str, ...]) -> int:
        return self._numbers.setdefault(trigger, len(self._numbers))

    def _learn(self, word: str) -> tuple[int, ...]:
        """The triggers that a word of a text pulls, each as often as it does."""
        pulled: list[int] = []
        for token in _tokens_in(word):
            plain = american(plain_form(token))
            found: set[int] = set()
            for form in {plain, singular(plain)}:  # the normal form is one of them: an acronym keeps its s
                found |= self._by_form.get(form, set())
                found.update(self._long.meant_by(form))
                if form.startswith(self._beginnings):
                    found |= {number for stems, number in self._stems.items() if form.startswith(stems)}
            pulled += found
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known[word] = tuple(sorted(pulled))
        return self._known[word]


def _tokens_in(word: str) -> Iterable[str]:
    """The tokens that a word in lower case may have consisted of: "il6" of "il", "tnfalpha" of "TNF" and "alpha"."""
    for token in (word,) if _LETTERS.fullmatch(word) else split_words(word)[0]:
        yield token
        for found in _GREEK.finditer(token):
            yield from (token[: found.start()], token[found.start() :])
