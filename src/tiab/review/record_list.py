"""RecordList: the records of a review to be looked through, by words and by what is known of each."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from tiab.folding import folded_words
from tiab.labels import Label
from tiab.records import Record
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot

if TYPE_CHECKING:
    from tiab.review.queue import Queue

__all__ = ["ORDERS", "RecordList", "RecordQuery"]

Order = Literal["rank", "added", "newest", "oldest", "title"]
ORDERS: tuple[Order, ...] = ("rank", "added", "newest", "oldest", "title")

_LAST_YEAR = 10_000
_PART = 25
"""So many records are done at one step: some milliseconds."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """What is looked for; all of it must hold, and what is empty says nothing.

    Attributes:
        text: words that must begin some word of title, abstract, authors, journal, keywords or identifiers;
            those in "quotes" must follow on each other.
        decision: include, exclude or maybe, or "open" for records without a decision.
        source: the name of a file that the record, or a duplicate of it, came in.
        year_from, year_to: inclusive; a record without a year is in no range.
        missing: the name of a concept of the criteria that the record lacks.
        no_abstract: only records without one.
    """

    text: str = ""
    decision: str = ""
    source: str = ""
    year_from: int | None = None
    year_to: int | None = None
    missing: str = ""
    no_abstract: bool = False
    order: Order = "rank"


class _StepwiseList(Generic[T]):
    """A list that is made in short steps by a thread that has time, and to its end by whoever needs it now."""

    def __init__(self, n: int, make: Callable[[slice], Sequence[T]]) -> None:
        self._n, self._make = n, make
        self._made: list[T] = []
        self._lock = threading.Lock()

    def step(self) -> bool:
        """Makes the next part; whether there is more to make."""
        with self._lock:
            start = len(self._made)
            if start < self._n:
                self._made += self._make(slice(start, start + _PART))
            return len(self._made) < self._n

    def whole(self) -> list[T]:
        while self.step():
            pass
        return self._made

    @property
    def is_whole(self) -> bool:
        return len(self._made) == self._n


@dataclass(frozen=True, slots=True, eq=False)
class _Studies:
    """The records that are screened, and for each all reports of it, the files that these came in, and their words."""

    records: tuple[Record, ...]
    reports: tuple[tuple[Record, ...], ...]
    sources: tuple[frozenset[str], ...]
    texts: _StepwiseList[str]


class RecordList:
    """Finds records as one reviewer sees them; what it computes once, it keeps until records or links change.

    Threads may share it.
    """

    def __init__(self, review: Review, reviewer: str = "") -> None:
        self._review, self._reviewer = review, reviewer
        self._lock = threading.Lock()
        self._studies: tuple[object, _Studies] | None = None
        self._gaps: tuple[object, _StepwiseList[tuple[str, tuple[str, ...]]]] | None = None

    def find(self, query: RecordQuery, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The ids of the records that `query` asks for, in its order.

        Args:
            among: look among the records of these ids only.
        """
        snapshot = self._review.snapshot
        studies = self._studies_of(snapshot)
        places: Sequence[int] = range(len(studies.records))
        if among is not None:
            places = [place for place in places if studies.records[place].record_id in among]
        places = _by_facts(query, studies, places)
        places = _by_decision(query.decision, studies, places, snapshot.labels(self._reviewer))
        if query.missing:
            gaps = self.gaps()
            places = [place for place in places if query.missing in gaps.get(studies.records[place].record_id, ())]
        needles = _needles(query.text)
        if needles:
            texts = studies.texts.whole()
            for needle in needles:
                places = [place for place in places if needle in texts[place]]
        return tuple(studies.records[place].record_id for place in self._sorted(query.order, studies, places))

    def records(self, record_ids: Sequence[str]) -> list[Record]:
        """The records of these ids, which are screened, as they are shown."""
        snapshot = self._review.snapshot
        return [snapshot.merged_record(record_id) for record_id in record_ids]

    def sources(self) -> tuple[str, ...]:
        """The names of the files that the records came in, sorted."""
        studies = self._studies_of(self._review.snapshot)
        return tuple(sorted(frozenset().union(*set(studies.sources)) - {""}))

    def gaps(self) -> dict[str, tuple[str, ...]]:
        """Record id -> the concepts of the criteria that it lacks, for the records that have been ranked."""
        return dict(self._gaps_of(self._review.queue(self._reviewer)).whole())

    def lacking(self) -> Mapping[str, int | None]:
        """Each concept of the criteria that records were ranked by -> how many lack it; None while they are counted.

        Empty before the first ranking, and without criteria.
        """
        queue = self._review.queue(self._reviewer)
        criteria = queue.snapshot.criteria if queue and queue.features else None
        gaps = self._gaps_of(queue)
        counts = Counter(name for _, names in gaps.whole() for name in names) if gaps.is_whole else None
        concepts = criteria.concepts if criteria else ()
        return {concept.name: counts[concept.name] if counts is not None else None for concept in concepts}

    def make_ready(self) -> Iterator[None]:
        """Makes what the first list, search and filter need; takes a step each time it is asked to go on."""
        studies, queue = self._studies_of(self._review.snapshot), self._review.queue(self._reviewer)
        yield
        if queue is not None and queue.learned.ranks:
            yield
        for gathered in (studies.texts, self._gaps_of(queue)):
            while gathered.step():
                yield

    def _studies_of(self, snapshot: Snapshot) -> _Studies:
        with self._lock:
            if self._studies is None or self._studies[0] != (snapshot.records, snapshot.main_places):
                self._studies = ((snapshot.records, snapshot.main_places), _gather(snapshot))
            return self._studies[1]

    def _gaps_of(self, queue: Queue | None) -> _StepwiseList[tuple[str, tuple[str, ...]]]:
        key = queue.snapshot.pool if queue else None
        with self._lock:
            if self._gaps is None or self._gaps[0] != key:
                self._gaps = (key, self._start_gaps(queue))
            return self._gaps[1]

    def _start_gaps(self, queue: Queue | None) -> _StepwiseList[tuple[str, tuple[str, ...]]]:
        criteria = queue.snapshot.criteria if queue else None
        records = queue.features.records if queue and queue.features and criteria else ()

        def make(part: slice) -> list[tuple[str, tuple[str, ...]]]:
            some = records[part]
            return list(
                zip((one.record_id for one in some), self._review.criteria_missing(some, criteria), strict=True)
            )

        return _StepwiseList(len(records), make)

    def _sorted(self, order: Order, studies: _Studies, places: Sequence[int]) -> Sequence[int]:
        records = studies.records
        if order == "rank":
            queue = self._review.queue(self._reviewer)
            ranks = queue.learned.ranks if queue else {}
            return sorted(places, key=lambda place: ranks.get(records[place].record_id, len(records) + 1))
        if order == "newest":
            return sorted(places, key=lambda place: -(records[place].year or 0))
        if order == "oldest":
            return sorted(places, key=lambda place: records[place].year or _LAST_YEAR)
        if order == "title":
            return sorted(places, key=lambda place: records[place].title.casefold())
        return places


