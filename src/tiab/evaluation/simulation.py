"""simulate: a review whose decisions are known, screened again as if they were not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tiab import metrics
from tiab.criteria import Criteria
from tiab.decisions import labels_on
from tiab.errors import EvaluationError, LabelError
from tiab.evaluation.evaluate import Evaluation, evaluate
from tiab.features import Features, make_features
from tiab.labels import Decision
from tiab.ranking.linear import UNLABELLED, make_ranker
from tiab.ranking.pool_scorer import PoolScorer
from tiab.records import Record
from tiab.stopping import RuleOutcome, try_rules
from tiab.stopping.planning import planned_rules

__all__ = ["Retrain", "ScreeningRun", "apply_stopping_rules", "draw_priors", "simulate"]

Retrain = Literal["every", "never"] | int


@dataclass(frozen=True, kw_only=True)
class ScreeningRun:
    """The course of a simulated screening.

    Attributes:
        order: the record ids in the order screened, the prior ones first.
        prior: the ids whose labels were known beforehand.
        relevant: the ids of the relevant records, prior ones included.
        seed, retrain: what the run was made with.
        fits: how many times the ranker was fitted.
    """

    order: tuple[str, ...]
    prior: tuple[str, ...]
    relevant: frozenset[str]
    seed: int
    retrain: Retrain
    fits: int

    @property
    def ranks(self) -> list[float]:
        """The rank of each relevant record among those that were not known beforehand, ascending."""
        return metrics.ranks_of(self.order[len(self.prior) :], self.relevant - set(self.prior))

    def curve(self) -> NDArray[np.float64]:
        """Recall after 0, 1, 2 … records, priors left out; shape (n_records - n_prior + 1,)."""
        return metrics.recall_curve(self.ranks, len(self.order) - len(self.prior))

    @property
    def relevance(self) -> NDArray[np.bool_]:
        """Whether each record was relevant, in the order screened, priors left out; shape (n_records - n_prior,)."""
        return np.array([record_id in self.relevant for record_id in self.order[len(self.prior) :]], dtype=bool)

    def evaluate(self) -> Evaluation:
        """What the order was worth, priors left out (`with_prior` counts them as read first)."""
        return evaluate(self.order, self.relevant, prior=self.prior)


def simulate(
    records: Sequence[Record],
    relevant: Iterable[str] | Mapping[str, object],
    *,
    criteria: Criteria | None = None,
    prior: Iterable[str] | None = None,
    seed: int = 0,
    retrain: Retrain = "every",
    features: Features | None = None,
) -> ScreeningRun:
    """The review screened again: always the best record next, its label learned, the rest ranked anew.

    Once the last relevant record has been found nothing is learned any more, for nothing that is measured depends on
    it: the others follow in the order of the last ranking.

    Args:
        relevant: the ids of the relevant records, or labels (as `rank` takes them) of which the included count; all
            others are irrelevant.
        prior: ids whose labels are known beforehand, in this order. None: no record where there are criteria to start
            from, else one relevant and one irrelevant record, drawn by `seed` (`draw_priors`).
        seed: the same seed gives the same run.
        retrain: "every": the ranker is fitted again after every label; a number: after so many labels; "never": it is
            fitted on the priors alone.
        features: the features of `records` where they are known already; `criteria` is then theirs.

    Raises:
        LabelError: an id of `relevant` or `prior` is not among the records, or there is nothing to start from.
        EvaluationError: `retrain` is neither of these.

    >>> texts = {"a": "yoga for back pain", "b": "yoga for neck pain", "c": "tax law", "d": "law of the sea"}
    >>> pool = [Record(record_id=key, title=text) for key, text in texts.items()]
    >>> simulate(pool, {"a", "b"}, prior=["a", "c"]).order
    ('a', 'c', 'b', 'd')
    """
    ids = [record.record_id for record in records]
    place = {record_id: number for number, record_id in enumerate(ids)}
    wanted = _relevant(records, relevant)
    _check(place, wanted, "relevant")
    if prior is None:
        prior = () if criteria or (features and features.space.criteria) else draw_priors(ids, wanted, seed=seed)
    known = list(dict.fromkeys(prior))
    _check(place, known, "prior")
    if features is None:
        features = make_features(records, criteria=criteria)
    answers = np.array([int(record_id in wanted) for record_id in ids])
    order, fits = _screen(features, answers, [place[record_id] for record_id in known], seed, _interval(retrain))
    return ScreeningRun(
        order=tuple(ids[number] for number in order),
        prior=tuple(known),
        relevant=frozenset(wanted),
        seed=seed,
        retrain=retrain,
        fits=fits,
    )


def apply_stopping_rules(runs: Sequence[ScreeningRun], *, target: float = 0.95, seed: int = 0) -> list[RuleOutcome]:
    """Where stopping rules that looked on would have stopped, and what they would have missed; priors are left out.

    Args:
        target: the recall that rules with a guarantee aim at.
        seed: of the samples that some rules draw.
    """
    labels = [run.relevance for run in runs]
    n_records = max((one.size for one in labels), default=0)
    if not n_records:
        return []
    share = max(int(one.sum()) for one in labels) / n_records
    return try_rules(labels, planned_rules(n_records, share, target, runs=len(runs)), target=target, seed=seed)


def draw_priors(ids: Sequence[str], relevant: Collection[str], *, seed: int, count: int = 1) -> tuple[str, ...]:
    """So many relevant and as many irrelevant ids, the relevant first, drawn by `seed`.

    Raises:
        LabelError: there are too few relevant or irrelevant records.
    """
    yes = [record_id for record_id in ids if record_id in relevant]
    no = [record_id for record_id in ids if record_id not in relevant]
    if min(len(yes), len(no)) < count:
        some = "one" if count == 1 else str(count)
        message = f"{some} relevant and {some} irrelevant record{'s' * (count > 1)} are needed to start from"
        raise LabelError(message, hint="Draw fewer, or give criteria to start from.")
    rng = np.random.default_rng(seed)
    return tuple(kind.pop(int(rng.integers(len(kind)))) for kind in (yes, no) for _ in range(count))


def _relevant(records: Sequence[Record], relevant: Iterable[str] | Mapping[str, object]) -> set[str]:
    if not isinstance(relevant, Mapping):
        return set(relevant)
    labels = labels_on(records, relevant)
    return {record_id for record_id, label in labels.items() if label.decision is Decision.INCLUDE}


def _screen(
    features: Features, answers: NDArray[np.int_], known: Sequence[int], seed: int, interval: int
) -> tuple[list[int], int]:
    """The places of the records in the order screened, and the number of fits."""
    y = np.full(len(answers), UNLABELLED)
    y[list(known)] = answers[list(known)]
    order, fits = list(known), 0
    scorer = PoolScorer(make_ranker(features.space, seed=seed), features.matrix)
    missing = int(answers.sum()) - int(answers[list(known)].sum())
    queue: list[int] = []
    while missing or not fits:
        if fits == 0 or (len(order) - len(known)) % interval == 0:
            queue = _ranked(scorer.scores(y), y)
            fits += 1
        if not missing:
            break
        best = queue.pop(0)
        y[best] = answers[best]
        order.append(best)
        missing -= int(answers[best])
    return order + [number for number in queue if y[number] == UNLABELLED], fits


def _ranked(scores: NDArray[np.float64], y: NDArray[np.int_]) -> list[int]:
    """The places of the unlabelled records, best first; equal scores in the order of the records."""
    order = np.argsort(-scores, kind="stable")
    ranked: list[int] = order[y[order] == UNLABELLED].tolist()
    return ranked


def _interval(retrain: Retrain) -> int:
    if retrain == "every":
        return 1
    if retrain == "never":
        return np.iinfo(np.int64).max
    if not isinstance(retrain, int) or retrain < 1:
        raise EvaluationError(f"retrain is {retrain!r}", hint="Use 'every', 'never' or a number of labels.")
    return retrain


def _check(place: Collection[str], ids: Collection[str], what: str) -> None:
    unknown = sorted(record_id for record_id in ids if record_id not in place)
    if unknown:
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        message = f"{len(unknown)} of {len(ids)} {what} ids name no record ({some})"
        raise LabelError(message, hint="Check that both use the same ids.")
