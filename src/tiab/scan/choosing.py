"""The best records of all files, and the proof that no other record belongs among them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tiab.scan.candidates import LAST, Candidate, Key
from tiab.scan.work import FileLine, Work

__all__ = ["Choice", "Standing", "choose", "only_newest"]

Standing = tuple[Candidate, int]
"""A record, and the place of its file in the order of the files."""

_Newness = tuple[int, int, int]


def only_newest(candidates: Iterable[Standing], paths: Sequence[str], work: Work) -> list[Standing]:
    """The candidates, in their order, without those of which there is a newer revision, and those deleted.

    Of two copies of a citation the newer is the one with the greater version, then the later date of revision, then the
    later file. A deletion takes out what stands in its own file and in those before it. The newer copy counts wherever
    it stands: it may score too little to be a candidate itself.
    """
    listed = list(candidates)
    wanted = np.unique(np.array([found.pmid for found, _ in listed if found.pmid], dtype=np.int64))
    newest: dict[int, _Newness] = {}
    deleted: dict[int, int] = {}
    for place, path in enumerate(paths) if len(wanted) else ():
        index = work.read_index(path)
        here = np.flatnonzero(np.isin(index.pmids, wanted))
        for row in here.tolist():
            newness = (int(index.versions[row]), int(index.revised[row]), place)
            pmid = int(index.pmids[row])
            newest[pmid] = max(newest.get(pmid, newness), newness)
        deleted.update(dict.fromkeys(np.intersect1d(index.deleted, wanted).tolist(), place))
    return _standing(listed, newest, deleted)


def _standing(listed: list[Standing], newest: dict[int, _Newness], deleted: dict[int, int]) -> list[Standing]:
    kept, taken = [], set()
    for found, place in listed:
        if found.pmid:
            newness = (found.revision.version, found.revision.revised, place)
            if newness != newest[found.pmid] or deleted.get(found.pmid, -1) >= place or found.pmid in taken:
                continue
            taken.add(found.pmid)
        kept.append((found, place))
    return kept


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

    found: tuple[Candidate, ...]
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
