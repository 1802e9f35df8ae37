"""What every command promises to programs: `--json`, an example in its help, and a status that the README names."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.cli.commands import COMMANDS, load
from tiab.cli.root import ExitStatus

CRITERIA = corpus_path() / "criteria.toml"


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command by its name, those of groups among them."""
    for name in COMMANDS:
        command = load(name)
        inner = getattr(command, "commands", None) or {"": command}
        yield from ((f"{name} {one}".strip(), each) for one, each in inner.items())


ALL = dict(all_commands())

RUNS = {
    "criteria check": "criteria.toml records.csv",
    "criteria draft": "criteria.toml -o drafted.toml",
    "criteria suggest": "records.csv -c criteria.toml",
    "dedupe": "records.csv",
    "rank": "records.csv -c criteria.toml -o ranked.csv",
    "pico": "records.csv -c criteria.toml",
    "train": "records.csv -l records.csv -c criteria.toml -o mine.safetensors",
    "scan": "records.csv -m mine.safetensors -o top.csv",
    "evaluate": "ranked.csv --gold gold.csv",
    "plan": "--records 60 --prevalence 0.1",
    "simulate": "records.csv -l records.csv -c criteria.toml",
    "demo": "-o demo-output",
    "new": "ms -c criteria.toml",
    "add": "ms records.csv",
    "duplicates": "ms",
    "prior": "ms white-2006",
    "screen": "ms --no-browser",
    "next": "ms -r eva",
    "label": "ms dalgas-2010 include -r eva --note hm",
    "undo": "ms -r eva",
    "show": "ms dalgas-2010 -r eva",
    "status": "ms",
    "team": "ms",
    "share": "ms -o review-eva.tiab -r eva",
    "merge": "ms review-eva.tiab",
    "conflicts": "ms",
    "resolve": "ms deckx-2016 include -r nora",
    "update": "ms update.csv",
    "export": "ms -o export.csv",
    "map": "ms -o evidence.csv",
    "report": "ms -o report.html --figures figures",
    "replay": "ms",
    "check": "ms",
}
"""What each command is run with, in this order, in one folder; those of `tiab fetch` are run by test_pubmed.py."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the corpus in it."""
    for path in corpus_path().iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    assert str(load(name).help).split("\n\n")[0] == COMMANDS[name].summary
    assert COMMANDS[name].summary in " ".join(CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--help"]).stdout.split())


@pytest.mark.parametrize("name", ALL)
def test_every_command_takes_json_and_has_an_example(name: str) -> None:
    command = ALL[name]
    assert any("--json" in option.opts for option in command.params)
    assert "Example:" in str(command.help)
    assert name in RUNS or name.startswith("fetch ")


@pytest.mark.parametrize(
    ("command", "listed"),
    [
        ("evaluate", "error|count"), ("evaluate", "screening|ranking"), ("fetch pubmed", "edat|pdat"),
        ("simulate", "every|never|N"), ("label", "include|exclude|maybe"), ("resolve", "include|exclude|maybe"),
        ("export", "include|exclude|maybe"),
    ],
)  # fmt: skip
def test_help_lists_what_an_option_may_be(command: str, listed: str) -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*command.split(), "--help"]).stdout
    assert listed in shown.replace("[", "").replace("]", "")


@pytest.mark.usefixtures("folder")
def test_every_command_prints_one_json_value_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)  # the page would be served until Ctrl-C
    for name, arguments in RUNS.items():
        if name == "resolve":
            for reviewer, decision in (("eva", "include"), ("kim", "exclude")):
                assert run("label", "ms", "deckx-2016", decision, "-r", reviewer).exit_code == 0
        result = run(*name.split(), *arguments.split(), "--json")
        assert result.exit_code == 0, (name, result.output)
        assert isinstance(json.loads(result.stdout), dict | list), name


def test_what_writes_says_in_json_what_it_wrote(folder: Path) -> None:
    made = json.loads(run("new", "r", "-c", CRITERIA, "--json").stdout)
    assert made == {"folder": "r", "title": made["title"], "seed": 0}
    assert json.loads(run("new", "bare", "--json").stdout)["title"] is None
    run("add", "r", "records.csv")
    assert json.loads(run("export", "r", "-o", "all.csv", "--json").stdout) == {"output": "all.csv", "records": 123}
    said = json.loads(run("report", "r", "-o", "r.md", "-o", "r.json", "--figures", "drawn", "--json").stdout)
    assert said["output"] == ["r.md", "r.json"]
    assert said["summary"]
    assert all((folder / name).is_file() for name in (*said["output"], *said["figures"]))
    for reviewer, decision in (("eva", "include"), ("kim", "exclude")):
        run("label", "r", "white-2006", decision, "-r", reviewer)
    settled = json.loads(run("resolve", "r", "white-2006", "include", "-r", "nora", "--json").stdout)
    assert settled == {"record_id": "white-2006", "decision": "include", "event": settled["event"]}


def test_the_readme_names_every_status(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    table = text.split("| status | meaning |")[1].split("\n\n")[0]
    named = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, flags=re.M) for code in row.split(",")}
    assert named == set(ExitStatus)


def test_the_status_says_how_it_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--version").exit_code == ExitStatus.OK
    assert run("rank", "--nonsense").exit_code == ExitStatus.MISTAKE
    assert run("rank", "nowhere.ris", "-c", "criteria.toml").exit_code == ExitStatus.MISTAKE
    (folder / "damaged.xml").write_text("<?xml version='1.0'?><PubmedArticleSet><PubmedArticle><MedlineCitation>")
    scanned = run("scan", "records.csv", "damaged.xml", "-c", "criteria.toml", "-o", "top.csv")
    assert scanned.exit_code == ExitStatus.DAMAGED
    run("new", "ms", "-c", "criteria.toml")
    run("add", "ms", "records.csv")
    asked = CliRunner().invoke(app, ["next", "ms"], input="n")  # the input ends within a question
    assert asked.exit_code == ExitStatus.INTERRUPTED
    monkeypatch.setattr("tiab.review.Review.status", lambda self: [][0])
    assert run("status", "ms").exit_code == ExitStatus.FAULT
