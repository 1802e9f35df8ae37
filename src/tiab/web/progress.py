"""Progress: how far one reviewer has come, what may still be missing, and how long the rest may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tiab.evaluation.missing import MissingEstimate, estimate_missing, rule_stops
from tiab.review import Snapshot
from tiab.review.history import read_history
from tiab.review.team import measure_pace

__all__ = ["ReviewerProgress", "measure_progress", "rule_in_words"]

TARGET, ALPHA = 0.95, 0.05
WIDE, FOOT, LEFT = 296, 104, 26
"""The axes of the curve in the units of its picture: the right end, the foot and the left."""

_CONFIDENCE = f"{1 - ALPHA:.0%}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerProgress:
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
        """The curve as the points of an SVG polyline, within the axes."""
        return " ".join(self._point(at, found) for at, found in self.curve)

    @property
    def ideal(self) -> str:
        """The same of a ranking that had put all that was found first."""
        return " ".join(self._point(*one) for one in ((0, 0), (self.found, self.found), (self.screened, self.found)))

    @property
    def end(self) -> float:
        """How far the curve reaches to the right."""
        return float(self._point(self.screened, 0).split(",")[0])

    def _point(self, at: int, found: int) -> str:
        x = LEFT + (WIDE - LEFT) * at / max(1, self.to_screen)
        return f"{x:.1f},{FOOT - (FOOT - 8) * found / max(1, self.found):.1f}"

    @property
    def time_left(self) -> str:
        """The hours left, in words; "" before there is a pace."""
        if self.hours is None:
            return ""
        if self.hours < 1.5:
            return f"{max(1, round(60 * self.hours))} min"
        return f"{self.hours:,.0f} hours"


def measure_progress(snapshot: Snapshot, reviewer: str, *, rule: str = "") -> ReviewerProgress:
    """The progress of one reviewer; what others decided does not count."""
    history = read_history(snapshot, reviewer)
    frontier = estimate_missing(history, target=TARGET, alpha=ALPHA)
    stops = {name: at for name, _, at in rule_stops(history, target=TARGET, alpha=ALPHA)}
    own = [given[-1] for (_, name), given in snapshot.state.labels.items() if name == reviewer]
    pace = measure_pace(one for one in own if not one.label.prior)
    left = frontier.n_records - frontier.screened
    return ReviewerProgress(
        screened=frontier.screened,
        found=frontier.found,
        to_screen=frontier.n_records,
        missing=_missing(frontier),
        assumption=frontier.assumption_in_short if frontier.states_bound else "",
        more=(
            frontier.sentence,
            *((frontier.assumption,) if frontier.states_bound else ()),
            *((f"The report and the command line call the stopping rule “{rule}”.",) if rule in stops else ()),
        ),
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
        return "Too early to tell what may be missing."
    if not now.missing:
        return f"Upper bound on relevant records among the unread: 0 ({_CONFIDENCE} confidence)."
    records = "relevant record" if now.missing == 1 else "relevant records"
    return f"Up to {now.missing:,} {records} may remain unread ({_CONFIDENCE} confidence)."


def _advice(now: MissingEstimate, stops: Mapping[str, int | None], rule: str) -> str:
    if rule not in stops:
        return ""
    said = f"{rule_in_words(rule)}."
    if now.missing is None:
        return f"Stopping rule: not known, as {now.because}. {said}"
    at = stops[rule]
    if at is None:
        return f"Stopping rule not met: keep screening. {said}"
    return f"Stopping rule met after {at:,} records: whether to stop is for you to decide. {said}"


def rule_in_words(rule: str) -> str:
    """What a stopping rule does, for people who don't know its name.

    >>> rule_in_words("50 irrelevant in a row")
    'Stop after 50 irrelevant records in a row; no guarantee'
    """
    found = f"stop when {TARGET:.0%} of the relevant records are found"
    words = {
        "exact test (trailing)": f"Test on the records since the last relevant one: {found}",
        "exact test (buscar)": f"Test on all screened records: {found}",
        "knee": "Stop when hardly any relevant records come up any more; no guarantee",
    }
    if rule.endswith(" irrelevant in a row"):
        return f"Stop after {rule.split()[0]} irrelevant records in a row; no guarantee"
    if rule.startswith("read "):
        return f"Stop after {rule.removeprefix('read ')} of the records; no guarantee"
    return words.get(rule, rule)


def _curve(now: MissingEstimate) -> tuple[tuple[int, int], ...]:
    """The corners of the steps; at most some hundred, which is more than a small picture shows."""
    points = [(0, 0), (now.unordered, now.found_unordered)]
    for found, at in enumerate(now.found_at, now.found_unordered + 1):
        points += [(at, found - 1), (at, found)]
    step = max(1, len(points) // 400)
    return (*points[::step], (now.screened, now.found))
