"""What goes into a review and out of it: prior knowledge, decisions made elsewhere, later searches, exports."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tiab.assets import corpus_path
from tiab.decisions import read_decisions, read_labels
from tiab.errors import InputError, LabelError, ReviewError
from tiab.formats import read_records
from tiab.labels import Decision
from tiab.review import Policy, Review

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE
STUDIES = [
    ("Yoga for fatigue in multiple sclerosis", "10.1000/a", "101"),
    ("Tax law in the Hanseatic League", "10.1000/b", "102"),
    ("Aerobic exercise and interleukin 6 in multiple sclerosis", "10.1000/c", "103"),
    ("Mass spectrometry of leptin", "10.1000/d", "104"),
    ("Resistance training in multiple sclerosis", "10.1000/e", ""),
]


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    rows = [
        {"record_id": f"r{n}", "title": title, "abstract": f"Abstract {n}.", "doi": doi, "pmid": pmid}
        for n, (title, doi, pmid) in enumerate(STUDIES)
    ]
    with Review.create(tmp_path / "r") as made:
        made.add([table(tmp_path / "search.csv", rows)])
        yield made


def said(review: Review, reviewer: str | None = "") -> dict[str, str]:
    return {key: str(label.decision) for key, label in review.labels(reviewer).items()}


# Prior knowledge


def test_prior_knowledge_is_named_by_pmid_doi_title_or_id(review: Review) -> None:
    names = [
        "PMID: 101",
        "https://doi.org/10.1000/B",
        "mass spectrometry of LEPTIN.",
        "r4",
        "999",
        "Unknown title",
        " ",
    ]
    matching = review.add_prior(names)
    assert [record_id for record_id, _ in matching.found] == ["r0", "r1", "r3", "r4"]
    assert matching.missing == ("999", "Unknown title")
    assert all(label.prior for label in review.labels("").values())
    assert review.status().prior == 4
    suggestion = review.next("anyone")
    assert suggestion is not None
    assert (suggestion.record.record_id, suggestion.left) == ("r2", 1)


def test_prior_knowledge_is_no_screening(review: Review) -> None:
    review.add_prior(["101"])
    review.label("r0", EXCLUDE, reviewer="eva")
    assert said(review) == {"r0": "include"}
    assert said(review, "eva") == {"r0": "exclude"}
    assert said(review, None) == {"r0": "exclude"}
    assert review.conflicts() == ()
    assert list(review.status().reviewers) == ["eva"]


# Decisions made elsewhere


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_asreview_project(review: Review, root: Path, version: int) -> None:
    project = root / "tests" / "data" / "review" / f"asreview-{version}.asreview"
    decided = read_decisions(project).decided
    assert [one.prior for one in decided[:3]] == [True, True, False]
    matching = review.add_labels(project, reviewer="eva")
    found = said(review, "eva")
    everything = {"r0": "include", "r1": "exclude", "r2": "include", "r3": "exclude", "r4": "include"}
    assert found == ({key: everything[key] for key in found})
    assert len(found) == (5 if version == 1 else 4)
    assert matching.missing == (("Diet in mice",) if version == 1 else ())
    assert sum(label.prior for label in review.labels("eva").values()) == 2


@pytest.mark.parametrize(("keep", "message"), [(6, ""), (3, "has a decision on record [345], which it does not hold")])
def test_a_project_whose_dataset_has_no_numbers_of_its_own(
    review: Review, root: Path, tmp_path: Path, keep: int, message: str
) -> None:
    """As uploaded to ASReview 1: its results then count the rows of the dataset from 0."""
    (tmp_path / "x").mkdir()
    with zipfile.ZipFile(root / "tests" / "data" / "review" / "asreview-1.asreview") as archive:
        archive.extractall(tmp_path / "x")
    dataset = tmp_path / "x" / "data" / "data.csv"
    rows = [{key: row[key] for key in ("title", "abstract", "doi")} for row in rows_of(dataset)[:keep]]
    table(dataset, rows)  # type: ignore[arg-type]
    project = Path(shutil.make_archive(str(tmp_path / "project"), "zip", tmp_path / "x"))
    if message:
        with pytest.raises(LabelError, match=message):
            review.add_labels(project, reviewer="eva")
        return
    review.add_labels(project, reviewer="eva")
    assert said(review, "eva") == {"r0": "include", "r1": "exclude", "r2": "include", "r3": "exclude", "r4": "include"}


def test_decisions_are_found_by_id_pmid_doi_or_title(review: Review, tmp_path: Path) -> None:
    file = table(
        tmp_path / "decisions.csv",
        [
            {"record_id": "r0", "title": STUDIES[0][0], "decision": "include", "reason": ""},
            {
                "record_id": "r3",
                "title": "A quite different study",
                "decision": "exclude",
                "pmid": "102",
                "reason": "law",
            },
            {"record_id": "", "title": "An early view title", "decision": "maybe", "doi": "10.1000/c"},
            {"record_id": "", "title": "mass spectrometry of leptin", "decision": "exclude"},
            {"record_id": "", "title": "Nowhere to be found", "decision": "include"},
            {"record_id": "r4", "title": STUDIES[4][0], "decision": ""},
        ],
    )
    matching = review.add_labels(file, reviewer="eva")
    assert said(review, "eva") == {"r0": "include", "r1": "exclude", "r2": "maybe", "r3": "exclude"}
    assert matching.missing == ("Nowhere to be found",)
    assert review.labels("eva")["r1"].reason == "law"
    events = len(review.events())
    review.add_labels(file, reviewer="eva")
    assert len(review.events()) == events


def test_a_table_of_ids_and_decisions(review: Review, tmp_path: Path) -> None:
    file = table(
        tmp_path / "d.csv", [{"record_id": "r0", "label_included": 1}, {"record_id": "r1", "label_included": 0}]
    )
    review.add_labels(file, prior=True)
    assert said(review) == {"r0": "include", "r1": "exclude"}
    assert all(label.prior for label in review.labels("").values())


def test_what_a_review_exports_another_takes_in(review: Review, tmp_path: Path) -> None:
    for n, decision in enumerate((INCLUDE, EXCLUDE, MAYBE)):
        review.label(f"r{n}", decision, reviewer="eva", reason="why" if n == 1 else "")
    for suffix in (".csv", ".xlsx", ".ris"):
        assert review.export(tmp_path / f"out{suffix}", reviewer="eva") == 5
        with Review.create(tmp_path / f"other{suffix}") as other:
            other.add([tmp_path / "search.csv"])
            matching = other.add_labels(tmp_path / f"out{suffix}", reviewer="eva")
            assert matching.missing == ()
            assert said(other, "eva") == said(review, "eva")


@pytest.mark.parametrize("content", [{}, {"project.json": "{"}, {"project.json": "{}", "results.db": "x"}])
def test_a_damaged_project(review: Review, tmp_path: Path, content: dict[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "p.asreview", "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    with pytest.raises((InputError, LabelError)):
        review.add_labels(tmp_path / "p.asreview")
    assert said(review) == {}


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW results AS WITH RECURSIVE c(record_id, label) AS "
        "(SELECT 1, 1 UNION ALL SELECT record_id + 1, 1 FROM c) SELECT * FROM c",
        "CREATE VIEW results AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT count(*) AS record_id, 1 AS label FROM c",
        "CREATE TABLE results (record_id, label, notes AS (printf('%.*c', 900000000, 'x'))); "
        "INSERT INTO results (record_id, label) VALUES (1, 1)",
        "CREATE TABLE results (record_id, label); INSERT INTO results VALUES (NULL, 1), (1e999, 1), ('x', 1)",
        "CREATE TABLE results (record_id, label, notes); INSERT INTO results VALUES (1, 1, CAST(x'ff80' AS TEXT))",
    ],
)
def test_a_project_that_would_be_read_for_ever(review: Review, tmp_path: Path, sql: str) -> None:
    database = tmp_path / "results.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(sql)
    with zipfile.ZipFile(tmp_path / "p.asreview", "w") as archive:
        archive.writestr("project.json", "{}")
        archive.write(database, "reviews/1/results.db")
    with pytest.raises(InputError, match="is a damaged project"):
        review.add_labels(tmp_path / "p.asreview")


def test_a_project_in_which_nothing_was_screened(review: Review, root: Path, tmp_path: Path) -> None:
    import sqlite3

    (tmp_path / "x").mkdir()
    with zipfile.ZipFile(root / "tests" / "data" / "review" / "asreview-3.asreview") as archive:
        archive.extractall(tmp_path / "x")
    connection = sqlite3.connect(tmp_path / "x" / "results.db")
    connection.execute("DELETE FROM results")
    connection.commit()
    connection.close()
    empty = Path(shutil.make_archive(str(tmp_path / "empty"), "zip", tmp_path / "x"))
    with pytest.raises(LabelError, match="holds no decisions"):
        review.add_labels(empty)


# Out


def test_an_export_says_rank_decision_and_reasons(review: Review, tmp_path: Path) -> None:
    review.set_policy(Policy(scheme="one"))
    review.label("r0", INCLUDE, reviewer="eva", note="good")
    review.label("r0", INCLUDE, reviewer="ben")
    review.label("r1", EXCLUDE, reviewer="eva", reason="law")
    review.label("r2", EXCLUDE, reviewer="eva")
    review.label("r2", INCLUDE, reviewer="ben")
    review.merge("r3", "r1")
    out = tmp_path / "out.csv"
    assert review.export(out) == 4
    rows = {row["record_id"]: row for row in rows_of(out)}
    assert [row["rank"] for row in rows.values()] == ["1", "2", "3", "4"]
    assert rows["r0"]["decision"] == "include"
    assert rows["r0"]["note"] == "good"
    assert rows["r1"]["reason"] == "law"
    assert (rows["r2"]["decision"], rows["r2"]["conflict"]) == ("", "yes")
    assert (rows["r2"]["decision_eva"], rows["r2"]["decision_ben"]) == ("exclude", "include")
    assert read_labels(out) == {"r0": INCLUDE, "r1": EXCLUDE}
    assert review.export(out, duplicates=True) == 5
    rows = {row["record_id"]: row for row in rows_of(out)}
    assert (rows["r3"]["duplicate_of"], rows["r3"]["decision"]) == ("r1", "exclude")
    assert review.export(out, only=[INCLUDE, MAYBE]) == 1
    exported = [event for event in review.events() if event.kind == "exported"]
    assert [event.payload["records"] for event in exported] == [4, 5, 1]


def test_an_export_for_one_reviewer_is_blinded(review: Review, tmp_path: Path) -> None:
    review.label("r0", INCLUDE, reviewer="eva", reason="secret", note="secret")
    review.label("r1", EXCLUDE, reviewer="ben")
    review.export(tmp_path / "out.csv", reviewer="ben")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "secret" not in text
    assert "eva" not in text
    assert read_labels(tmp_path / "out.csv") == {"r1": EXCLUDE}


def test_an_export_that_cannot_be_written_is_not_logged(review: Review, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        review.export(tmp_path / "out.docx")
    with pytest.raises(InputError):
        review.export(tmp_path / "no" / "such" / "out.csv")
    assert "exported" not in [event.kind for event in review.events()]


# A later search


def test_the_founding_review_is_updated(tmp_path: Path) -> None:
    """The worked example: the review is screened, a later search comes, and its eligible studies stand on top."""
    corpus = corpus_path()
    gold = {row["record_id"] for row in rows_of(corpus / "gold.csv")}
    with Review.create(tmp_path / "r", corpus / "criteria.toml") as review:
        review.add([corpus / "records.csv"])
        for record in review.snapshot.records:
            review.label(record.record_id, INCLUDE if record.record_id in gold else EXCLUDE)
        update = review.update([corpus / "update.csv", corpus / "records.csv"])
        assert [(one.new, one.known) for one in update.reports][1] == (0, len(read_records(corpus / "records.csv")))
        assert update.ranking is not None
        assert len(update.include_scores) == len(gold) == 12
        found = update.table
        assert list(found["rank"]) == list(range(1, len(found) + 1))
        assert found["above_includes"].between(0, 1).all()
        assert found["above_excludes"].is_monotonic_decreasing
        update.write(tmp_path / "short.csv")
        first = rows_of(tmp_path / "short.csv")[0]
        assert first["record_id"] == found["record_id"][0]
        assert float(first["above_excludes"]) == found["above_excludes"][0]
        assert "not learned from it" in " ".join(update.summary())
        assert review.status().left == update.reports[0].new
        assert review.replay().identical


def test_held_out_scores_are_not_those_of_what_was_learned(tmp_path: Path) -> None:
    """On noise, what a model has learned from scores high and what it has not does not: the difference is the leak."""
    import random

    from tiab.features import make_features
    from tiab.labels import Label
    from tiab.review.rankings import Learner
    from tiab.review.updating import held_out_scores

    words = random.Random(0)
    rows = [
        {"record_id": f"n{n}", "title": " ".join(f"w{words.randrange(400)}" for _ in range(12)), "abstract": ""}
        for n in range(80)
    ]
    records = read_records(table(tmp_path / "noise.csv", rows))
    labels = {
        record.record_id: Label(record_id=record.record_id, decision=INCLUDE if n % 4 == 0 else EXCLUDE)
        for n, record in enumerate(records)
    }
    learner = Learner(make_features(records), [record.fingerprint for record in records])
    learned = learner.learn(labels)
    included, excluded = held_out_scores(learner, learned.labels)
    fitted = [learned.scores[n] for n in range(0, 80, 4)]
    assert len(included) == 20
    assert len(excluded) == 60
    above = sum(one > other for one in included for other in excluded) / 1200
    assert 0.3 < above < 0.7
    assert min(fitted) > sorted(included)[-3]


def test_an_update_with_nothing_new(review: Review, tmp_path: Path) -> None:
    review.label("r0", INCLUDE)
    update = review.update([tmp_path / "search.csv"])
    assert update.ranking is None
    assert update.summary() == ["0 records are new; 5 the review had already."]
    update.write(tmp_path / "none.csv")
    assert len(update.table) == 0


# Places


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Within it this program, which gives up being root, may only read what is in `folder`."""
    was, paths = os.geteuid(), [folder, *folder.iterdir()]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_read_only_review_ranks_and_exports_and_takes_no_decision(review: Review, tmp_path: Path) -> None:
    review.label("r0", INCLUDE)
    then = review.next()
    order = review.rank().order
    review.close()
    place = Path(tempfile.mkdtemp())
    try:
        place.chmod(0o777)
        shutil.copytree(review.folder, place / "ms")
        with read_only(place / "ms"), Review(place / "ms") as opened:
            assert opened.read_only
            assert opened.next() == then
            assert opened.rank().order == order
            assert opened.status().joint.include == 1
            assert opened.export(place / "out.csv") == 5
            more = place / "out.csv"
            for write in (
                lambda: opened.label("r1", INCLUDE),
                lambda: opened.add([more]),
                lambda: opened.merge("r1", "r2"),
                lambda: opened.update([more]),
            ):
                with pytest.raises(ReviewError, match="can be read but not written"):
                    write()
    finally:
        shutil.rmtree(place)


