"""The best score that a record could have, from its words alone: where it isn't enough, nobody need read the record.

A score is the words' part, which is computed to the last digit, plus the evidence's part. Each column of evidence lies
between 0 and 1 (`tiab.features.evidence`), and is 0 where the phrases that it is made of cannot be found; so a column
adds at most its weight, where that is positive, and nothing where its phrases are ruled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tiab.criteria import DESIGNS, Criteria
from tiab.features import CRITERION, IN_TITLE
from tiab.pico.vocabulary import vocabulary
from tiab.ranking import RankingModel
from tiab.scan.triggers import Triggers

__all__ = ["EvidenceBound"]

_Sign = tuple[str, str]
"""(kind, name): a kind of phrase, and the concept or design that it speaks for."""
_ANIMALS = "animal study"  # may be told from the signs of species, too, which are not looked for here


@dataclass(eq=False)
class EvidenceBound:
    """The most that evidence can add to the score of a record, by a model.

    Attributes:
        most: what it adds at most to any record.
    """

    model: RankingModel
    most: float = field(init=False)

    def __post_init__(self) -> None:
        names = self.model.space.evidence_names
        weights = self.model.coef[len(self.model.space.words.words) :]
        self._weights = {name: max(0.0, float(weight)) for name, weight in zip(names, weights, strict=True)}
        self._triggers = Triggers(tuple(_phrases(self.model.space.criteria)))
        self.most = sum(self._weights.values())

    def of(self, parts: Sequence[str], publication_types: Iterable[str]) -> float:
        """The most that evidence can add to a record of this title, abstract and keywords."""
        signs = self._triggers.possible("\n".join(parts))
        signs |= {("design", design) for design in (_ANIMALS, *_designs_of(publication_types))}
        possible = set(self._general(bool(parts[1]), signs))
        for concept in self.model.space.criteria.concepts if self.model.space.criteria else ():
            named, short = ("term", concept.name) in signs, ("short", concept.name) in signs
            if named or short:  # in the title a short form may stand that only the abstract makes
                possible |= {f"{CRITERION}: {concept.name}", f"{IN_TITLE}: {concept.name}"}
            if short:
                possible.add(f"criterion abbreviated only: {concept.name}")
            if ("against", concept.name) in signs:
                possible.add(f"term against: {concept.name}")
        return sum(weight for name, weight in self._weights.items() if name in possible)

    def _general(self, has_abstract: bool, signs: set[_Sign]) -> Iterator[str]:
        """The columns that may be above 0 among those that are no concept's own."""
        yield from ("other species", "other language", "outside the years")
        if not has_abstract:
            yield "no abstract to look in"
        designs = {name for kind, name in signs if kind == "design"}
        yield from (f"design: {name}" for name in DESIGNS if name in designs)
        for concept in self.model.space.criteria.concepts if self.model.space.criteria else ():
            if designs.intersection(concept.designs):
                yield "eligible design"
            if designs.intersection(concept.against_designs):
                yield "ineligible design"


def _designs_of(publication_types: Iterable[str]) -> Iterator[str]:
    known = vocabulary("design")["publication_types"]
    for name in publication_types:
        yield from known.get(name.strip().casefold(), {})


def _phrases(criteria: Criteria | None) -> Iterator[tuple[str, _Sign]]:
    for cue in vocabulary("design")["cue"]:
        yield from ((phrase, ("design", cue["design"])) for phrase in cue["phrases"])
    for concept in criteria.concepts if criteria else ():
        for kind, terms in (("term", concept.terms), ("short", concept.abbreviations), ("against", concept.against)):
            yield from ((term, (kind, concept.name)) for term in terms)
