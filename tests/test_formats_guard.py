"""The guard: a reader whose rule for the start of a record is broken on purpose is noticed, in every format."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tiab.errors import InputError
from tiab.formats import cochrane, enw, noteexpress, ovid, read, read_records, refworks, wos, write_records
from tiab.formats.tagged import Grammar
from tiab.records import Record

THREE = range(1, 4)


def _join(text: str, between: str = "\n") -> str:
    return between.join(text.replace("#", str(n)) for n in THREE)


TEXTS = {
    "RIS": _join("TY  - JOUR\nTI  - Title #\nAU  - Roe, R\nAB  - Text.\nER  - \n"),
    "RIS without ends": _join("TY  - JOUR\nTI  - Title #\nAU  - Roe, R\nAB  - Text.\n"),
    "RIS without types": _join("TI  - Title #\nAU  - Roe, R\nAB  - Text.\nER  - \n", ""),
    "NBIB": _join("PMID- #\nOWN - NLM\nTI  - Title #\nAB  - Text.\n"),
    "NBIB without blank lines": _join("PMID- #\nOWN - NLM\nTI  - Title #\nAB  - Text.\n", ""),
    "Ovid tags": _join("<#. >\nVN  - Ovid Technologies\nDB  - Embase\nTI  - Title #\nAB  - Text.\n"),
    "Ovid tags without numbers": _join("VN  - Ovid Technologies\nDB  - Embase\nTI  - Title #\nAB  - Text.\n"),
    "Ovid text": _join("<#>\nAccession Number\n  #\nTitle\n  Title #\nSource\n  Pain.\nAbstract\n  Text.\n"),
    "Ovid text without numbers": _join("Accession Number\n  #\nTitle\n  Title #\nAbstract\n  Text.\n"),
    "Cochrane text": _join("Record \x00# of 3\nID: CN-#\nAU: Roe R\nTI: Title #\nAB: Text.\n").replace("\x00", "#"),
    "Web of Science": "FN Clarivate Analytics Web of Science\nVR 1.0\n"
    + _join("PT J\nAU Roe, R\nTI Title #\nAB Text.\nUT WOS:#\nER\n") + "EF\n",
    "EndNote tags": _join("%0 Journal Article\n%A Roe, R\n%T Title #\n%X Text.\n"),
    "RefWorks": _join("RT Journal Article\nA1 Roe,R\nT1 Title #\nAB Text.\n"),
    "NoteExpress": _join("{Reference Type}: Journal Article\n{Title}: Title #\n{Author}: Roe\n{Abstract}: Text.\n"),
    "CNKI": _join("SrcDatabase-来源库: 期刊\nTitle-题名: Title #\nAuthor-作者: Roe;\nSummary-摘要: Text.\n"),
    "BibTeX": _join("@article{k#,\n title = {Title #},\n author = {Roe, R},\n}\n"),
    "PubMed text": _join("#. Pain. 2019;1:1.\n\nTitle #.\n\nRoe R.\n\nText of it.\n\nPMID: 3199990#\n", "\n\n"),
    "PubMed XML": "<PubmedArticleSet>\n" + _join(
        "<PubmedArticle><MedlineCitation><PMID>#</PMID><Article><ArticleTitle>Title #</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle>"
    ) + "\n</PubmedArticleSet>\n",
    "EndNote XML": "<xml><records>\n" + _join(
        '<record><ref-type name="Journal Article">17</ref-type><titles><title>Title #</title></titles></record>'
    ) + "\n</records></xml>\n",
    "ICTRP XML": "<Trials_downloaded_from_ICTRP>\n" + _join(
        "<Trial><TrialID>ISRCTN0000000#</TrialID><Public_title>Title #</Public_title></Trial>"
    ) + "\n</Trials_downloaded_from_ICTRP>\n",
    "JSON": "[\n" + _join('{"title": "Title #", "year": 2001}', ",\n") + "\n]\n",
    "JSON within an object": '{"meta": {"n": 3}, "results": [\n' + _join('{"title": "Title #"}', ",\n") + "\n]}\n",
    "JSON lines": _join('{"title": "Title #", "references": [{"title": "x"}]}') + "\n",
    "table": "title,abstract,year,doi\n" + _join('"Title #","Text, with\na line break.",2001,10.5555/#\n', ""),
    "table with tabs": "title\tabstract\tyear\tdoi\n" + _join("Title #\tText.\t2001\t10.5555/#\n", ""),
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        file = tmp_path / "export.txt"
        file.write_bytes(TEXTS[name].encode())
        return file

    return write


@pytest.mark.parametrize("name", TEXTS)
def test_the_whole_reader_agrees_with_the_guard(path: Callable[[str], Path], name: str) -> None:
    reading = read(path(name))
    assert [record.title.rstrip(".") for record in reading.records] == [f"Title {n}" for n in THREE]


def first_alone(grammar: Grammar) -> Grammar:
    return replace(grammar, starts=lambda tag, blank, is_open: not is_open and grammar.starts(tag, blank, is_open))


def every_second(grammar: Grammar) -> Grammar:
    """A rule that lets each second start pass by."""
    seen = [0]

    def starts(tag: str, blank: bool, is_open: bool) -> bool:
        if not grammar.starts(tag, blank, is_open):
            return False
        seen[0] += 1
        return seen[0] % 2 == 1

    return replace(grammar, starts=starts)


def any_tag(grammar: Grammar) -> Grammar:
    return replace(grammar, starts=lambda tag, blank, is_open: True)


TAGGED = {
    "Cochrane text": cochrane, "Web of Science": wos, "EndNote tags": enw, "RefWorks": refworks,
    "NoteExpress": noteexpress, "CNKI": noteexpress, "Ovid text": ovid, "Ovid text without numbers": ovid,
}  # fmt: skip


@pytest.mark.parametrize("broken", [first_alone, every_second, any_tag])
@pytest.mark.parametrize("name", TAGGED)
def test_a_broken_grammar(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[[Grammar], Grammar]
) -> None:
    if TAGGED[name] is ovid:
        whole = ovid.grammar_of
        monkeypatch.setattr(ovid, "grammar_of", lambda lines: broken(whole(lines)))
    else:
        module: Any = TAGGED[name]
        monkeypatch.setattr(module, "GRAMMAR", broken(module.GRAMMAR))
        if name == "Web of Science" and broken is first_alone:
            monkeypatch.setattr(module, "GRAMMAR", replace(module.GRAMMAR, end=""))
    check_noticed(path(name))


def check_noticed(file: Path) -> None:
    with pytest.raises(InputError, match=r"3 records start in it, but \d+ were read") as caught:
        read_records(file)
    assert caught.value.line


NBIB_RULES: dict[str, Callable[..., bool]] = {
    "one alone": lambda tag, value, blank, opener, only_pmid: tag in ("PMID", "TI") and value.endswith("1"),
    "every second": lambda tag, value, blank, opener, only_pmid: tag == "TI" and value.endswith(("1", "3")),
    "none": lambda tag, value, blank, opener, only_pmid: False,
    "each tag": lambda tag, value, blank, opener, only_pmid: True,
}


@pytest.mark.parametrize("rule", NBIB_RULES)
@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith(("NBIB", "Ovid tags"))])
def test_a_broken_rule_of_nbib(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str, rule: str
) -> None:
    monkeypatch.setattr("tiab.formats.nbib.starts", NBIB_RULES[rule])
    check_noticed(path(name))


@pytest.mark.parametrize("rule", ["first alone", "titles", "none", "each tag"])
@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("RIS")])
def test_a_broken_rule_of_ris(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str, rule: str
) -> None:
    seen: list[str] = []

    def starts(self: object, tag: str, value: str) -> bool:
        seen.append(tag)
        return {
            "first alone": bool(tag) and len(list(filter(None, seen))) == 1,
            "titles": tag == "TI" and value.endswith("2"),
            "none": False,
            "each tag": bool(tag),
        }[rule]

    monkeypatch.setattr("tiab.formats.ris._Tokens.starts", starts)
    check_noticed(path(name))


@pytest.mark.parametrize("name", [name for name in TEXTS if "XML" in name])
def test_a_reader_of_xml_that_loses_elements(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module = {"PubMed XML": "pubmed_xml", "EndNote XML": "endnote_xml", "ICTRP XML": "trials"}[name]
    from tiab.formats import xml_stream

    def fewer(*asked: Any) -> Iterator[Any]:
        return (found for number, found in enumerate(list(xml_stream.elements(*asked))) if number != 1)

    monkeypatch.setattr(f"tiab.formats.{module}.elements", fewer)
    check_noticed(path(name))


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith("JSON")])
def test_a_reader_of_json_that_finds_another_list(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("tiab.formats.json_table.objects_in", lambda values: [{"title": "Title 1"}])
    check_noticed(path(name))


@pytest.mark.parametrize(
    ("name", "target", "pattern"),
    [
        ("BibTeX", "tiab.formats.bibtex._HEAD", r"\s*@\s*(article)\s*{(?=k1)"),
        ("PubMed text", "tiab.formats.pubmed_text._START", r"(1)[.:] (?=\S)"),
    ],
)
def test_a_broken_pattern(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str, target: str, pattern: str
) -> None:
    monkeypatch.setattr(target, re.compile(pattern))
    check_noticed(path(name))


@pytest.mark.parametrize("name", ["table", "table with tabs"])
def test_a_reader_of_tables_that_runs_rows_together(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    whole = csv.reader

    class Fewer:
        def __init__(self, lines: Any, **how: Any) -> None:
            self._rows = whole(lines, **how)
            self._read = 0

        @property
        def line_num(self) -> int:
            return self._rows.line_num

        def __iter__(self) -> Fewer:
            return self

        def __next__(self) -> list[str]:
            self._read += 1
            row = next(self._rows)
            return next(self._rows) if self._read == 3 else row

    monkeypatch.setattr("tiab.formats.table.csv.reader", Fewer)
    check_noticed(path(name))


def test_a_reader_of_workbooks_that_leaves_rows_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "records.xlsx"
    write_records(file, [Record(record_id=str(n), title=f"Title {n}") for n in THREE])
    assert len(read_records(file)) == 3
    monkeypatch.setattr("tiab.formats.xlsx.is_record", lambda row: row[1] != "Title 2")
    check_noticed(file)


def test_a_file_that_is_taken_for_another_format_is_noticed(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ovid's tagged export was once read as RIS: three records as one."""
    monkeypatch.setattr("tiab.formats.nbib.found_at", lambda lines: None)
    from tiab import formats

    readers = {name: pair for name, pair in formats.FORMATS.items() if name != "NBIB"}
    monkeypatch.setattr("tiab.formats.FORMATS", readers)
    check_noticed(path("Ovid tags"))


def test_a_quote_in_a_table_with_tabs_swallows_no_row(tmp_path: Path) -> None:
    """A line is a row short, so that the file isn't taken for one without quotes; then a stray quote runs on."""
    file = tmp_path / "table.tsv"
    rows = ['One\t"Stray\t2001\t1', "Two\tText\t2001\t2", 'Three\tText"\t2001\t3', "Four"]
    file.write_text("\n".join(["title\tabstract\tyear\tid", *rows, ""]), encoding="utf-8")
    with pytest.raises(InputError):
        read_records(file)
