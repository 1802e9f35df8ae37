"""The evidence table: studies by outcomes, their counts, and the files that tiab map writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.errors import InputError
from tiab.evaluation.full_texts import read_counts
from tiab.pico import find_spans
from tiab.pico.findings.table import EvidenceTable, evidence_table
from tiab.records import Record
from tiab.report.evidence import render_evidence, write_evidence
from tiab.review import Review

HEAD = "METHODS: Forty women were randomised to yoga for 8 weeks or a waitlist. IL-6, IL-10 and TNF-α were measured."


def table_of(*results: str) -> EvidenceTable:
    records = [
        Record(record_id=str(i), title=f"Study {i}", abstract=f"{HEAD} RESULTS: {text}", year=2000 + i)
        for i, text in enumerate(results)
    ]
    return evidence_table(records, find_spans(records))


def directions(result: str) -> dict[str, str]:
    (study,) = table_of(result).studies
    return {name: study.direction(name) for name in study.cells}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("IL-6 fell.", {"IL-6": "decreased", "IL-10": "measured", "TNF-alpha": "measured"}),
        ("IL-6 tended to fall.", {"IL-6": "unchanged", "IL-10": "measured", "TNF-alpha": "measured"}),
        (
            "No changes in cytokine levels were found.",
            {"IL-6": "unchanged", "IL-10": "unchanged", "TNF-alpha": "unchanged", "cytokines": "unchanged"},
        ),
        (
            "IL-6 fell. The other cytokines did not change.",
            {"IL-6": "decreased", "IL-10": "unchanged", "TNF-alpha": "unchanged", "other cytokines": "unchanged"},
        ),
        ("IL-6 rose in the waitlist group.", {"IL-6": "measured", "IL-10": "measured", "TNF-alpha": "measured"}),
        ("IL-6 rose immediately after a session.", {"IL-6": "measured", "IL-10": "measured", "TNF-alpha": "measured"}),
        (
            "IL-6 fell within the yoga group. IL-6 did not differ between groups.",
            {"IL-6": "unchanged", "IL-10": "measured", "TNF-alpha": "measured"},
        ),
    ],
)
def test_a_cell_says_what_the_abstract_says_of_an_effect(result: str, expected: dict[str, str]) -> None:
    assert directions(result) == expected


def test_a_drug_that_patients_receive_is_not_measured() -> None:
    (study,) = table_of("All patients were receiving interferon beta. IL-6 fell.").studies
    assert "IFN-beta" not in study.cells


def test_what_tells_nothing_of_the_effect_is_kept_aside() -> None:
    (study,) = table_of("IL-6 rose immediately after a session.").studies
    assert [one.direction for one in study.aside["IL-6"]] == ["increased"]


def test_a_study_has_its_facts_and_its_sentences() -> None:
    (study,) = table_of("IL-6 fell. IL-10 rose.").studies
    assert (study.n, study.weeks, study.design) == (40, 8.0, "randomised trial")
    (said,) = study.cells["IL-10"]
    assert said.sentence == "IL-10 rose."
    record = Record(record_id="0", title="Study 0", abstract=f"{HEAD} RESULTS: IL-6 fell. IL-10 rose.")
    assert record.text[said.start : said.end] == said.sentence


def test_counts_are_told_as_reviews_tell_them() -> None:
    table = table_of("IL-6 fell.", "IL-6 did not change.", "IL-6 did not change.", "Nothing of note.")
    assert table.sentence("IL-6") == (
        "IL-6 in 4 of 4; no significant change in 2; decreased in 1; no direction given in 1"
    )


def test_other_outcomes_get_a_column_where_studies_share_them() -> None:
    texts = ["Fatigue was lower in the yoga group than in the waitlist group. Balance improved."] * 2
    records = [
        Record(record_id=str(i), title="Yoga and fatigue", abstract=f"{HEAD} RESULTS: {text}")
        for i, text in enumerate(texts)
    ]
    table = evidence_table(records, find_spans(records, learned=True))
    assert table.counts("fatigue")["decreased"] == 2


def test_it_is_written_in_every_kind(tmp_path: Path) -> None:
    table = table_of("IL-6 fell.", "IL-6 did not change.")
    for kind in ("csv", "xlsx", "html", "png", "svg", "json"):
        write_evidence(tmp_path / f"table.{kind}", table)
    text = (tmp_path / "table.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["IL-6"] for row in rows] == ["decreased", "unchanged"]
    assert rows[0]["IL-6: sentence"] == "RESULTS: IL-6 fell. [within group]"
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").active
    assert [cell.value for cell in next(sheet.iter_rows())][:6] == [
        "record_id",
        "title",
        "year",
        "design",
        "n",
        "weeks",
    ]
    assert (tmp_path / "table.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))["n_studies"] == 2


def test_the_page_holds_no_markup_of_a_record() -> None:
    record = Record(record_id="1", title="<script>x</script>", abstract=f"{HEAD} RESULTS: IL-6 fell <b>much</b>.")
    page = render_evidence(evidence_table([record], find_spans([record])))
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_kind_is_refused_before_the_work(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["map", str(corpus_path()), "-o", str(tmp_path / "table.doc")])
    assert result.exit_code == 2
    assert ".csv" in result.output


def test_the_embedded_corpus_stands_beside_the_full_texts() -> None:
    result = CliRunner().invoke(app, ["map", str(corpus_path()), "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["n_studies"] == 12
    (interleukin,) = data["full_texts"]
    assert interleukin["full_texts"] == {"studies": 8, "increased": 0, "decreased": 1, "unchanged": 7}
    assert interleukin["abstracts"]["studies"] == 6
    assert "measured in 8 by full text, 6 by abstract" in interleukin["differences"]


def test_included_records_of_a_review_and_of_a_file_are_mapped(tmp_path: Path) -> None:
    table = tmp_path / "records.csv"
    rows = [("1", "IL-6 fell.", "1"), ("2", "IL-6 rose.", "0")]
    lines = [f'{i},Study {i},"{HEAD} RESULTS: {text}",{label}' for i, text, label in rows]
    table.write_text("\n".join(["record_id,title,abstract,label_included", *lines]), encoding="utf-8")
    found = json.loads(CliRunner().invoke(app, ["map", str(table), "--json"]).stdout)
    assert [study["record_id"] for study in found["studies"]] == ["1"]
    with Review.create(tmp_path / "review") as review:
        review.add([table])
        (second,) = [r.record_id for r in review.snapshot.records if r.title == "Study 2"]
        review.label(second, "include")
    found = json.loads(CliRunner().invoke(app, ["map", str(tmp_path / "review"), "--json"]).stdout)
    assert [study["title"] for study in found["studies"]] == ["Study 2"]


@pytest.mark.parametrize(
    "text", ["outcome,of\nIL-6,12\n", "outcome,of,studies,increased,decreased,unchanged\nIL-6,x,1,1,1,1\n"]
)
def test_a_table_that_holds_no_counts_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"counts\.csv"):
        read_counts(path)
