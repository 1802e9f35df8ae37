"""stopping: golden p-values, exact arithmetic as oracle, the bounds, samples, rules and the plan."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from tiab import metrics, stopping
from tiab.errors import EvaluationError
from tiab.stopping import hypergeometric

METHODS: list[Literal["trailing", "buscar"]] = ["trailing", "buscar"]
GOOD = [1, 2, 3, 5, 8, 12, 17, 25, 38, 60, 95, 210]
WIDE = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 65, 90, 150, 600]


def decisions(ranks: list[int], screened: int) -> list[bool]:
    return [rank in ranks for rank in range(1, screened + 1)]


def exact_p_zero(unseen: int, drawn: int, missing: int) -> Fraction:
    return Fraction(math.comb(unseen + drawn - missing, drawn), math.comb(unseen + drawn, drawn))


def exact_cdf(hits: int, size: int, relevant: int, drawn: int) -> Fraction:
    if relevant > size:
        return Fraction(0)
    ways = sum(
        math.comb(relevant, x) * math.comb(size - relevant, drawn - x)
        for x in range(max(0, drawn + relevant - size), min(hits, relevant, drawn) + 1)
    )
    return Fraction(ways, math.comb(size, drawn))


def exact_p(labels: list[bool], n: int, total: int) -> Fraction:
    """The smallest over all urns, by whole-number arithmetic; every start, not only those that matter."""
    urns = [(sum(labels[:start]), start) for start in range(len(labels))]
    found = sum(labels)
    return min(
        (exact_cdf(found - seen, n - start, total - seen, len(labels) - start) for seen, start in urns),
        default=Fraction(1),
    )


screenings = st.tuples(st.lists(st.booleans(), max_size=25), st.integers(0, 15))


# --- the test -------------------------------------------------------------------------------------------------------


def test_p_computed_by_hand() -> None:
    found_all = decisions(list(range(1, 13)), 863)
    # One more relevant record among 44 unseen and 851 irrelevant drawn: 44/895.
    assert stopping.p_missed(found_all, 907) == pytest.approx(44 / 895, abs=1e-12)
    assert stopping.p_missed(found_all, 907, method="buscar") == pytest.approx(44 / 895, abs=1e-12)
    # Nothing found, 3 of 10 screened: the one that may be missing is among the other 7.
    assert stopping.p_missed([False] * 3, 10) == pytest.approx(0.7)
    assert stopping.p_missed([], 10) == 1
    assert stopping.p_missed([False, True], 10) == 1  # nothing since the last relevant one
    assert stopping.p_missed([True] * 20 + [False] * 979, 1000) == 0  # two would have to be missing, one is left


@pytest.mark.shared
def test_golden_p_values(shared: Path) -> None:
    golden = json.loads((shared / "golden" / "stopping.json").read_text(encoding="utf-8"))
    places = {
        "perfect": list(range(1, 13)),
        "C_good": GOOD,
        "E_18found": WIDE,
        "E_19found": WIDE,
        "E_20found": WIDE,
        "none_found": [],
        "late_cluster": [*range(1, 12), 700],
        "all_screened_tau.8": list(range(896, 908)),
    }
    assert {case["name"] for case in golden} == set(places)
    for case in golden:
        labels = decisions(places[case["name"]], case["s"])
        assert sum(labels) == case["r"]
        for method in METHODS:
            p = stopping.p_missed(labels, case["N"], target=case["tau"], method=method)
            assert p == pytest.approx(case[f"p_{method}"], abs=1e-9), case


@given(screenings, st.sampled_from(["0.5", "0.8", "0.95", "1"]))
def test_p_agrees_with_whole_number_arithmetic(screening: tuple[list[bool], int], target: str) -> None:
    labels, unseen = screening
    n = max(1, len(labels) + unseen)
    total = math.floor(sum(labels) / Fraction(target)) + 1
    expected = float(exact_p(labels, n, total))
    assert stopping.p_missed(labels, n, target=target, method="buscar") == pytest.approx(expected, abs=1e-11)


@given(st.integers(0, 30), st.integers(1, 60), st.integers(0, 70), st.integers(0, 60))
def test_cdf_agrees_with_whole_number_arithmetic(hits: int, size: int, relevant: int, drawn: int) -> None:
    drawn = min(drawn, size)
    assert float(hypergeometric.cdf(hits, size, relevant, drawn)) == pytest.approx(
        float(exact_cdf(hits, size, relevant, drawn)), abs=1e-11
    )


def test_cdf_agrees_with_scipy_on_a_large_pool() -> None:
    before = np.arange(150)
    arguments = (150 - before, 20_000 - 30 * before, 158 - before, 15_000 - 30 * before)
    assert hypergeometric.cdf(*arguments) == pytest.approx(
        stats.hypergeom.cdf(arguments[0], arguments[1], arguments[2], arguments[3]), abs=1e-9
    )


def test_log_choose_agrees_with_scipy_to_its_last_digits() -> None:
    n = np.arange(3_000, dtype=np.float64)
    for chosen in (np.zeros_like(n), n // 3, n):
        expected = special.gammaln(n + 1) - special.gammaln(chosen + 1) - special.gammaln(n - chosen + 1)
        assert hypergeometric.log_choose(n, chosen) == pytest.approx(expected, rel=1e-14, abs=1e-11)
    assert float(hypergeometric.log_choose(10**8, 1)) == pytest.approx(np.log(10**8), rel=1e-7)


def test_buscarpy_agrees() -> None:
    buscarpy = pytest.importorskip("buscarpy", reason="buscarpy is an oracle, not a dependency")
    for screened in (300, 720, 863, 880):
        labels = np.array(decisions(GOOD, screened), dtype=int)
        theirs = buscarpy.calculate_h0(labels, 907, 0.8)
        assert stopping.p_missed(labels, 907, target=0.8, method="buscar") == pytest.approx(theirs, abs=1e-9)
    everything = np.array(decisions(GOOD, 907), dtype=int)
    assert math.isnan(buscarpy.calculate_h0(everything, 907, 0.8))  # what is impossible has no p there, 0 here
    assert stopping.p_missed(everything, 907, target=0.8, method="buscar") == 0


# --- the bounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@given(screening=screenings, alpha=st.sampled_from([0.01, 0.05, 0.2]))
def test_bound_is_the_largest_number_not_rejected(
    method: Literal["trailing", "buscar"], screening: tuple[list[bool], int], alpha: float
) -> None:
    labels, unseen = screening
    n = max(1, len(labels) + unseen)
    result = stopping.bound_missing(labels, n, alpha=alpha, method=method)
    for s in range(len(labels) + 1):
        found, last = sum(labels[:s]), max((i + 1 for i in range(s) if labels[i]), default=0)
        for missing in range(n - s + 1):
            if method == "trailing":
                p = exact_p_zero(n - s, s - last, missing)
            else:
                p = exact_p(labels[:s], n, found + missing)
            kept = p >= Fraction(str(alpha))
            assert kept == (missing <= result.missing_at_most[s]), (s, missing)
        assert stopping.missing_at_most(labels[:s], n, alpha=alpha, method=method) == result.missing_at_most[s]


@given(screenings)
def test_bound_is_monotone(screening: tuple[list[bool], int]) -> None:
    labels, unseen = screening
    n = max(1, len(labels) + unseen)
    for method in METHODS:
        strict, loose = (stopping.bound_missing(labels, n, alpha=alpha, method=method) for alpha in (0.01, 0.2))
        assert (strict.missing_at_most >= loose.missing_at_most).all()
        for s, relevant in enumerate(labels, start=1):
            if not relevant:
                assert strict.missing_at_most[s] <= strict.missing_at_most[s - 1]
    trailing, buscar = (stopping.bound_missing(labels, n, method=method) for method in METHODS)
    assert (buscar.missing_at_most <= trailing.missing_at_most).all()


@pytest.mark.parametrize("method", METHODS)
@given(screening=screenings, target=st.sampled_from(["0.5", "0.8", "0.95", "1"]))
def test_bound_test_and_stop_tell_one_story(
    method: Literal["trailing", "buscar"], screening: tuple[list[bool], int], target: str
) -> None:
    labels, unseen = screening
    n = max(1, len(labels) + unseen)
    result = stopping.bound_missing(labels, n, method=method)
    stop = stopping.stop_at(labels, n, target=target, method=method)
    assert stop == result.first_reaching(target)
    if stop is not None:
        p = stopping.p_missed(labels[:stop], n, target=target, method=method)
        impossible = math.floor(sum(labels[:stop]) / Fraction(target)) + 1 - sum(labels[:stop]) > n - stop
        assert impossible or stopping.is_rejected(p, 0.05)


@pytest.mark.parametrize("method", METHODS)
def test_stops_where_too_few_records_are_left_to_miss_the_target(method: Literal["trailing", "buscar"]) -> None:
    """One of two found, and the recall to reach is a half: whatever the other one is."""
    assert stopping.stop_at([True, False], 2, target=0.5, method=method) == 1


def test_bound_of_the_founding_review() -> None:
    """No ordering whatever can assure 95% of 12 relevant records among 907 before 863 are read."""
    for method in METHODS:
        perfect = stopping.bound_missing(decisions(list(range(1, 13)), 907), 907, method=method)
        good = stopping.bound_missing(decisions(GOOD, 907), 907, method=method)
        assert (perfect.first_reaching(0.95), good.first_reaching(0.95)) == (863, 873)
        assert (good.first_reaching(0.9), good.first_reaching(0.8)) == (751, 577)
        assert perfect.missing_at_most[-1] == 0
        assert perfect.recall_assured[-1] == 1


def test_bound_ends() -> None:
    nothing = stopping.bound_missing([False] * 5, 5)
    assert nothing.missing_at_most.tolist() == [5, 4, 3, 2, 1, 0]
    assert math.isnan(nothing.recall_assured[-1])
    assert nothing.first_reaching(0.95) == 5
    assert nothing.to_dict()["recall_assured"] == [0, 0, 0, 0, 0, None]
    assert stopping.bound_missing([], 5).missing_at_most.tolist() == [5]
    assert stopping.bound_missing([True] * 5, 5, method="buscar").missing_at_most.tolist() == [5, 4, 3, 2, 1, 0]
    json.dumps(nothing.to_dict(), allow_nan=False)


@pytest.mark.parametrize("method", METHODS)
def test_bound_of_a_long_screening_stays_exact(method: Literal["trailing", "buscar"]) -> None:
    """20,000 decisions carried along step by step agree with the sums made afresh."""
    generator = np.random.default_rng(3)
    labels = generator.random(20_000) < 0.01
    result = stopping.bound_missing(labels, 20_000, method=method)
    for s in [*range(0, 20_001, 1_250), 1, 19_999]:
        assert stopping.missing_at_most(labels[:s], 20_000, method=method) == result.missing_at_most[s], s


def test_bound_holds_at_a_fixed_point() -> None:
    """In random order, looked at once, the bound lies below the truth in no more than about 5% of reviews."""
    generator = np.random.default_rng(11)
    wrong = dict.fromkeys(METHODS, 0)
    for _ in range(1_000):
        labels = generator.permutation(np.arange(120) < 10)
        truth = int(labels[80:].sum())
        for method in METHODS:
            wrong[method] += truth > stopping.missing_at_most(labels[:80], 120, method=method)
    assert wrong["trailing"] / 1_000 < 0.065
    assert wrong["trailing"] <= wrong["buscar"] < 1_000 * 0.15


@pytest.mark.parametrize("auc", [0.6, 0.9])
def test_bound_holds_where_the_order_is_better_than_random(auc: float) -> None:
    """What may still be missing, at most: it covers what is missing, at any of three points, in 95 of 100 reviews."""
    orders = stopping.simulate_orderings(200, 15, auc=auc, runs=400, seed=5)
    for point in (60, 120, 180):
        covered = [int(o[point:].sum()) <= stopping.missing_at_most(o[:point], 200) for o in orders]
        assert np.mean(covered) >= 0.93, point


@pytest.mark.parametrize("alpha", [0, 1, 5])
def test_alpha_that_makes_no_sense_is_refused(alpha: float) -> None:
    with pytest.raises(EvaluationError, match="alpha"):
        stopping.bound_missing([True], 5, alpha=alpha)
    with pytest.raises(EvaluationError, match="alpha"):
        stopping.missing_at_most([True], 5, alpha=alpha)


def test_more_decisions_than_records_are_refused() -> None:
    for function in (stopping.p_missed, stopping.stop_at, stopping.bound_missing, stopping.missing_at_most):
        with pytest.raises(EvaluationError, match="3 decisions on a pool of 2"):
            function([True] * 3, 2)  # type: ignore[operator]


# --- decisions whose order is not known -----------------------------------------------------------------------------


def lists(read: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The included before the excluded, as two lists of Covidence come in one after the other."""
    return np.sort(read)[::-1]


