"""Decisions that exports carry: which fields are decisions, and what they say."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tiab.decisions import read_labels
from tiab.decisions.fields import note_of, reason_of
from tiab.errors import LabelError
from tiab.formats import read_records
from tiab.labels import Decision
from tiab.records import Record

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE


def write(tmp_path: Path, text: str, name: str = "labels.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["label_included", "included", "Decision", "label", "asreview_label"])
def test_columns_and_spellings(tmp_path: Path, column: str) -> None:
    values = {"a": "1", "b": "0", "c": "-1", "d": "", "e": "Include", "f": "exclude", "g": "maybe", "h": "nan"}
    rows = "\n".join(f"{record_id},T {record_id},{value}" for record_id, value in values.items())
    labels = read_labels(write(tmp_path, f"record_id,title,{column}\n{rows}\n"))
    assert labels == {"a": INCLUDE, "b": EXCLUDE, "e": INCLUDE, "f": EXCLUDE, "g": MAYBE}


def test_the_final_decision_comes_before_the_others(tmp_path: Path) -> None:
    path = write(tmp_path, "title,label_abstract,label_included\na,1,0\n")
    assert list(read_labels(path).values()) == [EXCLUDE]


def test_the_ids_are_those_of_the_records(tmp_path: Path) -> None:
    path = write(tmp_path, "title,pmid,included\na,1,1\nb,1,0\nc,,1\n")
    assert list(read_labels(path)) == [record.record_id for record in read_records(path)]
    assert read_labels(path)["1#2"] is EXCLUDE


WORDS = [
    "not vetted",
    "unknown",
    "undetermined",
    "Undecided",
    "NOT_SEEN",
    "unlabelled",
    "pending",
    "N/A",
    "-1",
    "–",
    " ",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_no_decision_leaves_the_record_undecided_and_is_counted(tmp_path: Path, word: str) -> None:
    labels = read_labels(write(tmp_path, f"record_id,title,included\n1,a,yes\n2,b,{word}\n3,c,NO\n"))
    assert labels == {"1": INCLUDE, "3": EXCLUDE}
    assert labels.undecided == 1


ASREVIEW = [
    "label", "final_included", "label_included", "included_label", "included_final", "included", "included_flag",
    "include", "abstract_included", "included_abstract", "included_after_abstract", "label_abstract_screening",
    "label_abstract_included",
]  # fmt: skip


@pytest.mark.parametrize("column", ASREVIEW)
def test_the_names_that_asreview_documents(tmp_path: Path, column: str) -> None:
    labels = read_labels(write(tmp_path, f"record_id,title,{column}\n1,a,1\n2,b,0\n3,c,\n"))
    assert (labels, labels.undecided) == ({"1": INCLUDE, "2": EXCLUDE}, 1)


@pytest.mark.parametrize(
    "table",
    [
        "label,title\nMuster_2019_ExampleJ,a\nZwei_2018_ExampleJ,b\n",
        "label,title\n1,a\n2,b\n",
        "label,title\n0,a\nupdate 2020,b\n",
        "title,inclusion\na,adults with back pain\n",
        "title,include\na,adults\n",
    ],
)
def test_a_column_that_a_program_uses_for_something_else_is_no_decision(tmp_path: Path, table: str) -> None:
    with pytest.raises(LabelError, match="holds no decisions"):
        read_labels(write(tmp_path, table))


def test_a_citation_key_beside_the_decisions_of_revtools(tmp_path: Path) -> None:
    table = "label,title,screened_abstracts\n1,a,selected\n2,b,excluded\n3,c,NA\n"
    assert list(read_labels(write(tmp_path, table)).values()) == [INCLUDE, EXCLUDE]


def test_a_field_called_label_in_a_format_with_fields_of_its_own_is_none(tmp_path: Path) -> None:
    record = "<record><titles><title>{}</title></titles><label>1</label><notes>{}</notes></record>"
    xml = (
        "<xml><records>"
        + record.format("A", "Exclusion reason: Wrong dose; ")
        + record.format("B", "")
        + "</records></xml>"
    )
    assert list(read_labels(write(tmp_path, xml, "library.xml")).values()) == [EXCLUDE]
    with pytest.raises(LabelError, match="holds no decisions"):
        read_labels(write(tmp_path, "@article{a, title={A}, label={1}}\n", "library.bib"))


def test_one_id_with_opposite_decisions_is_a_warning(tmp_path: Path) -> None:
    with_titles = read_labels(write(tmp_path, "record_id,title,included\n7,a,1\n8,b,1\n7,a,0\n"))
    without = read_labels(write(tmp_path, "record_id,included\n7,1\n8,1\n7,0\n"))
    for labels in (with_titles, without):
        assert labels.warnings == ("record '7' is decided on twice (include, then exclude)",)
    assert read_labels(write(tmp_path, "record_id,included\n7,1\n7,1\n")).warnings == ()


def test_metagear(tmp_path: Path) -> None:
    table = "STUDY_ID,REVIEWERS,INCLUDE,TITLE\n1,Ann,YES,A\n2,Ann,NO,B\n3,Ben,not vetted,C\n4,Ben,maybe,D\n"
    labels = read_labels(write(tmp_path, table))
    assert (list(labels.values()), labels.undecided) == ([INCLUDE, EXCLUDE, MAYBE], 1)


def test_a_project_of_asreview_that_was_zipped_on_a_mac(root: Path, tmp_path: Path) -> None:
    project = root / "tests" / "data" / "review" / "asreview-3.asreview"
    zipped = tmp_path / "zipped.asreview"
    with zipfile.ZipFile(project) as archive, zipfile.ZipFile(zipped, "w") as mac:
        for name in archive.namelist():
            mac.writestr(f"__MACOSX/My project/._{name}", b"\x00\x05\x16\x07")
            mac.writestr(f"My project/{name}", archive.read(name))
            mac.writestr(f"My project/._{name}", b"\x00\x05\x16\x07")
    assert read_labels(zipped) == read_labels(project)
    assert len(read_labels(zipped)) == 4


def test_a_value_that_is_no_decision(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"labels\.csv: record 7: 'perhaps' in column 'included'"):
        read_labels(write(tmp_path, "record_id,title,included\n7,a,perhaps\n"))


def test_a_file_without_labels(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"holds no decisions\. Give it a column called 'decision'"):
        read_labels(write(tmp_path, "title,abstract\na,b\n"))
    assert read_labels(write(tmp_path, "title,included\na,\nb,0\n")) == {"tiab:" + _print("b"): EXCLUDE}


def _print(title: str) -> str:
    return Record(record_id="x", title=title).fingerprint


def test_notes_of_asreview_rayyan_and_covidence(tmp_path: Path) -> None:
    notes = {
        "1": "ASReview_relevant",
        "2": "Note. ASReview_irrelevant. More",
        "3": "ASReview_not_seen",
        "4": 'RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: x',
        "5": 'RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bob"=>"Excluded"}',
        "6": 'RAYYAN-INCLUSION: {"Ann"=>"Included", "Bob"=>"Excluded"}',
        "7": "nothing of the kind",
        "8": "Exclusion reason: Wrong study design; ",
    }
    text = "".join(f"TY  - JOUR\nPMID  - {n}\nTI  - T{n}\nN1  - {note}\nER  - \n" for n, note in notes.items())
    assert read_labels(write(tmp_path, text, "r.ris")) == {
        "1": INCLUDE, "2": EXCLUDE, "4": INCLUDE, "5": EXCLUDE, "6": MAYBE, "8": EXCLUDE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "reason", "note"),
    [
        ("reason", "wrong population", "wrong population", ""),
        ("Exclusion reason", "not an RCT", "not an RCT", ""),
        (
            "notes",
            'RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | USER-NOTES: {"Ann"=>["see p. 3"]} | '
            "RAYYAN-EXCLUSION-REASONS: wrong population,not rct",
            "wrong population; not rct",
            "see p. 3",
        ),
        ("Notes", "Exclusion reason: Wrong dose; checked twice", "Wrong dose", "checked twice"),
        ("N1", "ASReview_irrelevant", "", ""),
        ("asreview_note", "odd", "", "odd"),
    ],
)
def test_reasons_and_notes(name: str, value: str, reason: str, note: str) -> None:
    record = Record(record_id="1", extra=((name, value),))
    assert (reason_of(record), note_of(record)) == (reason, note)


def test_the_decision_of_asreview_comes_before_that_of_its_dataset(tmp_path: Path) -> None:
    path = write(tmp_path, "title,included,asreview_label\na,1,0\nb,1,\n")
    assert list(read_labels(path).values()) == [EXCLUDE]
