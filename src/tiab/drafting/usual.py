"""What goes without saying in a question: the designs that answer it, and the words that their abstracts have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tiab.drafting.draft import DraftConcept, DraftTerm
from tiab.drafting.questions import asks_for_accuracy, asks_for_effects
from tiab.drafting.words import designs_in

__all__ = ["EFFECT_WORDS", "is_about_animals", "usual_designs"]

_ANIMALS = re.compile(r"(?i)\b(?:rodents?|rats?|mice|mouse|animal models?|farm animals|livestock|preclinical)\b")
_TRIALS = ("randomised trial", "non-randomised trial", "crossover trial")
_TRIAL_WORDS = ("randomized controlled trial", "double-blind", "placebo", "comparative trial")
EFFECT_WORDS = (
    *("efficacy", "effectiveness", "tolerability", "adverse event", "adverse effect", "side effect"),
    *("quality of life", "mortality", "safety", "symptom improvement", "response rate", "relapse"),
)
_ACCURACY_DESIGNS = ("cross-sectional study", "cohort study", "case-control study")
_ACCURACY_WORDS = (
    *("diagnostic accuracy", "sensitivity and specificity", "sensitivity", "specificity", "predictive value"),
    *("likelihood ratio", "ROC curve", "area under the curve", "reference standard", "gold standard"),
)
_REVIEW_WORDS = ("systematic review", "literature review", "literature survey", "meta-analysis", "mapping study")
_ASKED_FOR = re.compile(r"(?i)\b(?:which|what|how many) ((?:[\w-]+ ){0,4}?(?:reviews|trials|studies))\b")
"""What a question asks for, where that is a kind of study."""
_NO_STUDIES = ("case report", "animal study", "laboratory study", "letter")


def is_about_animals(text: str) -> bool:
    """Whether a protocol is about animals."""
    return bool(_ANIMALS.search(text))


def usual_designs(
    named: Sequence[str], unwanted: Sequence[str], asked: str, *, animals: bool = False
) -> list[DraftConcept]:
    """The designs that the text names; else those of trials, where the question is what a treatment does to people."""
    designs = tuple(dict.fromkeys((*named, *_asked_for(asked))))
    against = tuple(dict.fromkeys(design for design in unwanted if design not in designs))
    why = "by name"
    if animals and not designs:
        designs, why = ("animal study",), "the text is about animals"
    elif asks_for_accuracy(asked):
        why = "by name" if designs else "the question asks how accurate a test is, and no design is named"
        designs = designs or tuple(design for design in _ACCURACY_DESIGNS if design not in against)
    elif not designs and asks_for_effects(asked):
        designs, why = _TRIALS, "the question asks what a treatment does, and no design is named"
        against = tuple(dict.fromkeys((*against, *_NO_STUDIES)))
    if not designs and not against:
        return []
    usual = _usual_words(designs, asked)
    terms = tuple(DraftTerm(text=text, line=1, source=why) for text in usual)
    return [
        DraftConcept(
            role="design", name="study design", terms=terms, designs=designs, against_designs=against, because=why
        )
    ]


def _usual_words(designs: tuple[str, ...], asked: str) -> tuple[str, ...]:
    """What abstracts of the studies that are asked for usually say."""
    if asks_for_accuracy(asked):
        return _ACCURACY_WORDS
    if "systematic review" in _asked_for(asked):
        return _REVIEW_WORDS
    if designs == ("systematic review",):
        return _REVIEW_WORDS
    return _TRIAL_WORDS if "randomised trial" in designs else ()


def _asked_for(asked: str) -> tuple[str, ...]:
    """The designs of the studies that a question asks for.

    >>> _asked_for("Which systematic literature reviews are there?"), _asked_for("Does yoga help?")
    (('systematic review',), ())
    """
    return tuple(design for found in _ASKED_FOR.finditer(asked) for design in designs_in(found[1]))
