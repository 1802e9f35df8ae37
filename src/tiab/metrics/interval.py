"""How sure a proportion is: the exact interval of Clopper and Pearson."""

from __future__ import annotations

from scipy.special import betaincinv

from tiab.errors import EvaluationError

__all__ = ["clopper_pearson"]


def clopper_pearson(k: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval (low, high) of a proportion of which k in n were seen; (0, 1) where n = 0.

    With α = 1 − confidence: low = B(α/2; k, n − k + 1), high = B(1 − α/2; k + 1, n − k), B being the quantile of the
    beta distribution (Clopper & Pearson 1934, Biometrika 26:404). It covers the truth at least as often as it says.

    Raises:
        EvaluationError: k is not within 0..n, or the confidence not between 0 and 1.

    >>> low, high = clopper_pearson(12, 12)
    >>> round(low, 4), high
    (0.7354, 1.0)
    """
    if not 0 <= k <= n:
        raise EvaluationError(f"{k} of {n} is no proportion")
    if not 0 < confidence < 1:
        raise EvaluationError(f"a confidence of {confidence} is not between 0 and 1", hint="Write 95 % as 0.95.")
    half = (1 - confidence) / 2
    low = float(betaincinv(k, n - k + 1, half)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - half)) if k < n else 1.0
    return low, high
