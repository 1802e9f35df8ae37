"""Web of Science, EndNote tags, Cochrane, Ovid, PubMed text and JSON: what they hold, and how they come damaged."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.formats import read, read_records

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Roe, R
   Doe, JA
AF Roe, Richard
   Doe, Jane A.
CA Yoga Grp
TI Yoga and pain in
   women
SO JOURNAL OF YOGA
LA English
DT Article
DE yoga; back
   pain
ID IN-VITRO
AB Background: we looked.
   CI 95% was wide.
CR ALLEN JP, 1986, P NATL
   Arluison W, 2004, BIOCHEMISTRY
PY 2004
DI 10.1000/One
PM 101
ZZ unknown
ER

PT J
TI Second
PY 2001
ER

EF
"""
ENW = """%0 Journal Article
%A Roe, Richard
%A Doe, Jane
%T Yoga and pain
%J Journal of yoga
%D 2004
%K yoga
back pain
%X First paragraph.

Second paragraph,
wrapped.
%R 10.1000/One
%U http://example.org
%~ unknown

%T Second
%D 2001
"""
COCHRANE = """Record #1 of 2
ID: CN-00001
AU: Roe R
AU: Doe J
TI: Yoga and pain
SO: Journal of yoga
YR: 2004
PM: PUBMED 101
PT: Journal article
KY: yoga; back pain
DOI: 10.1000/One
AB: AIM: To see.
RESULTS: We saw.

Record #2 of 2
ID: CN-00002
TI: Second
YR: 2001
"""
OVID = """<1>
Unique Identifier
  101
Title
  Yoga and pain in
  women.
Authors
  Roe R
  Doe J
Source
  Journal of yoga. 3(2):1-9, 2004.
Year of Publication
  2004
Abstract
  BACKGROUND: We looked.
  CI 95%.
Digital Object Identifier
  https://dx.doi.org/10.1000/One
Odd Field
  unknown

<2>
Title
  Second
"""
OVID_TAGS = """<1>
UI  - 101
DB  - Ovid MEDLINE(R)
TI  - Yoga and pain
AB  - Text that
      wraps.
AU  - Roe R
YR  - 2004

<2>
UI  - 102
DB  - Ovid MEDLINE(R)
TI  - Second
"""
PUBMED = """1. J Yoga. 2004 Oct 15;225(1-2):11-8. doi: 10.1000/one. Epub 2004 
Aug 3.

Yoga and pain in women:
a trial.

Roe KH(1), Doe SM(2), van der Berg K.

Author information:
(1)Department of Things, Nowhere.

BACKGROUND: We looked. METHODS: We did things to
people.

DOI: 10.1000/one
PMID: 101 [Indexed for MEDLINE]


2. Lancet. 2001;1:1.

[Second].

PMID: 102
"""
SUMMARY = """1: Roe KH, Doe SM. Yoga and pain in women. J Yoga. 2004 Oct 15;225:11-8. doi:
10.1000/one. PMID: 101.

2: Second. Lancet. 2001;1:1. PMID: 102; PMCID: PMC2.
"""
JSON = """[{"title": "Yoga and pain", "author": [{"family": "Roe", "given": "Richard"}], "year": 2004,
  "issued": {"date-parts": [[2004, 2]]}, "DOI": "10.1000/One", "abstract": "A {brace} \\"quoted\\".", "odd": {"a": 1}},
 {"title": "Second", "abstract": null}]
"""
FILES = {
    "Web of Science": WOS,
    "EndNote tags": ENW,
    "Cochrane text": COCHRANE,
    "Ovid text": OVID,
    "NBIB": OVID_TAGS,
    "PubMed text": PUBMED,
    "JSON": JSON,
}


def write(tmp_path: Path, data: str | bytes) -> Path:
    path = tmp_path / "export.txt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


BYTES: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "cp1252": lambda text: text.replace("Second", "Sécond").encode("cp1252"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "no last line end": lambda text: text.rstrip().encode(),
}


@pytest.mark.parametrize("damage", BYTES)
@pytest.mark.parametrize("kind", FILES)
def test_every_record_is_read(tmp_path: Path, kind: str, damage: str) -> None:
    reading = read(write(tmp_path, BYTES[damage](FILES[kind])))
    assert reading.format == kind
    assert len(reading.records) == 2
    assert reading.records[0].title.startswith("Yoga and pain")
    assert reading.records[1].title.strip("[].") in ("Second", "Sécond")


