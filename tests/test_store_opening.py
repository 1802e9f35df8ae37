"""A review opens wherever it lies and whoever wrote it, or says in one sentence why not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tiab.errors import ReviewError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.store import FILE_NAME, Source, Store, label_entry
from tiab.store.anchor import ANCHOR_NAME
from tiab.store.chain import event_hash, log_end
from tiab.store.rows import must_be_one
from tiab.store.schema import APPLICATION_ID, MIGRATIONS

INCLUDE = Label(record_id="1", decision=Decision.INCLUDE, reviewer="eva")


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    """What another program reads in the file of an open store."""
    with closing(sqlite3.connect(store.folder / FILE_NAME)) as connection:
        return connection.execute(query).fetchall()


def make(folder: Path) -> Path:
    with Store.create(folder) as store:
        store.add(Source(name="search.ris"), [Record(record_id="1", title="Yoga")])
        store.append(label_entry(INCLUDE))
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
        assert len(store.records()) == 1
        store.append(label_entry(INCLUDE))
        assert len(store.events(kinds=["labelled"])) == 2
    assert sorted(path.name for path in moved.iterdir()) == [ANCHOR_NAME, FILE_NAME]


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "ms")
    monkeypatch.chdir(tmp_path)
    with Store("ms") as store:
        assert len(store.records()) == 1


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


TRIGGER = "CREATE TRIGGER theirs {} ON events BEGIN SELECT RAISE({}); END"


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["DROP TRIGGER events_no_update"], "trigger events_no_update is missing"),
        ([TRIGGER.format("BEFORE INSERT", "IGNORE")], "trigger theirs was added"),
        (["CREATE VIEW theirs AS SELECT 1"], "view theirs was added"),
        (["CREATE TABLE theirs (a)"], "table theirs was added"),
        (["CREATE INDEX theirs ON events (time)"], "index theirs was added"),
        (["ALTER TABLE events ADD COLUMN theirs TEXT"], "table events was changed"),
        (["DROP INDEX events_by_target", "CREATE INDEX events_by_target ON events (target)"], "index .* was changed"),
        (
            [
                "DROP TRIGGER events_no_delete",
                TRIGGER.replace("theirs", "events_no_delete").format("BEFORE DELETE", "IGNORE"),
            ],
            "trigger events_no_delete was changed",
        ),
    ],
)
def test_a_review_whose_tables_were_altered_is_refused(tmp_path: Path, statements: list[str], message: str) -> None:
    make(tmp_path)
    alter(tmp_path, *statements)
    with pytest.raises(ReviewError, match=f"has been altered by another program: {message}"):
        Store(tmp_path)


def alter(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_spaces_in_the_sql_of_a_table_do_not_matter(tmp_path: Path) -> None:
    make(tmp_path)
    sql = "CREATE INDEX events_by_reviewer  ON events(reviewer,\n kind, event_id )"
    alter(tmp_path, "DROP INDEX events_by_reviewer", sql, "VACUUM")
    with Store(tmp_path) as store:
        assert len(store.records()) == 1


@pytest.mark.parametrize("statement", [TRIGGER.format("BEFORE INSERT", "IGNORE"), "CREATE VIEW theirs AS SELECT 1"])
def test_what_is_altered_while_a_review_is_open_loses_no_decision(tmp_path: Path, statement: str) -> None:
    with Store(make(tmp_path)) as store:
        store.append(label_entry(INCLUDE))
        alter(tmp_path, statement)
        with pytest.raises(ReviewError, match="has been altered by another program"):
            store.append(label_entry(INCLUDE))
        assert len(store.events()) == 3


def test_a_row_that_does_not_arrive_is_told() -> None:
    """The last guard: what says that it stored a row looks whether it did."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE events (a)")
    connection.execute(TRIGGER.format("BEFORE INSERT", "IGNORE"))
    with pytest.raises(ReviewError, match="nothing was stored"):
        must_be_one(connection.execute("INSERT INTO events VALUES (1)"))
    connection.execute("DROP TRIGGER theirs")
    must_be_one(connection.execute("INSERT INTO events VALUES (1)"))
    connection.close()


@pytest.mark.parametrize("payload", ["not json", "[]", b"\xff", "[" * 200_000, "9" * 5000])
def test_absurd_events_of_a_stranger(tmp_path: Path, payload: object) -> None:
    """Of one who knows how the hashes are made; others are found out when the review is opened."""
    connection = sqlite3.connect(make(tmp_path) / FILE_NAME)
    values = (3, "t", "labelled", "", "1", None, None, payload)
    digest = event_hash(bytes.fromhex(log_end(connection).hash), values)
    connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 3, NULL, NULL)", (*values, digest))
    connection.commit()
    connection.close()
    with Store(tmp_path) as store, pytest.raises(ReviewError, match="event 3 of the log"):
        store.events()


