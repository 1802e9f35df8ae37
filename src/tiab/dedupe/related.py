"""Reports of one study that are not duplicates: they name one registration, or one acronym and first author."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiab.dedupe.citation import MAX_TITLE, Citation, citation_of
from tiab.dedupe.spelling import word_list
from tiab.records import Record

__all__ = ["RelatedReports", "related_reports"]

_MANY = 3
"""Registrations beyond which a record reviews trials instead of reporting one."""
_LONG = 40
"""Letters from which the title of an erratum names the report that it corrects."""
_ERRATUM = re.compile(
    r"^(?:(?:author|publisher) )?(?:erratum|errata|corrigendum|corrigenda|correction|retraction|retracted|"
    r"retraction note|expression of concern)(?: article)?(?: to| for| of)? "
)
_TRIAL_ACRONYM = re.compile(
    r"(?:\b[Tt]he |\()([A-Z][A-Za-z]*[A-Z][A-Za-z]*(?:-?[A-Z0-9]{1,4})?)\)?[ -]"
    r"(?:[a-z]+ ){0,2}(?:[Tt]rial|[Ss]tudy|RCT)\b"
    r"|^([A-Z][A-Z0-9-]{3,14}): "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedReports:
    """Records that report one study: their ids in the order of the records, and what shows it."""

    record_ids: tuple[str, ...]
    reason: str


def related_reports(records: Sequence[Record]) -> tuple[RelatedReports, ...]:
    """The records that seem to report one study, for a person to look at together; they are no duplicates.

    Related are records with one trial registration (NCT, ISRCTN and others; of those that name up to 3), with one
    trial's acronym and the same first author, and a report with its erratum. A record may be in several of these.

    Args:
        records: with ids that differ; of duplicates, one each.

    >>> one = Record(record_id="1", title="Yoga in MS", abstract="NCT01234567")
    >>> two = Record(record_id="2", title="Fatigue after yoga", abstract="Registered as NCT 01234567.")
    >>> related_reports([one, two])
    (RelatedReports(record_ids=('1', '2'), reason='registered as NCT01234567'),)
    """
    citations = [citation_of(record) for record in records]
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for place, record in enumerate(records):
        for reason in _signs(record, citations[place]):
            found[reason][place] = None
    groups = [*((list(places), reason) for reason, places in found.items()), *_corrected(citations)]
    seen: set[tuple[int, ...]] = set()
    result = []
    for places, reason in sorted(groups):
        if len(places) > 1 and tuple(places) not in seen:
            seen.add(tuple(places))
            result.append(RelatedReports(record_ids=tuple(records[at].record_id for at in places), reason=reason))
    return tuple(result)


def _signs(record: Record, citation: Citation) -> Iterator[str]:
    """What a record would share with another report of its study."""
    if len(citation.registered) <= _MANY:
        yield from (f"registered as {number}" for number in sorted(citation.registered))
    author = citation.surnames[0] if citation.surnames else ""
    for match in _TRIAL_ACRONYM.finditer(record.title[:MAX_TITLE]):
        acronym = (match[1] or match[2]).upper().strip("-")
        if author and len(acronym) > 3 and acronym not in word_list("not_trials"):
            yield f"{acronym}, first author {author}"


def _corrected(citations: Sequence[Citation]) -> Iterator[tuple[list[int], str]]:
    """The places of reports with what corrects or retracts them, found by the title."""
    titles: dict[str, list[int]] = defaultdict(list)
    notices: set[str] = set()
    for place, citation in enumerate(citations):
        title = _ERRATUM.sub("", citation.title)
        if len(title) >= _LONG:
            titles[title].append(place)
            if title != citation.title or citation.notice:
                notices.add(title)
    for title in notices:
        yield titles[title], "a report and what corrects it"
