"""No command writes over what it reads, whichever of its options say where to write, and whatever leads there."""

from __future__ import annotations

import inspect
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer
from typer.models import ArgumentInfo, ParameterInfo
from typer.testing import CliRunner, Result

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.cli.commands import COMMANDS
from tiab.cli.outputs import paths_of

CORPUS = corpus_path()
RECORDS, CRITERIA = str(CORPUS / "records.csv"), str(CORPUS / "criteria.toml")
READ = {
    *("files", "file", "records", "ranked", "folder", "corpus", "source", "criteria", "labels", "model", "gold"),
    *(
        "prior",
        "ebm_nlp",
        "pico_corpus",
        "nicta",
        "roles",
        "findings",
        "counts",
        "people",
        "designs",
        "trials",
        "abstracts",
        "others",
        "sources",
    ),
}
"""The names of all options and arguments that a path is read from; every other path is to be declared `writable`."""
TEXTS = {"query": "yoga", "record": "1", "decision": "include"}
SUFFIXES = {"curve": ".svg", "report": ".html"}
FOLDERS = {"folder", "corpus"}


def commands() -> Iterator[tuple[tuple[str, ...], Callable[..., Any]]]:
    """Every command by its names, and the function behind it."""
    for module in {place.module: None for place in COMMANDS.values()}:
        yield from registered(import_module(f"tiab.cli.{module}").commands)


def registered(group: typer.Typer, *names: str) -> Iterator[tuple[tuple[str, ...], Callable[..., Any]]]:
    for one in group.registered_commands:
        assert one.name
        assert one.callback
        yield (*names, one.name), one.callback
    for inner in group.registered_groups:
        assert isinstance(inner.typer_instance, typer.Typer)
        yield from registered(inner.typer_instance, *names, str(inner.name))


def flag(function: Callable[..., Any], name: str) -> list[str]:
    """What stands before the value of a parameter: its option, or nothing where it is an argument."""
    hint = get_type_hints(function, include_extras=True)[name]
    info = next(one for one in get_args(hint) if isinstance(one, ParameterInfo))
    if isinstance(info, ArgumentInfo):
        return []
    return [(info.param_decls or [f"--{name.replace('_', '-')}"])[0]]


