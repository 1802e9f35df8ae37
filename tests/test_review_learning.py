"""Learning and replay: any ranking can be made again from the log, to the last digit."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tiab.assets import corpus_path
from tiab.criteria import read_criteria
from tiab.errors import ReviewError
from tiab.formats import read_records
from tiab.labels import Decision, Label
from tiab.ranking.rank import rank
from tiab.records import Record
from tiab.review import Review
from tiab.review.feature_cache import CACHE_NAME, find_kept_spans, prepare, rules_version
from tiab.review.rankings import Learner, is_due
from tiab.store import FILE_NAME, Source, Store

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE
GOLD = {"kjolhede-2016", "mokhtarzade-2017"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review of the embedded corpus, half of it, with what PICO found in its cache."""
    folder = tmp_path_factory.mktemp("made") / "ms"
    corpus = corpus_path()
    with Review.create(folder, corpus / "criteria.toml") as review:
        source = Source(name="records.csv")
        with Store(folder) as store:
            store.add(source, read_records(corpus / "records.csv")[:60])
        review.next("eva")
    return folder


@pytest.fixture
def review(made: Path, tmp_path: Path) -> Iterator[Review]:
    shutil.copytree(made, tmp_path / "ms")
    with Review(tmp_path / "ms") as opened:
        yield opened


def screen(review: Review, reviewer: str, n: int) -> None:
    for number in range(n):
        suggestion = review.next(reviewer)
        if suggestion is None:
            return
        decision = INCLUDE if number % 5 == 2 else MAYBE if number % 7 == 3 else EXCLUDE
        review.label(suggestion.record.record_id, decision, reviewer=reviewer)


def test_every_ranking_comes_out_the_same(review: Review) -> None:
    screen(review, "eva", 12)
    review.undo("eva")
    screen(review, "ben", 5)
    review.rank()
    review.merge("kjolhede-2016", "mokhtarzade-2017")
    screen(review, "eva", 6)
    review.export(review.folder / "x.csv")
    review.add([corpus_path() / "update.csv"])
    screen(review, "eva", 3)
    replayed = review.replay()
    assert replayed.identical
    assert len(replayed.rankings) > 15
    assert replayed.events == len(review.events())
    assert {one.reviewer for one in replayed.rankings} == {"", "eva", "ben"}
    assert "came out the same to the last digit" in replayed.summary()[0]
    assert json.loads(json.dumps(replayed.to_dict()))["identical"] is True


def test_replay_notices_a_ranking_that_was_not_so(review: Review) -> None:
    """The one entry that is false is written as another program could write it: nothing can be rewritten."""
    screen(review, "eva", 3)
    true = next(event for event in review.events() if event.kind == "ranked")
    with Store(review.folder) as store:
        for change in ({"model": "0" * 16}, {"order": "0" * 16}, {"data": "0" * 16}):
            store.append(replace_entry(true, {**true.payload, **change}))
    replayed = review.replay()
    assert not replayed.identical
    assert [(one.same_data, one.same_order, one.identical) for one in replayed.rankings[-3:]] == [
        (True, True, False),
        (True, False, False),
        (False, False, False),
    ]
    said = " ".join(replayed.summary())
    assert "1 put them in the same order with other digits" in said
    assert "1 put the records in another order" in said
    assert "1 learned from other labels" in said


def replace_entry(event: object, payload: dict[str, object]) -> object:
    from tiab.store import Entry

    return Entry(kind="ranked", reviewer=event.reviewer, payload=payload)  # type: ignore[attr-defined]


def test_replay_reads_no_cache(review: Review) -> None:
    screen(review, "eva", 3)
    (review.folder / CACHE_NAME).write_bytes(b"nonsense")
    with sqlite3.connect(review.folder / FILE_NAME) as connection:
        connection.execute("UPDATE pico SET value = x'00'")
    connection.close()
    assert review.replay().identical


def test_replay_uses_the_criteria_of_that_day(review: Review) -> None:
    screen(review, "eva", 2)
    file = review.folder / "criteria.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"exercise training",', '"yoga",', 1), encoding="utf-8")
    screen(review, "eva", 2)
    replayed = review.replay()
    assert len(replayed.rankings) == 4
    assert replayed.identical


