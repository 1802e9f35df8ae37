from __future__ import annotations

import concurrent.futures
import csv
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tiab.dedupe import Duplicates, find_duplicates
from tiab.dedupe.agreement import agree
from tiab.dedupe.citation import citation_of
from tiab.formats import iter_records, read_records
from tiab.records import Record

TITLE = "Resistance training and cytokines in multiple sclerosis"
GERMAN = "Krafttraining und Zytokine bei der Multiplen Sklerose"
OTHER = "Aquatic exercise and fatigue in rheumatoid arthritis"
ABSTRACT = (
    "Forty people trained twice a week for twelve weeks while forty others waited. Interleukin six fell in those who "
    "trained and stayed as it was in the others, and nobody was harmed. Strength and walking speed rose alike in both "
    "arms of the trial, which was stopped early because the gym had to close."
)
REPORT: dict[str, Any] = {
    "title": TITLE,
    "authors": ("White, Lesley J", "Castellano, Vanessa"),
    "year": 2006,
    "journal": "Journal of Sports Sciences",
    "extra": (("VL", "24"), ("IS", "8"), ("SP", "911"), ("EP", "919")),
}


def pair(first: dict[str, Any], second: dict[str, Any]) -> list[Record]:
    return [Record(record_id="a", **(REPORT | first)), Record(record_id="b", **(REPORT | second))]


