from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.cli.root import ExitStatus
from tiab.formats import read_records

CORPUS = corpus_path()
RECORDS, CRITERIA = str(CORPUS / "records.csv"), str(CORPUS / "criteria.toml")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    """The one line that a mistake is answered with, on standard error, with exit code 2."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("tiab: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("suffix", ["csv", "ris", "xlsx"])
def test_rank_writes_every_record_best_first(tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"ranked.{suffix}"
    result = run("rank", RECORDS, "--criteria", CRITERIA, "-o", output)
    assert result.exit_code == 0, result.output
    assert "123 records ranked" in result.stderr
    assert os.listdir(tmp_path) == [output.name]
    if suffix != "xlsx":
        assert len(read_records(output)) == 123
    if suffix == "csv":
        table = pd.read_csv(output)
        assert list(table["rank"]) == list(range(1, 124))
        assert table["score"].is_monotonic_decreasing
        assert {"criteria_missing", "weighed_for", "abstract"} <= set(table.columns)
    if suffix == "xlsx":
        assert len(pd.read_excel(output)) == 123


def test_rank_as_json() -> None:
    rows = json.loads(run("rank", RECORDS, "-c", CRITERIA, "--json").stdout)
    assert len(rows) == 123
    assert rows[0]["rank"] == 1
    assert {"record_id", "score", "criteria_met", "criteria_missing", "weighed_for"} <= set(rows[0])


def test_one_record_in_two_files_is_ranked_once() -> None:
    result = run("rank", RECORDS, RECORDS, "-c", CRITERIA, "--json")
    assert len(json.loads(result.stdout)) == 123
    assert "123 records are in more than one file" in result.stderr


def test_train_then_rank_then_evaluate(tmp_path: Path) -> None:
    model, ranked = tmp_path / "m.safetensors", tmp_path / "ranked.csv"
    trained = run("train", RECORDS, "-l", RECORDS, "-c", CRITERIA, "-o", model, "--json")
    assert json.loads(trained.stdout)["included"] == 12
    assert run("rank", RECORDS, "--model", model, "-o", ranked, "--top", 0).exit_code == 0
    curve, report = tmp_path / "curve.svg", tmp_path / "e.json"
    result = run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--curve", curve, "-o", report, "--json")
    assert result.exit_code == 0, result.output
    evaluation = json.loads(result.stdout)
    assert evaluation == json.loads(report.read_text())
    assert evaluation["n_relevant"] == 12
    assert evaluation["recall_at_20"] == 1.0
    drawn = curve.read_bytes()
    assert "records read, best first" in drawn.decode("utf-8")  # text stays text, which can be searched and read aloud
    assert run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--curve", curve).exit_code == 0
    assert curve.read_bytes() == drawn
    shown = run("evaluate", ranked, "--gold", CORPUS / "gold.csv")
    assert "worst first" in shown.stdout


def test_what_a_ranking_has_learned_from_is_counted_out_and_in(tmp_path: Path) -> None:
    ranked, labels = tmp_path / "ranked.csv", tmp_path / "labels.csv"
    labels.write_text("record_id,label_included\nwhite-2006,1\ndalgas-2010,0\ndeckx-2016,\n")
    run("rank", RECORDS, "-c", CRITERIA, "-l", labels, "-o", ranked, "--top", 0)
    plain = run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--json")
    assert "2 of these records carry decisions" in " ".join(plain.stderr.split())
    result = run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--prior", labels, "--json")
    evaluation = json.loads(result.stdout)
    assert (evaluation["n_records"], evaluation["n_relevant"], evaluation["n_prior"]) == (121, 11, 2)
    assert evaluation["with_prior"]["n_relevant"] == json.loads(plain.stdout)["n_relevant"] == 12
    assert "carry decisions" not in result.stderr


def test_what_nobody_decided_on_is_said_to_count_as_irrelevant(tmp_path: Path) -> None:
    ranked, gold = tmp_path / "ranked.csv", tmp_path / "gold.csv"
    run("rank", RECORDS, "-c", CRITERIA, "-o", ranked)
    gold.write_text("record_id,label_included\nwhite-2006,1\ndalgas-2010,0\ndeckx-2016,\n")
    said = " ".join(run("evaluate", ranked, "--gold", gold, "--json").stderr.split())
    assert "121 records have no decision in gold.csv, or a maybe: counted as irrelevant." in said
    assert "no decision" not in run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--json").stderr


def test_a_relevant_record_outside_the_pool_is_an_error_unless_it_is_counted(tmp_path: Path) -> None:
    ranked, gold = tmp_path / "ranked.csv", tmp_path / "gold.csv"
    run("rank", RECORDS, "-c", CRITERIA, "-o", ranked)
    gold.write_text("record_id,pmid,doi\nwhite-2006,,\n,15465080,\nnobody-1999,,\n")
    assert "nobody-1999" in refused("evaluate", ranked, "--gold", gold)
    counted = json.loads(run("evaluate", ranked, "--gold", gold, "--missing", "count", "--json").stdout)
    assert counted["n_relevant"] == 3
    assert counted["missing"] == ["nobody-1999"]


def test_criteria_check_counts_terms_and_records() -> None:
    result = json.loads(run("criteria", "check", CRITERIA, RECORDS, "--json").stdout)
    assert [concept["role"] for concept in result["concepts"]] == [
        "population", "intervention", "comparator", "outcome", "design",
    ]  # fmt: skip
    assert result["hits"]["multiple sclerosis"] > 50
    assert {"concepts": ["multiple sclerosis", "exercise training"]}.items() <= {
        key: value for pair in result["pairs"][:1] for key, value in pair.items() if key == "concepts"
    }.items()
    assert "every required concept" in run("criteria", "check", CRITERIA, RECORDS).stdout


def test_pico_shows_and_gives_offsets() -> None:
    shown = run("pico", RECORDS, "-c", CRITERIA, "--top", 2)
    assert shown.exit_code == 0
    assert "population" in shown.stdout
    rows = json.loads(run("pico", RECORDS, "-c", CRITERIA, "--record", "white-2006", "--json").stdout)
    assert [row["record_id"] for row in rows] == ["white-2006"]
    for span in rows[0]["spans"]:
        assert rows[0]["text"][span["start"] : span["end"]] == span["text"]
    assert "nobody" in refused("pico", RECORDS, "--record", "nobody")


def test_demo_prints_and_writes_what_it_says(tmp_path: Path) -> None:
    result = run("demo", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert sorted(os.listdir(tmp_path / "out")) == ["evaluation.json", "ranked.csv", "recall.png", "recall.svg"]
    assert "written for this project" in result.stdout
    evaluation = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert evaluation["few_labels"]["draws"] == 20
    assert (tmp_path / "out" / "recall.png").read_bytes().startswith(b"\x89PNG")


def test_bad_input_gets_one_line_and_exit_2(tmp_path: Path) -> None:
    def file(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    bad = {
        "columns.csv": b"a,b,c\n1,2,3\n",
        "empty.ris": b"",
        "binary.csv": bytes(range(256)) * 40,
        "pdf.ris": b"%PDF-1.7\n" + bytes(2000),
        "broken.xml": b"<?xml version='1.0'?><PubmedArticleSet><PubmedArticle><MedlineCitation>",
        "line.csv": b"title,abstract\n" + b"x" * 200_000_000 + b"\n",
    }
    for name, data in bad.items():
        output = tmp_path / "out.csv"
        message = refused("rank", file(name, data), "-c", CRITERIA, "-o", output)
        assert name in message, message
        assert not output.exists()
    for missing in (tmp_path / "none.ris", tmp_path):
        assert str(missing) in refused("rank", missing, "-c", CRITERIA)
    assert "criteria.toml" in refused("rank", RECORDS, "-c", file("criteria.toml", b"title = 3"))
    assert "nothing to rank by" in refused("rank", RECORDS)
    assert "cannot be written" in refused(
        "rank", RECORDS, "-c", CRITERIA, "-o", tmp_path / "no" / "out.csv", "--top", 0
    )
    assert "out.doc" in refused("rank", RECORDS, "-c", CRITERIA, "-o", tmp_path / "out.doc")
    assert "holds no decisions" in refused("rank", RECORDS, "-l", file("plain.csv", b"title\nA\n"))


def test_a_failed_write_leaves_the_old_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "ranked.csv"
    output.write_text("the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in refused("rank", RECORDS, "-c", CRITERIA, "-o", output)
    assert output.read_text() == "the old one"
    assert os.listdir(tmp_path) == ["ranked.csv"]


def test_every_command_has_help_with_an_example() -> None:
    for command in (["demo"], ["rank"], ["train"], ["evaluate"], ["pico"], ["criteria", "check"]):
        result = run(*command, "--help")
        assert result.exit_code == 0
        assert "Example:" in result.stdout
    assert run("--version").stdout.startswith("tiab ")


def test_a_command_that_is_told_to_end_leaves_no_temporary_file(tmp_path: Path) -> None:
    program = (
        "import signal, time\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # whoever runs the tests may have it ignored
        "from pathlib import Path\n"
        "from tiab.cli import app, main\n"
        "from tiab.writing import replacing\n"
        "@app.command('stuck')\n"
        "def stuck(path: Path) -> None:\n"
        "    with replacing(path):\n"
        "        print('writing', flush=True)\n"
        "        time.sleep(600)\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, "stuck", str(tmp_path / "out.csv")]
    for number in (signal.SIGTERM, signal.SIGHUP):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "writing\n"
            assert len(os.listdir(tmp_path)) == 1
            process.send_signal(number)
            _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (128 + number, "")
        assert os.listdir(tmp_path) == []


def test_ctrl_c_leaves_with_130_and_nothing_half_written(tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    table = pd.read_csv(RECORDS)
    pd.concat([table.assign(record_id=[f"{n}-{i}" for i in table["record_id"]]) for n in range(60)]).to_csv(many)
    program = (
        "import tiab.cli.rank as ranking\n"
        "from tiab.cli import main\n"
        "rank = ranking.rank\n"
        "ranking.rank = lambda *given, **named: (print('ranking', flush=True), rank(*given, **named))[1]\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "rank", str(many), "-c", CRITERIA, "-o", str(tmp_path / "out.csv")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell runs in the background, as it may run these tests, is born deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout
    assert process.stdout.readline() == "ranking\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == ExitStatus.INTERRUPTED, said
    assert said.strip().splitlines()[-1].startswith("tiab: interrupted")
    assert os.listdir(tmp_path) == ["many.csv"]
