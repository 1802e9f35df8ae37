"""A review opens wherever it lies and whoever wrote it, or says in one sentence why not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from tiab.errors import ReviewError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.store import FILE_NAME, Source, Store
from tiab.store.schema import MIGRATIONS

INCLUDE = Label(record_id="1", decision=Decision.INCLUDE, reviewer="eva")


def make(folder: Path) -> Path:
    with Store.create(folder) as store:
        store.add(Source(name="search.ris"), [Record(record_id="1", title="Yoga")])
        store.label(INCLUDE)
    return folder


def add_colour(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE pico ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")


def fails_halfway(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE halfway (a)")
    connection.execute("this is not SQL")


@pytest.mark.parametrize("name", ["a b", "größe-日本", "per%20cent", "what?mode=ro#x", "it's", "a&b;c"])
def test_any_folder_name_and_a_moved_folder(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / name / "review")
    moved = Path(shutil.move(folder, tmp_path / f"{name} moved"))
    with Store(moved) as store:
        assert store.count() == 1
        store.label(INCLUDE)
        assert len(store.events(kinds=["labelled"])) == 2
    assert sorted(path.name for path in moved.iterdir()) == [FILE_NAME]


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "ms")
    monkeypatch.chdir(tmp_path)
    with Store("ms") as store:
        assert store.count() == 1


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="there is no such folder"):
        Store(tmp_path / "nowhere")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReviewError, match="is not a folder"):
        Store(tmp_path / "file")
    with pytest.raises(ReviewError, match="cannot be made"):
        Store.create(tmp_path / "file")


def test_a_folder_that_is_no_review(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=r"is not a review \(no review.sqlite in it\)"):
        Store(tmp_path)
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(ReviewError, match="is not a review"):
        Store(tmp_path)


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 1000, b"SQLite format 3\0" + b"\xff" * 5000, b"x", b""])
def test_a_file_that_is_not_sqlite(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(
        ReviewError, match=r"is damaged, or is not a file that tiab wrote|is not a review that tiab wrote"
    ):
        Store(tmp_path)


@pytest.mark.parametrize("statement", ["CREATE TABLE events (a)", "PRAGMA user_version = 1", None])
def test_a_foreign_sqlite_file(tmp_path: Path, statement: str | None) -> None:
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("CREATE TABLE other (a)")
    if statement:
        connection.execute(statement)
    connection.commit()
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ReviewError, match="is not a review that tiab wrote"):
        Store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_file_that_was_cut_short(tmp_path: Path) -> None:
    file = make(tmp_path) / FILE_NAME
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ReviewError, match="is damaged"):
        Store(tmp_path)


def test_a_file_with_a_page_overwritten(tmp_path: Path) -> None:
    with Store.create(tmp_path) as store:
        store.add(Source(name="x"), [Record(record_id=str(n), title="t" * 300) for n in range(300)])
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = os.urandom(4096)
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(ReviewError, match="is damaged"):
        Store(tmp_path)


def test_damage_while_it_is_open_is_told(tmp_path: Path) -> None:
    with Store(make(tmp_path)) as store:
        store.check()
        file = tmp_path / FILE_NAME
        file.write_bytes(b"\0" * file.stat().st_size)
        with pytest.raises(ReviewError, match="is damaged"), Store(tmp_path) as again:
            again.check()


def test_a_review_whose_log_was_made_rewritable_says_so(tmp_path: Path) -> None:
    connection = sqlite3.connect(make(tmp_path) / FILE_NAME)
    connection.execute("DROP TRIGGER events_no_update")
    connection.commit()
    connection.close()
    with pytest.raises(ReviewError, match=r"its log can be rewritten \(events_no_update missing\)"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("INSERT INTO events VALUES (99, 't', 'labelled', '', '1', NULL, NULL, 'not json')", "event 99 of the log"),
        ("INSERT INTO events VALUES (99, 't', 'labelled', '', '1', NULL, NULL, '[]')", "event 99 of the log"),
        ("INSERT INTO events VALUES (99, 't', 'labelled', '', '1', NULL, NULL, x'ff')", "event 99 of the log"),
    ],
)
def test_absurd_events_of_a_stranger(tmp_path: Path, statement: str, message: str) -> None:
    connection = sqlite3.connect(make(tmp_path) / FILE_NAME)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with Store(tmp_path) as store, pytest.raises(ReviewError, match=message):
        store.events()


@pytest.mark.parametrize("absurd", ["authors", "extra", "year", "title", "abstract"])
def test_absurd_records_of_a_stranger(tmp_path: Path, absurd: str) -> None:
    connection = sqlite3.connect(make(tmp_path) / FILE_NAME)
    values = {"record_id": "'9'", "source_id": "1", "fingerprint": "''"}
    values |= dict.fromkeys(("title", "abstract", "journal", "doi", "pmid", "language", "source"), "''")
    values |= dict.fromkeys(("authors", "keywords", "publication_types", "extra"), "'[]'")
    values |= {absurd: {"year": "'MMXX'", "extra": "'[1]'", "title": "CAST(x'ff' AS TEXT)"}.get(absurd, "x'00ff'")}
    connection.execute(f"INSERT INTO records ({', '.join(values)}) VALUES ({', '.join(values.values())})")
    connection.commit()
    connection.close()
    with Store(tmp_path) as store, pytest.raises(ReviewError, match=r"record 9 cannot be understood|is damaged"):
        store.records()


def test_a_review_is_not_made_twice(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(ReviewError, match="there is a review here already"):
        Store.create(tmp_path)
    with Store(tmp_path) as store:
        assert store.count() == 1


def test_of_two_that_make_a_review_at_once_one_does(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            Store.create(tmp_path / "review").close()
            outcomes.append("made")
        except ReviewError:
            outcomes.append("refused")

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made"] + ["refused"] * 7
    assert [path.name for path in (tmp_path / "review").iterdir()] == [FILE_NAME]


def test_a_failed_making_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Store.create(tmp_path / "review", migrations=(*MIGRATIONS, fails_halfway))
    assert list((tmp_path / "review").iterdir()) == []
    make(tmp_path / "review")


def before_the_cache(connection: sqlite3.Connection) -> None:
    """Stands for an earlier version of the tables: one that kept no PICO, and whose log was not indexed."""
    MIGRATIONS[0](connection)
    connection.execute("DROP TABLE pico")
    connection.execute("DROP INDEX events_by_reviewer")


def to_today(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE pico (fingerprint TEXT, criteria TEXT, version TEXT, value BLOB, "
        "PRIMARY KEY (fingerprint, criteria, version))"
    )
    connection.execute("CREATE INDEX events_by_reviewer ON events (reviewer, kind, event_id)")


def test_an_older_review_is_brought_up_to_date(tmp_path: Path) -> None:
    with Store.create(tmp_path, migrations=[before_the_cache]) as store:
        store.add(Source(name="search.ris"), [Record(record_id="1", title="Yoga")])
        label = store.label(INCLUDE)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            store.keep_pico({"f": b"x"}, criteria="c", version="1")
    for _ in range(2):
        with Store(tmp_path, migrations=[before_the_cache, to_today]) as store:
            assert store._read("PRAGMA user_version", ()) == [(2,)]
            assert store.records() == [Record(record_id="1", title="Yoga")]
            assert store.events()[-1] == label
            store.keep_pico({"f": b"x"}, criteria="c", version="1")
            assert store.pico(["f"], criteria="c", version="1") == {"f": b"x"}
            store.check()


def test_each_step_is_taken_once_and_in_order(tmp_path: Path) -> None:
    taken: list[int] = []
    steps = (*MIGRATIONS, lambda _: taken.append(2), lambda _: taken.append(3))
    with Store.create(tmp_path / "new", migrations=steps) as store:
        assert store._read("PRAGMA user_version", ()) == [(3,)]
    assert taken == [2, 3]
    make(tmp_path / "old")
    Store(tmp_path / "old", migrations=steps).close()
    Store(tmp_path / "old", migrations=steps).close()
    assert taken == [2, 3, 2, 3]


def test_a_step_that_fails_leaves_the_older_review(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        Store(tmp_path, migrations=(*MIGRATIONS, add_colour, fails_halfway))
    with Store(tmp_path) as store:
        assert store._read("PRAGMA user_version", ()) == [(1,)]
        assert store._read("SELECT name FROM sqlite_master WHERE name = 'halfway'", ()) == []
        assert "colour" not in str(store._read("SELECT sql FROM sqlite_master WHERE name = 'pico'", ()))


def test_two_programs_bring_an_older_review_up_to_date_once(tmp_path: Path) -> None:
    make(tmp_path)
    errors: list[BaseException] = []

    def attempt() -> None:
        try:
            Store(tmp_path, migrations=(*MIGRATIONS, add_colour)).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_review_from_a_later_tiab_is_named_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiab.store.file._program", lambda: "9.8.7")
    Store.create(tmp_path, migrations=(*MIGRATIONS, add_colour)).close()
    monkeypatch.undo()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ReviewError, match=r"written by tiab 9.8.7 \(tables of version 2\).*Upgrade tiab"):
        Store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_later_tiab_that_keeps_its_name_elsewhere(tmp_path: Path) -> None:
    def drop_about(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE about RENAME TO elsewhere")
        connection.execute("CREATE TABLE about (name TEXT, value TEXT)")

    Store.create(tmp_path, migrations=(*MIGRATIONS, drop_about)).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("DROP TABLE about")
    connection.commit()
    connection.close()
    with pytest.raises(ReviewError, match="written by a later tiab"):
        Store(tmp_path)
