"""How far two reviewers agree: raw agreement, Cohen's kappa, Gwet's AC1 and PABAK, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import EvaluationError
from tiab.metrics import clopper_pearson

__all__ = ["Agreement", "measure_agreement"]

_DRAWS, _SEED = 10_000, 20
_DIGITS = 3
"""Of the intervals of kappa and AC1, which is as much as so many draws can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two reviewers agree on the records that both decided on.

    Attributes:
        n: the records that both decided on.
        agreed: those on which they said the same.
        categories: what they said, sorted.
        table: how often the first said the category of the row and the second that of the column.
        kappa: Cohen's kappa; None where both said one and the same throughout, so that chance alone explains all.
        kappa_low, kappa_high: its interval; None where there is no kappa.
        ac1, ac1_low, ac1_high: Gwet's AC1 and its interval.
        pabak, pabak_low, pabak_high: the prevalence- and bias-adjusted kappa, with the interval of the agreement.
        agreement_low, agreement_high: the exact interval of the raw agreement (Clopper-Pearson).
        confidence: of all intervals.
    """

    n: int
    agreed: int
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    ac1: float
    ac1_low: float
    ac1_high: float
    pabak: float
    pabak_low: float
    pabak_high: float
    agreement_low: float
    agreement_high: float
    confidence: float = 0.95

    @property
    def agreement(self) -> float:
        """The raw agreement: the share of records on which they said the same."""
        return self.agreed / self.n

    @property
    def sentence(self) -> str:
        """All measures in words.

        >>> print(measure_agreement("eeee", "eeee").sentence.split(". ")[0])
        Same decision on 4 of 4 (100%, 95% interval 40% to 100%)
        """
        interval = f"{self.confidence:.0%} interval"
        kappa = "Cohen's kappa is not defined, because both gave one answer throughout. "
        if self.kappa is not None:
            kappa = f"Cohen's kappa {self.kappa:z.2f} ({self.kappa_low:z.2f} to {self.kappa_high:z.2f}). "
        return (
            f"Same decision on {self.agreed:,} of {self.n:,} ({self.agreement:.0%}, {interval} "
            f"{self.agreement_low:.0%} to {self.agreement_high:.0%}). {kappa}"
            f"Gwet's AC1 {self.ac1:z.2f} ({self.ac1_low:z.2f} to {self.ac1_high:z.2f}). "
            f"PABAK {self.pabak:z.2f} ({self.pabak_low:z.2f} to {self.pabak_high:z.2f})."
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__} | {"agreement": self.agreement}


def measure_agreement(
    first: Sequence[object], second: Sequence[object], *, categories: Iterable[object] = (), confidence: float = 0.95
) -> Agreement:
    """How far two reviewers agree, who said `first[i]` and `second[i]` of record i.

    With p the table of proportions over q categories, po = Σ pᵢᵢ and πᵢ = (pᵢ. + p.ᵢ)/2:

    - Cohen's κ = (po − pe)/(1 − pe) with pe = Σ pᵢ. p.ᵢ (Cohen 1960, Educational and Psychological Measurement 20:37).
      Where one category is rare it is low however well they agree.
    - Gwet's AC1 = (po − pe)/(1 − pe) with pe = Σ πᵢ(1 − πᵢ)/(q − 1) (Gwet 2008, British Journal of Mathematical and
      Statistical Psychology 61:29), which is not.
    - PABAK = (q po − 1)/(q − 1), for two categories 2 po − 1 (Byrt, Bishop & Carlin 1993, Journal of Clinical
      Epidemiology 46:423; for more, Brennan & Prediger 1981), which depends on the raw agreement alone.

    The intervals of kappa and AC1 are the central share of 10,000 tables drawn from the posterior of p, a Dirichlet
    distribution whose prior is worth one record, spread evenly over all q² cells (Perks 1947); widened, where need be,
    to hold the estimate. The usual standard errors are 0, and so the interval a point, where both agree throughout or
    one of them gave one answer; these intervals are not, and in simulations they cover as often as they say.

    Args:
        categories: what could be said, where some of it may have been said by neither; at least two are assumed.

    Raises:
        EvaluationError: there is no record, or they decided on different numbers of records.

    >>> agreement = measure_agreement("iieeeeeeee", "ieeeeeeeee")
    >>> agreement.agreement, round(agreement.kappa, 4), round(agreement.ac1, 4)
    (0.9, 0.6154, 0.8658)
    """
    if len(first) != len(second) or not first:
        raise EvaluationError(
            f"{len(first)} and {len(second)} decisions cannot be compared",
            hint="Both must have decided on each record.",
        )
    said = sorted({str(one) for one in (*first, *second)})
    place = {category: number for number, category in enumerate(said)}
    q = max(2, len({*said, *map(str, categories)}))
    table = np.zeros((q, q), dtype=np.int64)
    for one, other in zip(first, second, strict=True):
        table[place[str(one)], place[str(other)]] += 1
    n, agreed = len(first), int(np.trace(table))
    kappa, ac1 = (float(measure(table / n)) for measure in (_kappa, _ac1))
    drawn = _tables(table)
    kappa_low, kappa_high = _interval(_kappa(drawn), kappa, confidence)
    ac1_low, ac1_high = _interval(_ac1(drawn), ac1, confidence)
    low, high = clopper_pearson(agreed, n, confidence=confidence)
    pabak, pabak_low, pabak_high = ((q * share - 1) / (q - 1) for share in (agreed / n, low, high))
    defined = bool(np.isfinite(kappa))
    return Agreement(
        n=n,
        agreed=agreed,
        categories=tuple(said),
        table=tuple(tuple(int(count) for count in row[: len(said)]) for row in table[: len(said)]),
        kappa=kappa if defined else None,
        kappa_low=kappa_low if defined else None,
        kappa_high=kappa_high if defined else None,
        ac1=ac1,
        ac1_low=ac1_low,
        ac1_high=ac1_high,
        pabak=pabak,
        pabak_low=pabak_low,
        pabak_high=pabak_high,
        agreement_low=low,
        agreement_high=high,
        confidence=confidence,
    )


def _kappa(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kappa of each of the tables of shape (…, q, q); NaN where chance alone explains all."""
    expected = (p.sum(axis=-1) * p.sum(axis=-2)).sum(axis=-1)
    return _beyond_chance(p, expected)


