"""Two citations compared: what says that they are one report, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from tiab.dedupe.citation import Citation
from tiab.dedupe.spelling import language_of
from tiab.dedupe.titles import difference, similarity

__all__ = ["LONG_ABSTRACT", "Comparison", "compare", "contradiction", "names_one_report"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONG_ABSTRACT = 200
"""Characters from which an abstract can tell whether two reports are one."""
_SAME_ABSTRACT, _OTHER_ABSTRACT = 0.85, 0.6
"""Shares of the shorter abstract's words that stand in the other: above, the same text; below, another one."""
_REWORDED = 0.85
"""Likeness from which titles may differ in words, where the PMID is the same or the pages are; a DOI may be that of a
supplement, and the first page that of many abstracts."""
_MANY_PAGES = 80
LONG_TITLE, TITLE_WORDS = 20, 3
"""Letters and words from which a title names one report; "Editorial" and "Exercise in MS" do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What there is to say about two citations.

    Attributes:
        same: the strongest sign that they are one report: "pmid", "doi", "place" (of the same authors), "text"; or "".
        against: what makes them two reports, or may; "" if nothing does.
        other_title: whether the titles tell them apart.
        other_authors: whether no author of the one may be an author of the other.
        similarity: of the titles, from 0 to 1.
    """

    same: str
    against: str
    other_title: bool
    other_authors: bool
    similarity: float


def compare(a: Citation, b: Citation) -> Comparison:
    """What there is to say about `a` and `b`; the same for `b` and `a`."""
    same = _sign(a, b)
    said, other_title = _titles(a, b, same)
    against = said if other_title else contradiction(a, b, titles=False)
    if not against and same in ("", "text"):
        against = said or _doubt(a, b)
    return Comparison(
        same=same,
        against=against,
        other_title=other_title,
        other_authors=bool(_other_authors(a, b)),
        similarity=round(similarity(a, b), 3),
    )


def _titles(a: Citation, b: Citation, same: str) -> tuple[str, bool]:
    """How the titles differ, and whether that makes two reports of them."""
    said, kind = difference(a, b)
    if a.meeting or b.meeting:  # abstracts of one session share a page and differ in a word
        return said, kind != "none"
    if kind == "other":
        reworded = same == "pmid" or (_same_place(a, b) and _has_range(a) and _has_range(b))
        return said, not (_translated(a, b) or (reworded and similarity(a, b) >= _REWORDED))
    return said, kind == "telling"


def contradiction(a: Citation, b: Citation, *, titles: bool = True) -> str:
    """What makes two reports of `a` and `b` whatever else agrees; "" if nothing does.

    The same PMID outweighs all but the title; the same DOI outweighs the place, the year and the abstract.
    """
    if titles:
        said, other_title = _titles(a, b, _sign(a, b))
        if other_title:
            return said
    if _equal(a.pmid, b.pmid):
        return ""
    place = _same_place(a, b)
    if _unlike(a.pmid, b.pmid):
        return f"they have different PMIDs ({a.pmid} and {b.pmid})"
    if a.notice != b.notice:
        return "one is an erratum, a retraction or the like"
    if a.meeting != b.meeting and not place:
        return "one is a conference abstract"
    if _equal(a.doi, b.doi):
        return _other_authors(a, b)
    if _unlike(a.doi, b.doi):
        return f"they have different DOIs ({a.doi} and {b.doi})"
    if a.registered and b.registered and a.registered.isdisjoint(b.registered):
        return "they name different trial registrations"
    return _other_authors(a, b) or ("" if place else _other_place(a, b)) or _other_abstract(a, b, _OTHER_ABSTRACT)


def names_one_report(citation: Citation) -> bool:
    """Whether the title is long enough to name one report among all others."""
    return citation.length >= LONG_TITLE and len(citation.words) >= TITLE_WORDS


def _sign(a: Citation, b: Citation) -> str:
    if _equal(a.pmid, b.pmid):
        return "pmid"
    if _equal(a.doi, b.doi):
        return "doi"
    nobody = not (a.surnames and b.surnames)
    named = names_one_report(a) and a.key == b.key
    agreed = _same_first_author(a, b) or (named and (nobody or not a.names.isdisjoint(b.names)))
    # A short title such as "Editorial" comes back in each issue, on the same page.
    usual = not (names_one_report(a) and names_one_report(b))
    if agreed and _same_place(a, b) and not (usual and _unlike(a.pagination.issue, b.pagination.issue)):
        return "place"
    same_text = _equal(a.abstract, b.abstract) and len(a.abstract) >= LONG_ABSTRACT
    return "text" if same_text and a.key == b.key and a.year == b.year else ""


def _same_place(a: Citation, b: Citation) -> bool:
    """The same volume and first page, or the same range of pages, in the same or the next year."""
    gap = abs(a.year - b.year) if a.year and b.year else 0
    # Every version of a Cochrane review has the same page, and its volume starts at 1 each year.
    cochrane = any(page.startswith("cd") for page in a.pagination.pages)
    if gap > (0 if cochrane else 1) or not _same_page(a, b):
        return False
    if a.pagination.volume and b.pagination.volume:
        return a.pagination.volume == b.pagination.volume
    # Without a volume it takes a range of pages.
    return (
        gap == 0
        and _has_range(a)
        and a.pagination.pages[:1] == b.pagination.pages[:1]
        and a.pagination.last_page == b.pagination.last_page
    )


