"""Reading: which way a sentence says that something went, by the grammar of how results are told.

A word of change ("rose", "no difference", "lower") speaks of a target as its subject ("IL-6 was lower") or as its
object ("reduced IL-6", "no change in IL-6, CRP or leptin"). Where neither holds, nothing is said of the target. A
change may govern another: "attenuated the increase in IL-6" is a decrease.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tiab.pico.findings.scope import Scope, predicate, scope_before
from tiab.pico.findings.tokens import Token, is_kind, words

__all__ = ["Statement", "direction_of", "statements"]

_OPPOSITE = {"up": "down", "down": "up"}
_LONGEST_NAME = 8  # words of one thing on a list: "low density lipoprotein cholesterol to high …"
_SUBJECT_REACH = 30  # words between a subject and its verb
_WITHOUT_OBJECT = words("without_object")
_PREPOSITIONS = words("preposition")
_HEADS = words("head")


class Statement(NamedTuple):
    """What one word of change says of one target.

    Attributes:
        target: the number of the target.
        cue: the index of the word of change among the tokens.
        direction: "up", "down", "same", or "change" for a difference whose direction is not told.
        tendency: whether it is told as a tendency.
        governed: whether another change governs it ("attenuated the increase").
    """

    target: int
    cue: int
    direction: str
    tendency: bool = False
    governed: bool = False


def statements(tokens: Sequence[Token]) -> list[Statement]:
    """What the tokens of a sentence say of its targets: at most one statement for a word of change and a target."""
    found: dict[tuple[int, int], Statement] = {}
    places = [i for i, token in enumerate(tokens) if token.target >= 0]
    for place in places:
        for one in (*_as_subject(tokens, place), *_as_topic(tokens, place), *_as_left(tokens, place)):
            found.setdefault((one.cue, one.target), one)
    taken = {target for _, target in found}
    for cue in (i for i, token in enumerate(tokens) if token.cue[0] not in ("", "undo")):
        for one in _with_objects(tokens, cue):
            if one.target not in taken:
                found.setdefault((one.cue, one.target), one)
    if any(token.word == "respectively" for token in tokens):
        return _without_respective(found.values())
    return sorted(found.values())


def _without_respective(found: Iterable[Statement]) -> list[Statement]:
    """The statements but those of targets of which opposite things are said: "A and B rose and fell, respectively"."""
    told: dict[int, set[str]] = {}
    for one in found:
        told.setdefault(one.target, set()).add(one.direction)
    return sorted(one for one in found if len(told[one.target]) == 1)


# --- targets as subjects


def _as_subject(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """Statements of the verbs of which the target at `place` is the subject."""
    denied = _subject_head(tokens, place)
    verb = None if denied is None else _verb_of(tokens, place)
    while verb is not None:
        found = predicate(tokens, verb)
        if found is None:
            return
        scope, cue = found
        if cue is None or not _stands_alone(tokens, cue, scope):
            return
        direction = direction_of(tokens, cue, scope, denied=bool(denied))
        if direction:
            yield Statement(tokens[place].target, cue, direction, scope.tendency)
        verb = _next_verb(tokens, cue)


def _subject_head(tokens: Sequence[Token], place: int) -> bool | None:
    """None where something to its left governs the target; else whether "no" or "neither" denies it."""
    i, words = place - 1, 0
    while i >= 0:
        token = tokens[i]
        if token.target >= 0 or is_kind(token.word, "conjunction"):
            words = 0
        elif is_kind(token.word, "negation"):
            return None if token.word == "not" else True
        elif is_kind(token.word, "break"):
            return False
        elif token.word in ("of", "in", "for") and i > 0 and _is_head(tokens[i - 1]):
            pass
        elif token.word in _PREPOSITIONS or is_kind(token.word, "stop"):
            return False if _opens_clause(tokens, i, place) else None
        elif token.cue[0] and token.cue[1] == "noun":
            return None
        elif token.cue[0] or is_kind(token.word, "auxiliary") or is_kind(token.word, "finite"):
            return _begins_anew(tokens, i, place)
        else:
            words += 0 if is_kind(token.word, "measure") or is_kind(token.word, "determiner") else 1
        if words > _LONGEST_NAME:
            return None
        i -= 1
    return False


def _begins_anew(tokens: Sequence[Token], verb: int, place: int) -> bool | None:
    """Whether the words between a verb and the target hold a conjunction, behind which a new subject can begin."""
    between = tokens[verb + 1 : place]
    return False if any(token.word in (",", "and", "while") for token in between) else None


def _opens_clause(tokens: Sequence[Token], i: int, place: int) -> bool:
    """Whether the preposition opens a phrase before the subject: "After training, IL-6 fell", "…, as IL-6 fell"."""
    if tokens[i].word == "as":
        return i > 0 and tokens[i - 1].word == ","
    if not any(token.word == "," for token in tokens[i:place]) and not any(
        is_kind(token.word, "people") for token in tokens[i:place]
    ):
        return False
    begin = i
    while begin > 0 and is_kind(tokens[begin - 1].word, "stop"):
        begin -= 1
    return (
        begin == 0 or is_kind(tokens[begin - 1].word, "break") or tokens[begin - 1].word in (",", "moreover", "however")
    )


def _is_head(token: Token) -> bool:
    return token.cue[0] == "" and (
        is_kind(token.word, "measure") or token.word in _HEADS or token.word in ("all", "none")
    )


def _verb_of(tokens: Sequence[Token], place: int) -> int | None:
    """The index of the verb of which the target at `place` is the subject."""
    skipped, phrased = 0, False
    for i in range(place + 1, min(place + _SUBJECT_REACH, len(tokens))):
        token = tokens[i]
        if token.target >= 0:
            continue
        if is_kind(token.word, "auxiliary") or is_kind(token.word, "having") or is_kind(token.word, "failing"):
            return i
        if token.cue[0]:
            if token.cue[1] == "noun" and (phrased or not _follows_subject(tokens[i - 1])):
                return None  # "… with a rise in CRP": no verb
            return i if _is_bare_verb(tokens, i) else None
        if i < skipped:
            continue
        if token.word in ("that", "which", "who", "whose", "when", "if", "because", "where", ";", "not", "by"):
            return None
        if token.word == "but" and i + 3 < len(tokens) and tokens[i + 1].word == "not" and tokens[i + 2].target >= 0:
            skipped = i + 2
            continue
        if is_kind(token.word, "break") or is_kind(token.word, "relation") or is_kind(token.word, "finite"):
            return None
        phrased |= is_kind(token.word, "stop")
        if token.word.endswith("ed") and not phrased:  # a verb that no list has
            return None
    return None


def _follows_subject(before: Token) -> bool:
    """Whether a word that may be a noun or a verb is a verb behind this one: "IL-6 levels increase"."""
    return before.target >= 0 or is_kind(before.word, "measure") or before.word.endswith("ly")


def _is_bare_verb(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word of change is a verb without an object: "IL-6 rose in women", not "IL-6 increased survival"."""
    if tokens[i].word not in _WITHOUT_OBJECT and not is_kind(tokens[i].word, "tendency"):
        return False
    return not _begins_name(tokens, i + 1)


