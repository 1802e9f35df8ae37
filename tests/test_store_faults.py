"""What a review survives: programs killed, disks full, folders read-only, two decisions at the same moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tiab.errors import ReviewError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.store import FILE_NAME, LogState, Source, Store, advance, label_entry
from tiab.store.anchor import ANCHOR_NAME

RECORDS = [Record(record_id=str(n), title=f"Record {n}", abstract="word " * 50) for n in range(50)]
NOBODY = 65534
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")


def label(record_id: str, decision: Decision = Decision.INCLUDE, reviewer: str = "eva") -> Label:
    return Label(record_id=record_id, decision=decision, reviewer=reviewer)


def make(folder: Path) -> Path:
    with Store.create(folder) as store:
        store.add(Source(name="search.ris"), RECORDS)
        store.append(label_entry(label("1")))
    return folder


def contents(store: Store) -> tuple[object, ...]:
    return store.records(), store.sources(), store.events()


# Killed


@needs_kill
def test_killed_programs_lose_no_acknowledged_decision(root: Path) -> None:
    """Five rounds of what scripts/torture_review.py does fifty times with 2,000 decisions."""
    script = [sys.executable, str(root / "scripts" / "torture_review.py")]
    command = [*script, "--rounds", "5", "--decisions", "120", "--rank-every", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    figures = json.loads(done.stdout)
    assert done.returncode == 0, figures
    assert figures["lost"] == figures["twice"] == figures["invented"] == figures["unsound"] == 0
    assert figures["rounds"] == 5
    assert figures["killed_in_the_loop"] + figures["finished_before"] == 10
    assert figures["killed_in_the_loop"] > 0
    assert figures["acknowledged"] > 50


@needs_kill
def test_a_program_killed_while_it_imports_leaves_the_review_as_it_was(tmp_path: Path) -> None:
    make(tmp_path)
    with Store(tmp_path) as store:
        before = contents(store)
    program = (
        "import os, signal, sys\n"
        "from tiab.records import Record\n"
        "from tiab.store import Source, Store\n"
        "def records():\n"
        "    for n in range(10_000):\n"
        "        yield Record(record_id=f'new{n}', abstract='word ' * 500)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "Store(sys.argv[1]).add(Source(name='big.ris'), records())\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with Store(tmp_path) as store:
        assert contents(store) == before
        store.check()


@needs_kill
def test_a_program_killed_while_it_makes_a_review_leaves_none(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from tiab.store import Store\n"
        "Store.create(sys.argv[1], migrations=[lambda connection: os.kill(os.getpid(), signal.SIGKILL)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(ReviewError, match="is not a review"):
        Store(tmp_path)
    with Store.create(tmp_path) as store:
        assert len(store.records()) == 0


def test_ctrl_c_in_the_middle_of_an_import(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Record]:
        yield Record(record_id="new")
        raise KeyboardInterrupt

    with Store(make(tmp_path)) as store:
        before = contents(store)
        with pytest.raises(KeyboardInterrupt):
            store.add(Source(name="x"), interrupted())
        assert contents(store) == before
        store.append(label_entry(label("2")))
    with Store(tmp_path) as store:
        assert len(store.events()) == 3


# Disk full


@contextmanager
def small_disk(size: str = "1m") -> Iterator[Path]:
    """A file system of that size; the test is skipped where none can be mounted."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small file system")
    folder = tempfile.mkdtemp()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        os.rmdir(folder)
        pytest.skip(f"no small file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield Path(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        os.rmdir(folder)


def label_until_full(store: Store, said: str = "the disk is full") -> list[str]:
    """Labels until that is said; the tokens of the decisions that were acknowledged."""
    acknowledged: list[str] = []

    def label_on() -> None:
        for n in range(100_000):
            store.append(label_entry(label(str(n % 50)), token=str(n), note="n" * 200))
            acknowledged.append(str(n))

    with pytest.raises(ReviewError, match=f"{said}: nothing was stored, and the review is as it was before"):
        label_on()
    return acknowledged


def test_a_limit_on_pages_while_labelling_and_importing_is_not_called_a_full_disk(tmp_path: Path) -> None:
    with Store(make(tmp_path)) as store:
        pages = store._read("PRAGMA page_count", ())[0][0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 10}")
        before = contents(store)
        with pytest.raises(ReviewError, match="no room to write"):
            store.add(Source(name="big"), [Record(record_id=f"b{n}", abstract="x" * 3000) for n in range(100)])
        assert contents(store) == before
        acknowledged = label_until_full(store, "no room to write")
        assert [event.token for event in store.events(after=2)] == acknowledged
        assert len(acknowledged) > 10
    with Store(tmp_path) as store:
        assert [event.token for event in store.events(after=2)] == acknowledged
        store.check()
        store.append(label_entry(label("1"), token="after"))


def test_disk_full_while_labelling_on_a_small_disk() -> None:
    with small_disk() as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 300_000)
        with Store(make(disk / "review")) as store:
            acknowledged = label_until_full(store)
            assert len(acknowledged) > 10
            assert [event.token for event in store.events(after=2)] == acknowledged
            ballast.unlink()
            store.append(label_entry(label("1"), token="room again"))
        with Store(disk / "review") as store:
            assert [event.token for event in store.events(after=2)] == [*acknowledged, "room again"]
            store.check()


def test_disk_full_while_importing_on_a_small_disk() -> None:
    with small_disk() as disk, Store(make(disk / "review")) as store:
        before = contents(store)
        with pytest.raises(ReviewError, match="the disk is full"):
            store.add(Source(name="big"), [Record(record_id=f"b{n}", abstract="x" * 3000) for n in range(1000)])
        assert contents(store) == before
        store.append(label_entry(label("2")))
        store.check()


