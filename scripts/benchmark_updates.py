"""Trains on the earlier records of labelled reviews, ranks the later ones, and writes docs/benchmarks/updates.md.

    python scripts/benchmark_updates.py --only tuning --print        while something is being looked at
    python scripts/benchmark_updates.py                              both sides, and the page

As if a review had been done some years ago and is now updated: every label of the earlier 80% of the records is known,
and the later 20% are ranked once, with no label of theirs. tiab with criteria and from labels alone, TF-IDF with
scikit-learn's logistic regression, and ASReview's ELAS u4, whose own venv `benchmark_ranking.py --setup` makes. What
was measured is kept in the cache folder; delete `updates` there when a ranker has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import numpy as np
from numpy.typing import NDArray

import tiab
from benchmark_ranking import ASREVIEW, ROOT, Review, reviews
from comparison import compare_differences
from tiab import metrics
from tiab.criteria import Criteria
from tiab.decisions import labels_on
from tiab.features import make_features
from tiab.ranking.rank import fit

PAGE = ROOT / "docs" / "benchmarks" / "updates.md"
RANKERS = {
    "criteria": "tiab with criteria",
    "labels": "tiab from labels alone",
    "regression": "TF-IDF, logistic regression",
    "u4": "ELAS u4",
}
MEASURES = ("WSS@95", "AUC", "AP")
LATE = 0.2
LEAST = 5
"""A review with fewer relevant records than this among the later ones is listed, and counted in no median."""
DATED = 0.5
"""A review is measured if at least this share of its records has a year."""
BAD = 0.3
"""A WSS@95 below this is called bad."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Update:
    """A review parted by year; rows count in the review's file.

    Attributes:
        first_year: of the later part.
        early, late: the rows of records with a year, in the order of the file.
        undated: how many records are left out for want of a year.
    """

    review: Review
    first_year: int
    early: list[int]
    late: list[int]
    undated: int

    def relevant(self, rows: Sequence[int]) -> list[bool]:
        """Which of these rows are relevant."""
        return [self.review.ids[row] in self.review.relevant for row in rows]


def part_by_year(review: Review) -> Update | None:
    """The latest whole years that together are nearest to a fifth of the records; None where too few have a year."""
    years = {row: record.year for row, record in enumerate(review.records) if record.year is not None}
    if len(years) < DATED * len(review.records):
        return None
    dated = np.array(list(years.values()))
    cuts = np.unique(dated)[1:]
    if not len(cuts):
        return None
    first = int(min(cuts, key=lambda year: abs(float((dated >= year).mean()) - LATE)))
    return Update(
        review=review,
        first_year=first,
        early=[row for row, year in years.items() if year < first],
        late=[row for row, year in years.items() if year >= first],
        undated=len(review.records) - len(years),
    )


def tiab_scores(update: Update, criteria: Criteria | None) -> Floats:
    """tiab's scores of the later records; from labels alone it sees title and abstract, as the others do."""
    records = update.review.records
    if criteria is None:
        records = [replace(record, keywords=()) for record in records]
    decisions = zip(update.early, update.relevant(update.early), strict=True)
    labels = labels_on(records, {update.review.ids[row]: int(wanted) for row, wanted in decisions})
    features = make_features(records, criteria=criteria)
    return fit(features, labels).score(features)[update.late]


def regression_scores(update: Update) -> Floats:
    """The same for the logistic regression that a textbook would fit."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [f"{record.title} {record.abstract}" for record in update.review.records]
    X = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2).fit_transform(texts)
    model = LogisticRegression(class_weight="balanced", max_iter=1000)
    model.fit(X[update.early], update.relevant(update.early))
    return np.asarray(model.decision_function(X[update.late]))


def u4_scores(update: Update, python: Path, cache: Path) -> Floats:
    """The same for ELAS u4, by ASReview's own Python."""
    job = {"name": update.review.name, "path": str(update.review.path), "label": update.review.column, "seed": 0}
    jobs = cache / "update.jsonl"
    jobs.write_text(json.dumps({**job, "train": update.early, "rank": update.late}) + "\n", encoding="utf-8")
    target = cache / "u4" / f"{update.review.name}.0.json"
    target.unlink(missing_ok=True)
    command = [python.absolute(), ROOT / "scripts" / "benchmark_baseline.py", jobs, cache / "u4"]
    subprocess.run(command, check=True, cwd=cache)  # where ASReview's packages may leave what they like
    return np.array(json.loads(target.read_text(encoding="utf-8"))["scores"])


def measured(scores: Floats, answers: Sequence[bool]) -> dict[str, float]:
    """The measures of one ranking; equal scores in the order of the file, which says nothing."""
    order = np.argsort(-scores, kind="stable")
    ranks = [float(rank) for rank, place in enumerate(order, 1) if answers[place]]
    n = len(answers)
    values = (metrics.wss(ranks, n, target=0.95), metrics.auc(ranks, n), metrics.average_precision(ranks, n))
    return dict(zip(MEASURES, values, strict=True))


def measure(update: Update, python: Path, cache: Path) -> dict[str, Any]:
    """What is kept of one review."""
    answers, criteria = update.relevant(update.late), update.review.criteria
    row: dict[str, Any] = {
        "review": update.review.name,
        "tuning": update.review.tuning,
        "first_year": update.first_year,
        "early": len(update.early),
        "early_relevant": sum(update.relevant(update.early)),
        "late": len(answers),
        "relevant": sum(answers),
        "undated": update.undated,
        "scores": {},
    }
    if sum(answers) >= LEAST and row["early_relevant"]:
        found = {"criteria": tiab_scores(update, criteria)} if criteria else {}
        found |= {"labels": tiab_scores(update, None), "regression": regression_scores(update)}
        found["u4"] = u4_scores(update, python, cache)
        row["scores"] = {name: measured(scores, answers) for name, scores in found.items()}
    return row


