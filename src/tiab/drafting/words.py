"""What a sentence says of languages, years and study designs."""

from __future__ import annotations

import re

from tiab.criteria import designs_called

__all__ = ["designs_in", "languages_in", "years_in"]

_LANGUAGES = (
    *("english", "french", "german", "spanish", "italian", "portuguese", "dutch", "chinese", "japanese", "korean"),
    *("russian", "danish", "norwegian", "swedish", "finnish", "polish", "turkish", "persian", "arabic"),
)
_LONGEST = 4
_VAGUE = frozenset(
    (
        *(
            "review",
            "survey",
            "surveys",
            "note",
            "letter",
            "comment",
            "animal",
            "trial",
            "trials",
            "laboratory",
            "longitudinal",
            "protocol",
        ),
        *("overview", "qualitative", "observational", "randomised", "randomized", "opinion", "cohort"),
    )
)
"""Words for a design only beside "study", "trials" and the like."""


def languages_in(text: str) -> tuple[str, ...]:
    """The languages that a sentence names, in lower case.

    >>> languages_in("written in English or Dutch")
    ('english', 'dutch')
    """
    words = re.findall(r"[a-z]+", text.casefold())
    return tuple(language for language in _LANGUAGES if language in words)


def years_in(text: str) -> tuple[int | None, int | None]:
    """(first, last) year that a sentence limits to; None is open.

    >>> years_in('yr="2005 -Current"'), years_in("published before 1999"), years_in("between 1990 and 2010")
    ((2005, None), (None, 1999), (1990, 2010))
    """
    years = sorted({int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text)})
    if len(years) > 1:
        return years[0], years[-1]
    if not years:
        return None, None
    return (None, years[0]) if re.search(r"(?i)\b(?:before|until|up to|prior)\b", text) else (years[0], None)


def designs_in(text: str) -> tuple[str, ...]:
    """The study designs that a sentence names.

    >>> designs_in("Randomised controlled trials and cohort studies; case reports are not eligible")
    ('randomised trial', 'cohort study', 'case report')
    """
    found: list[str] = []
    for part in re.split(r"[^\w\s‐–-]+|\b(?:and|or)\b", text):
        words = part.split()
        place = 0
        while place < len(words):
            size, designs = _longest(words[place : place + _LONGEST])
            found += designs
            place += size
    return tuple(dict.fromkeys(found))


def _longest(words: list[str]) -> tuple[int, tuple[str, ...]]:
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size])
        designs = designs_called(name)
        if designs and name.casefold() not in _VAGUE:
            return size, designs
    return 1, ()
