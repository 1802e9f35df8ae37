"""Compares tiab's ranking with ASReview's ELAS u4 on labelled reviews and writes docs/benchmarks/ranking.md.

    python scripts/benchmark_ranking.py --setup                      makes ASReview's own venv, once
    python scripts/benchmark_ranking.py --only tuning                while something is being tuned
    python scripts/benchmark_ranking.py                              everything, and the page

Both replay each review with the same priors (one included and one excluded record, drawn by the seed), always the
best record next, refitted after every label, until the last relevant record is found. Every run is kept in the cache
folder and not made again; delete the folder `tiab` there when the ranker has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import numpy as np

import tiab
from comparison import Comparison, compare_differences, compare_ratios
from review_split import LEFT_OUT, is_tuning
from tiab import metrics
from tiab.evaluation.simulation import draw_priors, simulate
from tiab.features import make_features

ROOT = Path(__file__).resolve().parent.parent
CRITERIA = ROOT / "corpora" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks" / "ranking.md"
ASREVIEW = "3.0.8"
MODES = {
    "labels": "tiab without criteria, on title and abstract: what ELAS u4 sees, and nothing more",
    "criteria": "tiab as it is meant to be used: with the review's criteria, and keywords where the records have them",
    "cold": "tiab from the criteria alone, with no label known beforehand",
}
MEASURES = {
    "loss": "loss",
    "to_95": "records to 95% recall",
    "to_100": "records to 100% recall",
    "wss_95": "WSS@95",
    "wss_100": "WSS@100",
    "recall_5": "recall at 5%",
    "recall_10": "recall at 10%",
    "recall_20": "recall at 20%",
    "atd": "ATD (records)",
}
RATIOS = ("loss", "to_95", "to_100", "atd")


class Review:
    """One labelled review: its records, which of them are relevant, and its criteria where there are some."""

    def __init__(self, path: Path) -> None:
        self.name = path.name.removesuffix(".csv.gz")
        self.path = path
        self.column = "label_abstract" if self.name.startswith("Wallace_") else "label_included"
        self.records = tiab.read_records(path)
        self.ids = [record.record_id for record in self.records]
        self.relevant = {record.record_id for record in self.records if dict(record.extra).get(self.column) == "1"}
        file = CRITERIA / f"{self.name}.toml"
        self.criteria = tiab.read_criteria(file) if file.is_file() else None
        self.tuning = is_tuning(self.name)

    def priors(self, seed: int) -> tuple[str, ...]:
        """One relevant and one irrelevant record, the same for every ranker."""
        return draw_priors(self.ids, self.relevant, seed=seed)


def reviews(shared: Path, only: str) -> list[Review]:
    """The reviews, smallest first."""
    paths = [path for path in sorted(shared.glob("reviews/*.csv.gz")) if path.name.split(".")[0] not in LEFT_OUT]
    wanted = [path for path in paths if only in ("", "tuning") or not is_tuning(path.name)]
    wanted = [path for path in wanted if only != "tuning" or is_tuning(path.name)]
    return sorted((Review(path) for path in wanted), key=lambda review: (len(review.ids), review.name))


def set_up(folder: Path) -> None:
    """A venv with ASReview in `folder`."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", f"asreview=={ASREVIEW}"], check=True)


def run_baseline(pool: Sequence[Review], seeds: int, python: Path, cache: Path) -> None:
    """ELAS u4's runs, by ASReview's own Python."""
    lines = []
    for seed in range(seeds):
        for review in pool:
            included, excluded = (review.ids.index(record_id) for record_id in review.priors(seed))
            job = {"name": review.name, "path": str(review.path), "label": review.column, "seed": seed}
            lines.append(json.dumps({**job, "included": [included], "excluded": [excluded]}))
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "jobs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    script = ROOT / "scripts" / "benchmark_baseline.py"
    subprocess.run([python, script, cache / "jobs.jsonl", cache / "u4"], check=True)


def run_tiab(pool: Sequence[Review], seeds: int, modes: Sequence[str], cache: Path) -> None:
    """tiab's runs, one file for each review, mode and seed."""
    folder = cache / "tiab"
    folder.mkdir(parents=True, exist_ok=True)
    for mode in modes:
        for review in pool:
            wanted = [0] if mode == "cold" else list(range(seeds))
            missing = [seed for seed in wanted if not (folder / f"{review.name}.{mode}.{seed}.json").exists()]
            if missing and (review.criteria or mode != "cold"):
                for run in replays(review, mode, missing):
                    target = folder / f"{review.name}.{mode}.{run['seed']}.json"
                    target.write_text(json.dumps(run) + "\n", encoding="utf-8")
                    print(f"{review.name} {mode} {run['seed']}: {run['cpu_seconds']} CPU s", flush=True)


