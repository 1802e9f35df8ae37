"""From a file's own (name, value) pairs to a Record: which names hold the title, and what is left goes to `extra`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from tiab.formats.absent import no_abstract, no_title
from tiab.formats.identifiers import pmid_in, pmid_said
from tiab.formats.list_fields import lines_in, once, people_in, split_names, split_words, words_in
from tiab.formats.markup import are_plain, plain_value
from tiab.formats.round_trip import MARK, restored
from tiab.formats.text import clean_line, clean_text
from tiab.records import Record, normalise_doi

__all__ = [
    "NOTE",
    "RAW",
    "Rules",
    "build",
    "cleaned",
    "note_lines",
    "plain_record",
    "with_id",
    "year_in",
]

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?=\D|$|[01]\d(?:[0-3]\d)?(?!\d))")
_DOI_ALONE = re.compile(r"[\[(]?(?:https?://(?:dx\.)?doi\.org/|doi\b[:\s]*)?10(?:\.|%2e)\S+", re.IGNORECASE)
_YEAR_ALONE = re.compile(r"\d{4}(?:\.0*)?")
_CITED = re.compile(
    r"(.*?[^\W\d][)\]]?)\s*[.;,]\s+(?=\(?(?:\d|vol(?:ume)?\b|no\b|pp?\b|conference\b|publish))", re.IGNORECASE
)
"""The journal in "Journal of yoga. 3(2):1-9, 2004."."""
RAW = "tiab raw "
"""Before the name of a value in `extra` that was cleaned before it became part of a field: how the file had it."""
NOTE = re.compile(r"tiab_([^:\n]{1,80}): (.*)", re.DOTALL)
_ASREVIEW = re.compile(r"ASReview_(?:relevant|irrelevant|not_seen)")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which of a format's names hold which field.

    A field is taken from the first of its names that holds a value, authors with those of `groups` beside them; what
    the other names hold stays in `extra`. Keywords and publication types are taken from all of their names, each once.
    `doi_hints` and `pmid_hints` may hold one among other things: they are looked at, and kept in `extra`. So do
    `cited`, in which the journal stands before the volume, and `registered`, whose number is the id of a trial that has
    no other. `notes` hold what tiab writes for people, as "tiab_rank: 3", which is ("rank", "3") in `extra`; `carry`
    what `round_trip` packs.
    """

    title: tuple[str, ...]
    abstract: tuple[str, ...]
    authors: tuple[str, ...]
    year: tuple[str, ...]
    journal: tuple[str, ...]
    doi: tuple[str, ...]
    pmid: tuple[str, ...]
    keywords: tuple[str, ...]
    publication_types: tuple[str, ...]
    language: tuple[str, ...]
    record_id: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    doi_hints: tuple[str, ...] = ()
    pmid_hints: tuple[str, ...] = ()
    one_author_each: bool = True
    one_keyword_each: bool = True
    notes: tuple[str, ...] = ()
    carry: tuple[str, ...] = ()


def build(pairs: Sequence[tuple[str, str]], rules: Rules, source: str, names: Sequence[str] | None = None) -> Record:
    """The record that `pairs` spell; `names` gives the name under which `rules` know each pair, if not its own."""
    keys = [name for name, _ in pairs] if names is None else names[: len(pairs)]
    carries = bool(rules.carry) and rules.carry[0] in keys  # which hardly any file does
    carried = "".join(v for key, (_, v) in zip(keys, pairs, strict=True) if key in rules.carry) if carries else ""
    if carried.startswith(MARK):
        plain = [(key, pair) for key, pair in zip(keys, pairs, strict=True) if key not in rules.carry]
        keys, pairs = [key for key, _ in plain], [pair for _, pair in plain]
    fields = _fields([_noted(pair, rules) for pair in pairs], rules, keys)
    if carried.startswith(MARK):
        fields = restored(fields, carried) or {**fields, "extra": (*fields["extra"], (rules.carry[0], carried))}
    return with_id(fields, source)


def _noted(pair: tuple[str, str], rules: Rules) -> tuple[str, str]:
    """A note that tiab wrote, such as ("N1", "tiab_rank: 3"), as ("rank", "3"); ASReview's by its name in RIS."""
    if pair[0] in rules.notes:
        if _ASREVIEW.fullmatch(pair[1]):
            return "N1", pair[1]
        match = NOTE.fullmatch(pair[1])
        if match:
            return match[1], match[2]
    return pair


