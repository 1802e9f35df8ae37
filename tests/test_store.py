"""The store: what is written is read back, the log is only added to, decisions are stored once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.errors import LabelError, ReviewError
from tiab.labels import Decision, Label
from tiab.records import Record
from tiab.store import FILE_NAME, Entry, Source, Store, label_entry
from tiab.store.rows import RECORD_COLUMNS, clean, insert_records, insert_source, record_from
from tiab.store.schema import MIGRATIONS, migrate

RECORDS = [Record(record_id=str(n), title=f"Record {n}") for n in range(20)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "review") as made:
        made.add(Source(name="search.ris", sha256="ab", found=20, new=20), RECORDS)
        yield made


def include(record_id: str, reviewer: str = "eva", **more: object) -> Label:
    return Label(record_id=record_id, decision=Decision.INCLUDE, reviewer=reviewer, **more)  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_went_in(tmp_path: Path) -> None:
    record = Record(
        record_id="PMID:1",
        title="Exercise α",
        abstract="Line one\r\nline two",
        authors=("Müller, A", "O'Neil; B"),
        year=2017,
        journal="J",
        doi="10.1/x",
        pmid="1",
        keywords=("a;b", ""),
        publication_types=("Randomized Controlled Trial",),
        language="eng",
        source="süd.ris",
        extra=(("ZZ", "1"), ("ZZ", "2"), ("", "")),
    )
    with Store.create(tmp_path) as store:
        store.add(Source(name="süd.ris"), [record])
        assert store.records() == [record]
        assert store.record("PMID:1") == record
        assert store.sources() == (Source(source_id=1, name="süd.ris"),)


texts = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "Cc", "Cs")), max_size=20)


@given(st.lists(st.tuples(texts, texts, st.lists(texts, max_size=3), st.none() | st.integers(1 - 2**63, 2**63 - 1))))
def test_any_text_is_stored_and_only_lone_surrogates_change(rows: list[tuple[str, str, list[str], int | None]]) -> None:
    records = [
        Record(record_id=str(n), title=t, abstract=a, keywords=tuple(k), year=y, extra=((t, a),))
        for n, (t, a, k, y) in enumerate(rows)
    ]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations=MIGRATIONS, program="1")
        insert_records(connection, records, source_id=insert_source(connection, Source(name="x")))
        rows_back = connection.execute(f"SELECT {', '.join(RECORD_COLUMNS)} FROM records ORDER BY position").fetchall()
    for back, record in zip(map(record_from, rows_back), records, strict=True):
        assert (back.title, back.abstract) == (clean(record.title), clean(record.abstract))
        assert back.keywords == tuple(clean(word) for word in record.keywords)
        assert (back.year, back.extra) == (record.year, ((back.title, back.abstract),))


def test_part_of_the_records(store: Store) -> None:
    assert store.records(after=3, up_to=5) == RECORDS[3:5]
    assert store.fingerprints() == [record.fingerprint for record in RECORDS]
    assert store.fingerprints(after=3, up_to=5) == [record.fingerprint for record in RECORDS[3:5]]
    assert store.events()[0].payload["last_position"] == 20
    assert store.add(Source(name="none"), []).payload["last_position"] == 20


def test_absurd_values_are_stored(store: Store) -> None:
    absurd = [
        Record(record_id="sql", title="'); DROP TABLE events; --"),
        Record(record_id="nul", title="a\0b", abstract="\0"),
        Record(record_id="long", title="x" * 10_000_000),
        Record(record_id="\ud800", title="lone \udfff"),
        Record(record_id="x'; DELETE FROM records; --"),
    ]
    store.add(Source(name="'; --"), absurd)
    back = store.records(after=len(RECORDS))
    assert back[:3] == absurd[:3]
    assert back[3] == Record(record_id="\ufffd", title="lone \ufffd")
    store.append(label_entry(include("x'; DELETE FROM records; --", reviewer="\ud800", reason="\0")))
    assert store.events()[-1].payload["reason"] == "\0"
    assert store.append(label_entry(include("\ud800"))).record_id == "\ufffd"
    store.check()


def test_a_year_that_is_none_is_refused_and_nothing_of_the_import_stays(store: Store) -> None:
    with pytest.raises(ReviewError, match=r"record bad: 1{12}… is not a year"):
        store.add(Source(name="x"), [Record(record_id="good"), Record(record_id="bad", year=int("1" * 30))])
    assert len(store.records()) == 20
    assert len(store.sources()) == len(store.events()) == 1


def test_a_record_id_that_is_taken_is_refused_and_nothing_of_the_import_stays(store: Store) -> None:
    with pytest.raises(ReviewError, match="two records have the id '3'"):
        store.add(Source(name="x"), [Record(record_id="new"), Record(record_id="3")])
    assert len(store.records()) == 20
    assert len(store.sources()) == len(store.events()) == 1


def test_an_import_and_its_duplicate_links_are_one(store: Store) -> None:
    link = Entry(kind="merged", record_id="a", payload={"into": "1", "reason": "same PMID"})
    event = store.add(Source(name="b.ris", found=1), [Record(record_id="a")], reviewer="eva", entries=[link])
    assert event.payload["source_id"] == 2
    assert [e.kind for e in store.events()] == ["imported", "imported", "merged"]
    with pytest.raises(LabelError, match="no record 'nobody'"):
        store.add(Source(name="c"), [Record(record_id="c")], entries=[Entry(kind="merged", record_id="nobody")])
    assert len(store.records()) == 21


def test_an_event_says_who_when_and_what(store: Store) -> None:
    event = store.append(label_entry(include("4", reason="yoga", prior=True), note="ask Eva", token="t1"))
    assert store.events(after=1) == (event,)
    assert event.time.endswith("+00:00")
    assert len(event.time) == len("2026-01-01T00:00:00.000000+00:00")
    assert dict(event.payload) == {
        "decision": "include",
        "reason": "yoga",
        "note": "ask Eva",
        "prior": True,
        "ordered": True,
    }
    assert (event.kind, event.reviewer, event.record_id, event.token) == ("labelled", "eva", "4", "t1")


def test_a_cursor_misses_no_event_and_sees_none_twice(store: Store) -> None:
    with Store(store.folder) as other:
        seen = list(store.events())
        for n in range(5):
            (store if n % 2 else other).append(label_entry(include(str(n))))
            seen += store.events(after=seen[-1].event_id)
        assert seen == list(other.events())
        assert [event.record_id for event in seen[1:]] == ["0", "1", "2", "3", "4"]
    assert store.events(kinds=["imported"]) == (seen[0],)


def test_an_unknown_record_is_no_event(store: Store) -> None:
    with pytest.raises(LabelError, match="no record 'x'"):
        store.append(label_entry(include("x")))
    with pytest.raises(LabelError, match="no record 'x'"):
        store.record("x")
    with pytest.raises(LabelError, match="no record"):
        store.append_all([label_entry(include("1")), label_entry(include("x"))])
    assert len(store.events()) == 1


def test_what_tiab_itself_must_not_write_is_a_defect(store: Store) -> None:
    with pytest.raises(ValueError, match="not a kind of event"):
        store.append(Entry(kind="deleted"))
    with pytest.raises(ValueError, match="JSON compliant"):
        store.append(Entry(kind="ranked", payload={"score": float("nan")}))
    assert len(store.events()) == 1


@pytest.mark.parametrize("table", ["events", "records", "sources"])
def test_nothing_can_be_changed_or_deleted(store: Store, table: str) -> None:
    store.append(label_entry(include("1"), token="t"))
    connection = sqlite3.connect(store.folder / FILE_NAME)
    before = connection.execute(f"SELECT * FROM {table}").fetchall()
    column = connection.execute(f"SELECT * FROM {table}").description[-1][0]
    for statement in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET {column} = ''",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    assert connection.execute(f"SELECT * FROM {table}").fetchall() == before
    connection.close()


def test_no_method_deletes() -> None:
    methods = {name for name in vars(Store) if not name.startswith("_")}
    written = {"add", "undo", "append", "append_all", "import_decisions", "join", "keep_pico"}
    read = {
        "records",
        "fingerprints",
        "record",
        "event_with",
        "sources",
        "events",
        "last_decision",
        "pico",
        "check",
        "named_reviewers",
        "copy",
        "has_undone_import",
    }
    assert methods == written | read | {"create", "close"}


def test_a_decision_that_is_sent_twice_is_stored_once(store: Store) -> None:
    first = store.append(label_entry(include("1"), token="a"))
    assert store.append(label_entry(include("1"), token="a")) == first
    assert len(store.events()) == 2
    with pytest.raises(ReviewError, match="token 'a' was used"):
        store.append(label_entry(include("2"), token="a"))
    assert store.append(label_entry(include("1"), token="b")) != first


def test_undo_takes_back_the_last_decision_of_that_reviewer(store: Store) -> None:
    one, two = store.append(label_entry(include("1"))), store.append(label_entry(include("2")))
    store.append(label_entry(include("3", reviewer="ben")))
    assert [store.undo("eva").target, store.undo("eva").target, store.undo("eva")] == [two.event_id, one.event_id, None]  # type: ignore[union-attr]
    assert [event.kind for event in store.events(after=4)] == ["undone", "undone"]


def test_undo_of_one_record(store: Store) -> None:
    first = store.append(label_entry(include("1")))
    store.append(label_entry(include("2")))
    undone = store.undo("eva", record_id="1")
    assert undone is not None
    assert (undone.target, undone.record_id) == (first.event_id, "1")
    assert store.undo("eva", record_id="1") is None


def test_an_undo_that_is_sent_twice_takes_back_one_decision(store: Store) -> None:
    store.append(label_entry(include("1")))
    second = store.append(label_entry(include("2")))
    undone = store.undo("eva", token="z")
    assert undone is not None
    assert store.undo("eva", token="z") == undone
    assert undone.target == second.event_id
    assert len(store.events(kinds=["undone"])) == 1


def test_threads_share_a_store(store: Store) -> None:
    def work(reviewer: str) -> None:
        for n in range(100):
            store.append(label_entry(include(str(n % 20), reviewer=reviewer), token=f"{reviewer}{n}"))
            if n % 10 == 9:
                store.undo(reviewer)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("eva", "ben", "kim")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = store.events(after=1)
    assert [event.event_id for event in events] == list(range(2, 2 + 330))
    assert len({event.token for event in events if event.token}) == 300
    for event in events:
        if event.kind == "undone":
            assert events[event.target - 2].reviewer == event.reviewer  # type: ignore[operator]
    assert len({event.target for event in events if event.target}) == 30


def test_two_undos_at_once_take_back_two_decisions(store: Store) -> None:
    for n in range(10):
        store.append(label_entry(include(str(n))))
    others = [Store(store.folder) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda s=other: [s.undo("eva") for _ in range(5)])  # type: ignore[misc]
        for other in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert sorted(event.target for event in store.events(kinds=["undone"])) == list(range(2, 12))  # type: ignore[type-var]


def test_pico_is_kept_by_content_criteria_and_version(store: Store) -> None:
    store.keep_pico({"f1": b"one", "f2": b"two"}, criteria="c", version="1")
    store.keep_pico({"f1": b"other"}, criteria="c", version="1")
    many = [f"f{n}" for n in range(2000)]
    assert store.pico(many, criteria="c", version="1") == {"f1": b"one", "f2": b"two"}
    assert store.pico(many, criteria="c", version="2") == {}
    assert store.pico(many, criteria="d", version="1") == {}


def test_every_commit_is_synced_to_the_disk(store: Store) -> None:
    row = store._read("PRAGMA synchronous", ())[0], store._read("PRAGMA journal_mode", ())[0]
    assert row == ((2,), ("wal",))


def test_the_write_ahead_log_stays_small(store: Store) -> None:
    log = store.folder / (FILE_NAME + "-wal")
    sizes = []
    for n in range(30):
        store.add(Source(name=str(n)), [Record(record_id=f"big{n}", title="x" * 500_000)])
        sizes.append(log.stat().st_size)
    assert max(sizes) < 6 * 1024 * 1024
    assert len(store.records()) == 50


def test_the_end_of_the_log_is_the_same_whoever_wrote_and_read_it(tmp_path: Path) -> None:
    def numbered(n: int) -> Entry:
        return Entry(kind="exported", payload={"n": n})

    with Store.create(tmp_path) as store, Store(tmp_path) as other:
        for n in range(1200):  # more than are kept of what is written one by one
            (store if n % 3 else other).append(numbered(n))
        store.append_all(map(numbered, range(1200, 1205)))
        said = Entry(kind="exported", token="once")
        assert store.append_all([said, numbered(1206), said])[0].token == "once"
        whole = store.events()
        assert [event.event_id for event in whole] == list(range(1, len(whole) + 1))
        for after in (1, 600, len(whole) - 8, len(whole) - 2, len(whole) - 1, len(whole)):
            assert store.events(after=after) == other.events(after=after) == whole[after:]
