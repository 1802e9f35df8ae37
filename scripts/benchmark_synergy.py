"""Ranks the reviews of SYNERGY+ and prints tiab beside the published ranks of ASReview 3.0.8 and of sievesafe.

    python scripts/benchmark_synergy.py DATA [--answers ANSWERS] [--split test] [--only REVIEW …] [--seeds 3] [--json]

DATA is the folder that `synergy get` of synergy-dataset 2.2 makes of SYNERGY+ version 3: a CSV for each review and
metadata/review_metadata.csv. ANSWERS is the folder benchmark/answers of sievesafe's repository; without it only the
published medians stand beside tiab's. docs/benchmarks/synergy.md says how to get both, and what is compared with what.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import tiab
from tiab import metrics
from tiab.criteria import Criteria
from tiab.drafting import draft
from tiab.errors import TiabError
from tiab.evaluation.simulation import draw_priors, simulate
from tiab.features import make_features

METADATA = Path("metadata") / "review_metadata.csv"
POSITIONS = "asreview-3.0.8.json"
TARGETS = {"WSS@95": "0.95", "WSS@100": "1"}
OURS = {
    "labels": "tiab from two labels on, without criteria (what ASReview knows)",
    "drafted": "tiab from two labels on, with criteria drafted from the eligibility text",
    "cold": "tiab from the drafted criteria alone, one ranking without a label (what sievesafe knows)",
}
THEIRS = {
    "asreview": "ASReview 3.0.8 (ELAS u4), two labels, three seeds",
    "sievesafe": "sievesafe (the model jev, September 2026), one ranking without a label",
}
PUBLISHED = {"asreview": {"WSS@95": 0.723, "WSS@100": 0.711}, "sievesafe": {"WSS@95": 0.763, "WSS@100": 0.808}}
"""Medians over the 23 test reviews, from benchmark/results.md of sievesafe's repository."""
csv.field_size_limit(10**8)

Scores = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Review:
    """One review of SYNERGY+: its records, the ids of those finally included, and what it asked for."""

    name: str
    records: tuple[tiab.Record, ...]
    relevant: frozenset[str]
    criteria: Criteria


def read_reviews(folder: Path, split: str, only: Sequence[str]) -> Iterator[Review]:
    """The reviews of a split, or those named, the smallest first; each checked against the metadata's counts."""
    rows = {row["key"]: row for row in read_rows(folder / METADATA, ("key", "title", "split", "n_records"))}
    unknown = sorted(set(only) - set(rows))
    if unknown:
        sys.exit(f"{folder / METADATA} lists no review {', '.join(unknown)}")
    chosen = list(only) or [name for name, row in rows.items() if row["split"] == split]
    if not chosen:
        sys.exit(f"{folder / METADATA} lists no review of the split {split!r}")
    for name in sorted(chosen, key=lambda name: (int(float(rows[name]["n_records"])), name)):
        yield read_review(folder / f"{name}.csv", name, rows[name])


def read_review(path: Path, name: str, about: Mapping[str, str]) -> Review:
    """The review in one CSV."""
    rows = read_rows(path, ("openalex_id", "title", "abstract", "label_included"))
    records = {row["openalex_id"]: _record(row) for row in rows}
    relevant = frozenset(row["openalex_id"] for row in rows if float(row["label_included"] or 0) == 1)
    counted = {"n_records": len(rows), "n_records_included": len(relevant)}
    for column, number in counted.items():
        if about.get(column) and int(float(about[column])) != number:
            sys.exit(f"{path} has {number} where its metadata say {column} = {about[column]}: another version?")
    if len(records) != len(rows):
        sys.exit(f"{path} has an openalex_id twice")
    return Review(name=name, records=tuple(records.values()), relevant=relevant, criteria=criteria_of(about))


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV that must have these columns."""
    if not path.is_file():
        sys.exit(f"{path} is not there: docs/benchmarks/synergy.md says how to get the data")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        missing = [column for column in columns if column not in (table.fieldnames or ())]
        if missing:
            sys.exit(f"{path} has no column {', '.join(missing)}")
        return [{key: value or "" for key, value in row.items() if key} for row in table]


def _record(row: Mapping[str, str]) -> tiab.Record:
    title, abstract = row["title"].strip(), row["abstract"].strip()
    return tiab.Record(record_id=row["openalex_id"], title=title, abstract=abstract)


def criteria_of(about: Mapping[str, str]) -> Criteria:
    """The criteria that tiab drafts from a review's title, question and eligibility text, with no hand laid on them."""
    parts = [f"Title: {about['title']}"]
    parts += [f"Question: {about['research_question']}"] if about.get("research_question") else []
    parts += [f"\nInclusion criteria\n{about['eligibility_criteria']}"] if about.get("eligibility_criteria") else []
    try:
        return draft("\n".join(parts)).criteria
    except TiabError:
        return Criteria(title=about["title"], question=about.get("research_question", ""), concepts=())


