"""What a list of terms is about: population, intervention, comparator, outcome or design, by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["content_words", "design_filter", "named_role", "role_of", "roles_by_words"]

_NAMED = (
    ("design", r"stud(?:y|ies) (?:types?|designs?)|types? of stud|designs?\b|methodological|filter|study design"),
    ("comparator", r"compar(?:ator|ison|ators|isons)|controls?\b"),
    ("outcome", r"outcomes?|target conditions?|reference standards?|gold standards?|endpoints?|phenomen"),
    (
        "population",
        r"population|participants?|patients?|subjects?|conditions?\b|setting|disease|people",
    ),
    ("intervention", r"interventions?|index tests?|exposures?|treatments?|drugs?|therap|concept|predictors?"),
)
"""Words by which a heading says its role."""
_POPULATION = re.compile(
    r"(?i)(?:itis|oma|omas|osis|oses|emia|aemia|pathy|plegia|algia)\b|diseas|syndrom|cancer|neoplas|tumo|carcin|disorder"
    r"|infect|injur|fractur|\bpain|failure|diabet|child|infant|adult|adolesc|\baged|wom[ae]n|newborn|neonat|pregnan|inpatient"
    r"|patient|caries|asthma|copd|depress|dementia|stroke|obes|hypertens|ulcer|trauma|critical|school|elder|malari|tubercul"
)
_INTERVENTION = re.compile(
    r"(?i)therap|treat|drug|surg|train|exercis|program|vaccin|inhibit|agonist|antagonist|tomograph|imaging|ultraso|scan\b"
    r"|\btest|assay|screen|educat|rehab|interven|supplement|mab\b|statin\b|pril\b|olol\b|transplant|injection|laser|block"
    r"|inject|counsel|device|diagnos|scop[yi]|steroid|antibiot|analges|stimulat|nutrition|diet|biops|marker|pcr\b|media\b"
)
_OUTCOME = re.compile(
    r"(?i)mortal|death|quality of life|inciden|recurr|adverse|prognos|surviv|cost|satisf|sensitiv|specific|accura"
    r"|predict|risk|outcome|prevalen|burden|epidemiolog|effective|efficacy|safety|experience|attitud|perception"
)
_METHOD = re.compile(
    r"(?i)random|placebo|controlled|clinical trial|\btrials?\b|double.?blind|single.?blind|\bgroups?\b|cohort"
    r"|case.control|cross.sectional|follow.?up stud|longitudinal|prospective|retrospective|qualitative|focus group"
    r"|interview|ethno|grounded theory|meta.?analy|systematic|drug therapy|crossover|cross.over|allocat|assign"
    r"|volunteer|factorial|comparative"
)
_FILTERS = (
    ("randomised trial", r"(?i)random|placebo|controlled trial|\btrial"),
    ("non-randomised trial", r"(?i)controlled clinical trial|quasi|non.?random"),
    ("crossover trial", r"(?i)cross.?over"),
    ("cohort study", r"(?i)cohort|follow.?up stud|longitudinal|prospective"),
    ("case-control study", r"(?i)case.control"),
    ("cross-sectional study", r"(?i)cross.sectional"),
    ("qualitative study", r"(?i)qualitative|focus group|ethno|grounded"),
    ("systematic review", r"(?i)meta.?analy|systematic review"),
)
_FIRST = re.compile(r"(?i)(?:randomi[sz]ed controlled trial|controlled clinical trial)")
"""How the usual filters begin."""
_ACCURACY = re.compile(
    r"(?i)sensitiv|specific|accura|predictive|roc\b|likelihood|^diagnos\w*\*?$|false (?:pos|neg)|^di$"
    r"|limit of detection|signal.to.noise|reproducib|re-?test|receiver operating|reference standard|gold standard"
)
_STOP = frozenset(
    [
        "with",
        "from",
        "that",
        "this",
        "into",
        "than",
        "have",
        "been",
        "were",
        "their",
        "which",
        "after",
        "before",
        "using",
        "study",
        "studies",
    ]
)


def named_role(heading: str) -> str:
    """The role that a heading says; "" where it says none.

    >>> named_role("Types of participants"), named_role("Index test: clinical red flags"), named_role("Searches")
    ('population', 'intervention', '')
    """
    return next((role for role, words in _NAMED if re.search(rf"(?i)\b(?:{words})", heading)), "")


def design_filter(terms: Sequence[str]) -> tuple[str, ...]:
    """The designs that a methodological filter lets through; none where the terms are no such filter."""
    method = [term for term in terms if _METHOD.search(term)]
    begins = bool(terms) and bool(_FIRST.match(terms[0]))
    if len(method) < 2 or (len(method) * 2 < len(terms) and not begins):
        return ()
    return tuple(design for design, words in _FILTERS if any(re.search(words, term) for term in method))


def role_of(terms: Sequence[str], title: str = "") -> tuple[str, str]:
    """(role, why) of a list of terms; ("", "") where nothing speaks for one.

    Args:
        title: the review's. What stands before its "for" or "in" is more likely done, what stands behind it treated.
    """
    if sum(bool(_ACCURACY.search(term)) for term in terms) * 2 >= len(terms) > 1:
        return "outcome", "a filter of diagnostic accuracy"
    done, treated = _sides(title)
    words = content_words(terms)
    if words & done and not words & treated:
        return "intervention", "the title names it first"
    if words & treated and not words & done:
        return "population", "the title names it last"
    counts = {
        role: sum(bool(pattern.search(term)) for term in terms)
        for role, pattern in (("population", _POPULATION), ("intervention", _INTERVENTION), ("outcome", _OUTCOME))
    }
    best = max(counts, key=lambda role: counts[role])
    return (best, "by its words") if counts[best] * 4 >= len(terms) > 0 else ("", "")


def roles_by_words(phrase: str) -> set[str]:
    """The roles that the words of a phrase speak for.

    >>> roles_by_words("asthma"), roles_by_words("adverse events"), roles_by_words("yoga")
    ({'population'}, {'outcome'}, set())
    """
    patterns = (("population", _POPULATION), ("intervention", _INTERVENTION), ("outcome", _OUTCOME))
    return {role for role, pattern in patterns if pattern.search(phrase)}


def content_words(texts: Iterable[str]) -> set[str]:
    """The first letters of the words that say something; so `vaccin*` and vaccines are the same."""
    return {word[:6] for text in texts for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in _STOP}


def _sides(title: str) -> tuple[set[str], set[str]]:
    parts = re.split(r"(?i)(?<![\w-])(?:for|in|among|to|of)(?![\w-])", title.split(":")[0])
    return (content_words(parts[:1]), content_words(parts[-1:])) if len(parts) > 1 else (set(), set())