def too_low(order: NDArray[np.bool_], labels: NDArray[np.bool_], **settings: Any) -> bool:
    return int(order.sum() - labels.sum()) > stopping.missing_at_most(labels, order.size, **settings)


def test_lists_of_decisions_are_evidence_of_nothing() -> None:
    """Read as an order they make the bound too low in four reviews of five: 907 records, 12 relevant, 453 read."""
    orders = stopping.simulate_orderings(907, 12, auc=0.5, runs=400, seed=3)
    for method in METHODS:
        as_order = [too_low(order, lists(order[:453]), method=method) for order in orders]
        assert 0.75 < np.mean(as_order) < 0.87
        assert not any(too_low(order, lists(order[:453]), since=453, method=method) for order in orders)
    assert stopping.missing_at_most(lists(orders[0][:453]), 907, since=453) == 454


@pytest.mark.parametrize("screened", [250, 500, 650])
def test_the_bound_holds_where_screening_follows_on_lists(screened: int) -> None:
    orders = stopping.simulate_orderings(907, 12, auc=0.5, runs=400, seed=4)
    wrong = [
        too_low(order, np.concatenate((lists(order[:200]), order[200 : 200 + screened])), since=200) for order in orders
    ]
    assert np.mean(wrong) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 400)


def test_no_urn_reaches_back_over_a_list() -> None:
    """400 are screened; a list of four in five of the other irrelevant ones follows, chosen by what they are."""
    orders = stopping.simulate_orderings(907, 12, auc=0.5, runs=400, seed=5)
    for method in METHODS:
        wrong, wrong_after = 0, 0
        for order in orders:
            others = np.flatnonzero(~order[400:])
            listed = np.zeros(int((others % 5 > 0).sum()), dtype=bool)
            first = np.concatenate((listed, order[:400]))  # the list counted as known before the screening
            wrong += too_low(order, first, since=listed.size, method=method)
            labels = np.concatenate((order[:400], listed))
            wrong_after += too_low(order, labels, since=labels.size, method=method)
        assert wrong > 0.05 * 4 * len(orders)  # nowhere near the nominal 5%
        assert wrong_after == 0


