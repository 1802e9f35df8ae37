"""What a random sample says, and how large it must be; these need no assumption about the order of screening.

An elusion sample is drawn from the records left unscreened, after screening in order has stopped. A control set is
drawn from the whole pool before screening starts. Either is drawn by lot and read in full. A sample that is enlarged
until it says what one hoped for says nothing.
"""

from __future__ import annotations

import math
from fractions import Fraction

from tiab.errors import EvaluationError
from tiab.metrics import as_fraction, clopper_pearson
from tiab.stopping.hypergeometric import cdf

__all__ = [
    "control_set_size",
    "elusion_missing_at_most",
    "elusion_size",
    "rate_upper_bound",
    "relevant_in_pool",
    "sample_size",
]


def rate_upper_bound(hits: int, sampled: int, *, confidence: float = 0.95) -> float:
    """The one-sided exact upper bound of a rate of which `hits` in `sampled` were seen; 1 where nothing was sampled.

    B(confidence; hits + 1, sampled − hits), after Clopper & Pearson 1934 (Biometrika 26:404). For 0 hits at 95% it is
    near 3/n, the rule of three (Hanley & Lippman-Hand 1983, JAMA 249:1743); this is its exact and general form.

    >>> round(rate_upper_bound(0, 300), 5)
    0.00994
    """
    _check(hits, sampled, confidence)
    from scipy.special import betaincinv  # its import takes longer than most commands

    return float(betaincinv(hits + 1, sampled - hits, confidence)) if hits < sampled else 1.0


def sample_size(max_rate: float, *, hits: int = 0, confidence: float = 0.95) -> int:
    """The smallest sample whose upper bound is at most `max_rate`, should `hits` relevant records turn up in it.

    The population is taken as endless; see `elusion_size` for a pool of known size.

    >>> sample_size(0.01), sample_size(0.05), sample_size(0.05, hits=1)
    (299, 59, 93)
    """
    if not 0 < max_rate < 1:
        raise EvaluationError(f"a rate of {max_rate} is not between 0 and 1", hint="Write 1% as 0.01.")
    _check(hits, hits, confidence)
    from scipy.special import bdtr  # see above

    low, high = hits + 1, 2 * (hits + 1)
    while bdtr(hits, high, max_rate) > 1 - confidence:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(hits, middle, max_rate) <= 1 - confidence else (middle + 1, high)
    return high


def elusion_missing_at_most(hits: int, sampled: int, n_unscreened: int, *, confidence: float = 0.95) -> int:
    """How many relevant records may still be unread after an elusion sample; those found in it are not counted.

    The largest number that the exact hypergeometric test does not reject; the pool is of known size.

    Args:
        hits: relevant records in the sample.
        sampled: records in the sample.
        n_unscreened: records that were unscreened before the sample was drawn.

    >>> elusion_missing_at_most(0, 300, 800)
    6
    """
    _check(hits, sampled, confidence)
    if sampled > n_unscreened:
        raise EvaluationError(f"a sample of {sampled} was drawn from {n_unscreened} records")
    low, high = 0, n_unscreened - sampled
    while low < high:
        middle = (low + high + 1) // 2
        kept = _may_be(middle, hits, sampled, n_unscreened, confidence)
        low, high = (middle, high) if kept else (low, middle - 1)
    return low


def elusion_size(n_unscreened: int, max_missing: int, *, hits: int = 0, confidence: float = 0.95) -> int:
    """The smallest elusion sample that leaves at most `max_missing` unread, should `hits` turn up in it.

    >>> elusion_size(800, 5), elusion_size(800, 0)
    (314, 761)
    """
    if n_unscreened < 0 or max_missing < 0:
        raise EvaluationError("an elusion sample needs a pool and a number of missing records of 0 or more")
    low, high = min(hits, n_unscreened), n_unscreened
    _check(low, high, confidence)
    while low < high:
        middle = (low + high) // 2
        enough = n_unscreened - middle <= max_missing or not _may_be(
            max_missing + 1, hits, middle, n_unscreened, confidence
        )
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def _may_be(missing: int, hits: int, sampled: int, n_unscreened: int, confidence: float) -> bool:
    """Whether the exact test does not reject that so many are unread beside the `hits` of the sample."""
    return float(cdf(hits, n_unscreened, hits + missing, sampled)) >= (1 - confidence) * (1 - 1e-9)


def control_set_size(target: float | str | Fraction = 0.95, *, misses: int = 0, confidence: float = 0.95) -> int:
    """How many relevant records a control set must hold to certify the target recall.

    A random sample of the whole pool is read first. Screening in order may stop once all but `misses` of the relevant
    records of the sample have come up: the smallest c with P(Binomial(c, 1 − τ) ≤ misses) ≤ 1 − confidence
    (Lewis, Yang & Frieder 2021, CIKM, doi 10.1145/3459637.3482415). The sample itself is about c / prevalence records:
    out of reach for a review that will include a dozen.

    >>> control_set_size(0.95), control_set_size(0.8)
    (59, 14)
    """
    exact = as_fraction(target)
    if exact == 1:
        raise EvaluationError(
            "no sample certifies a recall of 1", hint="Ask for less, such as 0.95, or read everything."
        )
    return sample_size(float(1 - exact), hits=misses, confidence=confidence)


def relevant_in_pool(hits: int, sampled: int, n_records: int, *, confidence: float = 0.95) -> tuple[int, int]:
    """The interval (low, high) for how many relevant records the whole pool holds, from a random sample of it.

    The Clopper-Pearson interval times N, outwards to whole records and never against what was seen; a little wide,
    because the sample is drawn without replacement.

    >>> relevant_in_pool(2, 100, 907)
    (2, 64)
    """
    _check(hits, sampled, confidence)
    low, high = clopper_pearson(hits, sampled, confidence=confidence)
    return max(hits, math.floor(low * n_records)), min(n_records - sampled + hits, math.ceil(high * n_records))


def _check(hits: int, sampled: int, confidence: float) -> None:
    if not 0 <= hits <= sampled:
        raise EvaluationError(f"{hits} relevant records in a sample of {sampled} make no sense")
    if not 0 < confidence < 1:
        raise EvaluationError(f"a confidence of {confidence} is not between 0 and 1", hint="Write 95% as 0.95.")
