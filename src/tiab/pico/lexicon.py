"""Lexicon: many phrases found at once, in any of their spellings, the longest first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from spacy.attrs import NORM
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.pico.misspelling import LongWords
from tiab.pico.spelling import stem_forms
from tiab.pico.text import normal_form, normal_words, plain_form, split_words, visible_end

__all__ = ["Found", "Lexicon", "longest"]

T = TypeVar("T")
_REMEMBERED = 300_000  # words whose truncations are known; more than an English vocabulary, less than 50 MB


class Found(NamedTuple, Generic[T]):
    """One phrase in a Doc: character offsets into its text and what the phrase stands for."""

    start: int
    end: int
    meaning: T


class Lexicon(Generic[T]):
    """Phrases with their meanings, matched on normal forms with spaCy's PhraseMatcher.

    A final `*` truncates the last word of a phrase. PhraseMatcher knows no truncation, so a truncated phrase is
    spelt out with each word that begins so, when a Doc first holds that word.

    Args:
        vocab: the vocabulary of the Docs to come, made by the tokenizer "tiab_words.v1".
        phrases: (phrase, meaning) pairs; one phrase may have several meanings, which must be hashable.
        misspelt: whether a long word of a phrase is also found with one letter wrong.
    """

    def __init__(self, vocab: Vocab, phrases: Iterable[tuple[str, T]], *, misspelt: bool = False) -> None:
        self._vocab = vocab
        self._matcher = PhraseMatcher(vocab, attr="NORM")
        self._meanings: dict[int, T] = {}
        self._names: dict[T, str] = {}
        self._stems: list[tuple[tuple[str, ...], tuple[str, ...], str]] = []
        self._seen: set[int] = set()
        self._long: LongWords[tuple[tuple[str, ...], str]] = LongWords()
        self._misspelt = misspelt
        for phrase, meaning in phrases:
            self._learn(phrase, meaning)
        self._beginnings = tuple({form for _, forms, _ in self._stems for form in forms})

    def find(self, doc: Doc) -> list[Found[T]]:
        """All phrases in `doc`, in no promised order; they may overlap."""
        if self._stems or self._misspelt:
            self._expand(doc)
        found = []
        for key, first, behind in self._matcher(doc):
            start, last = doc[first].idx, doc[behind - 1]
            found.append(Found(start, visible_end(last.text, last.idx), self._meanings[key]))
        return found

    def _learn(self, phrase: str, meaning: T) -> None:
        stem = phrase.removesuffix("*")
        words = [word for word in split_words(stem)[0] if not word.isspace()]
        while words and plain_form(words[-1]) == "-":
            words.pop()
        if not words:
            return
        name = self._name(meaning)
        head = tuple(normal_form(word) for word in words[:-1])
        if stem != phrase and stem[-1:].isalnum():  # "interleukin-*" is all interleukins, as "interleukin" is
            stem = words[-1]
            self._remember((*head, normal_form(stem)), name)
            self._stems.append((head, tuple(sorted({*stem_forms(plain_form(stem)), normal_form(stem)})), name))
        else:
            self._remember((*head, normal_form(words[-1])), name)
            self._add((*head, normal_form(words[-1])), name)

    def is_misspelt(self, text: str) -> bool:
        """Whether a word of `text`, which was found, has one letter wrong."""
        return self._misspelt and any(self._long.meant_by(word) for word in normal_words(text))

    def _remember(self, forms: tuple[str, ...], name: str) -> None:
        if self._misspelt:
            for place, form in enumerate(forms):
                self._long.add(form, ((*forms[:place], "", *forms[place + 1 :]), name))

    def _name(self, meaning: T) -> str:
        """The key of a meaning. It is made before any memory zone begins, or its string would end with the zone."""
        name = self._names.get(meaning)
        if name is None:
            name = self._names[meaning] = f"tiab:{len(self._names)}"
            self._meanings[self._vocab.strings.add(name)] = meaning
        return name

    def _add(self, forms: tuple[str, ...], name: str) -> None:
        doc = Doc(self._vocab, words=list(forms))
        for token, form in zip(doc, forms, strict=True):
            token.norm_ = form  # a normal form is its own: "aids", made from AIDS, must not become "aid"
        self._matcher.add(name, [doc])

    def _expand(self, doc: Doc) -> None:
        norms = set(doc.to_array(NORM).tolist())
        new = norms - self._seen
        if not new:
            return
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        self._seen |= new
        for norm in sorted(new):
            word = self._vocab.strings[norm]
            if word.startswith(self._beginnings):
                for head, forms, name in self._stems:
                    if word.startswith(forms):
                        self._add((*head, word), name)
            elif self._misspelt:
                for forms, name in self._long.meant_by(word):
                    self._add(tuple(form or word for form in forms), name)


def longest(found: Iterable[Found[T]]) -> list[Found[T]]:
    """The phrases that lie in no other, from left to right; where two overlap, the longer one stays.

    >>> longest([Found(0, 5, "a"), Found(3, 12, "b"), Found(20, 22, "c")])
    [Found(start=3, end=12, meaning='b'), Found(start=20, end=22, meaning='c')]
    """
    kept: list[Found[T]] = []
    starts: list[int] = []
    for item in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        place = bisect_right(starts, item.start)
        if (place == 0 or kept[place - 1].end <= item.start) and (place == len(kept) or item.end <= starts[place]):
            kept.insert(place, item)
            starts.insert(place, item.start)
    return kept
