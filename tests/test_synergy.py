"""scripts/benchmark_synergy.py on a made-up folder of the form of SYNERGY+."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmark_synergy import read_reviews
from tiab.metrics import wss

SCRIPT = Path(__file__).parent.parent / "scripts" / "benchmark_synergy.py"
TOPICS = ("yoga for low back pain in adults", "tax law of small islands", "orbits of comets", "storage of old paper")
N, RELEVANT = 40, (0, 4, 8, 12)


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def row(number: int) -> dict[str, Any]:
    topic = TOPICS[number % 4 if number in RELEVANT or number % 4 else 1]
    return {
        "openalex_id": f"https://example.org/W{number}",
        "doi": "",
        "title": f"Study {number} of {topic}",
        "abstract": f"We looked at {topic} in {number + 20} places.",
        "label_included": int(number in RELEVANT),
        "label_abstract_included": "",
    }


@pytest.fixture
def synergy(tmp_path: Path) -> Path:
    """A folder with one review of the test split and one of another."""
    data = tmp_path / "data"
    about = {
        "key": "Made_2024",
        "title": "Yoga for low back pain",
        "split": "test",
        "n_records": N,
        "n_records_included": len(RELEVANT),
        "research_question": "Does yoga help adults with low back pain?",
        "eligibility_criteria": "Adults with low back pain who practise yoga.",
    }
    write(data / "metadata" / "review_metadata.csv", [about, {**about, "key": "Other_2023", "split": "train"}])
    write(data / "Made_2024.csv", [row(number) for number in range(N)])
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "asreview-3.0.8.json").write_text(json.dumps({"Made_2024": {"1": [1, 3, 4, 20], "2": [1, 2, 3, 10]}}))
    with gzip.open(answers / "f1-Made_2024.jsonl.gz", "wt") as file:
        for number in range(N):
            chance = 0.9 if number < 5 else 0.1
            file.write(json.dumps({"scores": {f"https://example.org/W{number}": {"overall": chance}}}) + "\n")
    return tmp_path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_published_positions_and_probabilities_are_measured_as_their_authors_measure_them(synergy: Path) -> None:
    done = run(synergy / "data", "--answers", synergy / "answers", "--seeds", 1, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    (review,) = result["reviews"]
    assert (review["review"], review["records"], review["relevant"]) == ("Made_2024", N, 4)
    assert review["scores"]["asreview"]["WSS@100"] == pytest.approx((20 / N + 30 / N) / 2)
    # of the five most probable two are relevant and come last; of the other 35 likewise, in the last two places
    assert review["scores"]["sievesafe"]["WSS@100"] == pytest.approx(0)
    assert review["scores"]["sievesafe"]["WSS@95"] == pytest.approx(wss([4, 5, 39, 40], N, target=0.95))
    assert review["concepts"] > 0
    assert review["scores"]["cold"]["WSS@100"] == pytest.approx((N - 4) / N)
    assert {"labels", "drafted", "cold"} <= set(result["medians"])
    assert result["published"]["asreview"] == {"WSS@95": 0.723, "WSS@100": 0.711}


def test_without_the_answers_the_published_medians_stand_beside(synergy: Path) -> None:
    done = run(synergy / "data", "--seeds", 1)
    assert done.returncode == 0, done.stderr
    assert "| Made_2024 | 40 | 4 |" in done.stdout
    assert "WSS@95 0.763, WSS@100 0.808" in done.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("Made_2024.csv", "label_included", "label", "no column label_included"),
        ("Made_2024.csv", "https://example.org/W39", "https://example.org/W38", "an openalex_id twice"),
        ("metadata/review_metadata.csv", "test,40", "test,41", "its metadata say n_records = 41"),
        ("metadata/review_metadata.csv", ",test,", ",dev,", "no review of the split 'test'"),
    ],
)
def test_another_form_of_the_data_is_refused_by_name(synergy: Path, file: str, old: str, new: str, said: str) -> None:
    path = synergy / "data" / file
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SystemExit, match=said):
        list(read_reviews(synergy / "data", "test", []))
