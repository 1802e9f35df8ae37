"""Each protocol gives one half where there is nothing to learn, and finds what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tiab.criteria import Concept, Criteria
from tiab.errors import EvaluationError
from tiab.evaluation.evaluate import evaluate
from tiab.evaluation.simulation import simulate
from tiab.evaluation.withheld import Withheld, few_labels, k_fold, leave_one_out, update
from tiab.labels import Decision
from tiab.ranking.rank import rank
from tiab.records import Record

Protocol = Callable[[Sequence[Record], Mapping[str, Decision]], Withheld]


def later_half(records: Sequence[Record], labels: Mapping[str, Decision]) -> Withheld:
    return update(records, labels, [record.record_id for record in records[len(records) // 2 :]])


def some_labels(records: Sequence[Record], labels: Mapping[str, Decision]) -> Withheld:
    (run,) = few_labels(records, labels, n_included=2, n_excluded=8, draws=1)
    return run


PROTOCOLS: list[Protocol] = [k_fold, leave_one_out, later_half, some_labels]


def review(seed: int, *, told: float = 0.0, size: int = 40) -> tuple[list[Record], dict[str, Decision]]:
    """Records of random words, some relevant by lot; a share `told` of the relevant ones has a word of its own."""
    rng = np.random.default_rng(seed)
    relevant = rng.random(size) < 0.25
    relevant[[0, 1, size - 1, size - 2]] = [True, False, True, False]
    records, labels = [], {}
    for number, yes in enumerate(relevant):
        words = [f"w{word}" for word in rng.integers(0, 60, 10)]
        if yes and rng.random() < told:
            words[:3] = ["yoga", "for", "pain"]
        records.append(Record(record_id=str(number), title=" ".join(words[:4]), abstract=" ".join(words[4:])))
        labels[str(number)] = Decision.INCLUDE if yes else Decision.EXCLUDE
    return records, labels


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_noise_gives_one_half(protocol: Protocol) -> None:
    aucs = [protocol(*review(seed)).auc for seed in range(16)]
    error = np.std(aucs) / np.sqrt(len(aucs))
    assert abs(np.mean(aucs) - 0.5) < 3.5 * error
    assert error < 0.04


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_telling_word_is_found(protocol: Protocol) -> None:
    assert protocol(*review(3, told=1.0)).auc > 0.95


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_noise_gives_one_half_with_criteria_that_say_nothing_of_it(protocol: Protocol) -> None:
    criteria = Criteria(title="w1 w2", concepts=(Concept(role="population", name="w3", terms=("w3", "w4")),))

    def with_criteria(records: Sequence[Record], labels: Mapping[str, Decision]) -> Withheld:
        if protocol is some_labels:
            return few_labels(records, labels, criteria=criteria, n_included=2, n_excluded=8, draws=1)[0]
        if protocol is later_half:
            later = [record.record_id for record in records[len(records) // 2 :]]
            return update(records, labels, later, criteria=criteria)
        return protocol(records, labels, criteria=criteria)  # type: ignore[call-arg]

    aucs = [with_criteria(*review(seed)).auc for seed in range(10)]
    assert abs(np.mean(aucs) - 0.5) < 3.5 * np.std(aucs) / np.sqrt(len(aucs))


@pytest.mark.parametrize("protocol", [k_fold, leave_one_out])
def test_every_relevant_record_is_withheld_once(protocol: Protocol) -> None:
    records, labels = review(5)
    result = protocol(records, labels)
    assert sorted(key for key, _ in result.above) == sorted(k for k, v in labels.items() if v is Decision.INCLUDE)
    assert result.n_irrelevant == sum(value is Decision.EXCLUDE for value in labels.values())
    assert result.worst == min(share for _, share in result.above)


def test_an_update_never_learns_from_the_later_search() -> None:
    records, labels = review(6)
    later = [record.record_id for record in records[20:]]
    shares = dict(update(records, labels, later).above)
    flipped = {**labels, "38": Decision.INCLUDE}
    again = dict(update(records, flipped, later).above)
    assert all(abs(again[key] - share) <= 1 / 10 for key, share in shares.items())
    assert set(shares) <= set(later)


def test_an_update_leaves_out_what_the_first_search_had() -> None:
    records, labels = review(6)
    known = [replace(records[0], pmid="7"), *records[1:]]
    again = replace(records[0], record_id="again", pmid="7")
    later = [record.record_id for record in records[20:]]
    found = update([*known, again], labels | {"again": labels["0"]}, [*later, "again"])
    assert found.above == update(known, labels, later).above
    assert "again" not in dict(found.above)


def test_a_screening_of_noise_finds_no_sooner_than_chance() -> None:
    aucs = []
    for seed in range(16):
        records, labels = review(seed)
        relevant = [key for key, said in labels.items() if said is Decision.INCLUDE]
        aucs.append(simulate(records, relevant, seed=seed, retrain=5).evaluate().auc)
    assert abs(np.mean(aucs) - 0.5) < 3.5 * np.std(aucs) / np.sqrt(len(aucs))
    assert np.std(aucs) / np.sqrt(len(aucs)) < 0.04


def test_an_evaluation_that_leaks_finds_something_in_noise() -> None:
    """So that the tests above can fail: a ranking of what it has learned from is no evidence."""
    aucs = []
    for seed in range(4):
        records, labels = review(seed)
        order = rank(records, labels={key: str(said) for key, said in labels.items()}).order
        aucs.append(evaluate(order, [key for key, said in labels.items() if said is Decision.INCLUDE]).auc)
    assert np.mean(aucs) > 0.75


def test_records_without_a_decision_are_neither_learned_from_nor_withheld() -> None:
    records, labels = review(7)
    maybe = {**labels, "0": Decision.MAYBE}
    without = {key: value for key, value in labels.items() if key != "0"}
    assert k_fold(records, maybe) == k_fold(records, without)
    assert "0" not in dict(k_fold(records, maybe).above)


def test_too_few_labels_are_refused() -> None:
    records, labels = review(8)
    few = {key: labels[key] for key in ("0", "1")}
    with pytest.raises(EvaluationError, match="cannot be dealt into 5 folds"):
        k_fold(records, few)
    with pytest.raises(EvaluationError, match="cannot be dealt into 1 folds"):
        leave_one_out(records, few)
    with pytest.raises(EvaluationError, match="later search"):
        update(records, labels, [])
