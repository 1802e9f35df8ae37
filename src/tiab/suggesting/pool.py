"""Pool: the records by the terms that they have, the concepts that they meet and what was decided on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypedDict

import numpy as np

from tiab.criteria import Concept, Criteria
from tiab.drafting.roles import named_role
from tiab.labels import Decision, Label
from tiab.pico.term_index import Mask, TermIndex
from tiab.records import Record

__all__ = ["Counts", "Pool"]


class Counts(TypedDict):
    """How many records there are of each kind, as a `TermSuggestion` holds them."""

    records: int
    included: int
    excluded: int
    unread: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """What suggestions are made from.

    Attributes:
        labels: by the ids of the records.
    """

    records: Sequence[Record]
    criteria: Criteria
    labels: Mapping[str, Label] = field(default_factory=dict)

    @cached_property
    def index(self) -> TermIndex:
        """The terms of the records."""
        return TermIndex(self.records)

    @cached_property
    def included(self) -> Mask:
        """Which records were included."""
        return self._decided(Decision.INCLUDE)

    @cached_property
    def excluded(self) -> Mask:
        """Which records were excluded, for whatever reason."""
        return self._decided(Decision.EXCLUDE)

    @cached_property
    def concepts(self) -> tuple[Concept, ...]:
        """The concepts that have terms."""
        return tuple(concept for concept in self.criteria.concepts if concept.terms)

    @cached_property
    def met(self) -> Mapping[str, Mask]:
        """Concept -> which records have one of its terms."""
        return {concept.name: self.index.any_of(concept.terms) for concept in self.concepts}

    @cached_property
    def _roles(self) -> list[str]:
        """The role that the reason for each record's exclusion names; "" where it names none."""
        labels = (self.labels.get(record.record_id) for record in self.records)
        return [named_role(label.reason) if label else "" for label in labels]

    def excluded_for(self, role: str) -> Mask:
        """Which records were excluded for a reason that names this role, such as "wrong population"."""
        return self.excluded & self._said(role)

    def may_speak_against(self, role: str) -> Mask:
        """Which records were excluded for this role, or nobody said why."""
        return self.excluded & self._said("", role)

    def _said(self, *roles: str) -> Mask:
        return np.array([said in roles for said in self._roles], dtype=bool)

    def counts(self, having: Mask) -> Counts:
        """How many records, and included, excluded and unread ones, are among those `having` something."""
        decided = np.array([record.record_id in self.labels for record in self.records], dtype=bool)
        return Counts(
            records=int(having.sum()),
            included=int((having & self.included).sum()),
            excluded=int((having & self.excluded).sum()),
            unread=int((having & ~decided).sum()),
        )

    def covered(self, phrases: Sequence[str]) -> Mask:
        """Which of `phrases` hold a term of the criteria already; shape (number of phrases,)."""
        inside = TermIndex([Record(record_id=str(place), title=phrase) for place, phrase in enumerate(phrases)])
        concepts = self.criteria.concepts
        return inside.any_of(term for c in concepts for term in (*c.terms, *c.abbreviations, *c.against))

    def _decided(self, decision: Decision) -> Mask:
        labels = (self.labels.get(record.record_id) for record in self.records)
        return np.array([label is not None and label.decision is decision for label in labels], dtype=bool)
