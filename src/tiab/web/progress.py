"""Progress: how far one reviewer has come, what may still be missing, and how long the rest may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tiab.evaluation.missing import MissingEstimate, estimate_missing, rule_stops
from tiab.review import Snapshot
from tiab.review.history import read_history
from tiab.review.team import measure_pace

__all__ = ["Progress", "measure_progress"]

TARGET, ALPHA = 0.95, 0.05
_CONFIDENCE = f"{1 - ALPHA:.0%}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one reviewer has come.

    Attributes:
        to_screen: records to screen that were not known beforehand.
        missing: what may still be missing, in one sentence.
        assumption: what that assumes, in another; "" where it says nothing.
        more: the same in full, with what it rests on.
        pace: seconds for each record, breaks aside; None before there is one.
        hours: what the rest takes at this pace.
        advice: what the chosen rule says; "" for none.
        rules: the names of the rules to choose from.
        curve: the points (screened, found) at which the curve bends; straight where the order is not known.
    """

    screened: int
    found: int
    to_screen: int
    missing: str
    assumption: str
    more: tuple[str, ...]
    pace: float | None
    hours: float | None
    advice: str
    rules: tuple[str, ...]
    curve: tuple[tuple[int, int], ...]

    @property
    def points(self) -> str:
        """The curve as the points of an SVG polyline, 300 wide and 100 high."""
        wide, high = 300 / max(1, self.to_screen), 94 / max(1, self.found)
        return " ".join(f"{at * wide:.1f},{100 - found * high:.1f}" for at, found in self.curve)

    @property
    def end(self) -> str:
        """How far the curve reaches, of those 300."""
        return f"{300 * self.screened / max(1, self.to_screen):.1f}"

    @property
    def time_left(self) -> str:
        """The hours left, in words; "" before there is a pace."""
        if self.hours is None:
            return ""
        if self.hours < 1.5:
            return f"{max(1, round(60 * self.hours))} min"
        return f"{self.hours:,.0f} hours"


def measure_progress(snapshot: Snapshot, reviewer: str, *, rule: str = "") -> Progress:
    """The progress of one reviewer; what others decided does not count."""
    history = read_history(snapshot, reviewer)
    frontier = estimate_missing(history, target=TARGET, alpha=ALPHA)
    stops = {name: at for name, _, at in rule_stops(history, target=TARGET, alpha=ALPHA)}
    own = [given[-1] for (_, name), given in snapshot.state.labels.items() if name == reviewer]
    pace = measure_pace(one for one in own if not one.label.prior)
    left = frontier.n_records - frontier.screened
    return Progress(
        screened=frontier.screened,
        found=frontier.found,
        to_screen=frontier.n_records,
        missing=_missing(frontier),
        assumption=frontier.assumption_in_short if frontier.states_bound else "",
        more=(frontier.sentence, *((frontier.assumption,) if frontier.states_bound else ())),
        pace=pace,
        hours=None if pace is None else left * pace / 3600,
        advice=_advice(frontier, stops, rule) if left and history.screened else "",
        rules=tuple(stops),
        curve=_curve(frontier),
    )


def _missing(now: MissingEstimate) -> str:
    if now.screened and now.screened == now.n_records:
        return "Every record is screened."
    if now.missing is None:
        return f"What may be missing is not known: {now.because}."
    if now.is_too_early or not now.screened:
        return "Too early to estimate what may be missing."
    if not now.missing:
        return f"Upper bound on relevant records among the unread: 0 ({_CONFIDENCE} confidence)."
    records = "relevant record" if now.missing == 1 else "relevant records"
    return f"Up to {now.missing:,} {records} may remain unread ({_CONFIDENCE} confidence)."


def _advice(now: MissingEstimate, stops: Mapping[str, int | None], rule: str) -> str:
    if rule not in stops:
        return ""
    if now.missing is None:
        return f"Stopping rule “{rule}”: not known, as {now.because}."
    at = stops[rule]
    if at is None:
        return f"Stopping rule “{rule}” not met: keep screening."
    return f"Stopping rule “{rule}” met after {at:,} records. Whether to stop is for you to decide."


def _curve(now: MissingEstimate) -> tuple[tuple[int, int], ...]:
    """The corners of the steps; at most some hundred, which is more than a small picture shows."""
    points = [(0, 0), (now.unordered, now.found_unordered)]
    for found, at in enumerate(now.found_at, now.found_unordered + 1):
        points += [(at, found - 1), (at, found)]
    step = max(1, len(points) // 400)
    return (*points[::step], (now.screened, now.found))
