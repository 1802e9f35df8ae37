"""The project around the code: workflows, the map of packages, the commands of CI."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import tiab

WORKFLOWS = ("docs", "release", "tests")


def steps(root: Path, workflow: str) -> list[dict[str, Any]]:
    """All steps of a workflow."""
    told = yaml.safe_load((root / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8"))
    return [step for job in told["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_runs_what_there_is(root: Path, name: str) -> None:
    targets = (root / "Makefile").read_text(encoding="utf-8")
    ran = 0
    for step in steps(root, name):
        assert ("run" in step) != ("uses" in step)
        for script in re.findall(r"\S+\.py\b", step.get("run", "")):
            assert (root / script).is_file(), script
            ran += 1
        for target in re.findall(r"\bmake (\w+)", step.get("run", "")):
            assert f"\n{target}:" in targets, target
            ran += 1
        assert re.fullmatch(r"[\w-]+/[\w-]+@[\w./-]+", step.get("uses", "a/b@v1"))
    assert ran


def test_the_matrix_tries_three_systems_and_the_oldest_and_the_newest_python(root: Path) -> None:
    told = yaml.safe_load((root / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8"))
    matrix = told["jobs"]["tests"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = [tuple(map(int, version.split("."))) for version in matrix["python"]]
    oldest, beyond = re.findall(r"(\d+)\.(\d+)", settings["requires-python"])
    assert min(tried) == tuple(map(int, oldest))
    assert max(tried) == (int(beyond[0]), int(beyond[1]) - 1)


def test_ci_runs_what_there_is(root: Path) -> None:
    text = (root / ".ci" / "run").read_text(encoding="utf-8")
    for script in re.findall(r"scripts/\w+\.py", text):
        assert (root / script).is_file(), script
    targets = re.findall(r"^make (\w+)$", text, flags=re.M)
    assert {"check", "package", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", (root / "Makefile").read_text(encoding="utf-8"), flags=re.M), target


def test_the_version_stands_everywhere(root: Path) -> None:
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+) – (\S+)$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert newest
    assert cited["version"] == tiab.__version__ == newest[1]
    assert str(cited["date-released"]) == newest[2]


def test_links_of_the_package_page_lead_to_the_repository(root: Path) -> None:
    """The built description has whole addresses, below the one that `[project.urls]` gives."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    home = settings["project"]["urls"]["Repository"]
    text = (root / "README.md").read_text(encoding="utf-8")
    for change in settings["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        assert f"{home}/" in change["replacement"]
        text = re.sub(change["pattern"], change["replacement"], text)
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    assert targets
    for markdown, html in targets:
        assert re.match(r"https://|#", markdown or html), markdown or html


def test_the_evidence_sheet_says_what_the_benchmarks_say(root: Path) -> None:
    made = subprocess.run(
        [sys.executable, root / "scripts" / "make_evidence_sheet.py", "--check"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_release_refuses_an_address_that_nobody_owns(root: Path) -> None:
    commands = [step.get("run", "") for step in steps(root, "release")]
    assert any("repository.example" in command for command in commands)


def test_contributing_shows_every_package(root: Path) -> None:
    """The map names each folder and module of the package, and none that is not there."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("| package | what it contains |")[1].split("\n\n")[0]
    named = re.findall(r"`(\w+)/?`", " ".join(row.split("|")[1] for row in table.splitlines()[2:] if row))
    package = root / "src" / "tiab"
    packages = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert sorted(named) == sorted(packages - {"__init__", "__main__"})


def test_the_map_is_that_of_the_contract(root: Path) -> None:
    """The packages are listed in the order of the layers, so that each imports only from below it."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = settings["contracts"][0]["layers"]
    levels = [set(re.findall(r"tiab\.(\w+)", layer)) for layer in layers]
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("| package | what it contains |")[1].split("\n\n")[0]
    rows = [set(re.findall(r"`(\w+)/?`", row.split("|")[1])) for row in table.splitlines()[2:] if row]
    order = [next(i for i, level in enumerate(levels) if package in level) for row in rows for package in sorted(row)]
    assert order == sorted(order)
