"""Noun phrases by simple rules: what stands between small words, verbs and punctuation."""

from __future__ import annotations

import re

from tiab.drafting.members import is_known

__all__ = ["GENERAL_WORDS", "SMALL_WORDS", "noun_phrases"]

_LONGEST = 4
_SMALL = """
    a able about according administered after against aimed all allowed alone already also am among an and another
    any are as assess assessed assessing associated at based be because been before being between both but by
    calculating can classified clear collected combined compare compared compares comparing conducted conducting
    confirmed considered contained could defined describe described describing detect detected detecting diagnosed
    did differ differed differing differs discussing do does done due during e e.g each earlier effective eg eight
    either eligible empirical etc evaluate evaluated evaluating every examined examining exclusively first five
    focus focused focusing followed following for found four from g had has have having he her here his how i i.e
    ie if in include included includes including into involved involving is it its least less main may measured
    measures measuring might more most must needed neither new nine no nor not of on one only onto or original
    other our over per performed presumed proposing provide provided providing published received receiving
    regarding related report reported reporting reports reviewing safe same second seen selected seven shall she
    should since six so some sought specifically such suspected ten than that the their them then there these they
    this those thought three through to towards two under undergoing underwent until us use used uses using
    validating verified versus very via vs was we well were what when where whether which while who whom whose will
    with within without would written your
    achieving concerning containing decreasing depend depends determine determines determining developing enhancing
    exist exists exploring fulfilling having increasing lasting listed managing meeting occurring perform predict
    exclude excluded excludes excluding help helped helps predicts preventing promote promotes promoting reducing
    relating satisfy satisfying subjected treating understanding unless whatever
"""
_GENERAL = """
    accurate academic accuracy adult adults age aged agent agents ages analysis area areas article articles aspect
    aspects association associations baseline benefit benefits case cases change changes clinical combination
    comparative comparator comparators comparison concerns concurrent condition conditions contain contains context
    control controls countries country criteria criterion cumulative current data dependent design designs detection
    diagnosis diagnostic different differentiation drug drugs effect effectiveness effects efficacy element elements
    empirical english environment events example existing factor factors framework frameworks full gold group groups
    harm harms health high higher history human humans independent index individual individuals industry information
    interest interpretation intervention interventions kind kinds known language large level levels like literature low
    measure measurement measurements meet meta-analysis method methods metrics model models months newer nonusers
    number numbers older order other others outcome outcomes output overview paper papers part participant participants
    parts patient patients people person persons phase phases population populations potential preclinical preparation
    preparations presence primary prior publication publications quality question rate rates recent relating relation
    relations relevance relevant relief result results review reviews risk risks role safety sample samples scale
    search searches secondary set sets setting settings side small source specific standard status studies study
    subject subjects system systematic systems targeted technique techniques test tests therapies therapy time times
    tools topic topics treatment treatments trial trials type types unit units use usual validation value values
    variable variables variants variation variations week weeks work works year years
    abstract abstracts academia active anything approach approaches author authors average conference consequences
    contribution correlation day days direct disease diseases disorder disorders dissertation dissertations duration
    evidence exclusion extent feature features form forms full-text healthy hour hours inclusion indirect induction
    issue issues journal journals magnitude mean means minimum month need needs option options overall patterns
    peer-reviewed perspective perspectives poster posters practice practices problem problems proceedings process
    processes proportion quantify range reason reasons record records researcher researchers scope service
    services sex sexes show shows significant state strategies strategy symptom symptoms text theses thesis total
    unpublished view views way ways
    available correlates cross-sectional determinants experimental longitudinal observational original peco pico
    possible potentially prospective qualitative quantitative randomised randomized relationship relationships
    retrospective significance statistical statistically unique
"""
SMALL_WORDS, GENERAL_WORDS = frozenset(_SMALL.split()), frozenset(_GENERAL.split())
"""Words that end a phrase, and words that say nothing of a review's subject where they stand alone."""
_NARROWING = frozenset(("low", "high", "primary", "secondary", "age", "healthy"))
"""General words that belong to a phrase that they begin: low back pain."""
_OF_THE_PHRASE = frozenset(
    (
        *("age", "case", "data", "drug", "drugs", "group", "health", "information", "language", "literature", "model"),
        *(
            "patient",
            "population",
            "quality",
            "risk",
            "search",
            "study",
            "system",
            "test",
            "time",
            "treatment",
            "trial",
        ),
    )
)
"""General words that stay with a single word behind them: test case prioritization, language impairment."""
_NARROWS = ("ic", "al", "ive", "ary", "ous", "ed", "ing", "-based", "-induced")
"""How adjectives end."""
_KEPT = re.compile(
    r"(?i)\b(?:quality of life|activities of daily living|range of motion|standard of care|usual care"
    r"|treatment as usual|(?:in|ex) vivo|in vitro|in situ|in silico|in ovo|in utero)\b"
)
"""Phrases that hold a small word."""
_NO_ADVERBS = frozenset(("family", "elderly", "anomaly", "assembly", "supply", "butterfly", "dragonfly", "monopoly"))
_PARTICIPLE = re.compile(
    r"(?i)(?<!train)(?<!screen)(?<!imag)(?<!counsel)(?<!counsell)(?<!smok)(?<!cycl)ing$|[^aeiou]ed$"
)
"""A verb's form that says nothing alone; some are nouns."""


