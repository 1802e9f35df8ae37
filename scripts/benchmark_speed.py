"""Prints how long ranking takes, beside what ASReview's ELAS u4 does for the same: vectorising, one retrain and rank.

    python scripts/benchmark_speed.py [--sizes 1000 5000 20000 100000] [--labels 100 500 1000 5000]

Real titles and abstracts of the labelled reviews; beyond their number, the title of one with the abstract of another.
One thread; CPU milliseconds, the least of several turns; each program and size in a process of its own, whose peak
memory is given. ELAS u4 stands for what it does at each step: LinearSVC on the labelled rows of its TF-IDF matrix, the
rows of the pool picked out and scored, and sorted. PICO is left out on both sides: it is done once for a text and kept
(scripts/benchmark_pico.py).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from tiab.features.words import make_word_space
from tiab.ranking.linear import UNLABELLED, LinearRanker, Memory
from tiab.ranking.pool_scorer import PoolScorer
from tiab.ranking.scoring import score_rows
from tiab.records import Record


def records_of(shared: Path, size: int) -> list[Record]:
    """`size` records with title and abstract."""
    tables = [pd.read_csv(path, usecols=["title", "abstract"]) for path in sorted(shared.glob("reviews/*.csv.gz"))]
    table = pd.concat(tables).fillna("").sample(frac=1, random_state=0)
    titles, abstracts = table["title"].to_list(), table["abstract"].to_list()
    n = len(titles)
    return [
        Record(record_id=str(i), title=titles[i % n], abstract=abstracts[(i + 7919 * (i // n)) % n])
        for i in range(size)
    ]


def cpu_ms(action: Callable[[], Any], *, turns: int = 3) -> float:
    """The least CPU milliseconds that `action` took."""
    times = []
    for _ in range(turns):
        started = time.process_time()
        action()
        times.append(1000 * (time.process_time() - started))
    return min(times)


def labels_of(X: Any, labels: int) -> Any:
    """-1 for nobody decided, else 0 or 1: one in ten of `labels` records, those that a random rule puts first."""
    rng = np.random.default_rng(0)
    y = np.full(X.shape[0], UNLABELLED)
    rows = rng.permutation(X.shape[0])[:labels]
    score = (X @ rng.normal(size=X.shape[1]))[rows]
    y[rows] = score > np.quantile(score, 0.9)
    return y


def measure_tiab(records: list[Record], labels: list[int]) -> dict[str, Any]:
    """Vectorising; then a retrain and rank as `tiab simulate` does it, and with the weights of all columns."""
    started = time.process_time()
    _, X = make_word_space(records)
    result: dict[str, Any] = {"vectorise_s": time.process_time() - started, "columns": X.shape[1], "steps": {}}
    ranker = LinearRanker()
    for n in labels:
        y = labels_of(X, n)
        memory = Memory(ranker, X)
        ranker.fit(X, without_last(y), memory=memory)

        def weigh(y: Any = y, memory: Memory = memory) -> Any:
            fitted = ranker.fit(X, y, memory=memory)
            return np.argsort(-score_rows(X, fitted.coef, fitted.intercept), kind="stable")

        step = {"weights": cpu_ms(weigh)}
        if n * X.shape[0] <= 10_000_000:  # the inner products with the pool are kept: 40 MB at most
            scorer = PoolScorer(ranker, X)
            scorer.scores(without_last(y))
            step["replay"] = cpu_ms(partial(_ranked, scorer, y), turns=1)
        result["steps"][n] = step
    return result


def _ranked(scorer: PoolScorer, y: Any) -> Any:
    return np.argsort(-scorer.scores(y), kind="stable")


def without_last(y: Any) -> Any:
    """The labels before the last one was given."""
    before = y.copy()
    before[np.flatnonzero(y == 0)[-1]] = UNLABELLED
    return before


def measure_u4(records: list[Record], labels: list[int]) -> dict[str, Any]:
    """The same for ELAS u4."""
    started = time.process_time()
    texts = [f"{record.title} {record.abstract}" for record in records]
    X = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    result: dict[str, Any] = {"vectorise_s": time.process_time() - started, "columns": X.shape[1], "steps": {}}
    for n in labels:
        y = labels_of(X, n)
        rows, pool = np.flatnonzero(y != UNLABELLED), np.flatnonzero(y == UNLABELLED)
        weight = np.where(y[rows] == 1, 1.0, (y == 1).sum() / (9.8 * (y == 0).sum()))
        weight *= n / weight.sum()

        def step(rows: Any = rows, pool: Any = pool, y: Any = y, weight: Any = weight) -> Any:
            model = LinearSVC(C=0.11).fit(X[rows], y[rows], sample_weight=weight)
            return np.argsort(-model.decision_function(X[pool]), kind="stable")

        result["steps"][n] = {"step": cpu_ms(step)}
    return result


def in_own_process(who: str, size: int, given: argparse.Namespace) -> dict[str, Any]:
    """What this script measures of one program at one size."""
    labels = [str(n) for n in given.labels if n < size]
    command = [sys.executable, __file__, "--measure", who, "--sizes", str(size), "--shared", str(given.shared)]
    done = subprocess.run([*command, "--labels", *labels], check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Prints a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", "../shared")))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 20000, 100000])
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 500, 1000, 5000])
    parser.add_argument("--measure", choices=["tiab", "u4"])
    given = parser.parse_args()
    if given.measure:
        records = records_of(given.shared, given.sizes[0])
        result = (measure_tiab if given.measure == "tiab" else measure_u4)(records, given.labels)
        result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(result))
        return
    for size in given.sizes:
        ours, theirs = (in_own_process(who, size, given) for who in ("tiab", "u4"))
        print(f"{size} records")
        for name, one in (("tiab", ours), ("u4", theirs)):
            known = f"{one['vectorise_s']:6.2f} CPU s, {one['columns']} columns, peak {one['peak_mb']:.0f} MB"
            print(f"  {name:4} vectorised in {known}")
        for n, step in ours["steps"].items():
            replay = f"{step['replay']:7.1f}" if "replay" in step else "      –"
            both = f"{step['weights']:7.1f} with weights, {replay} in a replay; u4 {theirs['steps'][n]['step']:7.1f}"
            print(f"  {n:>5} labels, retrain and rank, ms: tiab {both}")


if __name__ == "__main__":
    main()
