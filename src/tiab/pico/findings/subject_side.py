"""Targets as subjects: "IL-6 was lower", "IL-6 rose in women", "IL-6 showed no change"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiab.pico.findings.directions import Statement, composed, direction_of, lessened
from tiab.pico.findings.scope import Scope, predicate, scope_before
from tiab.pico.findings.tokens import Token, is_kind, words

__all__ = [
    "SUBJECT_REACH",
    "as_compound",
    "as_left",
    "as_next_share",
    "as_subject",
    "as_topic",
    "behind_share",
    "is_bare_verb",
    "is_less",
    "is_measure",
]

_LONGEST_NAME = 8  # words of one thing on a list: "low density lipoprotein cholesterol to high …"
SUBJECT_REACH = 30
"""Words between a subject and its verb."""

_WITHOUT_OBJECT = words("without_object")
_PREPOSITIONS = words("preposition")
_HEADS = words("head")
_ABOUT = frozenset(("about", "around", "-", "–", "and", "up", "a", "mean", "of"))
_TELLING = words("telling")


def as_subject(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """Statements of the verbs of which the target at `place` is the subject."""
    denied = _subject_head(tokens, place)
    verb = None if denied is None else _verb_of(tokens, place, denied=bool(denied))
    while verb is not None:
        found = predicate(tokens, verb)
        if found is None:
            return
        scope, cue = found
        if cue is None:
            of_change = _is_change_of_subject(tokens, verb - 1)
            if (scope.denied or denied) and (of_change or _is_of_groups(tokens, verb)):
                yield Statement(tokens[place].target, verb, "same", scope.tendency)
            elif (
                of_change and not scope.unknown and tokens[verb - 1].cue[0] in ("up", "down") and _is_seen(tokens, verb)
            ):
                yield Statement(tokens[place].target, verb - 1, tokens[verb - 1].cue[0], scope.tendency)
            return
        if not _stands_alone(tokens, cue, scope):
            return
        direction = direction_of(tokens, cue, scope, denied=bool(denied))
        direction = lessened(direction) if is_less(tokens, cue + 1) else direction
        if not (scope.denied or denied):
            direction = _of_change(tokens, place, cue, direction)
        if direction:
            yield Statement(tokens[place].target, cue, direction, scope.tendency)
        verb = _next_verb(tokens, cue)


def behind_share(tokens: Sequence[Token], i: int) -> int:
    """The index behind "by about 20%", where that stands at `i`; else `i`."""
    if tokens[i].word != "by":
        return i
    for behind in range(i + 1, min(i + 6, len(tokens))):
        word = tokens[behind].word
        if word.endswith("%"):
            return behind + 1
        if word[0].isdigit() and behind + 1 < len(tokens) and tokens[behind + 1].word == "%":
            return behind + 2
        if not (word[0].isdigit() or word in _ABOUT or is_kind(word, "adverb")):
            return i
    return i


def as_next_share(tokens: Sequence[Token], place: int, before: Sequence[Statement]) -> Iterator[Statement]:
    """ "IL-6 was reduced by 20% and CRP by 15%": a target without a verb shares that of the one before it."""
    i = place + 1
    while i < len(tokens) and is_kind(tokens[i].word, "measure"):
        i += 1
    if i >= len(tokens) or behind_share(tokens, i) == i:
        return
    begin = place
    while begin > 0 and (is_measure(tokens[begin - 1].word) or tokens[begin - 1].word in ("of", "and", ",")):
        begin -= 1
    joined = any(token.word in ("and", ",") for token in tokens[begin:place])
    if joined and begin > 0 and tokens[begin - 1].word.endswith("%"):
        for one in before:
            if one.cue < begin and behind_share(tokens, one.cue + 1) == begin and one.direction in ("up", "down"):
                yield one._replace(target=tokens[place].target)


def _is_seen(tokens: Sequence[Token], verb: int) -> bool:
    """Whether it is only told that something was seen: "an IL-6 increase was observed"."""
    return any(is_kind(token.word, "seen") for token in tokens[verb + 1 : verb + 4])


def as_compound(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """ "Training led to a marked IL-6 reduction": a target before the noun of its change, as what was shown."""
    noun = place + 1
    while noun < len(tokens) and is_kind(tokens[noun].word, "measure"):
        noun += 1
    if noun >= len(tokens) or tokens[noun].cue[1] != "noun" or tokens[noun].cue[0] not in ("up", "down"):
        return
    if noun + 1 < len(tokens) and is_kind(tokens[noun + 1].word, "auxiliary"):
        return
    scope = scope_before(tokens, place)
    article = any(token.word in ("a", "an") for token in tokens[max(0, place - 4) : place])
    if article and not scope.hypothetical and (scope.told or scope.denied) and scope.outer is None:
        yield Statement(tokens[place].target, noun, "same" if scope.denied else tokens[noun].cue[0], scope.tendency)


def _of_change(tokens: Sequence[Token], place: int, cue: int, direction: str) -> str:
    """The direction where a change is the subject: "the IL-6 increase was smaller", "IL-6 changes were larger"."""
    noun = next((i for i in range(place + 1, cue) if _is_change_of_subject(tokens, i)), None)
    if noun is None or direction == "same":
        return direction
    inner = tokens[noun].cue[0]
    if tokens[cue].cue == ("down", "degree"):
        return lessened(inner) if inner != "change" else ""
    return composed(direction, inner)


def _is_change_of_subject(tokens: Sequence[Token], i: int) -> bool:
    """Whether a noun of change stands between a target and its verb: "the IL-6 increase was smaller"."""
    if tokens[i].cue[1] != "noun" or i + 1 >= len(tokens) or not is_kind(tokens[i + 1].word, "auxiliary"):
        return False
    before = i - 1
    while before > 0 and is_kind(tokens[before].word, "measure"):
        before -= 1
    return tokens[before].target >= 0


def _is_of_groups(tokens: Sequence[Token], verb: int) -> bool:
    """Whether what was not significant is told of groups: "IL-6 was not significant between the groups"."""
    behind = [token.word for token in tokens[verb + 1 : verb + 9]]
    return any(word.startswith("significan") for word in behind) and any(
        word in ("between", "among", "across") for word in behind
    )


def is_less(tokens: Sequence[Token], i: int) -> bool:
    """Whether "less" stands at `i`, behind adverbs, and nothing that there is less of: "fell less than …"."""
    while i < len(tokens) and is_kind(tokens[i].word, "adverb"):
        i += 1
    if i >= len(tokens) or tokens[i].word != "less":
        return False
    return i + 1 == len(tokens) or is_kind(tokens[i + 1].word, "stop") or not tokens[i + 1].word[0].isalnum()


def _subject_head(tokens: Sequence[Token], place: int) -> bool | None:
    """None where something to its left governs the target; else whether "no" or "neither" denies it."""
    i, words, first = place - 1, 0, place
    while i >= 0:
        token = tokens[i]
        if token.target >= 0 or is_kind(token.word, "conjunction"):
            words, first = 0, i if token.target >= 0 else first
        elif is_kind(token.word, "negation"):
            return None if token.word == "not" else True
        elif is_kind(token.word, "break"):
            return False
        elif token.word in ("of", "in", "for") and i > 0 and _is_head(tokens[i - 1]):
            pass
        elif token.word in _PREPOSITIONS or is_kind(token.word, "stop"):
            return False if _opens_clause(tokens, i, place) or _is_next_clause(tokens, i, first) else None
        elif token.cue[0] and token.cue[1] == "noun":
            return False if _is_next_clause(tokens, i, first) else None
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
    if tokens[i].word == "that":
        return i > 0 and tokens[i - 1].word in _TELLING
    if i > 1 and tokens[i - 1].word == "that" and tokens[i - 2].word in _TELLING:
        return any(token.word == "," for token in tokens[i:place])
    if not any(token.word == "," for token in tokens[i:place]) and not any(
        is_kind(token.word, "people") for token in tokens[i:place]
    ):
        return False
    begin = i
    while begin > 0 and is_kind(tokens[begin - 1].word, "stop"):
        begin -= 1
    if begin == 0 or is_kind(tokens[begin - 1].word, "break") or tokens[begin - 1].word in (",", "moreover", "however"):
        return True
    return _is_in_front(tokens, i)


def _is_in_front(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word belongs to a phrase that opens the clause: "of" in "After 12 weeks of training, IL-6 fell"."""
    first = i
    while first > 0 and not is_kind(tokens[first - 1].word, "break"):
        first -= 1
    first += tokens[first].word == ","
    if tokens[first].word == "despite" and any(token.word == "," for token in tokens[i:]):
        return True
    verbal = ("auxiliary", "having", "finite")
    return is_kind(tokens[first].word, "stop") and not any(
        token.target >= 0 or token.cue[0] or any(is_kind(token.word, kind) for kind in verbal)
        for token in tokens[first:i]
    )


