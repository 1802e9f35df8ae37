"""Noun phrases by simple rules: what stands between small words, verbs and punctuation."""

from __future__ import annotations

import re

__all__ = ["noun_phrases"]

_LONGEST = 4
_SMALL_WORDS = """
    a able about administered after against aimed all allowed also am among an and another any are as assess
    assessed assessing associated at based be because been before being between both but by can clear collected
    combined compare compared compares comparing conducted considered could defined describe described describing
    diagnosed did do does done due during e e.g each eg eight either eligible etc evaluate evaluated evaluating
    every examined examining exclusively first five focus focused focusing following for four from g had has have
    having he her here his how i i.e ie if in include included includes including into involved involving is it its
    least less main may measured measures measuring might more most must needed neither new nine no nor not of on
    one only onto or original other our over per performed provide provided providing published received receiving
    regarding related report reported reporting reports same second seven shall she should since six so some
    specifically such ten than that the their them then there these they this those three through to towards two
    under undergoing until us use used uses using versus very via vs was we well were what when where whether which
    while who whom whose will with within without would written your
"""
_GENERAL_WORDS = """
    adult adults age aged analysis article articles baseline case cases change changes comparator comparators
    comparison condition conditions control controls criteria criterion data design designs different drug drugs
    effect effectiveness effects efficacy english factor factors full group groups high human humans individual
    individuals information intervention interventions language level levels low measure measurement measurements
    method methods model models months number numbers other others outcome outcomes paper papers participant
    participants patient patients people person persons population populations potential primary publication
    publications question rate rates relevant result results review reviews safety sample samples secondary set
    specific studies study subject subjects system systems test tests therapies therapy time times treatment
    treatments trial trials type types value values weeks year years
"""
_SMALL, _GENERAL = frozenset(_SMALL_WORDS.split()), frozenset(_GENERAL_WORDS.split())
"""Words that end a phrase, and words that say nothing of a review's subject where they stand alone."""


def noun_phrases(text: str) -> list[str]:
    """The phrases of a text that may be terms, each once, in its order.

    >>> noun_phrases("Adults with knee osteoarthritis or rheumatoid arthritis (RA), treated by gait training.")
    ['knee osteoarthritis', 'rheumatoid arthritis', 'gait training']
    """
    found: dict[str, None] = {}
    for piece in re.split(r"[^\w\s'’+./‐-]+|[./](?=\s|$)|\s-\s", text):
        words: list[str] = []
        for word in [*re.findall(r"[\w'’+./‐-]+", piece), "and"]:
            plain = word.strip("'’./-").casefold()
            if plain in _SMALL or _is_verb(plain) or not re.search(r"[^\W\d_]", plain):
                _add(found, words)
                words = []
            else:
                words.append(word.strip("'’./-"))
    return list(found)


def _is_verb(word: str) -> bool:
    return bool(
        re.fullmatch(r"(?:treat|report|includ|investigat|compar|describ|study|assess|receiv)(?:ed|ing|s)", word)
    )


def _add(found: dict[str, None], words: list[str]) -> None:
    while words and words[0].casefold() in _GENERAL:
        words = words[1:]
    telling = [word for word in words if word.casefold() not in _GENERAL]
    if telling and (len(telling) > 1 or len(telling[0]) > 2):
        phrase = " ".join(words[-_LONGEST:])
        if len(words) > 1 or not phrase.isupper() or len(phrase) > 3:
            found.setdefault(phrase, None)