def noun_phrases(text: str) -> list[str]:
    """The phrases of a text that may be terms, each once, in its order.

    >>> noun_phrases("Adults with knee osteoarthritis or rheumatoid arthritis (XRA), treated by gait training.")
    ['knee osteoarthritis', 'rheumatoid arthritis', 'gait training']
    """
    found: dict[str, None] = {}
    text = re.sub(r"(?i)\band/or\b", "or", text)
    text = re.sub(r"(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})", " / ", text)
    text = _KEPT.sub(lambda match: match[0].replace(" ", "_"), text)
    for piece in re.split(r"[^\w\s'’+./‐-]+|[./](?=\s|$)|\s-\s", text):
        words: list[str] = []
        spoken = [*re.findall(r"[\w'’+./‐-]+", piece), "and"]
        for place, word in enumerate(spoken):
            plain = word.strip("'’./-").casefold()
            if plain in SMALL_WORDS or _is_verb(plain) or not re.search(r"[^\W\d_]", plain):
                ends = place == len(spoken) - 1  # "experiences of feeding"; "in feeding the fish" is a verb
                if len(words) != 1 or ends or not _PARTICIPLE.search(words[0]):
                    _add(found, words)
                words = []
            else:
                words.append(re.sub(r"^(?:post|pre)-(?=[A-Z]{2,}$)", "", word.strip("'’./-")))
    return list(dict.fromkeys(form.replace("_", " ") for phrase in found for form in _forms(phrase)))


def _forms(phrase: str) -> list[str]:
    """A long phrase, and the same without its first word, or its last, which most often only narrow it down."""
    words = phrase.split(" ")
    shorter = [part for part in (words[1:], words[:-1]) if len(part) > 1 and _tells(part)]
    return [phrase, *(" ".join(part) for part in shorter)]


def _tells(words: list[str]) -> bool:
    """Whether words make a term without the rest: the last is none that only narrows another down."""
    told = [word for word in words if word.casefold() not in GENERAL_WORDS]
    return bool(told) and not words[-1].casefold().endswith(_NARROWS) and words[-1].casefold() not in SMALL_WORDS


def _is_verb(word: str) -> bool:
    """Whether a word ends a phrase: a form of some verbs, an adverb."""
    adverb = len(word) > 5 and word.endswith("ly") and word not in _NO_ADVERBS and "-" not in word
    return adverb or bool(
        re.fullmatch(r"(?:treat|report|includ|investigat|compar|describ|study|assess|receiv)(?:ed|ing|s)", word)
    )


def _belongs(words: list[str]) -> bool:
    """Whether the general words at the beginning belong to the one word that says something."""
    *before, last = (word.casefold() for word in words)
    return bool(before) and _OF_THE_PHRASE.issuperset(before) and last not in GENERAL_WORDS


def _add(found: dict[str, None], words: list[str]) -> None:
    while words and words[0].casefold() in GENERAL_WORDS - _NARROWING and not _belongs(words):
        words = words[1:]
    telling = [word for word in words if word.casefold() not in GENERAL_WORDS]
    if telling and (len(telling) > 1 or len(telling[0]) > 2 or is_known(telling[0])):
        phrase = " ".join(words[-_LONGEST:])
        if len(words) > 1 or not phrase.isupper() or len(phrase) > 3 or is_known(phrase):
            found.setdefault(phrase, None)
