"""The duplicates in a set of records: identifiers first, then the place in print, then all that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tiab.dedupe.agreement import agree
from tiab.dedupe.candidates import candidate_pairs
from tiab.dedupe.citation import Citation, citation_of
from tiab.dedupe.comparing import LONG_ABSTRACT, Comparison, compare, contradiction, names_one_report
from tiab.dedupe.results import DoubtfulPair, DuplicateGroup, Duplicates
from tiab.records import Record

__all__ = ["find_duplicates"]


class _Groups:
    """Places of citations in groups; each starts in one of its own."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = citations
        self._group = list(range(len(citations)))
        self._members = [[place] for place in range(len(citations))]
        self._reasons: list[dict[str, None]] = [{} for _ in citations]

    def together(self, one: int, other: int) -> bool:
        """Whether two citations are in one group."""
        return self._group[one] == self._group[other]

    def join(self, one: int, other: int, reason: str) -> str:
        """Joins the groups of two citations; "", or what two of their members say against it, who then stay apart."""
        first, second = self._group[one], self._group[other]
        if first == second:
            return ""
        for a in self._members[first]:
            for b in self._members[second]:
                against = contradiction(self._citations[a], self._citations[b])
                if against:
                    return against
        kept, gone = (first, second) if len(self._members[first]) >= len(self._members[second]) else (second, first)
        for place in self._members[gone]:
            self._group[place] = kept
        self._members[kept] += self._members[gone]
        self._reasons[kept] |= self._reasons[gone] | {reason: None}
        self._members[gone], self._reasons[gone] = [], {}
        return ""

    def of(self, place: int) -> int:
        """The number of the group that a citation is in."""
        return self._group[place]

    def reasons(self, place: int) -> Iterable[str]:
        """Why the group of a citation is one."""
        return self._reasons[self._group[place]]


_Pair = tuple[int, int]
_SIGNS = {
    "pmid": "same PMID",
    "doi": "same DOI",
    "place": "same authors and place in print",
    "text": "same title, abstract and year",
}
_AGREEING = "title, authors, journal and year agree, and nothing speaks against it"
_EVERY_FIELD = "the same in every field"
_ALIKE = 0.9
"""Likeness of titles from which a pair that nothing settles is shown to a person."""
_SHARED_BY = 3
"""Titles under one DOI or PMID beyond which it names an issue or a supplement, and shows nothing."""


