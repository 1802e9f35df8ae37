"""Prints how often the stopping statistics err: under one look, under many, and where their assumption fails.

    python scripts/simulate_stopping.py [--runs 400] [--seed 1] [--only imported]

Each error is a share of simulated reviews; with 400 of them a true 5% comes out between about 3 and 7%.
"""

from __future__ import annotations

import argparse
import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tiab import stopping

Method = Literal["trailing", "buscar"]
METHODS: tuple[Method, ...] = ("trailing", "buscar")
POOLS = ((907, 12), (907, 50), (2000, 20), (2000, 200))


def repeated_looks(runs: int, seed: int) -> None:
    print(
        "\nLooked at after every record, stopped at the first p < 0.05: share of reviews that missed the target recall"
    )
    print("(in brackets: records read on average). AUC 0.5 is random order, the border of the assumption.\n")
    print(f"{'records':>8} {'relevant':>8} {'AUC':>5} {'target':>7}" + "".join(f"{m:>18}" for m in METHODS))
    for n, relevant in POOLS:
        for auc in (0.5, 0.7, 0.9):
            orders = stopping.simulate_orderings(n, relevant, auc=auc, runs=runs, seed=seed)
            for target in (0.8, 0.95):
                rules = [stopping.exact_test(target, method=method) for method in METHODS]
                outcomes = stopping.try_rules(orders, rules, target=target, seed=seed)
                cells = "".join(f"{1 - o.chance_of_target:>10.1%} ({o.records_mean:5.0f})" for o in outcomes)
                print(f"{n:>8} {relevant:>8} {auc:>5} {target:>7}{cells}", flush=True)


def one_look(runs: int, seed: int) -> None:
    print("\nLooked at once, at a point chosen beforehand, in random order: share of reviews in which more was missing")
    print("than the bound allowed (nominal 5%).\n")
    print(f"{'records':>8} {'relevant':>8} {'read':>6}" + "".join(f"{m:>10}" for m in METHODS))
    for n, relevant in POOLS:
        orders = stopping.simulate_orderings(n, relevant, auc=0.5, runs=runs, seed=seed)
        for share in (0.25, 0.5, 0.75, 0.9):
            point = int(n * share)
            wrong = [np.mean([too_low(order, point, method) for order in orders]) for method in METHODS]
            print(f"{n:>8} {relevant:>8} {share:>6.0%}" + "".join(f"{w:>10.1%}" for w in wrong), flush=True)


def too_low(order: NDArray[np.bool_], point: int, method: Method) -> bool:
    allowed = stopping.missing_at_most(order[:point], order.size, method=method)
    return int(order[point:].sum()) > allowed


def systematic_miss(runs: int, seed: int) -> None:
    print("\nThe assumption broken: 2,000 records, 20 relevant, AUC 0.95, but some of the 20 (no abstract, say) are")
    print("ranked last of all. Share of reviews that missed a recall of 0.8.\n")
    rules = [stopping.exact_test(0.8), stopping.exact_test(0.8, method="buscar"), stopping.elusion_sample(0.8)]
    print(f"{'ranked last':>12}" + "".join(f"{rule.name:>24}" for rule in rules))
    for last in (0, 2, 5, 8):
        orders = stopping.simulate_orderings(2000 - last, 20 - last, auc=0.95, runs=runs, seed=seed)
        sunk = [np.concatenate((order, np.ones(last, dtype=bool))) for order in orders]
        outcomes = stopping.try_rules(sunk, rules, target=0.8, seed=seed)
        print(f"{last:>12}" + "".join(f"{1 - o.chance_of_target:>15.1%} ({o.records_mean:5.0f})" for o in outcomes))


def imported_decisions(runs: int, seed: int) -> None:
    print("\nDecisions from files, whose order is not known: 907 records, 12 relevant, read in random order. Share of")
    print(
        "reviews in which more was missing than the bound allowed (nominal 5%): taken as if the order of the log were"
    )
    print("that of reading, and with evidence that begins after the last imported decision (mean bound in brackets).\n")
    orders = stopping.simulate_orderings(907, 12, auc=0.5, runs=runs, seed=seed)
    courses = {
        "453 from a list of includes, then one of excludes": [(lists(order[:453]), order, 453) for order in orders],
        "200 from such lists, then 253 screened": [
            (np.concatenate((lists(order[:200]), order[200:453])), order, 200) for order in orders
        ],
        "200 from such lists, then 650 screened": [
            (np.concatenate((lists(order[:200]), order[200:850])), order, 200) for order in orders
        ],
        "400 screened, most others excluded from a list": [weeded(order) for order in orders],
    }
    for name, made in courses.items():
        for method in METHODS:
            logged = [bound(labels, order, 0, method) for labels, order, _ in made]
            after = [bound(labels, order, since, method) for labels, order, since in made]
            missing = [12 - int(labels.sum()) for labels, *_ in made]
            cells = "".join(f"{np.mean(np.less(b, missing)):>9.1%} ({np.mean(b):5.1f})" for b in (logged, after))
            print(f"{name:<50}{method:>10}{cells}", flush=True)


def bound(labels: NDArray[np.bool_], order: NDArray[np.bool_], since: int, method: Method) -> int:
    return stopping.missing_at_most(labels, order.size, method=method, since=since)


def lists(read: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The included first, as they come in where the two lists of Covidence are imported one after the other."""
    return np.sort(read)[::-1]


def weeded(order: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], int]:
    """After 400 were screened a list comes in that excludes four of five irrelevant records among the others."""
    rest = order[400:]
    listed = np.flatnonzero(~rest)
    labels = np.concatenate((order[:400], rest[listed[listed % 5 > 0]]))
    return labels, order, labels.size


def speed(seed: int) -> None:
    print("\nThe bound at every point of 20,000 decisions, in seconds:\n")
    for relevant in (20, 200, 2000):
        order = stopping.simulate_orderings(20_000, relevant, runs=1, seed=seed)[0]
        times = [f"{method} {seconds_for(order, method):.2f}" for method in METHODS]
        print(f"{relevant:>8} relevant: " + ", ".join(times))


def seconds_for(order: NDArray[np.bool_], method: Method) -> float:
    begin = time.perf_counter()
    stopping.bound_missing(order, order.size, method=method)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400, help="simulated reviews for each line")
    parser.add_argument("--seed", type=int, default=1)
    parts = {"looks": one_look, "imported": imported_decisions, "miss": systematic_miss, "repeated": repeated_looks}
    parser.add_argument("--only", choices=list(parts), help="print this part alone")
    options = parser.parse_args()
    if not options.only:
        speed(options.seed)
    for name, part in parts.items():
        if options.only in (None, name):
            part(options.runs, options.seed)


if __name__ == "__main__":
    main()
