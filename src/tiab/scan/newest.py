"""The newest revision of each citation counts, and none where a later file deletes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tiab.scan.found import Found
from tiab.scan.work import Work

__all__ = ["Standing", "only_newest"]

Standing = tuple[Found, int]
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
