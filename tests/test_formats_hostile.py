"""Files that are no search export, or a trap: one clear error each, in bounded memory."""

from __future__ import annotations

import gzip
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tiab.decisions import read_labels
from tiab.errors import InputError
from tiab.formats import read, read_records

RIS = b"TY  - JOUR\nTI  - A title\nAB  - Some text.\nER  - \n"
NOISE = random.Random(1).randbytes(100_000)
LONG = b"a b" * 7_000_000

CASES = [
    ("empty.ris", b"", "is empty"),
    ("blank.csv", b" \n\r\n\n", "is empty"),
    ("mark.ris", b"\xef\xbb\xbf", "is empty"),
    ("noise.ris", NOISE, "is not text"),
    ("noise-below.ris", RIS + NOISE, "is not text"),
    ("paper.ris", b"%PDF-1.4\n" + NOISE, "is a PDF"),
    ("book.xls", b"\xd0\xcf\x11\xe0" + NOISE, "is an old Office file"),
    ("zeros.ris", RIS + bytes(10_000), "is not text"),
    ("stray.ris", RIS.replace(b"text", b"text \x81\x8d"), "line 3: is not text"),
    ("page.xml", b"<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
    ("data.json", b'{"a": 1}', "is of no format that tiab knows"),
    ("note.txt", b"Dear Ann\nthe search found nothing.\n", "is of no format that tiab knows"),
    ("other.xml", b"<a><b/></a>", "is of no format that tiab knows"),
    ("line.ris", b"TY  - JOUR\nAB  - " + LONG, "line 2: has a line of more than"),
    ("line.csv", b"title,abstract\nx," + LONG, "line 2: has a line of more than"),
    ("line.nbib", b"PMID- 1\nAB  - " + LONG, "line 2: has a line of more than"),
    ("lines.csv", b'title,abstract\nx,"' + b"a b\n" * 2_000_000, "line 2: cannot be read as a table"),
    ("columns.csv", b"title," * 100_000 + b"x\n", "has more than 1000 columns"),
    ("cells.csv", b"title,abstract\n" + b"x," * 500_000, "line 2: .*it has 500001 cells"),
    ("cut.ris.gz", gzip.compress(RIS * 1000)[:-100], "packed data breaks off"),
    ("bad.ris.gz", b"\x1f\x8b" + NOISE, "packed data breaks off or is damaged"),
    ("twice.ris.gz", gzip.compress(gzip.compress(RIS)), "is not text|is of no format"),
]


@pytest.mark.parametrize(("name", "data", "message"), CASES, ids=[name for name, _, _ in CASES])
@pytest.mark.parametrize("function", [read_records, read, read_labels])
def test_one_clear_error(
    tmp_path: Path, function: Callable[[Path], object], name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    if function is read and "it has" in message:
        # A row that can't be read is an error to read_records, and a report to read.
        assert [lost.line for lost in read(path).unreadable] == [2]
        return
    with pytest.raises(InputError, match=message) as caught:
        function(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nope\.ris: does not exist"):
        read_records(tmp_path / "nope.ris")
    with pytest.raises(InputError, match="is a folder, not a file"):
        read_records(tmp_path)


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    from tiab.formats.input_file import open_source

    path = tmp_path / "a.ris"
    path.write_bytes(RIS)
    source = open_source(path)
    path.unlink()
    with pytest.raises(InputError, match="does not exist"):
        list(source.chunks())


def test_a_gzip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiab.formats.input_file.FREE_EXPANDED", 1 << 20)
    path = tmp_path / "bomb.ris.gz"
    path.write_bytes(gzip.compress(RIS + b"a b\n" * 10_000_000, 9))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to more than"):
            read_records(path)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["line.ris", "line.csv", "columns.csv"])
def test_memory_is_bounded(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(next(data for case, data, _ in CASES if case == name))
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            read_records(path)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


def test_utf8_with_a_few_stray_bytes_keeps_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_bytes("TY  - JOUR\nTI  - Ærø, ångström, naïve – ".encode() + b"caf\xe9\nER  - \n")
    reading = read(path)
    assert reading.records[0].title == "Ærø, ångström, naïve – café"
    assert any("not UTF-8" in warning for warning in reading.warnings)


def test_text_in_another_script(tmp_path: Path) -> None:
    title = "Физическая нагрузка и рассеянный склероз у женщин и мужчин среднего возраста"
    path = tmp_path / "a.ris"
    path.write_bytes(f"TY  - JOUR\nTI  - {title}\nAB  - {(title + '. ') * 20}\nER  - \n".encode("cp1251"))
    assert read_records(path)[0].title == title


def test_an_encoding_that_is_guessed_wrong_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Guess:
        encoding = "utf_16"

    monkeypatch.setattr(
        "charset_normalizer.from_bytes", lambda data: type("Found", (), {"best": lambda self: Guess()})()
    )
    path = tmp_path / "a.ris"
    path.write_bytes(RIS + b"\x81\xff" * 200)
    with pytest.raises(InputError, match="is not text in any encoding"):
        read_records(path)


def test_utf16_that_breaks_off_within_a_character(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_bytes(RIS.decode().encode("utf-16") + b"\n")
    reading = read(path)
    assert reading.records[0].title == "A title"
    assert "breaks off within a character" in reading.warnings
