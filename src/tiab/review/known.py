"""Known: the records of a review by what identifies them, and whether one of them is there already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tiab.records import Record

__all__ = ["Known", "alike", "plain_title"]

_NOT_WORD = re.compile(r"[\W_]+")
_ENOUGH_WORDS = 25
"""So many words of title and abstract are not equal by chance; two "Editorial" of one year are."""


class Known:
    """An index of records by what identifies them; `holds` and `add` take time that does not grow with it."""

    def __init__(self, records: Iterable[Record] = (), fingerprints: Iterable[str] | None = None) -> None:
        self.ids: dict[str, Record] = {}
        self._by_pmid: dict[str, list[Record]] = {}
        self._by_doi: dict[str, list[Record]] = {}
        self._by_fingerprint: dict[str, list[Record]] = {}
        self._by_title: dict[str, list[Record]] = {}
        if fingerprints is None:
            for record in records:
                self.add(record)
        else:
            for record, fingerprint in zip(records, fingerprints, strict=True):
                self.add(record, fingerprint=fingerprint)

    def add(self, record: Record, *, fingerprint: str = "") -> None:
        """Makes a record known; of several that share an identifier the first is found."""
        self.ids.setdefault(record.record_id, record)
        if record.pmid:
            self._by_pmid.setdefault(record.pmid, []).append(record)
        if record.doi:
            self._by_doi.setdefault(record.doi, []).append(record)
        self._by_fingerprint.setdefault(fingerprint or record.fingerprint, []).append(record)
        self._by_title.setdefault(plain_title(record.title), []).append(record)

    def holds(self, record: Record) -> bool:
        """Whether a known record says all that this one does: it need not be kept again, only counted."""
        enough = len(f"{record.title} {record.abstract}".split()) >= _ENOUGH_WORDS
        for other in self._by_fingerprint.get(record.fingerprint, ()):
            pairs = ((record.pmid, other.pmid), (record.doi, other.doi))
            if enough and all(not value or value == known for value, known in pairs):
                return True
            if _rest(record) == _rest(other):
                return True
        return False

    def with_title(self, title: str) -> list[Record]:
        """The known records of that title, whatever its case and punctuation."""
        return list(self._by_title.get(plain_title(title), ())) if plain_title(title) else []

    def with_pmid(self, pmid: str) -> Record | None:
        """The first known record of that PMID."""
        return next(iter(self._by_pmid.get(pmid, ())), None)

    def with_doi(self, doi: str) -> list[Record]:
        """The known records of that DOI, as `tiab.records.normalise_doi` writes it."""
        return list(self._by_doi.get(doi, ()))


def alike(one: str, other: str, *, least: float) -> bool:
    """Whether two titles share at least that part of their words, or one goes on from the other; an empty one may.

    >>> alike("Yoga in MS: a trial", "Yoga in MS", least=0.8), alike("Yoga in MS", "Tax law", least=0.3)
    (True, False)
    """
    first, second = plain_title(one), plain_title(other)
    if not first or not second or first.startswith(second) or second.startswith(first):
        return True
    words, others = set(first.split()), set(second.split())
    return len(words & others) >= least * len(words | others)


def plain_title(title: str) -> str:
    """The words of a title in lower case, without accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", title)
    return _NOT_WORD.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()).strip()


def _rest(record: Record) -> tuple[object, ...]:
    """What a record says beside title, abstract and year, which the fingerprint tells."""
    return record.authors, record.journal, record.doi, record.pmid, record.extra
