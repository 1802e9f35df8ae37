"""Scope: what denies a word of change, makes it a tendency, or governs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tiab.pico.findings.tokens import Token, is_kind, words

__all__ = ["Scope", "is_hypothetical", "predicate", "scope_before"]

_REACH = 9  # words before a word of change that may deny it
_BE = frozenset(["was", "were", "is", "are", "been", "be", "being"])
_DO = frozenset(("did", "do", "does", "didn't", "don't", "could", "cannot"))
_TO = words("before_to")
_PREPOSITIONS = words("preposition_before")
_GIVING = words("giving")


class Scope(NamedTuple):
    """What the words around a word of change do to it.

    Attributes:
        denied: whether it is denied, or said to be insignificant.
        tendency: whether it is told as a tendency.
        outer: the index of the word of change that governs it.
        having: whether its subject "has" or "shows" it.
        bare: whether it is a verb that stands without an auxiliary.
        passive, there: whether a form of "to be", or "there" with one, comes before it.
        verbal: whether only a verb fits its place: behind "did not" or "failed to".
        presupposed: whether it names a state that is taken for granted: "the elevated IL-6", "with reduced IL-6".
        means: whether it is told as a means: "by inhibition of IL-6".
        told: whether a verb or an article shows that it is told as news: "showed an increase", "a rise".
        hypothetical: whether it is a purpose, a possibility or an association.
        unknown: whether something is said of it that is none of these.
    """

    denied: bool = False
    tendency: bool = False
    outer: int | None = None
    having: bool = False
    bare: bool = False
    passive: bool = False
    there: bool = False
    verbal: bool = False
    presupposed: bool = False
    means: bool = False
    told: bool = False
    hypothetical: bool = False
    unknown: bool = False

    def joined(self, other: Scope) -> Scope:
        """This scope with the denial and the tendency of the other."""
        return self._replace(denied=self.denied or other.denied, tendency=self.tendency or other.tendency)


def predicate(tokens: Sequence[Token], verb: int) -> tuple[Scope, int | None] | None:
    """(scope, index of the word of change) of what is said from `verb` on; None where it is something else.

    The index is None where the words tell of significance or of being seen alone: "was not significant", "was found".
    """
    if tokens[verb].cue[0]:
        denied, tendency = _just_before(tokens, verb)
        return Scope(denied=denied, tendency=tendency, bare=True), verb
    if verb and is_kind(tokens[verb - 1].word, "hypothesis"):
        return None
    denied, tendency = _just_before(tokens, verb)
    having, plain, i = False, False, verb
    while i < len(tokens) and i < verb + 12:
        token = tokens[i]
        word = token.word
        if token.cue[0] and not (word in ("more", "less") and not is_kind(_word(tokens, i + 1), "stop")):
            following = i + 1
            if token.cue[1] in ("degree", "past") and following < len(tokens) and tokens[following].cue[1] == "noun":
                return Scope(denied=denied, tendency=tendency, having=having, outer=i), following
            return Scope(denied=denied, tendency=tendency, having=having), i
        if is_kind(word, "negation") or is_kind(word, "insignificant") or is_kind(word, "failing"):
            denied = True
        elif is_kind(word, "tendency"):
            tendency, having = True, True if word.startswith("trend") or word.startswith("tendenc") else having
        elif is_kind(word, "having"):
            having = True
        elif word.startswith(("significan", "statistic")) or is_kind(word, "seen"):
            plain = True
        elif word in (
            "towards",
            "toward",
            "to",
            "for",
            "reach",
            "attain",
            "achieve",
            "a",
            "an",
            "any",
            "the",
            "different",
        ):
            pass
        elif is_hypothetical(tokens, i) or is_kind(word, "relation"):
            return Scope(unknown=True), None
        elif not (is_kind(word, "auxiliary") or is_kind(word, "adverb") or word[0].isdigit() or word == "%"):
            break
        i += 1
    if plain or is_kind(tokens[i - 1].word, "seen"):
        return Scope(denied=denied, tendency=tendency), None
    return Scope(unknown=True), None


def _word(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].word if i < len(tokens) else ""


def _just_before(tokens: Sequence[Token], verb: int) -> tuple[bool, bool]:
    """(denied, tendency) by the adverbs before a verb."""
    denied = tendency = False
    i = verb - 1
    while i >= 0 and (is_kind(tokens[i].word, "adverb") or is_kind(tokens[i].word, "negation")):
        denied |= is_kind(tokens[i].word, "negation") or is_kind(tokens[i].word, "insignificant")
        tendency |= is_kind(tokens[i].word, "tendency")
        i -= 1
    return denied, tendency


def scope_before(tokens: Sequence[Token], cue: int) -> Scope:
    """The scope of a word of change that has an object, by the words before it."""
    scope = Scope()
    i, determined, foreign = cue - 1, False, 0
    near = True  # within the phrase of which the word is a part
    joined = True  # no preposition or conjunction yet, beyond which nothing governs it
    while i >= 0 and cue - i <= _REACH:
        token = tokens[i]
        word = token.word
        if token.target >= 0 or is_kind(word, "break"):
            break
        if token.cue[0]:
            if _governs(tokens, i, joined and foreign <= 3):
                outer = scope_before(tokens, i)
                scope = scope._replace(
                    outer=i, denied=scope.denied or outer.denied, tendency=scope.tendency or outer.tendency,
                    hypothetical=scope.hypothetical or outer.hypothetical,
                )  # fmt: skip
            elif token.cue[1] == "noun" and any(t.word in ("or", "nor", "and") for t in tokens[i + 1 : cue]):
                scope = scope._replace(denied=scope.denied or scope_before(tokens, i).denied)
            break
        joined &= not (word in (",", "and", "or") or (word in _PREPOSITIONS and word not in ("of", "in")))
        joined &= not (is_kind(word, "auxiliary") or is_kind(word, "having") or is_kind(word, "finite"))
        foreign += not (is_kind(word, "adverb") or is_kind(word, "determiner"))
        if is_kind(word, "negation") or is_kind(word, "failing"):
            if not (word == "not" and (_word(tokens, i + 1) == "only" or (i and tokens[i - 1].word == "but"))):
                scope = scope._replace(denied=True, verbal=True if near else scope.verbal)
        elif is_kind(word, "insignificant"):
            scope = scope._replace(denied=True)
        elif is_kind(word, "tendency"):
            scope = scope._replace(tendency=True, verbal=scope.verbal or _word(tokens, i + 1) == "to")
        elif is_hypothetical(tokens, i) or is_kind(word, "relation"):
            scope = scope._replace(hypothetical=True)
        elif near and word in _BE:
            scope = scope._replace(passive=True, there=i > 0 and tokens[i - 1].word == "there")
            near = False
        elif near and word in _DO:
            scope = scope._replace(verbal=True)
            near = False
        elif near and word == "to" and _fits_infinitive(tokens, i):
            scope = scope._replace(verbal=True)
        elif near and word == "to":
            scope = scope._replace(hypothetical=tokens[cue].cue[1] in ("verb", "noun"), presupposed=True)
            near = False
        elif near and word in _PREPOSITIONS:
            scope = scope._replace(
                presupposed=not _is_result(tokens, i), means=word == "by", told=_is_result(tokens, i)
            )
            near = False
        elif near and word in ("the", "these", "this", "their", "its"):
            determined = True
        elif word in (",", "and", "or") and not near:
            break
        elif near and (word in ("a", "an") or is_kind(word, "significance") or is_kind(word, "adverb")):
            scope = scope._replace(told=True)
        elif near and not is_kind(word, "determiner"):
            near = False
        if is_kind(word, "having") or is_kind(word, "seen") or (word in _BE and i and tokens[i - 1].word == "there"):
            scope = scope._replace(told=True)
        i -= 1
    if determined and scope.outer is None and tokens[cue].cue[1] in ("past", "degree"):
        scope = scope._replace(presupposed=True)
    clause = _clause(tokens, cue)
    if any(is_hypothetical(clause, i) or is_kind(token.word, "relation") for i, token in enumerate(clause)) or (
        any(is_kind(token.word, "association") for token in clause)
        and not any(is_kind(t.word, "given") for t in clause)
    ):
        scope = scope._replace(hypothetical=True)
    return scope


def _governs(tokens: Sequence[Token], i: int, joined: bool) -> bool:
    """Whether the word of change at `i` governs the one behind it."""
    kind, form = tokens[i].cue
    if kind == "same" or not joined:
        return False
    return form != "noun" or _word(tokens, i + 1) in ("of", "in")


def is_hypothetical(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word tells an aim or a possibility: "may", but not the "could" of "could be detected"."""
    if not is_kind(tokens[i].word, "hypothesis"):
        return False
    if tokens[i].word not in ("could", "can"):
        return True
    return not any(is_kind(token.word, "seen") for token in tokens[i + 1 : i + 4])


def _clause(tokens: Sequence[Token], cue: int) -> Sequence[Token]:
    begin = end = cue
    while begin > 0 and not is_kind(tokens[begin - 1].word, "break"):
        begin -= 1
    while end < len(tokens) and not is_kind(tokens[end].word, "break"):
        end += 1
    return tokens[begin:end]


def _fits_infinitive(tokens: Sequence[Token], i: int) -> bool:
    """Whether "to" belongs to a verb that tells a result: "failed to reduce", "was found to reduce", "led to"."""
    before = tokens[i - 1].word if i else ""
    return before in _TO or before in _GIVING or is_kind(before, "failing") or is_kind(before, "tendency")


def _is_result(tokens: Sequence[Token], i: int) -> bool:
    """Whether the preposition belongs to a verb that gives a result: "resulted in", "was associated with"."""
    before = tokens[i - 1].word if i else ""
    return before in _GIVING or is_kind(before, "association") or is_kind(before, "tendency")