def place(volume: str, pages: str, issue: str = "") -> tuple[tuple[str, str], ...]:
    return ("VI", volume), ("IP", issue), ("PG", pages)


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "PMID": ({"pmid": "7"}, {"pmid": "7", "title": TITLE.upper() + ".", "year": None, "authors": (), "extra": ()}),
    "DOI": ({"doi": "10.1/x"}, {"doi": "10.1/x", "year": 2007, "extra": ()}),
    "DOI and subtitle": ({"doi": "10.1/x"}, {"doi": "10.1/x", "title": f"{TITLE}: a randomised trial", "extra": ()}),
    "all fields": ({}, {}),
    "fields of NBIB": ({}, {"extra": place("24", "911-9"), "authors": ("White LJ", "Castellano V")}),
    "fields of a table": ({}, {"extra": (("Volume", "24"), ("Page start", "911")), "authors": ("White L.J.",)}),
    "a citation as PubMed writes it": ({}, {"extra": (("Citation", "J Sports Sci. 2006 Aug;24(8):911-9. doi: 10.1"),)}),
    "no authors": ({}, {"authors": ()}),
    "accents": ({"authors": ("Sørensen, P.",)}, {"authors": ("Sorensen, Per",)}),
    "a name the wrong way round": ({"authors": ("Wu, Ching-yi",)}, {"authors": ("Ching-yi, Wu",)}),
    "where the erratum stands": ({}, {"title": f"{TITLE}.[Erratum appears in J Sports Sci. 2007;25(1):9]"}),
    "the language": ({}, {"title": f"[{TITLE}]. [Chinese]"}),
    "the number of references": ({}, {"title": f"{TITLE}. [Review] [87 refs]"}),
    "one reference": ({}, {"title": f"{TITLE} [1 ref]"}),
    "an abstract of CRD's": ({"extra": ()}, {"title": f"{TITLE} (Provisional abstract)", "extra": ()}),
    "a structured abstract of CRD's": ({"extra": ()}, {"title": f"{TITLE} (Structured abstract)", "extra": ()}),
    "a brief record of CRD's": ({"extra": ()}, {"title": f"{TITLE} (Brief record)", "extra": ()}),
    "the type that Ovid adds": ({}, {"title": f"{TITLE}.[Article]"}),
    "a translated title, all else the same": ({"title": GERMAN}, {}),
    "spelling": ({"title": f"{TITLE}: tumour necrosis"}, {"title": f"{TITLE}: tumor necrosis"}),
    "two editions a year apart at one place": ({}, {"year": 2007}),
    "abstract without a place": ({"abstract": ABSTRACT, "extra": ()}, {"abstract": ABSTRACT, "journal": ""}),
    "no pages in one, the journal cut off": ({}, {"extra": (("VL", "24"),), "journal": "J Sports Sci"}),
    "where the journal is printed": ({}, {"extra": (), "journal": "Journal of Sports Sciences (London, England)"}),
    "a journal's subtitle in the same volume": (
        {},
        {"extra": (("VL", "24"),), "journal": "Journal of Sports Sciences: Training and Health"},
    ),
    "proceedings by number and by letters": (
        {"publication_types": ("Conference Paper",), "journal": "International Conference on Exercise", "extra": ()},
        {"publication_types": ("Conference Paper",), "journal": "21st Int. Conference on Exercise ICE", "extra": ()},
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_one_report_from_two_databases_is_certain(name: str) -> None:
    found = find_duplicates(pair(*SAME[name]))
    assert [group.record_ids for group in found.certain] == [("a", "b")], found
    assert found.doubtful == ()
    assert found.certain[0].reason


NEVER_CERTAIN: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "erratum": ({}, {"title": f"Erratum to: {TITLE}", "extra": place("25", "1")}, False),
    "erratum on the same page": ({}, {"title": f"Corrigendum: {TITLE}"}, True),
    "erratum by its type": ({}, {"publication_types": ("Published Erratum",), "extra": ()}, True),
    "retracted": ({"doi": "10.1/x"}, {"doi": "10.1/x", "title": f"RETRACTED: {TITLE}"}, True),
    "conference abstract by its type": ({}, {"publication_types": ("Conference Abstract",), "extra": ()}, True),
    "conference abstract by its title": ({}, {"title": f"{TITLE} [abstract]", "extra": ()}, True),
    "abstract under the DOI of the paper": (
        {"doi": "10.1/x"},
        {"doi": "10.1/x", "publication_types": ("Meeting Abstract",), "extra": place("12", "S4")},
        True,
    ),
    "companion report": (
        {"abstract": "NCT01234567"},
        {"title": f"{OTHER} and {TITLE}", "abstract": "NCT01234567", "extra": place("25", "33-40")},
        True,
    ),
    "another title on the same pages": ({}, {"title": OTHER}, True),
    "secondary analysis": ({}, {"title": f"{TITLE}: a secondary analysis", "extra": place("25", "33-40")}, True),
    "protocol": ({}, {"title": f"{TITLE}: study protocol", "extra": ()}, False),
    "Cochrane, other DOI": (
        {"doi": "10.1002/14651858.cd001.pub2", "extra": place("", "CD001")},
        {"doi": "10.1002/14651858.cd001.pub3", "extra": place("", "CD001")},
        True,
    ),
    "Cochrane, other year": (
        {"journal": "Cochrane Database of Systematic Reviews", "extra": place("4", "CD001")},
        {"journal": "Cochrane Database of Systematic Reviews", "extra": place("4", "CD001"), "year": 2007},
        True,
    ),
    "translated title, no issue": (
        {"title": GERMAN, "extra": place("24", "911-9")},
        {"extra": place("24", "911-9")},
        True,
    ),
    "translated title, no last page": (
        {"title": GERMAN, "extra": place("24", "911", "8")},
        {"extra": place("24", "911", "8")},
        False,
    ),
    "parts of a series": ({"title": f"{TITLE}. Part I"}, {"title": f"{TITLE}. Part II"}, True),
    "numbered": ({"title": f"{TITLE} 1", "extra": ()}, {"title": f"{TITLE} 2", "extra": ()}, False),
    "parts elsewhere": (
        {"title": f"{TITLE}. Part I"},
        {"title": f"{TITLE}. Part II", "extra": place("24", "920-9")},
        False,
    ),
    "phases": (
        {"title": f"Phase 1 trial: {TITLE}", "extra": ()},
        {"title": f"Phase 2 trial: {TITLE}", "extra": ()},
        False,
    ),
    "men and women": ({"title": f"{TITLE} in men", "extra": ()}, {"title": f"{TITLE} in women", "extra": ()}, False),
    "other year": ({}, {"year": 2009, "extra": ()}, True),
    "next year, no place": ({"extra": ()}, {"year": 2007, "extra": ()}, True),
    "other authors": ({"extra": ()}, {"authors": ("Smith, John",), "extra": ()}, False),
    "other authors on one page": ({}, {"authors": ("Smith, John",)}, False),
    "other volume": ({}, {"extra": place("25", "911-9")}, True),
    "other page": ({}, {"extra": place("24", "33-40")}, True),
    "other PMID": ({"pmid": "7"}, {"pmid": "8"}, True),
    "other DOI": ({"doi": "10.1/x"}, {"doi": "10.1/y"}, True),
    "other registration": ({"abstract": "NCT00000001", "extra": ()}, {"abstract": "NCT00000002", "extra": ()}, True),
    "other abstract": ({"abstract": ABSTRACT, "extra": ()}, {"abstract": ABSTRACT[::-1], "extra": ()}, True),
    "preprint": ({"doi": "10.1/x"}, {"doi": "10.1101/2006.1", "journal": "medRxiv", "extra": ()}, True),
    "not": ({"extra": ()}, {"title": TITLE.replace("and", "but not"), "extra": ()}, False),
    "PMID typed wrong": ({"pmid": "7"}, {"pmid": "7", "title": OTHER}, True),
    "DOI typed wrong": ({"doi": "10.1/x"}, {"doi": "10.1/x", "title": OTHER, "extra": ()}, True),
    "pages that every issue has": (
        {"title": "Editor's comments", "extra": place("24", "iii-xi", "1")},
        {"title": "Editor's comments", "extra": place("24", "iii-xi", "2")},
        False,
    ),
    "the same pages of two issues": (
        {"title": OTHER, "extra": place("24", "11-19", "1")},
        {"extra": place("24", "11-19", "2")},
        True,
    ),
    "a title that says little": ({"title": "Editorial", "extra": ()}, {"title": "Editorial", "extra": ()}, False),
    "another journal": ({"extra": ()}, {"journal": "Journal of Sports Medicine", "extra": ()}, True),
    "a journal with a longer name": ({"extra": ()}, {"journal": "Journal of Sports Sciences Reports"}, True),
    "no journal": ({"extra": ()}, {"journal": "", "extra": ()}, True),
    "another issue, no pages": ({"extra": place("24", "", "7")}, {"extra": place("24", "", "8")}, True),
    "a column that comes back": (
        {"title": "Remarks from the editor of this journal", "extra": ()},
        {"title": "Remarks from the editor of this journal", "extra": place("24", "", "8")},
        True,
    ),
    "a workshop beside the conference": (
        {"publication_types": ("Conference Paper",), "journal": "Conference on Exercise", "extra": ()},
        {"publication_types": ("Conference Paper",), "journal": "Workshop, Conference on Exercise", "extra": ()},
        True,
    ),
    "no title": ({"title": "", "extra": ()}, {"title": "", "extra": ()}, False),
    "nothing known": ({"authors": (), "year": None, "extra": ()}, {"authors": (), "year": None, "journal": ""}, True),
}