def _is_next_clause(tokens: Sequence[Token], i: int, place: int) -> bool:
    """Whether the target begins a clause behind one with a verb: "BDNF rose by 20% and IL-6 fell"."""
    begin = place
    while begin > i and (is_measure(tokens[begin - 1].word) or tokens[begin - 1].word == "of"):
        begin -= 1
    joint = begin - 1
    if joint <= i + 1 or tokens[joint].word != "and" or tokens[joint - 1].target >= 0:
        return False
    start = joint
    while start > 0 and not is_kind(tokens[start - 1].word, "break"):
        start -= 1
    end = joint if tokens[joint - 1].word == "," else i
    verbal = ("auxiliary", "having")
    return any(
        token.cue[1] == "verb" or any(is_kind(token.word, kind) for kind in verbal) for token in tokens[start:end]
    ) or any(is_bare_verb(tokens, k) for k in range(start, end))


def is_measure(word: str) -> bool:
    """Whether a word only tells in which form something was measured: "the", "serum", "levels"."""
    return is_kind(word, "measure") or is_kind(word, "determiner")


def _is_head(token: Token) -> bool:
    return token.cue[0] == "" and (
        is_kind(token.word, "measure") or token.word in _HEADS or token.word in ("all", "none")
    )


def _verb_of(tokens: Sequence[Token], place: int, *, denied: bool) -> int | None:
    """The index of the verb of which the target at `place` is the subject."""
    skipped, phrased = 0, False
    for i in range(place + 1, min(place + SUBJECT_REACH, len(tokens))):
        token = tokens[i]
        if token.target >= 0:
            continue
        if is_kind(token.word, "auxiliary") or is_kind(token.word, "having") or is_kind(token.word, "failing"):
            return i
        if token.cue[0] == "undo" and denied and token.cue[1] in ("past", "verb"):
            return i if not begins_name(tokens, i + 1) else None  # "none of them improved"
        if token.cue[1] == "noun" and not phrased and _is_change_of_subject(tokens, i):
            continue
        if token.cue[1] == "noun" and (_is_second_subject(tokens, i) or _is_on_list(tokens, i)):
            continue
        if token.cue[0]:
            if token.cue[1] == "noun" and (phrased or not _follows_subject(tokens[i - 1])):
                return None  # "… with a rise in CRP": no verb
            return i if is_bare_verb(tokens, i) else None
        if i < skipped:
            continue
        if token.word in ("that", "which", "who", "whose", "when", "if", "because", "where", ";", "not", "by"):
            return None
        if token.word == "but" and i + 3 < len(tokens) and tokens[i + 1].word == "not" and tokens[i + 2].target >= 0:
            skipped = i + 2
            continue
        if is_kind(token.word, "finite") and (tokens[i - 1].word == "-" or _only_describes(tokens, i)):
            skipped, phrased = i + 1, True
            continue
        if is_kind(token.word, "break") or is_kind(token.word, "relation") or is_kind(token.word, "finite"):
            return None
        phrased |= is_kind(token.word, "stop")
        if token.word.endswith("ed") and "-" not in token.word and not phrased:  # a verb that no list has
            return None
    return None


