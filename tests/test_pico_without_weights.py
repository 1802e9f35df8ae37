"""An installation that leaves the learned weights of PICO out: rules alone are read, and that is said once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CRITERIA = """title = "Yoga for asthma"
[intervention]
name = "yoga"
terms = ["yoga"]
"""
POOL = """title,abstract
Yoga for fatigue in adults with asthma,"Forty adults were randomised to yoga or usual care for 12 weeks. Fatigue fell."
Rest in gout,"Adults with gout rested."
"""


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiab without the weights, a pool and criteria."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(root / "src" / "tiab", folder / "tiab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "models", folder / "tiab" / "_models", ignore=shutil.ignore_patterns("pico-*.safetensors"))
    (folder / "criteria.toml").write_text(CRITERIA)
    (folder / "pool.csv").write_text(POOL)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tiab", *words]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "120"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)


def test_the_card_is_made_by_rules_and_says_so_once(folder: Path) -> None:
    done = run(folder, "pico", "pool.csv")
    assert "12 weeks" in done.stdout
    assert done.stderr.count("pico-pio.safetensors") == 1
    assert "rules alone" in done.stderr


def test_findings_in_json_are_those_of_rules(folder: Path) -> None:
    done = run(folder, "pico", "pool.csv", "--json", "--criteria", "criteria.toml")
    spans = [span for record in json.loads(done.stdout) for span in record["spans"]]
    assert {span["provenance"].split(":")[0] for span in spans} == {"dict", "rule"}


def test_records_are_ranked_without_a_word(folder: Path) -> None:
    done = run(folder, "rank", "pool.csv", "--criteria", "criteria.toml", "--json")
    assert "Yoga" in json.dumps(json.loads(done.stdout))
    assert "pico-" not in done.stderr
