"""Prints how long ranking takes: vectorising, and one refit and ranking after a label, beside liblinear's time.

    python scripts/benchmark_speed.py [--shared FOLDER] [--sizes 1000 5000 20000] [--labels 100 500 1000 5000]

Real titles and abstracts of the labelled reviews; beyond their number, the title of one with the abstract of another.
Times are CPU milliseconds of one thread, the best of several turns.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from tiab.dual_svm import DualLinearSVC
from tiab.gram import GrowingGram


def texts(shared: Path, size: int) -> list[str]:
    """`size` texts of title and abstract."""
    tables = [pd.read_csv(path, usecols=["title", "abstract"]) for path in sorted(shared.glob("reviews/*.csv.gz"))]
    table = pd.concat(tables).fillna("").sample(frac=1, random_state=0)
    titles, abstracts = table["title"].to_list(), table["abstract"].to_list()
    return [titles[i % len(titles)] + " " + abstracts[(i + i // len(titles)) % len(titles)] for i in range(size)]


def cpu_ms(action: Callable[[], Any], *, turns: int = 5) -> float:
    """The least CPU milliseconds that `action` took."""
    best = float("inf")
    for _ in range(turns):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return 1000 * best


def weights(y: Any, ratio: float = 9.8) -> Any:
    """Sample weights by which the relevant count `ratio` times what the irrelevant count, of mean 1."""
    weight = np.where(y == 1, 1.0, (y == 1).sum() / (ratio * (y == 0).sum()))
    return weight * len(y) / weight.sum()


def measure(X: Any, labels: int, rng: np.random.Generator) -> tuple[float, float, float]:
    """CPU ms of a refit and ranking: by tiab with inner products kept, without them, and by liblinear as ASReview."""
    rows = rng.permutation(X.shape[0])[:labels]
    score = X @ rng.normal(size=X.shape[1])
    y = (score[rows] > np.quantile(score[rows], 0.9)).astype(int)
    weight, pool = weights(y), np.setdiff1d(np.arange(X.shape[0]), rows)
    gram = GrowingGram(X)
    if labels <= 2000:
        gram.of(rows[:-1])

    def kept() -> Any:
        model = DualLinearSVC(C=0.11)
        inner = gram.of(rows) if labels <= model.max_gram else None
        return np.argsort(-model.fit(X[rows], y, weight, gram=inner).decision_function(X), kind="stable")

    def fresh() -> Any:
        return np.argsort(-DualLinearSVC(C=0.11).fit(X[rows], y, weight).decision_function(X), kind="stable")

    def liblinear() -> Any:
        return np.argsort(-LinearSVC(C=0.11).fit(X[rows], y, weight).decision_function(X[pool]), kind="stable")

    return cpu_ms(kept), cpu_ms(fresh, turns=2), cpu_ms(liblinear)


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", "../shared")))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 500, 1000, 5000])
    given = parser.parse_args()
    for size in given.sizes:
        pool = texts(given.shared, size)
        started = time.process_time()
        X = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95, dtype=np.float32).fit_transform(pool)
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size} records: vectorised in {seconds:.2f} CPU s, {X.shape[1]} terms, peak {peak:.0f} MiB")
        for labels in [n for n in given.labels if n < size]:
            kept, fresh, liblinear = measure(X, labels, np.random.default_rng(0))
            print(f"  {labels:5} labels: tiab {kept:7.1f} ms, nothing kept {fresh:7.1f}, liblinear {liblinear:7.1f}")


if __name__ == "__main__":
    main()
