"""Spelling: American for British, singular for plural; the same for every word, so both sides of a match agree."""

from __future__ import annotations

import re

__all__ = ["american", "singular", "stem_forms"]

# Sounds inside a word. A rule may bend a word that is no British spelling: it bends it the same way everywhere.
_INSIDE = (
    ("haem", "hem"), ("aemi", "emi"), ("oedem", "edem"), ("oestr", "estr"), ("oesoph", "esoph"), ("paed", "ped"),
    ("foet", "fet"), ("faec", "fec"), ("caec", "cec"), ("anaesth", "anesth"), ("gynaec", "gynec"), ("aetio", "etio"),
    ("coeli", "celi"), ("diarrhoea", "diarrhea"), ("rhoea", "rhea"), ("leucocyt", "leukocyt"), ("sulph", "sulf"),
    ("tumour", "tumor"), ("behaviour", "behavior"), ("colour", "color"), ("favour", "favor"), ("labour", "labor"),
    ("neighbour", "neighbor"), ("odour", "odor"), ("rumour", "rumor"), ("vapour", "vapor"), ("humour", "humor"),
    ("honour", "honor"), ("fibre", "fiber"), ("programme", "program"), ("grey", "gray"), ("mould", "mold"),
    ("manoeuv", "maneuv"), ("homoeo", "homeo"), ("ageing", "aging"), ("orthopaed", "orthoped"), ("naevus", "nevus"),
    ("caesar", "cesar"), ("palaeo", "paleo"), ("archaeo", "archeo"), ("encyclopaed", "encycloped"),
    ("judgement", "judgment"), ("enrolment", "enrollment"), ("fulfil", "fulfill"), ("sceptic", "skeptic"),
    ("tyre", "tire"), ("aluminium", "aluminum"),
)  # fmt: skip
_INSIDE_RE = re.compile("|".join(british for british, _ in _INSIDE))
_INSIDE_MAP = dict(_INSIDE)
_ENDINGS = (
    (re.compile(r"is(e|ed|er|ers|es|ing|ation|ations|ational|able)$"), r"iz\1"),
    (re.compile(r"ys(e|ed|er|ers|ing)$"), r"yz\1"),
    (re.compile(r"(cent|met|lit|theat|calib|lust|meag|somb|spect)res?$"), r"\1er"),
    (re.compile(r"([aeiou])ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"(def|off|pret|lic)ence$"), r"\1ense"),
    (re.compile(r"practis"), "practic"),
)
_BRITISH = re.compile("|".join([_INSIDE_RE.pattern, *(pattern.pattern for pattern, _ in _ENDINGS)]))
"""In any word that some rule bends: most words are none, and one look tells."""
_IRREGULAR = {
    "mice": "mouse", "women": "woman", "men": "man", "children": "child", "feet": "foot", "teeth": "tooth",
    "analyses": "analysis", "metastases": "metastasis", "hypotheses": "hypothesis", "syntheses": "synthesis",
    "diagnoses": "diagnosis", "prognoses": "prognosis", "psychoses": "psychosis", "neuroses": "neurosis",
    "biases": "bias", "criteria": "criterion", "phenomena": "phenomenon", "indices": "index", "matrices": "matrix",
    "species": "species", "series": "series", "mellitus": "mellitus", "stimuli": "stimulus", "bacteria": "bacterium",
}  # fmt: skip
_KEEPS_S = ("ss", "us", "is", "as", "os", "ics")
_MIN_PLURAL = 3


def american(word: str) -> str:
    """`word` (lower case) in American spelling.

    >>> [american(w) for w in ("haemoglobin", "randomised", "behavioural", "fibre", "modelling", "analysed")]
    ['hemoglobin', 'randomized', 'behavioral', 'fiber', 'modeling', 'analyzed']
    """
    if len(word) < 4 or not _BRITISH.search(word):
        return word
    word = _INSIDE_RE.sub(lambda found: _INSIDE_MAP[found[0]], word)
    for pattern, replacement in _ENDINGS:
        word = pattern.sub(replacement, word)
    return word


def singular(word: str) -> str:
    """`word` (lower case, American) without its plural -s; a rough rule, the same for every word.

    >>> [singular(w) for w in ("patients", "studies", "classes", "sclerosis", "mice", "diabetes")]
    ['patient', 'study', 'class', 'sclerosis', 'mouse', 'diabete']
    """
    irregular = _IRREGULAR.get(word)
    if irregular:
        return irregular
    if len(word) < _MIN_PLURAL or not word.endswith("s") or word.endswith(_KEEPS_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def stem_forms(stem: str) -> tuple[str, ...]:
    """The spellings with which a word that truncation `stem*` means may begin.

    >>> stem_forms("randomis"), stem_forms("tumour"), stem_forms("cytokin")
    (('randomis', 'randomiz'), ('tumour', 'tumor'), ('cytokin',))
    """
    forms = [stem, _INSIDE_RE.sub(lambda found: _INSIDE_MAP[found[0]], stem)]
    for british, other in (("is", "iz"), ("iz", "is"), ("ys", "yz"), ("yz", "ys")):
        forms += [form[:-2] + other for form in forms if form.endswith(british)]
    return tuple(dict.fromkeys(forms))
