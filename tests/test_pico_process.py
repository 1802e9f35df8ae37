"""PICO in a process of its own: the same findings, and nothing left behind, whatever becomes of either process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tiab.criteria import parse_criteria
from tiab.pico import find_spans
from tiab.pico.reading_process import ReadingProcess
from tiab.records import Record

CRITERIA = parse_criteria('title = "t"\n[population]\nterms = ["asthma"]\n[intervention]\nterms = ["yoga"]')
RECORDS = [
    Record(
        record_id=str(n),
        title=f"Yoga {n} \ud800",  # half a character, as damaged exports have it
        abstract="A randomised trial in 40 adults with asthma.\nYoga helped.",
        keywords=("Asthma", "Yoga"),
        journal="J Yoga",
    )
    for n in range(50)
]


def children(parent: int) -> set[int]:
    """The reading processes that a process started; what other tests and programs have started is not its own."""
    return {pid for pid, of in reading().items() if of == parent}


def reading() -> dict[int, int]:
    """The reading processes on this computer -> who started each."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines() if "tiab.pico.reading_process" in line]
    return {int(pid): int(parent) for pid, parent, *_ in rows}


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    with closing(ReadingProcess(CRITERIA)) as made:
        yield made


def test_it_finds_what_this_process_finds_and_says_how_far_it_is(process: ReadingProcess) -> None:
    told: list[int] = []
    assert process.find_spans(RECORDS, progress=told.append) == find_spans(RECORDS, CRITERIA, numbers=False)
    assert sum(told) == len(RECORDS)
    assert 0 in told  # whoever waits could have left off
    assert process.find_spans([]) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_a_lost_process_has_not_read_is_read_here() -> None:
    told = list[int]()

    def kill(more: int) -> None:
        told.append(more)
        for pid in children(os.getpid()) if more else ():
            os.kill(pid, signal.SIGKILL)

    with closing(ReadingProcess(CRITERIA)) as process:
        assert process.find_spans(RECORDS, progress=kill) == find_spans(RECORDS, CRITERIA, numbers=False)
    assert sum(told) == len(RECORDS)


def test_where_none_can_be_started_records_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with closing(ReadingProcess(None)) as process:
        assert process.find_spans(RECORDS[:3]) == find_spans(RECORDS[:3], numbers=False)


def test_what_progress_raises_ends_the_reading(process: ReadingProcess) -> None:
    def leave_off(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.find_spans(RECORDS, progress=leave_off)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_the_process_that_started_it(
    end: signal.Signals, until: Callable[[Callable[[], object]], None]
) -> None:
    script = (
        # a job in the background ignores SIGINT, and so would what it starts
        "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tiab.pico.reading_process import ReadingProcess; from tiab.records import Record\n"
        "p = ReadingProcess(None); p.find_spans([Record(record_id='1', title='Yoga')]); print('read', flush=True)\n"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "read\n"
        started = children(parent.pid)
        assert started
        parent.send_signal(end)
    until(lambda: not started & reading().keys())