def test_the_log_of_rankings_is_of_those_that_decisions_rest_on(review: Review) -> None:
    review.next("eva")
    review.next("eva")
    assert [event.kind for event in review.events()] == ["criteria", "imported"]
    review.label("kjolhede-2016", INCLUDE, reviewer="eva")
    review.label("mokhtarzade-2017", INCLUDE, reviewer="eva")
    kinds = [event.kind for event in review.events()]
    assert kinds == ["criteria", "imported", "ranked", "labelled", "labelled"]
    said = review.events()[2].payload
    assert (said["after"], said["records"], said["included"], said["seed"]) == (2, 60, 0, 0)
    assert said["rules"] == rules_version()


def test_a_review_ranks_as_rank_does(review: Review) -> None:
    screen(review, "eva", 10)
    ranking = review.rank("eva")
    labels = list(review.labels("eva").values())
    alone = rank(list(ranking.records), criteria=read_criteria(review.folder / "criteria.toml"), labels=labels)
    assert ranking.order == alone.order
    assert (ranking.scores == alone.scores).all()
    columns = ["rank", "record_id", "score", "label", "criteria_met", "criteria_missing", "weighed_for"]
    assert ranking.table[columns].equals(alone.table[columns])


def test_the_ranking_does_not_depend_on_the_order_of_decisions(made: Path, tmp_path: Path) -> None:
    orders = []
    for number, ids in enumerate((["kjolhede-2016", "mokhtarzade-2017"], ["mokhtarzade-2017", "kjolhede-2016"])):
        folder = tmp_path / str(number)
        shutil.copytree(made, folder)
        with Review(folder) as review:
            for record_id in ids:
                review.label(record_id, INCLUDE)
                review.next()
            orders.append(review.rank().order)
    assert orders[0] == orders[1]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_programs_that_rank_and_are_killed_leave_a_log_that_replays(root: Path) -> None:
    """A round of what scripts/torture_review.py does fifty times."""
    script = [sys.executable, str(root / "scripts" / "torture_review.py")]
    command = [*script, "--rounds", "1", "--decisions", "60", "--rank-every", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    figures = json.loads(done.stdout)
    assert done.returncode == 0, figures
    assert figures["sound"]
    assert figures["rankings"] > 0
    assert figures["rankings_that_differ"] == 0


# When to learn


def labels(**decisions: str) -> dict[str, Label]:
    return {key: Label(record_id=key, decision=Decision(value)) for key, value in decisions.items()}


def test_it_learns_at_once_from_few_labels_and_from_any_inclusion() -> None:
    many = {str(n): Label(record_id=str(n), decision=EXCLUDE) for n in range(500)}
    assert is_due({}, labels(a="exclude"))
    assert is_due(labels(a="exclude"), labels(a="exclude", b="exclude"))
    assert not is_due(many, many | labels(a="exclude"))
    assert is_due(many, many | labels(a="include"))
    assert not is_due(many, many | labels(a="maybe"))
    assert is_due(many, many | {f"x{n}": Label(record_id=f"x{n}", decision=EXCLUDE) for n in range(5)})
    assert is_due(many, {key: label for key, label in many.items() if key != "7"})
    assert is_due(many, many | labels(**{"7": "include"}))
    assert is_due(many, many | labels(**{"7": "maybe"}))


def test_reading_on_without_learning(review: Review) -> None:
    first = review.next("eva")
    assert first is not None
    review.label(first.record.record_id, INCLUDE, reviewer="eva")
    read_on = review.next("eva", learn=False)
    assert read_on is not None
    assert read_on.rank == 2
    assert review.learn("eva")
    assert not review.learn("eva")


# Caches


def test_pico_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    import tiab.review.feature_cache as found

    original = found.find_spans

    def counting(records: list[Record], *args: object, **kwargs: object) -> object:
        asked.append(len(records))
        return original(records, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(found, "find_spans", counting)
    records = [Record(record_id=str(n), title=f"A randomised trial of yoga {n % 3}") for n in range(9)]
    done: list[int] = []
    with Store.create(tmp_path) as store:
        first = find_kept_spans(store, records, None, progress=done.append)
        again = find_kept_spans(store, records, None, progress=done.append)
        shouted = find_kept_spans(store, [replace(records[0], title=records[0].title.upper())], None)
    assert asked == [3, 1]
    assert first == again
    assert first[0][0].text == "randomised trial"
    assert shouted[0][0].text == "RANDOMISED TRIAL"
    assert sum(done) == 18


@pytest.mark.parametrize(
    "value", [b"", b"x", zlib.compress(b"[" * 100_000), zlib.compress(b"[[1]]"), zlib.compress(b"x" * 40_000_000)]
)
def test_findings_that_another_program_wrote_are_found_again(tmp_path: Path, value: bytes) -> None:
    records = [Record(record_id="1", title="A randomised trial of yoga")]
    with Store.create(tmp_path) as store:
        first = find_kept_spans(store, records, None)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
            connection.execute("UPDATE pico SET value = ?", (value,))
            connection.commit()
        assert find_kept_spans(store, records, None) == first


def test_features_come_from_the_cache_only_where_they_are_just_these(tmp_path: Path) -> None:
    cache = tmp_path / CACHE_NAME
    records = [Record(record_id=str(n), title=f"A randomised trial of yoga {n}") for n in range(5)]
    prints = [record.fingerprint for record in records]
    asked: list[int] = []

    def find() -> list[tuple[()]]:
        asked.append(1)
        return [() for _ in records]

    def features(some: list[Record] = records) -> np.ndarray:
        made = prepare(some, prints, None, find, cache=cache)
        assert [made.space.words.words[i] for i in made.row(0)[0] if i < len(made.space.words.words)]
        return made.matrix.toarray()

    first = features()
    assert (features() == first).all()
    assert len(asked) == 1
    features([replace(records[0], keywords=("new",)), *records[1:]])
    assert len(asked) == 2
    features()
    assert len(asked) == 3
    whole = cache.read_bytes()
    for damaged in (b"", whole[:100], whole[:-50], whole[:300] + b"\xff" * 200 + whole[500:], b"\xff" * 9):
        cache.write_bytes(damaged)
        try:
            same = (features() == first).all()
        except ValueError:
            same = False
        assert same
    assert len(asked) >= 7


def test_a_cache_of_a_stranger_reaches_outside_no_array(tmp_path: Path) -> None:
    from safetensors.numpy import load, save

    cache = tmp_path / CACHE_NAME
    records = [Record(record_id=str(n), title=f"yoga {n} weeks") for n in range(5)]
    prints = [record.fingerprint for record in records]
    first = prepare(records, prints, None, lambda: [()] * 5, cache=cache)
    data = cache.read_bytes()
    length = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    for change in ({"indices": np.int32(10**6)}, {"indices": np.int32(-1)}, {"indptr": np.int64(10**6)}):
        tensors = load(data)
        for name, value in change.items():
            tensors[name] = tensors[name].copy()
            tensors[name][-1] = value
        cache.write_bytes(save(tensors, metadata=metadata))
        again = prepare(records, prints, None, lambda: [()] * 5, cache=cache)
        assert (again.matrix.toarray() == first.matrix.toarray()).all()


def test_a_learner_ranks_equal_scores_by_fingerprint() -> None:
    records = [Record(record_id=str(n), title="Yoga in MS") for n in range(3)]
    features = prepare(records, ["b", "c", "a"], None, lambda: [()] * 3)
    learned = Learner(features, ["b", "c", "a"]).learn(labels(**{"0": "include"}))
    assert learned.model is not None
    assert learned.order == ("2", "0", "1")
    assert Learner(features, ["b", "c", "a"]).learn({}).order == ("0", "1", "2")


def test_a_ranking_that_nobody_could_have_logged_is_named(review: Review) -> None:
    from tiab.store import Entry

    with Store(review.folder) as store:
        store.append(Entry(kind="ranked", payload={"after": "never"}))
    with pytest.raises(ReviewError, match=r"event 3 of the log \(ranked\) cannot be understood"):
        review.replay()
