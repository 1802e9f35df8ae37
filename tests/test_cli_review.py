"""The commands that work on a review, as a person or a script calls them."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.formats import read_records
from tiab.review import Review

CORPUS = corpus_path()


def run(*arguments: object, keys: str = "", **environment: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=keys, env=environment)


def ok(*arguments: object, keys: str = "", **environment: str) -> Result:
    result = run(*arguments, keys=keys, **environment)
    assert result.exit_code == 0, result.output
    return result


def words(text: str) -> str:
    """A terminal's lines as one."""
    return " ".join(text.split())


def refused(*arguments: object) -> str:
    """The one line that a mistake is answered with, on standard error, with exit code 2."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("tiab: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review of the embedded corpus, ranked once."""
    folder = tmp_path_factory.mktemp("cli") / "ms"
    ok("new", folder, "--criteria", CORPUS / "criteria.toml")
    ok("add", folder, CORPUS / "records.csv")
    ok("next", folder, "--json")
    return folder


@pytest.fixture
def ms(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "ms"))


def status(folder: Path) -> dict[str, object]:
    said: dict[str, object] = json.loads(ok("status", folder, "--json").stdout)
    return said


def test_a_note_stays_with_its_record_through_undo_and_leaving(ms: Path) -> None:
    first = json.loads(ok("next", ms, "--json", "-r", "eva").stdout)["record_id"]
    shown = ok("next", ms, "-r", "eva", keys="nread on\niz" + "q").stdout
    assert words(shown).count("· note: read on") == 2  # before the decision, and once it is taken back
    ok("next", ms, "-r", "eva", keys="n then more\nq")
    with Review(ms) as review:
        assert review.note(first, reviewer="eva") == "then more"
    ok("next", ms, "-r", "eva", keys="ieq")
    with Review(ms) as review:
        notes = {given.label.record_id: given.note for given in review.snapshot.state.standing()}
    assert notes.pop(first) == "then more"
    assert set(notes.values()) == {""}


def test_new_and_add(tmp_path: Path) -> None:
    made = ok("new", tmp_path / "a b", "-c", CORPUS / "criteria.toml")
    assert "Created review" in made.stderr
    assert sorted(os.listdir(tmp_path / "a b")) == ["criteria.toml", "review.anchor", "review.sqlite"]
    reports = json.loads(ok("add", tmp_path / "a b", CORPUS / "records.csv", CORPUS / "update.csv", "--json").stdout)
    assert [(one["name"], one["found"], one["new"], one["known"]) for one in reports] == [
        ("records.csv", 123, 123, 0),
        ("update.csv", 11, 11, 0),
    ]
    again = ok("add", tmp_path / "a b", CORPUS / "records.csv")
    assert "123" in again.stdout
    assert "this file was added before" in again.stderr
    assert "134 records to screen" in again.stderr


def test_mistakes_are_one_line(ms: Path, tmp_path: Path) -> None:
    assert "there is a review here already" in refused("new", ms)
    assert "there is no such folder" in refused("status", tmp_path / "nowhere")
    assert "is not a review" in refused("next", tmp_path)
    assert "no record 'x'" in refused("label", ms, "x", "include")
    assert "is not a decision" in refused("label", ms, "kjolhede-2016", "perhaps")
    assert "say either a record and a decision, or --from FILE" in refused("label", ms)
    assert "no record is named" in refused("prior", ms)
    assert "no conflict" in refused("resolve", ms, "kjolhede-2016", "include")
    assert "does not exist" in refused("prior", ms, "--from", tmp_path / "missing.txt")
    (tmp_path / "known.txt").write_text("28616851\n", encoding="utf-8")
    assert "is a file, not a record" in refused("prior", ms, tmp_path / "known.txt")
    assert "is ranked by its own criteria and decisions" in refused("rank", ms, CORPUS / "records.csv")
    assert refused("add", ms, tmp_path / "missing.ris")
    assert refused("export", ms, "-o", tmp_path / "out.docx")
    assert refused("export", ms, "-o", tmp_path / "out.csv", "--only", "perhaps")


def test_screening_by_keys(ms: Path) -> None:
    first = json.loads(ok("next", ms, "--json", "-r", "eva").stdout)
    shown = ok("next", ms, "-r", "eva", keys="iez" + "nlook again\n" + "u" + "2" + "rtoo old\n" + "?" + "q")
    assert first["title"] in words(shown.stdout)
    assert "i include" in words(shown.stdout)
    assert "4 decisions stored" not in shown.stdout
    assert "5 decisions stored" in shown.stdout
    with Review(ms) as review:
        labels = list(review.snapshot.state.standing())
        assert [str(given.label.decision) for given in labels] == ["include", "maybe", "exclude", "exclude"]
        assert [given.label.reason for given in labels] == ["", "", "wrong intervention", "too old"]
        assert [given.note for given in labels] == ["", "look again", "", ""]
        assert labels[0].label.record_id == first["record_id"]
        assert [event.kind for event in review.events()].count("undone") == 1
        assert review.replay().identical


