"""Stopping rules, as they would act on an ordering: those that can be relied on, and those that come with no guarantee.

A rule takes whether each record is relevant, best ranked first, and says which records would have been read. Rules of
thumb carry `NO_GUARANTEE`: nothing follows from "50 irrelevant in a row" about what is missing, and the only honest
thing to say about them is how often they would have been right in a simulation that resembles the pool.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics import as_fraction, records_in
from tiab.stopping.samples import control_set_size, elusion_size
from tiab.stopping.significance import Method, stop_at

__all__ = [
    "NO_GUARANTEE",
    "Rule",
    "control_set",
    "elusion_sample",
    "exact_test",
    "fraction_read",
    "in_a_row",
    "knee",
    "read_everything",
    "safe",
    "standard_rules",
]

NO_GUARANTEE = "no guarantee"

Relevance: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rule:
    """A stopping rule.

    Attributes:
        guarantee: what is promised, and on what assumption; `NO_GUARANTEE` for a rule of thumb.
        read: (relevant, generator) ► which records are read, both in the order of the ranking.
    """

    name: str
    guarantee: str
    read: Callable[[Relevance, np.random.Generator], Relevance]


def read_everything() -> Rule:
    """The rule of reading every record."""
    return Rule("read everything", "everything is seen", lambda labels, _: np.ones(labels.size, dtype=bool))


def exact_test(target: float | str = 0.95, *, alpha: float = 0.05, method: Method = "trailing") -> Rule:
    """Stops when the exact test rejects, at α, that the target recall is missed (see `tiab.stopping.significance`)."""
    as_fraction(target)

    def read(labels: Relevance, _: np.random.Generator) -> Relevance:
        stop = stop_at(labels, labels.size, target=target, alpha=alpha, method=method)
        return _first(labels.size, labels.size if stop is None else stop)

    promise = f"recall {target} at an error of {alpha:.0%} a look, if the unread are in no worse than random order"
    return Rule(f"exact test ({method})", promise, read)


def elusion_sample(target: float | str = 0.95, *, after: int | None = None, confidence: float = 0.95) -> Rule:
    """Screens until `after` irrelevant in a row, then draws one random sample from the rest.

    Its size is such that 0 relevant records in it assure the target recall. If one turns up, everything is read. Where
    `after` is None it is a tenth of the pool, but at least 50: a sample drawn too early finds something.
    """
    exact = as_fraction(target)

    def read(labels: Relevance, generator: np.random.Generator) -> Relevance:
        seen = _first(labels.size, _row_end(labels, max(50, labels.size // 10) if after is None else after))
        rest, found = np.flatnonzero(~seen), int(labels[seen].sum())
        allowed = math.floor(found / exact) - found
        sample = generator.choice(rest, elusion_size(rest.size, allowed, confidence=confidence), replace=False)
        if labels[sample].any():
            return np.ones(labels.size, dtype=bool)
        seen[sample] = True
        return seen

    return Rule("elusion sample", f"recall {target} with {confidence:.0%} confidence, whatever the order", read)


def control_set(target: float | str = 0.95, *, confidence: float = 0.95) -> Rule:
    """Reads at random until the control set holds enough relevant records, then in order until all those have come up.

    Where the pool holds too few relevant records for a control set, everything is read.
    """
    needed = control_set_size(target, confidence=confidence)

    def read(labels: Relevance, generator: np.random.Generator) -> Relevance:
        drawn = generator.permutation(labels.size)
        hits = np.flatnonzero(labels[drawn])
        if hits.size < needed:
            return np.ones(labels.size, dtype=bool)
        sample = drawn[: hits[needed - 1] + 1]
        seen = _first(labels.size, int(sample[labels[sample]].max()) + 1)
        seen[sample] = True
        return seen

    return Rule("control set", f"recall {target} with {confidence:.0%} confidence, whatever the order", read)


def in_a_row(count: int = 50) -> Rule:
    """No guarantee: stops after so many irrelevant records in a row."""
    if count < 1:
        raise EvaluationError(f"{count} irrelevant records in a row make no rule", hint="Give 1 or more.")
    return Rule(
        f"{count} irrelevant in a row", NO_GUARANTEE, lambda labels, _: _first(labels.size, _row_end(labels, count))
    )


def fraction_read(share: float = 0.5) -> Rule:
    """No guarantee: stops after a share of the pool."""
    as_fraction(share)
    return Rule(
        f"read {share:.0%}", NO_GUARANTEE, lambda labels, _: _first(labels.size, records_in(share, labels.size))
    )


def knee(*, sharpness: float = 0.8, minimum: int = 100) -> Rule:
    """No guarantee: stops where the curve of relevant records found has bent sharply.

    At s records, with both axes scaled to 1, the difference between curve and chord is Rᵢ/Rₛ − i/s; the knee is the
    point i where it is largest (Satopää et al. 2011, ICDCSW, "Kneedle"). It stops when the largest difference has
    reached `sharpness`, but not before `minimum` records. Looked at after every hundredth of the pool. The slope ratio
    of Cormack & Grossman 2016 is another rule, which tiab does not have: see docs/metrics.md.

    Raises:
        EvaluationError: the sharpness is not between 0 and 1.
    """
    if not 0 < sharpness < 1:
        raise EvaluationError(f"a sharpness of {sharpness} is not between 0 and 1", hint="0.8 is a sharp bend.")

    def read(labels: Relevance, _: np.random.Generator) -> Relevance:
        curve = np.concatenate(([0], np.cumsum(labels)))
        for s in range(minimum, labels.size, max(1, labels.size // 100)):
            if curve[s] and np.max(curve[: s + 1] / curve[s] - np.arange(s + 1) / s) >= sharpness:
                return _first(labels.size, s)
        return _first(labels.size, labels.size)

    return Rule("knee", NO_GUARANTEE, read)


def safe(*, sample: float = 0.01, share: float = 0.1, count: int = 50) -> Rule:
    """No guarantee: the first two of the four phases of SAFE.

    S: a random sample (1%) gives a guess of how many are relevant. A: screening in order goes on until twice that many
    records and a tenth of the pool have been read, and 50 in a row were irrelevant. Not simulated: the key papers that
    must have come up, the second model of phase F and the look at quality in phase E, all of which read more.
    Boetje & van de Schoot 2024, Syst Rev, doi 10.1186/s13643-024-02502-7.
    """

    def read(labels: Relevance, generator: np.random.Generator) -> Relevance:
        drawn = generator.choice(labels.size, max(1, records_in(sample, labels.size)), replace=False)
        guess = math.ceil(float(labels[drawn].mean()) * labels.size)
        seen = _first(labels.size, _row_end(labels, count, least=max(2 * guess, records_in(share, labels.size))))
        seen[drawn] = True
        return seen

    return Rule("SAFE, phases S and A", NO_GUARANTEE, read)


def standard_rules(target: float | str | Fraction = 0.95, *, alpha: float = 0.05) -> list[Rule]:
    """The rules that `plan` compares, those with a guarantee first.

    >>> [rule.name for rule in standard_rules() if rule.guarantee == NO_GUARANTEE][:2]
    ['50 irrelevant in a row', '100 irrelevant in a row']
    """
    wanted = str(target)
    return [
        read_everything(),
        exact_test(wanted, alpha=alpha),
        exact_test(wanted, alpha=alpha, method="buscar"),
        elusion_sample(wanted, confidence=1 - alpha),
        control_set(wanted, confidence=1 - alpha),
        in_a_row(50),
        in_a_row(100),
        fraction_read(0.5),
        knee(),
        safe(),
    ]


def _first(size: int, count: int) -> Relevance:
    return np.arange(size) < count


def _row_end(labels: Relevance, count: int, *, least: int = 0) -> int:
    """The first position, at least `least`, after which the last `count` records were all irrelevant; else the end."""
    points = np.arange(1, labels.size + 1)
    last = np.maximum.accumulate(np.where(labels, points, 0))
    done = np.flatnonzero((points - last >= count) & (points >= least))
    return int(points[done[0]]) if done.size else labels.size
