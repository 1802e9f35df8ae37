"""Labels that exports carry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiab.errors import LabelError
from tiab.formats import read_labels, read_records
from tiab.formats.decisions import note_of, reason_of
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
