"""Triggers: the words without which a phrase cannot be found, so that most texts need not be searched for it.

A phrase of the criteria or of the design cues is found where all its words stand one behind the other, in their normal
forms (`tiab.pico.text`). Here only the presence of its longer words is asked for, among the words that the features are
counted from anyway. Each of those stands for every normal form that it could have in the search, whatever its capitals
were. So a phrase that is found is never ruled out; one that isn't ruled out may still not be found.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tiab.features import Tokens
from tiab.pico.spelling import american, singular, stem_forms
from tiab.pico.text import normal_form, plain_form, split_words

__all__ = ["Triggers"]

T = TypeVar("T", bound=Hashable)
_REMEMBERED = 500_000  # words whose triggers are known; more than an English vocabulary
_LETTERS = re.compile("[a-z]{2,}")
_GREEK = re.compile("alpha|beta|gamma|delta|kappa")
_GREEK_LETTERS = frozenset(
    re.findall(
        "[a-z]+",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
        "omega",
    )
)
"""What a single Greek letter is called in the search; it is no word for the counting."""
_ODD = re.compile(
    "[\u00ad\u0130\u0300-\u036f\u200b-\u200d\u2060\ufeff"  # invisible within a word, or changed by lower()
    "\u00df\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3\u1e9e\u20a8"  # one letter that stands for several
    "\u2100-\u218f\u3200-\u33ff\ufb00-\ufb06\U0001f100-\U0001f1ff]"
)


class Triggers(Generic[T]):
    """Phrases with their meanings; `possible` says which meanings a text may have.

    Args:
        phrases: (phrase, meaning) pairs, as a `tiab.pico.lexicon.Lexicon` takes them.
    """

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._numbers: dict[str | tuple[str, ...], int] = {}
        self._by_form: dict[str, set[int]] = {}
        self._stems: dict[tuple[str, ...], int] = {}
        self._known: dict[str, tuple[int, ...]] = {}
        self._needs: dict[T, set[tuple[int, ...]]] = {}
        for phrase, meaning in phrases:
            self._needs.setdefault(meaning, set()).add(tuple(sorted(self._triggers_of(phrase))))
        self._beginnings = tuple(form for forms in self._stems for form in forms)

    def possible(self, tokens: Tokens, texts: Sequence[Sequence[str]]) -> Mapping[T, NDArray[np.bool_]]:
        """Of each meaning whether a text may have a phrase of it; shape (n_texts,).

        Args:
            texts: the texts part by part.
            tokens: the words of these texts.
        """
        there = self._there(tokens)
        there[[any(map(_is_odd, parts)) for parts in texts]] = True
        return {
            meaning: np.any([there[:, list(needs)].all(axis=1) for needs in phrases], axis=0)
            for meaning, phrases in self._needs.items()
        }

    def _there(self, tokens: Tokens) -> NDArray[np.bool_]:
        """Which triggers each text pulls; shape (n_texts, n_triggers)."""
        pulled = [self._learn(word) if word not in self._known else self._known[word] for word in tokens.words]
        counts = np.array([len(triggers) for triggers in pulled], dtype=np.intp)
        flat = np.array([trigger for triggers in pulled for trigger in triggers], dtype=np.intp)
        starts = np.concatenate([[0], np.cumsum(counts)])
        there = np.zeros((tokens.n_texts, len(self._numbers)), dtype=bool)
        for nth in range(int(counts.max(initial=0))):
            some = counts[tokens.number] > nth
            there[tokens.text[some], flat[starts[tokens.number[some]] + nth]] = True
        return there

    def _triggers_of(self, phrase: str) -> Iterator[int]:
        """The triggers of a phrase; none where it has no word that is sure to be counted."""
        stem = phrase.removesuffix("*")
        words = [word for word in split_words(stem)[0] if not word.isspace() and plain_form(word) != "-"]
        if words and stem != phrase and stem[-1:].isalnum():
            last = words.pop()
            forms = tuple(sorted({*stem_forms(plain_form(last)), normal_form(last)}))
            if all(map(_LETTERS.fullmatch, forms)):
                self._stems[forms] = self._number(forms)
                yield self._stems[forms]
        for word in words:
            # The search brings a phrase's words to their normal form twice, which counts for acronyms in capitals.
            forms = (normal_form(word), normal_form(normal_form(word)))
            if all(_LETTERS.fullmatch(form) and form not in _GREEK_LETTERS for form in forms):
                number = self._number(forms[-1])
                for form in forms:
                    self._by_form.setdefault(form, set()).add(number)
                yield number

    def _number(self, trigger: str | tuple[str, ...]) -> int:
        return self._numbers.setdefault(trigger, len(self._numbers))

    def _learn(self, word: str) -> tuple[int, ...]:
        """The triggers that a word of a text pulls."""
        pulled: set[int] = set()
        for token in _tokens_in(word):
            plain = american(plain_form(token))
            for form in {plain, singular(plain)}:  # the normal form is one of them: an acronym keeps its s
                pulled |= self._by_form.get(form, set())
                if form.startswith(self._beginnings):
                    pulled |= {number for stems, number in self._stems.items() if form.startswith(stems)}
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known[word] = tuple(sorted(pulled))
        return self._known[word]


def _tokens_in(word: str) -> Iterator[str]:
    """The tokens that a word in lower case may have consisted of: "il6" of "il", "tnfalpha" of "TNF" and "alpha"."""
    for token in (word,) if _LETTERS.fullmatch(word) else split_words(word)[0]:
        yield token
        for found in _GREEK.finditer(token):
            yield from (token[: found.start()], token[found.start() :])


def _is_odd(text: str) -> bool:
    """Whether a text has letters that the search sees and the counting doesn't, or the other way round."""
    return not text.isascii() and _ODD.search(text) is not None
