"""Comparison: between or within groups, in which group, against what, and how sure."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Comparison", "is_control", "p_values", "read_comparison"]

_AGAINST = re.compile(
    r"\b(?:than|compared\s+(?:with|to)|in\s+comparison\s+(?:with|to)|relative\s+to|versus|vs\.?)\s+"
    r"(?:(?:those|that|levels?|values?)\s+(?!with))?(?:(?:in|of|after|with|for|from)\s+)?(?P<what>(?!\d|(?:one|two"
    r"|three|half|a)\s)[^,;:()\[\]]{2,80})",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+(?:that|which|who|indicat\w+|suggest\w+|show\w*|increas\w+|decreas\w+|reduc\w+|\w+ly|and|but|whereas"
    r"|while|although|at|after|was|were|is|are|did|showed|had|by|following|during|with|within|for|in)\s|\.\s|\.$|\s*$"
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
_NOUNS = (
    r"(?:groups?(?:\s(?:[A-Z]|[1-4])\b)?|arms?|controls?(?!\s+(?:groups?|arms?|subjects|patients|participants|women|men)\b)"
    r"|patients|subjects|participants|individuals|people|adults|children|adolescents|survivors|females|males|women|men"
    r"|athletes|animals|rats|mice|PwMS)\b"
)
_GROUP = re.compile(
    r"\b(?:in|for|among|within)\s+(?!the\s+groups\b)(?P<group>(?:the\s+|both\s+|all\s+|either\s+|our\s+|each\s+"
    rf"|any\s+)?(?!groups\b)(?:(?!(?:in|of|or|and|between|within|among|than|after)\b)[\w+/-]+\s+){{0,4}}?{_NOUNS})"
    r"|\b(?:with|on|under)\s+(?P<given>placebo|sham|usual\s+care|standard\s+care)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:^\W*|[,;:]\s*|\b(?:whereas|while|but|and|that)\s+)(?:and\s+|but\s+)?(?P<group>(?:the\s+)?"
    r"(?:[\w-]+\s+but\s+not\s+)?"
    rf"(?:(?!(?:in|of|or|and|but|not|neither|no|none|that|we|was|were|had|between|than|with|to|for)\b)[\w+/-]+\s+){{0,4}}?(?:{_NOUNS}|placebo|sham)"
    r"(?:\s+(?:with|without|on|given|receiving|taking|who\s\w+)\s+(?:(?!and\b|or\b|was\b|were\b)[\w/-]+\s+){0,4}?(?!and\b|or\b|was\b|were\b)[\w/-]+)??)\s+"
    r"(?:(?:\w+ly|also|then)\s+)*(?:(?:had|have|showed|exhibited|displayed|demonstrated|experienced|presented"
    r"|reported|achieved|did)\b[^,;]*)?$",
    re.IGNORECASE,
)
"""The group that stands before what it had or did: "the control group showed", "placebo"."""
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
_ASIDE = re.compile(
    r",?\swith(?:out|\sno|\snot)\s(?=(?:\w+\s){0,3}(?:differ|chang|effect|alter|affect|influenc|any\b))", re.IGNORECASE
)
_ARM = re.compile(
    r"(?!both\b|all\b|either\b|each\b|any\b).*\b(?:groups?|arms?|controls?|placebo|sham)\b", re.IGNORECASE
)
_WHOLE = re.compile(r"both\s.*?\sand\s|(?:those|patients|people|subjects|women|men|children|adults)\s+with(?:out)?\s")
_EMPTY = re.compile(r"(?:the|those|that|both(?:\s+the)?|levels?|values?)?", re.IGNORECASE)
_ILL = re.compile(r"\bpatients\b|\bPw\w+\b|\bMS\b")
_CONTROLS = re.compile(r"(?:the\s+|matched\s+)*(?:controls|control\s+subjects)", re.IGNORECASE)
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

    def turned(self) -> Comparison:
        """The same comparison told of the other side."""
        article = "the " if self.against.endswith((" group", " arm")) else ""
        return self._replace(group=article + self.against, against=re.sub(r"^the\s+", "", self.group))


def read_comparison(
    clause: str, before: str, behind: str, sentence: str, *, differs: bool, alike: bool, moves: bool
) -> Comparison:
    """The comparison that a clause tells; what stands in brackets must have been taken out.

    Args:
        before: the clause up to its word of change where what changed is named behind it, else "".
        behind: the clause from its word of change on.
        differs: whether its word of change compares ("higher", "differed"), so that it is not a change in time.
        alike: whether it says that things are alike or differ ("similar", "no difference").
        moves: whether it is a verb by which its subject moves ("IL-6 rose"), which tells of a change in time.
    """
    if not alike:
        clause, behind = (_ASIDE.split(part, maxsplit=1)[0] for part in (clause, behind))
    against = _against(behind) or _against(clause)
    if not against and differs and not _BETWEEN.search(clause):
        against = _against(sentence)
    group = _group(clause, before, behind)
    kind = ""
    if against and not _BEFORE.search(against):
        kind = "between people" if _are_people(group, against) else "between groups"
    elif _BETWEEN.search(clause) or (differs and _ARM.match(group) and not (against or _FROM_BASELINE.search(clause))):
        kind = "between groups"
    elif against or moves or _FROM_BASELINE.search(clause) or (_BEFORE.search(clause) and not _GROUP.search(clause)):
        kind = "within group"
    elif alike:
        kind = "between groups"
    elif _WITHIN.search(clause):
        kind = "within group"
    return Comparison(kind, group, against, _ACUTE.search(clause) is not None and not _LASTING.search(clause))


def _are_people(group: str, against: str) -> bool:
    """Whether the ill are compared with the healthy, in either order."""
    ill = any(_ILL.search(one) and _CONTROLS.fullmatch(other) for one, other in ((group, against), (against, group)))
    return ill or _PEOPLE.search(against) is not None


def _group(clause: str, before: str, behind: str) -> str:
    """In whom something changed: where the controls are the subject, these; else whom the words behind name first."""
    found = _SUBJECT.search(before)
    subject = " ".join(found["group"].split()) if found else ""
    subject = subject[:1].lower() + subject[1:] if subject[1:2].islower() else subject
    return subject if is_control(subject) else _group_in(behind) or subject or _group_in(clause)


def _group_in(text: str) -> str:
    """The group that `text` names first, but for the one that others are compared with."""
    compared = _AGAINST.search(text)
    if compared and compared.start() < _OPENING:
        found = _GROUP.search(text, compared.end())
    else:
        found = _GROUP.search(text, 0, compared.start() if compared else len(text))
    return " ".join((found["group"] or found["given"]).split()) if found else ""


def _against(text: str) -> str:
    found = _AGAINST.search(text)
    if found is None:
        return ""
    what = found["what"]
    if what.startswith(("who ", "which ")):
        return ""
    whole = _WHOLE.match(what)
    cut = _CUT.search(what, whole.end() - 1 if whole else 0)
    named = re.sub(r"^the\s+", "", " ".join(what[: cut.start() if cut else len(what)].split())).strip(" .")
    return "" if _EMPTY.fullmatch(named) else named


def is_control(group: str) -> bool:
    """Whether a group is one that others are compared with: controls, placebo, usual care.

    >>> is_control("the waitlist group"), is_control("trained women")
    (True, False)
    """
    return _CONTROL.search(group.partition(" but not ")[0]) is not None


def p_values(text: str) -> list[tuple[str, float]]:
    """(sign, P) of each P value in `text`; "not significant" is (">", .05).

    >>> p_values("fell (p = .03) and rose (P<0.001; n.s.)")
    [('=', 0.03), ('<', 0.001), ('>', 0.05)]
    """
    found = [(m["sign"][0], float(m["number"].replace("·", "."))) for m in _P.finditer(text)]
    return found + [(">", 0.05) for _ in _NS.finditer(text)]