def find_duplicates(records: Sequence[Record], *, progress: Callable[[int], object] | None = None) -> Duplicates:
    """The records that are one report, and the pairs that may be.

    A false link can hide an eligible study, so that errata, a conference abstract and its paper, versions of a review,
    parts of a series and records with different PMIDs or DOIs are never certain. What is found depends on the records,
    not on their order.

    Args:
        records: with ids that differ.
        progress: is called with numbers of records, which add up to that of all.

    Raises:
        ValueError: two records have the same id.

    >>> one = Record(record_id="1", title="Yoga for fatigue in multiple sclerosis", pmid="7", year=2010)
    >>> two = Record(record_id="2", title="Yoga for fatigue in multiple sclerosis.", pmid="7")
    >>> find_duplicates([one, two]).certain
    (DuplicateGroup(record_ids=('1', '2'), reason='same PMID'),)
    """
    if len({record.record_id for record in records}) != len(records):
        raise ValueError("two records have the same id")
    tell = progress or (lambda done: None)
    search = _Search(records, _distinct_records(records, tell))
    search.compare()
    search.settle()
    tell(len(records) - len(records) // 2)
    return Duplicates(certain=search.certain(), doubtful=search.doubtful())


@dataclass(frozen=True, slots=True)
class _EqualRecords:
    """Records whose citations are equal, by their places; they are looked at as one."""

    citation: Citation
    copies: list[int]


def _distinct_records(records: Sequence[Record], tell: Callable[[int], object]) -> list[_EqualRecords]:
    """The distinct records in an order that the records' own order does not change; tells of half the records."""
    found: dict[tuple[Citation, int], list[int]] = {}
    for place, record in enumerate(records):
        citation = citation_of(record)
        found.setdefault((citation, -1 if _is_enough(citation) else place), []).append(place)
        tell(place % 2)
    distinct = [_EqualRecords(citation, copies) for (citation, _), copies in found.items()]
    for one in distinct:
        one.copies.sort(key=lambda place: records[place].record_id)
    return sorted(distinct, key=lambda one: (one.citation.title, records[one.copies[0]].record_id))


def _is_enough(citation: Citation) -> bool:
    """Whether records that agree in all of this are one report."""
    if citation.pmid or citation.doi:
        return True
    placed = bool(citation.pagination.volume and citation.pagination.pages)
    known = len(citation.abstract) >= LONG_ABSTRACT or bool(citation.surnames and citation.journal and citation.year)
    return names_one_report(citation) and (placed or known)


class _Search:
    """One run of `find_duplicates`."""

    def __init__(self, records: Sequence[Record], distinct: Sequence[_EqualRecords]) -> None:
        self._records = records
        self._distinct = distinct
        self._citations = [one.citation for one in distinct]
        self._groups = _Groups(self._citations)
        self._open: dict[_Pair, Comparison] = {}
        self._doubts: dict[_Pair, tuple[float, str]] = {}

    def compare(self) -> None:
        """Compares the candidates and joins those that a sign shows to be one, strongest sign first."""
        signs: dict[str, dict[_Pair, Comparison]] = {sign: {} for sign in _SIGNS}
        crowded = _crowded(self._citations)
        for pair in candidate_pairs(self._citations):
            a, b = self._citations[pair[0]], self._citations[pair[1]]
            found = compare(a, b)
            if found.against:
                if _worth_a_look(a, b, found, crowded):
                    self._doubt(pair, f"{_SIGNS.get(found.same, 'the titles agree')}, but {found.against}", found)
            elif found.same:
                signs[found.same][pair] = found
            elif names_one_report(a) and names_one_report(b):
                self._open[pair] = found
        for sign, pairs in signs.items():
            for pair, found in pairs.items():
                self._join(pair, _SIGNS[sign], found)

    def settle(self) -> None:
        """Joins those of the open pairs that agree in all that is known; where the titles agree, shows the others."""
        apart = {pair: found for pair, found in self._open.items() if not self._groups.together(*pair)}
        agreeing = self._unambiguous({pair for pair in apart if agree(*(self._citations[place] for place in pair))})
        for pair, found in apart.items():
            if pair in agreeing:
                self._join(pair, _AGREEING, found)
            elif found.similarity >= _ALIKE:
                self._doubt(pair, "the titles agree, but too little else is known", found)

    def _unambiguous(self, pairs: set[_Pair]) -> set[_Pair]:
        """Without the pairs of what agrees with two that contradict each other: it may be either's duplicate."""
        partners: dict[int, set[int]] = defaultdict(set)
        for one, other in pairs:
            partners[one].add(other)
            partners[other].add(one)
        torn = {
            place
            for place, others in partners.items()
            if any(contradiction(self._citations[a], self._citations[b]) for a, b in combinations(others, 2))
        }
        return {pair for pair in pairs if torn.isdisjoint(pair)}

    def _join(self, pair: _Pair, reason: str, found: Comparison) -> None:
        against = self._groups.join(*pair, reason)
        if against:
            self._doubt(pair, f"{reason}; but of two records that would then be one, {against}", found)

    def _doubt(self, pair: _Pair, reason: str, found: Comparison) -> None:
        self._doubts[pair] = (found.similarity, reason)

    def certain(self) -> tuple[DuplicateGroup, ...]:
        """The groups of more than one record."""
        members: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(self._distinct):
            members[self._groups.of(place)] += one.copies
        groups = sorted((sorted(places), group) for group, places in members.items() if len(places) > 1)
        return tuple(
            DuplicateGroup(
                record_ids=tuple(self._records[place].record_id for place in places),
                reason="; ".join(self._groups.reasons(group)) or _EVERY_FIELD,
            )
            for places, group in groups
        )

    def doubtful(self) -> tuple[DoubtfulPair, ...]:
        """The doubtful pairs that are not in one group after all, one for each two groups."""
        first: dict[int, int] = {}
        for place, records in enumerate(self._distinct):
            group = self._groups.of(place)
            first[group] = min([first.get(group, len(self._records)), *records.copies])
        best: dict[_Pair, tuple[float, str]] = {}
        for (one, other), doubt in self._doubts.items():
            ends = first[self._groups.of(one)], first[self._groups.of(other)]
            if ends[0] != ends[1]:
                key = min(ends), max(ends)
                best[key] = max(best.get(key, doubt), doubt)
        return tuple(
            DoubtfulPair(
                record_ids=(self._records[one].record_id, self._records[other].record_id),
                reason=reason,
                similarity=likeness,
            )
            for (one, other), (likeness, reason) in sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        )


def _worth_a_look(a: Citation, b: Citation, found: Comparison, crowded: frozenset[str]) -> bool:
    """Whether enough agrees for a person to look at two citations that something speaks against."""
    if found.same in ("pmid", "doi"):
        return not found.other_title or getattr(a, found.same) not in crowded
    if found.other_title:
        # News and letters by one author stand several to a page; longer pieces at one place may be translated.
        longer = (
            bool(a.pagination.last_page)
            and a.pagination.last_page == b.pagination.last_page
            and a.pagination.last_page not in a.pagination.pages
        )
        return found.same == "place" and longer and not (a.meeting or b.meeting)
    return names_one_report(a) and found.similarity >= _ALIKE and not found.other_authors


def _crowded(citations: Sequence[Citation]) -> frozenset[str]:
    """The DOIs and PMIDs that more than `_SHARED_BY` titles have."""
    titles: dict[str, set[str]] = defaultdict(set)
    for citation in citations:
        for name in filter(None, (citation.pmid, citation.doi)):
            titles[name].add(citation.key)
    return frozenset(name for name, keys in titles.items() if len(keys) > _SHARED_BY)