def _begins_name(tokens: Sequence[Token], i: int) -> bool:
    """Whether a thing is named at `i`, so that the verb before it has an object."""
    if i >= len(tokens):
        return False
    token = tokens[i]
    if token.target >= 0 or is_kind(token.word, "determiner"):
        return True
    if not token.word[0].isalpha():
        return False
    closed = ("stop", "link", "conjunction", "adverb", "break", "negation", "auxiliary")
    return not any(is_kind(token.word, kind) for kind in closed) and not token.cue[0]


def _stands_alone(tokens: Sequence[Token], cue: int, scope: Scope) -> bool:
    """Whether what follows the word of change leaves its subject the thing that changed."""
    kind, form = tokens[cue].cue
    following = tokens[cue + 1].word if cue + 1 < len(tokens) else "."
    if scope.having:  # "IL-6 showed an increase", not "IL-6 showed an increase in binding"
        named = following in ("of", "in") and _begins_name(tokens, cue + 2) and not _names_people(tokens, cue + 2)
        return form == "noun" and (kind == "change" or not named)
    if form in ("past", "degree"):
        return scope.bare or not _begins_name(tokens, cue + 1) or following in ("to",)
    return not _begins_name(tokens, cue + 1)


def _names_people(tokens: Sequence[Token], i: int) -> bool:
    """Whether the words from `i` on name a group: "in both groups", "in the trained women"."""
    return any(is_kind(token.word, "people") for token in tokens[i : i + 4])


