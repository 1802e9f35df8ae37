"""Zip archives and workbooks: what they hold, and the tricks that they are used for."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tiab.decisions import read_labels
from tiab.errors import InputError
from tiab.formats import read, read_records

RIS = "TY  - JOUR\nPMID  - {0}\nTI  - Title {0}\nER  - \n"


def archive(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def test_an_archive_of_several_exports(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "searches.zip",
        {
            "b/pubmed.nbib": "PMID- 2\nOWN - NLM\nTI  - Two\n",
            "a.ris": RIS.format(1) + RIS.format(2),
            "c.csv": "title,pmid\nThree,3\n",
            "__MACOSX/._a.ris": b"\0\1",
            "b/": "",
            ".DS_Store": b"\0",
        },
    )
    reading = read(path)
    assert [(r.record_id, r.source) for r in reading.records] == [
        ("1", "a.ris"), ("2", "a.ris"), ("2#2", "pubmed.nbib"), ("3", "c.csv"),
    ]  # fmt: skip
    assert reading.format == "RIS, NBIB, table"


def test_a_gzipped_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", {"a.ris.gz": gzip.compress(RIS.format(1).encode())})
    assert [(record.pmid, record.source) for record in read_records(path)] == [("1", "a.ris.gz")]
    monkeypatch.setattr("tiab.formats.archive.FREE_EXPANDED", 1 << 20)
    bombed = gzip.compress(RIS.format(1).encode() + b"a b\n" * 4_000_000)
    with pytest.raises(InputError, match=r"b\.zip/a\.ris\.gz: unpacks to more than"):
        read_records(archive(tmp_path / "b.zip", {"a.ris.gz": bombed}))


@pytest.mark.parametrize(
    "name", ["../../evil.ris", "/etc/evil.ris", "..\\..\\evil.ris", "C:\\evil.ris", "a\nb/evil.ris"]
)
def test_names_of_members_lead_nowhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = archive(folder / "x.zip", {name: RIS.format(1)})
    before = sorted(tmp_path.rglob("*"))
    (record,) = read_records(path)
    assert record.source == "evil.ris"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_member_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.zip/note\.txt: is of no format that tiab knows"):
        read_records(archive(tmp_path / "x.zip", {"a.ris": RIS.format(1), "note.txt": "hello"}))
    with pytest.raises(InputError, match=r"x\.zip/bad\.csv, line 3: the record that starts here"):
        read_records(archive(tmp_path / "x.zip", {"bad.csv": "title,abstract\na,b\nc,d,e\n"}))


def bomb(tmp_path: Path) -> Path:
    return archive(tmp_path / "bomb.zip", {"a.ris": RIS.format(1).encode() + b"a b\n" * 80_000_000})


def test_archives_that_are_refused(tmp_path: Path) -> None:
    inner = archive(tmp_path / "inner.zip", {"a.ris": RIS.format(1)}).read_bytes()
    with pytest.raises(InputError, match=r"outer\.zip/inner\.zip: is a zip archive"):
        read_records(archive(tmp_path / "outer.zip", {"inner.zip": inner}))
    with pytest.raises(InputError, match="is an archive of 0 files"):
        read_records(archive(tmp_path / "none.zip", {"__MACOSX/a": "x"}))
    with pytest.raises(InputError, match="is an archive of 1001 files"):
        read_records(archive(tmp_path / "many.zip", {f"{n}.ris": "x" for n in range(1001)}))
    with pytest.raises(InputError, match="unpacks to 305 MB, which no export of its size does"):
        read_records(bomb(tmp_path))
    whole = archive(tmp_path / "cut.zip", {"a.ris": RIS.format(1) * 100}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-30])
    with pytest.raises(InputError, match="is a damaged zip archive"):
        read_records(tmp_path / "cut.zip")
    (tmp_path / "flip.zip").write_bytes(whole[:60] + bytes([whole[60] ^ 255]) + whole[61:])
    with pytest.raises(InputError, match="packed data breaks off or is damaged"):
        read_records(tmp_path / "flip.zip")


def test_a_password(tmp_path: Path) -> None:
    data = bytearray(archive(tmp_path / "x.zip", {"a.ris": RIS.format(1)}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "x.zip").write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"x\.zip/a\.ris: is protected by a password"):
        read_records(tmp_path / "x.zip")


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_as_people_save_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Export of today"],
        [],
        ["Article Title", "Abstract", "Publication Year", "Pubmed Id", "Included", "Date"],
        ["Yoga", "One_x000D_\nTwo", 2004, 101.0, True, date(2017, 10, 31)],
        [None, None, None, None, None, None],
        ["Pain", None, "2001", 102, 0, None],
    ]
    path = workbook(tmp_path / "screened.xls", [["read me"]], rows)
    first, second = read_records(path)
    assert (first.title, first.abstract, first.year, first.pmid) == ("Yoga", "One\nTwo", 2004, "101")
    assert first.extra == (("Included", "1"), ("Date", "2017-10-31"))
    assert (second.title, second.pmid) == ("Pain", "102")
    assert [str(value) for value in read_labels(path).values()] == ["include", "exclude"]
    reading = read(workbook(tmp_path / "wide.xlsx", [["title"], ["a", None, "stray"], ["b"]]))
    assert [lost.line for lost in reading.unreadable] == [2]
    assert [record.title for record in reading.records] == ["b"]


def parts(path: Path) -> dict[str, str | bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_workbooks_that_are_refused(tmp_path: Path) -> None:
    good = parts(workbook(tmp_path / "good.xlsx", [["title"], ["a"], ["b"]]))
    sheet = "xl/worksheets/sheet1.xml"
    assert isinstance(good[sheet], bytes)
    plain = bytes(good[sheet])  # type: ignore[arg-type]

    def broken(**changed: bytes) -> Path:
        return archive(tmp_path / "x.xlsx", {**good, sheet: changed["sheet"]})

    with pytest.raises(InputError, match="has no sheet with a column for titles"):
        read_records(workbook(tmp_path / "x.xlsx", [["name"], ["a"]]))
    with pytest.raises(InputError, match="declares XML entities"):
        read_records(broken(sheet=b'<!DOCTYPE x [<!ENTITY a "b">]>' + plain))
    with pytest.raises(InputError, match="is a damaged workbook"):
        read_records(broken(sheet=plain[:-40]))
    with pytest.raises(InputError, match="unpacks to"):
        read_records(broken(sheet=plain + b" " * 300_000_000))
    with pytest.raises(InputError, match="has more than 1000 columns"):
        read_records(broken(sheet=plain.replace(b'r="A3"', b'r="XFD3"')))
    with pytest.raises(InputError, match=r"has no sheet with a column for titles"):
        read_records(archive(tmp_path / "x.xlsx", {name: data for name, data in good.items() if name != sheet}))


def test_rows_are_counted_in_the_raw_xml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "x.xlsx", [["title"], ["a"], ["b"]])
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    whole = ReadOnlyWorksheet.values
    monkeypatch.setattr(ReadOnlyWorksheet, "values", property(lambda self: list(whole.fget(self))[:-1]))
    with pytest.raises(InputError, match="a sheet has 3 rows, but 2 were read"):
        read_records(path)


def test_a_workbook_in_memory_is_bounded(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("xl/workbook.xml", "<a/>")
    (tmp_path / "x.xlsx").write_bytes(data.getvalue())
    with pytest.raises(InputError, match="is a damaged workbook"):
        read_records(tmp_path / "x.xlsx")
