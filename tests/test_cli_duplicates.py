from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tiab.cli import app
from tiab.dedupe import Duplicates
from tiab.errors import LabelError
from tiab.review import Review, record_import

TITLE = "Resistance training and cytokines in multiple sclerosis"
DOUBTFUL = "Aquatic exercise in people with fatigue after chemotherapy"


def run(*arguments: object, keys: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=keys)


def listed(folder: Path) -> dict[str, Any]:
    result = run("duplicates", folder, "--json")
    assert result.exit_code == 0, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review of two exports, from before duplicates were found as records come in.

    Both have one report, under other identifiers, and there are two pairs that are doubtful.
    """
    monkeypatch.setattr(record_import, "find_duplicates", lambda records, progress=None: Duplicates())
    fields = ("record_id", "title", "authors", "year", "journal", "volume", "pages")
    exports = {
        "one.csv": [
            ("a1", TITLE, "White LJ", 2006, "J Sports Sci", 24, "911-919"),
            ("a2", DOUBTFUL, "Bansi J", 2013, "Mult Scler", 19, "613"),
            ("a3", f"{DOUBTFUL} of the breast", "Ng K", 2014, "Brain", 3, "1"),
        ],
        "two.csv": [
            ("b1", TITLE.upper(), "White, Lesley", 2006, "Journal of Sports Sciences", 24, "911"),
            ("b2", DOUBTFUL, "Bansi J", 2013, "Mult Scler", 20, "77"),
            ("b3", f"{DOUBTFUL} of the breast", "Ng K", 2016, "Brain", 5, "9"),
        ],
    }
    review = tmp_path / "review"
    assert run("new", review).exit_code == 0
    for name, rows in exports.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([fields, *rows])
        assert run("add", review, tmp_path / name).exit_code == 0
    return review


def test_certain_ones_are_linked_and_doubtful_ones_asked_about(folder: Path) -> None:
    before = listed(folder)
    assert [group["record_ids"] for group in before["certain"]] == [["a1", "b1"]]
    assert [pair["record_ids"] for pair in before["doubtful"]] == [["a2", "b2"], ["a3", "b3"]]
    shown = run("duplicates", folder, keys="xsd")
    assert shown.exit_code == 0, shown.output
    assert "1 duplicate linked; 2 doubtful pairs to check" in shown.stderr
    assert "2 pairs resolved" in shown.stdout
    assert listed(folder) == {"certain": [], "doubtful": [], "related": []}
    with Review(folder) as review:
        assert dict(review.snapshot.groups.main_of) == {"b1": "a1", "b2": "a2"}


def test_what_was_settled_as_two_is_not_asked_again(folder: Path) -> None:
    run("duplicates", folder, keys="dq")
    assert [pair["record_ids"] for pair in listed(folder)["doubtful"]] == [["a3", "b3"]]


def test_what_was_kept_apart_is_logged_as_that(folder: Path) -> None:
    run("duplicates", folder, "--reviewer", "eva", keys="dq")
    with Review(folder) as review:
        entry = review.events()[-1]
        assert (entry.kind, entry.record_id, entry.reviewer) == ("kept_apart", "b2", "eva")
        assert dict(entry.payload) == {"from": "a2"}
        review.merge("b3", "a3")
        with pytest.raises(LabelError, match="are one already"):
            review.keep_apart("a3", "b3")
        with pytest.raises(LabelError, match="no record"):
            review.keep_apart("a3", "none")


def test_what_an_earlier_version_kept_apart_stays_so(folder: Path) -> None:
    """It noted a link and took it back at once."""
    with Review(folder) as review:
        review.merge("b2", "a2", reason="looked at side by side: two reports")
        review.unmerge("b2")
    assert [pair["record_ids"] for pair in listed(folder)["doubtful"]] == [["a3", "b3"]]


def test_a_link_can_be_taken_back_and_is_not_made_again(folder: Path) -> None:
    run("duplicates", folder, keys="q")
    assert run("duplicates", folder, "--unlink", "b1").exit_code == 0
    assert listed(folder)["certain"] == []
    run("duplicates", folder, keys="q")
    with Review(folder) as review:
        assert review.snapshot.groups.main_of == {}


def test_listing_links_nothing(folder: Path) -> None:
    shown = run("duplicates", folder, "--list")
    assert shown.exit_code == 0, shown.output
    assert "a1, b1: same authors and place in print" in shown.stdout
    assert "a2 ? b2" in shown.stdout
    with Review(folder) as review:
        assert review.snapshot.groups.main_of == {}


def test_a_record_that_is_no_duplicate_cannot_be_unlinked(folder: Path) -> None:
    result = run("duplicates", folder, "--unlink", "a1")
    assert result.exit_code == 2
    assert "is no duplicate" in result.stderr


def test_reports_of_one_study_are_named_and_stay_apart(folder: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    rows = [("c1", "Yoga and sleep", "Registered: NCT01234567"), ("c2", "Yoga and gait", "NCT01234567")]
    with more.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("record_id", "title", "abstract"), *rows])
    assert run("add", folder, more).exit_code == 0
    assert listed(folder)["related"] == [{"record_ids": ["c1", "c2"], "reason": "registered as NCT01234567"}]
    assert "c1, c2: the same study? registered as NCT01234567" in run("duplicates", folder, "--list").stdout
