"""What the README tells people to type works as it stands."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median

import pytest
from typer.testing import CliRunner

import tiab
from make_evidence_sheet import COLD, CRITERIA, LABELS, compared
from tiab.assets import corpus_path
from tiab.cli import app
from tiab.cli.commands import COMMANDS
from tiab.criteria import read_criteria
from tiab.evaluation.withheld import rank_with_few_labels
from tiab.stopping import stop_at


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


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_later_search_brings_the_fitting_studies_first(folder: Path) -> None:
    """Of 11 records 6 fit the review: 5 of them come within the first 8, the one on brain imaging after them."""
    for command in (
        "new ms --criteria criteria.toml",
        "add ms records.csv",
        "label ms --from records.csv --reviewer eva",
        "update ms update.csv --output shortlist.csv",
    ):
        result = CliRunner().invoke(app, command.split())
        assert result.exit_code == 0, result.output
    listed = [row["record_id"] for row in rows(folder / "shortlist.csv")]
    fit = {row["record_id"] for row in rows(folder / "update_key.csv") if row["tier"] == "update_training"}
    assert (len(listed), len(fit)) == (11, 6)
    assert fit - set(listed[:8]) == {"savsek-2021"}


def test_the_figures_on_the_embedded_corpus_are_those_that_it_gives(root: Path) -> None:
    text, corpus = (root / "README.md").read_text(encoding="utf-8"), corpus_path()
    records = tiab.read_records(corpus / "records.csv")
    gold = {row["record_id"] for row in rows(corpus / "gold.csv")}

    def ranks(criteria: str) -> list[int]:
        order = tiab.rank(records, criteria=tiab.read_criteria(corpus / criteria)).order
        return [rank for rank, record_id in enumerate(order, 1) if record_id in gold]

    found, wide = ranks("criteria.toml"), ranks("criteria-wide.toml")
    assert f"all 12 are within | the first {found[-1]} of {len(records)} |" in text
    assert f"of the first 16 records | {sum(rank <= 16 for rank in found)} are among the 12;" in text
    assert f"the last of the 12 comes at rank {wide[-1]} instead of {found[-1]}." in text
    labels = tiab.read_labels(corpus / "records.csv")
    criteria = tiab.read_criteria(corpus / "criteria.toml")
    runs = rank_with_few_labels(records, labels, criteria=criteria, n_included=6, n_excluded=20)
    learned, alone = median(run.auc for run in runs), median(run.by_criteria.auc for run in runs if run.by_criteria)
    said = f"above {learned:.0%} of the other excluded records (median of the draws);"
    assert f"{said} by the criteria alone, above {alone:.0%} |" in text


def test_the_figures_beside_asreview_are_those_of_the_benchmark(root: Path) -> None:
    text = " ".join((root / "README.md").read_text(encoding="utf-8").split())

    def rounded(value: str) -> str:
        return str(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))

    told = []
    for mode in (CRITERIA, COLD, LABELS):
        loss = compared(mode, "loss")
        low, high = loss["interval"].split(" to ")
        told.append(f"{rounded(loss['ratio'].removeprefix('× '))} ({rounded(low)} to {rounded(high)})")
    assert f"the same figures are {told[0]}, {told[1]} and {told[2]};" in text
    saved = compared(CRITERIA, "WSS@95")
    assert f"On {saved['reviews']} public reviews" in text
    assert f"tiab saved {float(saved['ours']):.0%} of the reading" in text
    assert f"ASReview {float(saved['theirs']):.0%} (" in text


def test_no_statistic_promises_more_than_the_readme_says(root: Path) -> None:
    said = re.search(
        r"(\d+) by the exact test, had all (\d+) come first", (root / "README.md").read_text(encoding="utf-8")
    )
    assert said
    at, relevant = map(int, said.groups())
    assert stop_at([True] * relevant + [False] * (907 - relevant), 907) == at


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
    for name in COMMANDS:
        assert f"tiab {name}" in text, name


def test_the_links_of_the_pages_lead_somewhere(root: Path) -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (root / page).read_text(encoding="utf-8")
        for markdown, html in re.findall(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", text):
            target = markdown or html
            if "://" not in target:
                assert (root / target).exists(), f"{page}: {target}"