def test_hostile_exports_are_taken_in_as_they_are(tmp_path: Path) -> None:
    rows = [
        {"record_id": "1", "title": "'); DROP TABLE records; --", "abstract": "x"},
        {"record_id": "2", "title": "<script>alert(1)</script>", "abstract": "=cmd|' /C calc'!A0"},
        {"record_id": "3", "title": "x" * 3_000_000, "abstract": "long"},
        {"record_id": "../../etc/passwd", "title": "path", "abstract": ""},
    ]
    with Review.create(tmp_path / "r") as review:
        report = review.add([table(tmp_path / "hostile.csv", rows)])[0]
        assert report.new == 4
        for row in rows:
            review.label(str(row["record_id"]), INCLUDE, reviewer="'; --", note="\0")
        assert review.record("1").title == rows[0]["title"]
        assert review.next("'; --") is None
        assert json.dumps(review.status().to_dict())
        assert review.replay().identical


def test_a_million_columns(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(
        "title,abstract," + ",".join(f"c{n}" for n in range(1_000_000)) + "\nYoga,Text," + "," * 999_999 + "\n"
    )
    with Review.create(tmp_path / "r") as review:
        try:
            found = review.add([file])[0].found
        except InputError as error:
            found = str(error).count("\n") + 1  # one clear line is as good
    assert found == 1


def test_the_exports_in_an_archive_are_counted_one_by_one(tmp_path: Path) -> None:
    one = table(tmp_path / "one.csv", [{"title": title, "doi": doi} for title, doi, _ in STUDIES[:3]])
    two = table(tmp_path / "two.csv", [{"title": title, "doi": doi} for title, doi, _ in STUDIES[2:]])
    with zipfile.ZipFile(tmp_path / "searches.zip", "w") as archive:
        archive.write(two, "exports/two.csv")
        archive.write(one, "exports/one.csv")
    with Review.create(tmp_path / "review") as review:
        reports = review.add([tmp_path / "searches.zip"])
        assert [(report.name, report.found, report.new) for report in reports] == [("one.csv", 3, 3), ("two.csv", 3, 2)]
        assert {record.source for record in review.snapshot.records} == {"one.csv", "two.csv"}
        (again,) = review.add([one])
    assert again.again
