"""A stream of previews ► the best of them, of which only those that could be among the best are read whole.

The first pass computes what a record's words are worth, to the last digit, and bounds what its evidence could add
(`tiab.scan.bounding`). A record whose best possible score lies below the worst that is kept cannot be among the best,
so leaving it out changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from scipy.sparse import csr_array, vstack

from tiab.features import Features, read_tokens
from tiab.formats.pubmed_articles import Revision
from tiab.formats.reader_notes import unique
from tiab.pico import Span, find_spans
from tiab.ranking.rank import Ranking, RankingModel
from tiab.records import Record
from tiab.scan.bounding import Bound
from tiab.scan.candidates import LAST, Candidate, Key, candidates_in, end_of
from tiab.scan.previews import Preview

__all__ = ["Pass"]

_CHUNK = 6_000
"""Previews that are in memory at a time, some 75 MB of PubMed: of many, fewer are read that others then surpass."""
_PART = 2_000
"""Previews that are bounded at a time."""
_STEP = 200
"""Previews that are read whole before the next look at what is kept: each look can spare some."""
_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    key: Key
    pmid: int
    revision: Revision
    record: Record
    spans: tuple[Span, ...]


@dataclass(eq=False)
class Pass:
    """The best records of one stream.

    Attributes:
        keep: how many to keep.
        floor: records that score less are not kept.
        full: whether every record is read whole, whatever it could score.
        n_records, n_read: previews seen, and those of them that were read whole.
        unreadable: sentences about previews that could not be read.
    """

    model: RankingModel
    keep: int
    floor: float = float("-inf")
    full: bool = False
    n_records: int = 0
    n_read: int = 0
    unreadable: list[str] = field(default_factory=list)
    _kept: list[_Kept] = field(default_factory=list)
    _cut: bool = False

    def __post_init__(self) -> None:
        self._bound = Bound(self.model)

    def read(self, previews: Iterable[Preview]) -> None:
        """Takes in all of `previews`."""
        rest = iter(previews)
        while chunk := list(islice(rest, _CHUNK)):
            self.n_records += len(chunk)
            for step in self._steps(chunk):
                self._take(*step)

    @property
    def edge(self) -> Key:
        """Every record whose place is not behind this one is kept."""
        edges = [end_of(self.floor)] if self.floor > float("-inf") else []
        return min([*edges, *([self._kept[-1].key] if self._cut else [])], default=LAST)

    def found(self) -> list[Candidate]:
        """What is kept, best first, with what is said of it."""
        if not self._kept:
            return []
        taken: dict[str, int] = {}
        records = [replace(k.record, record_id=unique(k.record.record_id, taken)) for k in self._kept]
        spans = [kept.spans for kept in self._kept]
        features = _features(self.model, records, spans, self.model.space.words.rows(records))
        ranking = Ranking(features=features, model=self.model, scores=self.model.score(features))
        pairs = zip(records, self._kept, strict=True)
        known: dict[str, tuple[int, Revision]] = {
            record.record_id: (kept.pmid, kept.revision) for record, kept in pairs
        }
        return candidates_in(ranking, known)

    @property
    def _least(self) -> float:
        """The score that a record must reach to be kept."""
        full = len(self._kept) >= self.keep
        return max(self.floor, -self._kept[-1].key[0]) if full else self.floor

    def _steps(self, chunk: Sequence[Preview]) -> Iterator[tuple[list[Preview], csr_array]]:
        """Previews to be read whole, a few at a time, those that could be best first; and the rows of their words."""
        if self.full:
            for at in range(0, len(chunk), _STEP):
                some = chunk[at : at + _STEP]
                yield list(some), self.model.space.words.rows_of(read_tokens([one.parts for one in some]))
            return
        parts = [self._bound.of(chunk[at : at + _PART]) for at in range(0, len(chunk), _PART)]
        bounds = np.concatenate([best for best, _ in parts])
        words = csr_array(vstack([rows for _, rows in parts], format="csr"))
        order = np.argsort(-bounds, kind="stable")
        for at in range(0, len(order), _STEP):
            places = [place for place in order[at : at + _STEP].tolist() if bounds[place] >= self._least]
            if not places:
                return
            yield [chunk[place] for place in places], words[places]

    def _take(self, previews: Sequence[Preview], words: csr_array) -> None:
        """Reads previews whole, and keeps the best of them and of what was kept.

        Args:
            words: the rows of their words.
        """
        read = [(preview, self._record(preview)) for preview in previews]
        pairs = [(preview, record) for preview, record in read if record is not None]
        if not pairs:
            return
        self.n_read += len(pairs)
        records = [record for _, record in pairs]
        spans = find_spans(records, self.model.space.criteria, numbers=False)
        rows = words[[place for place, (_, record) in enumerate(read) if record is not None]]
        scores = np.round(self.model.score(_features(self.model, records, spans, rows)), _DIGITS)
        for (preview, record), found, score in zip(pairs, spans, scores.tolist(), strict=True):
            if score >= self.floor:
                key = (-score, record.fingerprint, record.record_id)
                self._kept.append(_Kept(key, preview.pmid, preview.revision, record, found))
        self._kept.sort(key=lambda kept: kept.key)
        self._cut = self._cut or len(self._kept) > self.keep
        del self._kept[self.keep :]

    def _record(self, preview: Preview) -> Record | None:
        try:
            return preview.read()
        except ValueError as error:
            self.unreadable.append(f"PMID {preview.pmid}: {error}")
            return None


def _features(
    model: RankingModel, records: Sequence[Record], spans: Sequence[tuple[Span, ...]], words: csr_array
) -> Features:
    matrix = model.space.joined(words, records, spans)
    return Features(space=model.space, records=tuple(records), matrix=matrix, spans=tuple(spans))