WRITING = [
    pytest.param(names, function, name, id=f"{' '.join(names)} {name}")
    for names, function in commands()
    for name, is_folder in paths_of(function, written=True).items()
    if not is_folder
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def filled(function: Callable[..., Any], folder: Path) -> dict[str, list[str]]:
    """What to give a command: for each path that it reads a file, and texts that it needs."""
    given: dict[str, list[str]] = {}
    for name in paths_of(function, written=False):
        path = folder / name
        if name in FOLDERS:
            path.mkdir()
            (path / "review.sqlite").write_bytes(b"precious")
        else:
            path.write_bytes(b"precious")
        given[name] = [*flag(function, name), str(path)]
    for name in TEXTS.keys() & inspect.signature(function).parameters.keys() - given.keys():
        given[name] = [*flag(function, name), TEXTS[name]]
    return given


def contents(folder: Path) -> dict[str, object]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_each_path_is_known_to_be_read_or_declared_to_be_written() -> None:
    for names, function in commands():
        unknown = paths_of(function, written=False).keys() - READ
        assert not unknown, f"are {unknown} of {' '.join(names)} written? Then declare them writable"
    assert len(WRITING) >= 12


@pytest.mark.parametrize("how", ["itself", "link", "hard link"])
@pytest.mark.parametrize(("names", "function", "option"), WRITING)
def test_no_output_is_an_input(
    tmp_path: Path, names: tuple[str, ...], function: Callable[..., Any], option: str, how: str
) -> None:
    given = filled(function, tmp_path)
    output = tmp_path / f"out{SUFFIXES.get(option) or SUFFIXES.get(names[-1]) or '.csv'}"
    needed = [name for name in paths_of(function, written=True) if name != option and name == "output"]
    rest = [text for name in needed for text in (*flag(function, name), str(tmp_path / "other.csv"))]
    inputs = [name for name in paths_of(function, written=False) if how != "itself" or name not in FOLDERS]
    for name in inputs:
        source, arguments = Path(given[name][-1]), dict(given)
        victim = source / "review.sqlite" if source.is_dir() else source
        if how == "link":
            output.symlink_to(victim)
        elif how == "hard link":
            os.link(victim, output)
        else:
            victim.rename(output)
            arguments[name] = [*given[name][:-1], str(output)]
        before = contents(tmp_path)
        texts = [text for part in arguments.values() for text in part]
        result = run(*names, *texts, *flag(function, option), output, *rest)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert "would be lost" in result.stderr
        assert result.stderr.count("\n") == 1
        assert contents(tmp_path) == before
        output.rename(victim) if how == "itself" else output.unlink()
    assert inputs or names == ("fetch", "pubmed") or how == "itself"


def test_a_file_in_a_folder_that_is_scanned_is_an_input(tmp_path: Path) -> None:
    shutil.copy(RECORDS, tmp_path / "r.csv")
    result = run("scan", tmp_path, "-c", CRITERIA, "-o", tmp_path / "r.csv")
    assert result.exit_code == 2
    assert "would be lost" in result.stderr
    assert os.listdir(tmp_path) == ["r.csv"]


def test_a_review_keeps_what_it_rests_on(tmp_path: Path) -> None:
    review = tmp_path / "ms"
    assert run("new", review, "-c", CRITERIA).exit_code == 0
    assert run("add", review, RECORDS).exit_code == 0
    (review / "screen.json").write_text("{}")
    before = contents(review)
    for name in ("review.sqlite", "criteria.toml", "screen.json"):
        result = run("evaluate", review, "--gold", CORPUS / "gold.csv", "-o", review / name)
        assert result.exit_code == 2
        assert "would be lost" in result.stderr
    assert contents(review) == before
    for _ in range(2):  # what stands there and is no part of the review is an output like any other
        assert run("export", review, "-o", review / "export.csv").exit_code == 0


def test_the_corpus_of_a_fetched_review_is_not_written_over(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(CORPUS, corpus)
    before = contents(corpus)
    result = run("fetch", "review", corpus, "-o", corpus, "--server", "http://127.0.0.1:9/")
    assert result.exit_code == 2
    assert "would be lost" in result.stderr
    assert contents(corpus) == before


def test_criteria_that_lie_where_the_review_is_made_stay(tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.toml"
    shutil.copy(CRITERIA, criteria)
    assert run("new", tmp_path, "--criteria", criteria).exit_code == 0
    assert criteria.read_text() == Path(CRITERIA).read_text()


def test_other_criteria_than_those_that_lie_there_are_not_put_in_their_place(tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.toml"
    criteria.write_text('title = "mine"\n[[population]]\nname = "a"\nterms = ["b"]\n')
    result = run("new", tmp_path, "--criteria", CRITERIA)
    assert result.exit_code == 2
    assert "criteria.toml" in result.stderr
    assert "mine" in criteria.read_text()
    assert os.listdir(tmp_path) == ["criteria.toml"]


@pytest.mark.parametrize("command", ["rank", "scan", "dedupe"])
def test_a_missing_folder_is_told_before_the_work(tmp_path: Path, command: str) -> None:
    by = [] if command == "dedupe" else ["-c", CRITERIA]
    result = run(command, tmp_path / "none.csv", *by, "-o", tmp_path / "no" / "out.csv")
    assert result.exit_code == 2
    assert "its folder does not exist" in result.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("names", "function", "option"), WRITING)
def test_a_name_that_tells_no_format_is_refused_before_the_work(
    tmp_path: Path, names: tuple[str, ...], function: Callable[..., Any], option: str
) -> None:
    if names[-1] in ("train", "draft", "share") or (names[-1], option) == ("evaluate", "output"):
        pytest.skip("its format does not hang on the name")
    given = filled(function, tmp_path)
    texts = [text for part in given.values() for text in part]
    result = run(*names, *texts, *flag(function, option), tmp_path / "out.doc")
    assert result.exit_code == 2
    assert "out.doc" in result.stderr


def test_two_outputs_need_two_names(tmp_path: Path) -> None:
    ranked, output = tmp_path / "ranked.csv", tmp_path / "e.svg"
    assert run("rank", RECORDS, "-c", CRITERIA, "-o", ranked, "--top", 0).exit_code == 0
    result = run("evaluate", ranked, "--gold", CORPUS / "gold.csv", "--curve", output, "-o", output)
    assert result.exit_code == 2
    assert "twice" in result.stderr
    assert not output.exists()


def test_a_link_stays_and_permissions_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to("real.csv")
    assert run("rank", RECORDS, "-c", CRITERIA, "-o", link, "--top", 0).exit_code == 0
    assert os.readlink(link) == "real.csv"
    assert target.read_text(encoding="utf-8-sig").startswith("rank,")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.csv", "real.csv"]
