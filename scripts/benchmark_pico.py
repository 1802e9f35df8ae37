"""Prints how many abstracts a second PICO reads on one core, in CPU time, and the peak memory of doing so.

    python scripts/benchmark_pico.py [FILE] [--criteria criteria.toml] [--records 5000] [--learned] [--components]

FILE is any export that tiab reads; without it, the PubMed file of the data for measuring (TIAB_SHARED). Records without
an abstract are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tiab.criteria import Criteria, read_criteria
from tiab.features.table import pico_features
from tiab.formats import read_records
from tiab.pico import find_spans, make_pipeline
from tiab.pico.layout import set_fields
from tiab.records import Record

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
_TOGETHER = 16  # records that each component is given at once
CRITERIA = ROOT / "corpora" / "exercise-ms-cytokines" / "criteria.toml"


def peak_megabytes() -> float:
    """The most memory this process has held; NaN where the system does not say."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def measure(records: Sequence[Record], criteria: Criteria | None, *, numbers: bool, learned: bool = False) -> None:
    """Prints the speed of spans and of features."""
    find_spans(records[:200], criteria, numbers=numbers, learned=learned)  # so that building is not timed
    start = time.process_time()
    found = find_spans(records, criteria, numbers=numbers, learned=learned)
    middle = time.process_time()
    pico_features(records, found, criteria)
    end = time.process_time()
    speed, whole, spans = len(records) / (middle - start), len(records) / (end - start), sum(map(len, found))
    print(
        f"numbers={numbers!s:<5} learned={learned!s:<5}  {speed:6.0f} abstracts/s  with features {whole:6.0f}/s  "
        f"{spans / len(records):5.1f} spans a record  peak {peak_megabytes():4.0f} MB"
    )


def measure_components(records: Sequence[Record], criteria: Criteria | None, *, learned: bool) -> None:
    """Prints the microseconds a record that each component takes."""
    nlp = make_pipeline(criteria, learned=learned)
    spent = dict.fromkeys(["words", *nlp.pipe_names], 0.0)
    with nlp.memory_zone():
        for first in range(0, len(records), _TOGETHER):
            some = records[first : first + _TOGETHER]
            start = time.process_time()
            docs = [nlp.make_doc(record.text) for record in some]
            for doc, record in zip(docs, some, strict=True):
                set_fields(doc, record.sections)
            spent["words"] += time.process_time() - start
            for name, component in nlp.pipeline:
                start = time.process_time()
                docs = list(component.pipe(docs)) if hasattr(component, "pipe") else [component(doc) for doc in docs]
                spent[name] += time.process_time() - start
    for name, seconds in spent.items():
        print(f"{name:20s} {seconds / len(records) * 1e6:6.0f} µs a record")


def main() -> None:
    """Reads the arguments and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=SHARED / "pubmed" / "pubmed21n1298.xml.gz")
    parser.add_argument("--criteria", type=Path, default=CRITERIA if CRITERIA.is_file() else None)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--components", action="store_true", help="the time of each component, too")
    parser.add_argument("--learned", action="store_true", help="the learned components, too")
    options = parser.parse_args()
    criteria = read_criteria(options.criteria) if options.criteria else None
    records = [record for record in read_records(options.file) if record.abstract][: options.records]
    print(f"{len(records)} records with an abstract of {options.file.name}, {peak_megabytes():.0f} MB once read")
    for numbers in (False, True):
        measure(records, criteria, numbers=numbers)
    if options.learned:
        measure(records, criteria, numbers=True, learned=True)
    if options.components:
        measure_components(records, criteria, learned=options.learned)


if __name__ == "__main__":
    main()
