"""The part of a report on the people: how the review was screened, states, progress, agreement, disagreements."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.review import Snapshot
from tiab.review.agreement import (
    Disagreement,
    PairAgreement,
    agreement_sentence,
    list_disagreements,
    measure_pairs,
)
from tiab.review.team import ReviewerProgress, team_progress

__all__ = ["TeamReport", "build_team"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReport:
    """What there is to report of the people who screened, as somebody without a name may see it.

    Attributes:
        settings: how the review was screened, in sentences.
        states: (state, records) of all states that a record may be in.
        for_the_paper: a sentence on the agreement of each pair.
    """

    settings: tuple[str, ...]
    states: tuple[tuple[str, int], ...]
    progress: tuple[ReviewerProgress, ...]
    pairs: tuple[PairAgreement, ...]
    disagreements: tuple[Disagreement, ...]
    for_the_paper: tuple[str, ...]


def build_team(snapshot: Snapshot) -> TeamReport:
    """What there is to report of the people who screened the review of `snapshot`."""
    pairs = tuple(measure_pairs(snapshot))
    return TeamReport(
        settings=snapshot.states.policy.sentences,
        states=tuple((str(state), count) for state, count in snapshot.states.counts.items()),
        progress=team_progress(snapshot),
        pairs=pairs,
        disagreements=tuple(list_disagreements(snapshot)),
        for_the_paper=tuple(map(agreement_sentence, pairs)),
    )
