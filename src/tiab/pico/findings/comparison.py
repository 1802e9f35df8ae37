"""Comparison: between or within groups, in which group, against what, and how sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tiab.pico.findings.parts import is_by_sex_or_age, is_of_a_part, is_of_whom_was_treated, limits, part_of

__all__ = ["Comparison", "is_control", "p_values", "read_comparison"]

_AGAINST = re.compile(
    r"\b(?:than|compared\s+(?:with|to)|in\s+comparison\s+(?:with|to)|relative\s+to|versus|vs\.?)\s+"
    r"(?:(?:those|that|levels?|values?)\s+(?!with))?(?:(?:in|of|after|with|for|from)\s+)?(?P<what>(?!\d|\w+-?fold|(?:one|two"
    r"|three|half|a)\s)[^,;:()\[\]]{2,80})",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+(?:that|which|who|indicat\w+|suggest\w+|show\w*|increas\w+|decreas\w+|reduc\w+|\w+ly|and|but|whereas"
    r"|while|although|despite|at|after|was|were|is|are|did|showed|had|by|following|during|with|within|for|in)\s|\.\s|\.$|\s*$"
)
_BETWEEN = re.compile(
    r"\bgroups?\s+by\s+time\b|\btime\s+by\s+(?:group|treatment)\b|\b(?:between|among|across)\s+(?:the\s+)?(?:\w+\s+){0,3}?(?:groups?|arms?|conditions?|treatments?"
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
    r"(?:(?:men\s+and\s+women|women\s+and\s+men|males\s+and\s+females|boys\s+and\s+girls)|(?:[\w+/]+-)?groups?(?:\s(?:[A-Z]|[1-4])\b(?!\s(?:h|min|hours?|days?|weeks?|months?)\b))?|arms?|controls?(?!\s+(?:groups?|arms?|subjects|patients|participants|women|men)\b)"
    r"|patients|subjects|participants|individuals|people|adults|children|adolescents|survivors|females|males|women|men"
    r"|comparators?|athletes|animals|rats|mice|PwMS)\b"
)
_GROUP = re.compile(
    r"\b(?:in|for|among|within|following|after|with)\s+(?P<several>the\s+[A-Z][\w-]*(?:,\s*(?:and\s+)?[A-Z][\w-]*)+"
    r"(?:,?\s+and\s+[A-Z][\w-]*)?\s+(?i:groups|arms|interventions|conditions|trials))\b|(?i:"
    r"\b(?:in|for|among|within)\s+(?!the\s+groups\b)(?P<group>both\s+(?:the\s+)?[\w-]+(?:\s[\w-]+)?\s+and\s+(?:the\s+)?[\w-]+"
    r"(?:\s[\w-]+)?\s+(?:groups?|arms?)\b|(?:the\s+|both\s+|all\s+|either\s+|our\s+|each\s+"
    rf"|any\s+)?(?!groups\b)(?:(?!(?:in|of|or|and|between|within|among|than|after)\b)[\w+/-]+\s+){{0,4}}?{_NOUNS})"
    r"|(?<!not )\b(?:with|on|under)\s+(?P<given>placebo|sham|usual\s+care|standard\s+care)\b)"
)
_ELLIPSIS = re.compile(r"\bin\s(?:the\s)?[\w-]+\s(?:and|but)\s(?:by|from|to|in)\s", re.IGNORECASE)
"""A group without a noun, so that the next one must not be taken for it: "in the trained and by 5% in the others"."""
_LETTERS = re.compile(
    r"\bin\s(?P<group>(?:the\s)?(?:[CEIPST]G|EXP?|CON|CTRL?|CTR|PLA?C?|INT|HC|PwMS|(?:RR|PP|SP)?MS)\d?)(?![\w+/-])"
)
_SUBJECT = re.compile(
    r"(?:^\W*|[,;:]\s*|\b(?:whereas|while|but|and|that)\s+)(?:and\s+|but\s+)?(?P<group>(?:the\s+)?"
    r"(?:[\w-]+\s+but\s+not\s+)?"
    rf"(?:(?!(?:in|of|or|and|but|not|neither|no|none|that|we|was|were|had|between|than|with|to|for)\b)[\w+/-]+\s+){{0,4}}?(?:{_NOUNS}|placebo|sham)"
    r"(?:\s+(?:with|without|on|given|receiving|taking|who\s\w+)\s+(?:(?!and\b|or\b|was\b|were\b)[\w/-]+\s+){0,4}?(?!and\b|or\b|was\b|were\b)[\w/-]+)??)\s+"
    r"(?:(?:\w+ly|also|then)\s+)*(?:(?:had|have|showed|exhibited|displayed|demonstrated|experienced|presented"
    r"|reported|achieved|did)\b[^;]*)?$",
    re.IGNORECASE,
)
"""The group that stands before what it had or did: "the control group showed", "placebo"."""
_CONTROL = re.compile(
    r"\b(?:controls?|comparators?|placebo|sham|usual\s+care|standard\s+care|wait(?:ing)?[\s-]?list|sedentary|untreated"
    r"|vehicle|inactive"
    r"|non-?(?:train\w*|exercis\w*|intervention|active)|no\s+(?:treatment|training|exercise|intervention)|CON|CTRL?|CTR|CG)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:healthy|non-?(?:MS|smokers|diabetic\w*|obese|depressed)|normal\s+(?:controls|subjects)|normal-?weight|lean|without\s+\w+)\b",
    re.IGNORECASE,
)
_FROM_BASELINE = re.compile(r"\bfrom\s+(?:the\s+)?(?:baseline|pre)", re.IGNORECASE)
_ASIDE = re.compile(
    r",?\swith(?:out|\sno|\snot)\s(?=(?:\w+\s){0,3}(?:differ|chang|effect|alter|affect|influenc|any\b))", re.IGNORECASE
)
_ARM = re.compile(
    r"(?!both\b|all\b|either\b|each\b|any\b|those\b).*\b(?:groups?|arms?|controls?|placebo|sham)\b", re.IGNORECASE
)
_WHOLE = re.compile(r"both\s.*?\sand\s|(?:those|patients|people|subjects|women|men|children|adults)\s+with(?:out)?\s")
_EMPTY = re.compile(r"(?:the|those|that|both(?:\s+the)?|levels?|values?)?", re.IGNORECASE)
_ILL = re.compile(r"\bpatients\b|\bPw\w+\b|\bMS\b")
_IN_THE_ILL = re.compile(
    r"\b(?:in|of|among)\s(?:the\s)?(?:(?:RR|SP|PP)?MS|PD|T2DM?|COPD|RA|HIV|SLE|people|persons|individuals)\b"
    r"(?!\s(?:who\s)?(?:exercis|train|interven|treat))"
)
_CONTROLS = re.compile(r"(?:the\s+|matched\s+)*(?:controls|control\s+subjects)", re.IGNORECASE)
_ACUTE = re.compile(
    r"\b(?:immediately\s+(?:after|post)[\s-](?:\w+\s){0,2}?(?:exercis\w+|bouts?|sessions?|training|running|cycling|test)|acute(?:ly)?\s+(?:bouts?|exercise|responses?|changes?|effects?|resistance)"
    r"|single\s+(?:bout|session)|one\s+(?:bout|session)|post-?exercise"
    r"|(?:min|minutes|h|hours?)\s+(?:after|post|following)[\s-](?:\w+\s){0,3}?"
    r"(?:exercis\w+|bouts?|sessions?|exertion|cycling|running|walking)|either\s+bout"
    r"|in\s+response\s+to\s+(?:\w+\s+){0,2}bouts?"
    r"|(?:after|following)\s+(?:the\s+|each\s+|both\s+)?"
    r"(?:a\s+(?:single\s+)?)?(?:bouts?|sessions?|graded|maximal|exercise\s+test)"
    r"|(?:after|following|during)\s+(?:[\w-]+\s+)?(?:\d+|ten|fifteen|twenty|thirty|forty|sixty)[\s-]?min(?:utes)?"
    r"|acute\s+\w+\s+exercise|during\s+(?:[\w-]+\s+){0,2}exercise(?!\s+(?:train|program|interv)))\b",
    re.IGNORECASE,
)
_LASTING = re.compile(r"\b(?:weeks?|months?|program(?:me)?|training\s+period|intervention\s+period)\b", re.IGNORECASE)
_P = re.compile(
    r"\bp(?:[\s-]?values?)?\s*(?:was\s*|of\s*)?(?P<sign>[<>=≤≥]{1,2})\s*(?P<number>[01]?[.·]\d+|[01](?!\w))",
    re.IGNORECASE,
)
_NS = re.compile(r"[(\[][^()\[\]]*?\b(?:n\.?\s?s\.?|not\s+significant|non-?significant)\s*[;,)\]]", re.IGNORECASE)


_ONE_BOUT = re.compile(
    r"\b(?:after|following)\s[^,;]{3,60},\s(?:\S+\s){0,3}exercise\s(?:\w+ly\s)?(?:increas|rais|elevat|induc|decreas|reduc)"
    r"|\b(?:attenuat|blunt|reduc|lower|diminish|suppress|inhibit)\w*\s(?:the\s)?(?:acute\s)?exercise[\s-]induced\b",
    re.IGNORECASE,
)
"""One bout that is told of beside a programme: "after training, exercise increased IL-6"."""
_LETTERED = tuple(f"roup {name}" for name in "ABCD0123456789I")
_NAMED_CONTROL = re.compile(
    r"\bgroup\s(?P<name>[A-D]|\d|I{1,3})\b\s*(?:\(|was|served\sas|:|=)[^).;,]{0,20}?\b(?:controls?|placebo|sham)\b"
    r"|\b(?:controls?|placebo|sham)(?:\sgroup)?\s\((?:group\s)(?P<other>[A-D]|\d|I{1,3})\b",
    re.IGNORECASE,
)
_OPENING_GROUP = re.compile(
    rf"(?:[A-Z]+:\s)?In\s(?P<group>(?:the\s)?(?:[\w+/-]+\s){{0,4}}?(?:group\s\w+|{_NOUNS}))\s*(?:,|\s(?=(?:serum|plasma|levels?|the)\b))",
    re.IGNORECASE,
)
_OPENING = 9  # characters within which "Compared with controls, …" opens a clause


class Comparison(NamedTuple):
    """How a change was told.

    Attributes:
        kind: "between groups", "within group", "between people" (the ill and the healthy), or "" where it is not told.
        group: in whom, in the words of the text, or "".
        against: compared with what, in the words of the text, or "".
        acute: whether it is told of one bout of exercise.
        part: the time or dose that it is told of, in the words of the text ("at 4 weeks"), or "".
        only: "group" or "part" where it is told of that alone ("only in women", "but not at 8 weeks"), else "".
    """

    kind: str
    group: str
    against: str
    acute: bool
    part: str = ""
    only: str = ""

    def turned(self) -> Comparison:
        """The same comparison told of the other side."""
        article = "the " if self.against.endswith((" group", " arm")) else ""
        return self._replace(group=article + self.against, against=re.sub(r"^the\s+", "", self.group))

    def named(self, controls: frozenset[str]) -> Comparison:
        """The same comparison, with "(control)" behind a group that only its name in `controls` shows to be one."""
        group, against = (
            f"{name} (control)" if not is_control(name) and _bare(name) in controls else name
            for name in (self.group, self.against)
        )
        return self._replace(group=group, against=against)


def named_controls(text: str, abbreviations: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The names that a text gives to its control groups, in lower case.

    >>> sorted(named_controls("Group 2 (controls) got placebo (PLA)", [("PLA", "placebo")]))
    ['group 2', 'pla', 'pla group']
    """
    lettered = any(sign in text for sign in _LETTERED)
    found = {f"group {m['name'] or m['other']}".lower() for m in _NAMED_CONTROL.finditer(text)} if lettered else set()
    short = {short.lower() for short, long in abbreviations if is_control(long)}
    return frozenset(found | short | {f"{name} group" for name in short})