@pytest.mark.parametrize(
    ("column", "absurd"),
    [
        ("authors", "x'00ff'"), ("extra", "'[1]'"), ("year", "'MMXX'"), ("year", "1e999"), ("abstract", "x'00ff'"),
        ("title", "CAST(x'ff' AS TEXT)"), ("keywords", f"'{'[' * 100_000}'"), ("extra", f"'{'9' * 5000}'"),
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_absurd_records_of_a_stranger(tmp_path: Path, column: str, absurd: str) -> None:
    connection = sqlite3.connect(make(tmp_path) / FILE_NAME)
    values = {"record_id": "'9'", "source_id": "1", "fingerprint": "''"}
    values |= dict.fromkeys(("title", "abstract", "journal", "doi", "pmid", "language", "source"), "''")
    values |= dict.fromkeys(("authors", "keywords", "publication_types", "extra"), "'[]'")
    values |= {column: absurd}
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
        assert len(store.records()) == 1


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
    assert sorted(path.name for path in (tmp_path / "review").iterdir()) == [ANCHOR_NAME, FILE_NAME]


def test_a_failed_making_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        Store.create(tmp_path / "review", migrations=(*MIGRATIONS, fails_halfway))
    assert list((tmp_path / "review").iterdir()) == []
    make(tmp_path / "review")


def old_review(folder: Path, root: Path) -> Path:
    """A review as tiab 0.1.0 wrote it: two records, two decisions, one of them taken back."""
    folder.mkdir(exist_ok=True)
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.executescript((root / "tests" / "data" / "review-0.1.0.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return folder


def test_a_review_of_tiab_0_1_0_is_brought_up_to_date(tmp_path: Path, root: Path) -> None:
    old_review(tmp_path, root)
    for _ in range(2):
        with Store(tmp_path) as store:
            assert rows(store, "PRAGMA user_version") == [(len(MIGRATIONS),)]
            assert [record.title for record in store.records()] == ["Yoga for backs", "Swimming"]
            kinds = [event.kind for event in store.events()]
            assert kinds[:6] == ["criteria", "imported", "labelled", "labelled", "undone", "upgraded"]
            assert store.events()[2].payload["note"] == "ask Kim"
            assert store.events()[5].payload["from"] == "0.1.0"
            assert not store.warnings
            store.check()
            store.append(label_entry(INCLUDE))
    assert kinds[6:] == ["labelled"]


def test_equal_copies_of_an_older_review_get_equal_hashes(tmp_path: Path, root: Path) -> None:
    """So that the copies can be told to be of one review."""
    hashes = []
    for name in ("one", "other"):
        with Store(old_review(tmp_path / name, root)) as store:
            hashes.append(rows(store, "SELECT hash FROM events WHERE event_id <= 5 ORDER BY event_id"))
    assert hashes[0] == hashes[1]
    assert len(set(hashes[0])) == 5


def test_an_older_review_that_was_altered_is_refused_as_it_is(tmp_path: Path, root: Path) -> None:
    old_review(tmp_path, root)
    alter(tmp_path, TRIGGER.format("AFTER UPDATE", "IGNORE"))
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ReviewError, match="trigger theirs was added"):
        Store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("version", [0, -1, -(2**31)])
def test_a_version_that_no_tiab_wrote(tmp_path: Path, version: int) -> None:
    make(tmp_path)
    alter(tmp_path, f"PRAGMA user_version = {version}", f"PRAGMA application_id = {APPLICATION_ID}")
    with pytest.raises(ReviewError, match="is not a review that tiab wrote"):
        Store(tmp_path)


def add_size(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE pico ADD COLUMN size TEXT NOT NULL DEFAULT 'small'")


def test_each_step_is_taken_once_and_in_order(tmp_path: Path) -> None:
    def columns(store: Store) -> list[str]:
        return [row[1] for row in rows(store, "PRAGMA table_info(pico)")][-2:]

    steps = (*MIGRATIONS, add_colour, add_size)  # a second time, or in another order, is an error or another table
    with Store.create(tmp_path / "new", migrations=steps) as store:
        assert rows(store, "PRAGMA user_version") == [(len(steps),)]
        assert columns(store) == ["colour", "size"]
    make(tmp_path / "old")
    for _ in range(2):
        with Store(tmp_path / "old", migrations=steps) as store:
            assert columns(store) == ["colour", "size"]


def test_a_step_that_fails_leaves_the_older_review(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        Store(tmp_path, migrations=(*MIGRATIONS, add_colour, fails_halfway))
    with Store(tmp_path) as store:
        assert rows(store, "PRAGMA user_version") == [(len(MIGRATIONS),)]
        assert rows(store, "SELECT name FROM sqlite_master WHERE name = 'halfway'") == []
        assert "colour" not in str(rows(store, "SELECT sql FROM sqlite_master WHERE name = 'pico'"))


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
    with pytest.raises(ReviewError, match=r"written by tiab 9.8.7 \(tables of version \d\).*Upgrade tiab"):
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
