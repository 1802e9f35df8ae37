"""Records and log are checked against their hashes: what was changed, removed or lost is named."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tiab.cli import app
from tiab.errors import ReviewError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.review import Review
from tiab.store import FILE_NAME, LogEnd, Source, Store, label_entry
from tiab.store.anchor import ANCHOR_NAME
from tiab.store.chain import HASHED_COLUMNS, event_hash
from tiab.store.transactions import waiting

RECORDS = [Record(record_id=str(n), title=f"Record {n}", authors=("A", "B"), year=2000 + n) for n in range(10)]
MORE = "11, 'x', 2, '', 'T', '', '[]', 1, '', '', '', '[]', '[]', '', '', '[]'"
WAL = f"{FILE_NAME}-wal"


def include(record_id: str) -> Label:
    return Label(record_id=record_id, decision=Decision.INCLUDE, reviewer="eva")


def make(folder: Path, *, labels: int = 6) -> Path:
    """A review of ten records from two files; its events 3 and later are labels, each with a note and a token."""
    with Store.create(folder) as store:
        for n, records in enumerate((RECORDS[:4], RECORDS[4:])):
            store.add(Source(name=f"{n}.ris", found=len(records), new=len(records)), records)
        for n in range(labels):
            store.append(label_entry(include(str(n % 10)), note=f"note {n}", token=f"token {n}"))
    return folder


@contextmanager
def as_a_stranger(folder: Path) -> Iterator[sqlite3.Connection]:
    """Within it, all in the file can be changed; the triggers that forbid it are put back afterwards."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def faults(folder: Path, *anchors: str) -> str:
    return "; ".join(Review.check(folder, anchors=anchors).faults)


def rehash(connection: sqlite3.Connection) -> None:
    previous = bytes(32)
    for values in connection.execute(f"SELECT {', '.join(HASHED_COLUMNS)} FROM events ORDER BY event_id").fetchall():
        previous = event_hash(previous, values)
        connection.execute("UPDATE events SET hash = ? WHERE event_id = ?", (previous, values[0]))


def test_a_review_as_tiab_wrote_it_is_sound(tmp_path: Path) -> None:
    check = Review.check(make(tmp_path))
    assert check.sound
    assert not check.remarks
    assert (check.events, check.records) == (8, 10)
    with Store(tmp_path) as store:
        last = store.events()[-1]
        assert LogEnd(event_id=last.event_id, hash=last.hash) == check.end
        assert not store.warnings
        store.check()
    assert str(check.end).strip() == (tmp_path / ANCHOR_NAME).read_text().strip().lstrip("0")


# Changed


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("time", "2020-01-01T00:00:00.000000+00:00"),
        ("kind", "resolved"),
        ("reviewer", "kim"),
        ("record_id", "9"),
        ("target", 1),
        ("token", "another"),
        ("payload", '{"decision": "exclude", "note": "note 0", "prior": false, "reason": ""}'),
        ("payload", '{"decision": "include", "note": "another note", "prior": false, "reason": ""}'),
        ("hash", bytes(32)),
        ("hash", "text"),
    ],
)
def test_whatever_is_changed_in_an_event_is_noticed(tmp_path: Path, column: str, value: object) -> None:
    make(tmp_path)
    with as_a_stranger(tmp_path) as connection:
        connection.execute(f"UPDATE events SET {column} = ? WHERE event_id = 3", (value,))
    with pytest.raises(ReviewError, match=r"event.* 3.* changed after being written.*tiab check"):
        Store(tmp_path)
    assert "3" in faults(tmp_path)


def test_a_change_long_ago_is_noticed_by_a_check(tmp_path: Path) -> None:
    make(tmp_path, labels=300)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("UPDATE events SET time = '2020' WHERE event_id IN (5, 50)")
    assert "events 5, 50 of its log changed after being written" in faults(tmp_path)
    with Store(tmp_path) as store, pytest.raises(ReviewError, match="events 5, 50 of its log"):
        store.check()


def test_an_event_from_the_middle_of_the_log_is_missed(tmp_path: Path) -> None:
    make(tmp_path)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("DELETE FROM events WHERE event_id = 4")
    with pytest.raises(ReviewError, match=r"entries of its log are missing \(there were 8, there are 7\)"):
        Store(tmp_path)
    assert "event 5" in faults(tmp_path)


