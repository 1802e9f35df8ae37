"""What looks doubtful in a file, or in a pool, is told by every command, by the page and in Python, once each."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

import tiab
from tiab.cli import app
from tiab.criteria import read_criteria
from tiab.criteria.scripts import foreign_scripts, script_of, script_warning
from tiab.formats import ReadResult, read
from tiab.formats.pool import read_pool
from tiab.records import Record
from tiab.review import Review

CRITERIA = """
title = "Yoga"
question = "Does yoga help?"
[[intervention]]
name = "yoga"
terms = ["yoga"]
"""
FOREIGN = """record_id,title,abstract,year,label_included
1,Yoga for back pain in adults,Twenty women.,2017,1
2,Tax law of the sea in towns,Twenty ships.,2016,0
3,瑜伽对慢性腰痛患者的影响,目的：观察瑜伽的疗效。,2019,0
4,Йога при боли в спине,Двадцать женщин.,2018,0
5,Walking uphill,,2018,0
"""
GAP, SCRIPTS = "1 of 5 records has no abstract", "(Chinese 1, Cyrillic 1)"


@pytest.fixture
def search(tmp_path: Path) -> Path:
    (tmp_path / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
    path = tmp_path / "search.csv"
    path.write_text(FOREIGN, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def commands(search: Path) -> dict[str, list[object]]:
    folder, criteria = search.parent, search.parent / "criteria.toml"
    return {
        "rank": [search, "-c", criteria],
        "train": [search, "-l", search, "-c", criteria, "-o", folder / "model.safetensors"],
        "simulate": [search, "-c", criteria, "--seeds", 1],
        "scan": [search, "-c", criteria, "-o", folder / "top.csv"],
        "dedupe": [search],
        "criteria": ["check", criteria, search],
        "evaluate": [search, "--gold", search],
    }


@pytest.mark.parametrize("name", ["rank", "train", "simulate", "scan", "dedupe", "criteria", "evaluate"])
@pytest.mark.parametrize("as_json", [False, True])
def test_every_command_tells_what_looks_doubtful_once(search: Path, name: str, as_json: bool) -> None:
    result = run(name, *commands(search)[name], *(["--json"] if as_json else []))
    assert result.stderr.count(GAP) == 1
    assert result.stderr.count(SCRIPTS) == (name in ("rank", "train", "simulate", "criteria"))
    if as_json:
        told = json.loads(result.stdout)
        assert isinstance(told, list) or any(GAP in warning for warning in told["warnings"])


def test_other_encodings_are_told_by_rank(tmp_path: Path, search: Path) -> None:
    (tmp_path / "old.csv").write_bytes("title,abstract\nÜbung bei MS,Zwölf übten Yoga.\n".encode("cp1252"))
    assert (
        "old.csv: is not UTF-8; it was read as cp1252"
        in run("rank", tmp_path / "old.csv", "-c", tmp_path / "criteria.toml").stderr
    )


def test_evaluate_says_where_it_takes_the_order_of_the_file(search: Path) -> None:
    ranked = search.parent / "ranked.csv"
    result = run("evaluate", search, "--gold", search, "--json")
    said = f"{search}: has no ranks: the order of the file is taken as the ranking"
    assert said in result.stderr
    assert said in json.loads(result.stdout)["warnings"]
    run("rank", search, "-c", search.parent / "criteria.toml", "-o", ranked)
    assert "has no ranks" not in run("evaluate", ranked, "--gold", search).stderr


def test_a_review_tells_it_when_records_are_added_and_when_it_ranks(search: Path) -> None:
    folder = search.parent / "review"
    run("new", folder, "-c", search.parent / "criteria.toml")
    added = run("add", folder, search)
    assert (added.stderr.count(GAP), added.stderr.count(SCRIPTS)) == (1, 1)
    assert run("rank", folder).stderr.count(SCRIPTS) == 1


@pytest.fixture
def review(search: Path) -> Review:
    made = Review.create(search.parent / "review", search.parent / "criteria.toml")
    made.add([search])
    return made


def test_the_page_tells_it_beside_the_counts_of_the_criteria(page: httpx.Client) -> None:
    assert SCRIPTS in page.post("criteria/check", json={"text": CRITERIA}).json()["html"]


def test_python_warns(search: Path) -> None:
    with pytest.warns(tiab.TiabWarning, match=GAP) as said:
        records = tiab.read_records(search)
    assert [Path(one.filename).name for one in said] == [Path(__file__).name], "as the line of whoever called"
    with pytest.warns(tiab.TiabWarning, match=r"2 of 5 records are in a script .*\(Chinese 1, Cyrillic 1\)"):
        tiab.rank(records, criteria=read_criteria(search.parent / "criteria.toml"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tiab.rank(records, labels={"1": "include"})  # no criteria that could match


def test_warnings_belong_to_what_was_read(search: Path) -> None:
    result = read(search)
    assert isinstance(result, ReadResult)
    assert result.warnings == (GAP,)
    assert read_pool([search]).warnings == (f"{search}: {GAP}",)
    with pytest.raises(AttributeError):
        result.warnings = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("TNF-α in mice", "Latin"), ("Übung", "Latin"), ("Йога: RCT", "Cyrillic"), ("يوغا لآلام الظهر", "Arabic"),
        ("γιόγκα για τον πόνο", "Greek"), ("만성 요통", "Korean"), ("ヨガの効果", "Japanese"), ("慢性腰痛", "Chinese"),
        ("ผลของโยคะ", "Thai"), ("יוגה לכאב", "Hebrew"), ("योग", "Indic"), ("2019", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_script_of_a_text(text: str, script: str) -> None:
    assert script_of(text) == script


def test_a_script_of_a_term_is_none_to_warn_of(search: Path) -> None:
    (search.parent / "criteria.toml").write_text(CRITERIA.replace('["yoga"]', '["yoga", "йога"]'), encoding="utf-8")
    criteria = read_criteria(search.parent / "criteria.toml")
    assert foreign_scripts(read_pool([search]).records, criteria) == {"Chinese": 1}
    assert foreign_scripts([Record(record_id="1", title="瑜伽")], None) == {}
    assert script_warning({}, 3) == ""
    assert script_warning({"Arabic": 1}, 3).startswith("1 of 3 records is in a script")
