"""Scope: what denies a word of change, makes it a tendency, or governs it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tiab.pico.findings.tokens import Token, is_kind, words

__all__ = ["Scope", "is_hypothetical", "predicate", "scope_before"]

_REACH = 9  # words before a word of change that may deny it
_LONGEST_PREDICATE = 12  # words from a verb to its word of change
_FILLING = frozenset(
    ["towards", "toward", "to", "for", "reach", "attain", "achieve", "a", "an", "any", "the", "different", "%"]
)
_FOREIGN = 3  # words between a word of change and the one that it governs
_JOINTS = frozenset((",", "and", "or"))
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
        determined: whether an article such as "the" comes before it.
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
    determined: bool = False
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
    if verb and is_kind(tokens[verb - 1].word, "hypothesis"):
        return None
    denied, tendency = _just_before(tokens, verb)
    scope, plain = Scope(denied=denied, tendency=tendency), False
    if tokens[verb].cue[0]:
        return scope._replace(bare=True), verb
    for i in range(verb, min(verb + _LONGEST_PREDICATE, len(tokens))):
        token, behind = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
        word = token.word
        if token.cue[0] and not (word in ("more", "less") and not is_kind(behind.word if behind else "", "stop")):
            if token.cue[1] in ("degree", "past") and behind is not None and behind.cue[1] == "noun":
                return scope._replace(outer=i), i + 1
            return (scope._replace(having=False) if _is_perfect(tokens, verb, i) else scope), i
        if is_hypothetical(tokens, i) or is_kind(word, "relation") or _is_how_often(tokens, i):
            return Scope(unknown=True), None
        heard = _by_predicate_word(scope, word)
        if heard is None:
            break
        scope = heard
        plain = plain or word.startswith(("significan", "statistic")) or is_kind(word, "seen")
    return (scope._replace(having=False), None) if plain else (Scope(unknown=True), None)


def _is_perfect(tokens: Sequence[Token], verb: int, cue: int) -> bool:
    """Whether "had" is no more than the auxiliary of the word of change: "IL-6 had significantly decreased"."""
    if tokens[verb].word not in ("had", "has", "have") or tokens[cue].cue[1] not in ("past", "verb"):
        return False
    return all(is_kind(token.word, "adverb") or is_kind(token.word, "negation") for token in tokens[verb + 1 : cue])


def _is_how_often(tokens: Sequence[Token], i: int) -> bool:
    """Whether it is told how often something is seen, not that it changed: "was more commonly observed"."""
    return (
        tokens[i].word in ("more", "less")
        and _word(tokens, i + 1).endswith("ly")
        and (is_kind(_word(tokens, i + 2), "seen"))
    )


def _by_predicate_word(scope: Scope, word: str) -> Scope | None:
    """The scope after a word between a verb and its word of change; None for a word that has no place there."""
    if is_kind(word, "negation") or is_kind(word, "insignificant") or is_kind(word, "failing"):
        return scope._replace(denied=True)
    if is_kind(word, "tendency"):
        return scope._replace(tendency=True, having=scope.having or word.startswith(("trend", "tendenc")))
    if is_kind(word, "having"):
        return scope._replace(having=True)
    fits = word in _FILLING or any(is_kind(word, kind) for kind in ("auxiliary", "adverb", "significance", "seen"))
    return scope if fits or word[0].isdigit() else None


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
    scope, near, joined, foreign = Scope(), True, True, 0
    for i in range(cue - 1, max(-1, cue - _REACH - 1), -1):
        token = tokens[i]
        if token.target >= 0 or is_kind(token.word, "break") or (token.word in _JOINTS and not near):
            break
        if token.cue[0]:
            scope = _under(scope, tokens, i, cue, joined and foreign <= _FOREIGN)
            break
        joined = joined and not _parts(token.word)
        foreign += not (is_kind(token.word, "adverb") or is_kind(token.word, "determiner"))
        said = _by_far_word(scope, tokens, i, near)
        if said is not None:
            scope = said
        elif near:
            scope, near = _by_near_word(scope, tokens, i, cue)
        if is_kind(token.word, "having") or is_kind(token.word, "seen") or _is_there(tokens, i):
            scope = scope._replace(told=True)
    if scope.determined and scope.outer is None and tokens[cue].cue[1] in ("past", "degree"):
        scope = scope._replace(presupposed=True)
    return scope._replace(hypothetical=True) if _is_no_result(_clause(tokens, cue), tokens[cue].start) else scope


def _under(scope: Scope, tokens: Sequence[Token], i: int, cue: int, joined: bool) -> Scope:
    """The scope below another word of change, at `i`, which may govern the one at `cue` or share its denial."""
    outer = scope_before(tokens, i)
    if _governs(tokens, i, joined) and not (i + 1 < cue and _describes_subject(tokens, i)):
        return scope._replace(
            outer=i, denied=scope.denied or outer.denied, tendency=scope.tendency or outer.tendency,
            hypothetical=scope.hypothetical or outer.hypothetical,
        )  # fmt: skip
    if tokens[i].cue[1] == "noun" and any(token.word in ("or", "nor", "and") for token in tokens[i + 1 : cue]):
        return scope._replace(denied=scope.denied or outer.denied)
    return scope


def _describes_subject(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word of change at `i` opens a clause: "improved sleep lowered IL-6" has lowered as its verb."""
    first = i - 1 if i and is_kind(tokens[i - 1].word, "determiner") else i
    opens = first == 0 or is_kind(tokens[first - 1].word, "break") or tokens[first - 1].word == ","
    return opens and tokens[i].cue[1] in ("past", "degree") and not is_kind(tokens[i + 1].word, "determiner")


