"""CSV, TSV and their kin: headings of the databases, delimiters, quotes gone wrong."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiab.errors import InputError
from tiab.formats import read, read_records
from tiab.formats.absent import no_abstract, no_title
from tiab.formats.list_fields import split_names

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
CELL = (
    st.lists(TEXT, max_size=6)
    .map(" ".join)
    .map(lambda s: unicodedata.normalize("NFC", " ".join(s.split())))
    .filter(lambda cell: not no_title(cell) and not no_abstract(cell))  # "NULL" is no title
)


def write(tmp_path: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def one(tmp_path: Path, headings: str, cells: str) -> dict[str, object]:
    (record,) = read_records(write(tmp_path, f"{headings}\n{cells}\n"))
    return {name: getattr(record, name) for name in record.__slots__ if getattr(record, name)}


@pytest.mark.parametrize(
    ("headings", "cells", "expected"),
    [
        (  # ASReview
            "record_id,title,abstract,authors,doi,included",
            '7,Yoga,Text.,"[\'Roe, R\', \'Doe, J\']",10.1000/A,1',
            {"record_id": "7", "title": "Yoga", "abstract": "Text.", "authors": ("Roe, R", "Doe, J"),
             "doi": "10.1000/a", "extra": (("included", "1"),)},
        ),
        (  # Scopus
            "Authors,Title,Year,Source title,DOI,Abstract,Author Keywords,Index Keywords,PubMed ID,"
            "Language of Original Document,Document Type,Source,EID",
            '"Gao X., Ni W.",Yoga,2021,J Yog,10.1000/a,Text.,asana; pain,human,123,English,Review,Scopus,2-s2.0',
            {"authors": ("Gao X.", "Ni W."), "year": 2021, "journal": "J Yog", "keywords": ("asana", "pain", "human"),
             "pmid": "123", "language": "english", "publication_types": ("Review",), "record_id": "123",
             "extra": (("Source", "Scopus"), ("EID", "2-s2.0"))},
        ),
        (  # Zotero
            "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Abstract Note,Manual Tags",
            'X1,journalArticle,2019,"Roe, R; Doe, J",Yoga,J Yog,,Text.,a; b',
            {"authors": ("Roe, R", "Doe, J"), "abstract": "Text.", "journal": "J Yog", "year": 2019,
             "keywords": ("a", "b"), "publication_types": ("journalArticle",), "extra": (("Key", "X1"),)},
        ),
        (  # Web of Science
            "Publication Type,Authors,Article Title,Source Title,Abstract,DOI,Publication Year,Pubmed Id",
            'J,"Roe, R",Yoga,J YOG,Text.,10.1000/a,2001,5',
            {"title": "Yoga", "journal": "J YOG", "year": 2001, "pmid": "5"},
        ),
        (  # PubMed
            '"PMID","Title","Authors","Citation","Journal/Book","Publication Year","PMCID"',
            '"11","Yoga","Lim SM, Shiau CWC.","J Yog. 2022","J Yog","2022",""',
            {"pmid": "11", "record_id": "11", "authors": ("Lim SM", "Shiau CWC."), "journal": "J Yog", "year": 2022,
             "extra": (("Citation", "J Yog. 2022"),)},
        ),
        (  # EBSCO
            '"Article Title","Author","Journal Title","Publication Date","Abstract","DOI","Subjects"',
            '"Yoga","Roe, R; Doe, J","J Yog","20170301","Text.","10.1000/a","pain; yoga"',
            {"title": "Yoga", "year": 2017, "keywords": ("pain", "yoga")},
        ),
        (  # Embase
            "Title,Author Names,Source,Abstract,Emtree Medical Index Terms,Medline PMID",
            'Yoga,"Liu R., Adler D.",Yog (2014) 3:3,Text.,"pain (therapy, care), human",9',
            {"authors": ("Liu R.", "Adler D."), "keywords": ("pain (therapy, care)", "human"), "year": 2014,
             "pmid": "9"},
        ),
        (  # ProQuest
            "Title,Abstract,StoreId,ArticleType,Authors,documentType,identifierKeywords,issn,language,pubdate,pubtitle,"
            "year,subjectTerms,digitalObjectIdentifier,DocumentURL",
            'Yoga,Text.,9,Scholarly Journals,"Roe, R; Doe, J",Article,yoga,1234-5678,English,Mar 2017,J Yog,2017,'
            "pain; rest,10.1000/a,http://x",
            {"authors": ("Roe, R", "Doe, J"), "journal": "J Yog", "year": 2017, "doi": "10.1000/a",
             "keywords": ("yoga", "pain", "rest"), "language": "english"},
        ),
        (  # Rayyan
            "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,"
            "notes,doi,keywords,pubmed_id",
            'rayyan-1,Yoga,2001,1,1,J Yog,1234-5678,1,2,1-3,"Roe, R. and Doe, J.",http://x,en,,,Text.,a note,10.1000/a,'
            '"yoga, pain",101',
            {"authors": ("Roe, R.", "Doe, J."), "year": 2001, "journal": "J Yog", "pmid": "101", "record_id": "101",
             "keywords": ("yoga", "pain"), "abstract": "Text."},
        ),
        (  # Covidence
            "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
            "Covidence #,Study,Notes,Tags",
            'Yoga,"Roe, R.; Doe, J.",Text.,2001,1,J Yog,1,2,1-3,,10.1000/a,,#12,Roe 2001,,big',
            {"authors": ("Roe, R.", "Doe, J."), "year": 2001, "journal": "J Yog", "doi": "10.1000/a",
             "extra": (("Published Month", "1"), ("Volume", "1"), ("Issue", "2"), ("Pages", "1-3"),
                       ("Covidence #", "#12"), ("Study", "Roe 2001"), ("Tags", "big"))},
        ),
        (  # Web of Science, tab delimited
            "PT|AU|TI|SO|LA|DT|DE|AB|PY|DI|PM|UT|",
            "J|Roe, R; Doe, J|Yoga|J YOGA|English|Review|yoga; pain|Text.|2004|10.1000/a|12|WOS:1|",
            {"authors": ("Roe, R", "Doe, J"), "year": 2004, "pmid": "12", "publication_types": ("J", "Review"),
             "keywords": ("yoga", "pain"), "language": "english"},
        ),
    ],
)  # fmt: skip
def test_headings_of_the_databases(tmp_path: Path, headings: str, cells: str, expected: dict[str, object]) -> None:
    found = one(tmp_path, headings, cells)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("preamble", ["", "sep={0}\n", "Export of 1 May, 2020\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_what_stands_before_the_headings(
    tmp_path: Path, delimiter: str, preamble: str, end: str
) -> None:
    rows = [["title", "abstract", "year"], ["A; b, c", 'He said "no"\nand left.', "2001"], ["D|e\tf", "", "2002"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    text = (preamble.format(delimiter) + out.getvalue()).replace("\n", end)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        records = read_records(write(tmp_path, text, "export.txt", encoding))
        assert [r.title for r in records] == ["A; b, c", "D|e f"]
        assert [r.abstract for r in records] == ['He said "no"\nand left.', ""]
        assert [r.year for r in records] == [2001, 2002]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(CELL, st.lists(CELL.filter(lambda cell: cell.strip("-–—")), max_size=3).map("\n".join), CELL),
        min_size=1,
        max_size=6,
    ),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_is_written_is_read(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, quoting: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["record_id", "title", "abstract", "odd column"])
    writer.writerows([(f"r{number}", *row) for number, row in enumerate(rows)])
    records = read_records(write(tmp_path, out.getvalue()))
    assert [(r.title, r.abstract, dict(r.extra).get("odd column", "")) for r in records] == rows


def test_own_ids_blank_ids_and_equal_ids(tmp_path: Path) -> None:
    path = write(tmp_path, "record_id,title,pmid\nx,a,1\nx,b,2\n,c,3\n,d,3\n,e,\n")
    ids = [r.record_id for r in read_records(path)]
    assert ids[:4] == ["x", "x#2", "3", "3#2"]
    assert ids[4].startswith("tiab:")


def test_blank_rows_are_no_records(tmp_path: Path) -> None:
    assert len(read_records(write(tmp_path, 'title,abstract\na,b\n\n,\n  ,""\nc,d\n\n'))) == 2


def test_titles_have_no_line_breaks_and_text_is_clean(tmp_path: Path) -> None:
    (record,) = read_records(write(tmp_path, 'title,abstract\n"A\nb\x07  c","One.\r\n\r\nTwo\x00\te\u0301."\n'))
    assert (record.title, record.abstract) == ("A b c", "One.\nTwo é.")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('title,abstract\n"a,b\n"c","d"\n"e","f"\n', 2, "a quote in it is not closed"),
        ('title,abstract\na,b\n"c,d\ne,f\n', 3, "a quote that opens here is never closed"),
        ("title,abstract\na,b\nc,d,e\n", 3, "it has 3 cells and the heading row 2"),
        ("name,age\nx,1\n", 1, "has no column for titles"),
        ("title,abstract\n", None, "holds no record"),
        ("title,abstract\n" + "x," * 5000, 2, "it has 5001 cells"),
    ],
)
def test_tables_gone_wrong(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_records(write(tmp_path, text))
    assert caught.value.line == line
    assert "table.csv" in str(caught.value)


def test_rows_that_cannot_be_read_are_counted_and_the_rest_is_given(tmp_path: Path) -> None:
    reading = read(write(tmp_path, "title,abstract\na,b\nc,d,e\nf\n"))
    assert [r.title for r in reading.records] == ["a", "f"]
    assert [lost.line for lost in reading.unreadable] == [3]
    assert "rows with fewer cells than the heading row: 1" in reading.warnings


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("['Roe, R', 'O\\'Hara, S']", ("Roe, R", "O'Hara, S")),
        ("[\"O'Hara, S\", 'Roe',]", ("O'Hara, S", "Roe")),
        ("['Roe' and more]", ("['Roe'", "more]")),
        ("['\\d']", ("d",)),
    ],
)
def test_lists_as_python_prints_them(cell: str, expected: tuple[str, ...]) -> None:
    assert split_names(cell) == expected