def note_lines(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Notes that share one field as pairs: each line that tiab wrote by itself, what stands between them as it is."""
    own = (bool(NOTE.match(line) or _ASREVIEW.fullmatch(line)) for line in text.split("\n"))
    for mine, group in groupby(zip(own, text.split("\n"), strict=True), key=lambda pair: pair[0]):
        lines = [line for _, line in group]
        yield from ((name, line) for line in (lines if mine else ["\n".join(lines)]))


def _fields(pairs: Sequence[tuple[str, str]], rules: Rules, keys: Sequence[str]) -> dict[str, Any]:
    """The fields of the record that `pairs` spell, and under "record_id" the id that they give, or ""."""
    places: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        places.setdefault(key, []).append(index)
    taken: set[int] = set()
    found = _Finder(pairs, places, taken)
    fields: dict[str, Any] = {
        "year": found.year(rules.year),
        "doi": found.doi(rules),
        "pmid": found.pmid(rules),
        "title": clean_line(found.joined(rules.title, " ", no_title)),
        "abstract": clean_text(found.joined(rules.abstract, "\n", no_abstract)),
        "authors": found.many(
            (*found.first(rules.authors), *rules.groups), people_in if rules.one_author_each else split_names
        ),
        "journal": found.one(rules.journal) or found.journal_cited(rules.cited),
        "keywords": once(found.many(rules.keywords, words_in if rules.one_keyword_each else split_words)),
        "publication_types": once(
            found.many(rules.publication_types, lines_in if rules.one_keyword_each else split_words, but=_says_doi)
        ),
        "language": "; ".join(dict.fromkeys(found.many(rules.language, lines_in))).lower(),
    }
    fields["record_id"] = found.name(rules.record_id)
    fields["registration"] = found.seen(rules.registered)
    fields["extra"] = tuple(found.rest())
    return fields


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` without markup in their texts; a text that had some stands in `extra`, too, as it was.

    >>> cleaned({"title": "CO<sub>2</sub> &amp; yoga", "keywords": ("yoga",)})
    {'title': 'CO2 & yoga', 'keywords': ('yoga',), 'extra': (('tiab raw title', 'CO<sub>2</sub> &amp; yoga'),)}
    """
    texts = {name: fields[name] for name in _TEXTS if name in fields}
    lists = {name: fields[name] for name in _LISTS if name in fields}
    clean: dict[str, Any] = {name: plain_value(value) for name, value in texts.items()}
    clean |= {name: tuple(filter(None, map(plain_value, values))) for name, values in lists.items()}
    if "title" in clean:
        clean["title"] = clean_line(clean["title"])
    held = texts | {name: "; ".join(values) for name, values in lists.items()}
    raw = tuple((RAW + name, held[name]) for name in clean if clean[name] != fields[name])
    return {**fields, **clean, "extra": (*fields.get("extra", ()), *raw)} if raw else dict(fields)


def plain_record(record: Record) -> Record:
    """`record` as it would be read today; itself, unless an earlier version of tiab kept markup or "[No abstract]"."""
    fields = {name: getattr(record, name) for name in (*_TEXTS, *_LISTS)}
    clean = {name: cleaned(fields)[name] for name in fields} if not are_plain(_strings(fields)) else dict(fields)
    for name, absent in (("title", no_title), ("abstract", no_abstract)):
        if absent(clean[name]):
            clean[name] = ""
    return record if clean == fields else replace(record, **clean)


def _strings(fields: Mapping[str, Any]) -> list[str]:
    return [*(fields[name] for name in _TEXTS), *(value for name in _LISTS for value in fields[name])]


_TEXTS, _LISTS = ("title", "abstract", "journal"), ("authors", "keywords", "publication_types")


def with_id(fields: Mapping[str, Any], source: str) -> Record:
    """The record of `fields`, whose id is the one that the file gives, else its PMID, DOI, the trial's registration, or
    "tiab:" and fingerprint.

    >>> with_id({"title": "Yoga", "doi": "10.1/x"}, "a.ris").record_id
    '10.1/x'
    """
    known = {name: value for name, value in fields.items() if name != "registration"}
    record_id = next(filter(None, map(fields.get, ("record_id", "pmid", "doi", "registration"))), None)
    if not record_id:
        record_id = f"tiab:{Record(**{**known, 'record_id': ''}).fingerprint}"
    return Record(**{**known, "record_id": record_id, "source": source})


class _Finder:
    """Takes values from the pairs of one record, and remembers which were taken; texts lose their markup."""

    def __init__(self, pairs: Sequence[tuple[str, str]], places: Mapping[str, list[int]], taken: set[int]) -> None:
        self._pairs = pairs
        self._places = places
        self._taken = taken
        self._unclean: set[int] = set()
        self._is_plain = are_plain([value for _, value in pairs])

    def _text(self, index: int) -> str:
        value = self._pairs[index][1]
        if self._is_plain:
            return value
        clean = plain_value(value)
        if clean != value:
            self._unclean.add(index)
        return clean

    def rest(self) -> Iterator[tuple[str, str]]:
        """The pairs of which nothing was taken, and as `RAW` those that were not clean, all as the file had them."""
        for index, pair in enumerate(self._pairs):
            if index not in self._taken:
                if pair[1]:
                    yield pair
            elif index in self._unclean:
                yield RAW + pair[0], pair[1]

    def _held(self, names: Iterable[str]) -> Iterator[int]:
        """The places of the values of `names` that are not blank, by order of the names."""
        for name in names:
            if name in self._places:
                for index in self._places[name]:
                    if self._pairs[index][1]:
                        yield index

    def first(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The first of the names that holds a value, if any does."""
        return next(((name,) for name in names if any(True for _ in self._held((name,)))), ())

    def one(self, names: tuple[str, ...]) -> str:
        for index in self._held(names):
            self._taken.add(index)
            return clean_line(self._text(index))
        return ""

    def name(self, names: tuple[str, ...]) -> str:
        """As `one`, but the value as it is: labels call the record so."""
        for index in self._held(names):
            self._taken.add(index)
            return clean_line(self._pairs[index][1])
        return ""

    def seen(self, names: tuple[str, ...]) -> str:
        """As `one`, but the value stays in `extra`."""
        return next((clean_line(self._text(index)) for index in self._held(names)), "")

    def journal_cited(self, names: tuple[str, ...]) -> str:
        """The journal at the beginning of a citation, which stays in `extra` for its volume and pages."""
        match = _CITED.match(cited := self.seen(names))
        return match[1] if match else cited.rstrip(".")

    def joined(self, names: tuple[str, ...], glue: str, absent: Callable[[str], bool]) -> str:
        """All values of the first name that holds any but such as say that there is none, each once."""
        for name in names:
            held = [index for index in self._held((name,)) if not absent(self._text(index))]
            if held:
                self._taken.update(held)
                return glue.join(dict.fromkeys(self._text(index) for index in held))
        return ""

    def many(
        self,
        names: tuple[str, ...],
        split: Callable[[str], tuple[str, ...]],
        but: Callable[[str], bool] = lambda value: False,
    ) -> tuple[str, ...]:
        """The parts of all values of all names but for those that are something else, in the order of the file."""
        held = sorted(index for index in self._held(names) if not but(self._text(index)))
        if not held:
            return ()
        self._taken.update(held)
        return tuple(part for index in held for part in split(self._text(index)))

    def year(self, names: tuple[str, ...]) -> int | None:
        for index in self._held(names):
            value = self._pairs[index][1]
            year = year_in(value)
            if year is not None:
                if _YEAR_ALONE.fullmatch(value):
                    self._taken.add(index)
                return year
        return None

    def doi(self, rules: Rules) -> str:
        for index in self._held(rules.doi):
            value = self._pairs[index][1]
            doi = normalise_doi(value)
            if doi:
                if _DOI_ALONE.fullmatch(value):
                    self._taken.add(index)
                return doi
        for index in self._held(rules.doi_hints):
            value = self._pairs[index][1]
            if _says_doi(value):
                doi = normalise_doi(value)
                if doi:
                    return doi
        return ""

    def pmid(self, rules: Rules) -> str:
        for index in self._held(rules.pmid):
            pmid = pmid_in(self._pairs[index][1])
            if pmid:
                self._taken.add(index)
                return pmid
        return next(filter(None, (pmid_said(self._pairs[index][1]) for index in self._held(rules.pmid_hints))), "")


def _says_doi(text: str) -> bool:
    """Whether what `text` holds among other things is the DOI of its record."""
    low = text.lower()
    return (
        low.endswith("[doi]") or "doi.org/10." in low or low.startswith("doi:") or "'doi': '10." in low
        or '"doi": "10.' in low or bool(_DOI_ALONE.fullmatch(text))
    )  # fmt: skip


def year_in(text: str) -> int | None:
    """The first year from 1500 to 2099 in `text`, be it a date, a season or digits run together.

    >>> year_in("Start date: 20170812"), year_in("2019//"), year_in("10 15")
    (2017, 2019, None)
    """
    match = _YEAR.search(text)
    return int(match[1]) if match else None
