"""Comparison: between or within groups, in which group, against what, and how sure."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Comparison", "is_control", "p_values", "read_comparison"]

_AGAINST = re.compile(
    r"\b(?:than|compared\s+(?:with|to)|in\s+comparison\s+(?:with|to)|relative\s+to|versus|vs\.?)\s+"
    r"(?:(?:those|that|levels?|values?)\s+)?(?:(?:in|of|after|with|for|from)\s+)?(?P<what>(?!\d|(?:one|two"
    r"|three|half|a)\s)[^,;:()\[\]]{2,80})",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+(?:that|which|who|indicat\w+|suggest\w+|show\w*|increas\w+|decreas\w+|reduc\w+|\w+ly|and|but|whereas"
    r"|while|although|at|after|was|were|is|are|did|showed|had|by|following|during|with|in)\s|\.\s|\.$|\s*$"
)
_BETWEEN = re.compile(
    r"\b(?:between|among|across)\s+(?:the\s+)?(?:\w+\s+){0,3}?(?:groups?|arms?|conditions?|treatments?"
    r"|interventions?|protocols?)\b"
    r"|\bbetween[\s-]group|\binter-?group|\bgroups?\s+did\s+not\s+differ|\bgroup\s?[x×]\s?time|\btime\s?[x×]\s?group",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\bwithin[\s-]groups?\b|\bfrom\s+(?:the\s+)?(?:baseline|pre)|\bover\s+time\b|\bpre-?(?:to|and|test)\b"
    r"|\bbefore\b|\bbaseline\b"
    r"|\b(?:after|following|over|during|at|by)\s+(?:the\s+)?(?:\w+[\s-]){0,4}(?:weeks?|months?|days?|training"
    r"|intervention|treatment"
    r"|program(?:me)?|supplementation|therapy|years?)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:baseline|before|pre-?(?:test|training|treatment|intervention|exercise|op\w*|dose|supplementation)?"
    r"|initial|(?:week|day|month|time|T|P)\s?[01]|the\s+start)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:in|for|among|within)\s+(?P<group>(?:the\s+|both\s+|all\s+|either\s+|our\s+|each\s+"
    r"|any\s+)?(?:(?!(?:in|of|or|between)\b)[\w+/-]+\s+){0,4}?"
    r"(?:groups?(?:\s(?:[A-Z]|[1-4])\b)?|arms?|controls?(?!\s+(?:groups?|arms?|subjects|patients|participants"
    r"|women|men)\b)|patients|subjects|participants|women|men|athletes|animals|rats|mice|PwMS)\b)",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"\b(?:controls?|placebo|sham|usual\s+care|standard\s+care|wait(?:ing)?[\s-]?list|sedentary|untreated"
    r"|vehicle|inactive"
    r"|non-?(?:train\w*|exercis\w*|intervention|active)|no\s+(?:treatment|training|exercise|intervention)|CON|CG)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:healthy|non-?MS|normal\s+(?:controls|subjects)|normal-?weight|lean|without\s+\w+)\b", re.IGNORECASE
)
_FROM_BASELINE = re.compile(r"\bfrom\s+(?:the\s+)?(?:baseline|pre)", re.IGNORECASE)
_ASIDE = re.compile(r",?\swith(?:out|\sno|\snot)\s", re.IGNORECASE)
_ILL = re.compile(r"\bpatients\b|\bPw\w+\b|\bMS\b")
_CONTROLS = re.compile(r"(?:the\s+|matched\s+)*controls?(?:\s+subjects)?", re.IGNORECASE)
_ACUTE = re.compile(
    r"\b(?:immediately\s+(?:after|post)|acute(?:ly)?\s+(?:bouts?|exercise|responses?|changes?|effects?|resistance)"
    r"|single\s+(?:bout|session)|one\s+(?:bout|session)|post-?exercise"
    r"|(?:min|minutes|h|hours?)\s+(?:after|post|following)[\s-](?:\w+\s){0,3}?"
    r"(?:exercis\w+|bouts?|sessions?|exertion|cycling|running|walking)|either\s+bout"
    r"|in\s+response\s+to\s+(?:\w+\s+){0,2}bouts?"
    r"|(?:after|following)\s+(?:the\s+|each\s+|both\s+)?"
    r"(?:bouts?|sessions?|graded|maximal|exercise\s+test))\b",
    re.IGNORECASE,
)
_LASTING = re.compile(r"\b(?:weeks?|months?|program(?:me)?|training\s+period|intervention\s+period)\b", re.IGNORECASE)
_P = re.compile(
    r"\bp(?:[\s-]?values?)?\s*(?:was\s*|of\s*)?(?P<sign>[<>=≤≥]{1,2})\s*(?P<number>[01]?[.·]\d+|[01](?!\w))",
    re.IGNORECASE,
)
_NS = re.compile(r"[(\[][^()\[\]]*?\b(?:n\.?\s?s\.?|not\s+significant|non-?significant)\s*[;,)\]]", re.IGNORECASE)


_OPENING = 9  # characters within which "Compared with controls, …" opens a clause


class Comparison(NamedTuple):
    """How a change was told.

    Attributes:
        kind: "between groups", "within group", "between people" (the ill and the healthy), or "" where it is not told.
        group: in whom, in the words of the text, or "".
        against: compared with what, in the words of the text, or "".
        acute: whether it is told of one bout of exercise.
    """

    kind: str
    group: str
    against: str
    acute: bool


def read_comparison(clause: str, behind: str, sentence: str, *, differs: bool, alike: bool, moves: bool) -> Comparison:
    """The comparison that a clause tells; what stands in brackets must have been taken out.

    Args:
        behind: the clause from its word of change on.
        differs: whether its word of change compares ("higher", "differed"), so that it is not a change in time.
        alike: whether it says that things are alike or differ ("similar", "no difference").
        moves: whether it is a verb by which its subject moves ("IL-6 rose"), which tells of a change in time.
    """
    if not alike:
        clause = _ASIDE.split(clause, maxsplit=1)[0]
    against = _against(clause) or (_against(sentence) if differs else "")
    group = _group(behind) or _group(clause)
    kind = ""
    if against and not _BEFORE.search(against):
        ill = _ILL.search(group) is not None and _CONTROLS.fullmatch(against) is not None
        kind = "between people" if ill or _PEOPLE.search(against) else "between groups"
    elif _BETWEEN.search(clause):
        kind = "between groups"
    elif against or moves or _FROM_BASELINE.search(clause) or (_BEFORE.search(clause) and not _GROUP.search(clause)):
        kind = "within group"
    elif alike:
        kind = "between groups"
    elif _WITHIN.search(clause):
        kind = "within group"
    return Comparison(kind, group, against, _ACUTE.search(clause) is not None and not _LASTING.search(clause))


def _group(text: str) -> str:
    """The group that `text` names first, but for the one that others are compared with."""
    compared = _AGAINST.search(text)
    if compared and compared.start() < _OPENING:
        found = _GROUP.search(text, compared.end())
    else:
        found = _GROUP.search(text, 0, compared.start() if compared else len(text))
    return " ".join(found["group"].split()) if found else ""


def _against(text: str) -> str:
    found = _AGAINST.search(text)
    if found is None:
        return ""
    what = found["what"]
    if what.startswith(("who ", "which ")):
        return ""
    cut = _CUT.search(what)
    return re.sub(r"^the\s+", "", " ".join(what[: cut.start() if cut else len(what)].split())).strip(" .")


def is_control(group: str) -> bool:
    """Whether a group is one that others are compared with: controls, placebo, usual care.

    >>> is_control("the waitlist group"), is_control("trained women")
    (True, False)
    """
    return _CONTROL.search(group) is not None


def p_values(text: str) -> list[tuple[str, float]]:
    """(sign, P) of each P value in `text`; "not significant" is (">", .05).

    >>> p_values("fell (p = .03) and rose (P<0.001; n.s.)")
    [('=', 0.03), ('<', 0.001), ('>', 0.05)]
    """
    found = [(m["sign"][0], float(m["number"].replace("·", "."))) for m in _P.finditer(text)]
    return found + [(">", 0.05) for _ in _NS.finditer(text)]