def _ac1(p: NDArray[np.float64]) -> NDArray[np.float64]:
    share = (p.sum(axis=-1) + p.sum(axis=-2)) / 2
    return _beyond_chance(p, (share * (1 - share)).sum(axis=-1) / (p.shape[-1] - 1))


def _beyond_chance(p: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    observed, left = np.trace(p, axis1=-2, axis2=-1), 1 - np.asarray(expected)
    kept = left > 1e-12
    return np.where(kept, (observed - expected) / np.where(kept, left, 1), np.nan)


def _tables(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Tables drawn from the posterior, the same for the same counts whoever comes first; shape (draws, q, q)."""
    shown = max(counts.tolist(), counts.T.tolist())
    posterior = np.asarray(shown, dtype=np.float64) + 1 / counts.size
    drawn = np.random.default_rng(_SEED).dirichlet(posterior.ravel(), size=_DRAWS)
    return drawn.reshape(_DRAWS, *counts.shape)


def _interval(drawn: NDArray[np.float64], estimate: float, confidence: float) -> tuple[float, float]:
    """The central share of the draws, widened to hold the estimate."""
    tail = (1 - confidence) / 2
    low, high = (round(float(end), _DIGITS) for end in np.nanquantile(drawn, [tail, 1 - tail]))
    return (min(low, estimate), max(high, estimate)) if np.isfinite(estimate) else (low, high)
