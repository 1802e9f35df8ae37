"""Joining copies of a review: the same events give the same state, whatever was joined when and in which order."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tiab.errors import ReviewError
from tiab.records import Record
from tiab.store import (
    LOCAL_KINDS,
    Entry,
    LogState,
    ShareHeader,
    Source,
    Store,
    advance,
    check_folder,
    read_share,
    without,
    write_share,
)
from tiab.store.events import append

PEOPLE = ("eva", "kim", "lee")
HEADER = ShareHeader(review="", made_by="", decisions="", tiab="0")


def records(first: int, last: int, source: str = "a.ris") -> list[Record]:
    return [
        Record(record_id=str(n), title=f"Study {n}", abstract=f"What came of {n}.", year=2000 + n % 20, source=source)
        for n in range(first, last)
    ]


def begin(folder: Path, n: int = 40) -> Path:
    with Store.create(folder) as store:
        store.append(Entry(kind="criteria", payload={"fingerprint": "", "criteria": None, "seed": 0}))
        store.add(Source(name="a.ris", new=n, found=n), records(0, n))
    return folder


def copied(folder: Path, names: Sequence[str] = PEOPLE) -> list[Path]:
    """Copies of a folder, as people make them."""
    return [Path(shutil.copytree(folder, folder.with_name(name))) for name in names]


def entry(rng: random.Random, store: Store, reviewer: str) -> Entry:
    """Something that somebody may do next."""
    ids = [str(n) for n in range(40)]
    one, other = rng.sample(ids, 2)
    said: dict[str, Any] = {"decision": rng.choice(["include", "exclude", "maybe"]), "note": str(rng.random())}
    kind = rng.choices(
        ["labelled", "resolved", "merged", "kept_apart", "criteria", "settings", "searched", "tagged"],
        [80, 5, 4, 3, 1, 1, 1, 2],
    )[0]
    payloads: dict[str, dict[str, Any]] = {
        "labelled": said,
        "resolved": said,
        "merged": {"into": other, "reason": "by hand"},
        "kept_apart": {"from": other},
        "criteria": {"fingerprint": str(rng.random()), "criteria": None, "seed": 0},
        "settings": {"owner": reviewer},
        "searched": {"query": "yoga", "since": "", "until": "", "found": 1},
        "tagged": {"tag": "pilot", "on": True},
    }
    about = one if kind in ("labelled", "resolved", "merged", "kept_apart", "tagged") else ""
    return Entry(kind=kind, reviewer=reviewer, record_id=about, payload=payloads[kind])


def act(rng: random.Random, folder: Path, reviewer: str, n: int) -> None:
    """Somebody does n things in their copy, some of which they take back, in one transaction each hundred."""
    with Store(folder) as store:
        while n > 0:
            some = min(n, 100)
            store.append_all([entry(rng, store, reviewer) for _ in range(some)])
            n -= some
            events = [one for one in store.events() if one.kind in ("labelled", "merged")]
            taken = {one.target for one in store.events()}
            for one in rng.sample(events, min(3, len(events), n)):
                if one.event_id not in taken:
                    kind = "undone" if one.kind == "labelled" else "unmerged"
                    store.append(Entry(kind=kind, reviewer=one.reviewer, record_id=one.record_id, target=one.event_id))
                    n -= 1


def take_in(folder: Path, other: Path) -> int:
    with Store(folder) as store, Store(other) as there:
        return len(store.join(there.copy(), name=other.name).events)


def summary(folder: Path) -> dict[str, Any]:
    """What the events of a copy add up to, by the names of events and what records say, not by their numbers here."""
    with Store(folder) as store:
        events = store.events()
        shared = [event for event in events if event.kind not in LOCAL_KINDS]
        name = {event.event_id: event.name for event in events}
        state = advance(LogState(), events)
        there = {record.record_id: record.title for record in store.records()}
        titles = [store.records()[position - 1].title for position in state.order]
    labels = {
        (there[record_id], reviewer): [(name[one.event_id], one.label.decision, one.note, one.time) for one in given]
        for (record_id, reviewer), given in state.labels.items()
    }
    return {
        "events": [(event.name, event.kind, event.reviewer, event.time, event.height) for event in shared],
        "targets": [name[event.target] for event in shared if event.target],
        "labels": labels,
        "standing": [(there[one.label.record_id], one.label.reviewer) for one in state.standing()],
        "resolved": {there[key]: [name[one.event_id] for one in given] for key, given in state.resolved.items()},
        "merges": [(name[key], there[one.record_id], there[one.into]) for key, one in state.merges.items()],
        "criteria": [state.criteria["fingerprint"], *(name[one] for one in state.criteria_heads)],
        "settings": dict(state.settings),
        "titles": titles,
        "files": [(one.name, one.undone, len(one.positions)) for one in state.files],
        "withdrawn": sorted(store_title for store_title in (titles[state.order.index(p)] for p in state.withdrawn)),
    }


def test_ten_thousand_random_events_on_three_copies_in_all_orders(tmp_path: Path) -> None:
    rng = random.Random(2)
    copies = copied(begin(tmp_path / "review"))
    for round_ in range(4):  # they work apart, and now and then one takes in another
        for folder, name in zip(copies, PEOPLE, strict=True):
            act(rng, folder, name if round_ else rng.choice(PEOPLE), 834)
        if round_ < 3:
            take_in(*rng.sample(copies, 2))
    with Store(copies[0]) as store:
        assert len(store.events()) > 3000
    found = []
    for number, order in enumerate(itertools.permutations(copies)):
        first = Path(shutil.copytree(order[0], tmp_path / f"order{number}"))
        for other in order[1:]:
            take_in(first, other)
        found.append(summary(first))
        assert take_in(first, order[0]) == take_in(first, order[-1]) == 0  # nothing is there twice
    assert len(found[0]["events"]) >= 10_000
    assert all(one == found[0] for one in found[1:])
    # (a + b) + c = a + (b + c), with copies that took in others
    take_in(copies[1], copies[2])
    take_in(copies[0], copies[1])
    assert summary(copies[0]) == found[0]
    assert check_folder(copies[0], program="").sound


@pytest.mark.parametrize("seed", range(6))
def test_random_subsets_and_files_lead_to_the_same_state(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    copies = copied(begin(tmp_path / "review"))
    with Store(copies[2]) as store:  # two copies import one file, one of them more
        store.add(Source(name="b.ris"), records(30, 60, "b.ris")[10:])
    with Store(copies[1]) as store:
        store.add(Source(name="c.ris"), records(55, 70, "c.ris"))
    files = []
    for step in range(12):
        at = rng.randrange(3)
        act(rng, copies[at], PEOPLE[at], rng.randrange(1, 20))
        if rng.random() < 0.5:
            files.append(shared(copies[rng.randrange(3)], tmp_path / f"{step}.tiab"))
        if files and rng.random() < 0.6:
            with Store(copies[at]) as store:
                store.join(read_share(rng.choice(files))[0], name="file")
    for one, other in itertools.permutations(range(3), 2):
        take_in(copies[one], copies[other])
    for one, other in itertools.permutations(range(3), 2):
        assert take_in(copies[one], copies[other]) == 0
    first, *rest = map(summary, copies)
    assert first == rest[0] == rest[1]
    assert len(first["titles"]) == 70  # what two copies imported is one record
    assert all(check_folder(folder, program="").sound for folder in copies)


def shared(folder: Path, path: Path) -> Path:
    with Store(folder) as store:
        write_share(path, store.copy(), HEADER)
    return path


def test_a_copy_that_lacks_some_decisions_takes_them_in_later(tmp_path: Path) -> None:
    rng = random.Random(0)
    eva, kim, lee = copied(begin(tmp_path / "review"))
    act(rng, eva, "eva", 50)
    act(rng, kim, "kim", 50)
    take_in(eva, kim)
    with Store(lee) as store, Store(eva) as there:
        whole = there.copy()
        store.join(without(whole, lambda event: event.reviewer == "kim"), name="without kim")
        assert "kim" not in {event.reviewer for event in store.events()}
        assert store.join(whole, name="whole").events
    assert summary(lee) == summary(eva)


def test_one_decision_is_taken_back_in_two_copies(tmp_path: Path) -> None:
    folder = begin(tmp_path / "review")
    with Store(folder) as store:
        store.append(Entry(kind="labelled", reviewer="eva", record_id="1", payload={"decision": "include"}))
    eva, kim, _ = copied(folder)
    for one in (eva, kim):
        with Store(one) as store:
            assert store.undo("eva") is not None
    take_in(eva, kim)
    assert summary(eva)["labels"] == {}
    with Store(eva) as store:
        assert store.undo("eva") is None
    assert take_in(kim, eva) == 1
    assert summary(kim) == summary(eva)


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    eva, kim, _ = copied(begin(tmp_path / "review"))
    decide_at(kim, 2026, "include", zone=None)
    with pytest.raises(ReviewError, match="not what tiab wrote"):
        take_in(eva, kim)


def decide_at(folder: Path, year: int, decision: str, *, zone: timezone | None = UTC) -> None:
    """Eva decides on record 1 on a computer whose clock is wrong."""
    with closing(sqlite3.connect(folder / "review.sqlite", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        one = Entry(kind="labelled", reviewer="eva", record_id="1", payload={"decision": decision})
        append(connection, one, now=datetime(year, 1, 1, tzinfo=zone))
        connection.execute("COMMIT")


@pytest.mark.parametrize("years", [(1999, 2044), (2044, 1999)])
def test_clocks_change_nothing_but_the_times_shown(tmp_path: Path, years: tuple[int, int]) -> None:
    eva, kim, _ = copied(begin(tmp_path / "review"))
    decide_at(eva, years[0], "exclude")
    decide_at(kim, years[1], "maybe")
    decide_at(kim, years[1], "include")
    take_in(eva, kim)
    take_in(kim, eva)
    assert summary(eva) == summary(kim)
    with Store(eva) as store:  # the longer history has the last word, in both copies
        state = advance(LogState(), store.events())
    assert state.standing()[0].label.decision == "include"
    assert state.standing()[0].time.startswith(str(years[1]))


def test_a_merge_that_is_killed_is_done_or_not_and_can_be_done_again(tmp_path: Path) -> None:
    rng = random.Random(1)
    eva, kim, lee = copied(begin(tmp_path / "review"))
    act(rng, kim, "kim", 3000)
    path = shared(kim, tmp_path / "kim.tiab")
    before, count = summary(eva), 0
    code = (
        "import os, signal, sys\nfrom tiab.store import Store, read_share\ncopy = read_share(sys.argv[2])[0]\n"
        "store, left = Store(sys.argv[1]), iter(range(int(sys.argv[3])))\n"
        "store._connection.set_trace_callback(\n"
        "    lambda _: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL))\n"
        "store.join(copy, name='kim')\nprint('done')"
    )
    for statements in (1, 30, 1000, 10_000, 100_000):
        command = [sys.executable, "-c", code, eva, path, str(statements)]
        child = subprocess.run(command, capture_output=True, text=True, check=False)
        assert check_folder(eva, program="").sound
        done = "done" in child.stdout
        assert child.returncode == (0 if done else -signal.SIGKILL), child.stderr
        assert done is (summary(eva) != before)
        count += not done
    assert count > 1  # some were killed within
    take_in(eva, kim)
    take_in(lee, kim)
    assert summary(eva) == summary(lee)


def test_another_review_is_refused(tmp_path: Path) -> None:
    eva, *_ = copied(begin(tmp_path / "review"))
    other = begin(tmp_path / "other")
    before = summary(eva)
    with pytest.raises(ReviewError, match="copy of another review"):
        take_in(eva, other)
    assert summary(eva) == before


def tampered(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> Path:
    """A shared file whose lines were changed by somebody who knows how it is made."""
    import hashlib

    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()][:-1]
    change(lines)
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    data += (json.dumps({"sha256": hashlib.sha256(data).hexdigest()}) + "\n").encode()
    path.write_bytes(gzip.compress(data))
    return path


def event_line(lines: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(line["event"] for line in reversed(lines) if line.get("event", {}).get("kind") == kind)


TAMPERINGS: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "another reviewer": lambda lines: event_line(lines, "labelled").update(reviewer="mallory"),
    "another time": lambda lines: event_line(lines, "labelled").update(time="2001-01-01T00:00:00+00:00"),
    "no such record": lambda lines: event_line(lines, "labelled").update(record_id="none"),
    "no such decision": lambda lines: event_line(lines, "labelled").update(payload={"decision": "burn"}),
    "an unknown kind": lambda lines: event_line(lines, "labelled").update(kind="exploded"),
    "a local kind": lambda lines: event_line(lines, "labelled").update(kind="joined"),
    "a target to come": lambda lines: event_line(lines, "labelled").update(target=10_000),
    "an endless height": lambda lines: event_line(lines, "labelled").update(height=2**52),
    "a name of its own": lambda lines: event_line(lines, "labelled").update(name="ff" * 32),
    "no original": lambda lines: event_line(lines, "labelled").update(original="[]"),
    "text for a number": lambda lines: event_line(lines, "labelled").update(height="7"),
    "endless runs": lambda lines: event_line(lines, "criteria").update(payload={"follows": [[1, 10**12]]}),
    "records of nobody": lambda lines: event_line(lines, "imported")["payload"].update(positions=[99]),
    "a source of nobody": lambda lines: event_line(lines, "imported")["payload"].update(source_id=77),
    "a later format": lambda lines: lines[0].update(tiab_review_copy=2),
    "no header": lambda lines: lines.pop(0),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_file_of_a_stranger_changes_nothing(tmp_path: Path, tampering: str) -> None:
    eva, kim, _ = copied(begin(tmp_path / "review"))
    with Store(kim) as store:
        store.add(Source(name="b.ris"), records(50, 60, "b.ris"))
        store.append(Entry(kind="criteria", payload={"fingerprint": "x", "criteria": None, "seed": 0}))
        store.append(Entry(kind="labelled", reviewer="kim", record_id="1", payload={"decision": "include"}))
    path = tampered(shared(kim, tmp_path / "kim.tiab"), TAMPERINGS[tampering])
    before = summary(eva)
    with Store(eva) as store, pytest.raises(ReviewError):
        store.join(read_share(path)[0], name="kim.tiab")
    assert summary(eva) == before
    assert check_folder(eva, program="").sound


@pytest.mark.parametrize("damage", ["cut", "flipped", "appended", "text", "empty", "gzip of something else", "bomb"])
def test_a_damaged_or_foreign_file_gets_one_line(tmp_path: Path, damage: str) -> None:
    path = shared(begin(tmp_path / "review"), tmp_path / "eva.tiab")
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(
        {
            "cut": data[:middle],
            "flipped": data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :],
            "appended": data + gzip.compress(b"{}\n"),
            "text": b"record_id,title\n1,Yoga\n",
            "empty": b"",
            "gzip of something else": gzip.compress(b"TY  - JOUR\nER  -\n"),
            "bomb": gzip.compress(b"[" * 90_000_000),
        }[damage]
    )
    with pytest.raises(ReviewError, match=r"damaged|not a copy of a review") as raised:
        read_share(path)
    assert "\n" not in str(raised.value)


def test_equal_copies_give_equal_files(tmp_path: Path) -> None:
    one, other, _ = copied(begin(tmp_path / "review"))
    assert shared(one, tmp_path / "1.tiab").read_bytes() == shared(other, tmp_path / "2.tiab").read_bytes()
