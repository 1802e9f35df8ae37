"""suggest_terms: what the records and the decisions on them offer to the criteria."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tiab.criteria import Criteria
from tiab.decisions import labels_on
from tiab.errors import CriteriaError
from tiab.labels import Label
from tiab.records import Record
from tiab.suggesting.abbreviations import suggest_abbreviations
from tiab.suggesting.compared import suggest_compared, suggest_narrower
from tiab.suggesting.headings import suggest_headings
from tiab.suggesting.pool import Pool
from tiab.suggesting.spellings import suggest_spellings
from tiab.suggesting.term_suggestion import KINDS, TermSuggestion

__all__ = ["suggest_terms"]

_MOST = 10


def suggest_terms(
    records: Sequence[Record],
    *,
    criteria: Criteria,
    labels: Iterable[Label] | Mapping[str, object] | None = None,
    most: int = _MOST,
) -> tuple[TermSuggestion, ...]:
    """Changes to the terms of the criteria that the records speak for; those from decisions first.

    They are for a person to accept or not: a heading that goes with a concept may mean something else.

    Args:
        labels: as `tiab.rank` takes them; reasons for exclusion say which concept's terms are looked at.
        most: of one kind for one concept, so many at most.

    Raises:
        CriteriaError: no concept has terms.
        LabelError: a label is on none of the records.

    >>> from tiab.criteria import Concept
    >>> pool = [Record(record_id="1", title="Healthcare at home (HAH)"), Record(record_id="2", title="Tax law")]
    >>> criteria = Criteria(title="", concepts=(Concept(role="intervention", name="home", terms=("health care",)),))
    >>> [(one.kind, one.term) for one in suggest_terms(pool, criteria=criteria)]
    [('spelling', 'healthcare'), ('silent', 'health care')]
    """
    pool = Pool(records=records, criteria=criteria, labels=labels_on(records, labels))
    if not pool.concepts:
        raise CriteriaError(
            "there are no terms to suggest others for", hint="Draft criteria first: tiab criteria draft."
        )
    order = list(KINDS)
    found = sorted(_all(pool), key=lambda one: (order.index(one.kind), _strength(one)))
    times: Counter[tuple[str, ...]] = Counter()
    kept = []
    for one in found:
        times[one.kind, one.concept, one.action] += 1
        if times[one.kind, one.concept, one.action] <= most:
            kept.append(one)
    return tuple(kept)


def _strength(one: TermSuggestion) -> tuple[float, int, int]:
    """What comes first is less; headings come in their own order."""
    if one.kind == "heading":
        return 1.0, 0, 0
    return (1.0 if one.p is None else one.p, -one.changed, -one.records)


def _all(pool: Pool) -> Iterator[TermSuggestion]:
    yield from suggest_narrower(pool)
    yield from suggest_compared(pool)
    yield from suggest_spellings(pool)
    yield from suggest_abbreviations(pool)
    yield from suggest_headings(pool)
    yield from _silent(pool)


def _silent(pool: Pool) -> Iterator[TermSuggestion]:
    for concept in pool.concepts:
        for term in concept.terms:
            having = pool.index.records(term)
            if not having.any():
                yield TermSuggestion(
                    kind="silent",
                    action="remove",
                    concept=concept.name,
                    role=concept.role,
                    key="terms",
                    term=term,
                    because="no record has it",
                    **pool.counts(having),
                )