def rows_of(pool: Sequence[Review], python: Path, cache: Path) -> list[dict[str, Any]]:
    """One row for each review with years: those that there are, and the others measured."""
    cache = cache.absolute()
    cache.mkdir(parents=True, exist_ok=True)
    rows = []
    for update in filter(None, map(part_by_year, pool)):
        file = cache / f"{update.review.name}.json"
        if not file.exists():
            file.write_text(json.dumps(measure(update, python, cache)) + "\n", encoding="utf-8")
            print(file.read_text(encoding="utf-8"), end="", file=sys.stderr, flush=True)
        rows.append(json.loads(file.read_text(encoding="utf-8")))
    return rows


def page(rows: Sequence[Mapping[str, Any]]) -> str:
    """The whole page."""
    lines = [*_head()]
    for heading, tuning in (
        ("Reviews that nobody tuned on", False),
        ("Reviews that settings were chosen on", True),
    ):
        chosen = [row for row in rows if row["tuning"] is tuning]
        counted = [row for row in chosen if row["scores"]]
        if chosen:
            lines += [f"## {heading} ({len(counted)} measured)", "", *_medians(counted), *_bad(counted)]
            lines += [*_each(counted), *_listed([row for row in chosen if not row["scores"]])]
    return "\n".join(lines)


def _head() -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "numpy", "scipy"))
    return [
        "# Updates: trained on earlier records, ranking later ones",
        "",
        f"Written by `scripts/benchmark_updates.py` on {datetime.now(UTC):%Y-%m-%d}: tiab {tiab.__version__}, ASReview "
        f"{ASREVIEW}, {packages}, Python {platform.python_version()}. Each review is split between two years, so that "
        "the later part has as nearly as possible 20% of its records; records without a year are left out. All rankers "
        "know the words of both parts and the labels of the earlier one, and rank the later part once. Reviews with "
        f"fewer than {LEAST} relevant records in the later part are listed but not counted. [split.md](split.md) says "
        "which reviews were tuned on.",
        "",
        "A public tool for living reviews reports a median WSS@95 of .71 for its updates, on other data. The figures "
        "here are of the same kind, but can't be compared with it directly.",
        "",
    ]


def _medians(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Medians over the reviews, and beside u4 the mean difference of tiab's WSS@95."""
    lines = [
        "| ranker | reviews | WSS@95, median | quartiles | AUC, median | AP, median | beside u4's WSS@95 | 95% CI |",
        "|---" * 8 + "|",
    ]
    for name, title in RANKERS.items():
        had = [row["scores"] for row in rows if name in row["scores"]]
        if not had:
            continue
        wss, auc, ap = ([one[name][measure] for one in had] for measure in MEASURES)
        low, middle, high = np.quantile(wss, [0.25, 0.5, 0.75])
        cells = f"{middle:.3f} | {low:.2f} to {high:.2f} | {np.median(auc):.3f} | {np.median(ap):.3f}"
        beside = "– | –"
        if name != "u4":
            result = compare_differences(wss, [one["u4"]["WSS@95"] for one in had])
            beside = f"{result.estimate:+.3f} | {result.low:+.3f} to {result.high:+.3f}"
        lines.append(f"| {title} | {len(had)} | {cells} | {beside} |")
    return [*lines, ""]


def _bad(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The reviews in which tiab, as it is meant to be used, saves little."""
    bad = sorted((_best(row)["WSS@95"], row["review"]) for row in rows if _best(row)["WSS@95"] < BAD)
    if not bad:
        return [f"No review with a WSS@95 below {BAD}.", ""]
    named = ", ".join(f"{review} ({wss:.2f})" for wss, review in bad)
    return [f"Poor, with a WSS@95 below {BAD} (with criteria, if there are any): {named}.", ""]


def _best(row: Mapping[str, Any]) -> Mapping[str, float]:
    found: Mapping[str, float] = row["scores"].get("criteria", row["scores"]["labels"])
    return found


def _each(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    cells = [f"{title}: {measure}" for measure in MEASURES for title in RANKERS]
    lines = [
        f"| review | earlier (relevant) | from | later (relevant) | no year | {' | '.join(cells)} |",
        "|---" * (5 + len(cells)) + "|",
    ]
    for row in sorted(rows, key=lambda row: -_best(row)["WSS@95"]):
        scores = [
            f"{row['scores'][name][measure]:.3f}" if name in row["scores"] else "–"
            for measure in MEASURES
            for name in RANKERS
        ]
        known = f"{row['early']} ({row['early_relevant']}) | {row['first_year']} | {row['late']} ({row['relevant']})"
        lines.append(f"| {row['review']} | {known} | {row['undated']} | {' | '.join(scores)} |")
    return [*lines, ""]


def _listed(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    named = ", ".join(f"{row['review']} ({row['relevant']} of {row['late']})" for row in rows)
    return [f"Not counted, because too few of the later records are relevant: {named}.", ""]


def main() -> None:
    """Measures what is missing, then writes the page or prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path, default=ROOT / "build" / "asreview-venv")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "benchmark")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--only", choices=["tuning", "untouched", ""], default="")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    given = parser.parse_args()
    pool = reviews(given.shared, given.only)
    text = page(rows_of(pool, given.venv / "bin" / "python", given.cache / "updates"))
    if given.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