def test_web_of_science(tmp_path: Path) -> None:
    first, second = read_records(write(tmp_path, WOS))
    assert first.title == "Yoga and pain in women"
    assert first.authors == ("Roe, Richard", "Doe, Jane A.", "Yoga Grp")
    assert first.abstract == "Background: we looked. CI 95% was wide."
    assert first.keywords == ("yoga", "back pain", "IN-VITRO")
    assert (first.year, first.journal, first.doi, first.pmid) == (2004, "JOURNAL OF YOGA", "10.1000/one", "101")
    assert (first.publication_types, first.language) == (("Article",), "english")
    assert ("CR", "ALLEN JP, 1986, P NATL\nArluison W, 2004, BIOCHEMISTRY") in first.extra
    assert ("ZZ", "unknown") in first.extra
    assert second.year == 2001


def test_endnote_tags(tmp_path: Path) -> None:
    first, _ = read_records(write(tmp_path, ENW))
    assert first.authors == ("Roe, Richard", "Doe, Jane")
    assert first.keywords == ("yoga", "back pain")
    assert first.abstract == "First paragraph. Second paragraph, wrapped."
    assert (first.year, first.journal, first.doi) == (2004, "Journal of yoga", "10.1000/one")
    assert first.extra == (("%0", "Journal Article"), ("%U", "http://example.org"), ("%~", "unknown"))


def test_cochrane(tmp_path: Path) -> None:
    first, _ = read_records(write(tmp_path, COCHRANE))
    assert first.authors == ("Roe R", "Doe J")
    assert first.abstract == "AIM: To see. RESULTS: We saw."
    assert (first.year, first.doi, first.pmid) == (2004, "10.1000/one", "101")
    assert ("ID", "CN-00001") in first.extra


def test_ovid(tmp_path: Path) -> None:
    first, _ = read_records(write(tmp_path, OVID))
    assert first.title == "Yoga and pain in women."
    assert first.authors == ("Roe R", "Doe J")
    assert first.abstract == "BACKGROUND: We looked. CI 95%."
    assert (first.year, first.doi) == (2004, "10.1000/one")
    assert ("Odd Field", "unknown") in first.extra


def test_ovid_medline_numbers_are_pubmed_numbers(tmp_path: Path) -> None:
    assert [r.record_id for r in read_records(write(tmp_path, OVID_TAGS))] == ["101", "102"]


def test_pubmed_abstract_format(tmp_path: Path) -> None:
    reading = read(write(tmp_path, PUBMED))
    first, second = reading.records
    assert first.title == "Yoga and pain in women: a trial."
    assert first.authors == ("Roe KH", "Doe SM", "van der Berg K")
    assert first.abstract == "BACKGROUND: We looked.\nMETHODS: We did things to people."
    assert (first.year, first.journal, first.doi, first.pmid) == (2004, "J Yoga", "10.1000/one", "101")
    assert ("note", "Author information: (1)Department of Things, Nowhere.") in first.extra
    assert (second.abstract, second.authors, second.pmid) == ("", (), "102")
    assert any("NBIB" in warning for warning in reading.warnings)


def test_pubmed_summary_format(tmp_path: Path) -> None:
    first, second = read_records(write(tmp_path, SUMMARY))
    assert (first.title, first.authors) == ("Yoga and pain in women", ("Roe KH", "Doe SM"))
    assert (first.year, first.journal, first.doi, first.pmid) == (2004, "J Yoga", "10.1000/one", "101")
    assert (second.title, second.pmid) == ("Second", "102")


def test_json(tmp_path: Path) -> None:
    first, second = read_records(write(tmp_path, JSON))
    assert first.authors == ("Roe, Richard",)
    assert first.abstract == 'A {brace} "quoted".'
    assert (first.year, first.doi) == (2004, "10.1000/one")
    assert first.extra == (("issued", "2004-2"), ("odd", '{"a": 1}'))
    assert second.abstract == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"title": "a"}, {"title": ', "line 1: is damaged JSON"),
        ('[{"title": "a"}, 7]', "no list of records"),
        ('[{"title": "a", "b": ' + "[" * 100_000, "damaged JSON"),
    ],
)
def test_json_gone_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_records(write(tmp_path, text))


def test_json_on_one_long_line(tmp_path: Path) -> None:
    record = f'{{"title": "Yoga", "abstract": "{"We looked. " * 300}"}}'
    reading = read(write(tmp_path, f"[{', '.join([record] * 1500)}]"))
    assert (reading.format, len(reading.records)) == ("JSON", 1500)
