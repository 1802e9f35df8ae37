"""Targets as objects: "reduced IL-6", "a rise in IL-6 and TNF", "no difference between groups in IL-6"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiab.pico.findings.directions import Statement, composed, direction_of, lessened
from tiab.pico.findings.scope import Scope, predicate, scope_before
from tiab.pico.findings.subject_side import SUBJECT_REACH, behind_share, is_bare_verb, is_less
from tiab.pico.findings.tokens import Token, is_kind, words

__all__ = ["with_objects"]

_LONGEST_NAME = 8  # words of one thing on a list
_PREPOSITIONS = words("preposition")
_NEXT_VERBS = frozenset(
    ("identified", "revealed", "demonstrated", "documented", "reported", "found", "observed", "noted")
)
_OTHER_THINGS = frozenset(("removal", "clearance", "response", "responses"))


def with_objects(tokens: Sequence[Token], cue: int) -> Iterator[Statement]:
    """Statements of a word of change on the targets that it governs."""
    scope = scope_before(tokens, cue)
    begin = _object_start(tokens, cue, scope)
    if begin is None or scope.hypothetical or (tokens[cue].cue[1] == "noun" and _is_listed(tokens, cue)):
        return
    places = _objects(tokens, begin)
    if not places:
        return
    behind = _behind(tokens, places[-1])
    scope = scope if behind is None else scope.joined(behind[0])
    direction = direction_of(tokens, cue, scope)
    if behind is not None and behind[1] is not None:
        outer = tokens[behind[1]].cue
        if outer[0] == "undo" and not any(is_kind(token.word, "given") for token in tokens[behind[1] :]):
            return  # "increased IL-6 secretion was reversed by an inhibitor" is no effect of what people got
        lesser = outer == ("down", "degree") and not behind[0].denied
        direction = lessened(direction) if lesser else composed(outer[0], direction, denied=behind[0].denied)
        if behind[0].denied and direction != "same":
            return
    elif behind is not None and behind[0].unknown:
        return
    if is_less(tokens, places[-1] + 1):
        direction = lessened(direction)
    if not _is_told(tokens, cue, scope, behind is not None):
        return
    if any(is_kind(token.word, "initial") for token in tokens[cue + 1 : places[0]]):
        return
    if direction:
        governed = scope.outer is not None or (behind is not None and behind[1] is not None)
        for place in places:
            yield Statement(tokens[place].target, cue, direction, scope.tendency, governed)


def _is_told(tokens: Sequence[Token], cue: int, scope: Scope, followed: bool) -> bool:
    """Whether a noun of change is told as news, not taken for granted: "patients with larger reductions of LDL"."""
    if tokens[cue].cue[1] != "noun" or scope.denied or scope.verbal or scope.outer is not None:
        return True
    if scope.presupposed and not scope.means:
        return False
    if followed or scope.told or scope.means or _link(tokens, cue + 1) is None:
        return True
    first = _joined_change(tokens, cue)
    if first is not None:
        return _is_told(tokens, first, scope_before(tokens, first), followed)
    return not any(
        is_kind(token.word, "finite") or is_kind(token.word, "auxiliary") or token.cue[1] in ("verb", "past")
        for token in tokens
    )


def _joined_change(tokens: Sequence[Token], cue: int) -> int | None:
    """The index of the noun of change that "and" joins to this one: "an increase in IL-10 and reduction in IL-6"."""
    before = cue - 1
    while before > 0 and (is_kind(tokens[before].word, "significance") or is_kind(tokens[before].word, "adverb")):
        before -= 1
    if before < 1 or tokens[before].word != "and":
        return None
    for i in range(before - 1, -1, -1):
        if tokens[i].cue[1] == "noun":
            return i
        if tokens[i].cue[0] or is_kind(tokens[i].word, "break") or is_kind(tokens[i].word, "auxiliary"):
            return None
    return None


def _is_listed(tokens: Sequence[Token], cue: int) -> bool:
    """Whether the change is one of several things that something lessened: "alleviated pain, upregulation of IL-6"."""
    if cue == 0 or tokens[cue - 1].word not in (",", "and", "or"):
        return False
    for i in range(cue - 1, -1, -1):
        token = tokens[i]
        if token.cue[1] in ("verb", "past"):
            return token.cue[0] in ("down", "undo")
        if is_kind(token.word, "break") or is_kind(token.word, "auxiliary") or is_kind(token.word, "finite"):
            return False
    return False


def _object_start(tokens: Sequence[Token], cue: int, scope: Scope) -> int | None:
    """The index at which what the word governs begins, None where it governs nothing."""
    kind, form = tokens[cue].cue
    if cue + 1 >= len(tokens):
        return None
    if (
        kind == "change" and form != "past" and tokens[cue].word.startswith(("differ", "vary", "varied"))
    ) or kind == "same":
        if tokens[cue].word == "same":  # "the same was true of IL-6"
            return None
        return _link(tokens, cue + 1)
    if form in ("past", "verb") and tokens[cue + 1].word in ("and", ","):
        return None
    if form == "noun":
        link = _link(tokens, cue + 1)
        if link is not None:
            return link
        if tokens[cue + 1].word in ("and", ","):
            return None
        return cue + 1 if scope.verbal or (tokens[cue].word.endswith("s") and _may_be_verb(tokens, cue)) else None
    if tokens[cue + 1].target < 0 and (is_kind(tokens[cue + 1].word, "stop") or tokens[cue + 1].word == "of"):
        return None
    if form == "verb":
        return cue + 1 if _may_be_verb(tokens, cue) or scope.verbal else None
    if form == "past" and is_kind(tokens[cue + 1].word, "people"):  # "the augmented group" is a name
        return None
    if form in ("past", "degree") and kind != "same":
        behind = [token.word for token in tokens[cue + 1 : cue + 3]]
        if len(behind) == 2 and is_kind(behind[0], "measure") and is_kind(behind[1], "auxiliary"):
            return _link(tokens, cue + 2)  # "lower values were found for IL-6"
        if form == "degree" and len(behind) == 2 and is_kind(behind[0], "measure") and behind[1] == "than":
            return _behind_for(tokens, cue + 3)  # "lower values than controls for IL-6"
        if scope.passive and not scope.there and form == "past":
            return None
        if (scope.presupposed and scope.outer is None) or _is_alternative(tokens, cue):
            return None
        return cue + 1
    return None


def _behind_for(tokens: Sequence[Token], begin: int) -> int | None:
    """The index behind the "for" that follows whom others are compared with; None where there is none."""
    for i in range(begin, min(begin + _LONGEST_NAME, len(tokens))):
        if tokens[i].word in ("for", "in"):
            return i + 1
        if tokens[i].target >= 0 or tokens[i].cue[0] or is_kind(tokens[i].word, "break") or tokens[i].word == ",":
            return None
    return None


def _is_alternative(tokens: Sequence[Token], cue: int) -> bool:
    """Whether the word of change names one of two states that people may be in: "normal or reduced BMI"."""
    return cue > 1 and tokens[cue - 1].word == "or" and not tokens[cue - 2].cue[0]


def _may_be_verb(tokens: Sequence[Token], cue: int) -> bool:
    """Whether the word before fits a verb: no preposition or "to" that makes it a purpose or a name."""
    before = tokens[cue - 1].word if cue else ","
    if tokens[cue].word.endswith("ing"):
        return before not in ("with", "at", "of", "for", "from", "the")
    return before not in _PREPOSITIONS and not is_kind(before, "determiner")


def _link(tokens: Sequence[Token], i: int) -> int | None:
    """The index behind the preposition that joins a noun to its object: "differences [between groups] in IL-6"."""
    seen = 0
    while i < len(tokens) and seen < 12:
        token = tokens[i]
        if token.target >= 0 or token.cue[0] or is_kind(token.word, "break"):
            return None
        if token.word in ("in", "of", "on", "for", "regarding", "concerning"):
            following = tokens[i + 1].word if i + 1 < len(tokens) else ""
            if following in ("terms", "respect", "regard", "case"):
                i += 2
                continue
            if not _is_group_phrase(tokens, i):
                return i + 1
        elif token.word in ("regard", "respect", "regards") and i + 1 < len(tokens):
            return i + 2
        i, seen = i + 1, seen + 1
    return None


def _is_group_phrase(tokens: Sequence[Token], i: int) -> bool:
    """Whether "in" begins a phrase of place that another "in" follows: "no changes in both groups in IL-6"."""
    for token in tokens[i + 1 : i + 7]:
        if token.target >= 0 or token.word in (",", "and"):
            return False
        if token.word in ("in", "for", "on", "regarding"):
            return True
    return False


def _objects(tokens: Sequence[Token], begin: int) -> list[int]:
    """The indices of the targets on the list that begins at `begin`."""
    places, words, skipped = [], 0, begin
    for i in range(begin, len(tokens)):
        token = tokens[i]
        if i < skipped:
            continue
        if (behind := behind_share(tokens, i)) > i:
            skipped, words = behind, 0
        elif token.target >= 0:
            places.append(i)
            words = 0
        elif token.word == ":" and not places and i + 1 < len(tokens) and tokens[i + 1].target >= 0:
            words = 0  # "no difference in inflammatory markers: IL-6, CRP"
        elif is_kind(token.word, "conjunction"):
            words = 0
            if token.word == "," and i + 1 < len(tokens) and tokens[i + 1].word in ("with", "which", "suggesting"):
                break
        elif (
            (token.cue[0] and not (token.cue == ("change", "noun") and not _is_joined(tokens, i)))
            or is_kind(token.word, "break")
            or is_kind(token.word, "auxiliary")
            or is_kind(token.word, "finite")
            or token.word in _NEXT_VERBS
            or (is_kind(token.word, "negation") and token.word not in ("nor",))
            or (is_kind(token.word, "stop") and not _continues_list(tokens, i))
        ):
            break
        else:
            words += 1
        if words > _LONGEST_NAME:
            break
    if places and any(token.word in _OTHER_THINGS for token in tokens[places[-1] + 1 : places[-1] + 4]):
        return []  # "enhanced removal of IL-6" is another thing than IL-6; so is "enhanced IL-6 removal"
    return [place for place in places if not _has_own_verb(tokens, place)]


def _is_joined(tokens: Sequence[Token], i: int) -> bool:
    """Whether "and" joins a change and its own object: "a reduction in T cells and modulation of IL-4"."""
    if i + 1 >= len(tokens) or tokens[i + 1].word not in ("of", "in"):
        return False
    return any(token.word in ("and", ",") for token in tokens[max(0, i - 2) : i])


def _continues_list(tokens: Sequence[Token], i: int) -> bool:
    """Whether the preposition repeats that of the list: "in IL-6 and in TNF", "in levels of IL-6"."""
    return (
        tokens[i].word in ("in", "on", "for", "of")
        and i > 0
        and (
            tokens[i - 1].word in (",", "and", "or", "nor")
            or is_kind(tokens[i - 1].word, "measure")
            or tokens[i - 1].cue == ("change", "noun")
        )
    )


def _has_own_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of change without an object follows the target: "reduced pain, and IL-6 fell"."""
    for i in range(place + 1, min(place + 4, len(tokens))):
        if tokens[i].cue[0]:
            return tokens[i].cue[1] in ("past", "verb") and is_bare_verb(tokens, i) and tokens[i - 1].word != "and"
        if tokens[i].target >= 0 or not is_kind(tokens[i].word, "measure"):
            return False
    return False


def _behind(tokens: Sequence[Token], place: int) -> tuple[Scope, int | None] | None:
    """What is said of the change itself behind its last object: "… was not significant", "… was attenuated"."""
    for i in range(place + 1, min(place + SUBJECT_REACH, len(tokens))):
        token = tokens[i]
        if (
            is_kind(token.word, "break")
            or token.word in (",", "and", "that", "which", "who", "when")
            or token.target >= 0
        ):
            return None
        if is_kind(token.word, "auxiliary") or is_kind(token.word, "failing"):
            return predicate(tokens, i)
        if token.word in ("without", "despite"):
            return None
        if token.word.startswith("approach"):
            return Scope(tendency=True), None
        if is_kind(token.word, "insignificant"):
            return Scope(denied=True), None
        if i + 1 < len(tokens) and tokens[i + 1].word == "by" and token.word.endswith("ed"):
            return None  # "… induced by dopamine" only tells which IL-6 is meant
        if token.cue[1] in ("verb", "past") or is_kind(token.word, "finite"):
            return Scope(unknown=not is_kind(token.word, "seen")), None
    return None
