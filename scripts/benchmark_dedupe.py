"""Duplicates found by tiab and by bib-dedupe alone, on the labelled sets: `python scripts/benchmark_dedupe.py FOLDER`.

FOLDER holds a folder for each set, with records_pre_merged.csv and merged_record_ids.csv. Pairs of records are counted:
sensitivity is the share of the labelled pairs that are found, a false merge a pair that is found and not labelled.
Times are CPU seconds of one process, without the reading of the files.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd

from tiab.dedupe import find_duplicates
from tiab.formats import read_records

Groups = Iterable[Sequence[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    columns = ("records", "sensitivity", "false", "doubtful", "CPU s", "records/s")
    print(f"{'set':14}{'who':12}" + "".join(f"{column:>12}" for column in columns))
    for place in sorted(path.parent for path in folder.glob("*/merged_record_ids.csv")):
        with (place / "merged_record_ids.csv").open(encoding="utf-8", newline="") as stream:
            labelled = pairs([row["merged_ids"].split(";") for row in csv.DictReader(stream)])
        for who, prepare in (("tiab", ours), ("bib-dedupe", alone)):
            count, run = prepare(place / "records_pre_merged.csv")
            start = time.process_time()
            groups, doubtful = run()
            taken = time.process_time() - start
            found = pairs(groups)
            share = len(found & labelled) / len(labelled)
            print(
                f"{place.name:14}{who:12}{count:12}{share:12.4f}{len(found - labelled):12}{doubtful:12}"
                f"{taken:12.2f}{count / taken:12.0f}"
            )


def ours(path: Path) -> tuple[int, Callable[[], tuple[Groups, int]]]:
    records = [replace(record, record_id=dict(record.extra)["ID"]) for record in read_records(path)]

    def run() -> tuple[Groups, int]:
        found = find_duplicates(records)
        return [group.record_ids for group in found.certain], len(found.doubtful)

    return len(records), run


def alone(path: Path) -> tuple[int, Callable[[], tuple[Groups, int]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bib_dedupe import bib_dedupe
    frame = pd.read_csv(path)

    def run() -> tuple[Groups, int]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            blocked = bib_dedupe.block(bib_dedupe.prep(frame, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
            matched = bib_dedupe.match(blocked, verbosity_level=0, cpu=1)
            return bib_dedupe.cluster(matched), int((matched["duplicate_label"] == "maybe").sum())

    return len(frame), run


def pairs(groups: Groups) -> set[tuple[str, ...]]:
    return {tuple(sorted(pair)) for group in groups for pair in combinations(group, 2)}


if __name__ == "__main__":
    main()