def _bare(group: str) -> str:
    """A group's name without its article, in lower case."""
    return re.sub(r"^(?:the|in)\s", "", group.lower())


class Wording(NamedTuple):
    """The words of one statement; what stood in brackets has been taken out.

    Attributes:
        clause: from the word of contrast before it to what is told next.
        own: the clause without what another verb says of the same subject before.
        before: the clause up to its word of change where what changed is named behind it, else "".
        behind: the clause from its word of change on.
        rest: the sentence behind its word of change and what changed, up to what is told next.
        differs: whether its word of change compares ("higher", "differed"), so that it is not a change in time.
        alike: whether it says that things are alike or differ ("similar", "no difference").
        moves: whether it is a verb by which its subject moves ("IL-6 rose"), which tells of a change in time.
    """

    sentence: str
    clause: str
    own: str
    before: str
    behind: str
    rest: str
    differs: bool
    alike: bool
    moves: bool

    def without_asides(self) -> Wording:
        """The words up to ", without differences between groups" and the like."""
        clause, own, behind = (_ASIDE.split(part, maxsplit=1)[0] for part in (self.clause, self.own, self.behind))
        return self._replace(clause=clause, own=own, behind=behind)


def read_comparison(wording: Wording) -> Comparison:
    """The comparison that a statement tells."""
    words = wording if wording.alike else wording.without_asides()
    against = _against(words.behind) or _against(words.own)
    if not against and words.differs and not _BETWEEN.search(words.own):
        against = _against(words.sentence)
    named = _group(words.clause, words.before, words.behind)
    group = re.sub(r"^only\s", "", named)
    opening = "" if group else _opening_group(words.sentence)
    other = limits(words.clause, words.rest)
    part = part_of(words.own, words.behind)
    only = "group" if group != named else _alone(other, group or opening, part)
    kind = _kind(words, group, opening, against)
    acute = _is_acute(words.clause)
    return Comparison(kind, group or opening, against, acute, part, only)


