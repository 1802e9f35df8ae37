"""How long the page lets a reviewer wait, and whether it grows slower or larger as they screen.

    python scripts/benchmark_web.py SEARCH_EXPORT --records 20000 --decisions 10000 --criteria criteria.toml

Each decision goes through the web server as from the page: stored on the disk, answered with the next record, as a
ranking is learned beside. Records whose title has the word of --include are included. The server and what asks it share
one process, so that a reviewer waits no longer than this says; CPU time is what is left of it on a machine that does
nothing else. With --fresh, nothing was read or ranked before the page is opened: how long does the first record take,
and how long the ranking that follows once all abstracts are read? With --browser, Chromium presses the keys instead,
and what is measured is the time from the key to the next record in sight.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np

from tiab.formats import iter_records
from tiab.review import Review
from tiab.store import Source, Store
from tiab.web import ReviewerSession
from tiab.web.serving import answer_first, listen, make_server

BLOCKS = 10
SEARCHES = ("exercise", "randomised", "interleukin", "the", "zzzz")


def prepare(folder: Path, path: Path, n: int, criteria: Path | None) -> None:
    """Makes a review of the first `n` records."""
    with Review.create(folder, criteria) as review:
        fill(folder, path, n)
        review.learn()


def fill(folder: Path, path: Path, n: int) -> None:
    """Adds the first `n` records of a file, under ids of our own."""
    some = itertools.islice(iter_records(path), n)
    records = [replace(record, record_id=f"b{number}") for number, record in enumerate(some)]
    with Store(folder) as store:
        store.add(Source(name="benchmark"), records)


@contextmanager
def served(folder: Path, *, learn: bool = True) -> Iterator[tuple[str, ReviewerSession]]:
    """The address of the page on the review, and its session."""
    with Review(folder, apart=True) as review, listen(0) as listening:
        if learn:
            review.learn()
        session = ReviewerSession(review)
        server, address = make_server(session, listening)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        answer_first()  # as `serve` does
        while not server.started:  # then the lists are being prepared
            time.sleep(0.01)
        try:
            yield address, session
        finally:
            server.should_exit = True
            thread.join()


def megabytes() -> float:
    """What this process holds of the memory now."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def screen(client: httpx.Client, decisions: int, word: str) -> None:
    """Screens, and prints after each tenth of the decisions how long they took and what the process holds."""
    shown = client.get("/screen/record").json()
    block, waits, cpu = max(1, decisions // BLOCKS), [], time.process_time()
    for number in range(1, decisions + 1):
        wanted = {
            "record_id": shown["record_id"],
            "decision": "include" if word in shown["title"].casefold() else "exclude",
            "token": f"benchmark {number}",
        }
        began = time.perf_counter()
        answer = client.post("/screen/decisions", json=wanted)
        waits.append(1000 * (time.perf_counter() - began))
        shown = answer.raise_for_status().json()
        if number % block == 0:
            spent, cpu = 1000 * (time.process_time() - cpu) / block, time.process_time()
            say(f"to {number:,}: {megabytes():,.0f} MB, CPU {spent:.1f} ms each", waits[-block:])
        if not shown["record_id"]:
            break


_CLOCK = """
addEventListener("keydown", () => { window.began = performance.now(); }, true);
addEventListener("DOMContentLoaded", () => {
  window.waits = [];
  const seen = () => requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - window.began)));
  const record = document.getElementById("record");
  new MutationObserver(seen).observe(record, { attributes: true, attributeFilter: ["data-record"] });
});
"""
"""Measures in the page from each key to when the next record has been painted."""


def press(address: str, decisions: int, word: str) -> list[float]:
    """Milliseconds from the key to the next record in sight, in Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(_CLOCK)
        page.goto(address)
        for number in range(decisions):
            title = page.locator("#record h1").inner_text().casefold()
            page.keyboard.press("i" if word in title else "e")
            page.wait_for_function("number => window.waits.length > number", arg=number)
            page.wait_for_timeout(300)  # nobody reads faster
        waits = page.evaluate("window.waits")
        browser.close()
    return list(map(float, waits))


def look(client: httpx.Client, concept: str) -> None:
    """Prints how long the pages take for the first time, then the medians of five more; list, searches, a filter."""
    lists = ["", *(f"?q={word}" for word in SEARCHES), *([f"?missing={concept}"] if concept else [])]
    for path in ("/", "/screen/progress", *(f"/records{asked}" for asked in lists)):
        tries = []
        for _ in range(6):
            wall, cpu = time.perf_counter(), time.process_time()
            client.get(path).raise_for_status()
            tries.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
        first, later = tries[0], np.median(tries[1:], axis=0)
        times = f"first {first[0]:6.1f} ms, CPU {first[1]:6.1f};   later {later[0]:6.1f} ms, CPU {later[1]:6.1f}"
        print(f"{path:<34} {times}", flush=True)


def start(client: httpx.Client, session: ReviewerSession) -> None:
    """Prints how long the first record takes, how long each after it, and when all abstracts are read."""
    wall, cpu = time.perf_counter(), time.process_time()
    session.refresh()
    while not (shown := client.get("/screen/record").json())["record_id"]:
        time.sleep(0.1)
    seconds = f"{time.perf_counter() - wall:.1f} s, CPU {time.process_time() - cpu:.1f} s"
    print(f"first record after {seconds}; ranked by words: {session.ranks_by_words}", flush=True)
    waits: list[float] = []
    spent = time.process_time()
    while session.ranks_by_words:
        decision = {"record_id": shown["record_id"], "decision": "exclude", "token": f"benchmark {len(waits)}"}
        began = time.perf_counter()
        shown = client.post("/screen/decisions", json=decision).raise_for_status().json()
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(0.5)  # nobody reads faster
    if waits:
        each = 1000 * (time.process_time() - spent) / len(waits)
        say(f"decision meanwhile, CPU {each:.1f} ms", waits)
    seconds = f"{time.perf_counter() - wall:.1f} s, CPU {time.process_time() - cpu:.1f} s"
    print(f"all abstracts read and ranked by after {seconds}; {megabytes():,.0f} MB", flush=True)


def wait(session: ReviewerSession, seconds: float) -> None:
    """Waits as somebody who reads the first records before they look through all of them."""
    began = time.perf_counter()
    if session.preparing.wait(seconds):
        print(f"lists prepared {time.perf_counter() - began:.1f} s after the page opened", flush=True)
    else:
        print(f"lists not yet prepared {seconds:.1f} s after the page opened", flush=True)


def say(name: str, waits: list[float]) -> None:
    p50, p95, p99 = np.percentile(waits, (50, 95, 99))
    print(f"{name:<34} p50 {p50:6.1f}   p95 {p95:6.1f}   p99 {p99:6.1f}   max {max(waits):7.1f} ms", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--criteria", type=Path)
    parser.add_argument("--include", default="exercise", metavar="WORD")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the review there, or take what is there")
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--fresh", action="store_true", help="measure the start with records that nobody read yet")
    parser.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="how long lists may be prepared")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        kept = asked.keep or Path(parent) / "kept"
        if not kept.exists():
            if asked.fresh:
                Review.create(kept, asked.criteria).close()
            else:
                prepare(kept, asked.path, asked.records, asked.criteria)
        folder = shutil.copytree(kept, Path(parent) / "review")
        with served(folder, learn=not asked.fresh) as (address, session):
            if asked.browser:
                wait(session, asked.wait)
                spent = time.process_time()
                waits = press(address, asked.decisions, asked.include)
                each = 1000 * (time.process_time() - spent) / len(waits)
                say(f"key to next record, CPU {each:.1f} ms", waits)
                return 0
            with httpx.Client(base_url=address.split("/?")[0], trust_env=False, timeout=60) as client:
                client.get(address)
                client.headers["Origin"] = f"http://{client.base_url.netloc.decode()}"
                if asked.fresh:
                    session.learning.start()  # as the page of all reviews does when a review is opened
                    session.learning.wait(60)
                    fill(folder, asked.path, asked.records)
                    start(client, session)
                    return 0
                wait(session, asked.wait)
                screen(client, asked.decisions, asked.include)
                criteria = session.review.criteria
                look(client, criteria.concepts[0].name if criteria else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