@pytest.mark.parametrize("method", METHODS)
@given(screening=screenings, since=st.integers(0, 25), target=st.sampled_from(["0.5", "0.8", "0.95", "1"]))
def test_what_came_before_counts_as_found_and_is_in_no_urn(
    method: Literal["trailing", "buscar"], screening: tuple[list[bool], int], since: int, target: str
) -> None:
    labels, unseen = screening
    n, since = max(1, len(labels) + unseen), min(since, len(labels))
    settings: dict[str, Any] = {"method": method, "since": since}
    whole = stopping.bound_missing(labels, n, **settings)
    rest = stopping.bound_missing(labels[since:], n - since, method=method) if n > since else None
    assert whole.missing_at_most[:since].tolist() == [n - s for s in range(since)]
    if rest:
        assert whole.missing_at_most[since:].tolist() == rest.missing_at_most.tolist()
    assert whole.found.tolist() == np.concatenate(([0], np.cumsum(labels))).tolist()
    assert stopping.missing_at_most(labels, n, **settings) == whole.missing_at_most[-1]
    stop = stopping.stop_at(labels, n, target=target, **settings)
    assert stop == whole.first_reaching(target)
    assert stop is None or stop >= since
    total = math.floor(sum(labels) / Fraction(target)) + 1
    urns = (
        range(since, len(labels)) if method == "buscar" else range(max([since, *_after_relevant(labels)]), len(labels))
    )
    expected = min(
        (exact_cdf(sum(labels[s:]), n - s, total - sum(labels[:s]), len(labels) - s) for s in urns),
        default=Fraction(1),
    )
    assert stopping.p_missed(labels, n, target=target, **settings) == pytest.approx(float(expected), abs=1e-11)


