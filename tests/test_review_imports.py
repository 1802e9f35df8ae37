"""Imports into a review: whose decisions they are; nothing is stored twice; all can be undone as a whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tiab.cli import app
from tiab.decisions import read_labels
from tiab.errors import LabelError, ReviewError
from tiab.formats.writing import SUFFIXES
from tiab.labels import Decision
from tiab.report.building import build_report
from tiab.review import Review
from tiab.store import GivenLabel

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE
TITLES = ["Yoga for fatigue", "Tax law of the sea", "Training and interleukin", "Leptin by mass", "Walking uphill"]


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def search(path: Path, titles: list[str], **more: object) -> Path:
    return table(
        path, [{"title": title, "abstract": f"{title} was studied.", "year": 2020, **more} for title in titles]
    )


def decisions(path: Path, said: dict[str, object]) -> Path:
    return table(path, [{"title": title, "included": one} for title, one in said.items()])


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with Review.create(tmp_path / "review") as made:
        made.add([search(tmp_path / "search.csv", TITLES)])
        yield made


def titles_of(review: Review) -> list[str]:
    return [record.title for record in review.snapshot.records]


def id_of(review: Review, title: str) -> str:
    return next(record.record_id for record in review.snapshot.records if record.title == title)


def standing(review: Review) -> set[tuple[object, ...]]:
    """What stands in a review: title, reviewer, decision, reason, note, time, prior, whether it resolved a conflict."""
    state = review.snapshot.state
    titles = {record.record_id: record.title for record in review.snapshot.records}

    def told(one: GivenLabel, resolved: bool) -> tuple[object, ...]:
        label = one.label
        beside = (label.reason, one.note, one.when, label.prior, resolved)
        return titles[label.record_id], label.reviewer, str(label.decision), *beside

    resolved = {told(given[-1], True) for given in state.resolved.values()}
    return {told(one, False) for one in state.standing()} | resolved


def screened(review: Review) -> None:
    """A review in which two people agreed, disagreed, resolved, changed their minds and knew something beforehand."""
    ids = [id_of(review, title) for title in TITLES]
    review.add_prior([ids[4]], reviewer="kim")
    review.label(ids[0], EXCLUDE, reviewer="eva")
    review.label(ids[0], INCLUDE, reviewer="eva", note='good; "really" – ja')
    review.label(ids[0], INCLUDE, reviewer="Örs, B.")
    review.label(ids[1], EXCLUDE, reviewer="eva", reason="wrong population", note="law")
    review.label(ids[1], INCLUDE, reviewer="Örs, B.")
    review.resolve(ids[1], EXCLUDE, reviewer="kim", reason="wrong population")
    review.label(ids[2], MAYBE, reviewer="eva")
    review.label(ids[2], EXCLUDE, reviewer="Örs, B.", note="unsure\nof it")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".csv.gz"])
def test_who_decided_what_when_and_why_survives_the_way_back(review: Review, tmp_path: Path, suffix: str) -> None:
    screened(review)
    review.export(tmp_path / f"out{suffix}")
    with Review.create(tmp_path / "other") as other:
        other.add([tmp_path / "search.csv"])
        report = other.add_labels(tmp_path / f"out{suffix}")
        assert standing(other) == standing(review)
        assert len(other.conflicts()) == len(review.conflicts()) == 1
        assert (report.stored, report.missing) == (8, ())
        assert dict(report.reviewers) == {"eva": 3, "kim": 2, "Örs, B.": 3}
        labels = [event for event in other.events() if event.kind in ("labelled", "resolved")]
        assert [event.payload["decided"] for event in labels] == sorted(event.payload["decided"] for event in labels)
        assert not any(event.payload["ordered"] for event in labels)
        assert other.add_labels(tmp_path / f"out{suffix}").stored == 0
    assert review.add_labels(tmp_path / f"out{suffix}").stored == 0


def test_the_export_of_one_reviewer_comes_back_as_that_reviewers(review: Review, tmp_path: Path) -> None:
    screened(review)
    review.export(tmp_path / "out.csv", reviewer="eva", duplicates=True)
    with Review.create(tmp_path / "other") as other:
        other.add([tmp_path / "search.csv"])
        other.add_labels(tmp_path / "out.csv", reviewer="somebody else")
        assert {reviewer for _, reviewer, *_ in standing(other)} == {"eva", "kim"}
        assert other.labels("eva") == review.labels("eva")


def test_a_decision_that_was_changed_in_the_file_is_that_of_whoever_brings_it(review: Review, tmp_path: Path) -> None:
    screened(review)
    review.export(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, object]] = list(csv.DictReader(file))
    for row in rows:
        if row["title"] in (TITLES[0], TITLES[3]):
            row["decision"] = "exclude"
    changed = table(tmp_path / "changed.csv", rows)
    with pytest.raises(LabelError, match=r"does not say who made these decisions.*--reviewer NAME.*eva"):
        review.add_labels(changed)
    assert review.add_labels(changed, reviewer="kim").stored == 2
    mine = {title: decision for title, who, decision, *_ in standing(review) if who == "kim"}
    assert (mine[TITLES[0]], mine[TITLES[3]]) == ("exclude", "exclude")


def test_a_column_of_another_program_is_not_taken_for_tiabs(review: Review, tmp_path: Path) -> None:
    for text in ("[]", "{", "3", '{"shown": "include", "by": [{"decision": "include", "reviewer": 3}]}', "9" * 5000):
        row = {"title": TITLES[0], "decision": "include", "decisions": text}
        assert dict(review.add_labels(table(tmp_path / "x.csv", [row]), reviewer="eva").reviewers) == {"eva": 1}


# Whose they are


def test_an_import_without_a_name_asks_for_one(review: Review, tmp_path: Path) -> None:
    file = decisions(tmp_path / "d.csv", {TITLES[0]: 1, TITLES[1]: "not vetted"})
    with pytest.raises(LabelError, match="--reviewer"):
        review.add_labels(file)
    assert review.imports()[-1].kind == "records"
    report = review.add_labels(file, reviewer="eva")
    assert (report.stored, report.undecided, report.number) == (1, 1, 2)
    for reviewer in (None, ""):
        with pytest.raises(LabelError, match="eva so far"):
            review.add_labels(file, reviewer=reviewer)
    assert review.add_labels(file, prior=True, reviewer="kim").stored == 1
    assert review.add_labels(file, prior=True, reviewer="eva").stored == 0
    assert list(review.status().reviewers) == ["eva"]


def test_a_project_of_asreview_asks_for_a_name_and_its_prior_knowledge_is_stored_once(
    review: Review, tmp_path: Path, root: Path
) -> None:
    project = root / "tests" / "data" / "review" / "asreview-3.asreview"
    labels = read_labels(project)
    review.add(
        [table(tmp_path / "more.csv", [{"title": one.record.title, "doi": one.record.doi} for one in labels.decided])]
    )
    with pytest.raises(LabelError, match="--reviewer"):
        review.add_labels(project)
    assert review.add_labels(project, reviewer="eva").stored == len(labels.decided)
    with pytest.raises(LabelError, match="eva so far"):
        review.add_labels(project)
    assert review.add_labels(project, reviewer="kim").stored == sum(not one.prior for one in labels.decided)


def test_who_screens_alone_without_a_name_needs_none(review: Review, tmp_path: Path) -> None:
    review.label(id_of(review, TITLES[1]), EXCLUDE)
    assert review.add_labels(decisions(tmp_path / "d.csv", {TITLES[0]: 1})).stored == 1
    assert list(review.status().reviewers) == [""]


def test_a_decision_without_a_name_is_refused_beside_named_reviewers(review: Review) -> None:
    review.label(id_of(review, TITLES[0]), INCLUDE, reviewer="eva")
    with pytest.raises(LabelError, match="--reviewer"):
        review.label(id_of(review, TITLES[1]), INCLUDE)
    assert list(review.status().reviewers) == ["eva"]
    assert review.undo("eva")
    review.label(id_of(review, TITLES[1]), INCLUDE)


def test_on_the_command_line_the_error_names_the_option(review: Review, tmp_path: Path) -> None:
    file = decisions(tmp_path / "d.csv", {TITLES[0]: 1, TITLES[1]: "unknown", "Not there": 0})
    assert "--reviewer" in run("label", review.folder, "--from", file, code=2)
    said = run("label", review.folder, "--from", file, "--reviewer", "eva")
    assert "1 decision stored; 1 not in this review; 1 undecided in the file." in said
    assert "0 decisions stored; 1 stored before" in run("label", review.folder, "--from", file, "--reviewer", "eva")


def run(*args: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(arg) for arg in args], env={"COLUMNS": "300"})
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


# Nothing twice


def test_the_same_file_twice_stores_nothing_twice_whatever_was_decided_since(review: Review, tmp_path: Path) -> None:
    file = decisions(tmp_path / "d.csv", {TITLES[0]: 1, TITLES[1]: 0})
    review.add_labels(file, reviewer="eva")
    review.label(id_of(review, TITLES[0]), EXCLUDE, reviewer="eva")
    events = len(review.events())
    report = review.add_labels(file, reviewer="eva")
    assert (report.stored, report.number, len(report.found)) == (0, 0, 2)
    assert len(review.events()) == events
    assert review.labels("eva")[id_of(review, TITLES[0])].decision is EXCLUDE


def test_one_id_with_opposite_decisions_is_stored_once_and_warned_of(review: Review, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"title": TITLES[0], "included": said} for said in (1, 0)]
    report = review.add_labels(table(tmp_path / "d.csv", rows), reviewer="eva")
    assert report.stored == 1
    assert any("decided on twice" in warning for warning in report.warnings)


# Undone as a whole


def test_an_import_of_decisions_is_undone_as_a_whole(review: Review, tmp_path: Path) -> None:
    first = id_of(review, TITLES[0])
    review.label(first, EXCLUDE, reviewer="eva")
    before = standing(review)
    file = decisions(tmp_path / "d.csv", dict.fromkeys(TITLES, 1))
    number = review.add_labels(file, reviewer="eva").number
    review.label(id_of(review, TITLES[4]), MAYBE, reviewer="eva")
    taken = review.undo_import(number, reviewer="kim")
    assert (taken.kind, taken.undone, taken.name) == ("decisions", True, "d.csv")
    assert {one for one in standing(review) if one[2] != "maybe"} == before
    assert review.labels("eva")[id_of(review, TITLES[4])].decision is MAYBE
    with pytest.raises(ReviewError, match="was undone already"):
        review.undo_import(number)
    assert review.add_labels(file, reviewer="eva").stored == 5
    assert review.labels("eva")[first].decision is INCLUDE
    assert review.replay().identical


def test_an_import_of_records_is_undone_as_a_whole_and_can_be_redone(review: Review, tmp_path: Path) -> None:
    more = search(tmp_path / "more.csv", ["A study of mice", "A study of rats"])
    review.add([more])
    mice = id_of(review, "A study of mice")
    review.label(mice, INCLUDE, reviewer="eva")
    review.label(id_of(review, TITLES[0]), INCLUDE, reviewer="eva")
    review.rank()
    assert review.undo_import(2).undone
    assert titles_of(review) == TITLES
    assert list(review.labels("eva")) == [id_of(review, TITLES[0])]
    assert review.status().left == 4
    assert [source.name for source in review.status().sources] == ["search.csv"]
    assert [one.undone for one in review.imports()] == [False, True]
    review.rank()
    for refuse in (lambda: review.label(mice, INCLUDE, reviewer="eva"), lambda: review.view(mice, reviewer="eva")):
        with pytest.raises(LabelError, match="was undone"):
            refuse()
    report = review.add([more])[0]
    assert (report.new, report.known, report.again) == (2, 0, False)
    assert review.labels("eva")[mice].decision is INCLUDE
    assert sorted(titles_of(review)) == sorted([*TITLES, "A study of mice", "A study of rats"])
    assert review.replay().identical
    assert review.check(review.folder).sound


def test_what_another_file_had_as_well_stays(review: Review, tmp_path: Path) -> None:
    review.add([search(tmp_path / "other.csv", [*TITLES[2:], "A study of mice"])])
    review.undo_import(1)
    assert titles_of(review) == [*TITLES[2:], "A study of mice"]
    counts = build_report(review).counts
    assert counts.identified == counts.to_screen + counts.duplicates + counts.unreadable
    review.undo_import(2)
    assert titles_of(review) == []
    assert review.next("eva") is None


def test_a_duplicate_takes_the_place_of_a_record_that_is_undone(tmp_path: Path) -> None:
    one = table(tmp_path / "one.csv", [{"title": "Yoga and leptin in adults: a trial", "pmid": "11", "year": 2020}])
    two = table(
        tmp_path / "two.csv",
        [
            {
                "title": "Yoga and leptin in adults: a trial.",
                "pmid": "11",
                "year": 2020,
                "abstract": "Ten adults did yoga.",
            }
        ],
    )
    with Review.create(tmp_path / "r") as review:
        review.add([one, two])
        assert review.status().duplicates == 1
        head = review.snapshot.records[review.snapshot.main_places[0]].record_id
        review.label(head, INCLUDE, reviewer="eva")
        review.undo_import(1)
        assert (review.status().records, review.status().duplicates, review.status().left) == (1, 0, 0)
        (left,) = review.labels("eva")
        assert left != head
        review.add([one])
        assert review.status().duplicates == 1
        assert list(review.labels("eva")) == [head]


def test_an_older_log_does_not_say_what_later_files_had(review: Review, tmp_path: Path) -> None:
    from dataclasses import replace

    from tiab.review.decision_import import undo_entries

    state = review.snapshot.logged
    silent = replace(state.files[0], number=2, held=None, name="later.csv")
    with pytest.raises(ReviewError, match=r"import 2 \(later.csv\) had some of its records"):
        undo_entries(replace(state, files=(*state.files, silent)), 1, reviewer="")


def test_on_the_command_line_an_import_is_undone_by_its_number(review: Review, tmp_path: Path) -> None:
    file = decisions(tmp_path / "d.csv", {TITLES[0]: 1, TITLES[1]: 0})
    assert "tiab undo" in run("label", review.folder, "--from", file, "--reviewer", "eva")
    status = json.loads(run("status", review.folder, "--json"))
    assert [(one["number"], one["kind"], one["name"], one["undone"]) for one in status["imports"]] == [
        (1, "records", "search.csv", False),
        (2, "decisions", "d.csv", False),
    ]
    assert "there is no import 3" in run("undo", review.folder, "--import", 3, code=2)
    assert "Import 2 (d.csv) undone: its decisions are undone. 5 records to screen." in run(
        "undo", review.folder, "--import", 2
    )
    assert "d.csv (undone)" in run("status", review.folder)
    assert json.loads(run("undo", review.folder, "--import", 1, "--json"))["records"] == 0


@settings(max_examples=15)
@given(st.data())
def test_whatever_is_imported_and_undone_in_any_order_the_pool_is_that_of_the_files_left(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("imports")
    names = [f"Study number {n} of its kind" for n in range(6)]
    files = [
        search(folder / f"{n}.csv", data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1)))
        for n in range(3)
    ]
    standing_files: dict[int, set[str]] = {}
    with Review.create(folder / "r") as review:
        for _ in range(data.draw(st.integers(1, 6))):
            if standing_files and data.draw(st.booleans()):
                number = data.draw(st.sampled_from(sorted(standing_files)))
                review.undo_import(number)
                del standing_files[number]
            else:
                file = data.draw(st.sampled_from(files))
                review.add([file])
                with file.open(encoding="utf-8", newline="") as stream:
                    standing_files[len(review.imports())] = {row["title"] for row in csv.DictReader(stream)}
            assert sorted(titles_of(review)) == sorted(set().union(*standing_files.values()))
