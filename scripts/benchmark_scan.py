"""Measures tiab scan on two real PubMed files, repeated to a million records, and writes docs/benchmarks/scan.md.

    python scripts/benchmark_scan.py                                 a million records: needs 3 GB and half an hour
    python scripts/benchmark_scan.py --records 100000 --no-page      a look

Each way of scanning runs in a Python of its own: one process, two, a Dask LocalCluster of two. A copy of a record has
another PMID and the same text. Wall time says little on a machine that does other things, so CPU time stands beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import psutil

from tiab.assets import model_path
from tiab.formats.input_file import open_source
from tiab.formats.pubmed_articles import Articles
from tiab.ranking.model_file import read_model
from tiab.scan import scan
from tiab.scan.passing import Pass
from tiab.scan.previews import Previews

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks" / "scan.md"
WAYS = {"1": "one process", "2": "two processes", "dask": "Dask LocalCluster, two workers"}
DROP = "drop"
"""Not a way of scanning: the first pass alone, with a floor that no record reaches."""
PER_FILE = 30_000
PUBMED = 37_000_000
CORES = 16
_PMID = re.compile(rb"(<PMID Version=\"\d+\">)(\d+)")


def articles(shared: Path, n_records: int) -> Iterator[bytes]:
    """`n_records` articles: those of the real files again and again, each time with other PMIDs."""
    done, copy = 0, 0
    while True:
        for path in sorted(shared.glob("pubmed/*.xml.gz")):
            for raw in Articles(open_source(path)).read():
                if done == n_records:
                    return
                yield _PMID.sub(partial(_renumbered, copy), raw, count=1)
                done += 1
        copy += 1


def _renumbered(copy: int, found: re.Match[bytes]) -> bytes:
    return b"%s%d" % (found[1], int(found[2]) + copy * 40_000_000)


def write_files(folder: Path, shared: Path, n_records: int) -> None:
    """Files of 30,000 articles each, as PubMed's baseline has them."""
    batch: list[bytes] = []
    number = 0
    for raw in articles(shared, n_records):
        batch.append(raw)
        if len(batch) == PER_FILE:
            number, batch = write_file(folder, number, batch), []
    if batch:
        write_file(folder, number, batch)


def write_file(folder: Path, number: int, batch: list[bytes]) -> int:
    data = b"<PubmedArticleSet>\n" + b"\n".join(batch) + b"\n</PubmedArticleSet>\n"
    (folder / f"pubmed{number:04d}.xml.gz").write_bytes(gzip.compress(data, 1, mtime=0))
    return number + 1


def measure(way: str, folder: Path) -> dict[str, Any]:
    """One scan; run in a Python of its own."""
    if way == DROP:
        return dropped(folder)
    if way == "dask":
        from distributed import LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]
            return measured(folder, cluster=cluster.scheduler_address)
    return measured(folder, jobs=int(way))


def dropped(folder: Path) -> dict[str, Any]:
    """What the first two files cost where every record is dropped."""
    model, cpu = read_model(model_path()), time.process_time()
    first_pass = Pass(model, 1000, floor=1e9)
    for path in sorted(folder.iterdir())[:2]:
        first_pass.read(Previews(path).read())
    return {"records": first_pass.n_records, "cpu_seconds": round(time.process_time() - cpu, 1), "best": []}


def measured(folder: Path, **options: Any) -> dict[str, Any]:
    peak = {"all": 0, "one": 0}
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(peak, stop))
    watcher.start()
    started = time.perf_counter()
    with TemporaryDirectory() as work:
        result = scan([folder], work=work, model=read_model(model_path()), **options)
    seconds = time.perf_counter() - started
    stop.set()
    watcher.join()
    return {
        "records": result.n_records,
        "files": len(result.lines),
        "read_whole": result.n_read_whole,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(sum(line.cpu_seconds for line in result.lines), 1),
        "mb_all": peak["all"] >> 20,
        "mb_one": peak["one"] >> 20,
        "load": os.getloadavg()[0],
        "best": [found.key for found in result.found[:100]],
    }


def watch(peak: dict[str, int], stop: threading.Event) -> None:
    """Notes the most memory that this process and its children had, together and the largest of them."""
    me = psutil.Process()
    while not stop.wait(0.5):
        sizes = []
        for process in (me, *me.children(recursive=True)):
            try:
                sizes.append(process.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        peak["all"], peak["one"] = max(peak["all"], sum(sizes)), max(peak["one"], *sizes)


def page(results: dict[str, dict[str, Any]]) -> str:
    """The results and the projection in Markdown."""
    drop = results[DROP]
    results = {way: result for way, result in results.items() if way != DROP}
    first = next(iter(results.values()))
    rows = [
        f"| {WAYS[way]} | {r['seconds']:,} | {r['records'] / r['seconds']:,.0f} | {r['cpu_seconds']:,} "
        f"| {r['records'] / r['cpu_seconds']:,.0f} | {r['mb_one']:,} | {r['mb_all']:,} | {r['load']:.1f} |"
        for way, r in results.items()
    ]
    rate = min(r["records"] / r["cpu_seconds"] for r in results.values())
    minutes = PUBMED / rate / CORES / 60
    speedup = {way: first["seconds"] / r["seconds"] for way, r in results.items()}
    same = len({json.dumps(r["best"]) for r in results.values()}) == 1
    lines = [
        "# How fast tiab scan is\n",
        "Printed by `python scripts/benchmark_scan.py`; " + time.strftime("%d %B %Y") + f", {os.cpu_count()} cores.\n",
        f"{first['records']:,} records in {first['files']} packed files, from `.xml.gz` to the list of the best 1,000, "
        f"with the founding review's kept model. {first['read_whole'] / first['records']:.1%} of the records got the "
        "full pass, the others none.\n",
        "| | wall s | records/s | CPU s | records per CPU s | MB, largest process | MB, all | load |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "\nTimes as fast as the first, by wall time: "
        + "; ".join(f"{WAYS[way]} {times:.2f}" for way, times in speedup.items() if times != 1)
        + ".\n",
        "Records that the first pass drops, from `.xml.gz` on: "
        f"{drop['records'] / drop['cpu_seconds']:,.0f} a CPU second ({drop['records']:,} records, all dropped).\n",
        f"The lists are {'the same' if same else 'NOT the same'}, to the last digit and place.\n",
        f"All of PubMed on {CORES} cores, at the lowest of these rates for each CPU second: {PUBMED:,} records ÷ "
        f"{rate:,.0f} records/s ÷ {CORES} cores = {minutes * 60:,.0f} s = {minutes:.0f} minutes.\n",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the files are, or are to be made; kept")
    parser.add_argument("--only", choices=list(WAYS), action="append", help="this way; may be given again")
    parser.add_argument("--no-page", action="store_true", help="only print")
    parser.add_argument("--measure", choices=[DROP, *WAYS], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.folder)))
        return
    folder = options.folder or Path(mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        write_files(folder, options.shared, options.records)
    results = {}
    for way in (DROP, *(options.only or WAYS)):
        command = [sys.executable, __file__, "--folder", str(folder), "--measure", way]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        results[way] = json.loads(output.splitlines()[-1])
        print(way, {name: value for name, value in results[way].items() if name != "best"}, flush=True)
    print(page(results))
    if not options.no_page:
        PAGE.write_text(page(results), encoding="utf-8")
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
