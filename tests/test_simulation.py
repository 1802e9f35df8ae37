"""A simulated screening screens every record once, is the same for the same seed, and knows no answer beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiab.criteria import Concept, Criteria
from tiab.errors import EvaluationError, LabelError
from tiab.evaluation.simulation import draw_priors, simulate
from tiab.features import make_features
from tiab.records import Record

WORDS = [f"word{number}" for number in range(18)]


def pool(size: int = 40, *, seed: int = 0, told: bool = True) -> tuple[list[Record], set[str]]:
    """Records of random words and the relevant ones, of which all but the first have "yoga" if `told`."""
    rng = np.random.default_rng(seed)
    relevant = {str(number) for number in range(0, size, 5)}
    records = []
    for number in range(size):
        words = list(rng.choice(WORDS, 8))
        if told and str(number) in relevant:
            words += ["yoga", "exercise"]
        records.append(Record(record_id=str(number), title=" ".join(words[:3]), abstract=" ".join(words[3:])))
    return records, relevant


def test_finds_what_has_something_in_common_early() -> None:
    records, relevant = pool()
    run = simulate(records, relevant)
    last = run.evaluate().last_relevant_rank
    assert last is not None
    assert last <= 16  # of 38; by chance it would be 34
    assert run.curve()[[0, last - 1, last, 38]].tolist() == [0.0, 6 / 7, 1.0, 1.0]


@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from(["every", "never", 3]))
def test_screens_every_record_once_priors_first(seed: int, retrain: object) -> None:
    records, relevant = pool(20, seed=seed)
    run = simulate(records, relevant, seed=seed, retrain=retrain)  # type: ignore[arg-type]
    assert sorted(run.order) == sorted(record.record_id for record in records)
    assert run.order[:2] == run.prior
    assert [run.prior[0] in relevant, run.prior[1] in relevant] == [True, False]


def test_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    records, relevant = pool(told=False)
    runs = [simulate(records, relevant, seed=seed).order for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_the_answers_of_records_not_yet_screened_do_not_matter() -> None:
    records, relevant = pool(told=False)
    run = simulate(records, relevant, prior=["0", "1"])
    cut = 10
    later = {record_id for record_id in run.order[cut:] if record_id not in relevant}
    changed = {record_id for record_id in relevant if record_id in run.order[:cut]} | later
    assert simulate(records, changed, prior=["0", "1"]).order[:cut] == run.order[:cut]


def test_starts_from_criteria_with_no_label_at_all() -> None:
    records, relevant = pool()
    criteria = Criteria(title="Yoga", concepts=(Concept(role="intervention", name="yoga", terms=("yoga",)),))
    run = simulate(records, relevant, criteria=criteria)
    assert run.prior == ()
    assert run.evaluate().last_relevant_rank == len(relevant)
    again = simulate(records, relevant, features=make_features(records, criteria=criteria))
    assert again.order == run.order


def test_every_label_is_learned_unless_told_otherwise() -> None:
    records, relevant = pool(told=False)
    prior = ("0", "1")
    every = simulate(records, relevant, prior=prior)
    last = every.evaluate().last_relevant_rank or 0
    assert every.fits == last
    assert simulate(records, relevant, prior=prior, retrain=1).order == every.order
    assert simulate(records, relevant, prior=prior, retrain="never").fits == 1
    assert simulate(records, relevant, prior=prior, retrain=10).fits < last / 5


def test_nothing_left_to_find_is_a_ranking() -> None:
    records, relevant = pool()
    run = simulate(records, relevant, prior=[*sorted(relevant), "1"])
    assert run.fits == 1
    assert sorted(run.order) == sorted(record.record_id for record in records)


def test_refuses_what_makes_no_sense() -> None:
    records, relevant = pool()
    with pytest.raises(LabelError, match="relevant ids name no record"):
        simulate(records, {*relevant, "nobody"})
    with pytest.raises(LabelError, match="prior ids name no record"):
        simulate(records, relevant, prior=["nobody"])
    with pytest.raises(LabelError, match="criteria to start from"):
        simulate(records, set())
    with pytest.raises(EvaluationError, match="retrain"):
        simulate(records, relevant, retrain=0)


def test_draws_the_priors_that_the_benchmark_draws() -> None:
    ids = [str(number) for number in range(50)]
    rng = np.random.default_rng(7)
    drawn = (str(rng.choice(range(10))), str(rng.choice(range(10, 50))))
    assert draw_priors(ids, set(ids[:10]), seed=7) == drawn
