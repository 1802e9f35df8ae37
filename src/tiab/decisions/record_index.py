"""RecordIndex: records by what identifies them, and whether one of them is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiab.folding import folded_words
from tiab.formats.absent import no_abstract
from tiab.formats.mapping import RAW, plain_record
from tiab.formats.markup import plain_value
from tiab.records import Record

__all__ = ["RecordIndex", "alike", "contradicts", "plain_title"]

_ENOUGH_WORDS = 25
"""So many words of title and abstract are not equal by chance; two "Editorial" of one year are."""
_ENOUGH_TITLE = 5
"""Titles of fewer words are alike only where they are equal."""
_PREFIX = re.compile(r"[^:]*\.\w{2,8}(?:\.gz)?:(.+)", re.DOTALL)
"""An id that a pool or review gave to the second record of one id: the name of its file goes before it."""


class RecordIndex:
    """An index of records by what identifies them; looking one up takes time that does not grow with it."""

    def __init__(self, records: Iterable[Record] = (), fingerprints: Iterable[str] | None = None) -> None:
        self.ids: dict[str, Record] = {}
        self._by_file_id: dict[str, list[Record]] = {}
        self._by_pmid: dict[str, list[Record]] = {}
        self._by_doi: dict[str, list[Record]] = {}
        self._by_title: dict[str, list[Record]] = {}
        self._by_fingerprint: dict[str, list[Record]] = {}
        self._to_print: list[tuple[Record, str]] = []
        if fingerprints is None:
            for record in records:
                self.add(record)
        else:
            for record, fingerprint in zip(records, fingerprints, strict=True):
                self.add(record, fingerprint=fingerprint)

    def add(self, record: Record, *, fingerprint: str = "") -> None:
        """Makes a record known; of several that share an identifier the first is found."""
        self.ids.setdefault(record.record_id, record)
        self._by_file_id.setdefault(_file_id(record), []).append(record)
        if record.pmid:
            self._by_pmid.setdefault(record.pmid, []).append(record)
        if record.doi:
            self._by_doi.setdefault(record.doi, []).append(record)
        self._by_title.setdefault(plain_title(record.title), []).append(record)
        self._to_print.append((record, fingerprint))

    def holder(self, record: Record) -> Record | None:
        """The known record that says all that this one does, which need not be kept again; None where none does."""
        for other, fingerprint in self._to_print:
            # One that an earlier version of tiab read may have another text than the same export gives today.
            prints = {fingerprint or other.fingerprint}
            if (plain := plain_record(other)) is not other:
                prints.add(plain.fingerprint)
            for one in prints:
                self._by_fingerprint.setdefault(one, []).append(other)
        self._to_print.clear()
        enough = len(f"{record.title} {record.abstract}".split()) >= _ENOUGH_WORDS
        for other in self._by_fingerprint.get(record.fingerprint, ()):
            pairs = ((record.pmid, other.pmid), (record.doi, other.doi))
            if enough and all(not value or value == known for value, known in pairs):
                return other
            if _rest(record) == _rest(other):
                return other
        return None

    def with_title(self, title: str) -> list[Record]:
        """The known records of that title, whatever its case and punctuation."""
        return list(self._by_title.get(plain_title(title), ())) if plain_title(title) else []

    def with_pmid(self, pmid: str) -> list[Record]:
        """The known records of that PMID."""
        return list(self._by_pmid.get(pmid, ()))

    def with_doi(self, doi: str) -> list[Record]:
        """The known records of that DOI, as `tiab.records.normalise_doi` writes it."""
        return list(self._by_doi.get(doi, ()))

    def with_file_id(self, record_id: str) -> list[Record]:
        """The known records that had that id in their own files."""
        return list(self._by_file_id.get(record_id, ()))


def contradicts(one: Record, other: Record) -> bool:
    """Whether something that both records say tells them apart: PMID, DOI, years more than one apart, other authors.

    >>> contradicts(Record(record_id="1", year=2019), Record(record_id="1", year=2020, doi="10.1000/x"))
    False
    """
    for first, second in ((one.pmid, other.pmid), (one.doi, other.doi)):
        if first and second:
            return first != second
    if one.year and other.year and abs(one.year - other.year) > 1:
        return True
    names, others = _names(one), _names(other)
    return bool(names and others and not names & others)


def alike(one: str, other: str, *, least: float) -> bool:
    """Whether two titles share at least that part of their words, or one goes on from the other.

    >>> alike("Yoga for pain in MS", "Yoga for pain in MS: a trial", least=0.8), alike("Yoga", "Yoga in MS", least=0.8)
    (True, False)
    """
    first, second = plain_title(one), plain_title(other)
    words, others = set(first.split()), set(second.split())
    if first == second or min(len(words), len(others)) < _ENOUGH_TITLE:
        return first == second
    goes_on = first.startswith(second) or second.startswith(first)
    return goes_on or len(words & others) >= least * len(words | others)


def plain_title(title: str) -> str:
    """The words of a title in lower case, without accents and punctuation."""
    return folded_words(plain_value(title))


def _file_id(record: Record) -> str:
    """The id that a record had in its file."""
    bare = record.record_id.removeprefix(f"{record.source}:") if record.source else record.record_id
    renamed = _PREFIX.fullmatch(bare)
    return renamed[1] if renamed else bare


def _names(record: Record) -> set[str]:
    """The words of the authors' names, without initials."""
    return {word for author in record.authors for word in plain_title(author).split() if len(word) > 1}


def _rest(record: Record) -> tuple[object, ...]:
    """What a record says beside title, abstract and year, which the fingerprint tells."""
    plain = plain_record(record)
    extra = tuple(pair for pair in record.extra if not (pair[0].startswith(RAW) or no_abstract(pair[1])))
    return plain.authors, plain.journal, record.doi, record.pmid, extra
