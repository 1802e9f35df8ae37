"""What the store costs: a decision, opening a long review, checking it, bringing an older one up to date.

    python scripts/benchmark_store.py --records 20000 --events 20000

All times are CPU times, but for that of a decision with the time that the disk takes to say that it has it. The older
review is the same one without its hashes, as tiab 0.1.0 wrote it.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review import Review
from tiab.store import FILE_NAME, Source, Store, label_entry
from tiab.store.anchor import ANCHOR_NAME


def made_up_record(number: int) -> Record:
    """A record as long as most of PubMed's."""
    return Record(record_id=str(number), title=f"Record {number} on this and that", abstract="word " * 250)


def decision_on(number: int) -> Label:
    return Label(record_id=str(number), decision=Decision.EXCLUDE, reviewer="eva", reason="wrong population")


def fill(folder: Path, records: int, events: int) -> dict[str, float]:
    """Makes the review; milliseconds of the import, microseconds of each event that is written with others."""
    with Store.create(folder) as store:
        imported = cpu_ms(lambda: store.add(Source(name="benchmark"), map(made_up_record, range(records))))
        labels = [label_entry(decision_on(number % records)) for number in range(events)]
        together = cpu_ms(lambda: store.append_all(labels))
    return {"import, ms": imported, "an event among many, us": 1e3 * together / events}


def decide(folder: Path, decisions: int) -> dict[str, float]:
    """Microseconds of a decision that is on the disk before the next is made."""
    took = []
    with Store(folder) as store:
        cpu = time.process_time()
        for number in range(decisions):
            began = time.perf_counter()
            store.append(label_entry(decision_on(number), token=str(number)))
            took.append(time.perf_counter() - began)
        cpu = time.process_time() - cpu
    return {
        "a decision with the disk's time, us": 1e6 * statistics.median(took),
        "a decision, us": 1e6 * cpu / decisions,
    }


def cpu_ms(action: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of CPU time, the median of some times."""
    took = []
    for _ in range(times):
        began = time.process_time()
        action()
        took.append(time.process_time() - began)
    return 1e3 * statistics.median(took)


def make_old(folder: Path) -> None:
    """Takes from a review all that version 1 of the tables did not have."""
    (folder / ANCHOR_NAME).unlink()
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute("ALTER TABLE events DROP COLUMN hash")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--decisions", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "review"
        figures = fill(folder, options.records, options.events) | decide(folder, options.decisions)
        figures["opening, ms"] = cpu_ms(lambda: Store(folder).close(), 9)
        figures["file, MB"] = (folder / FILE_NAME).stat().st_size / 1e6
        with Store(folder) as store:
            figures["reading the log, ms"] = cpu_ms(store.events, 3)
        if not Review.check(folder).sound:
            raise RuntimeError("the review is not sound")
        figures["checking, ms"] = cpu_ms(lambda: Review.check(folder))
        make_old(folder)
        figures["bringing up to date, ms"] = cpu_ms(lambda: Store(folder).close())
    figures["most memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
