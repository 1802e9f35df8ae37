"""The best records of all files, and the proof that no other record belongs among them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tiab.scan.found import LAST, Found, Key
from tiab.scan.newest import Standing, only_newest
from tiab.scan.work import FileLine, Work

__all__ = ["Choice", "choose"]

_MORE = 4
"""So many times as many candidates are taken where revisions and deletions left too few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The best records of what the files kept.

    Attributes:
        found: best first.
        short: files that may hold a record that belongs among these and that they did not keep, because too many of
            those that they kept were revised or deleted elsewhere.
    """

    found: tuple[Found, ...]
    short: tuple[str, ...]


def choose(work: Work, lines: Mapping[str, FileLine], paths: Sequence[str], *, top: int, reach: int) -> Choice:
    """The best `top` records that the files kept, without what was revised or deleted; `paths` in the files' order.

    Every record of a file that stands before the file's edge is kept. So where the last of the chosen stands before
    the edges of all files, no record that wasn't kept could stand among them.

    Args:
        reach: how many candidates to look at first.
    """
    held = [path for path in paths if path in lines and work.holds(path)]
    while True:
        candidates = heapq.nsmallest(reach, _candidates(work, held), key=lambda pair: pair[0].key)
        chosen = only_newest(candidates, held, work)[:top]
        if len(chosen) == top or len(candidates) < reach:
            break
        reach *= _MORE
    last: Key = chosen[-1][0].key if len(chosen) == top else LAST
    short = tuple(path for path in held if lines[path].edge < last)
    return Choice(found=tuple(found for found, _ in chosen), short=short)


def _candidates(work: Work, paths: Sequence[str]) -> Iterator[Standing]:
    for place, path in enumerate(paths):
        yield from ((found, place) for found in work.read_found(path))