def _alone(other: str | None, group: str, part: str) -> str:
    """What a statement is limited to; see `Comparison.only`. `other` is what `limits` gave."""
    if other is None or is_control(other):
        return ""
    return "part" if (part and is_of_a_part(other)) or not group else "group"


def _kind(words: Wording, group: str, opening: str, against: str) -> str:
    """What kind of comparison it is; see `Comparison.kind`."""
    clause = words.own
    if is_by_sex_or_age(clause):
        return "between people"
    if against and not _BEFORE.search(against):
        return "between people" if _are_people(clause, group or opening, against) else "between groups"
    from_start = _FROM_BASELINE.search(clause) is not None or against != ""
    if _BETWEEN.search(clause) or (words.differs and _ARM.match(group) and not from_start):
        return "between groups"
    if from_start or words.moves or (_BEFORE.search(clause) and not _GROUP.search(clause)):
        return "within group"
    if words.alike and not opening:
        return "between groups"
    return "within group" if opening or _WITHIN.search(clause) else ""


def _opening_group(sentence: str) -> str:
    """The group with which a sentence opens: "In group 1, IL-6 fell but no difference was found in TNF"."""
    found = _OPENING_GROUP.match(sentence)
    return " ".join(found["group"].split()) if found else ""


def _is_acute(clause: str) -> bool:
    """Whether a change is told of one bout of exercise, not of weeks of it."""
    if _ONE_BOUT.search(clause):
        return True
    return _ACUTE.search(clause) is not None and not _LASTING.search(clause)


