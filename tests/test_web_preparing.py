"""What is prepared before anybody asks for it, and that it gives way to those who ask for something else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tiab.errors import InputError
from tiab.review import Review
from tiab.review.catalogue import Catalogue, Query
from tiab.web import Desk
from tiab.web.preparing import Preparing

SOON = 10.0
ROWS = "record_id,title,abstract\n" + "".join(f"r{n},Yoga {n},We studied asthma.\n" for n in range(60))


class Steps:
    """Counts the steps that are taken, of three in each go; the first goes fail with the errors that are given."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.taken, self.goes = list(errors), 0, 0

    def __call__(self) -> Iterator[None]:
        self.goes += 1
        if self.errors:
            raise self.errors.pop(0)
        for _ in range(3):
            self.taken += 1
            yield


def test_no_step_is_taken_while_somebody_waits_for_an_answer() -> None:
    steps = Steps()
    with closing(Preparing(steps)) as preparing:
        with preparing.giving_way(), preparing.giving_way():
            preparing.wake()
            assert not preparing.wait(0.2)
            assert steps.taken <= 1  # the one that may have begun
        assert preparing.wait(SOON)
    assert (steps.taken, steps.goes) == (3, 1)


def test_nothing_is_done_unless_it_is_woken_and_closing_ends_it_at_any_point() -> None:
    steps = Steps()
    closing_early = Preparing(steps)
    closing_early.close()
    assert steps.goes == 0
    preparing = Preparing(steps)
    with preparing.giving_way():
        preparing.wake()
        preparing.close()
    assert steps.taken <= 1


def test_an_error_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps(InputError("a mistake in the criteria"), ZeroDivisionError("a defect"))
    with closing(Preparing(steps)) as preparing:
        for _ in range(3):
            preparing.wake()
            assert preparing.wait(SOON)
    assert steps.taken == 3
    assert [record.levelname for record in caplog.records] == ["ERROR"]  # the defect


def test_what_changes_meanwhile_begins_it_anew() -> None:
    goes = []

    def make() -> Iterator[None]:
        goes.append(len(goes))
        if len(goes) == 1:
            preparing.wake()
        yield
        goes.append(-1)

    with closing(Preparing(make)) as preparing:
        preparing.wake()
        deadline = time.monotonic() + SOON
        while goes != [0, 1, -1] and time.monotonic() < deadline:
            time.sleep(0.01)
    assert goes == [0, 1, -1]


def test_the_lists_of_a_page_are_ready_before_anybody_asks_and_after_an_import(
    tmp_path: Path, enter: Callable[[Desk], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "criteria.toml").write_text('title = "t"\n[population]\nterms = ["asthma"]\n')
    (tmp_path / "search.csv").write_text(ROWS)
    read: list[int] = []
    find = Review.gaps
    monkeypatch.setattr(Review, "gaps", lambda self, records, of: read.append(len(records)) or find(self, records, of))
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as review:
        review.add([tmp_path / "search.csv"])
        review.learn()
        with closing(Desk(review)) as desk:
            page = enter(desk)
            assert desk.preparing.wait(SOON)
            assert sum(read) == 60
            more = ROWS.replace("\nr", "\ns").replace("Yoga", "Leptin").replace("asthma", "mice")
            page.post("/import/records", params={"name": "more.csv"}, content=more.encode()).raise_for_status()
            until(lambda: sum(read) == 180)
            assert desk.preparing.wait(SOON)
            assert len(desk.catalogue.find(Query(missing="population"))) == 60
            assert sum(read) == 180


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_search_finds_all_whether_or_not_it_was_prepared(tmp_path: Path) -> None:
    (tmp_path / "search.csv").write_text(ROWS)
    with Review.create(tmp_path / "review") as review:
        review.add([tmp_path / "search.csv"])
        for prepared in (0, 2, 1000):
            catalogue = Catalogue(review)
            for _ in zip(range(prepared), catalogue.make_ready(), strict=False):
                pass
            assert len(catalogue.find(Query(text="asthma"))) == 60, prepared
            assert catalogue.find(Query(text="yoga 59")) == ("r59",)
