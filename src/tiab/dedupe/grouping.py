"""Pairs joined to groups, as long as no two members of a group contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tiab.dedupe.citation import Citation
from tiab.dedupe.comparing import contradiction

__all__ = ["Groups"]


class Groups:
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
