"""RecordList: the records of a review to be looked through, by words and by what is known of each."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tiab.criteria.scripts import script_of
from tiab.folding import folded, folded_words
from tiab.labels import Decision
from tiab.records import Record
from tiab.review.annotations import Annotated
from tiab.review.record_query import Order, RecordQuery, needles, searched_text
from tiab.review.reviewers import labels_by_reviewer
from tiab.review.service import Review
from tiab.review.snapshot import Snapshot
from tiab.store import GivenLabel

if TYPE_CHECKING:
    from tiab.review.queue import Queue

__all__ = ["RecordList"]

_LAST_YEAR = 10_000
_JOURNALS = 50
_PART = 25
"""So many records are done at one step: some milliseconds."""

T = TypeVar("T")


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
    """The records that are screened, and for each all reports of it, the files that these came in, their words, and
    the language and script that they are in; and the journals of most of them."""

    records: tuple[Record, ...]
    reports: tuple[tuple[Record, ...], ...]
    sources: tuple[frozenset[str], ...]
    texts: _StepwiseList[str]
    languages: _StepwiseList[frozenset[str]]
    journals: tuple[str, ...]


class RecordList:
    """Finds records as one reviewer sees them; what it computes once, it keeps until records or links change.

    Threads may share it.
    """

    def __init__(self, review: Review, reviewer: str = "") -> None:
        self._review, self._reviewer = review, reviewer
        self._lock = threading.Lock()
        self._studies: tuple[object, _Studies] | None = None
        self._gaps: tuple[object, _StepwiseList[tuple[str, tuple[str, ...]]]] | None = None

    def find(
        self, query: RecordQuery, *, among: Collection[str] | None = None, viewer: str | None = None
    ) -> tuple[str, ...]:
        """The ids of the records that `query` asks for, in its order.

        Args:
            among: look among the records of these ids only.
            viewer: who is kept from seeing others' decisions and labels; None for somebody who is not.
        """
        snapshot = self._review.snapshot
        studies = self._studies_of(snapshot)
        places: Sequence[int] = range(len(studies.records))
        if among is not None:
            places = [place for place in places if studies.records[place].record_id in among]
        given = self._given(query, snapshot, viewer)
        places = _by_facts(query, studies, places)
        places = self._by_decision(query, studies, places, given, snapshot)
        places = _by_annotation(query, studies, places, given, self._review.annotations.now, self._reviewer, viewer)
        if query.missing:
            gaps = self.gaps()
            places = [place for place in places if query.missing in gaps.get(studies.records[place].record_id, ())]
        wanted = needles(query.text)
        if wanted:
            texts = studies.texts.whole()
            for needle in wanted:
                places = [place for place in places if needle in texts[place]]
        return tuple(studies.records[place].record_id for place in self._sorted(query.order, studies, places, given))

    def _given(self, query: RecordQuery, snapshot: Snapshot, viewer: str | None) -> Mapping[str, GivenLabel]:
        """The decisions that the query is about, by record; none of those that `viewer` may not see."""
        whose = query.reviewer or self._reviewer
        if viewer is not None and whose != viewer:
            return {}
        if not (query.reviewer or query.reason or query.noted or query.order == "decided"):
            return {}
        given = labels_by_reviewer(snapshot.state, snapshot.groups).get(whose, {})
        if whose == self._reviewer:
            return given
        return {key: one for key, one in given.items() if snapshot.states.may_see(viewer, key)}

    def _by_decision(
        self,
        query: RecordQuery,
        studies: _Studies,
        places: Sequence[int],
        given: Mapping[str, GivenLabel],
        snapshot: Snapshot,
    ) -> Sequence[int]:
        ids = [record.record_id for record in studies.records]
        if query.reason:
            places = [p for p in places if ids[p] in given and given[ids[p]].label.reason == query.reason]
        if not query.decision:
            return [place for place in places if ids[place] in given] if query.reviewer else places
        if query.reviewer:
            said: Mapping[str, Decision] = {key: one.label.decision for key, one in given.items()}
        else:
            said = {key: label.decision for key, label in snapshot.labels(self._reviewer).items()}
        if query.decision == "open":
            return [place for place in places if ids[place] not in said]
        return [place for place in places if said.get(ids[place]) == query.decision]

    def records(self, record_ids: Sequence[str]) -> list[Record]:
        """The records of these ids, which are screened, as they are shown."""
        snapshot = self._review.snapshot
        return [snapshot.merged_record(record_id) for record_id in record_ids]

    def sources(self) -> tuple[str, ...]:
        """The names of the files that the records came in, sorted."""
        studies = self._studies_of(self._review.snapshot)
        return tuple(sorted(frozenset().union(*set(studies.sources)) - {""}))

    def languages(self) -> Mapping[str, int]:
        """The languages and scripts of the records, most frequent first; empty while they are being looked up."""
        made = self._studies_of(self._review.snapshot).languages
        return dict(Counter(name for names in made.whole() for name in names).most_common()) if made.is_whole else {}

    def journals(self) -> tuple[str, ...]:
        """The journals of most records."""
        return self._studies_of(self._review.snapshot).journals

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
        for gathered in (studies.texts, studies.languages, self._gaps_of(queue)):
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

    def _sorted(
        self, order: Order, studies: _Studies, places: Sequence[int], given: Mapping[str, GivenLabel]
    ) -> Sequence[int]:
        records = studies.records
        if order == "rank":
            queue = self._review.queue(self._reviewer)
            ranks = queue.learned.ranks if queue else {}
            return sorted(places, key=lambda place: ranks.get(records[place].record_id, len(records) + 1))
        if order == "decided":
            last = {key: -one.event_id for key, one in given.items()}
            return sorted(places, key=lambda place: last.get(records[place].record_id, 1))
        if order == "added":
            return places
        keys: Mapping[Order, Callable[[Record], tuple[bool, Any]]] = {
            "newest": lambda record: (record.year is None, -(record.year or 0)),
            "oldest": lambda record: (record.year is None, record.year or 0),
            "title": lambda record: (not record.title, folded(record.title)),
            "author": lambda record: (not record.authors, folded("".join(record.authors[:1]))),
        }
        return sorted(places, key=lambda place: keys[order](records[place]))


def _gather(snapshot: Snapshot) -> _Studies:
    ids = list(snapshot.main_ids)
    groups, records, places = snapshot.groups, snapshot.records, snapshot.places
    reports = tuple(tuple(records[places[one]] for one in (key, *groups.duplicates(key))) for key in ids)
    return _Studies(
        records=tuple(snapshot.merged_record(record_id) for record_id in ids),
        reports=reports,
        sources=tuple(frozenset(one.source for one in several) for several in reports),
        texts=_StepwiseList(len(reports), lambda part: [searched_text(several) for several in reports[part]]),
        languages=_StepwiseList(len(reports), lambda part: [_languages(several) for several in reports[part]]),
        journals=tuple(name for name, _ in Counter(map(_journal, reports)).most_common(_JOURNALS) if name),
    )


def _journal(reports: Sequence[Record]) -> str:
    return next((one.journal for one in reports if one.journal), "")


def _languages(reports: Sequence[Record]) -> frozenset[str]:
    """The languages that the reports of a study name, and the script of most letters where it is not Latin."""
    named = {name.strip().casefold() for one in reports for name in one.language.split(";") if name.strip()}
    texts = [f"{one.title} {one.abstract}" for one in reports]
    scripts = {script_of(text) for text in texts if not text.isascii()} - {"", "Latin"}
    return frozenset(named | {f"{script} script" for script in scripts})


def _by_facts(query: RecordQuery, studies: _Studies, places: Sequence[int]) -> Sequence[int]:
    """The places whose records are from the source, the journal, the language and the years, or have no abstract."""
    records = studies.records
    if query.source:
        places = [place for place in places if query.source in studies.sources[place]]
    for needle in needles(query.journal):
        places = [place for place in places if needle in f" {folded_words(records[place].journal)} "]
    if query.language:
        languages = studies.languages.whole()
        places = [place for place in places if query.language in languages[place]]
    if query.year_from is not None or query.year_to is not None:
        first, last = query.year_from or 0, query.year_to or _LAST_YEAR
        places = [place for place in places if first <= (records[place].year or -1) <= last]
    if query.no_abstract:
        places = [place for place in places if not records[place].abstract.strip()]
    return places


def _by_annotation(
    query: RecordQuery,
    studies: _Studies,
    places: Sequence[int],
    given: Mapping[str, GivenLabel],
    now: Annotated,
    reviewer: str,
    viewer: str | None,
) -> Sequence[int]:
    """The places whose records have the label, or a note, as far as `viewer` may see them."""
    records = studies.records
    if query.tag:
        places = [place for place in places if query.tag in now.tags_of(records[place].record_id, viewer)]
    if query.noted:
        whose = query.reviewer or reviewer
        noted = {key for key, one in given.items() if one.note}
        noted |= {key for key, by in now.notes.items() if whose in by and viewer in (None, whose)}
        places = [place for place in places if records[place].record_id in noted]
    return places
