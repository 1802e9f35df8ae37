"""Records that nothing was learned from: one half where there is nothing to learn, and what there is, is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from tiab.criteria import Concept, Criteria
from tiab.errors import EvaluationError
from tiab.evaluation.evaluate import evaluate
from tiab.evaluation.simulation import simulate
from tiab.evaluation.withheld import Withheld, rank_with_few_labels
from tiab.labels import Decision
from tiab.ranking.rank import rank
from tiab.records import Record


def withheld(records: Sequence[Record], labels: Mapping[str, Decision], criteria: Criteria | None = None) -> Withheld:
    (run,) = rank_with_few_labels(records, labels, criteria=criteria, n_included=2, n_excluded=8, draws=1)
    return run


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


def test_noise_gives_one_half() -> None:
    aucs = [withheld(*review(seed)).auc for seed in range(16)]
    error = np.std(aucs) / np.sqrt(len(aucs))
    assert abs(np.mean(aucs) - 0.5) < 3.5 * error
    assert error < 0.04


def test_a_telling_word_is_found() -> None:
    assert withheld(*review(3, told=1.0)).auc > 0.95


def test_noise_gives_one_half_with_criteria_that_say_nothing_of_it() -> None:
    criteria = Criteria(title="w1 w2", concepts=(Concept(role="population", name="w3", terms=("w3", "w4")),))
    aucs = [withheld(*review(seed), criteria).auc for seed in range(10)]
    assert abs(np.mean(aucs) - 0.5) < 3.5 * np.std(aucs) / np.sqrt(len(aucs))


def test_all_labels_but_those_that_were_learned_from_are_withheld() -> None:
    records, labels = review(5)
    result = withheld(records, labels)
    relevant = {key for key, said in labels.items() if said is Decision.INCLUDE}
    assert len(result.above) == len(relevant) - 2
    assert {key for key, _ in result.above} < relevant
    assert result.n_irrelevant == len(labels) - len(relevant) - 8
    assert result.worst == min(share for _, share in result.above)


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
    assert withheld(records, maybe) == withheld(records, without)
    assert "0" not in dict(withheld(records, maybe).above)


def test_too_few_labels_are_refused() -> None:
    records, labels = review(8)
    with pytest.raises(EvaluationError, match="too few labels"):
        withheld(records, {key: labels[key] for key in ("0", "1")})


def test_the_criteria_alone_stand_beside_what_was_learned() -> None:
    """Criteria that name the telling word rank by it with nothing learned; without criteria there is nothing beside."""
    records, labels = review(3, told=1.0)
    concept = Concept(role="intervention", name="yoga", terms=("yoga",))
    run = withheld(records, labels, Criteria(title="yoga", question="", concepts=(concept,)))
    assert run.by_criteria is not None
    assert run.by_criteria.auc == 1
    assert {key for key, _ in run.by_criteria.above} == {key for key, _ in run.above}
    assert run.to_dict()["by_criteria"]["n_irrelevant"] == run.n_irrelevant
    assert withheld(records, labels).by_criteria is None