def test_reasons_of_ones_own(ms: Path) -> None:
    ok("next", ms, "--reason", "not yoga", "--reason", "mice", keys="239q")
    with Review(ms) as review:
        assert [label.reason for label in review.labels().values()] == ["mice"]


def test_the_end_of_input_leaves(ms: Path) -> None:
    assert "1 decision stored" in ok("next", ms, keys="i").stdout


def test_screening_to_the_last_record(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("title,abstract\nYoga,One.\nTax law,Two.\n", encoding="utf-8")
    ok("new", tmp_path / "r")
    ok("add", tmp_path / "r", tmp_path / "s.csv")
    assert "Every record of this review is screened" in ok("next", tmp_path / "r", keys="ie").stdout
    assert json.loads(ok("next", tmp_path / "r", "--json").stdout) is None


def test_label_and_undo(ms: Path) -> None:
    said = ok("label", ms, "kjolhede-2016", "exclude", "--reason", "why", "--note", "hm", "-r", "eva", "--json")
    assert json.loads(said.stdout)["decision"] == "exclude"
    ok("label", ms, "kjolhede-2016", "1", TIAB_REVIEWER="eva")
    assert "'exclude' counts again" in ok("undo", ms, "-r", "eva").stderr
    assert json.loads(ok("undo", ms, "-r", "eva", "--json").stdout) == {"undone": "kjolhede-2016", "stands": None}
    assert "no decision to undo" in ok("undo", ms, "-r", "eva").stderr


def test_labels_from_a_file(ms: Path, root: Path) -> None:
    said = ok("label", ms, "--from", CORPUS / "records.csv", "-r", "eva")
    assert "stored; 0 not in this review" in words(said.stderr)
    assert status(ms)["joint"]["include"] == 12  # type: ignore[index]
    assert status(ms)["frontier"]["missing"] is None  # type: ignore[index]
    assert "not known: decisions were imported" in words(ok("status", ms).stdout)
    project = root / "tests" / "data" / "review" / "asreview-1.asreview"
    other = ok("label", ms, "--from", project)
    assert "not in this review: Tax law in the Hanseatic League" in other.stderr
    assert len(json.loads(ok("label", ms, "--from", project, "--json").stdout)["missing"]) == 6


def test_a_list_of_records_with_one_decision(ms: Path, tmp_path: Path) -> None:
    covidence = tmp_path / "irrelevant.csv"
    with covidence.open("w", encoding="utf-8", newline="") as stream:
        rows = [(record.title, "#1", "big") for record in read_records(CORPUS / "records.csv")[:3]]
        csv.writer(stream).writerows([("Title", "Covidence #", "Tags"), *rows])
    assert "--as exclude" in refused("label", ms, "--from", covidence)
    assert "Give --from FILE" in refused("label", ms, "kjolhede-2016", "--as", "exclude")
    assert "perhaps" in refused("label", ms, "--from", covidence, "--as", "perhaps")
    assert "3 decisions stored" in ok("label", ms, "--from", covidence, "--as", "exclude", "-r", "eva").stderr
    assert status(ms)["joint"]["exclude"] == 3  # type: ignore[index]


def test_prior_knowledge(ms: Path, tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("kjolhede-2016\n\n999999999\n", encoding="utf-8")
    said = ok("prior", ms, "28616851", "--from", tmp_path / "known.txt")
    assert "not in this review: 999999999" in said.stderr
    assert "2 known relevant records stored" in said.stderr
    assert status(ms)["prior"] == 2


def test_two_reviewers(ms: Path) -> None:
    for reviewer, decision in (("eva", "include"), ("ben", "exclude")):
        ok("label", ms, "kjolhede-2016", decision, "-r", reviewer, "--note", f"says {reviewer}")
        ok("label", ms, "mokhtarzade-2017", "include", "-r", reviewer)
    shown = ok("conflicts", ms)
    assert "eva: include (says eva)" in shown.stdout
    assert "1 conflict." in shown.stderr
    assert "1 conflict to resolve" in words(ok("status", ms).stdout)
    assert "Same decision" not in words(ok("status", ms).stdout)  # before blinded reviewers have finished
    assert json.loads(ok("conflicts", ms, "--reviewer", "new", "--json").stdout) == []  # who has not decided themselves
    ok("team", ms, "--open")
    said = words(ok("status", ms).stdout)
    assert "Same decision on 1 of 2 (50%, 95% interval 1% to 99%). Cohen's kappa 0.00 (" in said
    assert "Gwet's AC1 0.20 (" in said
    found = json.loads(ok("conflicts", ms, "--json").stdout)
    assert [one["reviewer"] for one in found[0]["labels"]] == ["eva", "ben"]
    ok("resolve", ms, "kjolhede-2016", "include", "-r", "kim")
    assert json.loads(ok("conflicts", ms, "--json").stdout) == []
    assert status(ms)["agreement"][0]["n"] == 2  # type: ignore[index]


def test_beside_named_reviewers_a_name_is_asked_for_before_the_work(ms: Path) -> None:
    for reviewer, decision in (("eva", "include"), ("ben", "exclude")):
        ok("label", ms, "kjolhede-2016", decision, "-r", reviewer)
    before = status(ms)["events"]
    for command in (("next", ms), ("screen", ms, "--no-browser"), ("resolve", ms, "kjolhede-2016", "include")):
        assert "--reviewer NAME" in refused(*command), command
    assert status(ms)["events"] == before


def test_rank_export_and_replay(ms: Path, tmp_path: Path) -> None:
    ok("label", ms, "kjolhede-2016", "include")
    rows = json.loads(ok("rank", ms, "--json").stdout)
    assert rows[0]["record_id"] == "kjolhede-2016"
    assert "123 records ranked" in ok("rank", ms, "-o", tmp_path / "ranked.csv", "--top", 0).stderr
    assert "123 records written" in ok("export", ms, "-o", tmp_path / "all.ris").stderr
    assert "1 record written" in ok("export", ms, "-o", tmp_path / "in.csv", "--only", "include").stderr
    assert "came out the same to the last digit" in words(ok("replay", ms).stdout)
    replayed = json.loads(ok("replay", ms, "--json").stdout)
    assert replayed["identical"]
    assert len(replayed["rankings"]) == 4


def test_replay_of_a_ranking_that_differs_fails(ms: Path) -> None:
    from tiab.store import Entry, Store

    ok("rank", ms, "--top", 0)
    with Review(ms) as review:
        true = next(event for event in review.events() if event.kind == "ranked")
    with Store(ms) as store:
        store.append(Entry(kind="ranked", payload={**true.payload, "order": "0" * 16}))
    assert run("replay", ms).exit_code == 1


def test_update(ms: Path, tmp_path: Path) -> None:
    ok("label", ms, "--from", CORPUS / "records.csv", "--reviewer", "eva")
    shown = ok("update", ms, CORPUS / "update.csv", "-o", tmp_path / "short.csv", "--top", 3)
    assert "11 records are new; 0 the review had already." in shown.stdout
    assert "scores (each mark is" in shown.stdout
    assert (tmp_path / "short.csv").is_file()
    said = json.loads(ok("update", ms, CORPUS / "update.csv", "--json").stdout)
    assert said["files"][0]["known"] == 11
    assert said["records"] == []


def test_a_script_may_screen_a_whole_review(ms: Path) -> None:
    """next --json and label are all that another program needs."""
    for _ in range(3):
        suggestion = json.loads(ok("next", ms, "--json").stdout)
        ok("label", ms, suggestion["record_id"], "exclude")
    assert suggestion["left"] == 121


def test_a_record_is_shown_with_its_reasons_and_its_history(ms: Path) -> None:
    ok("label", ms, "white-2006", "include", "--reviewer", "eva", "--note", "pilot")
    ok("undo", ms, "--reviewer", "eva")
    with Review(ms) as review:
        review.annotations.tag("white-2006", "full text", reviewer="eva")
    said = json.loads(ok("show", ms, "white-2006", "--reviewer", "eva", "--json").stdout)
    assert sum(row["effect"] for row in said["reasons"]) == pytest.approx(said["score"])
    assert said["reasons"][0]["kind"] == "concept"
    assert said["labels"] == ["full text"]
    assert [(line["what"], line["undone"]) for line in said["history"]] == [
        ("imported with records.csv", False),
        ("include (note: pilot)", True),
        ("label “full text” added", False),
    ]
    printed = words(ok("show", ms, "white-2006", "--reviewer", "eva").stdout)
    assert "Why it ranks here" in printed
    assert "other words" in printed
    assert "include (note: pilot) (undone)" in printed
    assert "no record 'nobody'" in refused("show", ms, "nobody")
