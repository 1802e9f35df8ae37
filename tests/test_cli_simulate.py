from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tiab.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """Twelve records, four of them on yoga and included."""
    path = tmp_path / "review.csv"
    rows = [
        f"{number},{'Yoga for pain' if number % 3 == 0 else 'Tax law'} {number},,{int(number % 3 == 0)}"
        for number in range(12)
    ]
    path.write_text("record_id,title,abstract,label_included\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_gives_one_run_for_each_seed_and_the_same_with_two_processes(review: Path) -> None:
    one, two = (run("simulate", review, "--seeds", 3, "--jobs", jobs, "--json") for jobs in (1, 2))
    assert one.exit_code == 0, one.output
    assert json.loads(one.stdout) == json.loads(two.stdout)
    runs = json.loads(one.stdout)["runs"]
    assert [r["seed"] for r in runs] == [0, 1, 2]
    assert all(len(r["order"]) == 12 and r["evaluation"]["n_relevant"] == 3 for r in runs)
    assert len({tuple(r["prior"]) for r in runs}) > 1


def test_says_how_many_records_count_as_irrelevant_for_want_of_a_decision(review: Path) -> None:
    assert "counted as irrelevant" not in run("simulate", review, "--json").stderr
    with review.open("a", encoding="utf-8") as file:
        file.write("12,Tax law 12,,\n")
    said = run("simulate", review, "--json").stderr
    assert "1 record has no decision, or a maybe: counted as irrelevant." in " ".join(said.split())


def test_starts_from_the_priors_it_is_given(review: Path) -> None:
    result = run("simulate", review, "--prior-included", "3", "--prior-excluded", "4", "--retrain", "2", "--json")
    (only,) = json.loads(result.stdout)["runs"]
    assert only["prior"] == only["order"][:2] == ["3", "4"]
    assert only["evaluation"]["last_relevant_rank"] == 3


def test_draws_as_many_priors_as_it_is_told(review: Path) -> None:
    runs = json.loads(run("simulate", review, "--priors", 2, "--seeds", 2, "--json").stdout)["runs"]
    for one in runs:
        assert [int(record_id) % 3 == 0 for record_id in one["prior"]] == [True, True, False, False]
        assert one["order"][:4] == one["prior"]
        assert (one["evaluation"]["n_prior"], one["evaluation"]["n_relevant"]) == (4, 2)
        assert one["evaluation"]["with_prior"]["n_relevant"] == 4  # counted in and out
    assert runs[0]["prior"] != runs[1]["prior"]


def test_rules_look_on_and_curves_are_drawn(review: Path, tmp_path: Path) -> None:
    result = run("simulate", review, "--seeds", 3, "--curve", tmp_path / "curve.svg", "--json")
    assert result.exit_code == 0, result.output
    rules = {rule["rule"]: rule for rule in json.loads(result.stdout)["rules"]}
    everything, half = rules["read everything"], rules["read 50%"]
    assert (everything["records_mean"], everything["recall_mean"]) == (10, 1)
    assert half["records_mean"] == 5
    assert half["guarantee"] == "no guarantee"
    drawn = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert "worst to best of 3 runs" in drawn
    shown = run("simulate", review).stdout
    assert "stopped at" in shown
    assert "missed" in shown
    assert "no worse than random order" in " ".join(shown.split())


def test_says_what_it_means(review: Path) -> None:
    result = run("simulate", review)
    assert result.exit_code == 0, result.output
    assert "WSS@95" in result.stdout
    assert "3 of 10" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--prior-included", "4"], "'4' is not included"),
        (["--prior-excluded", "3"], "'3' is not excluded"),
        (["--priors", "5"], "5 relevant and 5 irrelevant records"),
        (["--priors", "1", "--prior-included", "3"], "Use one or the other"),
        (["--retrain", "often"], "--retrain is 'often'"),
        (["--retrain", "0"], "retrain is 0"),
    ],
)
def test_a_mistake_is_one_line(review: Path, arguments: list[str], said: str) -> None:
    result = run("simulate", review, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
