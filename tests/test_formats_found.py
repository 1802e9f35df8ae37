"""What fuzzing found: damage for which a whole file was refused, as its two counts of records differed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiab.formats import read

FOUND = {
    "RIS: a kind with odd characters": (
        "TY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR; {x\nTI  - Two\nER  - \n",
        "One|Two",
    ),
    "RIS: no space and an odd kind": ("TY  - JOUR\nTI  - One\nER  - \n\nTY  -- JOUR\nTI  - Two\nER  - \n", "One|Two"),
    "RIS: a line lost its end": (
        "TY  - JOURAU  - Roe\nTI  - One\nER  - \n\nTY  - JOURTI  - Yoga (a).\nAB  - Two\n\nER  -\n",
        "One|",
    ),
    "NBIB: an unreadable PMID": ("PMID- 1\nTI  - One\n\nPMID- x2\nTI  - Two\n\nPMID- \nTI  - Three\n", "One|Two|Three"),
    "NBIB: a PMID within a record": ("PMID- 1\nTI  - One\npmid- PMID- 7\nAB  - Text.\n", "One"),
    "NBIB: an owner in lower case": ("<1>\nui  - 1\nTI  - One\n\n<2>\nUI  - \nTI  - Two\n", "One|Two"),
    "EndNote tags: a line before the first": (
        "Exported today\n%0 Journal Article\n%T One\n\n%T Two\n%D 2001\n",
        "One|Two",
    ),
    "EndNote tags: odd white space": ("%0\x0b\n%T One\n\n%0 Book\n%T Two\n", "One|Two"),
    "Cochrane: a head lost its end": ("Record #1 of 2\nTI: One\n\nRecord #2 of 2ID: CN-2\nTI: Two\n", "One|Two"),
    "table: rows that only look as if they said something": (
        "title,year\nOne,2001\n\xa0,\x00\n\x07,\nTwo,\n",
        "One|Two",
    ),
    "RIS: nothing behind the last TY": ("TY  - JOUR\nTI  - One\nER  -\n\nTY  -", "One"),
    "RIS: nothing behind a TY": ("TY  - JOUR\nTI  - One\nER  -\n\nTY  -\nTI  - Two\nER  -\n", "One|Two"),
    "BibTeX: a key with an equals sign": (
        "@article{a,\n title = {One}\n}\n@article{ W = {Roe},\ntitle = {Two}\n}\n@book(c=d,\n title = {Three})\n",
        "One|Two|Three",
    ),
    "BibTeX: a kind that begins with a digit": ("@article{a,\n title = {One},\n}\n@1x{b,\n note = {no}\n}\n", "One"),
    "BibTeX: a text that is none of the records": ("@article{a,\n title = {One},\n}@string{b,\n c = {d}}\n", "One"),
}


@pytest.mark.parametrize("name", FOUND)
def test_every_record_is_read(tmp_path: Path, name: str) -> None:
    text, titles = FOUND[name]
    path = tmp_path / "export.txt"
    path.write_bytes(text.encode())
    reading = read(path)
    assert [record.title for record in reading.records] == titles.split("|")
    assert reading.unreadable == ()


def test_control_characters_in_xml_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raw or as references, wherever the file is cut into chunks; those that XML allows stay."""
    path = tmp_path / "library.xml"
    text = "Yo\x02ga&#x1F; and&#11; pa&#0000;in &#177; &amp; &#x3B1;&#9;x\x00"
    record = f"<record><titles><title>{text}</title></titles></record>"
    path.write_text(f"<xml><records>{record * 3}</records></xml>", encoding="utf-8")
    for size in (1, 7, 16, 61, 1 << 18):
        monkeypatch.setattr("tiab.formats.input_file.CHUNK", size)
        assert [record.title for record in read(path).records] == ["Yoga and pain ± & α x"] * 3
