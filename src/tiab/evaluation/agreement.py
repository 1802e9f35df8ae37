"""How far two reviewers agree: raw agreement, and Cohen's kappa with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from tiab.errors import EvaluationError
from tiab.metrics.interval import clopper_pearson

__all__ = ["Agreement", "measure_agreement"]


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
        agreement_low, agreement_high: the exact interval of the raw agreement (Clopper-Pearson).
        confidence: of both intervals.
    """

    n: int
    agreed: int
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    agreement_low: float
    agreement_high: float
    confidence: float = 0.95

    @property
    def agreement(self) -> float:
        """The raw agreement: the share of records on which they said the same."""
        return self.agreed / self.n

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types."""
        return {name: getattr(self, name) for name in self.__slots__} | {"agreement": self.agreement}


def measure_agreement(first: Sequence[object], second: Sequence[object], *, confidence: float = 0.95) -> Agreement:
    """How far two reviewers agree, who said `first[i]` and `second[i]` of record i.

    With p the table of proportions, po = Σ pᵢᵢ, pe = Σ pᵢ. p.ᵢ: κ = (po − pe) / (1 − pe) (Cohen 1960, Educational
    and Psychological Measurement 20:37). The interval is κ ± z·SE, cut off at −1 and 1, with the large-sample standard
    error of Fleiss, Cohen & Everitt 1969 (Psychological Bulletin 72:323). It is rough under about 50 records, and
    where one category is rare κ is low however well they agree: read it beside the raw agreement.

    Raises:
        EvaluationError: there is no record, or they decided on different numbers of records.

    >>> agreement = measure_agreement("iieeeeeeee", "ieeeeeeeee")
    >>> agreement.agreement, round(agreement.kappa, 4)
    (0.9, 0.6154)
    """
    if len(first) != len(second) or not first:
        raise EvaluationError(
            f"{len(first)} and {len(second)} decisions cannot be compared",
            hint="Both must have decided on each record.",
        )
    said = sorted({str(one) for one in (*first, *second)})
    place = {category: number for number, category in enumerate(said)}
    table = np.zeros((len(said), len(said)), dtype=int)
    for one, other in zip(first, second, strict=True):
        table[place[str(one)], place[str(other)]] += 1
    n, agreed = len(first), int(np.trace(table))
    kappa, error = _kappa(table / n, n)
    reach = float(norm.ppf(0.5 + confidence / 2)) * error
    low, high = clopper_pearson(agreed, n, confidence=confidence)
    return Agreement(
        n=n,
        agreed=agreed,
        categories=tuple(said),
        table=tuple(tuple(int(count) for count in row) for row in table),
        kappa=kappa,
        kappa_low=None if kappa is None else max(-1.0, kappa - reach),
        kappa_high=None if kappa is None else min(1.0, kappa + reach),
        agreement_low=low,
        agreement_high=high,
        confidence=confidence,
    )


def _kappa(p: NDArray[np.float64], n: int) -> tuple[float | None, float]:
    """Kappa and its standard error; None and 0 where it is not defined."""
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if np.isclose(expected, 1.0):
        return None, 0.0
    kappa = (observed - expected) / (1 - expected)
    on = float(np.sum(np.diag(p) * (1 - (rows + columns) * (1 - kappa)) ** 2))
    off = (columns[:, None] + rows[None, :]) ** 2 * p
    away = (1 - kappa) ** 2 * float(off.sum() - np.trace(off))
    inner = on + away - (kappa - expected * (1 - kappa)) ** 2
    return kappa, float(np.sqrt(max(0.0, inner) / n)) / (1 - expected)
