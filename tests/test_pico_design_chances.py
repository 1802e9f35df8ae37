"""Chances of study designs, on invented records; and what tiab pico shows and gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pico_training.design_calibration import DesignExample, fit_designs, indexed, reliability, share_of_trials
from tiab.assets import model_path
from tiab.cli import app
from tiab.criteria import DESIGNS
from tiab.errors import ModelFileError
from tiab.pico import find_spans
from tiab.pico.design_chances import DESIGN_INPUTS, DesignModel, design_chances, design_inputs
from tiab.records import Record

TRIAL = "randomised trial"


def chances(title: str, abstract: str = "", *types: str) -> dict[str, float]:
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=abstract)])
    return design_chances(spans, types)


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Yoga in asthma: a randomised controlled trial", "Forty adults were randomly assigned.", TRIAL),
        ("Stretching", "Patients were randomly allocated to stretching or to usual care.", TRIAL),
        ("Yoga in asthma: a review", "We review what is known of yoga.", "review"),
        ("A case report of asthma", "We report a case of a 40-year-old woman.", "case report"),
        ("Running in rats", "Wistar rats ran on a wheel; the rats were then killed.", "animal study"),
    ],
)
def test_the_likeliest_design(title: str, abstract: str, design: str) -> None:
    found = chances(title, abstract)
    assert max(found, key=found.__getitem__) == design
    assert set(found) == set(DESIGNS)
    assert all(0 <= chance <= 1 for chance in found.values())


def test_a_record_that_says_nothing_is_hardly_anything() -> None:
    assert chances("Yoga")[TRIAL] < 0.1


def test_a_publication_type_adds_to_the_chance() -> None:
    bare, typed = chances("Yoga in asthma"), chances("Yoga in asthma", "", "Randomized Controlled Trial")
    assert typed[TRIAL] > 0.9 > bare[TRIAL]


def test_indexers_say_nothing_of_trials_where_they_gave_no_headings() -> None:
    unread = Record(record_id="1", publication_types=("Review",))
    read = Record(record_id="1", publication_types=("Randomized Controlled Trial",), keywords=("Humans",))
    assert indexed(unread) == {"case report": False, "review": True}
    assert indexed(read)[TRIAL]
    assert not indexed(read)["cohort study"]


def examples() -> list[DesignExample]:
    """Of records with a score of .9, four of five are trials; of those with .1, one of five is."""
    rows = [(score, number % 5 < (4 if score > 0.5 else 1)) for score in (0.1, 0.9) for number in range(100)]
    return [DesignExample(number, {TRIAL: score}, (1, 0), {TRIAL: truth}) for number, (score, truth) in enumerate(rows)]


def test_fitted_chances_are_as_high_as_the_truth_is_frequent() -> None:
    model = fit_designs(examples())
    found = reliability(model, examples(), TRIAL)
    assert set(model.weights) == {TRIAL}
    assert found.error < 0.05 < found.error_score
    assert found.brier < found.brier_score
    assert [count for count, _, _ in found.bins] == [100, 100]
    assert share_of_trials(model, examples()) == (0.5, 0.5)


def test_the_model_comes_back_from_disk(tmp_path: Path) -> None:
    model = fit_designs(examples())
    model.to_disk(tmp_path / "design.json")
    again = DesignModel.from_disk(tmp_path / "design.json")
    inputs = design_inputs({TRIAL: 0.9}, (1, 0))
    assert again.chance(TRIAL, inputs) == model.chance(TRIAL, inputs)
    assert len(inputs) == len(DESIGN_INPUTS)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "other", "inputs": [], "weights": {}}'])
def test_a_foreign_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "design.json").write_text(content)
    with pytest.raises(ModelFileError, match=r"design\.json.*calibrate_design"):
        DesignModel.from_disk(tmp_path / "design.json")


def test_the_kept_model_has_a_card() -> None:
    assert "calibrate_design.py" in model_path("pico-design.md").read_text(encoding="utf-8")


RIS = """TY  - JOUR
TI  - Yoga for fatigue in adults with asthma: a randomised controlled trial
AB  - Fatigue is common. Sixty adults (mean age 54 ± 8 years, 78% women) were randomly assigned to yoga (n=29) or usual
  care (n=31) for 12 weeks. Fatigue severity fell (P = 0.01).
ER  -
"""


def test_json_gives_offsets_and_designs(tmp_path: Path) -> None:
    (tmp_path / "one.ris").write_text(RIS)
    result = CliRunner().invoke(app, ["pico", str(tmp_path / "one.ris"), "--json"])
    (found,) = json.loads(result.stdout)
    assert found["designs"][TRIAL] > 0.9
    assert all(found["text"][span["start"] : span["end"]] == span["text"] for span in found["spans"])
    assert {span["provenance"].split(":")[0] for span in found["spans"]} == {"rule", "model"}
    assert {"age", "sex", "arm size", "sample size", "duration"} <= {span["label"] for span in found["spans"]}


def test_the_card_says_what_was_found_and_who_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.ris").write_text(RIS)
    lines = CliRunner().invoke(app, ["pico", str(tmp_path / "one.ris")], env={"COLUMNS": "120"}).stdout.splitlines()
    card = [" ".join(line.split()) for line in lines]
    assert "age mean 54, SD 8 years rule" in card
    assert "groups 29 and 31 rule" in card
    assert "dose 12 weeks rule" in card
    assert any(line.startswith("design randomised trial (9") for line in card)
    assert any(line.startswith("population ") and line.endswith("model") for line in card)