@pytest.mark.parametrize("name", NEVER_CERTAIN)
def test_what_may_be_two_reports_is_never_certain(name: str) -> None:
    first, second, doubtful = NEVER_CERTAIN[name]
    found = find_duplicates(pair(first, second))
    assert found.certain == ()
    assert bool(found.doubtful) == doubtful, found
    for doubt in found.doubtful:
        assert doubt.record_ids == ("a", "b")
        assert doubt.reason
        assert 0 <= doubt.similarity <= 1


UNSPACED = {
    "Chinese": "瑜伽对慢性腰痛患者疼痛和功能的影响：随机对照试验",
    "Japanese": "慢性腰痛患者におけるヨガの効果に関する無作為化比較試験",
    "Korean": "만성 요통 환자에 대한 요가의 효과: 무작위 대조 시험",
    "Russian": "Влияние йоги на боль в пояснице: рандомизированное исследование",
}
ABROAD: dict[str, Any] = {"authors": ("张三", "李四"), "year": 2019, "journal": "中国康复医学杂志", "extra": ()}


@pytest.mark.parametrize("script", UNSPACED)
def test_titles_in_other_scripts_are_compared(script: str) -> None:
    title = UNSPACED[script]
    same = pair(
        ABROAD | {"title": title},
        ABROAD | {"title": title.replace("：", " ").replace(":", ".") + "。", "abstract": "…"},
    )
    assert [group.record_ids for group in find_duplicates(same).certain] == [("a", "b")]


@pytest.mark.parametrize(
    ("other", "more"),
    [
        ("瑜伽对慢性颈痛患者疼痛和功能的影响：随机对照试验", {}),  # another part of the body
        ("太极对慢性腰痛患者疼痛和功能的影响：随机对照试验", {}),  # another exercise
        ("瑜伽对慢性腰痛女性患者疼痛和功能的影响：随机对照试验", {}),  # women alone
        (UNSPACED["Chinese"], {"authors": ("王五",)}),
        (UNSPACED["Chinese"], {"year": 2014}),
        (UNSPACED["Chinese"], {"journal": ""}),
        (UNSPACED["Chinese"], {"abstract": "目的观察太极的疗效结果表明睡眠改善结论需要更多研究" * 8}),
    ],
)
def test_reports_in_chinese_that_may_be_two_are_never_certain(other: str, more: dict[str, Any]) -> None:
    abstract = "纳入二十名女性随机分组训练十二周后比较疼痛评分两组差异有统计学意义" * 8
    one = ABROAD | {"title": UNSPACED["Chinese"], "abstract": abstract}
    assert not find_duplicates(pair(one, ABROAD | {"title": other} | more)).certain


