"""Compares the first ranking by hand-written, by drafted and by no terms at all; writes docs/benchmarks/drafting.md.

    python scripts/benchmark_drafting.py [REVIEW …]

For each review that has a published eligibility text and hand-written criteria, its records are ranked once without any
label: by the hand-written criteria, by what `tiab.drafting.draft` makes of the published text untouched, and by the
title and the question alone. TIAB_SHARED names the folder of the data.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import tiab
from tiab.criteria import Criteria
from tiab.drafting import draft

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks" / "drafting.md"
WAYS = ("written by hand", "drafted", "title and question")
Row = tuple[str, int, int, dict[str, float]]


def protocol(published: Mapping[str, str]) -> str:
    """The published text as a protocol that a person would paste."""
    questions = [line.strip(" -") for line in published["question"].splitlines()]
    return "\n".join(
        (
            f"Title: {published['title']}",
            *(f"Question: {question}" for question in questions),
            "\nInclusion criteria",
            published["inclusion"],
            "\nExclusion criteria",
            published["exclusion"],
        )
    )


def loss_free(order: Sequence[str], relevant: set[str]) -> float:
    """The area under the ROC curve of an order: 1 - loss."""
    ranks = [rank for rank, record_id in enumerate(order, 1) if record_id in relevant]
    found, others = len(ranks), len(order) - len(ranks)
    return 1 - (sum(ranks) - found * (found + 1) / 2) / (found * others)


def rows(shared: Path, names: Sequence[str]) -> Iterator[Row]:
    """(name, records, relevant, AUC of each way) of each review."""
    for published in json.loads((shared / "protocols" / "published.json").read_text(encoding="utf-8")):
        name = published["name"]
        path = shared / "reviews" / f"{name}.csv.gz"
        hand = ROOT / "corpora" / "benchmarks" / f"{name}.toml"
        if not path.is_file() or (names and name not in names):
            continue
        records = tiab.read_records(path)
        relevant = {record.record_id for record in records if dict(record.extra).get("label_included") == "1"}
        drafted = draft(protocol(published)).criteria
        ways: dict[str, Criteria] = {
            "drafted": drafted,
            "title and question": Criteria(title=drafted.title, question=drafted.question, concepts=()),
        }
        if hand.is_file():
            ways["written by hand"] = tiab.read_criteria(hand)
        scores = {way: loss_free(tiab.rank(records, criteria=c).order, relevant) for way, c in ways.items()}
        print(name, scores, flush=True)
        yield name, len(records), len(relevant), scores


def page(found: Sequence[Row]) -> str:
    """The page of these rows."""
    lines = [
        "# Drafted criteria beside criteria written by hand",
        "",
        "AUC of the first ranking, before any label: by the criteria in `corpora/benchmarks`, by what",
        "`tiab.drafting.draft` makes of the published eligibility text untouched, and by title and question alone.",
        f"Made by `scripts/benchmark_drafting.py {' '.join(name for name, *_ in found)}`.",
        "",
        "The words of the reader of protocols were chosen on the texts of these reviews, and changed once after a",
        "first run, on the word of Cohen_Estrogens; a text that it has not seen may fare worse. A dash: no criteria",
        "by hand.",
        "",
        f"| review | records | relevant | {' | '.join(WAYS)} |",
        "|---|---|---|---|---|---|",
    ]
    for name, records, relevant, scores in found:
        cells = (f"{scores[way]:.3f}" if way in scores else "–" for way in WAYS)
        lines.append(f"| {name} | {records} | {relevant} | {' | '.join(cells)} |")
    whole = [scores for *_, scores in found if len(scores) == len(WAYS)]
    if whole:
        means = (f"{sum(scores[way] for scores in whole) / len(whole):.3f}" for way in WAYS)
        lines.append(f"| mean of {len(whole)} with all three | | | {' | '.join(means)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ranks, prints and writes the page."""
    shared = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
    text = page(list(rows(shared, sys.argv[1:])))
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
