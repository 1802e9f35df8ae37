"""The best score that a record could have, from its words alone: where it isn't enough, nobody need read the record.

A score is the words' part, which is computed to the last digit, plus the evidence's part. Each column of evidence lies
between 0 and 1 (`tiab.features.evidence`), and is 0 where the phrases that it is made of cannot be found; so a column
adds at most its weight, where that is positive, and nothing where its phrases are ruled out.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tiab.criteria import DESIGNS, Concept
from tiab.features import CRITERION, IN_TITLE, Tokens, read_tokens
from tiab.folding import GREEK
from tiab.pico.spelling import american, singular, stem_forms
from tiab.pico.text import normal_form, plain_form, split_words
from tiab.pico.vocabulary import vocabulary
from tiab.ranking.rank import RankingModel
from tiab.scan.previews import Preview

__all__ = ["Bound", "Triggers", "has_odd_letters"]

T = TypeVar("T", bound=Hashable)
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
        there[[any(map(has_odd_letters, parts)) for parts in texts]] = True
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


def has_odd_letters(text: str) -> bool:
    """Whether a text has letters that the search sees and the counting doesn't, or the other way round."""
    return not text.isascii() and _ODD.search(text) is not None


_Sign = tuple[str, str]
"""(kind, name): a kind of phrase, and the concept or design that it speaks for."""
_ANIMALS = "animal study"  # may be told from the signs of species, too, which are not looked for here
_ROUNDING = 1e-5
"""A bound is a sum of rounded numbers: so far it may lie below the score."""

Flags = NDArray[np.bool_]


class Bound:
    """The best scores that records could have, by one model."""

    def __init__(self, model: RankingModel) -> None:
        self._model = model
        self._n_words = len(model.space.words.words)
        names, weights = model.space.evidence_names, model.coef[self._n_words :]
        self._weights = {name: max(0.0, float(weight)) for name, weight in zip(names, weights, strict=True)}
        self._concepts = model.space.criteria.concepts if model.space.criteria else ()
        self._triggers = Triggers(_phrases(self._concepts))

    def of(self, previews: Sequence[Preview]) -> NDArray[np.float64]:
        """The best score that each record could have; shape (n,)."""
        tokens = read_tokens([preview.parts for preview in previews])
        best = self._model.intercept + _ROUNDING + self._evidence(previews, tokens)
        if self._n_words:
            best += self._model.space.words.rows_of(tokens) @ self._model.coef[: self._n_words]
        return best

    def _evidence(self, previews: Sequence[Preview], tokens: Tokens) -> NDArray[np.float64]:
        """The most that evidence can add to each record."""
        signs = self._triggers.possible(tokens, [preview.parts for preview in previews])
        most = np.zeros(len(previews))
        for name, possible in self._columns(previews, dict(signs)):
            most += self._weights[name] * possible
        return most

    def _columns(self, previews: Sequence[Preview], signs: dict[_Sign, Flags]) -> Iterator[tuple[str, Flags | float]]:
        """The columns that may be above 0, and for which records."""
        yield from ((name, 1.0) for name in ("other species", "other language", "outside the years"))
        yield "no abstract to look in", np.array([not preview.parts[1] for preview in previews])
        none = np.zeros(len(previews), dtype=bool)
        designs = self._designs(previews, signs)
        yield from ((f"design: {name}", designs[name]) for name in DESIGNS)
        for name, wanted in (("eligible design", "designs"), ("ineligible design", "against_designs")):
            chosen = {design for concept in self._concepts for design in getattr(concept, wanted)}
            yield name, np.any([none, *(designs[design] for design in chosen)], axis=0)
        for concept in self._concepts:
            term, short, against = (signs.get((kind, concept.name), none) for kind in ("term", "short", "against"))
            yield f"{CRITERION}: {concept.name}", term | short
            yield f"{IN_TITLE}: {concept.name}", term | short  # by a short form that only the abstract may spell out
            yield f"term against: {concept.name}", against
            yield f"criterion abbreviated only: {concept.name}", short

    def _designs(self, previews: Sequence[Preview], signs: dict[_Sign, Flags]) -> dict[str, Flags]:
        """Of each design which records may be of it, by a cue or by what the source says."""
        none = np.zeros(len(previews), dtype=bool)
        designs = {name: signs.get(("design", name), none).copy() for name in DESIGNS}
        designs[_ANIMALS][:] = True
        known = vocabulary("design")["publication_types"]
        for place, preview in enumerate(previews):
            for name in preview.publication_types:
                for design in known.get(name.strip().casefold(), ()):
                    designs[design][place] = True
        return designs


def _phrases(concepts: Sequence[Concept]) -> Iterator[tuple[str, _Sign]]:
    for cue in vocabulary("design")["cue"]:
        yield from ((phrase, ("design", cue["design"])) for phrase in cue["phrases"])
    for concept in concepts:
        for kind, terms in (("term", concept.terms), ("short", concept.abbreviations), ("against", concept.against)):
            yield from ((term, (kind, concept.name)) for term in terms)
