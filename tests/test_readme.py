"""What the README tells people to type works as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.criteria import read_criteria


def blocks(root: Path, language: str) -> Iterator[str]:
    text = (root / "README.md").read_text(encoding="utf-8")
    yield from re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.M | re.S)


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tiab screen` serves until Ctrl-C: here it stops at once."""
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    monkeypatch.setattr("webbrowser.open", lambda address: True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the corpus in it, as a reader would have made it."""
    for path in corpus_path().iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("no_page")
def test_every_command_runs_in_the_order_of_the_page(root: Path, folder: Path) -> None:
    lines = [line for block in blocks(root, "sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("tiab ")]
    assert len(commands) >= 6
    for command in commands:
        result = CliRunner().invoke(app, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
    assert (folder / "recall.png").is_file()
    targets = (root / "Makefile").read_text(encoding="utf-8")
    for line in lines:
        if line.startswith("make "):
            assert f"\n{line.removeprefix('make ')}:" in targets


def test_the_criteria_of_the_page_are_criteria(root: Path, tmp_path: Path) -> None:
    (block,) = blocks(root, "toml")
    assert tomllib.loads(block)["title"]
    path = tmp_path / "criteria.toml"
    path.write_text(block, encoding="utf-8")
    assert len(read_criteria(path).concepts) == 4


@pytest.mark.usefixtures("folder")
def test_the_python_of_the_page_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = blocks(root, "python")
    exec(compile(block, "README.md", "exec"), {})
    assert "contribution" in capsys.readouterr().out


def test_every_command_is_in_the_readme_or_the_help(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert f"tiab {command.name}" in text, command.name


def test_the_links_of_the_pages_lead_somewhere(root: Path) -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (root / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if "://" not in target:
                assert (root / target).exists(), f"{page}: {target}"
