"""NBIB as PubMed and ERIC write it, and as mail programs and editors leave it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tiab.formats import read, read_records

TWO = """
PMID- 101
OWN - NLM
STAT- MEDLINE
DP  - 2002 Sep
TI  - Exercise in women with
      multiple sclerosis: a trial of
      CI  - 95% and more.
LID - 10.1000/One.1 [doi]
AB  - BACKGROUND: Little is known (see
      elsewhere). METHODS AND RESULTS: We
      looked at IL-6. It rose.
FAU - Roe, Richard
AU  - Roe R
FAU - Doe, Jane
CN  - The Yoga Group
LA  - eng
LA  - fre
PT  - Journal Article
PT  - Randomized Controlled Trial
JT  - Journal of yoga
TA  - J Yog
MH  - *Exercise
MH  - Multiple Sclerosis/*therapy/blood
OT  - yoga
ZZ  - unknown

PMID- 102
OWN - NLM
DP  - 1998 Dec-1999 Jan
TI  - Second.
AU  - Poe P
"""


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "pubmed.nbib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_field(tmp_path: Path) -> None:
    first, second = read_records(write(tmp_path, TWO))
    assert first.title == "Exercise in women with multiple sclerosis: a trial of CI - 95% and more."
    assert first.abstract == (
        "BACKGROUND: Little is known (see elsewhere).\nMETHODS AND RESULTS: We looked at IL-6. It rose."
    )
    assert first.authors == ("Roe, Richard", "Doe, Jane", "The Yoga Group")
    assert (first.year, first.journal, first.doi, first.pmid) == (2002, "Journal of yoga", "10.1000/one.1", "101")
    assert first.keywords == ("Exercise", "Multiple Sclerosis/therapy/blood", "yoga")
    assert first.publication_types == ("Journal Article", "Randomized Controlled Trial")
    assert first.language == "eng; fre"
    assert ("ZZ", "unknown") in first.extra
    assert ("AU", "Roe R") in first.extra
    assert ("DP", "2002 Sep") in first.extra
    assert (second.record_id, second.authors, second.year, second.abstract) == ("102", ("Poe P",), 1998, "")


@pytest.mark.parametrize(
    "damage",
    [
        str.encode,
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n\nPMID", "\nPMID").encode(),
        lambda text: text.replace("  - ", " - ").encode(),
        lambda text: text.replace("PMID", "pmid").replace("TI  -", "ti  -").encode(),
        lambda text: text.replace("\n", "\n\n").encode(),
        lambda text: text.strip().encode(),
    ],
)
def test_damaged_files_lose_no_record(tmp_path: Path, damage: Callable[[str], bytes]) -> None:
    reading = read(write(tmp_path, damage(TWO)))
    assert reading.format == "NBIB"
    assert [(r.pmid, r.title[:6]) for r in reading.records] == [("101", "Exerci"), ("102", "Second")]


def test_records_that_only_their_owner_begins(tmp_path: Path) -> None:
    eric = "\nOWN - ERIC\nTI  - One\nAB  - a\n\nOWN - ERIC\nTI  - Two\nAB  - b\n\n"
    assert [r.title for r in read_records(write(tmp_path, eric))] == ["One", "Two"]


def test_a_book_has_its_title_in_another_field(tmp_path: Path) -> None:
    (record,) = read_records(write(tmp_path, "PMID- 7\nOWN - NLM\nBTI - GeneReviews\nDP  - 1993\nAB  - Text.\n"))
    assert (record.title, record.pmid) == ("GeneReviews", "7")