def _after_relevant(labels: list[bool]) -> list[int]:
    return [place for place, relevant in enumerate(labels, start=1) if relevant]


def test_evidence_cannot_begin_after_the_last_decision() -> None:
    for function in (stopping.p_missed, stopping.stop_at, stopping.bound_missing, stopping.missing_at_most):
        with pytest.raises(EvaluationError, match="after 3 of 2 decisions"):
            function([True] * 2, 5, since=3)  # type: ignore[operator]


# --- samples --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 5), st.integers(1, 400))
def test_rate_upper_bound_is_the_rate_that_makes_so_few_a_one_in_twenty(hits: int, sampled: int) -> None:
    hits = min(hits, sampled)
    rate = stopping.rate_upper_bound(hits, sampled)
    if hits < sampled:
        chance = sum(math.comb(sampled, x) * rate**x * (1 - rate) ** (sampled - x) for x in range(hits + 1))
        assert chance == pytest.approx(0.05, abs=1e-9)
    else:
        assert rate == 1


def test_rule_of_three() -> None:
    for n in (50, 300, 5_000):
        assert stopping.rate_upper_bound(0, n) == pytest.approx(3 / n, rel=0.06)
    assert stopping.rate_upper_bound(0, 0) == 1


@given(st.sampled_from([0.01, 0.02, 0.1, 0.5]), st.integers(0, 4))
def test_sample_size_is_the_smallest_that_does(rate: float, hits: int) -> None:
    size = stopping.sample_size(rate, hits=hits)
    assert stopping.rate_upper_bound(hits, size) <= rate + 1e-12
    assert stopping.rate_upper_bound(hits, size - 1) > rate


