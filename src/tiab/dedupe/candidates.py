"""Which citations are worth comparing: those that share a rare key, in memory that grows with their number alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from rapidfuzz.fuzz import ratio, token_set_ratio

from tiab.dedupe.citation import Citation

__all__ = ["candidate_pairs"]

MAX_BLOCK = 40
"""Citations under one key that are compared each with each; of more, each with as many as follow it by title."""
NEIGHBOURS = 12
_RARE_WORDS = 4
_ALIKE = 70.0
"""Percent of likeness of titles below which a pair is not looked at, unless it shares an identifier or its place."""


def candidate_pairs(citations: Sequence[Citation]) -> Iterator[tuple[int, int]]:
    """Pairs of places in `citations`, lower one first, each pair once, in order; most citations are in none.

    A pair shares its PMID, DOI, place in print, the beginning of its abstract, or two of the words of its title that
    are rarest among all titles. At most `MAX_BLOCK` * (number of keys) pairs are looked at for one citation.
    """
    common = Counter(word for citation in citations for word in set(citation.words))
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, citation in enumerate(citations):
        for key in _keys(citation, common):
            blocks[key].append(place)
    found: set[tuple[int, int]] = set()
    for key, places in blocks.items():
        if len(places) > 1:
            sure = key[0] != "words"
            found.update(
                pair for pair in _pairs(places, citations)
                if pair not in found and (sure or _alike(citations[pair[0]], citations[pair[1]]))
            )  # fmt: skip
    yield from sorted(found)


def _keys(citation: Citation, common: Counter[str]) -> Iterator[tuple[str, ...]]:
    if citation.pmid:
        yield "pmid", citation.pmid
    if citation.doi:
        yield "doi", citation.doi
    if citation.key:
        yield "title", citation.key
    for page in citation.pagination.pages[:3]:
        yield "place", page.lstrip("abcdefghijklmnopqrstuvwxyz"), citation.pagination.volume or str(citation.year)
    if len(citation.abstract) > 200:
        yield "abstract", citation.abstract[:120]
    # A word that stands in one title alone can't be shared; it may be a misspelling.
    rare = sorted({word for word in citation.words if common[word] > 1}, key=lambda word: (common[word], word))
    for pair in combinations(sorted(rare[:_RARE_WORDS]), 2):
        yield "words", *pair


def _pairs(places: Sequence[int], citations: Sequence[Citation]) -> Iterator[tuple[int, int]]:
    if len(places) <= MAX_BLOCK:
        yield from combinations(places, 2)
        return
    ordered = sorted(places, key=lambda place: (citations[place].title, place))
    for at, place in enumerate(ordered):
        for other in ordered[at + 1 : at + 1 + NEIGHBOURS]:
            yield (place, other) if place < other else (other, place)


def _alike(a: Citation, b: Citation) -> bool:
    if not (a.title.isascii() or b.title.isascii()):
        return ratio(a.key, b.key, score_cutoff=_ALIKE) > 0
    return ratio(a.title, b.title, score_cutoff=_ALIKE) > 0 or token_set_ratio(a.title, b.title, score_cutoff=95) > 0
