"""Evaluation: what an ordering was worth, now that it is known which records are relevant."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tiab import metrics
from tiab.errors import EvaluationError
from tiab.writing import plain_json

__all__ = ["Evaluation", "WorkloadSaved", "evaluate"]

SECONDS_PER_RECORD = (30.0, 36.0, 79.0)
"""Paces of reading one title and abstract, in seconds: scenarios, the middle one after a trial (docs/metrics.md)."""

_CUTOFFS = (10, 20, 50, 100)
_PERCENT = (5, 10, 20)
_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadSaved:
    """What reading in this order would have saved, had it stopped at the moment the target recall was reached.

    Attributes:
        screeners: 1, or 2 where two people read every record; hours are theirs together.
        records_read, records_saved: None where the target is out of reach (hours_saved is NaN then).
        hours_all: for the whole pool. hours_saved: for the records left unread.
    """

    target_recall: float
    seconds_per_record: float
    screeners: int
    records_read: int | None
    records_saved: int | None
    hours_all: float
    hours_saved: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The metrics of one ordering. What is not defined is NaN, or None for a count.

    The page "What the numbers mean" (docs/metrics.md) defines each.

    Attributes:
        n_records, n_relevant: N and R, priors left out; R counts the missing.
        missing: relevant ids that the order does not hold.
        relevant_ranks: (id, rank) of each relevant record, worst first; the rank of a missing one is None.
        found_at: relevant records found at each cutoff, by its name ("10", "5_percent").
        recall_intervals: the 95% Clopper-Pearson interval (low, high) of found/R, by the same names.
        records_saved_95, records_saved_100: N − k, at recall 0.95 and 1.
        n_prior, n_prior_relevant: records known before screening, and the relevant ones among them.
        with_prior: the same with the prior records counted as read first; None where none were given.

    >>> found = evaluate(["a", "b", "c", "d"], relevant=["a", "c"])
    >>> found.last_relevant_rank, found.loss, found.summary()[0]
    (3, 0.25, '4 records, 2 of them relevant.')
    """

    n_records: int
    n_relevant: int
    missing: tuple[str, ...]
    recall_at_10: float
    recall_at_20: float
    recall_at_50: float
    recall_at_100: float
    recall_at_5_percent: float
    recall_at_10_percent: float
    recall_at_20_percent: float
    found_at: Mapping[str, int]
    recall_intervals: Mapping[str, tuple[float, float]]
    relevant_ranks: tuple[tuple[str, int | None], ...]
    last_relevant_rank: int | None
    wss_95: float
    wss_100: float
    tnr_95: float
    nnr_95: float
    loss: float
    auc: float
    average_precision: float
    ndcg: float
    atd: float
    rrf_10: float
    erf_10: float
    records_saved_95: int | None
    records_saved_100: int | None
    workload: tuple[WorkloadSaved, ...]
    n_prior: int = 0
    n_prior_relevant: int = 0
    with_prior: Evaluation | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON types; NaN becomes None."""
        plain: dict[str, Any] = plain_json(self)
        return plain

    def summary(self) -> list[str]:
        """What the numbers mean, a sentence each, for the person who screens."""
        return _summary(self)


def evaluate(
    order: Iterable[object],
    relevant: Iterable[object],
    *,
    missing: Literal["error", "count"] = "error",
    prior: Iterable[object] = (),
    seconds_per_record: Sequence[float] = SECONDS_PER_RECORD,
) -> Evaluation:
    """How well `order` ranks the relevant records: recall, work saved and the other metrics.

    Args:
        order: record ids, best first, each once.
        relevant: the ids of the relevant records; an id given twice counts once.
        missing: what to do with a relevant record that the order does not hold. "error" raises. "count" counts it as
            missed: it is part of the denominator of recall, AP and nDCG and has no rank; WSS, TNR and NNR are NaN where
            the target can't be reached without that record; WSS@100, ATD, loss and AUC are NaN, the last rank None.
        prior: ids that were known before screening. They are removed from the order and from the relevant set, so that
            the order gets no credit for them; `with_prior` has the numbers with the priors read first.
        seconds_per_record: the reading speeds for which `workload` gives hours.

    Raises:
        EvaluationError: the order is empty or holds an id twice; a relevant record is missing.

    >>> result = evaluate(["a", "b", "c", "d", "e"], {"a", "c"})
    >>> result.last_relevant_rank, result.wss_100, result.relevant_ranks
    (3, 0.4, (('c', 3), ('a', 1)))
    >>> evaluate(["a", "b"], {"a", "z"})
    Traceback (most recent call last):
    ...
    tiab.errors.EvaluationError: 1 of 2 relevant records is not in the order: z. Check ... as missed.
    """
    pool, wanted, known = _ids(order), set(_ids(relevant)), dict.fromkeys(_ids(prior))
    _check_order(pool)
    rest = [record_id for record_id in pool if record_id not in known]
    if missing == "error":
        _check_present(wanted, {*pool, *known})
    if not known:
        return _evaluation(pool, wanted, seconds_per_record)
    if not rest:
        raise EvaluationError("every record in the order is prior knowledge", hint="There is nothing to evaluate.")
    return _evaluation(
        rest,
        wanted - set(known),
        seconds_per_record,
        n_prior=len(known),
        n_prior_relevant=len(wanted & set(known)),
        with_prior=_evaluation([*known, *rest], wanted, seconds_per_record),
    )


def _evaluation(pool: Sequence[str], relevant: Collection[str], seconds: Sequence[float], **prior: Any) -> Evaluation:
    n, ranks = len(pool), metrics.ranks_of(pool, relevant)
    cutoffs = {str(k): k for k in _CUTOFFS} | {f"{p}_percent": metrics.records_in(f"{p}/100", n) for p in _PERCENT}
    found = {name: metrics.found_at(ranks, n, k=k) for name, k in cutoffs.items()}
    recalls: dict[str, Any] = {f"recall_at_{name}": metrics.recall_at(ranks, n, k=k) for name, k in cutoffs.items()}
    return Evaluation(
        n_records=n,
        n_relevant=len(ranks),
        missing=tuple(sorted(set(relevant) - set(pool))),
        found_at=found,
        recall_intervals={name: metrics.clopper_pearson(k, len(ranks)) for name, k in found.items()},
        relevant_ranks=_worst_first(pool, relevant),
        last_relevant_rank=_whole(metrics.last_relevant_rank(ranks, n)),
        wss_95=metrics.wss(ranks, n, target=0.95),
        wss_100=metrics.wss(ranks, n, target=1),
        tnr_95=metrics.tnr(ranks, n, target=0.95),
        nnr_95=metrics.nnr(ranks, n, target=0.95),
        loss=metrics.loss(ranks, n),
        auc=metrics.auc(ranks, n),
        average_precision=metrics.average_precision(ranks, n),
        ndcg=metrics.ndcg(ranks, n),
        atd=metrics.atd(ranks, n),
        rrf_10=metrics.rrf(ranks, n, share=0.1),
        erf_10=metrics.erf(ranks, n, share=0.1),
        records_saved_95=_whole(metrics.records_saved(ranks, n, target=0.95)),
        records_saved_100=_whole(metrics.records_saved(ranks, n, target=1)),
        workload=_workload(ranks, n, seconds),
        **recalls,
        **prior,
    )


def _workload(ranks: metrics.Ranks, n_records: int, seconds_per_record: Sequence[float]) -> tuple[WorkloadSaved, ...]:
    rows = []
    for target in (0.95, 1.0):
        saved = metrics.records_saved(ranks, n_records, target=target)
        for screeners in (1, 2):
            for seconds in seconds_per_record:
                hours = screeners * seconds / 3600
                rows.append(
                    WorkloadSaved(
                        target_recall=target,
                        seconds_per_record=seconds,
                        screeners=screeners,
                        records_read=_whole(n_records - saved),
                        records_saved=_whole(saved),
                        hours_all=n_records * hours,
                        hours_saved=saved * hours,
                    )
                )
    return tuple(rows)


def _worst_first(pool: Sequence[str], relevant: Collection[str]) -> tuple[tuple[str, int | None], ...]:
    wanted = set(relevant)
    ranked = {record_id: rank for rank, record_id in enumerate(pool, start=1) if record_id in wanted}
    absent = tuple((record_id, None) for record_id in sorted(wanted - set(ranked)))
    return absent + tuple(sorted(ranked.items(), key=lambda pair: -pair[1]))


def _ids(values: Iterable[object]) -> list[str]:
    if isinstance(values, str):
        raise EvaluationError("one text was given where a list of record ids belongs", hint="Put it in a list.")
    return [str(value) for value in values]


def _check_order(pool: Sequence[str]) -> None:
    if not pool:
        raise EvaluationError("the order holds no record", hint="Rank some records first.")
    twice = [record_id for record_id, count in Counter(pool).items() if count > 1]
    if twice:
        raise EvaluationError(
            f"the order holds {len(twice)} ids more than once: {_listed(twice)}", hint="Rank each record once."
        )


def _check_present(relevant: set[str], pool: set[str]) -> None:
    absent = sorted(relevant - pool)
    if absent:
        are = "is" if len(absent) == 1 else "are"
        raise EvaluationError(
            f"{len(absent)} of {len(relevant)} relevant records {are} not in the order: {_listed(absent)}",
            hint="Check that both use the same ids, or ask for the missing to be counted as missed.",
        )


def _whole(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None


def _listed(ids: Sequence[str]) -> str:
    more = len(ids) - _LISTED
    return ", ".join(ids[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _summary(result: Evaluation) -> list[str]:
    n, total = result.n_records, result.n_relevant
    if not total:
        return [f"{n:,} records, none of them relevant: an ordering cannot be judged by that."]
    lines = [f"{n:,} records, {total:,} of them relevant."]
    for name, place in (("10", "first 10"), ("20", "first 20"), ("50", "first 50"), ("10_percent", "first tenth")):
        low, high = result.recall_intervals[name]
        lines.append(
            f"In the {place}: {result.found_at[name]} of {total} relevant records "
            f"({result.found_at[name] / total:.0%}; 95% interval {low:.0%} to {high:.0%})."
        )
    if result.missing:
        lines.append(
            f"Not in the pool at all, and so never found: {len(result.missing)} of {total}: {_listed(result.missing)}."
        )
    else:
        lines.append(
            f"The last relevant record ranks {result.last_relevant_rank:,.0f} of {n:,}. Stopping there would have left "
            f"{result.records_saved_100:,.0f} records unread and missed none, but that rank is known only in hindsight."
        )
    if not math.isnan(result.auc):
        lines.append(f"A relevant record ranks above an irrelevant one in {result.auc:.1%} of pairs (chance: 50%).")
    if result.n_prior:
        lines.append(f"Records known beforehand, left out of these figures: {result.n_prior}." + _with_prior(result))
    return lines


def _with_prior(result: Evaluation) -> str:
    counted = result.with_prior
    if counted is None or counted.last_relevant_rank is None or math.isnan(counted.wss_95):
        return ""
    return (
        f" Counted as read first, {result.n_prior_relevant} of them relevant: the last relevant record ranks "
        f"{counted.last_relevant_rank:,} of {counted.n_records:,}, WSS@95 is {counted.wss_95:.1%} instead of "
        f"{result.wss_95:.1%}."
    )