@given(st.integers(1, 120), st.integers(0, 6), st.integers(0, 2))
def test_elusion_size_is_the_smallest_that_does(unscreened: int, allowed: int, hits: int) -> None:
    size = stopping.elusion_size(unscreened, allowed, hits=hits)
    if size > min(hits, unscreened):
        assert stopping.elusion_missing_at_most(min(hits, size), size, unscreened) <= allowed
        assert stopping.elusion_missing_at_most(min(hits, size - 1), size - 1, unscreened) > allowed
    if size < unscreened and size > hits:
        chance = exact_cdf(hits, unscreened, hits + allowed + 1, size)
        assert chance < Fraction(1, 20)
    if hits + 1 < size < unscreened:
        assert exact_cdf(hits, unscreened, hits + allowed + 1, size - 1) >= Fraction(1, 20)


def test_control_set_and_pool() -> None:
    assert stopping.control_set_size(0.95) == 59
    assert stopping.control_set_size("0.95", misses=1) == 93
    assert stopping.relevant_in_pool(0, 0, 907) == (0, 907)
    assert stopping.relevant_in_pool(3, 907, 907) == (3, 3)
    low, high = stopping.relevant_in_pool(2, 100, 907)
    assert low <= 907 * 0.02 <= high


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stopping.rate_upper_bound(3, 2), "sample of 2"),
        (lambda: stopping.rate_upper_bound(0, 2, confidence=95), "confidence"),
        (lambda: stopping.sample_size(1.5), "rate"),
        (lambda: stopping.control_set_size(1), "no sample certifies"),
        (lambda: stopping.elusion_missing_at_most(0, 9, 8), "drawn from 8"),
        (lambda: stopping.elusion_size(-1, 0), "needs a pool"),
        (lambda: stopping.in_a_row(0), "make no rule"),
        (lambda: stopping.fraction_read(50), "recall"),
        (lambda: stopping.simulate_orderings(5, 6), "cannot hold"),
        (lambda: stopping.simulate_orderings(5, 1, auc=1), "AUC"),
        (lambda: stopping.try_rules([], []), "no ordering"),
        (lambda: stopping.plan(0, 0.1), "makes no sense"),
        (lambda: stopping.plan(10, 0.1, reviewers=1), "where there are 1"),
        (lambda: stopping.plan(10, 0.1, runs=0), "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call: object, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        call()  # type: ignore[operator]


# --- rules and plans ------------------------------------------------------------------------------------------------


def read(rule: stopping.Rule, ranks: list[int], n: int) -> int:
    return int(rule.read(np.array(decisions(ranks, n)), np.random.default_rng(0)).sum())


def test_where_each_rule_stops() -> None:
    assert read(stopping.read_everything(), GOOD, 907) == 907
    assert read(stopping.exact_test(), GOOD, 907) == 873
    assert read(stopping.in_a_row(50), GOOD, 907) == 145
    assert read(stopping.in_a_row(200), GOOD, 907) == 410
    assert read(stopping.in_a_row(50), [], 30) == 30
    assert read(stopping.fraction_read(0.5), GOOD, 907) == 453
    assert read(stopping.control_set(), GOOD, 907) == 907  # twelve relevant records make no control set of 59
    assert read(stopping.safe(), [], 907) == pytest.approx(90, abs=9)  # a tenth, and the sample of 9 as it overlaps


def test_knee_by_hand() -> None:
    # 100 relevant first: after s records the curve is at most 1 − 100/s above its chord, 0.8 or more from s = 500 on.
    assert read(stopping.knee(), list(range(1, 101)), 5_000) == 500
    assert read(stopping.knee(sharpness=0.9), list(range(1, 101)), 5_000) == 1_000
    assert read(stopping.knee(), list(range(1, 5_001, 50)), 5_000) == 5_000  # a straight line has no knee
    assert read(stopping.knee(), [], 5_000) == 5_000  # nor has a curve that never rises
    assert read(stopping.knee(), [1], 90) == 90  # its least number of records is beyond the pool


def test_elusion_sample_reads_all_when_it_finds_something() -> None:
    late = decisions([1, 2, 3, *range(100, 200)], 200)
    assert stopping.elusion_sample(after=10).read(np.array(late), np.random.default_rng(0)).all()
    early = decisions(list(range(1, 101)), 1000)
    seen = stopping.elusion_sample(after=50).read(np.array(early), np.random.default_rng(0))
    assert seen[:150].all()
    assert int(seen.sum()) == 150 + stopping.elusion_size(850, 5)


def test_rules_of_thumb_say_that_they_promise_nothing() -> None:
    promised = {rule.name: rule.guarantee for rule in stopping.standard_rules()}
    thumb = {name for name, guarantee in promised.items() if guarantee == stopping.NO_GUARANTEE}
    assert thumb == {"50 irrelevant in a row", "100 irrelevant in a row", "read 50%", "knee", "SAFE, phases S and A"}


@given(st.integers(1, 300), st.integers(0, 20), st.integers(0, 99))
def test_any_rule_on_any_pool(n: int, relevant: int, seed: int) -> None:
    orders = stopping.simulate_orderings(n, min(n, relevant), runs=1, seed=seed)
    for outcome in stopping.try_rules(orders, stopping.standard_rules()):
        assert 0 <= outcome.records_low <= outcome.records_mean <= outcome.records_high <= n
        assert outcome.chance_of_all <= outcome.chance_of_target
        assert 0 <= outcome.recall_mean <= 1


def test_samples_keep_their_promise_in_any_order() -> None:
    """Even where the ranking is worse than chance, which is where the exact test's assumption fails."""
    for auc in (0.5, 0.2):
        orders = stopping.simulate_orderings(300, 60, auc=auc, runs=300, seed=5)
        rules = [stopping.elusion_sample(0.8, after=10), stopping.control_set(0.8), stopping.in_a_row(20)]
        elusion, control, thumb = stopping.try_rules(orders, rules, target=0.8)
        assert elusion.chance_of_target > 0.92
        assert control.chance_of_target > 0.92
        assert control.records_mean < 300
        assert thumb.chance_of_target < 0.8  # and this is why it promises nothing


def test_exact_test_errs_more_often_under_repeated_looks() -> None:
    """In random order, looked at after every record: near 5% with few relevant records, far above with many.

    scripts/simulate_stopping.py prints the whole table; docs/metrics.md says it to the reader.
    """
    rules = [stopping.exact_test(0.8), stopping.exact_test(0.8, method="buscar")]
    errors = {}
    for relevant in (5, 100):
        orders = stopping.simulate_orderings(400, relevant, auc=0.5, runs=150, seed=5)
        errors[relevant] = [1 - o.chance_of_target for o in stopping.try_rules(orders, rules, target=0.8)]
        assert errors[relevant][0] <= errors[relevant][1]
    assert errors[5][0] < 0.1
    assert 0.1 < errors[100][0] < 0.3
    good = stopping.simulate_orderings(400, 100, auc=0.9, runs=50, seed=5)
    assert all(outcome.chance_of_target == 1 for outcome in stopping.try_rules(good, rules, target=0.8))


def test_simulated_orderings_have_the_wanted_auc() -> None:
    orders = stopping.simulate_orderings(400, 40, auc=0.9, runs=50, seed=1)
    above = [1 - (np.flatnonzero(order) - np.arange(40)).sum() / (40 * 360) for order in orders]
    assert np.mean(above) == pytest.approx(0.9, abs=0.01)


def test_plan() -> None:
    result = stopping.plan(907, 0.013, runs=40, reviewers=3, screeners=2, seconds_per_record=60, hours_per_day=5)
    rows = {row.outcome.rule: row for row in result.rows}
    assert result.n_relevant == 12
    everything = rows["read everything"]
    assert everything.person_hours == pytest.approx(907 * 2 / 60)
    assert everything.days == pytest.approx(907 * 2 / 60 / 15)
    assert everything.outcome.chance_of_all == 1
    # Ranking buys order, not omission: with 12 relevant records no rule that can be relied on saves much.
    assert rows["exact test (trailing)"].outcome.records_low >= 863
    assert rows["50 irrelevant in a row"].outcome.chance_of_all < 0.9
    plain = result.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["rows"][0]["rule"] == "read everything"
    assert plain["assumption"] == stopping.ASSUMPTION
    assert stopping.plan(907, 0.013, runs=40, reviewers=3, seconds_per_record=60, hours_per_day=5) == result


def test_all_pairs_of_methods_and_targets_stop_in_order() -> None:
    """A higher target never stops earlier, nor a smaller alpha."""
    labels = decisions(GOOD, 907)
    for method in METHODS:
        stops = [stopping.stop_at(labels, 907, target=t, method=method) or 907 for t in (0.7, 0.8, 0.9, 0.95, 1)]
        assert all(a <= b for a, b in itertools.pairwise(stops))
        sure = [stopping.stop_at(labels, 907, alpha=a, target=0.8, method=method) or 907 for a in (0.2, 0.05, 0.01)]
        assert all(a <= b for a, b in itertools.pairwise(sure))


@pytest.mark.parametrize("sampled", [1, 2, 13, 100, 907, 20_788])
def test_bounds_and_sizes_of_samples_are_those_of_scipy_stats(sampled: int) -> None:
    """Ours take `scipy.special`, whose import is a second quicker."""
    for hits in {0, sampled // 100, sampled // 2, sampled - 1}:
        for confidence in (0.5, 0.95, 0.999):
            upper = stats.beta.ppf(confidence, hits + 1, sampled - hits)
            assert stopping.rate_upper_bound(hits, sampled, confidence=confidence) == pytest.approx(upper, abs=1e-12)
            half = (1 - confidence) / 2
            low = stats.beta.ppf(half, hits, sampled - hits + 1) if hits else 0.0
            high = stats.beta.ppf(1 - half, hits + 1, sampled - hits)
            interval = metrics.clopper_pearson(hits, sampled, confidence=confidence)
            assert interval == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(("rate", "hits"), [(0.5, 0), (0.05, 0), (0.05, 3), (0.01, 1), (0.001, 0)])
def test_a_sample_is_the_smallest_that_the_binomial_of_scipy_stats_allows(rate: float, hits: int) -> None:
    size = stopping.sample_size(rate, hits=hits)
    assert stats.binom.cdf(hits, size, rate) <= 0.05 + 1e-12
    assert size == hits + 1 or stats.binom.cdf(hits, size - 1, rate) > 0.05 - 1e-12


@pytest.mark.parametrize("auc", [0.01, 0.5, 0.75, 0.9, 0.9999])
def test_simulated_scores_are_lifted_by_the_normal_quantile_of_scipy_stats(auc: float) -> None:
    scores = np.random.default_rng(3).standard_normal(500)
    scores[:50] += math.sqrt(2) * float(stats.norm.ppf(auc))
    (order,) = stopping.simulate_orderings(500, 50, auc=auc, runs=1, seed=3)
    assert order.tolist() == (np.argsort(-scores) < 50).tolist()
    assert special.ndtri(auc) == pytest.approx(stats.norm.ppf(auc), abs=1e-12)


def test_nothing_that_counts_or_stops_imports_scipy_stats() -> None:
    code = (
        "import sys, tiab.metrics, tiab.stopping, tiab.evaluation.agreement, tiab.evaluation.missing; "
        "sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