def test_a_review_on_a_full_disk_can_still_be_read() -> None:
    with small_disk() as disk:
        make(disk / "review")
        fill(disk)
        with Store(disk / "review") as store:
            assert len(store.records()) == 50
            with pytest.raises(ReviewError, match=r"the disk is full|can be read but not written"):
                store.append_all([label_entry(label(str(n % 50)), note="n" * 100) for n in range(1000)])


def test_a_review_that_cannot_be_made_on_a_full_disk_leaves_nothing() -> None:
    with small_disk() as disk:
        (disk / "review").mkdir()
        fill(disk)
        with pytest.raises(ReviewError, match=r"the disk is full|the disk reported an error|cannot be made"):
            Store.create(disk / "review")
        assert list((disk / "review").iterdir()) == []


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


# Read-only


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Within it, nothing in `folder` can be written by this program, which gives up being root for that time."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions work otherwise on this system")
    was = os.geteuid()
    paths = [folder, *folder.iterdir()]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if was == 0:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter, which pytest's own may not be."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_read_only_review_is_read_and_not_written(open_folder: Path) -> None:
    review = make(open_folder / "a review")
    with read_only(review), Store(review) as store:
        assert store.read_only
        assert len(store.records()) == 50
        assert [event.kind for event in store.events()] == ["imported", "labelled"]
        store.check()
        for write in (lambda: store.append(label_entry(label("2"))), lambda: store.undo("eva")):
            with pytest.raises(ReviewError, match=r"can be read but not written.*Copy the folder"):
                write()
    assert sorted(path.name for path in review.iterdir()) == [ANCHOR_NAME, FILE_NAME]
    with Store(review) as store:
        assert not store.read_only
        assert len(store.events()) == 2


@pytest.mark.parametrize("with_index", [True, False])
def test_a_read_only_review_with_decisions_in_the_write_ahead_log_misses_none(
    open_folder: Path, with_index: bool
) -> None:
    """As copied to a read-only place while, or after, a program that wrote to it was killed."""
    review = make(open_folder / "original")
    with Store(review) as store:
        store.append(label_entry(label("2")))
        shutil.copytree(review, open_folder / "copy")
    copied = open_folder / "copy"
    assert (copied / f"{FILE_NAME}-wal").stat().st_size > 0
    if not with_index:
        (copied / f"{FILE_NAME}-shm").unlink()
    with read_only(copied), Store(copied) as store:
        assert store.read_only
        assert [event.record_id for event in store.events(kinds=["labelled"])] == ["1", "2"]
        with pytest.raises(ReviewError, match="can be read but not written"):
            store.append(label_entry(label("3")))


def test_an_older_review_in_a_read_only_folder_says_what_to_do(open_folder: Path) -> None:
    from tiab.store.schema import MIGRATIONS

    review = make(open_folder / "review")
    steps = (*MIGRATIONS, lambda connection: None)
    with read_only(review), pytest.raises(ReviewError, match=r"from an earlier tiab.*Copy the folder"):
        Store(review, migrations=steps)


def test_a_review_cannot_be_made_in_a_read_only_folder(open_folder: Path) -> None:
    (open_folder / "sub").mkdir()
    with read_only(open_folder), pytest.raises(ReviewError, match=r"cannot be made|cannot be opened"):
        Store.create(open_folder / "review")


def test_a_file_that_may_not_be_read(open_folder: Path) -> None:
    review = make(open_folder / "review")
    (review / FILE_NAME).chmod(0)
    with pytest.raises(ReviewError, match="cannot be opened"), as_nobody(open_folder):
        Store(review)


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


# At the same moment


def test_two_labels_of_one_record_at_the_same_moment_by_the_same_reviewer(tmp_path: Path) -> None:
    make(tmp_path)
    with Store(tmp_path) as one, Store(tmp_path) as other:
        barrier = threading.Barrier(2)

        def decide(store: Store, decision: Decision) -> None:
            for _ in range(20):
                barrier.wait()
                store.append(label_entry(label("7", decision)))

        threads = [
            threading.Thread(target=decide, args=(one, Decision.INCLUDE)),
            threading.Thread(target=decide, args=(other, Decision.EXCLUDE)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        events = one.events(after=2)
        assert sorted(event.payload["decision"] for event in events) == ["exclude"] * 20 + ["include"] * 20
        state = advance(LogState(), one.events())
        assert state == advance(LogState(), other.events())
        assert len(state.labels["7", "eva"]) == 40
        assert state.labels["7", "eva"][-1].event_id == events[-1].event_id


def test_a_program_that_hangs_while_it_writes_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiab.store.transactions._PATIENCE", 0.2)
    with Store(make(tmp_path)) as store:
        hanging = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        hanging.execute("BEGIN IMMEDIATE")
        with pytest.raises(ReviewError, match="another program is writing to this review"):
            store.append(label_entry(label("1")))
        assert len(store.events()) == 2
        hanging.execute("ROLLBACK")
        hanging.close()
        store.append(label_entry(label("1")))
        assert len(store.events()) == 3


def test_a_long_reader_does_not_hold_up_decisions(tmp_path: Path) -> None:
    with Store(make(tmp_path)) as store:
        reader = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        for n in range(50):
            store.append(label_entry(label(str(n))))
        assert reader.execute("SELECT count(*) FROM events").fetchone() == (2,)
        reader.close()
        assert len(store.events()) == 52
