"""Parts: what a statement holds for alone, and is never taken for the whole: a time, a dose, some of the people."""

from __future__ import annotations

import re

__all__ = [
    "has_several_doses",
    "is_arm",
    "is_by_sex_or_age",
    "is_dose",
    "is_in_cells",
    "is_of_a_part",
    "is_of_the_start",
    "is_of_whom_was_treated",
    "limits",
    "part_of",
]

_COMPARED = "".join(rf"(?<!{word} )" for word in ("than", "that", "with", "to", "from"))
"""Not behind a word by which something is compared with the start."""
_START = re.compile(
    rf"{_COMPARED}(?<!than at )(?<!and )\b(?:at|on)\s(?:the\s)?(?:baseline|study\sentry|entry|enrol\w+|inclusion"
    r"|admission|diagnosis|beginning|start|outset|week\s0|T0)\b"
    r"(?!\s?(?:,|and|or|nor|to)\s(?:(?:at|after|\d+|in|on|the|\w+)\s)?(?:\d|after|at|follow|end|week|month|post|throughout))"
    rf"|{_COMPARED}(?<!and )(?<!versus )(?<!vs )(?<!week )\b(?:before|prior\sto)\s(?!and|or|to|versus|vs)"
    r"(?:(?:the|any|starting)\s){0,2}(?:\w+\s)?(?:training|intervention|treatment|program\w*|study|therapy|supplementation"
    r"|surgery|randomi[sz]ation)\b(?!\sand\s(?:after|at|following|post|\d))"
    r"|\bbaseline\s(?:(?!values?|levels?)[\w-]+\s){1,5}(?:groups?|arms?)\s(?:did|were|was|had)\b"
    rf"|{_COMPARED}(?<!of )(?<!their )(?<!the )\bpre-?(?:training|treatment|intervention)\s(?!to|and|or|vs|versus)\w",
    re.IGNORECASE,
)
_START_SIGNS = (
    "baseline", "before", "prior to", "pre", "entry", "enrol", "inclusion", "admission", "diagnosis", "beginning",
    "start", "outset", "week 0", "t0",
)  # fmt: skip
"""One of these stands in each text that `_START` finds something in; they are quicker to look for."""
_BASELINE_OF = re.compile(
    rf"{_COMPARED}(?<!for )\bbaseline\s(?:(?!was|were|and|to|but)[\w-]+\s){{0,4}}$", re.IGNORECASE
)
_OF_BASELINE = re.compile(r"(?:[A-Z]{4,}:?\s)?Baseline\s(?!to\b)")
_TIME = re.compile(
    r"\b(?:during|over|within|in)\s(?:the\s)?(?:first|last|final|initial)\s(?:[\w-]+\s)?(?:weeks?|wk|months?|days?|years?|h|hours?)\b|"
    r"\b(?:at|on|in)\s(?:the\s)?(?:(?:week|month|day|year|visit)s?\s\d+\b(?:(?:,|\sand|\sto)\s\d+\b)*"
    r"|(?:\d+|two|three|four|five|six|eight|ten|twelve)[\s-](?:weeks?|months?|days?|years?|hours?|h|minutes|min)\b(?:\sfollow-?up)?"
    r"|(?:first|second|third)\s(?:week|month|day|visit)\b|(?:any\s)?(?:other|remaining)\stime(?:[\s-]?points?|s)\b)",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"\b(?:with|at|for|on|after|during|under)\s(?:(?:the|treatment\swith)\s)?(?:[A-Za-z][\w-]+\s)??(?:(?:low|high|lower|higher|medium|middle|highest|lowest|smaller|larger)(?:\sof\sthe\stwo)?[\s-]doses?"
    r"|\d+(?:\.\d+)?\s?(?:mg|g|mcg|µg|μg|IU)(?:/\w+)*)\b",
    re.IGNORECASE,
)
_ONE_DOSE = re.compile(
    r"(?:in|with|at|for|on|after|during|under)\s.*(?:\bdose\b|\bdoses\b|\d\s?(?:mg|g|mcg|µg|μg|IU)\b)", re.IGNORECASE
)
_DOSES = re.compile(
    r"\b(?:low(?:er)?|high(?:er)?)[\s-]doses?\b|\bdose groups\b|\bat (?:both|either|all) doses\b", re.IGNORECASE
)
_AMOUNT = re.compile(r"\b(\d[\d,]*(?:\.\d+)?)\s?(mg|g|mcg|µg|μg|IU)\b(?!/d?[lL]\b)(?!\s?ml\b)")
_ALONE = re.compile(
    r"\b\d+(?:\.\d+)?\s?%\sof\s(?:those|the|all|patients|participants|subjects|women|men)\b(?=.*\b(?:had|having|showed|no)\b)|"
    r"\bat\s(?:any\s)?(?:other|remaining)\stime|"
    r"(?<!not )\b(?:only|solely|exclusively)\s(?:in|at|after|among|for|on|within|during|with)\b"
    r"|^\W*(?:(?:in|among)\s)?(?:those|responders|non-responders|completers)\b"
    r"|^\W*(?:only|solely)\s(?:the\s)?(?!significant|one|two|a\b)\w+"
    r"|\b(?:groups?|arms?|women|men|males|females|patients|subjects|participants|weeks?|months?|controls)\s(?:only|alone)\b",
    re.IGNORECASE,
)
_ALONE_SIGNS = (
    "nly",
    "olely",
    "xclusively",
    "alone",
    "%",
    "hose",
    "esponders",
    "ompleters",
    "ther time",
    "maining time",
)
_OF_A_PART = re.compile(
    r"(?:(?:only|solely|exclusively)\s)?(?:at|after|during|within|on|by|under|following|with)\b|return|(?:week|month)s?\s",
    re.IGNORECASE,
)
_BUT_NOT = re.compile(
    r"\b(?:but|and|though|although|while|whereas)\s(?:(?:was|were|did)\s)?(?:not|no\slonger)\s(?P<other>(?:in|at|after|on|for|with|among|during|under|by|within|following)\s[^.;]{2,60})",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"\breturn(?:ed|ing|s)?\s(?:\w+\s)?to\s(?:the\s|its\s|their\s)?(?:bas\w+|initial|pre|normal)", re.IGNORECASE
)
_SEX_OR_AGE = re.compile(
    r"\b(?:gender|sex|age|racial|ethnic|seasonal)[\s-](?:\w+\s)?(?:differen\w+|effects?)\b"
    r"|\bbetween\s(?:the\s)?(?:(?:two|both)\s)?(?:men|women|males|females|sexes|genders|boys|girls|young\w*|older|old)\b"
    r"|\bbetween\s(?:the\s)?(?:patients|subjects|participants|people|persons|individuals|adults)\swith\b",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\bin\svitro\b|\bcell\slines?\b|\bincubat\w+", re.IGNORECASE)
_TREATED = re.compile(
    r"\b(?:exercis\w*|train\w*|interven\w*|experiment\w*|treat\w*|study|supplement\w*|diet\w*|yoga|active|program\w*|rehabilit\w*)\b",
    re.IGNORECASE,
)
_ARM = re.compile(r"\b(?:groups?|arms?)$", re.IGNORECASE)
_DEGREE = re.compile(
    r"\b(?:low|high|lower|higher|moderate|medium)\b|\b(?:low|high|moderate)-|\bdoses?\b|\d|\bintens\w+|\bonce\b|\btwice\b",
    re.IGNORECASE,
)


def is_of_the_start(sentence: str, clause: str, before: str) -> bool:
    """Whether a clause tells how things were before anything was done; `before` is what stands before the target.

    >>> [is_of_the_start(f"IL-6 was {x}", x, "") for x in ("similar at baseline", "lower than at baseline")]
    [True, False]
    """
    low = f"{sentence} {before}".lower()
    if not any(sign in low for sign in _START_SIGNS):
        return False
    found = _START.search(clause) or _BASELINE_OF.search(before) or _OF_BASELINE.match(sentence)
    return found is not None


def is_in_cells(sentence: str) -> bool:
    """Whether a sentence tells of cells that nobody carries: in vitro, incubated.

    >>> is_in_cells("In vitro, irisin lowered IL-6.")
    True
    """
    return _CELLS.search(sentence) is not None


def is_by_sex_or_age(clause: str) -> bool:
    """Whether a clause compares the sexes or ages, so that it tells nothing of what was done.

    >>> is_by_sex_or_age("no gender difference in IL-6")
    True
    """
    return _SEX_OR_AGE.search(clause) is not None


def part_of(clause: str, behind: str) -> str:
    """The time or the dose that a statement names, in the words of the text, or "".

    >>> part_of("IL-6 was lower at 4 weeks", "lower at 4 weeks")
    'at 4 weeks'
    """
    found = _DOSE.search(behind) or _TIME.search(behind) or _DOSE.search(clause) or _TIME.search(clause)
    return " ".join((found[0][0].lower() + found[0][1:]).split()) if found else ""


def has_several_doses(text: str) -> bool:
    """Whether a text tells of more than one dose of something.

    >>> has_several_doses("They got 5 mg/d or 10 mg/d."), has_several_doses("They got 5 mg/d.")
    (True, False)
    """
    found: dict[str, set[str]] = {}
    for amount in _AMOUNT.finditer(text):
        found.setdefault(amount[2], set()).add(amount[1])
    return _DOSES.search(text) is not None or any(len(numbers) > 1 for numbers in found.values())


def is_dose(part: str) -> bool:
    """Whether a part of `Finding.detail` names one dose of several: "in the low-dose group", "at the higher dose".

    >>> is_dose("in the low-dose group"), is_dose("at 4 weeks")
    (True, False)
    """
    return _ONE_DOSE.match(part) is not None


def limits(clause: str, rest: str) -> str | None:
    """None where a statement holds for all; else what it does not hold for, or the words that limit it.

    `rest` is the sentence behind the word of change and what changed, up to what is told next.

    >>> limits("IL-6 fell in women", "fell in women but not in men"), limits("IL-6 fell only in women", "")
    ('in men', 'only in')
    """
    returned, other = _RETURNED.search(rest), _BUT_NOT.search(rest.partition(";")[0])
    if other and not returned:
        return " ".join(other["other"].split())
    alone = returned or (_ALONE.search(clause) if any(sign in clause for sign in _ALONE_SIGNS) else None)
    return " ".join(alone[0].split()) if alone else None


def is_of_a_part(limit: str) -> bool:
    """Whether what `limits` gave is a time or a dose, not a group.

    >>> is_of_a_part("at 8 weeks"), is_of_a_part("in men")
    (True, False)
    """
    return _OF_A_PART.match(limit) is not None


def is_arm(group: str) -> bool:
    """Whether a group is a whole arm, not those of one dose or some of the people.

    >>> is_arm("in the water group"), is_arm("in the low-dose group"), is_arm("in women")
    (True, False, False)
    """
    return _ARM.search(group) is not None and _DEGREE.search(group) is None


def is_of_whom_was_treated(group: str) -> bool:
    """Whether a group is all who got what is tried, not those of one dose or intensity of it.

    >>> is_of_whom_was_treated("the training group"), is_of_whom_was_treated("the low-dose training group")
    (True, False)
    """
    return _TREATED.search(group) is not None and _DEGREE.search(group) is None