def test_a_short_chinese_title_names_no_report() -> None:
    assert not find_duplicates(
        pair(ABROAD | {"title": "编者按"}, ABROAD | {"title": "编者按。", "abstract": "…"})
    ).certain


def test_a_doi_of_a_whole_supplement_shows_nothing() -> None:
    titles = ("yoga", "pilates", "rowing", "dancing", "climbing")
    records = [
        Record(record_id=word, title=f"Effects of {word} on sleep in {word} classes", doi="10.1/s") for word in titles
    ]
    assert find_duplicates(records) == Duplicates()


def test_a_chain_does_not_join_what_contradicts() -> None:
    """Each of two records fits the one in the middle, which lacks a PMID, but they have different ones."""
    records = [Record(record_id=name, **REPORT, pmid=pmid) for name, pmid in (("a", "7"), ("b", ""), ("c", "8"))]
    found = find_duplicates(records)
    assert len(found.certain) == 1
    assert len(found.certain[0].record_ids) == 2
    assert any("different PMIDs" in doubt.reason for doubt in found.doubtful)


def test_what_agrees_with_two_that_contradict_each_other_is_linked_with_neither() -> None:
    """The one of which no volume is known may be either's duplicate."""
    volumes = {"a": (("VL", "24"),), "b": (), "c": (("VL", "25"),)}
    found = find_duplicates([Record(record_id=name, **(REPORT | {"extra": extra})) for name, extra in volumes.items()])
    assert found.certain == ()
    assert {pair.record_ids for pair in found.doubtful} >= {("a", "b"), ("b", "c")}


def test_many_copies_are_one_group() -> None:
    records = [Record(record_id=str(number), **REPORT) for number in range(400)]
    found = find_duplicates(records)
    assert [len(group.record_ids) for group in found.certain] == [400]
    assert found.certain[0].record_ids == tuple(map(str, range(400)))
    assert found.n_repeated == 399


VARIANTS: list[dict[str, Any]] = [change for pairs in SAME.values() for change in pairs]
VARIANTS += [change for first, second, _ in NEVER_CERTAIN.values() for change in (first, second)]


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(range(len(VARIANTS))), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_records_changes_nothing(chosen: list[int], random: Any) -> None:
    records = [Record(record_id=f"r{at}", **(REPORT | VARIANTS[number])) for at, number in enumerate(chosen)]
    shuffled = list(records)
    random.shuffle(shuffled)
    found, again = find_duplicates(records), find_duplicates(shuffled)
    assert partition(found) == partition(again)
    assert len(found.doubtful) == len(again.doubtful)
    assert sorted(doubt.reason for doubt in found.doubtful) == sorted(doubt.reason for doubt in again.doubtful)


def partition(found: Duplicates) -> set[tuple[frozenset[str], str]]:
    return {(frozenset(group.record_ids), group.reason) for group in found.certain}


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.builds(
    Record, record_id=st.just(""), title=st.text(max_size=40), abstract=st.text(max_size=60),
    journal=st.text(max_size=20), authors=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    year=st.none() | st.integers(-5, 10**6),
    doi=st.text(max_size=8), pmid=st.text(max_size=3), publication_types=st.just(("conference paper",)),
    extra=st.lists(st.tuples(st.sampled_from(["VL", "SP", "EP", "IS", "pages", "SO"]), st.text(max_size=9))).map(tuple),
), min_size=2, max_size=6))  # fmt: skip
def test_nothing_in_a_record_stops_it(records: list[Record]) -> None:
    """Whatever stands in the fields; each pair is asked as well whether it agrees, both ways round."""
    records = [replace(record, record_id=str(number)) for number, record in enumerate(records)]
    find_duplicates(records)
    for a, b in combinations(map(citation_of, records), 2):
        assert agree(a, b) == agree(b, a)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 51])
def test_progress_adds_up(count: int) -> None:
    told: list[int] = []
    records = [
        Record(record_id=str(n), title=f"{TITLE} {'x' * n}", authors=("White LJ",), year=2006) for n in range(count)
    ]
    find_duplicates(records, progress=told.append)
    assert sum(told) == count
    assert min(told, default=0) >= 0


def test_ids_must_differ() -> None:
    with pytest.raises(ValueError, match="same id"):
        find_duplicates([Record(record_id="1"), Record(record_id="1")])


