"""A first ranking by words and terms, while the abstracts of many new records are still to be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tiab.criteria import parse_criteria
from tiab.features.term_spans import find_term_spans
from tiab.labels import Decision
from tiab.records import Record
from tiab.review import Review
from tiab.web import ReviewerSession

CRITERIA = """
title = "Yoga in back pain"
[population]
terms = ["back pain"]
abbreviations = ["LBP"]
against = ["leg pain"]
[intervention]
terms = ["yoga", "asana*"]
"""
N = 400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review with more abstracts than can be read while somebody waits; record 123 is what it looks for."""
    (tmp_path / "criteria.toml").write_text(CRITERIA)
    rows = [f"r{n},Paper {n} on tax law,The law of county {n} on taxes and fees." for n in range(N)]
    rows[123] = "r123,Asanas for low back pain,Yoga helped people with back pain (LBP)."
    (tmp_path / "s.csv").write_text("record_id,title,abstract\n" + "\n".join(rows))
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as review:
        review.add([tmp_path / "s.csv"])
    return tmp_path / "review"


def test_terms_are_found_as_words_and_short_forms_only_beside_them() -> None:
    criteria = parse_criteria(CRITERIA)
    records = [
        Record(record_id="1", title="Asanas: low-back pain", abstract="LBP, not lbp. Back pains.", keywords=("Yoga",)),
        Record(record_id="2", title="LBP and leg pain", abstract=""),
        Record(record_id="3", title="Nyoga", abstract="Feedback pain"),
    ]
    found = [[(span.role, span.field, span.value) for span in spans] for spans in find_term_spans(records, criteria)]
    assert found == [
        [
            ("population", "title", "back pain"),
            ("population", "abstract", "LBP"),
            ("intervention", "title", "asana*"),
            ("intervention", "keywords", "yoga"),
        ],
        [("against", "title", "leg pain")],
        [],
    ]
    assert find_term_spans(records, None) == [(), (), ()]


def test_the_first_ranking_needs_no_abstract_to_be_read_and_the_second_does(folder: Path) -> None:
    with Review(folder) as review:
        read: list[int] = []
        assert review.learn_by_words("eva")
        queue = review.queue("eva")
        assert queue is not None
        assert (queue.by_words, queue.learned.order[0]) == (True, "r123")
        assert not review.learn_by_words("eva")  # nothing has changed
        assert review.learn("eva", progress=read.append)
        queue = review.queue("eva")
        assert queue is not None
        assert (queue.by_words, queue.learned.order[0], sum(read)) == (False, "r123", N)
    with Review(folder) as review:
        assert not review.learn_by_words("eva")  # they have been read before


def test_while_abstracts_are_read_decisions_are_learned_from_by_words(folder: Path) -> None:
    with Review(folder, apart=True) as review:
        review.learn_by_words("eva")
        review.label("r123", Decision.EXCLUDE, reviewer="eva")
        learned: list[set[str]] = []

        def decide(_: int) -> None:
            queue = review.queue("eva")
            assert queue is not None
            assert queue.by_words
            learned.append(set(queue.learned.labels))
            if len(learned) == 1:
                review.label("r77", Decision.INCLUDE, reviewer="eva")

        review.learn("eva", progress=decide)
        assert "r77" not in learned[0]
        assert learned[-1] == {"r123", "r77"}
        queue = review.queue("eva")
        assert queue is not None
        assert not queue.by_words
        review.label("r78", Decision.EXCLUDE, reviewer="eva")
        assert review.replay().identical


def test_a_first_ranking_can_be_left_off_at_each_step_and_made_again(folder: Path) -> None:
    class LeftOff(Exception): ...

    steps = [0, 0]

    def pause() -> None:
        steps[0] += 1
        if steps[0] == steps[1]:
            raise LeftOff

    with Review(folder) as review:
        for last in range(1, 100):
            steps[:] = [0, last]
            try:
                assert review.learn_by_words("eva", pause=pause)
                break
            except LeftOff:
                assert review.queue("eva") is None
        assert last > 5  # it was left off at several steps before it was let through
        queue = review.queue("eva")
        assert queue is not None
        assert queue.learned.order[0] == "r123"


def test_few_records_are_read_at_once(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("record_id,title\na,Yoga\nb,Tax\n")
    with Review.create(tmp_path / "few") as review:
        review.add([tmp_path / "few.csv"])
        assert not review.learn_by_words()


def test_every_ranking_of_both_kinds_is_made_again_to_the_last_digit(folder: Path) -> None:
    with Review(folder) as review:
        review.learn_by_words("eva")
        review.label("r123", Decision.INCLUDE, reviewer="eva")
        review.label("r5", Decision.EXCLUDE, reviewer="eva")
        review.learn("eva")
        review.label("r6", Decision.EXCLUDE, reviewer="eva")
        rankings = [event.payload.get("by_words", False) for event in review.events() if event.kind == "ranked"]
        assert rankings == [True, False]
        assert review.replay().identical


def test_the_page_shows_the_best_record_at_once_and_says_what_it_rests_on(
    folder: Path, enter: Callable[[ReviewerSession], httpx.Client], until: Callable[[Callable[[], object]], None]
) -> None:
    with Review(folder) as review, closing(ReviewerSession(review, reviewer="eva")) as session:
        page = enter(session)
        until(lambda: page.get("/screen/record").json()["record_id"])
        assert page.get("/screen/record").json()["record_id"] == "r123"
        until(lambda: session.learning.wait(1))
        assert not session.ranks_by_words
        assert "abstracts read" not in page.get("/screen/record").json()["counts"]


def test_abstracts_are_not_read_to_the_end_for_criteria_that_hold_no_more(
    folder: Path, until: Callable[[Callable[[], object]], None]
) -> None:
    with Review(folder) as review, closing(ReviewerSession(review, reviewer="eva")) as session:
        session.learning.start()
        until(lambda: session.abstracts.read)
        other = CRITERIA.replace('"back pain"', '"tax law"')
        review.save_criteria(other, mark=review.criteria_text().mark)
        session.refresh()
        until(lambda: session.learning.wait(1))
        queue = review.queue("eva")
        assert queue is not None
        assert queue.snapshot.criteria == review.criteria
        assert not queue.by_words
