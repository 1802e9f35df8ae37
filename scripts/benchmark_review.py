"""How long a decision takes: stored on the disk, learned from where it is due, and answered with the next record.

    python scripts/benchmark_review.py SEARCH_EXPORT --criteria criteria.toml --records 5000 --include exercise

Records are screened in the order in which the review suggests them; those whose title has the word of --include are
included. With --labelled N, so many records have a decision before the clock starts, so that a long review can be
looked at without screening all of it. Wall time is what a reviewer waits; CPU time is what is left of it on a machine
that does nothing else.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from tiab.formats import iter_records
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review import Review
from tiab.store import Source, Store, label_entry


def pool(path: Path, n: int) -> list[Record]:
    """The first `n` records, under ids of our own."""
    return [
        replace(record, record_id=f"b{number}") for number, record in enumerate(itertools.islice(iter_records(path), n))
    ]


def decision_on(record: Record, word: str) -> Decision:
    return Decision.INCLUDE if word in record.title.casefold() else Decision.EXCLUDE


def prepare(folder: Path, records: list[Record], criteria: Path | None, labelled: int, word: str) -> dict[str, float]:
    """Makes the review; how long each step took, in seconds."""
    took = {}
    began = time.perf_counter()
    with Review.create(folder, criteria) as review:
        with Store(folder) as store:
            store.add(Source(name="benchmark"), records)
        took["import"] = time.perf_counter() - began
        # Every k-th record, so that those labelled before are no better than the others.
        chosen = records[:: max(1, len(records) // labelled)][:labelled] if labelled else []
        labels = [Label(record_id=one.record_id, decision=decision_on(one, word)) for one in chosen]
        with Store(folder) as store:
            store.append_all(label_entry(label) for label in labels)
        began = time.perf_counter()
        review.next()
        took["first ranking (PICO, features)"] = time.perf_counter() - began
    began = time.perf_counter()
    with Review(folder) as review:
        review.next()
    took["opened again, to the first record"] = time.perf_counter() - began
    return took


def screen(folder: Path, decisions: int, word: str) -> dict[str, np.ndarray]:
    """Wall and CPU seconds of each decision, the part that stored it, and whether it was learned from at once."""
    rows = []
    with Review(folder) as review:
        suggestion = review.next()
        for _ in range(decisions):
            if suggestion is None:
                break
            ranked = review.queue()
            wall, cpu = time.perf_counter(), time.process_time()
            review.label(suggestion.record.record_id, decision_on(suggestion.record, word))
            stored = time.perf_counter() - wall
            suggestion = review.next()
            rows.append((time.perf_counter() - wall, time.process_time() - cpu, stored, review.queue() is not ranked))
    columns = np.array(rows, dtype=float).T
    return dict(zip(("wall", "cpu", "stored", "learned"), columns, strict=True))


def milliseconds(seconds: np.ndarray) -> dict[str, float]:
    if not len(seconds):
        return {}
    quantiles = {f"p{q}": float(np.percentile(seconds, q)) for q in (50, 95, 99)}
    return {name: round(1000 * value, 1) for name, value in {**quantiles, "max": float(seconds.max())}.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("export", type=Path)
    parser.add_argument("--criteria", type=Path)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--labelled", type=int, default=0)
    parser.add_argument("--decisions", type=int, default=1000)
    parser.add_argument("--include", default="exercise", metavar="WORD")
    options = parser.parse_args()
    records = pool(options.export, options.records)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "review"
        took = prepare(folder, records, options.criteria, options.labelled, options.include)
        found = screen(folder, options.decisions, options.include)
    learned = found["learned"] == 1
    print(
        json.dumps(
            {
                "records": len(records),
                "labelled before": options.labelled,
                "decisions": len(learned),
                "learned at once": int(learned.sum()),
                "seconds": {name: round(value, 1) for name, value in took.items()},
                "milliseconds a decision": milliseconds(found["wall"]),
                "of which CPU": milliseconds(found["cpu"]),
                "of which stored": milliseconds(found["stored"]),
                "where learned at once": milliseconds(found["wall"][learned]),
                "where learned at once, CPU": milliseconds(found["cpu"][learned]),
            },
            indent=2,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
