"""tiab plan: what each rule will cost."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from tiab.cli import app
from tiab.stopping import NO_GUARANTEE, plan
from tiab.stopping.planning import planned_rules, planned_runs


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["plan", *map(str, arguments)])


def test_hours_and_days_follow_from_records_and_people() -> None:
    result = run("--records", 300, "--prevalence", 0.02, "--reviewers", 1, "--runs", 20, "--seconds", 60, "--json")
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert (made["n_relevant"], made["screeners"], made["reviewers"]) == (6, 1, 1)
    everything = made["rows"][0]
    assert everything["records_mean"] == 300
    assert everything["person_hours"] == pytest.approx(5)
    assert everything["days"] == pytest.approx(5 / 4)
    two = json.loads(run("-n", 300, "-p", 0.02, "--reviewers", 4, "--runs", 20, "--seconds", 60, "--json").stdout)
    assert two["screeners"] == 2
    assert two["rows"][0]["days"] == pytest.approx(10 / (4 * 4))


@pytest.mark.parametrize("size", [("-n", 10**9), ("-n", 10**30), ("-n", 10, "--runs", 10**9)])
def test_what_cannot_be_simulated_is_refused(size: tuple[object, ...]) -> None:
    result = run(*size, "-p", 0.01)
    assert result.exit_code == 2
    assert "more than can be simulated" in result.stderr


def test_rules_of_thumb_stand_under_no_guarantee() -> None:
    result = run("-n", 300, "-p", 0.02, "--runs", 20)
    assert result.exit_code == 0, result.output
    sure, thumb = result.stdout.split(NO_GUARANTEE)
    assert "exact test (trailing)" in sure
    assert "in a row" not in sure.replace("in a row;", "")
    for name in ("50 irrelevant", "read 50%", "knee", "SAFE"):
        assert name in thumb
    assert "random order" in " ".join(thumb.split())  # the assumption, in words


def test_large_pools_get_fewer_runs_and_no_slow_rule() -> None:
    assert planned_runs(1) == 200
    assert planned_runs(5_000) == 100
    assert planned_runs(10**7) == 50
    assert not any("buscar" in rule.name for rule in planned_rules(20_000, 0.05))
    assert any("buscar" in rule.name for rule in planned_rules(20_000, 0.05, runs=10))
    assert any("buscar" in rule.name for rule in planned_rules(20_000, 0.01))
    assert "buscar is left out" in " ".join(run("-n", 2000, "-p", 0.6, "--runs", 50).stderr.split())


def test_progress_is_told_of_each_rule() -> None:
    told: list[int] = []
    made = plan(100, 0.05, runs=3, progress=told.append)
    assert told == [1] * len(made.rows)


@pytest.mark.parametrize(
    "arguments",
    [("-n", 100, "-p", 0.1, "--reviewers", 1, "--screeners", 2), ("-n", 100, "-p", 1.5), ("-n", 0, "-p", 0)],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...]) -> None:
    assert run(*arguments, "--runs", 2).exit_code == 2
