"""Whether two citations are one report where neither an identifier nor the place in print shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tiab.dedupe.citation import Citation
from tiab.dedupe.spelling import word_list

__all__ = ["agree"]

_COUNT = re.compile(r"[0-9]+(?:st|nd|rd|th)?")


def agree(a: Citation, b: Citation) -> bool:
    """Whether `a` and `b`, whose titles are the same and which nothing contradicts, agree in authors, year and journal.

    What is not known agrees with nothing. Two reports of one title by the same authors stand in different journals,
    years or issues; those whose issues differ, or whose title is that of a column, are left to a person.

    >>> from tiab.dedupe.citation import citation_of
    >>> from tiab.records import Record
    >>> def cited(journal): return citation_of(Record(record_id="", authors=("Ito A",), year=2010, journal=journal))
    >>> agree(cited("Journal of Sports Sciences"), cited("J Sports Sci"))
    True
    >>> agree(cited("Journal of Sports Sciences"), cited("J Sports Med"))
    False
    """
    if not (a.surnames and b.surnames and a.year and b.year and a.journal and b.journal):
        return False
    volumes, issues = (a.pagination.volume, b.pagination.volume), (a.pagination.issue, b.pagination.issue)
    if all(issues) and len(set(issues)) > 1:
        return False
    same_volume = all(volumes) and len(set(volumes)) == 1
    if not word_list("columns").isdisjoint(a.words) and not (same_volume and all(issues)):
        return False
    return _same_journal(a, b, same_volume=same_volume)


def _same_journal(a: Citation, b: Citation, *, same_volume: bool) -> bool:
    """Whether two journals or proceedings may be one: in full and abbreviated, with and without number or subtitle."""
    shorter, longer = sorted((_container_words(a), _container_words(b)), key=len)
    if len(shorter) == len(longer) or same_volume:
        return bool(shorter) and _stand_in(shorter, longer[: len(shorter)])
    beside = not word_list("beside_conferences").isdisjoint(set(longer) ^ set(shorter))
    return a.proceedings and b.proceedings and len(shorter) > 1 and not beside and _stand_in(shorter, longer)


def _container_words(citation: Citation) -> list[str]:
    """The words by which journals and conferences are told apart; which meeting it is, the year says."""
    dropped = word_list("stopwords")
    if citation.proceedings:
        dropped |= word_list("meetings")
    return [
        word
        for word in citation.journal.split()
        if word not in dropped and not (citation.proceedings and _COUNT.fullmatch(word))
    ]


def _stand_in(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether the words of the one stand in the other in their order, in full or cut off."""
    left = iter(longer)
    return all(any(one.startswith(other) or other.startswith(one) for other in left) for one in shorter)