def _next_verb(tokens: Sequence[Token], cue: int) -> int | None:
    """The verb that goes on with the same subject: "fell in the trained but rose in the others"."""
    for i in range(cue + 1, len(tokens) - 1):
        if tokens[i].target >= 0:
            return None
        if is_kind(tokens[i].word, "break") or tokens[i].word in ("and", ","):
            following = i + 1
            while following < len(tokens) and (
                is_kind(tokens[following].word, "adverb") or tokens[following].word in ("and", "but")
            ):
                following += 1
            if following >= len(tokens):
                return None
            token = tokens[following]
            if is_kind(token.word, "auxiliary") and token.word not in ("is", "are"):
                return following
            if token.cue[1] in ("verb", "past", "degree") and (
                token.cue[1] == "degree" or _is_bare_verb(tokens, following)
            ):
                return following if not _begins_name(tokens, following + 1) else None
    return None


def _as_topic(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """ "With regard to IL-6 the groups did not differ": what is said of a target that a phrase names beforehand."""
    begin = place
    while begin > 0 and not is_kind(tokens[begin - 1].word, "break"):
        begin -= 1
    opening = " ".join(token.word for token in tokens[begin : begin + 3])
    if not opening.startswith(
        ("with regard", "with respect", "regarding", "concerning", "in terms", "as for", "for #")
    ):
        return
    for i in range(place + 1, min(place + _SUBJECT_REACH, len(tokens))):
        if is_kind(tokens[i].word, "break"):
            return
        if tokens[i].cue[0] == "change":
            scope = scope_before(tokens, i)
            if scope.denied and not scope.hypothetical:
                yield Statement(tokens[place].target, i, "same", scope.tendency)
            return


def _as_left(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """ "Training left IL-6 and CRP unchanged"."""
    begin = end = place
    while begin > 0 and (tokens[begin].target >= 0 or _is_listing(tokens[begin].word)):
        begin -= 1
    while end + 1 < len(tokens) and (tokens[end].target >= 0 or _is_listing(tokens[end].word)):
        end += 1
    if tokens[begin].word in ("left", "leaves", "leaving") and tokens[end].cue[0] == "same":
        yield Statement(tokens[place].target, end, "same")


def _is_listing(word: str) -> bool:
    return is_kind(word, "conjunction") or is_kind(word, "measure") or is_kind(word, "determiner")


# --- targets as objects


def _with_objects(tokens: Sequence[Token], cue: int) -> Iterator[Statement]:
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
        direction = _composed(tokens[behind[1]].cue[0], direction, denied=behind[0].denied)
        if behind[0].denied and direction != "same":
            return
    elif behind is not None and behind[0].unknown:
        return
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
    return not any(
        is_kind(token.word, "finite") or is_kind(token.word, "auxiliary") or token.cue[1] in ("verb", "past")
        for token in tokens
    )


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
    if form == "noun":
        link = _link(tokens, cue + 1)
        if link is not None:
            return link
        return cue + 1 if scope.verbal or (tokens[cue].word.endswith("s") and _may_be_verb(tokens, cue)) else None
    if tokens[cue + 1].target < 0 and (is_kind(tokens[cue + 1].word, "stop") or tokens[cue + 1].word == "of"):
        return None
    if form == "verb":
        return cue + 1 if _may_be_verb(tokens, cue) or scope.verbal else None
    if form in ("past", "degree") and kind != "same":
        behind = [token.word for token in tokens[cue + 1 : cue + 3]]
        if len(behind) == 2 and is_kind(behind[0], "measure") and is_kind(behind[1], "auxiliary"):
            return _link(tokens, cue + 2)  # "lower values were found for IL-6"
        if scope.passive and not scope.there and form == "past":
            return None
        if scope.presupposed and scope.outer is None:
            return None
        return cue + 1
    return None


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
    places, words = [], 0
    for i in range(begin, len(tokens)):
        token = tokens[i]
        if token.target >= 0:
            places.append(i)
            words = 0
        elif is_kind(token.word, "conjunction"):
            words = 0
            if token.word == "," and i + 1 < len(tokens) and tokens[i + 1].word in ("with", "which", "suggesting"):
                break
        elif (
            (token.cue[0] and not (token.cue[1] == "noun" and token.cue[0] == "change" and words == 0))
            or is_kind(token.word, "break")
            or is_kind(token.word, "auxiliary")
            or is_kind(token.word, "finite")
            or (is_kind(token.word, "negation") and token.word not in ("nor",))
            or (is_kind(token.word, "stop") and not _continues_list(tokens, i))
        ):
            break
        else:
            words += 1
        if words > _LONGEST_NAME:
            break
    return [place for place in places if not _has_own_verb(tokens, place)]


def _continues_list(tokens: Sequence[Token], i: int) -> bool:
    """Whether the preposition repeats that of the list: "in IL-6 and in TNF", "in levels of IL-6"."""
    return (
        tokens[i].word in ("in", "on", "for", "of")
        and i > 0
        and (tokens[i - 1].word in (",", "and", "or", "nor") or is_kind(tokens[i - 1].word, "measure"))
    )


def _has_own_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of change without an object follows the target: "reduced pain, and IL-6 fell"."""
    for i in range(place + 1, min(place + 4, len(tokens))):
        if tokens[i].cue[0]:
            return tokens[i].cue[1] in ("past", "verb") and _is_bare_verb(tokens, i) and tokens[i - 1].word != "and"
        if tokens[i].target >= 0 or not is_kind(tokens[i].word, "measure"):
            return False
    return False


def _behind(tokens: Sequence[Token], place: int) -> tuple[Scope, int | None] | None:
    """What is said of the change itself behind its last object: "… was not significant", "… was attenuated"."""
    for i in range(place + 1, min(place + _SUBJECT_REACH, len(tokens))):
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
        if is_kind(token.word, "insignificant"):
            return Scope(denied=True), None
        if i + 1 < len(tokens) and tokens[i + 1].word == "by" and token.word.endswith("ed"):
            return None  # "… induced by dopamine" only tells which IL-6 is meant
        if token.cue[1] in ("verb", "past") or is_kind(token.word, "finite"):
            return Scope(unknown=not is_kind(token.word, "seen")), None
    return None


# --- directions


def direction_of(tokens: Sequence[Token], cue: int, scope: Scope, *, denied: bool = False) -> str:
    """The direction that the word of change gives, "" where its scope leaves it open."""
    kind = tokens[cue].cue[0]
    if scope.denied or denied:
        return "" if scope.outer is not None or kind == "same" else "same"
    if scope.outer is None:
        return kind
    outer, form = tokens[scope.outer].cue
    if tokens[cue].cue[1] in ("past", "degree") and outer == "up" and form != "degree":
        return "up"  # "raised the lowered IL-6": the inner word is a state, the outer one the change
    return _composed(outer, kind)


def _composed(outer: str, inner: str, *, denied: bool = False) -> str:
    """The direction of a change that another governs: what lessens or undoes an increase is a decrease."""
    if outer == "same" or (outer in ("change", "up") and denied):
        return "same"
    if inner not in _OPPOSITE or denied:
        return "" if inner not in ("same",) else inner
    return {"up": inner, "down": _OPPOSITE[inner], "undo": _OPPOSITE[inner]}.get(outer, "")