def _is_second_subject(tokens: Sequence[Token], i: int) -> bool:
    """Whether a change is named beside the target as the subject: "IL-6 levels or any changes in them were …"."""
    first = i
    while first > 0 and is_kind(tokens[first - 1].word, "determiner"):
        first -= 1
    return first < i and tokens[first - 1].word in ("or", "and", "nor")


def _is_on_list(tokens: Sequence[Token], i: int) -> bool:
    """Whether a noun of change ends one thing on a list of subjects: "IL-6, haemodynamic changes and pain were …"."""
    if i + 1 >= len(tokens) or tokens[i + 1].word not in (",", "and"):
        return False
    first = i
    while first > 0 and tokens[first].word not in (",", "and") and i - first <= 3:
        first -= 1
    return tokens[first].word in (",", "and") and not any(is_kind(token.word, "stop") for token in tokens[first:i])


def _only_describes(tokens: Sequence[Token], i: int) -> bool:
    """Whether a participle only says how something was measured: "IL-6 assessed after 1 h was lower"."""
    if tokens[i].word not in ("assessed", "measured", "determined", "evaluated", "quantified", "analyzed", "analysed"):
        return False
    for token in tokens[i + 1 : i + 12]:
        if token.word in ("was", "were", "did", "remained"):
            return True
        if token.word == "," or token.target >= 0 or token.cue[0] or is_kind(token.word, "break"):
            return False
    return False


