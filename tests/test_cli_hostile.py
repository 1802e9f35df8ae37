"""Whatever a command is given, it answers with a sentence: no traceback, no control character, no endless reading."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tiab.assets import corpus_path
from tiab.cli import app

CORPUS = corpus_path()
RECORDS, CRITERIA, GOLD = (str(CORPUS / name) for name in ("records.csv", "criteria.toml", "gold.csv"))
DEEP = 200_000
MANY = "9" * 10_000


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    """What a mistake is answered with: one line without control characters, and exit code 2."""
    result = run(*arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (2, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.stderr)
    return result.stderr


READING = [
    ("rank", "{}", "-c", CRITERIA),
    ("rank", RECORDS, "-c", "{}"),
    ("rank", RECORDS, "-l", "{}"),
    ("rank", RECORDS, "-m", "{}"),
    ("scan", "{}", "-c", CRITERIA, "-o", "out.csv"),
    ("evaluate", RECORDS, "--gold", "{}"),
    ("dedupe", "{}"),
    ("criteria", "check", "{}"),
    ("pico", "{}"),
    ("pico", "--evaluate", "--ebm-nlp", "{}"),
    ("pico", "--evaluate", "--pico-corpus", "{}"),
    ("pico", "--evaluate", "--nicta", "{}"),
    ("pico", "--evaluate", "--roles", "{}"),
    ("pico", "--evaluate", "--findings", "{}"),
    ("pico", "--evaluate", "--people", "{}", "--abstracts", RECORDS),
    ("new", "review", "-c", "{}"),
    ("fetch", "pmids", "{}", "-o", "out.xml"),
    ("status", "{}"),
]
PLACES = {
    "long": "x" * 5000,
    "long parts": "a/" * 2500,
    "zero byte": "a\0b",
    "undecodable": "a\udcff.csv",
    "control characters": "a\x1b[2J\x07\u202e.csv",
    "endless": "/dev/zero",
    "random": "/dev/urandom",
    "pipe": "pipe",
    "loop": "loop",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("command", READING, ids=lambda command: " ".join(command[:3]).split("/")[0])
def test_places_where_no_file_can_be_read(
    tmp_path: Path, command: tuple[str, ...], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    refused(*(place if part == "{}" else part for part in command))
    assert sorted(os.listdir()) == ["loop", "pipe"]


def test_files_of_odd_names_are_read_and_their_names_spelt_out(tmp_path: Path) -> None:
    for name in (b"a\x1b[31m\x07\n.csv", b"\xff\xfe.csv"):
        path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
        shutil.copy(RECORDS, path)
        result = run("dedupe", path)
        assert result.exit_code == 0, result.exception
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", result.output)
        assert json.loads(run("dedupe", path, "--json").stdout)["records"] == 123


FILES = {
    "deep.json": b"[" * DEEP,
    "deeper.json": b'[{"title":"a","abstract":' + b"[" * 900 + b"]" * 900 + b"}]",
    "number.json": b'[{"title":"a","abstract":"b","year":' + MANY.encode() + b"}]",
    "infinite.csv": b"record_id,title,abstract,rank,year\n1,a,b,1e999,1e999\n2,c,d,nan," + MANY.encode() + b"\n",
    "deep.xml": b"<PubmedArticleSet><PubmedArticle>" + b"<i>" * DEEP,
    "deep.bib": b"@article{a, title = " + b"{" * DEEP,
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_no_program_writes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    for command in (("rank", path, "-c", CRITERIA), ("dedupe", path, "--json"), ("evaluate", path, "--gold", GOLD)):
        result = run(*command)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code in (0, 2)


@pytest.mark.parametrize("text", ["eva\x1b[2J\x07", "eva\udcff", "a\nb", "=1+1", "\u202eave", "[bold]x[/]"])
def test_texts_that_nobody_types(tmp_path: Path, text: str) -> None:
    review = tmp_path / "review"
    assert run("new", review, "-c", CRITERIA).exit_code == 0
    assert run("add", review, RECORDS).exit_code == 0
    given = ("--reviewer", text, "--note", text, "--reason", text)
    assert run("label", review, "white-2006", "exclude", *given).exit_code == 0
    output = tmp_path / "out.csv"
    for command in (
        ("status", review), ("status", review, "--json"), ("next", review, "--json", "-r", text), ("conflicts", review),
        ("export", review, "-o", output), ("report", review, "-o", tmp_path / "r.html"), ("undo", review, "-r", text),
    ):  # fmt: skip
        result = run(*command)
        assert result.exit_code == 0, (command, result.exception, result.output)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.output)
    for written in (output, tmp_path / "r.html"):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", written.read_text(encoding="utf-8"))


def test_a_query_of_half_a_character_is_asked_without_it(tmp_path: Path) -> None:
    fetch = ("fetch", "pubmed", "-q", "yoga\udcff", "-o", tmp_path / "o.xml", "--server", "http://127.0.0.1:9/")
    assert "cannot reach" in refused(*fetch)


SETTINGS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ASCII": {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_output_goes_into_a_file_in_any_encoding(tmp_path: Path, settings: dict[str, str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "record_id,title,abstract\n1,α-Synuclein – Łódź 🧠 \u0081,TNF-α\n2,Yoga,Yoga in MS\n", encoding="utf-8"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHONIO"))}
    command = [sys.executable, "-m", "tiab", "rank", str(path), "-c", CRITERIA]
    for more in ([], ["--json"], ["--help"]):
        done = subprocess.run([*command, *more], capture_output=True, env=environment | settings, check=False)
        assert done.returncode == 0, done.stderr
        if more == ["--json"]:
            titles = [row["title"] for row in json.loads(done.stdout)]
            assert sorted(titles)[1].startswith("α-Synuclein – Łódź 🧠")


def test_ctrl_c_while_the_program_loads_ends_it_without_a_word() -> None:
    program = (
        "import os, signal, sys\n"
        "from tiab.__main__ import main\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == sys.argv[1]:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "main()\n"
    )
    for module in ("tiab.cli", "typer", "tiab.cli.show"):
        done = subprocess.run(
            [sys.executable, "-c", program, module],
            capture_output=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
