"""EndNote's XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.formats import read, read_records

RECORD = """<record><database name="My.enl" path="C:\\My.enl">My.enl</database><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type><contributors><authors>
<author><style face="normal">Roe, R.</style></author><author>Doe, J.</author></authors>
<secondary-authors><author>Poe, P.</author></secondary-authors></contributors>
<titles><title><style face="normal">Yoga and </style><style face="italic">pain</style></title>
<secondary-title>J Yog</secondary-title></titles><periodical><full-title>Journal of yoga</full-title></periodical>
<keywords><keyword>*yoga</keyword><keyword>pain</keyword></keywords><dates><year>2004</year>
<pub-dates><date>Sep 18</date></pub-dates></dates><accession-num>101</accession-num>
<abstract>AIM: see.&#xD;RESULTS: saw.</abstract>
<notes>Note.&#xD;tiab_rank: 3</notes><urls><related-urls><url>http://a</url><url>http://b</url></related-urls></urls>
<electronic-resource-num>10.1000/One</electronic-resource-num><remote-database-provider>NLM</remote-database-provider>
<language>eng</language><custom3>kept</custom3></record>"""


def write(tmp_path: Path, *records: str) -> Path:
    path = tmp_path / "library.xml"
    path.write_text(f'<?xml version="1.0"?><xml><records>{"".join(records)}</records></xml>', encoding="utf-8")
    return path


def test_every_field(tmp_path: Path) -> None:
    (record,) = read_records(write(tmp_path, RECORD))
    assert (record.title, record.abstract) == ("Yoga and pain", "AIM: see.\nRESULTS: saw.")
    assert record.authors == ("Roe, R.", "Doe, J.")
    assert (record.year, record.journal, record.doi, record.pmid) == (2004, "Journal of yoga", "10.1000/one", "101")
    assert (record.keywords, record.language) == (("yoga", "pain"), "eng")
    assert record.extra == (
        ("database", "My.enl"),
        ("rec-number", "7"),
        ("ref-type", "Journal Article"),
        ("secondary-author", "Poe, P."),
        ("secondary-title", "J Yog"),
        ("date", "Sep 18"),
        ("notes", "Note."),
        ("rank", "3"),
        ("related-url", "http://a"),
        ("related-url", "http://b"),
        ("remote-database-provider", "NLM"),
        ("custom3", "kept"),
    )


def test_records_are_counted(tmp_path: Path) -> None:
    assert len(read_records(write(tmp_path, *[RECORD] * 5))) == 5
    with pytest.raises(InputError, match="its XML is damaged or breaks off after 1 records"):
        read_records(write(tmp_path, RECORD, RECORD[:-20]))


@pytest.mark.parametrize("declared", [' encoding="UTF-8"', ""])
def test_a_file_that_is_not_in_the_encoding_that_it_declares_is_read(tmp_path: Path, declared: str) -> None:
    title = "Über Kraft und Müdigkeit"
    records = f"<records><record><titles><title>{title}</title></titles></record></records>"
    text = f'<?xml version="1.0"{declared}?><xml>{records}</xml>'
    for name, data, said in (
        ("cp1252.xml", text.encode("cp1252"), "it was read as cp1252"),
        (
            "stray.xml",
            text.replace("M", "漢字Mé", 1).encode().replace("ü".encode(), b"\xfc"),
            "bytes that are not UTF-8",
        ),
    ):
        (tmp_path / name).write_bytes(data)
        reading = read(tmp_path / name)
        assert reading.records[0].title.replace("漢字Mé", "M") == title
        assert any(said in warning for warning in reading.warnings)


def test_another_declared_encoding_is_believed(tmp_path: Path) -> None:
    record = "<record><titles><title>Zwölf Übungen</title></titles></record>"
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?><xml><records>{record}</records></xml>'
    (tmp_path / "a.xml").write_bytes(text.encode("latin-1"))
    reading = read(tmp_path / "a.xml")
    assert reading.records[0].title == "Zwölf Übungen"
    assert not any("cp1252" in warning for warning in reading.warnings)