def _follows_subject(before: Token) -> bool:
    """Whether a word that may be a noun or a verb is a verb behind this one: "IL-6 levels increase"."""
    return before.target >= 0 or is_kind(before.word, "measure") or before.word.endswith("ly")


def is_bare_verb(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word of change is a verb without an object: "IL-6 rose in women", not "IL-6 increased survival"."""
    if tokens[i].word not in _WITHOUT_OBJECT and not is_kind(tokens[i].word, "tendency"):
        return False
    return not begins_name(tokens, i + 1)


def begins_name(tokens: Sequence[Token], i: int) -> bool:
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
        named = following in ("of", "in", "on") and begins_name(tokens, cue + 2) and not _names_people(tokens, cue + 2)
        return form == "noun" and ((kind == "change" and following != "on") or not named)
    if following == "with" and tokens[cue].word.startswith("var"):  # "did not vary with age" tells of no change
        return False
    if form in ("past", "degree"):
        return scope.bare or not begins_name(tokens, cue + 1) or following in ("to",)
    return not begins_name(tokens, cue + 1)


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
                token.cue[1] == "degree" or is_bare_verb(tokens, following)
            ):
                return following if not begins_name(tokens, following + 1) else None
    return None


def as_topic(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
    """ "With regard to IL-6 the groups did not differ": what is said of a target that a phrase names beforehand."""
    begin = place
    while begin > 0 and not is_kind(tokens[begin - 1].word, "break"):
        begin -= 1
    opening = " ".join(token.word for token in tokens[begin : begin + 3])
    if not opening.startswith(
        ("with regard", "with respect", "regarding", "concerning", "in terms", "as for", "for #")
    ):
        return
    for i in range(place + 1, min(place + SUBJECT_REACH, len(tokens))):
        if is_kind(tokens[i].word, "break"):
            return
        if tokens[i].cue[0] == "change":
            scope = scope_before(tokens, i)
            if scope.denied and not scope.hypothetical:
                yield Statement(tokens[place].target, i, "same", scope.tendency)
            return


def as_left(tokens: Sequence[Token], place: int) -> Iterator[Statement]:
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
