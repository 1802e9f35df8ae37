from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tiab.cli import app
from tiab.dedupe import find_duplicates, joined, read_apart, related_reports, taken_once
from tiab.formats import read_records
from tiab.records import Record

TITLE = "Resistance training and cytokines in multiple sclerosis"


def ids(records: list[Record]) -> list[tuple[str, ...]]:
    return [reports.record_ids for reports in related_reports(records)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"abstract": "Registered: NCT01234567."}, {"abstract": "(clinicaltrials.gov NCT 01234567)"}),
        ({"extra": (("SI", "ClinicalTrials.gov/NCT01234567"),)}, {"abstract": "nct01234567"}),
        ({"abstract": "ISRCTN12345678"}, {"abstract": "ISRCTN 12345678"}),
        ({"abstract": "EudraCT 2010-018683-25"}, {"abstract": "2010-018683-25"}),
        (
            {"title": "The SMARTER trial: main results", "authors": ("White LJ",)},
            {"title": "Sleep in the SMARTER study", "authors": ("White, Lesley",)},
        ),
        ({"title": TITLE}, {"title": f"Erratum to: {TITLE}"}),
    ],
)
def test_reports_of_one_study_are_related_and_no_duplicates(
    first: dict[str, object], second: dict[str, object]
) -> None:
    records = [
        Record(record_id="a", **{"title": "Yoga and sleep in older people", **first}),  # type: ignore[arg-type]
        Record(record_id="b", **{"title": "Fatigue after twelve weeks of yoga", **second}),  # type: ignore[arg-type]
    ]
    assert ids(records) == [("a", "b")]
    assert find_duplicates(records).certain == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"abstract": "NCT01234567"}, {"abstract": "NCT01234568"}),
        ({"title": "The fMRI study: gait", "authors": ("Li, A",)}, {"title": "The fMRI study", "authors": ("Li, A",)}),
        ({"title": "The SMARTER trial", "authors": ("Li, A",)}, {"title": "The SMARTER trial", "authors": ("Ng, B",)}),
        ({"title": "Editorial"}, {"title": "Erratum: Editorial"}),
    ],
)  # fmt: skip
def test_what_says_too_little_relates_nothing(first: dict[str, object], second: dict[str, object]) -> None:
    records = [Record(record_id="a", **first), Record(record_id="b", **second)]  # type: ignore[arg-type]
    assert ids(records) == []


def test_a_review_that_names_many_trials_is_no_report_of_them() -> None:
    many = " ".join(f"NCT0000000{n}" for n in range(1, 6))
    assert ids([Record(record_id="a", abstract=many), Record(record_id="b", abstract="NCT00000001")]) == []


def test_the_fullest_record_stands_for_all_and_takes_what_it_lacks() -> None:
    thin = Record(record_id="1", title=TITLE, pmid="7", keywords=("yoga",))
    full = Record(record_id="2", title=TITLE, abstract="Ten trained.", doi="10.1/x", extra=(("VL", "3"),))
    one = joined([thin, full])
    assert (one.record_id, one.abstract, one.pmid, one.doi, one.keywords) == (
        "2",
        "Ten trained.",
        "7",
        "10.1/x",
        ("yoga",),
    )
    assert one.extra == full.extra
    assert joined([thin]) == thin
    with pytest.raises(ValueError, match="no records"):
        joined([])


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two exports that share one report, number from 1 each, and hold a pair that is doubtful."""
    known = {"title": TITLE, "authors": "White LJ", "year": 2006, "volume": 24, "pages": "911-919", "pmid": "16815786"}
    other = {
        "title": "Aquatic exercise in people with fatigue",
        "authors": "Bansi J",
        "year": 2013,
        "volume": 19,
        "pages": "613",
    }
    first = [
        {"record_id": 1, **known, "abstract": "Ten trained."},
        {"record_id": 2, **other, "pmid": "", "abstract": ""},
    ]
    second = [
        {"record_id": 1, **known, "pmid": "", "abstract": ""},
        {"record_id": 2, **other, "pages": "9", "pmid": "", "abstract": ""},
    ]
    return [write(tmp_path / "pubmed.csv", first), write(tmp_path / "scopus.csv", second)]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_records_of_several_files_keep_apart(files: list[Path]) -> None:
    records = read_apart(files)
    assert [record.record_id for record in records] == ["1", "2", "1#2", "2#2"]
    once, columns = taken_once(records, find_duplicates(records))
    assert [record.record_id for record in once] == ["1", "2", "2#2"]
    assert columns["duplicates"] == {"1": ["1#2"], "2": [], "2#2": []}
    assert columns["sources"]["1"] == ["pubmed.csv", "scopus.csv"]


def test_the_command_writes_each_report_once(files: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "once.csv"
    result = run("dedupe", *files, "-o", output, "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["records"], said["duplicates"]) == (4, 1)
    assert said["sources"]["scopus.csv"] == {"records": 2, "duplicates": 1}
    assert said["certain"] == [{"record_ids": ["1", "1#2"], "reason": "same authors and place in print"}]
    assert [pair["record_ids"] for pair in said["doubtful"]] == [["2", "2#2"]]
    assert [record.record_id for record in read_records(output)] == ["1", "2", "2#2"]
    assert "3 of 4 records written" in result.stderr


def test_the_command_shows_counts_and_doubtful_pairs(files: list[Path]) -> None:
    shown = run("dedupe", *files)
    assert shown.exit_code == 0, shown.output
    assert "1 pair that may be the same report" in shown.stdout
    assert "different pages" in " ".join(shown.stdout.split())
