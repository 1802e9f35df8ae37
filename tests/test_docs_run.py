"""What the documentation tells people to type works as it stands, page by page, and prints what the page says."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import tiab
from docs_site.pages import PAGES, blocks
from tiab.assets import corpus_path
from tiab.cli import app


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's folder: the corpus, exports and lists as other programs write them, and a review under way."""
    folder = tmp_path_factory.mktemp("reader")
    for path in corpus_path().iterdir():
        shutil.copy(path, folder)
    records = tiab.read_records(folder / "records.csv")
    tiab.write_records(folder / "pubmed.nbib", records[:62])
    tiab.write_records(folder / "embase.ris", records[62:])
    (folder / "known.txt").write_text("16815786\n26105554\n", encoding="utf-8")
    (folder / "protocol.txt").write_text(
        "Population: adults with multiple sclerosis\nIntervention: exercise training\nOutcomes: cytokines\n", "utf-8"
    )
    (folder / "strategy.txt").write_text(
        '"multiple sclerosis"[tiab] AND exercise*[tiab] AND cytokine*[tiab]\n', "utf-8"
    )
    _elsewhere(folder, records)
    _review(folder / "ms-review", folder, records)
    return folder


def _elsewhere(folder: Path, records: list[tiab.Record]) -> None:
    """Decisions on the first records, as Rayyan, Covidence and ASReview write them."""
    note = 'RAYYAN-INCLUSION: {""Eva""=>""%s""}'
    rows = [
        f'{one.record_id},"{one.title}",{one.year},"{note % ("Included" if number < 2 else "Excluded")}"\n'
        for number, one in enumerate(records[:6])
    ]
    (folder / "rayyan.csv").write_text("key,title,year,notes\n" + "".join(rows), encoding="utf-8")
    titles = "".join(f'"{one.title}",{one.year},#{number}\n' for number, one in enumerate(records[6:9]))
    (folder / "irrelevant.csv").write_text(f"Title,Published Year,Covidence #\n{titles}", encoding="utf-8")
    labelled = "".join(f'{number},"{one.title}",{number % 2}\n' for number, one in enumerate(records[9:13]))
    (folder / "asreview.csv").write_text(f"record_id,title,included\n{labelled}", encoding="utf-8")


def _review(place: Path, folder: Path, records: list[tiab.Record]) -> None:
    """A review with all records, of which Eva has screened the first 30 of the list."""
    labels = tiab.read_labels(folder / "records.csv")
    with tiab.Review.create(place, criteria=tiab.read_criteria(folder / "criteria.toml")) as review:
        review.add([folder / "pubmed.nbib", folder / "embase.ris"])
        for record in records[:30]:
            if record.record_id in labels:
                review.label(record.record_id, labels[record.record_id], reviewer="eva")
        review.share(folder / "from-kim.tiab", reviewer="kim")


@pytest.fixture
def folder(at_hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reader's folder for one page. `tiab screen` serves until Ctrl-C: here it stops at once."""
    copy = tmp_path / "reader"
    shutil.copytree(at_hand, copy)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    return copy


def _commands(text: str) -> Iterator[str]:
    """The commands of a block, those that run over several lines in one."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.split("#")[0].strip():
            yield line


def _run(text: str) -> str:
    """What the commands of a block print, one after the other; each must succeed."""
    printed = []
    for line in _commands(text):
        program, *arguments = shlex.split(line, comments=True)
        assert program == "tiab", f"only tiab's own commands are run: {line}"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"
        printed.append(result.output)
    return "".join(printed)


def _execute(text: str, names: dict[str, Any], where: str) -> str:
    """What the Python of a block prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, where, "exec"), names)
    return printed.getvalue()


def _check(printed: str, expected: str, where: str) -> None:
    """Every line that the page shows is printed, in the order of the page."""
    rest = " ".join(printed.split())
    for line in expected.splitlines():
        for piece in filter(None, (" ".join(part.split()) for part in line.split("…"))):
            assert piece in rest, f"{where}: '{piece}' is not printed:\n{printed}"
            rest = rest.split(piece, 1)[1]


RUNNABLE = [page for page in PAGES if any(block.language in ("sh", "python") for block in blocks(page))]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", RUNNABLE)
def test_what_a_page_tells_people_to_type_works(page: str) -> None:
    names: dict[str, Any] = {}
    ran = 0
    for block in blocks(page):
        where = f"{page}, line {block.line}"
        if block.not_run or block.language not in ("sh", "python"):
            continue
        printed = _run(block.text) if block.language == "sh" else _execute(block.text, names, where)
        _check(printed, block.printed or "", where)
        ran += 1
    if not ran:
        pytest.skip("; ".join(sorted({block.not_run for block in blocks(page) if block.not_run})))


@pytest.fixture
def rscript() -> str:
    """R with what the page uses; where it isn't installed, as on CI, its page is not tried."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("no R here: install r-base-core and r-cran-jsonlite")
    if subprocess.run([program, "-e", "loadNamespace('jsonlite')"], capture_output=True).returncode:
        pytest.skip("R lacks jsonlite: install r-cran-jsonlite")
    return program


@pytest.mark.usefixtures("folder")
def test_the_r_of_its_page_works(rscript: str) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for block in blocks("how-to/r.md"):
        where = f"how-to/r.md, line {block.line}"
        ran = subprocess.run([rscript, "--vanilla", "-e", block.text], capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, f"{where}:\n{ran.stdout}{ran.stderr}"
        _check(ran.stdout, block.printed or "", where)
