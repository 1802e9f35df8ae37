"""How soon commands begin: what is slow to load is loaded where it is needed, and nowhere else.

The bounds on CPU time are generous, for a busy machine: an idle core takes less than half.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tiab.assets import corpus_path
from tiab.review import Review

RECORDS = corpus_path() / "records.csv"
HEAVY = ("joblib", "matplotlib", "pandas", "sklearn", "spacy", "uvicorn")
READING = ("charset_normalizer", "http.client", "lxml", "rapidfuzz", "scipy", "tiab.dedupe", "tiab.formats")
"""What reads files and compares records takes as long to load as all else that a short command does."""
PROGRAM = """
import json, sys, time
from tiab.cli import app
try:
    app(sys.argv[1:])
except SystemExit as left:
    sys.stderr.write("\\n" + json.dumps([left.code, time.process_time(), sorted(sys.modules)]))
"""


def begun(*arguments: object) -> tuple[int, float, set[str]]:
    """(status, CPU seconds, loaded modules) of a command in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=None)
    status, seconds, loaded = json.loads(done.stderr.splitlines()[-1])
    return int(status or 0), float(seconds), set(loaded)


@pytest.fixture(scope="module")
def ms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with two decisions."""
    folder = tmp_path_factory.mktemp("start") / "ms"
    with Review.create(folder, corpus_path() / "criteria.toml") as review:
        review.add([RECORDS])
        review.label("white-2006", "include", reviewer="eva")
        review.label("dalgas-2010", "exclude", reviewer="eva")
    return folder


def test_the_package_loads_at_once() -> None:
    program = "import time, tiab, sys; print(time.process_time(), 'numpy' in sys.modules, 'typing' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert float(told[0]) < 0.3
    assert told[1] == "False"


@pytest.mark.parametrize(
    "command",
    ["--help", "status DIR", "label DIR deckx-2016 exclude -r eva", "undo DIR -r eva", "conflicts DIR",
     "resolve --help"],
)  # fmt: skip
def test_what_reads_no_file_loads_nothing_that_reads_or_ranks(ms: Path, command: str) -> None:
    status, seconds, loaded = begun(*(str(ms) if word == "DIR" else word for word in command.split()))
    assert status == 0
    assert not loaded & {*HEAVY, *READING}
    assert seconds < 2.0


@pytest.mark.parametrize("command", ["prior DIR kjolhede-2016 -r eva", "plan -n 60 -p 0.1 --runs 1"])
def test_what_ranks_nothing_loads_nothing_that_ranks(ms: Path, command: str) -> None:
    status, seconds, loaded = begun(*(str(ms) if word == "DIR" else word for word in command.split()))
    assert status == 0
    assert not loaded & set(HEAVY)
    assert seconds < 2.0


def test_a_simulation_loads_neither_tables_nor_figures() -> None:
    status, seconds, loaded = begun("simulate", RECORDS, "-c", corpus_path() / "criteria.toml")
    assert status == 0
    assert not loaded & {"joblib", "matplotlib", "pandas", "sklearn", "scipy.optimize", "scipy.stats"}
    assert seconds < 8.0


def test_ranking_loads_no_command_line_of_spacy_and_no_pandas(tmp_path: Path) -> None:
    pool = tmp_path / "pool.csv"
    pool.write_text("record_id,title\n1,Yoga for back pain\n2,Tax law\n", encoding="utf-8")
    criteria = tmp_path / "criteria.toml"
    criteria.write_text('title = "Yoga"\n[intervention]\nterms = ["yoga"]\n', encoding="utf-8")
    status, _, loaded = begun("rank", pool, "-c", criteria, "-o", tmp_path / "ranked.csv")
    assert (status, "spacy" in loaded) == (0, True)
    assert not loaded & {"pandas", "spacy.cli", "jinja2", "weasel"}


def test_what_spacy_was_loaded_without_can_be_loaded_later() -> None:
    program = "import tiab.pico, spacy, spacy.cli; print(spacy.cli.info.__module__, len(spacy.info(silent=True)) > 3)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["spacy.cli.info", "True"]
