from __future__ import annotations

from pathlib import Path

import pytest

from tiab.assets import corpus_path
from tiab.decisions import read_labels
from tiab.errors import EvaluationError, InputError, LabelError
from tiab.evaluation.gold import read_gold, read_judged, read_known, read_order
from tiab.formats import read_records
from tiab.labels import Decision
from tiab.records import Record

POOL = [
    Record(record_id="a", pmid="111", doi="10.1000/aaa"),
    Record(record_id="b", pmid="222"),
    Record(record_id="222", doi="10.1000/ccc"),
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return tmp_path / "gold.csv"


def test_records_are_found_by_id_then_pmid_then_doi(gold: Path) -> None:
    gold.write_text("record_id,pmid,doi\nb,,\n,111,\n,,https://doi.org/10.1000/CCC\n")
    assert read_gold(gold, POOL) == ["b", "a", "222"]


def test_an_id_goes_before_a_pmid_that_looks_the_same(gold: Path) -> None:
    gold.write_text("record_id\n222\n")
    assert read_gold(gold, POOL) == ["222"]


def test_what_was_known_is_all_that_was_decided_on(gold: Path) -> None:
    gold.write_text("record_id;label_included\na;1\nb;0\n222;\n")
    assert read_known(gold, POOL) == ["a", "b"]
    gold.write_text("pmid\n222\n")
    assert read_known(gold, POOL) == ["b"]
    gold.write_text("record_id;label_included\na;\n")
    with pytest.raises(EvaluationError, match="no record that was decided on"):
        read_known(gold, POOL)


def test_where_decisions_stand_only_the_included_count(gold: Path) -> None:
    gold.write_text("record_id;label_included\na;1\nb;0\n222;\n")
    assert read_gold(gold, POOL) == ["a"]


def test_who_was_judged_is_who_was_included_or_excluded(gold: Path) -> None:
    gold.write_text("record_id;label_included\na;1\nb;0\n222;\n")
    assert read_judged(gold, POOL) == {"a", "b"}
    gold.write_text("record_id,decision\na,include\nb,maybe\n")
    assert read_judged(gold, POOL) == {"a"}
    gold.write_text("record_id\na\n")
    assert read_judged(gold, POOL) is None  # a list of the relevant: the others are not


def test_one_that_is_not_in_the_pool_keeps_its_name(gold: Path) -> None:
    gold.write_text("pmid\n999\n111\n111\n")
    assert read_gold(gold, POOL) == ["999", "a"]


def test_an_export_of_the_relevant_records_will_do(tmp_path: Path) -> None:
    path = tmp_path / "relevant.ris"
    path.write_text("TY  - JOUR\nTI  - One\nDO  - 10.1000/aaa\nER  - \n")
    assert read_gold(path, POOL) == ["a"]


def test_a_table_that_names_nothing_is_an_error(gold: Path) -> None:
    gold.write_text("record_id,label_included\na,0\n")
    with pytest.raises(EvaluationError, match="no relevant record"):
        read_gold(gold, POOL)
    gold.write_text("name\nx\n")
    with pytest.raises(InputError):
        read_gold(gold, POOL)


def test_the_order_is_by_rank_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "ranked.csv"
    path.write_text("record_id,title,rank\nx,X,3\ny,Y,1\nz,Z,2\n")
    assert [record.record_id for record in read_order(path)] == ["y", "z", "x"]
    path.write_text("record_id,title\nx,X\ny,Y\n")
    assert [record.record_id for record in read_order(path)] == ["x", "y"]


def test_the_corpus_names_its_12() -> None:
    corpus = corpus_path()
    records = read_records(corpus / "records.csv")
    gold = read_gold(corpus / "gold.csv", records)
    assert len(gold) == 12
    assert set(gold) <= {record.record_id for record in records}


def test_a_table_of_decisions_needs_no_titles(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("record_id,decision\na,include\nb,0\nc,\n")
    assert read_labels(path) == {"a": Decision.INCLUDE, "b": Decision.EXCLUDE}
    path.write_text("pmid;included\n111;1\n")
    assert read_labels(path) == {"111": Decision.INCLUDE}
    path.write_text("record_id,decision\na,perhaps\n")
    with pytest.raises(LabelError, match=r"labels\.csv: record a: 'perhaps' in column 'decision' is not a decision"):
        read_labels(path)
    path.write_text("record_id,name\na,x\n")
    with pytest.raises(LabelError, match="holds no decisions"):
        read_labels(path)
