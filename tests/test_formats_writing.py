"""What is written is read again, equal: every format, every field, unknown tags and columns too."""

from __future__ import annotations

import csv
import gzip
import unicodedata
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiab.decisions import read_labels
from tiab.errors import InputError, LabelError
from tiab.formats import read_records, write_records
from tiab.formats.text import clean_line, clean_text
from tiab.labels import Decision
from tiab.records import Record

SUFFIXES = [".csv", ".tsv", ".ris", ".xlsx", ".nbib", ".bib", ".xml", ".csv.gz"]

characters = st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"])
awkward = st.sampled_from(
    ["=1+1", "+x", "-0.5", "@a", "'=1", "a; b", "a, b", "*star", "x/*y", "TY  - JOUR", "ER  - ", "AB  - b", "10.1000/a",
     "2019/08/23", "1999", '"quoted"', "a|b", "\\o{}%&", "_x0041_", "tiab:[", "tiab_rank: 3", "<b>&amp;", "PMID- 7",
     "A: b.\nC: d.", "a\nb", "a\n\n  b", "['a', 'b']", "@article{a,", "{", "}", "$x$", "%T a", "<1>", "1.", "N1"]
)  # fmt: skip
text = st.one_of(st.text(characters, max_size=25), awkward)
line = text.map(clean_line)
paragraphs = st.lists(text, max_size=4).map("\n".join).map(clean_text)
names = st.lists(line.filter(bool), max_size=3).map(tuple)
tags = st.one_of(
    st.sampled_from(
        ["TY", "N1", "ID", "Y1", "T2", "T1", "N2", "DO", "AN", "DB", "XX", "Source", "rank", "year", "DP", "AU", "C8",
         "tiab", "note", "SO", "LID", "custom7", "1x", "author", "OWN", "research-notes", "TIAB", "journal", "urls"]
    ),
    line.filter(bool),
)  # fmt: skip
records = st.builds(
    Record,
    record_id=line.filter(bool),
    title=line,
    abstract=paragraphs,
    authors=names,
    year=st.none() | st.integers(1500, 2099),
    journal=line,
    doi=st.sampled_from(["", "10.1000/abc", "10.1234/x(y)<z>"]),
    pmid=st.sampled_from(["", "1", "34049259"]),
    keywords=names,
    publication_types=names,
    language=line.map(str.lower),
    extra=st.lists(st.tuples(tags, paragraphs.filter(bool)), max_size=6).map(tuple),
)
pools = st.lists(records, min_size=1, max_size=4, unique_by=lambda record: record.record_id)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pool=pools)
def test_what_is_written_is_read(tmp_path: Path, suffix: str, pool: list[Record]) -> None:
    path = tmp_path / f"out{suffix}"
    write_records(path, pool)
    assert read_records(path) == [replace(record, source=path.name) for record in pool]


def test_an_id_that_a_format_takes_for_a_doi(tmp_path: Path) -> None:
    """The key of an entry can be a DOI; here it is the id of a record that has none."""
    record = Record(record_id="10.1000/0", title="Yoga", source="out.bib")
    write_records(tmp_path / "out.bib", [record])
    assert read_records(tmp_path / "out.bib") == [record]


words = st.text(st.sampled_from("abéöñ xyz-.,"), max_size=30).map(clean_line)
ON_THE_WAY = {
    "byte order mark": lambda text: ("\ufeff" + text.removeprefix("\ufeff")).encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.removeprefix("\ufeff").encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.removeprefix("\ufeff").encode("utf-16-be"),
    "cp1252": lambda text: text.removeprefix("\ufeff").encode("cp1252"),
    "blank lines before": lambda text: b"\n\n" + text.removeprefix("\ufeff").encode(),
    "no last line end": lambda text: text.rstrip().encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".ris", ".nbib", ".bib", ".xml"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    found=st.lists(st.tuples(words.filter(bool), words, st.integers(1950, 2030)), min_size=1, max_size=4),
    damage=st.sampled_from(sorted(ON_THE_WAY)),
)
def test_what_other_programs_make_of_a_file_is_read(
    tmp_path: Path, suffix: str, found: list[tuple[str, str, int]], damage: str
) -> None:
    """Every record comes back however the file was saved again, XML also where it is not what it declares."""
    path = tmp_path / f"out{suffix}"
    write_records(
        path,
        [Record(record_id=str(n), title=t, abstract=a, year=y) for n, (t, a, y) in enumerate(found, 1)],
    )
    path.write_bytes(ON_THE_WAY[damage](path.read_bytes().decode()))
    assert [(r.title, r.abstract, r.year) for r in read_records(path)] == found


def test_strategy_makes_clean_text() -> None:
    assert unicodedata.is_normalized("NFC", clean_text("e\u0301"))


PLAIN = Record(record_id="1", title="Yoga", abstract="Text.", authors=("Roe, R",), year=2001, pmid="1",
               extra=(("TY", "JOUR"), ("rank", "9"), ("N1", "ASReview_irrelevant"), ("XX", "kept")))  # fmt: skip
OTHER = Record(record_id="2", title="Pain", pmid="2")
COLUMNS = {
    "rank": {"1": 1, "2": 2},
    "score": {"1": 0.123456789, "2": float("nan")},
    "decision": {"1": "include"},
    "criteria met": {"1": ("population", "outcome")},
}


