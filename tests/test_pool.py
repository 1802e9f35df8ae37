from __future__ import annotations

from pathlib import Path

from tiab.formats.pool import read_pool


def test_a_record_of_two_files_is_taken_once_and_equal_numbers_do_not_make_equal_records(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("record_id,title,pmid\n1,Yoga,111\n2,Tax,222\n3,Law,\n")
    two.write_text("record_id,title,pmid\n1,Yoga.,111\n2,Pilates,333\n3,Law,\n4,New,\n")
    pool = read_pool([one, two])
    assert [record.record_id for record in pool.records] == ["1", "2", "3", "two.csv:2", "4"]
    assert pool.repeated == 2