def ours(review: Review, seeds: int) -> dict[str, Scores]:
    """tiab's numbers on one review, means over the seeds; positions count the two known records, as ASReview's do."""
    ids, by = [record.record_id for record in review.records], dict[str, list[Sequence[float]]]()
    plain, drafted = make_features(review.records), make_features(review.records, criteria=review.criteria)
    for way, features in (("labels", plain), ("drafted", drafted)):
        for seed in range(1, seeds + 1):
            prior = draw_priors(ids, review.relevant, seed=seed)
            run = simulate(review.records, review.relevant, prior=prior, seed=seed, features=features)
            by.setdefault(way, []).append(metrics.ranks_of(run.order, review.relevant))
    first = simulate(review.records, review.relevant, prior=(), features=drafted, retrain="never")
    by["cold"] = [metrics.ranks_of(first.order, review.relevant)]
    return {way: scores(positions, len(ids)) for way, positions in by.items()}


def theirs(review: Review, answers: Path) -> dict[str, Scores]:
    """The published numbers of one review, from the published positions and probabilities."""
    found = {}
    positions = json.loads((answers / POSITIONS).read_text(encoding="utf-8")).get(review.name, {})
    runs = [run for run in positions.values() if len(run) == len(review.relevant)]
    if runs:
        found["asreview"] = scores(runs, len(review.records))
    probability = dict(_probabilities(answers / f"f1-{review.name}.jsonl.gz"))
    if probability.keys() >= {record.record_id for record in review.records}:
        ids = [record.record_id for record in review.records]  # of equal ones the relevant last, as they rank it
        order = sorted(ids, key=lambda name: (-probability[name], name in review.relevant))
        found["sievesafe"] = scores([metrics.ranks_of(order, review.relevant)], len(ids))
    return found


def _probabilities(path: Path) -> Iterator[tuple[str, float]]:
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                for record_id, score in json.loads(line)["scores"].items():
                    yield record_id, float(score["overall"])


def scores(runs: Iterable[Sequence[float]], n_records: int) -> Scores:
    """WSS@95 and WSS@100, means over the runs."""
    runs = list(runs)
    return {
        name: statistics.fmean(metrics.wss(run, n_records, target=target) for run in runs)
        for name, target in TARGETS.items()
    }


def compare(reviews: Iterable[Review], answers: Path | None, seeds: int) -> dict[str, Any]:
    """All that is printed, as one object."""
    rows: list[dict[str, Any]] = []
    for review in reviews:
        row = ours(review, seeds) | (theirs(review, answers) if answers else {})
        size = {"records": len(review.records), "relevant": len(review.relevant)}
        rows.append({"review": review.name, **size, "concepts": len(review.criteria.concepts), "scores": row})
        print(f"{review.name}: {len(review.records)} records", file=sys.stderr, flush=True)
    medians = {way: _medians([row["scores"][way] for row in rows if way in row["scores"]]) for way in OURS | THEIRS}
    packages = {name: version(name) for name in ("scikit-learn", "numpy", "scipy", "spacy")}
    return {
        "versions": {"tiab": tiab.__version__, "Python": platform.python_version(), **packages},
        "published": PUBLISHED,
        "seeds": seeds,
        "reviews": rows,
        "medians": {way: numbers for way, numbers in medians.items() if numbers},
    }


def _medians(found: Sequence[Scores]) -> Scores:
    return {name: statistics.median(one[name] for one in found) for name in TARGETS} if found else {}


def table(result: Mapping[str, Any]) -> str:
    """The comparison in Markdown."""
    ways = list(result["medians"])
    cells = [f"{way}: {measure}" for measure in TARGETS for way in ways]
    lines = [
        ", ".join(f"{name} {number}" for name, number in result["versions"].items()),
        "",
        *(f"- *{way}*: {meaning}" for way, meaning in (OURS | THEIRS).items() if way in ways),
        "",
        "| review | records | relevant | " + " | ".join(cells) + " |",
        "|---" * (3 + len(cells)) + "|",
    ]
    for row in result["reviews"]:
        lines.append(f"| {row['review']} | {row['records']} | {row['relevant']} | {_cells(row['scores'], ways)} |")
    lines += [f"| **median of {len(result['reviews'])}** | | | {_cells(result['medians'], ways)} |", ""]
    lines += [
        f"Published median of the 23 test reviews, {THEIRS[way]}: WSS@95 {one['WSS@95']}, WSS@100 {one['WSS@100']}."
        for way, one in result["published"].items()
    ]
    return "\n".join(lines)


def _cells(found: Mapping[str, Scores], ways: Sequence[str]) -> str:
    return " | ".join(f"{found[way][name]:.3f}" if way in found else "–" for name in TARGETS for way in ways)


def main() -> None:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of SYNERGY+")
    parser.add_argument("--answers", type=Path, help="the folder benchmark/answers of sievesafe's repository")
    parser.add_argument("--split", default="test", help="of the metadata's column split")
    parser.add_argument("--only", nargs="+", default=[], metavar="REVIEW", help="these reviews, of whichever split")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if given.answers and not (given.answers / POSITIONS).is_file():
        sys.exit(f"{given.answers} has no {POSITIONS}: it is to be the folder benchmark/answers of sievesafe")
    result = compare(read_reviews(given.data, given.split, given.only), given.answers, given.seeds)
    print(json.dumps(result, indent=1) if given.json else table(result))


if __name__ == "__main__":
    main()
