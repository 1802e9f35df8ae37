"""Exports of each kind that databases, registries, indexes and reference managers write, with what they hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tiab.formats import read, read_records
from tiab.formats.absent import no_abstract

OVID_TEXT = """<1>
Accession Number
{0}2014999901
Title
{0}Aquatic training in MS.
Author
{0}Muster M.; Example E.

Source
{0}Journal of Examples.  12(3)(pp 11-19), 2014.
Abstract
{0}Forty women.
{0}They trained.
DOI Number
{0}10.5555/a.1
PMID
{0}31999901 [https://www.ncbi.nlm.nih.gov/pubmed/?term=31999901]
<2>
Accession Number
{0}2014999902
Title
{0}Yoga.
Source
{0}Pain. 2(1), 2013.
"""
OVID_INLINE = """<1. >
Title: Aquatic training in MS.
Author: Muster M.; Example E.
Source: Journal of Examples. 12(3), 2014.
Abstract: Forty women.
DOI: 10.5555/a.1
PMID: 31999901

<2. >
Title: Yoga.
Source: Pain. 2(1), 2013.
"""
OVID_TAGS = """{1}VN{0}- Ovid Technologies
DB{0}- Ovid MEDLINE(R) <1946 to 2024>
UI{0}- 31999901
AU{0}- Muster, Max
AU{0}- Example, Eva
TI{0}- Aquatic training in MS.
SO{0}- Journal of Examples. 12(3):11-19, 2014.
AB{0}- Forty women.
      They trained.
LG{0}- English
DO{0}- https://dx.doi.org/10.5555/a.1

{2}VN{0}- Ovid Technologies
DB{0}- Ovid MEDLINE(R)
UI{0}- 31999902
TI{0}- Yoga.
SO{0}- Pain. 2(1):3-4, 2013.
"""
OVID = {
    **{f"text, {name}": OVID_TEXT.format(indent) for name, indent in
       {"two spaces": "  ", "one space": " ", "a tab": "\t", "no space": ""}.items()},
    "text, number with a point": OVID_TEXT.format("  ").replace("<1>", "<1. >").replace("<2>", "<2. >"),
    "text, no numbers": OVID_TEXT.format("  ").replace("<1>\n", "").replace("<2>\n", "\n"),
    "text, numbers that go on": OVID_TEXT.format("  ").replace("<1>", "<8>").replace("<2>", "<241. >"),
    "text, names with values": OVID_INLINE,
    "tags": OVID_TAGS.format("  ", "<1. >\n", "<2. >\n"),
    "tags, one space": OVID_TAGS.format(" ", "<1.>\n", "<2.>\n"),
    "tags, number apart": OVID_TAGS.format("  ", "< 1 >\n\n", "< 2 >\n\n"),
    "tags, no numbers": OVID_TAGS.format("  ", "", ""),
    "tags, no blank lines": OVID_TAGS.format("  ", "<1. >\n", "<2. >\n").replace("\n\n", "\n"),
}  # fmt: skip


def write(tmp_path: Path, text: str, name: str = "export.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", OVID)
def test_ovid_in_all_its_spacings(tmp_path: Path, name: str, end: str) -> None:
    first, second = read_records(write(tmp_path, OVID[name].replace("\n", end)))
    assert (first.title, second.title) == ("Aquatic training in MS.", "Yoga.")
    assert [author.split(",")[0].split()[0] for author in first.authors] == ["Muster", "Example"]
    assert first.abstract.startswith("Forty women.")
    assert (first.year, first.journal, first.doi, first.pmid) == (
        2014,
        "Journal of Examples",
        "10.5555/a.1",
        "31999901",
    )
    assert (second.year, second.journal, second.abstract) == (2013, "Pain", "")


def test_a_search_strategy_of_ovid_is_no_record(tmp_path: Path) -> None:
    strategy = "\nDB  - Ovid MEDLINE(R)\n\nSearch Strategy:\n\n1. exp Exercise/ (99)\n2. TNF.mp. (12)\n\n**********\n\n"
    record = "{0}.\nTY  - JOUR\nT1  - Title {0}\nN2  - Text.\nER  - \n"
    for middle in (strategy, strategy.replace("\n\n", "\n"), strategy.replace("DB  - ", "C1  - Database: ")):
        reading = read(write(tmp_path, record.format(1) + middle + record.format(2)))
        assert [r.title for r in reading.records] == ["Title 1", "Title 2"]


@pytest.mark.parametrize(
    "text",
    [
        "ID  - 1\nTY  - JOUR\nTI  - One\nER  - \nID  - 2\nTY  - JOUR\nTI  - Two\nER  - \n",
        "TI  - One\nAU  - Roe, R\nTY  - JOUR\nPY  - 2001\nER  - \n\nTI  - Two\nTY  - JOUR\nER  - \n",
    ],
)
def test_a_type_that_is_not_first(tmp_path: Path, text: str) -> None:
    reading = read(write(tmp_path, text))
    assert [(r.title, dict(r.extra)["TY"]) for r in reading.records] == [("One", "JOUR"), ("Two", "JOUR")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("M3  - 10.5555/ABC.1", {"doi": "10.5555/abc.1", "publication_types": ()}),
        ("M3  - doi: 10.5555/abc.1\nM3  - Article", {"doi": "10.5555/abc.1", "publication_types": ("Article",)}),
        ("U2  - L2016712345\nC5  - 34567890", {"pmid": "34567890"}),
        ("UR  - https://www.embase.com/records?id=L1\nC5  - 34567890", {"pmid": "34567890"}),
        ("C5  - 34567890", {"pmid": ""}),
        ("AN  - 104\nN1  - Language: English. NLM UID: 0372344. PMID: NLM28472846.", {"pmid": "28472846"}),
        ("DB  - cmedm\nAN  - 28472846", {"pmid": "28472846"}),
        ("DB  - ccm\nAN  - 28472846", {"pmid": ""}),
        ("N1  - Comment on PMID: 7", {"pmid": ""}),
        ("PM  - 31999901 [http://www.ncbi.nlm.nih.gov/pubmed/?term=31999901]", {"pmid": "31999901"}),
        ("AU  - Muster, M., Example, E., & Zwei, Z.", {"authors": ("Muster, M.", "Example, E.", "Zwei, Z.")}),
        ("AU  - Muster M, Example EV, van der Berg J", {"authors": ("Muster M", "Example EV", "van der Berg J")}),
        ("AU  - Muster, Max and Example, Eva", {"authors": ("Muster, Max", "Example, Eva")}),
        ("AU  - Muster, Max J.\nAU  - WHO Group on Sugar, Salt and Fat", {"authors": ("Muster, Max J.",
        "WHO Group on Sugar, Salt and Fat")}),
        ("AU  - [No author name available]", {"authors": ()}),
        ("AB  - [No abstract available]\nN2  - Ten adults.", {"abstract": "Ten adults."}),
    ],
)  # fmt: skip
def test_fields_of_ris(tmp_path: Path, lines: str, expected: dict[str, Any]) -> None:
    (record,) = read_records(write(tmp_path, f"TY  - JOUR\nTI  - One\n{lines}\nER  - \n"))
    assert {name: getattr(record, name) for name in expected} == expected


REFWORKS = "RT Journal Article\nSR Electronic(1)\nID {0}\nA1 Muster,Max;Example,Eva\nT1 Title {0}\nYR 2018\nK1 yoga\nK1 pain\nAB MS is hard.\nDO 10.5555/r{0}\n\n"  # noqa: E501
NOTEEXPRESS = "{{Reference Type}}: Journal Article\n{{Title}}: 标题 {0}\n{{Author}}: 张三;李四;\n{{Journal}}: 杂志\n{{Year}}: 2018\n{{Keywords}}: 运动;;瑜伽\n{{Abstract}}: 目的。\n{{DOI}}: 10.5555/r{0}\n\n"  # noqa: E501
CNKI = "SrcDatabase-来源库: 期刊\nTitle-题名: 标题 {0}\nAuthor-作者: 张三;李四;\nSource-文献来源: 杂志\nKeyword-关键词: 运动;;瑜伽\nSummary-摘要: 目的。\nPubTime-发表时间: 2018-03-01\nDOI-DOI: 10.5555/r{0}\n\n"  # noqa: E501


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [(REFWORKS, "RefWorks", "Title"), (NOTEEXPRESS, "NoteExpress", "标题"), (CNKI, "NoteExpress", "标题")],
)
def test_tagged_exports(tmp_path: Path, text: str, kind: str, title: str) -> None:
    reading = read(write(tmp_path, text.format(1) + text.format(2)))
    assert reading.format == kind
    assert [r.title for r in reading.records] == [f"{title} 1", f"{title} 2"]
    assert [(r.year, r.doi, len(r.authors), len(r.keywords)) for r in reading.records] == [
        (2018, "10.5555/r1", 2, 2), (2018, "10.5555/r2", 2, 2),
    ]  # fmt: skip
    assert all(r.abstract in ("MS is hard.", "目的。") for r in reading.records)


PERSON = {"first_name": "Max", "last_name": "Muster"}
JSONS: dict[str, Any] = {
    "OpenAlex": {"meta": {"count": 1}, "results": [{
        "id": "https://openalex.org/W1", "doi": "https://doi.org/10.5555/one", "title": "One", "display_name": "One",
        "publication_year": 2020, "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/31999901", "mag": "7"},
        "primary_location": {"source": {"display_name": "Example J"}}, "keywords": [{"display_name": "yoga"}],
        "authorships": [{"author": {"display_name": "Max Muster"}, "institutions": [{"display_name": "U"}]}],
        "abstract_inverted_index": {"adults.": [1], "Ten": [0]},
    }]},
    "Crossref": {"status": "ok", "message": {"total-results": 1, "items": [{
        "DOI": "10.5555/ONE", "title": ["One"], "author": [{"given": "Max", "family": "Muster", "affiliation": []}],
        "container-title": ["Example J"], "published-print": {"date-parts": [[2020, 3]]}, "abstract": "Ten adults.",
        "subject": ["yoga"], "PMID": "31999901", "reference": [{"article-title": "Old", "DOI": "10.5555/old"}],
    }]}},
    "Semantic Scholar": {"total": 1, "data": [{
        "paperId": "a", "externalIds": {"DOI": "10.5555/one", "PubMed": "31999901"}, "title": "One", "year": 2020,
        "abstract": "Ten adults.", "journal": {"name": "Example J", "volume": "3"}, "keywords": "yoga",
        "authors": [{"authorId": "1", "name": "Max Muster"}],
    }]},
    "Lens": {"total": 1, "data": [{
        "lens_id": "1", "title": "One", "abstract": "Ten adults.", "year_published": 2020, "authors": [PERSON],
        "source": {"title": "Example J"}, "mesh_terms": [{"mesh_heading": "yoga"}],
        "external_ids": [{"type": "pmid", "value": "31999901"}, {"type": "doi", "value": "10.5555/one"}],
    }]},
    "Europe PMC": {"hitCount": 1, "resultList": {"result": [{
        "id": "31999901", "source": "MED", "pmid": "31999901", "doi": "10.5555/one", "title": "One", "pubYear": "2020",
        "authorList": {"author": [{"fullName": "Muster M", "firstName": "Max", "lastName": "Muster"}]},
        "journalInfo": {"journal": {"title": "Example J"}}, "abstractText": "Ten adults.",
        "keywordList": {"keyword": ["yoga"]},
    }]}},
    "EPPI-Reviewer": {"CodeSets": [{"SetName": "Screen", "Attributes": {"AttributesList": [{"AttributeId": 1}]}}],
        "References": [{"Codes": [{"AttributeId": 1}], "ItemId": 1, "Title": "One", "ParentTitle": "Example J",
                        "ShortTitle": "Muster (2020)", "Year": "2020", "Abstract": "Ten adults.",
                        "Authors": "Muster Max ;", "DOI": "https://doi.org/10.5555/one", "Keywords": "yoga\r\n",
                        "PMID": "31999901"}]},
    "CSL-JSON": [{"id": "x", "type": "article-journal", "title": "One", "abstract": "Ten adults.",
                  "author": [{"family": "Muster", "given": "Max"}], "issued": {"date-parts": [["2020", "3"]]},
                  "container-title": "Example J", "DOI": "10.5555/one", "PMID": "31999901", "keyword": "yoga"}],
    "Zotero": [{"key": "A", "data": {"itemType": "journalArticle", "title": "One", "abstractNote": "Ten adults.",
                "creators": [{"creatorType": "author", "firstName": "Max", "lastName": "Muster"},
                             {"creatorType": "editor", "firstName": "Eva", "lastName": "Example"}],
                "publicationTitle": "Example J", "date": "2020-03-01", "DOI": "10.5555/one", "extra": "PMID: 31999901",
                "tags": [{"tag": "yoga"}]}}],
    "one record for each line": [
        {"title": "One", "abstract": "Ten adults.", "authors": ["Max Muster"], "year": 2020, "journal": "Example J",
         "doi": "10.5555/one", "pmid": 31999901, "keywords": ["yoga"], "references": [{"title": "Old"}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", JSONS)
def test_json(tmp_path: Path, name: str) -> None:
    data = JSONS[name]
    text = "\n".join(map(json.dumps, data)) if name == "one record for each line" else json.dumps(data, indent=1)
    (record,) = read_records(write(tmp_path, text, "export.json"))
    assert (record.title, record.abstract, record.year) == ("One", "Ten adults.", 2020)
    assert (record.doi, record.pmid, record.journal) == ("10.5555/one", "31999901", "Example J")
    assert record.keywords == ("yoga",)
    assert len(record.authors) == 1
    assert {"Max", "Muster"} & set(record.authors[0].replace(",", "").split())


def test_json_lines(tmp_path: Path) -> None:
    lines = [json.dumps({"title": f"Title {n}", "abstract": None if n == 2 else "Text."}) for n in range(4)]
    reading = read(write(tmp_path, "\n".join([*lines[:2], "", *lines[2:]]) + "\n", "export.jsonl"))
    assert [r.title for r in reading.records] == [f"Title {n}" for n in range(4)]
    assert [r.abstract for r in reading.records] == ["Text.", "Text.", "", "Text."]


def test_json_of_a_trial_registry(tmp_path: Path) -> None:
    modules = {
        "identificationModule": {"nctId": "NCT09999901", "briefTitle": "Swimming", "officialTitle": "Swimming in MS"},
        "statusModule": {"studyFirstPostDateStruct": {"date": "2019-02-11"}, "startDateStruct": {"date": "2020-01"}},
        "descriptionModule": {"briefSummary": "Ten adults."},
        "conditionsModule": {"conditions": ["Multiple Sclerosis"]},
    }
    (record,) = read_records(write(tmp_path, json.dumps({"studies": [{"protocolSection": modules}]})))
    assert (record.record_id, record.title, record.year) == ("NCT09999901", "Swimming in MS", 2019)
    assert (record.abstract, record.keywords) == ("Ten adults.", ("Multiple Sclerosis",))


OLD = (
    "Rank,NCT Number,Title,Acronym,Status,Study Results,Conditions,Interventions,Outcome Measures,"
    "Sponsor/Collaborators,Gender,Study Type,Start Date,First Posted,URL"
)
TABLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ClinicalTrials.gov, old": (
        OLD, '1,NCT09999901,One,,Completed,None,MS|Fatigue,x,IL-6,Ex,All,Other,"March 1, 2020","February 11, 2019",x',
        {"record_id": "NCT09999901", "title": "One", "year": 2019, "keywords": ("MS", "Fatigue")},
    ),
    "ClinicalTrials.gov, new": (
        "NCT Number,Study Title,Study URL,Study Status,Brief Summary,Conditions,Start Date,First Posted",
        "NCT09999901,One,https://x,COMPLETED,Ten adults.,MS|Fatigue,2019-03,2019-02-11",
        {"record_id": "NCT09999901", "abstract": "Ten adults.", "year": 2019, "keywords": ("MS", "Fatigue")},
    ),
    "ICTRP": (
        "TrialID,Public_title,Scientific_title,Date_registration3,Date_registration,Condition",
        "ISRCTN99999901,Swimming,N/A,20190211,11/02/2019,MS",
        {"record_id": "ISRCTN99999901", "title": "Swimming", "year": 2019, "keywords": ("MS",)},
    ),
    "EBSCO, new": (
        "an,title,abstract,contributors,source,publicationDate,doi,subjects,docTypes,plink",
        '1,One,Ten.,"Muster, Max; Example, Eva",Ex J,20190301,10.5555/one,yoga; pain,Article,https://x',
        {"authors": ("Muster, Max", "Example, Eva"), "year": 2019, "journal": "Ex J", "keywords": ("yoga", "pain"),
         "publication_types": ("Article",), "doi": "10.5555/one"},
    ),
    "Dimensions, new": (
        "Rank,Publication ID,DOI,Title,Source title/Anthology title,PubYear,Publication Date (online),Authors",
        '1,pub.1,10.5555/one,One,Ex J,2019,2018-12-31,"Muster, Max; Example, Eva"',
        {"year": 2019, "journal": "Ex J", "authors": ("Muster, Max", "Example, Eva")},
    ),
    "OpenAlex": (
        "id,doi,title,display_name,publication_year,authorships.author.display_name,"
        "primary_location.source.display_name,ids.pmid",
        "W1,https://doi.org/10.5555/one,One,One,2019,Max Muster|Eva Example,Ex J,https://pubmed.ncbi.nlm.nih.gov/31999901",
        {"doi": "10.5555/one", "year": 2019, "journal": "Ex J", "authors": ("Max Muster", "Eva Example"),
        "pmid": "31999901"},
    ),
    "Crossref": (
        "DOI,title,container.title,issued,author,source",
        '10.5555/one,One,Ex J,2019-03,"[{""given"": ""Max"", ""family"": ""Muster""}]",Crossref',
        {"authors": ("Muster, Max",), "year": 2019, "journal": "Ex J"},
    ),
    "Semantic Scholar": (
        "paperId,externalIds,title,year,authors,journal",
        "a,\"{'DOI': '10.5555/one', 'PubMed': '31999901'}\",One,2019,"
        "\"[{'authorId': '1', 'name': 'Max Muster'}, {'name': 'Jan van der Berg'}]\",\"{'name': 'Ex J', 'no': None}\"",
        {"doi": "10.5555/one", "pmid": "31999901", "authors": ("Max Muster", "Jan van der Berg"), "journal": "Ex J"},
    ),
    "Lens": (
        "Lens ID,Title,Publication Year,Publication Type,Source Title,Author/s,Abstract,Keywords,MeSH Terms,PMID,DOI",
        "0,One,2019,journal article,Ex J,Max Muster; Eva Example,Ten.,yoga,Humans,31999901,10.5555/one",
        {"authors": ("Max Muster", "Eva Example"), "keywords": ("yoga", "Humans"), "pmid": "31999901",
        "journal": "Ex J"},
    ),
    "Europe PMC": (
        "SOURCE,ID,TITLE,AUTHORS,JOURNAL_TITLE,PUBLICATION_YEAR,PMID,DOI,ABSTRACT",
        'MED,31999901,One,"Muster M, Example E.",Ex J,2019,31999901,10.5555/one,Ten.',
        {"journal": "Ex J", "year": 2019, "pmid": "31999901", "abstract": "Ten."},
    ),
    "Scopus with full names": (
        "Authors,Author full names,Title,Year,Source title",
        '"Muster, M.","Muster, Max (57999999999); van der Berg, Jan (57999999998)",One,2019,Ex J',
        {"authors": ("Muster, Max", "van der Berg, Jan")},
    ),
    "a particle": ("Title,Authors", 'One,"van der Berg, Jan Willem"', {"authors": ("van der Berg, Jan Willem",)}),
    "CINAHL": ("Article Title,Author,PMID", '"One","Muster, Max",NLM31999901', {"pmid": "31999901"}),
    "CNKI": (
        "SrcDatabase-来源库,Title-题名,Author-作者,Source-文献来源,Keyword-关键词,Summary-摘要,Year-年",
        "期刊,标题,张三;李四,杂志,运动;;瑜伽,目的。,2019",
        {"title": "标题", "authors": ("张三", "李四"), "keywords": ("运动", "瑜伽"), "abstract": "目的。",
         "year": 2019},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_headings(tmp_path: Path, name: str) -> None:
    headings, cells, expected = TABLES[name]
    (record,) = read_records(write(tmp_path, f"{headings}\n{cells}\n", "table.csv"))
    assert {field: getattr(record, field) for field in expected} == expected


def test_web_of_science_without_quotes(tmp_path: Path) -> None:
    rows = [
        'J\tMuster, M; Example, E\t"Just right" exercise\tEX J\tyoga\tIL-6\t"Quoted" text\t2019\t31999901\tWOS:1',
        'J\tZwei, Z\tRats\tEX J\t\t\tTen "rats" ran\t2018\t31999902\tWOS:2',
        'J\tDrei, D\tMore rats\tEX J\t\t\t"Ten rats\t2018\t31999903\tWOS:3',
    ]
    path = write(tmp_path, "\n".join(["PT\tAU\tTI\tSO\tDE\tID\tAB\tPY\tPM\tUT", *rows, ""]))
    reading = read(path)
    assert [r.title for r in reading.records] == ['"Just right" exercise', "Rats", "More rats"]
    assert [r.abstract for r in reading.records] == ['"Quoted" text', 'Ten "rats" ran', '"Ten rats']
    assert reading.records[0].keywords == ("yoga", "IL-6")


@pytest.mark.parametrize(
    ("cell", "pmid"),
    [
        ("31999901", "31999901"), ("31999901.0", "31999901"), ("3.1999901E7", "31999901"), ("3.1999901e+07",
        "31999901"),
        ('"31,999,901"', "31999901"), ("0031999901", "31999901"), ("PMID: 31999901", "31999901"), ("MED:31999901",
        "31999901"),
        ("https://pubmed.ncbi.nlm.nih.gov/31999901/", "31999901"), ("http://www.ncbi.nlm.nih.gov/pubmed/31999901",
        "31999901"),
        ("31999901 [PMID]", "31999901"), ("NLM31999901", "31999901"), ("3.1E+07", ""), ("3.20E+07", ""),
        ("PMC6999901", ""),
        ("nan", ""), ("10.5555/31999901", ""), ("31999901.5", ""),
    ],
)  # fmt: skip
def test_pmids_in_every_dress(tmp_path: Path, cell: str, pmid: str) -> None:
    (record,) = read_records(write(tmp_path, f"title,pmid\nOne,{cell}\n"))
    assert record.pmid == pmid


@pytest.mark.parametrize(
    ("cell", "doi"),
    [
        ("10.5555/A.1", "10.5555/a.1"), ("doi:10.5555/a.1", "10.5555/a.1"), ("DOI 10.5555%2Fa.1", "10.5555/a.1"),
        ("https://doi.org/10.5555/a.1", "10.5555/a.1"), ("http://dx.doi.org/10.5555/a.1.", "10.5555/a.1"),
        ("(10.5555/a.1)", "10.5555/a.1"), ("[10.5555/a.1]", "10.5555/a.1"), ("10.5555/a.1 [doi]", "10.5555/a.1"),
        ("10.5555/s0140-6736(05)1", "10.5555/s0140-6736(05)1"), ("10.5555/(sici)1&lt;9::aid&gt;3.0.co;2-2",
        "10.5555/(sici)1<9::aid>3.0.co;2-2"),
        ("https://www.frontiersin.org/articles/10.5555/a.1/full", "10.5555/a.1"),
        ("https://doi.org/10.5555/a.1?utm_source=x", "10.5555/a.1"), ("n/a", ""),
    ],
)  # fmt: skip
def test_dois_in_every_dress(tmp_path: Path, cell: str, doi: str) -> None:
    (record,) = read_records(write(tmp_path, f'title,doi\nOne,"{cell}"\n'))
    assert record.doi == doi


@pytest.mark.parametrize(
    "text",
    ["No abstract available", "[No abstract available]", "No abstract available.", "Abstract not available",
    "ABSTRACT NOT AVAILABLE.",
     "No Abstract", "no abstract.", "[Abstract not available]", "Abstract unavailable", "No abstract provided",
     "There is no abstract.",
     "No abstract is available for this article.", "This article has no abstract.", "(no abstract)", "Not available",
     "None available.",
     "No abstract was found", "Abstract missing", "N/A", "n.a.", "NA", "NaN", "nan", "None", "null", "NULL", "-",
     "--", "–", "#NAME?",
     "#VALUE!", "#REF!", "#N/A", "#DIV/0!", "No summary available", "Kein Abstract verfügbar", "Résumé non disponible",
     "Resumen no disponible", "无摘要", "No English abstract available", "No author abstract available."],
)  # fmt: skip
def test_words_for_no_abstract(tmp_path: Path, text: str) -> None:
    reading = read(write(tmp_path, f'title,abstract\nOne,"{text}"\n'))
    assert reading.records[0].abstract == ""
    assert "1 of 1 records has no abstract" in reading.warnings
    reading = read(write(tmp_path, f"TY  - JOUR\nTI  - One\nAB  - {text}\nER  - \n"))
    assert reading.records[0].abstract == ""


@pytest.mark.parametrize(
    "text",
    ["No pain was felt.", "No abstract thought is needed to swim.", "None of ten adults trained.",
    "Not available: ten of twelve drugs.",
     "Abstract thinking was not available to participants with aphasia.", "NA+ was measured."],
)  # fmt: skip
def test_words_of_an_abstract(text: str) -> None:
    assert not no_abstract(text)


def test_a_text_that_is_no_table_gives_no_junk(tmp_path: Path) -> None:
    text = (
        "Score\n  *****\nAuthor\n  Muster, Max MD *\nTitle\n  Screws, and more.[Article]\nSource\n  Example J.\n"
        "Abstract\n  Ten.\n"
    )
    reading = read(write(tmp_path, text))
    assert [(r.title, r.abstract) for r in reading.records] == [("Screws, and more.[Article]", "Ten.")]


ICTRP = (
    "<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n"
    + "".join(
        f"  <Trial>    <Internal_Number>{n}\n    </Internal_Number>\n    <TrialID>ISRCTN9999990{n}\n    </TrialID>\n"
        "    <Public_title>Swimming\n    </Public_title>\n    <Scientific_title/>\n"
        "    <Date_registration3>20190211\n    </Date_registration3>\n    <Condition>MS\n    </Condition></Trial>\n"
        for n in (1, 2)
    )
    + "</Trials_downloaded_from_ICTRP>\n"
)


def test_ictrp_xml(tmp_path: Path) -> None:
    reading = read(write(tmp_path, ICTRP, "ictrp.xml"))
    assert [r.record_id for r in reading.records] == ["ISRCTN99999901", "ISRCTN99999902"]
    assert {(r.title, r.year, r.keywords) for r in reading.records} == {("Swimming", 2019, ("MS",))}


def test_keywords_without_spaces(tmp_path: Path) -> None:
    text = "@article{{a,\n title = {{One}},\n keywords = {{{}}},\n}}\n"
    for words, expected in (
        ("yoga,leptin,multiple sclerosis", ("yoga", "leptin", "multiple sclerosis")),
        ("yoga, leptin", ("yoga", "leptin")),
        ("1,25-dihydroxyvitamin D", ("1,25-dihydroxyvitamin D",)),
    ):
        assert read_records(write(tmp_path, text.format(words)))[0].keywords == expected