def replays(review: Review, mode: str, seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The runs of one review in one mode; CPU seconds include the features, which all seeds share."""
    started = time.process_time()
    records = review.records if mode != "labels" else [replace(record, keywords=()) for record in review.records]
    features = make_features(records, criteria=None if mode == "labels" else review.criteria)
    shared = time.process_time() - started
    for seed in seeds:
        started = time.process_time()
        prior = () if mode == "cold" else review.priors(seed)
        run = simulate(records, review.relevant, prior=prior, seed=seed, features=features)
        seconds = time.process_time() - started
        yield {
            "seed": seed,
            "records": len(run.order) - len(run.prior),
            "ranks": run.ranks,
            "first": {record_id: run.order.index(record_id) + 1 for record_id in _all_priors(review)}
            if not prior
            else {},
            "cpu_seconds": round(seconds + shared, 3),
            "fits": run.fits,
        }


def _all_priors(review: Review) -> set[str]:
    return {record_id for seed in range(20) for record_id in review.priors(seed)}


def measured(ranks: Sequence[float], n_records: int) -> dict[str, float]:
    """The measures of one run."""
    return {
        "loss": metrics.loss(ranks, n_records),
        "to_95": metrics.rank_at_recall(ranks, n_records, target=0.95),
        "to_100": metrics.last_relevant_rank(ranks, n_records),
        "wss_95": metrics.wss(ranks, n_records, target=0.95),
        "wss_100": metrics.wss(ranks, n_records, target=1),
        "recall_5": metrics.rrf(ranks, n_records, share=0.05),
        "recall_10": metrics.rrf(ranks, n_records, share=0.10),
        "recall_20": metrics.rrf(ranks, n_records, share=0.20),
        "atd": metrics.atd(ranks, n_records),
    }


def without(run: Mapping[str, Any], included: str, excluded: str) -> tuple[list[float], int]:
    """The ranks of a run that knew no label, as if two records had not been there: what u4 was told for nothing."""
    gone = [run["first"][included], run["first"][excluded]]
    kept = [rank for rank in run["ranks"] if rank != gone[0]]
    return [rank - sum(place < rank for place in gone) for rank in kept], run["records"] - 2


def means(review: Review, mode: str, seeds: Sequence[int], cache: Path) -> dict[str, float] | None:
    """The measures of one review in one mode, averaged over these seeds; None where it was not run."""
    runs = []
    for seed in seeds:
        file = _file(review, mode, seed, cache)
        if not file.exists():
            return None
        run = json.loads(file.read_text(encoding="utf-8"))
        ranks, n_records = (run["ranks"], run["records"]) if mode != "cold" else without(run, *review.priors(seed))
        runs.append({**measured(ranks, n_records), "cpu": run["cpu_seconds"], "seed": seed})
    if not runs:
        return None
    return {name: float(np.mean([run[name] for run in runs])) for name in (*MEASURES, "cpu")} | {"seeds": len(runs)}


def common_seeds(review: Review, modes: Sequence[str], seeds: int, cache: Path) -> list[int]:
    """The seeds with which ELAS u4, and tiab in each mode that was run, were run: like is compared with like."""
    had = [{n for n in range(seeds) if _file(review, mode, n, cache).exists()} for mode in ("u4", *modes)]
    return sorted(had[0].intersection(*(some for some in had[1:] if some)))


def _file(review: Review, mode: str, seed: int, cache: Path) -> Path:
    if mode == "u4":
        return cache / "u4" / f"{review.name}.{seed}.json"
    return cache / "tiab" / f"{review.name}.{mode}.{0 if mode == 'cold' else seed}.json"


def compared(rows: Sequence[tuple[Review, dict[str, dict[str, float]]]], mode: str) -> list[str]:
    """The lines of the table that sets one mode beside ELAS u4."""
    pairs = [(row[mode], row["u4"]) for _, row in rows if mode in row and "u4" in row]
    lines = [
        "| measure | u4, mean | tiab, mean | tiab to u4 | 95% interval | better in | p |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, title in MEASURES.items():
        ours, theirs = [a[name] for a, _ in pairs], [b[name] for _, b in pairs]
        ratio = name in RATIOS
        result = compare_ratios(ours, theirs) if ratio else compare_differences(ours, theirs)
        digits = 0 if name in ("to_95", "to_100", "atd") else 3
        lines.append(
            f"| {title} | {np.mean(theirs):.{digits}f} | {np.mean(ours):.{digits}f} | {_effect(result, ratio)} "
            f"| {_better(ours, theirs, lower=ratio)} of {result.n_reviews} | {result.p_value:.2g} |"
        )
    cpu = [sum(pair[side]["cpu"] for pair in pairs) for side in (1, 0)]
    return [*lines, f"| CPU seconds, all reviews | {cpu[0]:.0f} | {cpu[1]:.0f} | × {cpu[1] / cpu[0]:.2f} | | | |"]


def _effect(result: Comparison, ratio: bool) -> str:
    if ratio:
        return f"× {result.estimate:.3f} | {result.low:.3f} to {result.high:.3f}"
    return f"{result.estimate:+.3f} | {result.low:+.3f} to {result.high:+.3f}"


def _better(ours: Sequence[float], theirs: Sequence[float], *, lower: bool) -> int:
    return sum((a < b) if lower else (a > b) for a, b in zip(ours, theirs, strict=True))


def page(rows: Sequence[tuple[Review, dict[str, dict[str, float]]]], seeds: int) -> str:
    """The whole page."""
    sides = {"Reviews that nobody tuned on": False, "Reviews that settings were chosen on": True}
    lines = [*_head(seeds)]
    for heading, tuning in sides.items():
        chosen = [(review, row) for review, row in rows if review.tuning is tuning]
        if chosen:
            lines += [f"## {heading} ({len(chosen)})", ""]
            for mode, meaning in MODES.items():
                if any(mode in row for _, row in chosen):
                    lines += [f"### {meaning}", "", *compared(chosen, mode), ""]
            lines += [*_each(chosen), ""]
    return "\n".join(lines)


def _head(seeds: int) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "numpy", "scipy"))
    return [
        "# Ranking beside ASReview's ELAS u4",
        "",
        f"Written by `scripts/benchmark_ranking.py` on {datetime.now(UTC):%Y-%m-%d}: tiab {tiab.__version__}, "
        f"ASReview {ASREVIEW}, {packages}, Python {platform.python_version()}, {platform.machine()}, one thread. Each "
        f"review was replayed with up to {seeds} seeds, each seed with the same two priors for every ranker; the "
        "numbers of a review are means over its seeds, and the review is the unit of every comparison. Ratios are "
        "geometric means; intervals are percentile bootstraps over reviews; p is Wilcoxon's signed-rank test. Which "
        "reviews were tuned on is set out in [split.md](split.md), the metrics in [metrics.md](../metrics.md), what "
        "was tried and not kept in [tried.md](tried.md). CPU seconds of tiab include reading the text and the PICO "
        "step; the machine was busy with other work, which makes all CPU seconds longer. Where a table counts fewer "
        "reviews than its side has, the others were not run. The data sets are public; their texts are their "
        "publishers' and not part of this repository.",
        "",
    ]


def _each(chosen: Sequence[tuple[Review, dict[str, dict[str, float]]]]) -> list[str]:
    modes = ["u4", *(mode for mode in MODES if any(mode in row for _, row in chosen))]
    cells = [f"{mode}: {title}" for title in ("loss", "to 95%", "to 100%") for mode in modes]
    lines = [
        "### Each review",
        "",
        f"| review | records | relevant | seeds | {' | '.join(cells)} |",
        "|---" * (4 + len(cells)) + "|",
    ]
    for review, row in chosen:
        values = []
        for name, digits in (("loss", 4), ("to_95", 0), ("to_100", 0)):
            values += [f"{row[mode][name]:.{digits}f}" if mode in row else "–" for mode in modes]
        known = f"{len(review.ids)} | {len(review.relevant)} | {row['u4']['seeds']:.0f}"
        name = review.name if review.criteria else f"{review.name} (no criteria)"
        lines.append(f"| {name} | {known} | {' | '.join(values)} |")
    return lines


def main() -> None:
    """Runs what is missing, then writes the page or prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setup", action="store_true", help="make ASReview's venv and leave")
    parser.add_argument("--venv", type=Path, default=ROOT / "build" / "asreview-venv")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "benchmark")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=["tuning", "untouched", ""], default="")
    parser.add_argument("--modes", nargs="+", choices=list(MODES), default=list(MODES))
    parser.add_argument("--no-baseline", action="store_true", help="use the runs of ELAS u4 that there are")
    parser.add_argument("--no-runs", action="store_true", help="use the runs that there are, of both")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    given = parser.parse_args()
    if given.setup:
        set_up(given.venv)
        return
    pool = reviews(given.shared, given.only)
    if not (given.no_baseline or given.no_runs):
        run_baseline(pool, given.seeds, given.venv / "bin" / "python", given.cache)
    if not given.no_runs:
        run_tiab(pool, given.seeds, given.modes, given.cache)
    rows = []
    for review in pool:
        seeds = common_seeds(review, given.modes, given.seeds, given.cache)
        found = {mode: means(review, mode, seeds, given.cache) for mode in ("u4", *given.modes)}
        rows.append((review, {mode: numbers for mode, numbers in found.items() if numbers}))
    text = page([(review, row) for review, row in rows if "u4" in row], given.seeds)
    if given.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
