"""scripts/benchmark_updates.py: how a review is parted by year, and what is measured on the later part."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark_ranking import Review
from benchmark_updates import measured, page, part_by_year, tiab_scores


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Forty records of 2001 to 2010, four a year and one in four relevant; two more have no year."""
    lines = ["record_id,title,abstract,year,label_included"]
    for number in range(40):
        topic = "yoga for back pain" if number % 4 == 0 else "the tax law of islands"
        told = f"Study {number} of {topic},We looked at {topic}."
        lines.append(f"{number},{told},{2001 + number // 4},{int(number % 4 == 0)}")
    lines += ["40,Undated,No year.,,0", "41,Undated too,No year.,,1"]
    path = tmp_path / "Made_2024.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return Review(path)


def test_the_later_part_is_whole_years_nearest_to_a_fifth(review: Review) -> None:
    update = part_by_year(review)
    assert update is not None
    assert (update.first_year, len(update.early), len(update.late), update.undated) == (2009, 32, 8, 2)
    assert {review.records[row].year for row in update.late} == {2009, 2010}


def test_labels_of_the_later_part_teach_nothing(review: Review) -> None:
    update = part_by_year(review)
    assert update is not None
    scores = tiab_scores(update, None)
    late = {review.ids[row] for row in update.late}
    review.relevant ^= late  # the later labels turned round
    assert np.array_equal(scores, tiab_scores(update, None))
    review.relevant ^= late
    assert measured(scores, update.relevant(update.late))["AUC"] == 1


def test_a_review_without_years_is_not_parted(review: Review) -> None:
    review.records = [replace(record, year=None) for record in review.records]
    assert part_by_year(review) is None


def test_a_bad_review_is_named_and_one_with_few_relevant_records_is_in_no_figure() -> None:
    ranks = measured(np.array([1.0, 2.0, 3.0, 4.0]), [True, False, False, False])
    known = {"tuning": False, "first_year": 2009, "early": 9, "early_relevant": 3, "undated": 0}
    bad = {**known, "review": "Bad_2020", "late": 4, "relevant": 1, "scores": dict.fromkeys(("labels", "u4"), ranks)}
    few = {**known, "review": "Few_2020", "late": 7, "relevant": 2, "scores": {}}
    text = page([bad, few])
    assert "below 0.3 (with criteria, if there are any): Bad_2020 (-0.05)" in text
    assert "Few_2020 (2 of 7)" in text
    assert "(1 measured)" in text
