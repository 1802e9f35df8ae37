"""replay: every ranking that the log names, made again from the log and compared with what it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from tiab.errors import ReviewError
from tiab.features import make_features
from tiab.features.term_spans import find_term_spans
from tiab.review.criteria_file import logged_criteria
from tiab.review.feature_cache import rules_version
from tiab.review.rankings import Learner, RankingEntry, ranked_entry
from tiab.review.snapshot import Snapshot, take
from tiab.store import Event, LogState, Store, advance, unrolled

__all__ = ["Replay", "Replayed", "Replaying", "replay"]

Replaying = Callable[[int, int], object]
"""Called with the number of rankings done, and of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One ranking, made again.

    Attributes:
        event_id, time: its entry in the log.
        same_data: the labels and the records they were given to are the same.
        same_order: every record has the rank that it had.
        identical: and every digit of the model is the same.
        same_rules: it was made by the same rules for PICO and features as now.
    """

    event_id: int
    time: str
    reviewer: str
    included: int
    excluded: int
    same_data: bool
    same_order: bool
    identical: bool
    same_rules: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of making every ranking again.

    Attributes:
        events: how many the log holds.
        rankings: those made again, in the order of the log.
    """

    events: int
    rankings: tuple[Replayed, ...]

    @property
    def identical(self) -> bool:
        """Whether every ranking came out the same to the last digit."""
        return all(one.identical for one in self.rankings)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        names = Replayed.__slots__
        rankings = [{name: getattr(one, name) for name in names} for one in self.rankings]
        return {"events": self.events, "identical": self.identical, "rankings": rankings}

    def summary(self) -> list[str]:
        """What it means, in sentences."""
        n, same = len(self.rankings), sum(one.identical for one in self.rankings)
        said = [
            f"{self.events} events in the log name {n} rankings; {same} of them came out the same to the last digit."
        ]
        for count, what in (
            (sum(not one.same_data for one in self.rankings), "learned from other labels than the log now gives"),
            (sum(one.same_data and not one.same_order for one in self.rankings), "put the records in another order"),
            (
                sum(one.same_order and not one.identical for one in self.rankings),
                "put them in the same order with other digits, as another processor or numpy may",
            ),
        ):
            if count:
                said.append(f"{count} {what}.")
        older = sum(not one.same_rules for one in self.rankings)
        if older:
            said.append(f"{older} were made by another version of the rules: differences are to be expected there.")
        return said


def replay(store: Store, *, jobs: int = 1, progress: Replaying | None = None) -> Replay:
    """Every ranking of the log, made again from records, criteria and labels alone; no cache is read.

    Args:
        jobs: processes for the PICO step.

    Raises:
        ReviewError: the log says what tiab never writes.
    """
    events = store.events()
    records, fingerprints = store.records(), store.fingerprints()
    wanted = sorted(_entries(events), key=lambda pair: (len(pair[2]), pair[0].event_id))
    state, seen, learners = LogState(), list[Event](), _Learners(jobs)
    done: list[Replayed] = []
    for event, entry, view in wanted:
        known = [one for one in events if one.event_id in view]
        follows = known[: len(seen)] == seen
        state = advance(state if follows else LogState(), known[len(seen) :] if follows else known)
        seen = known
        snapshot = take(state, records, fingerprints, criteria=logged_criteria(state))
        done.append(_made_again(event, entry, snapshot, learners.of(snapshot, by_words=entry.by_words)))
        if progress:
            progress(len(done), len(wanted))
    return Replay(events=len(events), rankings=tuple(sorted(done, key=lambda one: one.event_id)))


def _entries(events: Sequence[Event]) -> list[tuple[Event, RankingEntry, Set[int]]]:
    """The rankings that the log names, each with the numbers of the events that it rests on."""
    entries: list[tuple[Event, RankingEntry, Set[int]]] = []
    here = frozenset(event.event_id for event in events)
    for event in events:
        if event.kind == "ranked":
            try:
                entry = RankingEntry.read(event.reviewer, event.payload)
                # One from another copy of the review rests on what was there then.
                view = set(unrolled(event.payload["view"])) if event.origin else range(1, entry.after + 1)
                entries.append((event, entry, here.intersection(view)))
            except (KeyError, TypeError, ValueError) as error:
                hint = "Another program may have altered the file: take the last copy of the folder."
                message = f"event {event.event_id} of the log (ranked) cannot be understood ({error})"
                raise ReviewError(message, hint=hint) from error
    return entries


def _made_again(event: Event, entry: RankingEntry, snapshot: Snapshot, learner: Learner) -> Replayed:
    reviewer = entry.reviewer if entry.scope == "own" else None
    learned = learner.learn(snapshot.labels(reviewer))
    payload = ranked_entry(learned, snapshot, reviewer, by_words=entry.by_words).payload
    again = RankingEntry.read(entry.reviewer, payload)
    same_data = (again.data, again.criteria, again.records) == (entry.data, entry.criteria, entry.records)
    return Replayed(
        event_id=event.event_id,
        time=event.time,
        reviewer=entry.reviewer,
        included=entry.included,
        excluded=entry.excluded,
        same_data=same_data,
        same_order=same_data and again.order == entry.order,
        identical=same_data and again.order == entry.order and again.model == entry.model,
        same_rules=entry.rules == rules_version(),
    )


class _Learners:
    """The learner of the pool last asked for: rankings of one pool follow on each other in the log."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: object = None
        self._learner: Learner | None = None

    def of(self, snapshot: Snapshot, *, by_words: bool) -> Learner:
        pool = snapshot.pool, by_words
        if self._learner is None or self._pool != pool:
            records, criteria = tuple(snapshot.records), snapshot.criteria
            spans = find_term_spans(records, criteria) if by_words else None
            whole = make_features(records, criteria=criteria, spans=spans, jobs=self._jobs)
            prints = [snapshot.fingerprints[place] for place in snapshot.main_places]
            self._learner, self._pool = Learner(snapshot.of_studies(whole), prints, seed=snapshot.seed), pool
        return self._learner