def _parts(word: str) -> bool:
    """Whether nothing before the word governs what is behind it."""
    if word in _JOINTS or (word in _PREPOSITIONS and word not in ("of", "in")):
        return True
    return is_kind(word, "auxiliary") or is_kind(word, "having") or is_kind(word, "finite")


def _by_far_word(scope: Scope, tokens: Sequence[Token], i: int, near: bool) -> Scope | None:
    """The scope after a word that counts at any distance; None for other words."""
    word, behind = tokens[i].word, _word(tokens, i + 1)
    if is_kind(word, "negation") or is_kind(word, "failing"):
        sets_apart = word == "not" and (behind == "only" or (i > 0 and tokens[i - 1].word == "but"))
        return scope if sets_apart else scope._replace(denied=True, verbal=near or scope.verbal)
    if is_kind(word, "insignificant"):
        return scope._replace(denied=True)
    if is_kind(word, "tendency"):
        return scope._replace(tendency=True, verbal=scope.verbal or behind == "to")
    if is_hypothetical(tokens, i) or is_kind(word, "relation"):
        return scope._replace(hypothetical=True)
    return None


def _by_near_word(scope: Scope, tokens: Sequence[Token], i: int, cue: int) -> tuple[Scope, bool]:
    """(scope, whether the phrase goes on) after a word of the phrase that the word of change ends."""
    word = tokens[i].word
    if word in _BE:
        return scope._replace(passive=True, there=_is_there(tokens, i)), False
    if word in _DO:
        return scope._replace(verbal=True), False
    if word == "to" and _fits_infinitive(tokens, i):
        return scope._replace(verbal=True), True
    if word == "to":
        return scope._replace(hypothetical=tokens[cue].cue[1] in ("verb", "noun"), presupposed=True), False
    if word in _PREPOSITIONS:
        result = _is_result(tokens, i)
        return scope._replace(presupposed=not result, means=word == "by", told=result), False
    if word in ("the", "these", "this", "their", "its"):
        return scope._replace(determined=True), True
    if word in ("a", "an") or is_kind(word, "significance") or is_kind(word, "adverb"):
        return scope._replace(told=True), True
    return scope, is_kind(word, "determiner")


def _is_there(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].word in _BE and i > 0 and tokens[i - 1].word == "there"


def _is_no_result(clause: Sequence[Token], cue: int) -> bool:
    """Whether a clause tells an aim, a possibility, or an association with anything but what people were given.

    A regression that is told of behind the word of change, which begins at the offset `cue`, is another matter.
    """
    doubtful = [i for i, token in enumerate(clause) if _is_doubtful(token.word)]
    doubtful = [i for i in doubtful if clause[i].word != "regression" or clause[i].start < cue]
    if any(is_hypothetical(clause, i) or is_kind(clause[i].word, "relation") for i in doubtful):
        return True
    associated = any(is_kind(clause[i].word, "association") for i in doubtful)
    return associated and not any(is_kind(token.word, "given") for token in clause)


@lru_cache(maxsize=50_000)
def _is_doubtful(word: str) -> bool:
    return any(is_kind(word, kind) for kind in ("hypothesis", "relation", "association"))


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
    """The words between two breaks; with those before a semicolon where what is behind it has no verb of its own."""
    begin = end = cue
    while end < len(tokens) and not is_kind(tokens[end].word, "break"):
        end += 1
    while begin > 0 and not (is_kind(tokens[begin - 1].word, "break") and _is_whole(tokens, begin, end)):
        begin -= 1
    return tokens[begin:end]


def _is_whole(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a clause has a verb, or does not go on behind a semicolon."""
    verbal = ("auxiliary", "having", "finite", "seen")
    return tokens[begin - 1].word != ";" or any(
        token.cue[1] == "verb" or any(is_kind(token.word, kind) for kind in verbal) for token in tokens[begin:end]
    )


def _fits_infinitive(tokens: Sequence[Token], i: int) -> bool:
    """Whether "to" belongs to a verb that tells a result: "failed to reduce", "was found to reduce", "led to"."""
    before = _verb_before(tokens, i)
    return before in _TO or before in _GIVING or is_kind(before, "failing") or is_kind(before, "tendency")


def _is_result(tokens: Sequence[Token], i: int) -> bool:
    """Whether the preposition belongs to a verb that gives a result: "resulted in", "was associated with"."""
    before = _verb_before(tokens, i)
    return before in _GIVING or is_kind(before, "association") or is_kind(before, "tendency")


def _verb_before(tokens: Sequence[Token], i: int) -> str:
    """The word before, adverbs aside: "led" in "led significantly to"."""
    before = i - 1
    while before > 0 and tokens[before].word.endswith("ly"):
        before -= 1
    return tokens[before].word if before >= 0 else ""