def test_a_log_whose_hashes_were_all_made_anew_differs_from_what_was_noted(tmp_path: Path) -> None:
    before = str(Review.check(make(tmp_path)).end)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("UPDATE events SET reviewer = 'kim' WHERE event_id = 3")
        rehash(connection)
    with pytest.raises(ReviewError, match=r"event 8 of its log is not the one that was there before"):
        Store(tmp_path)
    (tmp_path / ANCHOR_NAME).unlink()
    with Store(tmp_path) as store:
        assert "review.anchor is missing" in store.warnings[0]
    assert faults(tmp_path) == ""  # nothing in the folder tells of it any more
    assert "event 8 of its log is not the one" in faults(tmp_path, before)
    assert "event 8 of its log is not the one" in faults(tmp_path, before[: 2 + 16])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE records SET title = 'Another' WHERE position = 6", "record 6 .*fingerprint differs"),
        ("UPDATE records SET year = 1999 WHERE position = 6", "record 6 .*fingerprint differs"),
        ("UPDATE records SET authors = '[]' WHERE position = 6", r"records of event 2 \(1.ris\)"),
        ("UPDATE records SET doi = x'ff' WHERE position = 2", r"records of event 1 \(0.ris\)"),
        ("UPDATE records SET source_id = 2 WHERE position = 2", r"records of event 1 \(0.ris\)"),
        ("DELETE FROM records WHERE position = 10", r"records of event 2 .*names 10 records, there are 9"),
        (f"INSERT INTO records VALUES ({MORE})", "names 10 records, there are 11"),
        ("UPDATE sources SET found = 7 WHERE source_id = 2", r"1.ris is not listed as event 2 says"),
        ("DELETE FROM sources WHERE source_id = 2", r"1.ris is not listed as event 2 says|is damaged"),
        ("INSERT INTO sources SELECT 9, 'x', '', 0, 0, 0, 0, 0", "1 of the files listed are in no event"),
    ],
)
def test_records_and_files_that_are_not_what_was_imported(tmp_path: Path, statement: str, said: str) -> None:
    make(tmp_path)
    with as_a_stranger(tmp_path) as connection:
        connection.execute(statement)
    assert re.search(said, faults(tmp_path)), faults(tmp_path)


# Lost


def test_entries_cut_off_at_the_end_are_missed(tmp_path: Path) -> None:
    make(tmp_path)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("DELETE FROM events WHERE event_id > 5")
    message = r"last entries of its log are missing \(there were 8, there are 5\).*delete review.anchor"
    with pytest.raises(ReviewError, match=message):
        Store(tmp_path)
    (tmp_path / ANCHOR_NAME).unlink()
    with pytest.raises(ReviewError, match=r"entries of its log are missing \(there were 8, there are 5\)"):
        Store(tmp_path)  # SQLite remembers the number


def test_entries_cut_off_with_all_that_tells_of_them_are_missed_by_who_noted_the_last(tmp_path: Path) -> None:
    end = str(Review.check(make(tmp_path)).end)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("DELETE FROM events WHERE event_id > 5")
        connection.execute("UPDATE sqlite_sequence SET seq = 5 WHERE name = 'events'")
    (tmp_path / ANCHOR_NAME).unlink()
    check = Review.check(tmp_path)
    assert check.sound
    assert "cannot be told" in check.remarks[0]
    assert "last entries of its log are missing" in faults(tmp_path, end)


def test_a_copy_without_its_write_ahead_log_says_so(tmp_path: Path) -> None:
    make(tmp_path / "review")
    with Store(tmp_path / "review") as store:
        store.append(label_entry(include("9")))
        (tmp_path / "copy").mkdir()
        for name in (FILE_NAME, ANCHOR_NAME):
            shutil.copy(tmp_path / "review" / name, tmp_path / "copy")
        shutil.copytree(tmp_path / "review", tmp_path / "whole")
    with pytest.raises(ReviewError, match=r"last entries .*missing \(there were 9, there are 8\).*review.sqlite-wal"):
        Store(tmp_path / "copy")
    with Store(tmp_path / "whole") as store:
        assert len(store.events()) == 9
    (tmp_path / "copy" / ANCHOR_NAME).unlink()
    with Store(tmp_path / "copy") as store:
        assert len(store.events()) == 8


def test_an_older_copy_of_the_file_beside_the_newer_anchor_says_so(tmp_path: Path) -> None:
    make(tmp_path)
    shutil.copy(tmp_path / FILE_NAME, tmp_path / "older")
    with Store(tmp_path) as store:
        store.append(label_entry(include("9")))
    shutil.copy(tmp_path / "older", tmp_path / FILE_NAME)
    with pytest.raises(ReviewError, match="last entries of its log are missing"):
        Store(tmp_path)


@pytest.mark.parametrize("content", [b"", bytes(84)])
def test_an_anchor_that_was_lost_with_the_power(tmp_path: Path, content: bytes) -> None:
    (make(tmp_path) / ANCHOR_NAME).write_bytes(content)
    with Store(tmp_path) as store:
        assert "review.anchor is missing" in store.warnings[0]
    with Store(tmp_path) as store:  # it is said once
        assert not store.warnings
    assert Review.check(tmp_path).sound


@pytest.mark.parametrize("content", [b"\xff\xfe", b"8", b"9" * 1000, b"8:zz"])
def test_an_anchor_that_is_none(tmp_path: Path, content: bytes) -> None:
    (make(tmp_path) / ANCHOR_NAME).write_bytes(content)
    with pytest.raises(ReviewError, match=r"review.anchor: is not what tiab writes"):
        Store(tmp_path)
    assert "is not what tiab writes" in faults(tmp_path)


