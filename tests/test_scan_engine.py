"""Scanning in several processes, some of which die."""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tiab.assets import corpus_path
from tiab.criteria import read_criteria
from tiab.errors import TiabError
from tiab.scan import Scan, engine, scan
from tiab.scan.candidates import LAST
from tiab.scan.engine import Task
from tiab.scan.work import FileLine, Work

pytestmark = pytest.mark.timeout(900)  # processes that import everything anew

CRITERIA = read_criteria(corpus_path() / "criteria.toml")
_WORDS = (
    "multiple sclerosis",
    "MS",
    "exercise training",
    "yoga",
    "cytokines",
    "IL-6",
    "randomised trial",
    "rats",
    "law",
)


@pytest.fixture
def files(pubmed_file: Callable[..., Path]) -> list[Path]:
    def citations(n: int) -> Iterator[tuple[int, int, str, str]]:
        dice = random.Random(n)
        for pmid in range(1 + 50 * n, 51 + 50 * n):
            yield pmid, 20200101, f"On {' '.join(dice.choices(_WORDS, k=2))}", " ".join(dice.choices(_WORDS, k=9))

    return [pubmed_file(f"pubmed{n}.xml.gz", citations(n)) for n in range(4)]


def _listed(result: Scan) -> list[tuple[str, float, tuple[str, ...]]]:
    return [(found.record.pmid, found.score, found.evidence) for found in result.found]


@pytest.fixture
def straight(files: list[Path], tmp_path: Path) -> Scan:
    """What a scan in one process finds."""
    return scan(files, work=tmp_path / "straight", criteria=CRITERIA, top=30)


@pytest.fixture
def held(files: list[Path], straight: Scan) -> Callable[[], None]:
    """The last file takes long to read, until the function is called: then it holds its few citations again."""
    aside = files[-1].rename(files[-1].with_suffix(".aside"))
    text = gzip.decompress(aside.read_bytes())
    first, last = text.index(b"<PubmedArticle>"), text.rindex(b"</PubmedArticleSet>")
    files[-1].write_bytes(gzip.compress(text[:first] + text[first:last] * 1500 + text[last:], compresslevel=1))
    return lambda: aside.replace(files[-1])


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_worker_that_is_killed_loses_nothing(
    files: list[Path], straight: Scan, held: Callable[[], None], tmp_path: Path
) -> None:
    work = tmp_path / "w"
    with ThreadPoolExecutor(1) as background:
        going = background.submit(scan, files, work=work, criteria=CRITERIA, top=30, jobs=2)
        _wait_for(lambda: len(Work(work).lines()) == 3)
        held()
        for child in psutil.Process().children(recursive=True):
            if "LokyProcess" in " ".join(child.cmdline()):
                child.send_signal(signal.SIGKILL)
        result = going.result(600)
    assert [line.error for line in result.lines] == [""] * 4
    assert _listed(result) == _listed(straight)


def test_a_scan_that_is_killed_goes_on(
    files: list[Path], straight: Scan, held: Callable[[], None], tmp_path: Path, root: Path
) -> None:
    output, criteria = tmp_path / "top.csv", corpus_path() / "criteria.toml"
    arguments = ["scan", *map(str, files), "-c", str(criteria), "-o", str(output), "--top", "30"]
    program = [sys.executable, "-c", "from tiab.cli import main; main()", *arguments]
    process = subprocess.Popen(program, stderr=subprocess.PIPE)
    work = Work(tmp_path / "top.csv.scan")
    _wait_for(lambda: len(work.lines()) == 3)
    process.kill()
    process.communicate()
    held()
    before = work.lines()
    result = scan(files, work=work.folder, criteria=CRITERIA, top=30)
    assert _listed(result) == _listed(straight)
    assert result.lines[:3] == tuple(before[str(path)] for path in files[:3])


def test_a_file_that_kills_its_process_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    crowds: list[list[str]] = []

    def run(paths: Iterable[str], task_of: object, begun: dict[str, None], **_: object) -> Iterator[FileLine]:
        crowds.append(list(paths))
        for path in crowds[-1]:
            begun[path] = None
        if "bad" in begun:
            raise BrokenExecutor
        yield from (FileLine(path=path, edge=LAST) for path in list(begun))

    monkeypatch.setattr(engine, "_run", run)
    lines = {
        line.path: line for line in engine.read_files(["a", "bad", "b"], lambda path: Task(path=path, work="", keep=1))
    }
    assert "died 4 times" in lines["bad"].error
    assert not lines["a"].error
    assert not lines["b"].error
    assert crowds[:2] == [["a", "bad", "b"]] * 2
    assert all(len(crowd) == 1 for crowd in crowds[2:])


def test_a_mistake_is_no_dead_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> Iterator[FileLine]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(engine, "_run", run)
    with pytest.raises(ZeroDivisionError):
        list(engine.read_files(["a"], lambda path: Task(path=path, work="", keep=1)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_dask_cluster_of_two_processes_finds_the_same(files: list[Path], straight: Scan, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        result = scan(files, work=tmp_path / "w", criteria=CRITERIA, top=30, cluster=cluster.scheduler_address)
    assert _listed(result) == _listed(straight)


def test_a_cluster_that_is_not_there_says_so(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(engine, "_PATIENCE", 1)
    with pytest.raises(TiabError, match="no Dask scheduler answers"):
        scan(files, work=tmp_path / "w", criteria=CRITERIA, cluster="tcp://127.0.0.1:9")