def test_it_stays_in_this_process_and_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    monkeypatch.setattr(multiprocessing, "Pool", refuse)
    records = [
        record
        for number in range(120)
        for record in (
            Record(record_id=f"{number}a", **(REPORT | {"title": f"{TITLE} after day {number}"})),
            Record(record_id=f"{number}b", **(REPORT | {"title": f"{TITLE} after day {number}", "extra": ()})),
        )
    ]
    records = [replace(record, authors=(f"Author{record.record_id[:-1]}, A",)) for record in records]
    assert len(find_duplicates(records).certain) == 120
    assert capfd.readouterr() == ("", "")


def test_time_and_pairs_stay_bounded_where_everything_is_alike() -> None:
    """A file in which a journal's yearly list has come 4,000 times: nobody gets millions of pairs to settle."""
    records = [
        Record(record_id=str(n), title="Abstracts of the annual meeting of the society", year=1900 + n % 120,
               authors=("Society",), extra=(("VL", str(n)), ("SP", str(n + 1))))
        for n in range(4000)
    ]  # fmt: skip
    start = time.process_time()
    found = find_duplicates(records)
    assert time.process_time() - start < 20
    assert found.certain == ()
    assert len(found.doubtful) <= 13 * len(records)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "sensitivity", "most_false"), [("stroke", 0.99, 0), ("respiratory", 0.92, 0), ("digital_work", 0.99, 0)]
)
def test_labelled_sets(shared: Path, name: str, sensitivity: float, most_false: int) -> None:
    folder = shared / "dedupe" / name
    records = [replace(r, record_id=dict(r.extra)["ID"]) for r in read_records(folder / "records_pre_merged.csv")]
    with (folder / "merged_record_ids.csv").open(encoding="utf-8", newline="") as stream:
        labelled = in_pairs([row["merged_ids"].split(";") for row in csv.DictReader(stream)])
    found = in_pairs([group.record_ids for group in find_duplicates(records).certain])
    assert len(found & labelled) / len(labelled) >= sensitivity
    assert len(found - labelled) <= most_false


@pytest.mark.shared
@pytest.mark.parametrize(("name", "least"), [("stroke", 8), ("digital_work", 25)])
@pytest.mark.filterwarnings("ignore")  # it sets an option that pandas 3 calls deprecated
def test_bib_dedupe_links_what_is_linked_by_all_that_is_known(shared: Path, name: str, least: int) -> None:
    oracle = pytest.importorskip("bib_dedupe.bib_dedupe", reason="bib-dedupe is an oracle, not a dependency")
    table = pd.read_csv(shared / "dedupe" / name / "records_pre_merged.csv")
    records = [
        replace(record, record_id=dict(record.extra)["ID"])
        for record in read_records(shared / "dedupe" / name / "records_pre_merged.csv")
    ]
    groups = [group.record_ids for group in find_duplicates(records).certain if "nothing speaks" in group.reason]
    asked = table[table["ID"].isin({record_id for group in groups for record_id in group})].reset_index(drop=True)
    prepared = oracle.prep(asked, verbosity_level=0, cpu=1)
    matched = oracle.match(oracle.block(prepared, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
    assert len(groups) >= least
    assert in_pairs(groups) <= in_pairs(oracle.cluster(matched))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "marked"), [("copper", 281), ("tafenoquine", 114)])
def test_sets_that_no_rule_was_made_on(shared: Path, name: str, marked: int) -> None:
    """EndNote libraries in which a person marked all copies but one: no group holds two of the unmarked."""
    records = read_records(shared / "samples" / "endnote" / f"{name}.xml")
    copies = {record.record_id for record in records if ("caption", "Duplicate") in record.extra}
    found = find_duplicates(records)
    grouped = [set(group.record_ids) for group in found.certain]
    assert len(copies) == marked
    assert [group - copies for group in grouped if len(group - copies) > 1] == []
    left = copies - set().union(*grouped)
    assert len(left) <= 0.025 * marked
    assert left <= {record_id for pair in found.doubtful for record_id in pair.record_ids}


@pytest.mark.shared
def test_pubmed_has_no_two_records_of_one_report(shared: Path) -> None:
    """Without their identifiers, too: but for what was indexed twice, each record is its own."""
    records = list(islice(iter_records(shared / "pubmed" / "pubmed20n0014.xml.gz"), 3000))
    hidden = [replace(record, pmid="", doi="") for record in records]
    pairs = in_pairs([group.record_ids for group in find_duplicates(hidden).certain])
    assert len(pairs) <= 6  # each of the 6 among all 30,000 was looked at: it was indexed twice
    assert find_duplicates(records).certain == ()


def in_pairs(groups: Sequence[Sequence[str]]) -> set[tuple[str, ...]]:
    return {tuple(sorted(two)) for group in groups for two in combinations(group, 2)}
