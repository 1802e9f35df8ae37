"""Two people, two computers: copies of a review that go to and fro, as their owners meet them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiab.cli import app
from tiab.errors import LabelError, ReviewError
from tiab.review import Policy, Review
from tiab.review.criteria_file import CRITERIA_NAME
from tiab.review.merging import make_from_copy
from tiab.review.record_history import record_history
from tiab.store import Entry, ShareHeader, Store, write_share

CRITERIA = 'title = "Yoga"\n# what we mean by it\n[[intervention]]\nname = "yoga"\nterms = ["yoga"]\n'


def table(path: Path, first: int, last: int) -> Path:
    lines = [f"{n},Study {n} of yoga,What came of it in {n} people,{2000 + n}" for n in range(first, last)]
    path.write_text("\n".join(["record_id,title,abstract,year", *lines]), encoding="utf-8")
    return path


@pytest.fixture
def eva(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
    with Review.create(tmp_path / "eva", tmp_path / "criteria.toml") as made:
        made.add([table(tmp_path / "search.csv", 1, 9)])
        made.set_policy(Policy(scheme="two"))
        yield made


@pytest.fixture
def kim(eva: Review, tmp_path: Path) -> Iterator[Review]:
    """What kim made of the file that eva sent."""
    eva.share(tmp_path / "start.tiab", decisions="none")
    make_from_copy(tmp_path / "kim", tmp_path / "start.tiab")
    with Review(tmp_path / "kim") as made:
        yield made


def test_merging_says_that_it_made_a_review(eva: Review, tmp_path: Path) -> None:
    eva.share(tmp_path / "start.tiab", decisions="none")
    said = [CliRunner().invoke(app, ["merge", str(tmp_path / "kim"), str(tmp_path / "start.tiab")]) for _ in range(2)]
    assert 'Created review "kim" from start.tiab: 8 records.' in said[0].output
    assert "nothing new" not in said[0].output
    assert "start.tiab: nothing new." in said[1].output


def exchange(tmp_path: Path, **reviews: Review) -> None:
    """Each sends the others a file, as often as it takes: twice."""
    for name, review in reviews.items():
        review.share(tmp_path / f"{name}.tiab", reviewer=name)
    for name, review in reviews.items():
        for other in reviews.keys() - {name}:
            review.merge_copy(tmp_path / f"{other}.tiab", reviewer=name)


def states(review: Review) -> dict[str, str]:
    titles = {record.record_id: record.title for record in review.snapshot.records}
    return {titles[record_id]: str(state) for record_id, state in sorted(review.snapshot.states.of.items())}


def test_a_copy_starts_with_records_criteria_and_settings_and_without_decisions(eva: Review, tmp_path: Path) -> None:
    eva.label("1", "include", reviewer="eva", note="very much so")
    eva.label("2", "include", prior=True)
    report = eva.share(tmp_path / "start.tiab", decisions="none")
    assert (report.records, dict(report.by_reviewer)) == (8, {})
    assert "very much so" not in gzip.decompress((tmp_path / "start.tiab").read_bytes()).decode()
    make_from_copy(tmp_path / "kim", tmp_path / "start.tiab")
    with Review(tmp_path / "kim") as kim:
        assert kim.policy == eva.policy
        assert kim.criteria == eva.criteria
        assert len(kim.snapshot.records) == 8
        assert kim.labels("kim")["2"].prior
        assert kim.next("kim") is not None


def test_decisions_go_to_and_fro_with_times_names_notes_and_undo(eva: Review, kim: Review, tmp_path: Path) -> None:
    eva.label("1", "include", reviewer="eva", note="hers")
    given = kim.label("1", "exclude", reviewer="kim", reason="wrong population", note="his")
    kim.label("2", "include", reviewer="kim")
    kim.undo("kim")
    exchange(tmp_path, eva=eva, kim=kim)
    assert states(eva) == states(kim)
    (conflict,) = eva.conflicts("eva")
    said = {one.label.reviewer: (one.note, one.label.reason, one.time) for one in conflict.labels}
    assert said["kim"] == ("his", "wrong population", given.time)
    assert [event.kind for event in eva.events() if event.reviewer == "kim"].count("undone") == 1
    assert eva.share(tmp_path / "again.tiab", reviewer="eva").by_reviewer == {"eva": 1}
    assert kim.merge_copy(tmp_path / "again.tiab").events == 0


def test_the_file_of_a_blinded_reviewer_holds_nothing_of_others(eva: Review, kim: Review, tmp_path: Path) -> None:
    eva.label("1", "exclude", reviewer="eva", note="secret of eva")
    eva.label("2", "include", reviewer="eva")
    eva.export(tmp_path / "all.csv")
    exchange(tmp_path, eva=eva, kim=kim)
    kim.label("3", "include", reviewer="kim")
    kim.rank()
    kim.share(tmp_path / "out.tiab", reviewer="kim")
    lines = [json.loads(line) for line in gzip.decompress((tmp_path / "out.tiab").read_bytes()).splitlines()]
    events = [line["event"] for line in lines if "event" in line]
    assert {event["reviewer"] for event in events if event["kind"] in ("labelled", "ranked")} == {"kim"}
    assert "secret of eva" not in json.dumps(lines)
    with pytest.raises(LabelError, match="nobody says whose decisions"):
        kim.share(tmp_path / "nobody.tiab")
    assert kim.share(tmp_path / "all.tiab", decisions="all").by_reviewer == {"eva": 2, "kim": 1}


def test_what_was_merged_is_hidden_from_a_blinded_reviewer(eva: Review, kim: Review, tmp_path: Path) -> None:
    kim.label("1", "exclude", reviewer="kim", note="secret of kim")
    kim.label("2", "exclude", reviewer="kim")
    eva.label("2", "include", reviewer="eva")
    exchange(tmp_path, eva=eva, kim=kim)
    assert [one.record_id for one in eva.conflicts("eva")] == ["2"]
    assert eva.status("eva").reviewers["kim"].undisclosed == 2
    for reviewer in ("eva", None):
        eva.export(tmp_path / "out.csv", reviewer=reviewer)
        assert "secret of kim" not in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_records_that_both_imported_are_one_and_duplicates_are_linked(eva: Review, kim: Review, tmp_path: Path) -> None:
    for review, first in ((eva, 20), (kim, 22)):
        (tmp_path / review.folder.name / "in").mkdir()
        review.add([table(tmp_path / review.folder.name / "in" / "more.csv", first, 30)])
    kim.label("25", "include", reviewer="kim")
    eva.label("25", "include", reviewer="eva")
    report = eva.merge_copy(kim.folder)
    assert (report.records, report.decisions) == (0, {"kim": 1})
    assert kim.merge_copy(eva.folder).records == 2
    assert states(eva) == states(kim)
    assert states(eva)["Study 25 of yoga"] == "agreed include"
    assert len(eva.snapshot.main_ids) == 8 + 10


def test_a_record_of_another_database_is_linked_as_in_an_import(eva: Review, kim: Review, tmp_path: Path) -> None:
    text = "record_id,title,abstract,year,doi,authors\n{},Yoga for fatigue in adults with gout,{},2019,10.1000/x7,{}\n"
    words = "Forty adults with gout were randomised to yoga or to rest for twelve weeks. Fatigue fell with yoga."
    (tmp_path / "p.csv").write_text(text.format("p1", words, '"Berg, A"'), encoding="utf-8")
    (tmp_path / "e.csv").write_text(text.format("e1", words + " Copyright 2019.", '"Berg, Anna"'), encoding="utf-8")
    eva.add([tmp_path / "p.csv"])
    kim.add([tmp_path / "e.csv"])
    report = eva.merge_copy(kim.folder)
    assert (report.records, report.linked) == (1, 1)
    kim.merge_copy(eva.folder)
    assert kim.merge_copy(eva.folder).events == eva.merge_copy(kim.folder).events == 0
    assert eva.snapshot.groups.main_of == kim.snapshot.groups.main_of
    assert len(eva.snapshot.main_ids) == len(kim.snapshot.main_ids) == 9


def test_equal_copies_rank_alike_and_every_ranking_is_made_again(eva: Review, kim: Review, tmp_path: Path) -> None:
    eva.add([table(tmp_path / "e.csv", 40, 50)])
    kim.add([table(tmp_path / "k.csv", 50, 60)])
    for review, name, ids in ((eva, "eva", ("1", "3", "41")), (kim, "kim", ("1", "2", "55"))):
        for record_id in ids:
            review.learn(name)
            review.label(record_id, "include" if record_id == "1" else "exclude", reviewer=name)
    eva.rank()
    eva.merge_copy(kim.folder)
    eva.rank()
    eva.label("4", "include", reviewer="eva")
    kim.merge_copy(eva.folder)
    first, second = eva.rank(), kim.rank()
    orders = [
        [ranking.features.records[place].title for place in ranking.scores.argsort(kind="stable")]
        for ranking in (first, second)
    ]
    assert orders[0] == orders[1]
    assert sorted(first.scores.tolist()) == sorted(second.scores.tolist())
    for review in (eva, kim):
        replay = review.replay()
        assert replay.identical
        assert len(replay.rankings) >= 6


def test_criteria_changed_in_one_copy_hold_in_the_other_comments_and_all(eva: Review, kim: Review) -> None:
    changed = CRITERIA.replace('["yoga"]', '["yoga", "asana"]')
    (kim.folder / CRITERIA_NAME).write_text(changed, encoding="utf-8")
    _ = kim.snapshot
    report = eva.merge_copy(kim.folder)
    assert report.criteria is None
    assert eva.criteria == kim.criteria
    assert (eva.folder / CRITERIA_NAME).read_text(encoding="utf-8") == changed
    count = sum(event.kind == "criteria" for event in eva.events())
    with Review(eva.folder) as again:  # and stay so
        assert again.criteria == kim.criteria
        assert sum(event.kind == "criteria" for event in again.events()) == count
    (eva.folder / CRITERIA_NAME).write_text(CRITERIA, encoding="utf-8")  # somebody wants the old ones after all
    assert eva.criteria is not None
    assert "asana" not in str(eva.criteria)
    kim.merge_copy(eva.folder)
    assert kim.criteria == eva.criteria


def test_criteria_changed_in_both_are_two_versions_and_a_choice(eva: Review, kim: Review) -> None:
    (kim.folder / CRITERIA_NAME).write_text(CRITERIA, encoding="utf-8")
    for review, term in ((eva, "asana"), (kim, "pranayama")):
        path = review.folder / CRITERIA_NAME
        path.write_text(CRITERIA.replace('["yoga"]', f'["yoga", "{term}"]'), encoding="utf-8")
        _ = review.snapshot
    report = eva.merge_copy(kim.folder)
    kim.merge_copy(eva.folder)
    assert report.criteria is not None
    assert len(report.criteria.versions) == 2
    assert eva.criteria == kim.criteria  # one of the two, the same in both
    texts = [eva.criteria_version(one) for one in report.criteria.versions]
    assert sorted("asana" in text for text in texts) == [False, True]
    with pytest.raises(LabelError, match="no choice of criteria 1 "):
        eva.settle_criteria(1)
    other = next(one for one in report.criteria.versions if one != report.criteria.holds)
    eva.settle_criteria(other, reviewer="eva")
    assert eva.criteria_conflict() is None
    kim.merge_copy(eva.folder)
    assert kim.criteria_conflict() is None
    assert eva.criteria == kim.criteria
    assert (eva.folder / CRITERIA_NAME).read_text(encoding="utf-8") == eva.criteria_version(other)


def test_links_that_contradict_are_shown(eva: Review, kim: Review) -> None:
    eva.merge("2", "1", reviewer="eva")
    kim.keep_apart("1", "2", reviewer="kim")
    (pair,) = eva.merge_copy(kim.folder).links
    assert ({pair.one, pair.other}, pair.reviewer) == ({"1", "2"}, "kim")
    assert eva.link_contradictions() == (pair,)
    eva.unmerge("2", reviewer="eva")
    assert eva.link_contradictions() == ()


def test_two_who_link_two_records_to_each_other_have_one(eva: Review, kim: Review) -> None:
    eva.merge("2", "1")
    kim.merge("1", "2")
    eva.merge("4", "3")
    kim.merge("4", "5")
    eva.merge_copy(kim.folder)
    kim.merge_copy(eva.folder)
    assert eva.snapshot.groups.main_of == kim.snapshot.groups.main_of
    assert len(eva.snapshot.main_ids) == 8 - 1 - 2


def test_a_folder_that_was_simply_copied_merges_too(eva: Review, tmp_path: Path) -> None:
    eva.label("1", "include", reviewer="eva")
    eva.close()
    shutil.copytree(eva.folder, tmp_path / "kim")
    with Review(eva.folder) as one, Review(tmp_path / "kim") as other:
        one.label("2", "include", reviewer="eva")
        other.label("2", "exclude", reviewer="kim")
        one.merge_copy(other.folder)
        other.merge_copy(one.folder)
        assert states(one) == states(other)
        assert Review.check(one.folder).sound
        assert Review.check(other.folder).sound


@pytest.mark.parametrize("spoil", ["another review", "a text", "itself", "missing"])
def test_what_is_no_copy_changes_nothing(eva: Review, tmp_path: Path, spoil: str) -> None:
    makers: dict[str, Callable[[], Path]] = {
        "another review": lambda: Review.create(tmp_path / "other").folder,
        "a text": lambda: table(tmp_path / "x.tiab", 1, 3),
        "itself": lambda: eva.folder,
        "missing": lambda: tmp_path / "nothing",
    }
    place, before = makers[spoil](), len(eva.events())
    with pytest.raises(Exception, match=r"another review|not a copy|the review itself|does not exist") as raised:
        eva.merge_copy(place)
    assert "\n" not in str(raised.value)
    assert len(eva.events()) == before


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("criteria", {"fingerprint": "x", "criteria": {"concepts": 7}, "seed": 0}),
        ("criteria", {"fingerprint": "", "criteria": None, "seed": "seven"}),
        ("settings", {"scheme": "three"}),
        ("searched", {"query": 7}),
        ("choices", {"reasons": 7, "tags": []}),
        ("labelled", {"decision": "burn"}),
        ("merged", {"into": "nobody", "reason": ""}),
    ],
)
def test_what_a_stranger_writes_into_a_log_never_spoils_a_review(
    eva: Review, kim: Review, kind: str, payload: dict[str, object]
) -> None:
    record_id = "1" if kind in ("labelled", "merged") else ""
    kim.close()
    with Store(kim.folder) as store:
        store.append(Entry(kind=kind, reviewer="kim", record_id=record_id, payload=payload))
        copy = store.copy()
    before = len(eva.events())
    path = eva.folder.parent / "stranger.tiab"
    write_share(path, copy, ShareHeader(review=copy.root, made_by="", decisions="all", tiab="0"))
    with pytest.raises(ReviewError, match=r"stranger\.tiab") as raised:
        eva.merge_copy(path)
    assert "\n" not in str(raised.value)
    assert len(eva.events()) == before
    with pytest.raises(ReviewError):
        make_from_copy(eva.folder.parent / "new", path)
    assert not (eva.folder.parent / "new").exists()


def test_the_text_of_criteria_from_another_copy_may_say_anything(eva: Review, kim: Review) -> None:
    changed = CRITERIA.replace('["yoga"]', '["yoga", "asana"]')
    (kim.folder / CRITERIA_NAME).write_text(changed, encoding="utf-8")
    _ = kim.snapshot
    payload = {**kim.events()[-1].payload, "text": "no [ TOML"}
    kim.close()
    with Store(kim.folder) as store:
        store.append(Entry(kind="criteria", payload=payload))
    eva.merge_copy(kim.folder)
    assert "asana" in str(eva.criteria)
    assert "asana" in (eva.folder / CRITERIA_NAME).read_text(encoding="utf-8")


def test_criteria_whose_fingerprint_another_version_made_are_adopted_once(eva: Review, kim: Review) -> None:
    (kim.folder / CRITERIA_NAME).write_text(CRITERIA.replace('["yoga"]', '["yoga", "asana"]'), encoding="utf-8")
    _ = kim.snapshot
    payload = {**kim.events()[-1].payload, "fingerprint": "of an earlier version"}
    kim.close()
    with Store(kim.folder) as store:
        store.append(Entry(kind="criteria", payload=payload))
    eva.merge_copy(kim.folder)
    assert "asana" in str(eva.criteria)
    count = len(eva.events())
    for _ in range(3):
        assert "asana" in str(eva.criteria)
    with Review(eva.folder) as again:
        assert "asana" in str(again.criteria)
        assert len(again.events()) == count


def test_a_review_is_made_from_a_copy_or_not_at_all(eva: Review, tmp_path: Path) -> None:
    eva.share(tmp_path / "start.tiab", decisions="none")
    (tmp_path / "start.tiab").write_bytes((tmp_path / "start.tiab").read_bytes()[:-30])
    with pytest.raises(ReviewError, match="damaged"):
        make_from_copy(tmp_path / "kim", tmp_path / "start.tiab")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["criteria.toml", "eva", "search.csv", "start.tiab"]


def test_notes_and_labels_of_records_go_along_and_those_of_a_blinded_colleague_do_not(
    eva: Review, kim: Review, tmp_path: Path
) -> None:
    kim.annotations.tag("1", "pilot study", reviewer="kim")
    exchange(tmp_path, eva=eva, kim=kim)
    assert eva.annotations.now.tags_of("1", "kim") == ("pilot study",)
    eva.share(tmp_path / "out.tiab", reviewer="eva")
    assert "pilot study" not in gzip.decompress((tmp_path / "out.tiab").read_bytes()).decode()


def test_the_history_of_a_record_tells_where_it_came_from_in_each_copy(
    eva: Review, kim: Review, tmp_path: Path
) -> None:
    eva.add([table(tmp_path / "e.csv", 40, 42)])
    kim.add([table(tmp_path / "k.csv", 50, 52)])
    eva.merge_copy(kim.folder)
    kim.merge_copy(eva.folder)
    for review in (eva, kim):
        for record_id, file in (("41", "e.csv"), ("51", "k.csv"), ("1", "search.csv")):
            assert record_history(review, record_id)[0].what == f"imported with {file}"


def test_one_reviewer_on_two_computers_is_told_where_they_differ(eva: Review, kim: Review) -> None:
    eva.label("1", "include", reviewer="eva")
    kim.label("1", "exclude", reviewer="eva")
    kim.label("2", "exclude", reviewer="eva")
    assert eva.merge_copy(kim.folder).twice == 1
