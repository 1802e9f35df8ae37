"""Questions and aims ► noun phrases by role: what stands before and behind "in", "compared with", "on", "improve"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiab.drafting.members import is_drug
from tiab.drafting.phrases import noun_phrases
from tiab.drafting.roles import roles_by_words

__all__ = ["VERSUS", "asks_for_accuracy", "asks_for_effects", "question_phrases", "statement_phrases"]

_TURN = re.compile(
    r"""(?xi)(?<![\w-])(?:
    (?P<comparator>compared?\s(?:with|to)|in\scomparison\s(?:with|to)|versus|vs\.?|rather\sthan|instead\sof|than)
    |(?P<intervention>(?:effects?|efficacy|effectiveness|safety|benefits?|harms?|risks?|impact|role|use|accuracy
        |performance)\s(?:and\s\w+\s)*of|us(?:e|es|ed|ing)|treated\swith|exposed\sto|exposure\sto
        |(?<=,\s)(?:how|what|which|does|do|did|is|are|can|should|will))
    |(?P<outcome>(?:effects?|impact|influence)\son|improv\w*|reduc\w*|increas\w*|decreas\w*|prevent(?!ive)\w*(?:\sof)?|lower\w*|rais\w*|chang\w*
        |affect\w*|influenc\w*|alleviat\w*|in\sterms\sof)
    |(?P<on>on)
    |(?P<population>in|among|for|with|who|about)
    )(?![\w-])"""
)
"""Small words and verbs behind which a part of the question begins that has another role."""
_EFFECTS = re.compile(
    r"(?i)\b(?:effect|effects|effective|effectiveness|efficacy|benefits?|harms?|safety|safe|differ|compare|compared"
    r"|improves?|reduces?|prevents?|lowers?|relieves?)\b"
)
_TREATMENT = re.compile(
    r"(?i)therap|treat|drug|medicat|surg|training|exercis|vaccin|inhibitor|agonist|antagonist|blocker|antibiot"
    r"|rehab|supplement|program|counsel|pharmac|steroid|agents?\b|relaxant|psychotic|depressant|histamine|hypoglyc|estrogen"
    r"|\w{3,}(?:statin|pril|olol|mab|sartan|azole)s?\b"
)


_ACCURACY = re.compile(
    r"(?i)\b(?:accura(?:cy|te|tely)|sensitivity and specificity|index tests?|diagnostic (?:tests?|performance|value)"
    r"|for (?:the )?(?:diagnosis|detection) of|target conditions?)\b"
)


def question_phrases(question: str) -> Iterator[tuple[str, str]]:
    """(role, phrase) of a question or an aim; its subject is taken for the intervention.

    >>> list(question_phrases("Does yoga, compared with usual care, reduce pain in adults with asthma?"))
    [('intervention', 'yoga'), ('comparator', 'usual care'), ('outcome', 'pain'), ('population', 'asthma')]
    """
    role, start, named, accuracy = "intervention", 0, False, asks_for_accuracy(question)
    for turn in _TURN.finditer(question):
        yield from _of_part(question[start : turn.start()], role)
        role, start = str(turn.lastgroup), turn.end()
        if role == "on":  # the effects of one thing on another, or studies on one thing
            role = "outcome" if named or _EFFECTS.search(question[: turn.start()]) else "intervention"
        if accuracy and turn[0].casefold() == "for":  # a test is for a condition, a treatment for people
            role = "outcome"
        named = named or role == "intervention"
    yield from _of_part(question[start:], role)


_SAID = re.compile(
    r"""(?xi)(?<![\w-])(?:
    (?P<comparator>compared?\s(?:with|to)|in\scomparison\s(?:with|to)|versus|vs\.?|rather\sthan|instead\sof)
    |(?P<intervention>(?:treatment|treated|therapy|managed|dealt)\s(?:with|by)|receiv\w+|administ\w+|given|exposed\sto
        |exposure\sto|test(?:s|ed|ing)|evaluat\w+|investigat\w+|propos\w+|manipulat\w+|us(?:e|es|ed|ing)(?:\sof)?
        |(?:effects?|efficacy|effectiveness|safety|benefits?|impact|role)\s(?:and\s\w+\s)*of|interventions?|defined\sas)
    |(?P<outcome>report(?:s|ed|ing)?|measur(?:e|es|ed|ing)|outcomes?(?:\sof\sinterest)?|(?:effects?|impact|influence)\son
        |improv\w*|reduc\w*|in\sterms\sof|associated\swith)
    |(?P<population>in|among|with|who|enroll?\w*|recruit\w*|target(?:s|ed|ing)|aimed\sat|aged|diagnosed|suffering\sfrom
        |(?:carried\sout|conducted|performed)\s(?:on|in|with)|from|for)
    )(?![\w-])"""
)
"""The same of sentences that say what studies have."""
VERSUS = re.compile(r"(?i)(?:\bcompar(?:ed|ing) (?:with|to)\b|\bversus\b|\bvs\b\.?|\bagainst (?:placebo|no)\b)")
"""What stands between a treatment and its comparator."""
_COMPARES = re.compile(
    r"(?i)\bcompar(?:e|es|ed|ing)\s+(?!with\b|to\b)(?P<one>[^.;]*?)\s+(?:with|to|versus|vs\.?|against)\s"
)
_ENDS = re.compile(r"(?i)\bas (?:an? |the |their )?(?:primary |secondary |main )?outcomes?\b")


def statement_phrases(statement: str, usual: str = "") -> Iterator[tuple[str, str]]:
    """(role, phrase) of a sentence that says what eligible studies have.

    Args:
        usual: the role of what stands before any small word that tells; the intervention if there is none.

    >>> list(statement_phrases("Trials that enrolled adults with gout and compared yoga with usual care"))
    [('population', 'gout'), ('intervention', 'yoga'), ('comparator', 'usual care')]
    """
    if _ENDS.search(statement):
        yield from (("outcome", phrase) for phrase in noun_phrases(_ENDS.sub(" ", statement)))
        return
    statement = _COMPARES.sub(r"using \g<one> compared with ", statement)
    role, start = usual or "intervention", 0
    for turn in _SAID.finditer(statement):
        yield from _of_part(statement[start : turn.start()], role)
        role, start = str(turn.lastgroup), turn.end()
    yield from _of_part(statement[start:], role)


def asks_for_effects(texts: str) -> bool:
    """Whether a title or question asks what a treatment does, which trials answer.

    >>> asks_for_effects("Is yoga training effective in asthma?"), asks_for_effects("How common is asthma?")
    (True, False)
    """
    return bool(_EFFECTS.search(texts) and (_TREATMENT.search(texts) or any(map(is_drug, noun_phrases(texts)))))


def asks_for_accuracy(texts: str) -> bool:
    """Whether a title or question asks how well a test finds a condition.

    >>> asks_for_accuracy("How accurate is ultrasound for gallstones?"), asks_for_accuracy("Does yoga help?")
    (True, False)
    """
    return bool(_ACCURACY.search(texts))


def _of_part(part: str, role: str) -> Iterator[tuple[str, str]]:
    for phrase in noun_phrases(part):
        said = roles_by_words(phrase)
        fixed = role in ("comparator", "outcome") or role in said or len(said) != 1
        yield (role if fixed else said.pop()), phrase