def test_a_link_in_the_place_of_the_anchor_is_not_followed(tmp_path: Path) -> None:
    make(tmp_path / "review")
    (tmp_path / "theirs").write_text("keep this")
    anchor = tmp_path / "review" / ANCHOR_NAME
    anchor.unlink()
    anchor.symlink_to(tmp_path / "theirs")
    with pytest.raises(ReviewError, match=r"review.anchor: cannot be read"):
        Store(tmp_path / "review")
    assert (tmp_path / "theirs").read_text() == "keep this"


def test_opening_beside_a_program_that_writes_finds_no_fault(tmp_path: Path) -> None:
    make(tmp_path)
    enough = threading.Event()

    def label_on() -> None:
        with Store(tmp_path) as store:
            written = 0
            while written < 300 or not enough.is_set():
                store.append(label_entry(include(str(written % 10))))
                written += 1

    writer = threading.Thread(target=label_on)
    writer.start()
    warned = []
    while writer.is_alive():
        with Store(tmp_path) as store:
            warned.append(store.warnings)
        if len(warned) > 5:
            enough.set()
    writer.join()
    assert not any(warned)
    assert Review.check(tmp_path).sound


# Checkpoints


def test_the_file_alone_holds_all_soon_after_a_decision(
    tmp_path: Path, until: Callable[[Callable[[], object]], None]
) -> None:
    with Store(make(tmp_path)) as store, Store(tmp_path) as other:
        store.append(label_entry(include("9")))
        assert len(other.events()) == 9
        until(lambda: not (tmp_path / WAL).stat().st_size)
        assert events_in_the_file_alone(tmp_path) == 9


def test_the_file_alone_holds_all_once_a_store_is_closed_that_another_has_open(tmp_path: Path) -> None:
    with Store(make(tmp_path)) as other:
        with Store(tmp_path) as store:
            store.append(label_entry(include("9")))
        assert events_in_the_file_alone(tmp_path) == 9
        assert len(other.events()) == 9


def test_a_checkpoint_waits_for_who_reads_and_comes_later(
    tmp_path: Path, until: Callable[[Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    @contextmanager
    def counted(*given: Any) -> Iterator[None]:
        try:
            with waiting(*given):
                yield
        finally:
            tried.append(given)

    monkeypatch.setattr("tiab.store.checkpoints.waiting", counted)
    with Store(make(tmp_path)) as store, closing(sqlite3.connect(tmp_path / FILE_NAME)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        store.append(label_entry(include("9")))
        until(lambda: tried)
        assert (tmp_path / WAL).stat().st_size > 0
        reader.execute("ROLLBACK")
        until(lambda: not (tmp_path / WAL).stat().st_size)
        assert events_in_the_file_alone(tmp_path) == 9


def events_in_the_file_alone(folder: Path) -> int:
    copied = shutil.copy(folder / FILE_NAME, folder / "alone.sqlite")
    with closing(sqlite3.connect(copied)) as connection:
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])


# The command


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    make(tmp_path)
    sound = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert sound.exit_code == 0
    said = json.loads(sound.stdout)
    assert (said["sound"], said["events"], said["records"], said["faults"]) == (True, 8, 10, [])
    assert LogEnd.parse(said["end"]).event_id == 8
    assert (
        "no errors in 10 records" in CliRunner().invoke(app, ["check", str(tmp_path), "--anchor", said["end"]]).stdout
    )
    with as_a_stranger(tmp_path) as connection:
        connection.execute("UPDATE records SET title = 'Another' WHERE position = 6")
    altered = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert altered.exit_code == 1
    assert not json.loads(altered.stdout)["sound"]
    assert "record 6" in CliRunner().invoke(app, ["check", str(tmp_path)]).stdout


def test_a_review_that_does_not_open_is_checked_too(tmp_path: Path) -> None:
    make(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE VIEW theirs AS SELECT 1")
    assert faults(tmp_path) == "has been altered by another program: view theirs was added"
    (tmp_path / FILE_NAME).write_bytes(b"nonsense" * 1000)
    assert "is damaged" in faults(tmp_path)


def test_text_that_is_none_is_a_fault(tmp_path: Path) -> None:
    make(tmp_path, labels=300)
    with as_a_stranger(tmp_path) as connection:
        connection.execute("UPDATE events SET payload = CAST(x'ff' AS TEXT) WHERE event_id = 3")
    assert "is damaged" in faults(tmp_path)


def test_what_cannot_be_checked_is_a_mistake(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["check", str(tmp_path / "nowhere")]).exit_code == 2
    for anchor in ("8", "8:xyz", "x:" + "a" * 64, "8:" + "a" * 8):
        wrong = CliRunner().invoke(app, ["check", str(make(tmp_path / anchor.replace(":", "-"))), "--anchor", anchor])
        assert wrong.exit_code == 2
        assert "does not name an event by its hash" in wrong.stderr
