"""RIS: its dialects, and every way in which exports break it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiab.formats import read, read_records

WORDS = ("exercise", "women", "pain", "trial", "café", "naïve", "cytokine", "müller", "of", "the", "and", "with", "in")
LOOKALIKES = ("CI  - 95% was wide", "OR  - 2.3 at most", "IL - 6 rose", "ER - positive women", "is - as said - low")


class Item(NamedTuple):
    title: str
    abstract: str
    authors: tuple[str, ...]
    year: int
    keywords: tuple[str, ...]


sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(lambda w: " ".join(w).capitalize() + ".")
items = st.builds(
    Item,
    title=sentences.map(lambda s: s.rstrip(".")),
    abstract=st.lists(sentences, min_size=1, max_size=5).map(" ".join),
    authors=st.lists(st.sampled_from(["Müller, A.", "Okafor, I. M.", "van der Berg, J"]), max_size=3).map(tuple),
    year=st.integers(1950, 2029),
    keywords=st.lists(st.sampled_from(["yoga", "Exercise, Physical", "TNF"]), max_size=3, unique=True).map(tuple),
)


def write(found: Sequence[Item]) -> list[list[str]]:
    """The lines of each record, as RIS prescribes them."""
    return [
        [
            "TY  - JOUR",
            *(f"AU  - {name}" for name in item.authors),
            f"TI  - {item.title}",
            f"AB  - {item.abstract}",
            *(f"KW  - {word}" for word in item.keywords),
            f"PY  - {item.year}",
            "ER  - ",
        ]
        for item in found
    ]


def join(records: Sequence[Sequence[str]], end: str = "\n") -> str:
    return (end + end).join(end.join(lines) for lines in records) + end


def lines_of(change: Callable[[str], str]) -> Callable[[list[list[str]]], list[list[str]]]:
    return lambda records: [[change(line) for line in lines] for lines in records]


def without(tag: str) -> Callable[[list[list[str]]], list[list[str]]]:
    return lambda records: [[line for line in lines if not line.startswith(tag)] for lines in records]


def lower(line: str) -> str:
    return line[:2].lower() + line[2:]


def one_space(line: str) -> str:
    return line.replace("  - ", " - ", 1)


def wrap(line: str, width: int = 30, indent: str = "") -> str:
    """The line cut into pieces, but never so that a word of ours stands where a tag would."""
    if not line.startswith("AB"):
        return line
    pieces, current = [], ""
    for word in line.split(" "):
        if len(current) + len(word) > width:
            pieces.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return f"\n{indent}".join([*pieces, current])


def repeated(line: str) -> str:
    """The title in two lines, as some write it that has a colon."""
    first, _, rest = line.partition("  - ")[2].partition(" ")
    return f"TI  - {first}\nTI  - {rest}" if line.startswith("TI") and rest else line


TEXT_DAMAGE: dict[str, Callable[[list[list[str]]], list[list[str]]]] = {
    "none": lambda records: records,
    "missing ER": without("ER"),
    "missing last ER": lambda records: [*records[:-1], records[-1][:-1]],
    "missing TY": without("TY"),
    "lower case": lines_of(lower),
    "one space": lines_of(one_space),
    "lower case, one space": lines_of(lambda line: lower(one_space(line))),
    "no space behind the dash of TY": lines_of(lambda line: line.replace("TY  - ", "TY  -")),
    "wrapped": lines_of(wrap),
    "two titles": lines_of(repeated),
    "wrapped and indented": lines_of(lambda line: wrap(line, indent="      ")),
    "numbered": lambda records: [[f"{n}.", *lines] for n, lines in enumerate(records, 1)],
    "numbered, missing ER": lambda records: [[f"{n}.", *lines[:-1]] for n, lines in enumerate(records, 1)],
    "blank lines": lambda records: [["", *lines, "", ""] for lines in records],
    "Ovid's tail": lambda records: [[*lines, "NL  - J Clin", "", "Link to the Ovid Full Text: x"] for lines in records],
}
BYTE_DAMAGE: dict[str, Callable[[str], bytes]] = {
    "none": str.encode,
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "byte order mark in each record": lambda text: text.replace("TY  -", "\ufeffTY  -").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "cp1252": lambda text: text.encode("cp1252"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "no end of line at the end": lambda text: text.rstrip("\n").encode(),
    "NUL and BEL within": lambda text: text.replace("AB  - ", "AB  - \x00\x07").encode(),
}


def check_all_read(path: Path, data: bytes, found: list[Item]) -> None:
    path.write_bytes(data)
    records = read_records(path)
    assert [Item(r.title, r.abstract, r.authors, r.year or 0, r.keywords) for r in records] == found
    assert len({r.record_id for r in records}) == len(records)


@pytest.mark.parametrize("damage", TEXT_DAMAGE)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(items, min_size=1, max_size=4), then=st.sampled_from(sorted(BYTE_DAMAGE)))
def test_every_record_of_a_damaged_file_is_read(tmp_path: Path, damage: str, then: str, found: list[Item]) -> None:
    check_all_read(tmp_path / "search.txt", BYTE_DAMAGE[then](join(TEXT_DAMAGE[damage](write(found)))), found)


@pytest.mark.parametrize("damage", BYTE_DAMAGE)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(items, min_size=1, max_size=4))
def test_every_record_of_oddly_encoded_text_is_read(tmp_path: Path, damage: str, found: list[Item]) -> None:
    check_all_read(tmp_path / "search.txt", BYTE_DAMAGE[damage](join(write(found))), found)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    found=st.lists(items, min_size=1, max_size=3),
    lookalike=st.sampled_from(LOOKALIKES),
    indent=st.sampled_from(["", "      "]),
    damage=st.sampled_from(["none", "missing ER", "missing TY"]),
)
def test_a_wrapped_line_that_looks_like_a_tag_belongs_to_the_abstract(
    tmp_path: Path, found: list[Item], lookalike: str, indent: str, damage: str
) -> None:
    def spoil(line: str) -> str:
        return f"{line[:-1]} and\n{indent}{lookalike} and so\n{indent}on." if line.startswith("AB") else line

    path = tmp_path / "search.ris"
    path.write_text(join(TEXT_DAMAGE[damage](lines_of(spoil)(write(found)))), encoding="utf-8")
    tail = f" and {' '.join(lookalike.split())} and so on."
    assert [r.abstract for r in read_records(path)] == [item.abstract[:-1] + tail for item in found]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.lists(sentences, min_size=1, max_size=5, unique=True), min_size=1, max_size=3),
    tag=st.sampled_from(["AB", "N2", "ab"]),
)
def test_repeated_abstracts_are_joined(tmp_path: Path, parts: list[list[str]], tag: str) -> None:
    path = tmp_path / "search.ris"
    records = (["TY  - JOUR", *(f"{tag}  - {part}" for part in abstract), "ER  - "] for abstract in parts)
    path.write_text(join(list(records)), encoding="utf-8")
    assert [r.abstract for r in read_records(path)] == ["\n".join(abstract) for abstract in parts]


@pytest.mark.parametrize("missing", ["TY", "ER"])
@given(found=st.lists(items, min_size=2, max_size=6), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_some_records_lack_a_line(tmp_path: Path, missing: str, found: list[Item], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, len(found) - 1)))
    records = write(found)
    damaged = [without(missing)([lines])[0] if n in chosen else lines for n, lines in enumerate(records)]
    path = tmp_path / "search.ris"
    path.write_text(join(damaged), encoding="utf-8")
    assert [r.title for r in read_records(path)] == [item.title for item in found]


def ris(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "search.ris"
    path.write_text("\n".join(["TY  - JOUR", *lines, "ER  - ", ""]), encoding="utf-8")
    return path


def test_repeated_abstracts_and_titles_are_joined(tmp_path: Path) -> None:
    (record,) = read_records(ris(tmp_path, "TI  - Yoga", "TI  - and pain", "AB  - AIM: a.", "AB  - METHODS: b."))
    assert (record.title, record.abstract) == ("Yoga and pain", "AIM: a.\nMETHODS: b.")


def test_fields_are_coalesced(tmp_path: Path) -> None:
    (record,) = read_records(
        ris(
            tmp_path,
            "T1  - Yoga",
            "A1  - Roe, R",
            "N2  - Text.",
            "Y1  - 2019/08/23",
            "JA  - J Yog",
            "JF  - Journal of Yoga",
            "DO  - https://doi.org/10.1000/XYZ",
            "M3  - Article",
            "LA  - English",
            "KW  - *yoga",
            "KW  - pain; back",
            "XX  - unknown",
        )
    )
    assert record.title == "Yoga"
    assert record.authors == ("Roe, R",)
    assert (record.abstract, record.year, record.journal) == ("Text.", 2019, "Journal of Yoga")
    assert (record.doi, record.record_id) == ("10.1000/xyz", "10.1000/xyz")
    assert (record.publication_types, record.language) == (("Article",), "english")
    assert record.keywords == ("yoga", "pain", "back")
    assert record.extra == (("TY", "JOUR"), ("Y1", "2019/08/23"), ("JA", "J Yog"), ("XX", "unknown"))
    assert record.source == "search.ris"


def test_keywords_on_lines_of_their_own(tmp_path: Path) -> None:
    (record,) = read_records(ris(tmp_path, "KW  - Humans", "Endothelin-1", "ET-1", "IL-6", "TI  - Yoga"))
    assert record.keywords == ("Humans", "Endothelin-1", "ET-1", "IL-6")
    assert record.title == "Yoga"


def test_pubmed_numbers_from_endnote(tmp_path: Path) -> None:
    (record,) = read_records(ris(tmp_path, "AN  - 21553931", "DP  - NLM", "TI  - Yoga"))
    assert record.pmid == record.record_id == "21553931"


def test_equal_ids_get_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text("TY  - JOUR\nDO  - 10.1000/a\nTI  - one\nER  - \n" * 3, encoding="utf-8")
    assert [r.record_id for r in read_records(path)] == ["10.1000/a", "10.1000/a#2", "10.1000/a#3"]


def test_what_looks_doubtful_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_bytes("TI  - Müller\nER  - \nhello\nTY  - JOUR\nTI  - a\nTI  - b\nER  - \n".encode("cp1252"))
    said: list[str] = []
    reading = read(path, on_warning=said.append)
    assert [r.title for r in reading.records] == ["Müller", "a b"]
    assert [line.split(": ", 1)[1] for line in said] == list(reading.warnings)
    assert list(reading.warnings) == [
        "is not UTF-8; it was read as cp1252",
        "records without a TY line: 1",
        "lines outside any record, which were left out: 1",
        "records with two titles, which may be two run together: 1 (the first at line 4)",
        "2 of 2 records have no abstract",
    ]