def test_ris_shows_what_was_added(tmp_path: Path) -> None:
    path = tmp_path / "out.ris"
    write_records(path, [PLAIN, OTHER], columns=COLUMNS)
    notes = [text[6:] for text in path.read_text(encoding="utf-8").split("\n") if text.startswith("N1  - ")]
    assert notes == [
        "tiab_rank: 1",
        "tiab_score: 0.123457",
        "tiab_decision: include",
        "tiab_criteria met: population; outcome",
        "ASReview_relevant",
        "tiab_rank: 2",
    ]
    first, second = read_records(path)
    assert dict(first.extra) == {
        "TY": "JOUR", "XX": "kept", "rank": "1", "score": "0.123457", "decision": "include",
        "criteria met": "population; outcome", "N1": "ASReview_relevant",
    }  # fmt: skip
    assert second.extra == (("rank", "2"),)
    assert read_labels(path) == {"1": Decision.INCLUDE}


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_tables_show_what_was_added_first(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_records(path, [PLAIN, OTHER], columns=COLUMNS)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first, second = csv.DictReader(stream, delimiter="," if suffix == ".csv" else "\t")
    assert list(first)[:6] == ["rank", "score", "decision", "criteria met", "included", "record_id"]
    assert [first[name] for name in ("rank", "score", "decision", "included")] == ["1", "0.123457", "include", "1"]
    assert [second[name] for name in ("rank", "score", "decision", "included")] == ["2", "", "", ""]
    assert read_labels(path) == {"1": Decision.INCLUDE}
    assert [r.record_id for r in read_records(path)] == ["1", "2"]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".ris", ".nbib", ".bib", ".xml"])
def test_what_is_added_is_read_with_the_record(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_records(path, [PLAIN, OTHER], columns=COLUMNS)
    first, second = read_records(path)
    assert {**dict(first.extra), "N1": "", "included": ""} == {
        "TY": "JOUR", "XX": "kept", "rank": "1", "score": "0.123457", "decision": "include",
        "criteria met": "population; outcome", "N1": "", "included": "",
    }  # fmt: skip
    assert second.extra == (("rank", "2"),)
    assert read_labels(path) == {"1": Decision.INCLUDE}
    assert [replace(record, extra=(), source="") for record in (first, second)] == [replace(PLAIN, extra=()), OTHER]


@pytest.mark.parametrize(
    ("suffix", "shown"),
    [
        (".nbib", "GN  - tiab_rank: 1\n"),
        (".bib", "annote = {tiab\\_rank: 1\n"),
        (".xml", "<notes>tiab_rank: 1&#xD;"),
    ],
)
def test_what_is_added_stands_in_notes(tmp_path: Path, suffix: str, shown: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_records(path, [PLAIN], columns=COLUMNS)
    text = path.read_text(encoding="utf-8")
    assert shown in text
    assert text.count("ASReview") == 1


def test_a_later_decision_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    first, second = tmp_path / "one.ris", tmp_path / "two.ris"
    write_records(first, [PLAIN], columns={"decision": {"1": "include"}})
    write_records(second, read_records(first), columns={"decision": {"1": 0}})
    assert read_labels(second) == {"1": Decision.EXCLUDE}
    assert "ASReview_relevant" not in second.read_text(encoding="utf-8")


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_records(path, [Record(record_id="007", title="=1+1", abstract="x" * 40_000)], columns={"score": {"007": 0.5}})
    rows = [[(cell.value, cell.data_type) for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]
    cells = dict(zip((name for name, _ in rows[0]), rows[1], strict=True))
    assert cells["title"] == ("=1+1", "s")
    assert cells["record_id"] == ("007", "s")
    assert cells["score"] == (0.5, "n")
    assert len(cells["abstract"][0]) <= 32_767
    assert len(read_records(path)[0].abstract) == 40_000


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    record = Record(record_id="+1", title="=HYPERLINK(x)", abstract="@a", authors=("-b",), extra=(("q", "'=1"),))
    write_records(path, [record], columns={"score": {"+1": -0.5}})
    with path.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["title"] == "'=HYPERLINK(x)"
    assert (row["record_id"], row["abstract"], row["authors"], row["q"]) == ("'+1", "'@a", "'-b", "''=1")
    assert row["score"] == "-0.5"
    assert read_records(path)[0] == replace(record, source="out.csv", extra=(("score", "-0.5"), *record.extra))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_records_make_equal_files(tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    write_records(one, [PLAIN, OTHER], columns=COLUMNS)
    write_records(two, [PLAIN, OTHER], columns=COLUMNS)
    assert one.read_bytes() == two.read_bytes()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.ris"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(LabelError, match="record 1: 'perhaps' is not a decision"):
        write_records(path, [PLAIN], columns={"decision": {"1": "perhaps"}})
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_suffixes_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"out\.doc: has a suffix that names no format\. .* \.csv, .* or "):
        write_records(tmp_path / "out.doc", [PLAIN])
    with pytest.raises(InputError, match="cannot be written"):
        write_records(tmp_path / "none" / "out.csv", [PLAIN])
    write_records(tmp_path / "out.RIS.gz", [PLAIN])
    assert gzip.decompress((tmp_path / "out.RIS.gz").read_bytes()).startswith(b"TY  - JOUR\n")
