"""Small inputs that were read wrongly once, in the shape of what people report: what is right for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tiab.formats import read, read_records
from tiab.records import Record

pytestmark = pytest.mark.shared

RIGHT: dict[str, list[dict[str, Any]]] = {
    "ovid_tagged.txt": [
        {"year": 2014, "journal": "Journal of Examples", "authors": ("Muster, Max", "Example, Eva")},
        {"year": 2014, "authors": ("Zwei, Zoe",), "abstract": "We reviewed eleven trials of yoga."},
        {"year": 2013, "journal": "Rodent Letters", "language": "english"},
    ],
    "r4_ovid_strategy.ris": [{"year": 2020}, {"year": 2021, "abstract": "Sixty swimmers returned."}],
    "refworks.txt": [
        {"title": "Leptin after aquatic exercise", "year": 2018, "doi": "10.5555/rw.1", "keywords": ("Leptin",
        "Exercise")},
        {"title": "Yoga and interleukin", "year": 2019, "abstract": "Twenty adults."},
    ],
    "not_a_table.txt": [{"abstract": "Forty patients had screws."}],
    "ictrp.xml": [
        {"record_id": "IRCT20990101000001N1", "year": 2021},
        {"record_id": "ACTRN12699000000001", "year": 2021},
    ],
    "ictrp.csv": [
        {
            "record_id": "IRCT20990101000001N1",
            "title": "The effect of eight weeks of aquatic training on IL-6 in women with MS",
            "year": 2021,
        }
    ],
    "ctg_new.csv": [
        {"record_id": "NCT09999901", "year": 2019, "keywords": ("Multiple Sclerosis",)},
        {"record_id": "NCT09999902", "abstract": "Does yoga change leptin?", "keywords": ("MS",)},
    ],
    "eppi.json": [{"authors": ("Muster Max", "Example Eva"), "year": 2017, "abstract": "Ten ran."}],
    "csl.json": [{"authors": ("van der Berg, Jan", "WHO Group", "van den Berg, A"), "year": 2017}],
    "dimensions.csv": [{"year": 2021, "pmid": "39999991"}],
    "r15_embase_com.ris": [{"pmid": "34567890", "doi": "10.5555/muscle.2022.102938"}],
    "pandas_floats.csv": [{"pmid": "31999901", "year": 2019}, {"pmid": "31999902", "year": 2018}, {"pmid": "",
    "year": None}],
    "pmc_pmid.csv": [
        {"pmid": "" if n == 1 else f"3199990{n}", "doi": f"10.5555/pp.{n}"} for n in range(1, 8)
    ],
    "scopus_fullnames.csv": [{"authors": ("Muster, Max", "Example, Eva"), "year": 2019}],
    "r1_authors_one_line.ris": [
        {"authors": ("Núñez-Prado, Pedro J.", "Marini, Carla", "Okafor, Adaeze", "Lindqvist, Per")}
    ],
    "keywords_nospace.bib": [{"keywords": ("yoga", "leptin", "multiple sclerosis")}],
    "excel_name.csv": [{"abstract": "Ten rats." if n == 1 else ""} for n in range(7)],
    "europepmc.csv": [{"title": "Leptin after yoga", "year": 2019, "pmid": "31999901", "doi": "10.5555/epmc.1"}],
}  # fmt: skip


def held(records: Sequence[Record], wanted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: getattr(record, name) for name in one} for record, one in zip(records, wanted, strict=True)]


@pytest.mark.parametrize("name", RIGHT)
def test_case(shared: Path, name: str) -> None:
    reading = read(shared / "cases" / name)
    assert held(reading.records, RIGHT[name]) == RIGHT[name]
    assert reading.unreadable == ()


def test_titles_of_ovid(shared: Path) -> None:
    titles = [record.title for record in read_records(shared / "cases" / "ovid_tagged.txt")]
    assert [title.split()[0] for title in titles] == ["Aquatic", "Yoga", "Rats"]


def test_words_for_no_abstract_are_counted_among_those_without_one(shared: Path) -> None:
    warnings = read(shared / "cases" / "excel_name.csv").warnings
    assert "6 of 7 records have no abstract" in warnings
    assert "PMIDs that a spreadsheet rounded, which are left out: 1" in warnings