def _gather(snapshot: Snapshot) -> _Studies:
    ids = list(snapshot.main_ids)
    groups, records, places = snapshot.groups, snapshot.records, snapshot.places
    reports = tuple(tuple(records[places[one]] for one in (key, *groups.duplicates(key))) for key in ids)
    return _Studies(
        records=tuple(snapshot.merged_record(record_id) for record_id in ids),
        reports=reports,
        sources=tuple(frozenset(one.source for one in several) for several in reports),
        texts=_StepwiseList(len(reports), lambda part: [_searched(several) for several in reports[part]]),
    )


def _by_facts(query: RecordQuery, studies: _Studies, places: Sequence[int]) -> Sequence[int]:
    """The places whose records are from the source and the years, and have no abstract where none is wanted."""
    if query.source:
        places = [place for place in places if query.source in studies.sources[place]]
    if query.year_from is not None or query.year_to is not None:
        first, last = query.year_from or 0, query.year_to or _LAST_YEAR
        places = [place for place in places if first <= (studies.records[place].year or -1) <= last]
    if query.no_abstract:
        places = [place for place in places if not studies.records[place].abstract.strip()]
    return places


def _by_decision(
    wanted: str, studies: _Studies, places: Sequence[int], labels: dict[str, Label]
) -> Sequence[int]:  # fmt: skip
    if not wanted:
        return places
    said = {record_id: str(label.decision) for record_id, label in labels.items()}
    return [place for place in places if said.get(studies.records[place].record_id, "open") == wanted]


def _needles(text: str) -> list[str]:
    """The beginnings of words, and the phrases, that must all be there.

    >>> _needles('Yoga "multiple sclerosis" 10.1016/j.jns')
    [' yoga', ' multiple sclerosis ', ' 10 1016 j jns']
    """
    parts = re.findall(r'"([^"]+)"|([^\s"]+)', text)
    folded = [(folded_words(phrase or word), " " if phrase else "") for phrase, word in parts]
    return [f" {words}{end}" for words, end in folded if words]


def _searched(reports: Sequence[Record]) -> str:
    """All that is searched of a record: words in lower case without accents, a blank around each."""
    parts = [
        part
        for one in reports
        for part in (
            one.title,
            one.abstract,
            *one.authors,
            one.journal,
            *one.keywords,
            one.doi,
            one.pmid,
            one.record_id,
        )
    ]
    return f" {folded_words(' '.join(parts))} "
