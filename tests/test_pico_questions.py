"""Questions: which way an outcome went with one intervention compared with another."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiab.cli import app
from tiab.errors import EvaluationError, InputError
from tiab.evaluation.pico.findings import measure_findings, read_questions, score_answers
from tiab.pico.findings.model import FindingsModel, findings_model
from tiab.pico.findings.questions import Question

TRIAL = (
    "Sixty adults with asthma were randomly assigned to yoga or to a waitlist for ten weeks. Fatigue was significantly "
    "lower in the yoga group than in the waitlist group (P = .01). Lung volume was significantly higher in the yoga "
    "group (P < .001). There was no significant difference in weight between the groups (P = .62). The number of "
    "attacks was significantly higher in the waitlist group than in the yoga group (P = .004)."
)


def question(outcome: str, label: str = "", **more: object) -> dict[str, object]:
    return {
        "abstract": TRIAL,
        "outcome": outcome,
        "intervention": "yoga",
        "comparator": "waitlist",
        "label": label,
        **more,
    }


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        ("fatigue", "decreased"),
        ("lung volume", "increased"),
        ("body weight", "no difference"),
        ("number of attacks", "decreased"),
    ],
)
def test_the_abstract_answers(outcome: str, answer: str) -> None:
    asked = Question(abstract=TRIAL, outcome=outcome, intervention="yoga", comparator="waitlist")
    assert findings_model().answer(asked) == answer


def test_the_answer_turns_with_the_arms() -> None:
    asked = Question(abstract=TRIAL, outcome="number of attacks", intervention="waitlist", comparator="yoga")
    assert findings_model().answer(asked) == "increased"


def test_evidence_that_is_given_is_read_alone() -> None:
    start = TRIAL.index("There was no")
    asked = Question(
        abstract=TRIAL, outcome="fatigue", intervention="yoga", comparator="waitlist", evidence=((start, start + 60),)
    )
    assert findings_model().answer(asked, given=True) == "no difference"


@pytest.mark.parametrize("abstract", ["", ".", "Yoga.", "(((", "P = .0.3; 95% CI - to -"])
def test_any_text_gets_an_answer(abstract: str) -> None:
    asked = Question(abstract=abstract, outcome="", intervention="", comparator="")
    assert findings_model().answer(asked) in ("increased", "decreased", "no difference")


def test_weights_come_back_from_a_file(tmp_path: Path) -> None:
    findings_model().to_disk(tmp_path / "m.safetensors")
    again = FindingsModel.from_disk(tmp_path / "m.safetensors")
    assert again.says_names == findings_model().says_names
    assert (again.words == findings_model().words).all()


def test_a_file_of_questions_is_measured_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl.gz"
    rows = [
        question("fatigue", "decreased", pmcid=1),
        question("lung volume", "increased"),
        question("body weight", "no difference"),
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    result = CliRunner().invoke(app, ["pico", "--evaluate", "--findings", str(path), "--json"])
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)["findings"]
    assert scores["n"] == 3
    assert scores["accuracy"] == scores["macro_f1"] == 1.0
    assert set(scores["f1"]) == {"increased", "decreased", "no difference"}


def test_a_table_of_scores_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    start = TRIAL.index("Fatigue")
    path.write_text(json.dumps(question("fatigue", "decreased", evidence=[[start, start + 80]])), encoding="utf-8")
    result = CliRunner().invoke(app, ["pico", "--evaluate", "--findings", str(path)])
    assert "evidence given" in result.output


def test_only_abstract_and_outcome_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"abstract": TRIAL, "outcome": "fatigue", "direction": "decreased"}), encoding="utf-8")
    (asked,) = read_questions(path)
    assert (asked.label, asked.intervention, asked.evidence) == ("decreased", "", ())


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[1]", '{"abstract": 3, "outcome": "x"}', '{"outcome": "x"}', "[" * 9999, "\x1f\x8b",
     '{"abstract": "a", "outcome": "x", "label": "sideways"}'],
)  # fmt: skip
def test_a_file_that_holds_no_questions_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"questions\.jsonl"):
        read_questions(path)


def test_scores_are_counted_by_class() -> None:
    labels = ["increased", "increased", "decreased", "no difference"]
    asked = [Question(abstract="a", outcome="b", intervention="", comparator="", label=label) for label in labels]
    scores = score_answers(asked, ["increased", "decreased", "decreased", "no difference"])
    assert scores.accuracy == 0.75
    assert scores.f1 == pytest.approx({"increased": 2 / 3, "decreased": 2 / 3, "no difference": 1.0})
    assert scores.low <= scores.macro_f1 <= scores.high


@pytest.mark.shared
def test_questions_that_were_learned_from_are_left_out(shared: Path) -> None:
    with pytest.raises(EvaluationError, match="trained on"):
        measure_findings(shared / "pico" / "findings.jsonl.gz")