def _translated(a: Citation, b: Citation) -> bool:
    """Whether two titles are in different languages, and all else is the same, down to the issue and the last page.

    Two reports cannot fill the same pages. The issue must be known: one author can fill the same pages of two.
    """
    languages = language_of(a.title.split()), language_of(b.title.split())
    if not all(languages) or languages[0] == languages[1]:
        return False
    return (
        bool(a.surnames)
        and a.surnames == b.surnames
        and bool(a.pagination.volume)
        and a.pagination.volume == b.pagination.volume
        and bool(a.year)
        and a.year == b.year
        and bool(a.pagination.issue)
        and a.pagination.issue == b.pagination.issue
        and a.pagination.pages == b.pagination.pages
        and a.pagination.last_page == b.pagination.last_page
        and _has_range(a)
        and not set(a.journal.split()).isdisjoint(b.journal.split())
    )


def _has_range(a: Citation) -> bool:
    """Whether it fills some pages, but not as many as a supplement or a book."""
    if not (a.pagination.pages and a.pagination.pages[0].isdigit() and a.pagination.last_page.isdigit()):
        return False
    return (
        0 < int(a.pagination.last_page) - int(a.pagination.pages[0]) < _MANY_PAGES and len(a.pagination.last_page) > 1
    )


def _same_page(a: Citation, b: Citation) -> bool:
    """Whether two citations share a first page; "viii108" and "108" are one, "s42" and "e42" are not."""
    for one in filter(_numbered, a.pagination.pages):
        for other in filter(_numbered, b.pagination.pages):
            if one == other or one.lstrip(_LETTERS) == other or one == other.lstrip(_LETTERS):
                return True
    return False


def _numbered(page: str) -> bool:
    """Whether it is a page of its own; the front matter of every issue begins on page iii."""
    return page[-1].isdigit()


def _other_place(a: Citation, b: Citation) -> str:
    if a.pagination.volume and b.pagination.volume and a.pagination.volume != b.pagination.volume:
        return f"they stand in different volumes ({a.pagination.volume} and {b.pagination.volume})"
    if a.pagination.pages and b.pagination.pages and not _same_page(a, b):
        return f"they begin on different pages ({a.pagination.pages[0]} and {b.pagination.pages[0]})"
    if a.year and b.year and abs(a.year - b.year) > 1:
        return f"they are of different years ({a.year} and {b.year})"
    return ""


def _doubt(a: Citation, b: Citation) -> str:
    """What leaves doubt where nothing shows that they stand at the same place."""
    if a.year and b.year and a.year != b.year and not _same_proceedings(a, b):
        return f"they are of different years ({a.year} and {b.year})"
    if a.surnames and b.surnames and not _same_first_author(a, b):
        return f"their first authors differ ({a.surnames[0]} and {b.surnames[0]})"
    return _other_abstract(a, b, _SAME_ABSTRACT)


def _same_proceedings(a: Citation, b: Citation) -> bool:
    """Whether both are papers of one conference, whose proceedings databases date to the conference or to print."""
    if not (a.proceedings and b.proceedings and a.journal and b.journal) or a.pagination.volume or b.pagination.volume:
        return False
    return (a.journal.startswith(b.journal) or b.journal.startswith(a.journal)) and a.surnames == b.surnames


def _other_authors(a: Citation, b: Citation) -> str:
    if not a.surnames or not b.surnames or _same_first_author(a, b):
        return ""
    # A name may stand the wrong way round, and an author of many be left out.
    if not a.names.isdisjoint(b.names) or any(_like(one, other) for one in a.surnames for other in b.surnames):
        return ""
    return f"their authors differ ({a.surnames[0]} and {b.surnames[0]})"


def _same_first_author(a: Citation, b: Citation) -> bool:
    """Whether the first authors may be one, or the same authors stand in another order."""
    if not a.surnames or not b.surnames:
        return False
    if _like(a.surnames[0], b.surnames[0]) or (len(a.surnames) > 1 and sorted(a.surnames) == sorted(b.surnames)):
        return True
    # "Ching-yi, Wu" is Wu Ching-yi the wrong way round.
    return a.surnames[0] in b.first_author or b.surnames[0] in a.first_author


def _like(one: str, other: str) -> bool:
    """Whether two surnames may be one: "vishnevskii" and "vishnevski", "jennings anderson" and "anderson"."""
    if one == other or not set(one.split()).isdisjoint(other.split()):
        return True
    return min(len(one), len(other)) >= 4 and JaroWinkler.similarity(one, other) >= 0.93


def _other_abstract(a: Citation, b: Citation, share: float) -> str:
    """What there is to say if both abstracts are long and share less than `share` of the shorter one's words."""
    if min(len(a.abstract), len(b.abstract)) < LONG_ABSTRACT or a.abstract == b.abstract:
        return ""
    common = len(a.abstract_words & b.abstract_words) / min(len(a.abstract_words), len(b.abstract_words))
    return "" if common >= share else f"their abstracts share {common:.0%} of their words"


def _equal(one: str, other: str) -> bool:
    return bool(one) and one == other


def _unlike(one: str, other: str) -> bool:
    return bool(one) and bool(other) and one != other
