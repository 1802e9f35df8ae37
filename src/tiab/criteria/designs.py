"""Study designs in the words that people use, such as "RCT" or "case series" ► the designs that tiab knows."""

from __future__ import annotations

import re

from tiab.criteria.concepts import DESIGNS

__all__ = ["designs_called"]

_CALLED: dict[str, str] = {
    "randomised trial": (
        "rct, rcts, randomised, randomised study, randomised controlled trial, randomised clinical trial, "
        "randomised controlled study, randomised controlled clinical trial, randomised experiment, cluster "
        "randomised trial, cluster rct, parallel group trial, placebo controlled trial, double blind trial"
    ),
    "non-randomised trial": (
        "nrct, nrsi, quasi randomised trial, quasi rct, quasi experimental study, quasi experiment, quasi "
        "experimental trial, quasi experimental, non randomised controlled trial, non randomised study, non "
        "randomised, controlled clinical trial, cct, controlled before after study, controlled before and "
        "after study, non randomised study of intervention"
    ),
    "single-arm trial": (
        "single arm, single arm study, single group trial, single group study, uncontrolled trial, pre post "
        "study, before after study, before and after study, pre post, open label trial, phase i trial"
    ),
    "crossover trial": (
        "crossover, cross over, cross over trial, cross over study, crossover study, randomised crossover trial"
    ),
    "cohort study": (
        "cohort, prospective cohort study, retrospective cohort study, prospective study, longitudinal study, "
        "longitudinal, prospective cohort, retrospective cohort, follow up study, retrospective study, "
        "registry study"
    ),
    "case-control study": "case control, nested case control study",
    "cross-sectional study": "cross sectional, survey, prevalence study, cross sectional survey",
    "systematic review": (
        "meta analysis, metaanalysis, systematic review and meta analysis, umbrella review, systematic literature "
        "review, systematic mapping study, systematic map"
    ),
    "review": "narrative review, literature review, review article, overview",
    "protocol": "study protocol, trial protocol, trial registration",
    "case report": "case series, case study, case reports, single case, n of 1 trial",
    "qualitative study": (
        "qualitative, qualitative research, interview study, focus group study, ethnography, mixed methods "
        "study, mixed methods"
    ),
    "animal study": "animal, animal experiment, in vivo study, preclinical study, preclinical, animal model",
    "laboratory study": "in vitro, in vitro study, laboratory, laboratory experiment, ex vivo study, bench study",
    "letter": "editorial, comment, commentary, opinion, correspondence, letter to the editor, opinion piece, note",
}
"""What each of `DESIGNS` is also called, in the spelling of `_plain`."""
_SEVERAL: dict[str, tuple[str, ...]] = {
    "observational study": ("cohort study", "case-control study", "cross-sectional study"),
    "observational": ("cohort study", "case-control study", "cross-sectional study"),
    "clinical trial": ("randomised trial", "non-randomised trial", "single-arm trial", "crossover trial"),
    "trial": ("randomised trial", "non-randomised trial", "single-arm trial", "crossover trial"),
    "intervention study": ("randomised trial", "non-randomised trial", "single-arm trial", "crossover trial"),
    "interventional study": ("randomised trial", "non-randomised trial", "single-arm trial", "crossover trial"),
    "controlled trial": ("randomised trial", "non-randomised trial"),
    **dict.fromkeys(
        ("diagnostic accuracy study", "diagnostic test accuracy study", "diagnostic study", "accuracy study"),
        ("cohort study", "cross-sectional study", "case-control study"),
    ),
}
"""Words for more than one of `DESIGNS`."""


def designs_called(name: str) -> tuple[str, ...]:
    """The designs, of `DESIGNS`, that a word of everyday use stands for; none where tiab knows no such word.

    >>> designs_called("RCTs"), designs_called("Randomized controlled trials"), designs_called("quasi-experimental")
    (('randomised trial',), ('randomised trial',), ('non-randomised trial',))
    """
    plain = _plain(name)
    return _SEVERAL.get(plain) or _BY_NAME.get(plain, ())


def _plain(name: str) -> str:
    """One spelling of a name: British, in the singular, without hyphens and without "design" at its end."""
    words = re.sub(r"[\s\-‐-–_]+", " ", name.casefold()).replace("randomiz", "randomis").strip(" .")
    words = re.sub(r"\b(non|quasi|pre|inter)(randomis|experiment|clinical)", r"\1 \2", words)
    words = re.sub(r"\bpre clinical\b", "preclinical", words)
    words = re.sub(r"\bstudies\b", "study", words)
    words = re.sub(r"\banalyses\b", "analysis", words)
    words = re.sub(
        r"\b(trial|review|protocol|report|letter|editorial|survey|comment|experiment|design|article|rct)s\b",
        r"\1",
        words,
    )
    return re.sub(r" designs?$", "", words)


_COUNTED = "trial|review|protocol|report|letter|editorial|survey|comment|experiment|design|article|rct"
_BY_NAME: dict[str, tuple[str, ...]] = {
    **{_plain(design): (design,) for design in DESIGNS},
    **{_plain(name): (design,) for design, names in _CALLED.items() for name in names.split(", ")},
}
