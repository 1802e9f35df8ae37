"""Threads may look for PICO at once, as two tabs of the page do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tiab.assets import corpus_path
from tiab.criteria import read_criteria
from tiab.formats import read_records
from tiab.pico import find_spans


def test_threads_find_what_one_finds() -> None:
    corpus = corpus_path()
    criteria, records = read_criteria(corpus / "criteria.toml"), read_records(corpus / "records.csv")[:60]
    alone = find_spans(records, criteria, numbers=False)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: find_spans(records, criteria, numbers=False), range(8)))
    assert all(one == alone for one in found)
