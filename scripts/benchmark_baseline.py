"""Replays labelled reviews with ASReview's own default model (ELAS u4); run by the Python of ASReview's own venv.

    python scripts/benchmark_baseline.py JOBS.jsonl OUT_FOLDER

Each line of JOBS is {"name", "path", "label", "seed", "included": [row], "excluded": [row]}: a CSV with title and
abstract, the column that holds the labels, and the rows known beforehand. One JSON file is written for each job, and a
job whose file exists is skipped, so that an interrupted run goes on where it stopped. A line with "train" and "rank",
two lists of rows, in place of the known ones asks for one fit on the first and the scores of the second. tiab itself is
not imported: `benchmark_ranking.py` and `benchmark_updates.py` write the jobs and read the answers.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


class AllFound:
    """Stops a replay when the last relevant record is found: every metric is determined by then.

    ASReview's own stopper does the same with a Python sum over all labels at each step; this one is quicker, so that
    the CPU seconds are those of the model and not of the stopper.
    """

    def __init__(self, relevant: int) -> None:
        self._relevant = relevant

    def stop(self, results: Any, _labels: Any) -> bool:
        """Whether all relevant records have been labelled."""
        return int(results["label"].to_numpy().sum()) == self._relevant


def replay(job: dict[str, Any]) -> dict[str, Any]:
    """The job with the rank of each relevant record among those that were not known beforehand, and its CPU seconds."""
    from asreview.learner import ActiveLearningCycle  # type: ignore[import-not-found,unused-ignore]
    from asreview.models.models import get_ai_config  # type: ignore[import-not-found,unused-ignore]
    from asreview.simulation.simulate import Simulate  # type: ignore[import-not-found,unused-ignore]

    table = pd.read_csv(job["path"], dtype={"title": str, "abstract": str}, low_memory=False)
    labels = table[job["label"]].fillna(0).astype(int).to_numpy()
    np.random.seed(job["seed"])  # LinearSVC draws from the global state where it was given none
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    run = Simulate(table, labels, cycle, stopper=AllFound(int(labels.sum())), print_progress=False)
    priors = [*job["included"], *job["excluded"]]
    started = time.process_time()
    run.label(priors)
    run.review()
    seconds = time.process_time() - started
    order = [int(row) for row in run._results["record_id"]][len(priors) :]
    return {
        **job,
        "records": len(labels) - len(priors),
        "ranks": [rank for rank, row in enumerate(order, 1) if labels[row]],
        "cpu_seconds": round(seconds, 3),
        "screened": len(order),
        "versions": {name: version(name) for name in ("asreview", "scikit-learn", "numpy", "scipy")},
    }


def score(job: dict[str, Any]) -> dict[str, Any]:
    """The job with the scores of the rows to rank, by a model fitted once on the rows to train on."""
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config

    table = pd.read_csv(job["path"], dtype={"title": str, "abstract": str}, low_memory=False)
    labels = table[job["label"]].fillna(0).astype(int).to_numpy()
    np.random.seed(job["seed"])
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    X = cycle.transform(table)
    cycle.fit(X[job["train"]], labels[job["train"]])
    return {**job, "cpu_seconds": 0.0, "scores": cycle.classifier.decision_function(X[job["rank"]]).tolist()}


def main() -> None:
    """Runs the jobs in the order of the file."""
    jobs, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for line in jobs.read_text(encoding="utf-8").splitlines():
        job = json.loads(line)
        target = folder / f"{job['name']}.{job['seed']}.json"
        if not target.exists():
            answer = score(job) if "train" in job else replay(job)
            target.write_text(json.dumps(answer) + "\n", encoding="utf-8")
            print(f"{job['name']} seed {job['seed']}: {answer['cpu_seconds']} CPU s", flush=True)


if __name__ == "__main__":
    main()