def _are_people(clause: str, group: str, against: str) -> bool:
    """Whether the ill are compared with the healthy, in either order, and not the treated with the others."""
    if _PEOPLE.search(against):
        return True
    ill = any(_ILL.search(one) and _CONTROLS.fullmatch(other) for one, other in ((group, against), (against, group)))
    ill = ill or (_CONTROLS.fullmatch(against) is not None and _IN_THE_ILL.search(clause) is not None)
    return ill and not is_of_whom_was_treated(group)


def _group(clause: str, before: str, behind: str) -> str:
    """In whom something changed: where the controls are the subject, these; else whom the words behind name first."""
    found = _SUBJECT.search(before)
    subject = " ".join(found["group"].split()) if found else ""
    if subject.endswith("groups") and re.search(rf"\band\s+{re.escape(subject)}\b", before):
        subject = ""  # "the drug and placebo groups did not differ" is told of both
    subject = subject[:1].lower() + subject[1:] if subject[1:2].islower() else subject
    if is_control(subject):
        return subject
    return _group_in(behind) or subject or _group_in(clause) or _short_group(behind) or _short_group(clause)


def _short_group(text: str) -> str:
    """A group that is named by the usual letters alone: "in the EG"."""
    found = _LETTERS.search(text)
    return found["group"] if found else ""


def _group_in(text: str) -> str:
    """The group that `text` names first, but for the one that others are compared with."""
    compared = _AGAINST.search(text)
    if compared and compared.start() < _OPENING:
        found = _GROUP.search(text, compared.end())
    else:
        found = _GROUP.search(text, 0, compared.start() if compared else len(text))
    if found and _ELLIPSIS.search(text, 0, found.start() + 1):
        return ""
    return " ".join((found["group"] or found["given"] or found["several"]).split()) if found else ""


def _against(text: str) -> str:
    found = _AGAINST.search(text)
    if found is None:
        return ""
    what = found["what"]
    if what.startswith(("who ", "which ", "post-", "post ")):
        return ""
    whole = _WHOLE.match(what)
    cut = _CUT.search(what, whole.end() - 1 if whole else 0)
    named = re.sub(r"^the\s+", "", " ".join(what[: cut.start() if cut else len(what)].split())).strip(" .")
    named = re.sub(r"\s(?:in|on|of|for|at|and|or|but)$", "", named)
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
