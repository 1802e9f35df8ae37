"""What is done in the background: it gives way, says so when it fails, and can be started again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.errors import InputError
from tiab.review import Review
from tiab.review.record_list import RecordList
from tiab.review.record_query import RecordQuery
from tiab.web import ReviewerSession
from tiab.web.background import Background

SOON = 120.0
ROWS = "record_id,title,abstract\n" + "".join(f"r{n},Yoga {n},We studied asthma.\n" for n in range(60))
TOML = 'title = "t"\n[population]\nterms = ["asthma"]\n[outcome]\nname = "pain"\nterms = ["pain"]\nrequired = false\n'


class Steps:
    """Counts the steps that are taken, of three in each go; the first goes fail with the errors that are given."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.taken, self.goes = list(errors), 0, 0
        self.background = Background(self.go, name="Counting steps", anew=True)

    def go(self) -> None:
        self.goes += 1
        if self.errors:
            raise self.errors.pop(0)
        for _ in range(3):
            self.taken += 1
            self.background.pause()


def test_no_step_is_taken_while_somebody_waits_for_an_answer() -> None:
    steps = Steps()
    with closing(steps.background) as background:
        with background.giving_way(), background.giving_way():
            background.wake()
            assert not background.wait(0.2)
            assert steps.taken <= 1  # the one that may have begun
        assert background.wait(SOON)
    assert (steps.taken, steps.goes) == (3, 1)


def test_nothing_is_done_unless_it_is_woken_and_closing_ends_it_at_any_point() -> None:
    steps = Steps()
    steps.background.close()
    assert steps.goes == 0
    steps = Steps()
    with steps.background.giving_way():
        steps.background.wake()
        steps.background.close()
    assert steps.taken <= 1


def test_an_error_is_kept_until_the_work_is_done_again(caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps(InputError("a mistake in a file"), ZeroDivisionError("a defect"))
    with closing(steps.background) as background:
        said = []
        for start in (background.wake, background.start, background.start):
            start()
            assert background.wait(SOON)
            said.append(str(background.error))
    assert said[0] == "a mistake in a file"
    assert "unexpected error (ZeroDivisionError: a defect)" in said[1]
    assert said[2] == "None"
    assert steps.taken == 3
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]  # the defect with its traceback


def test_what_changes_meanwhile_begins_it_anew() -> None:
    goes = []

    def work() -> None:
        goes.append(len(goes))
        if len(goes) == 1:
            background.wake()
        background.pause()
        goes.append(-1)

    with closing(Background(work, name="Work", anew=True)) as background:
        background.wake()
        assert background.wait(SOON)
    assert goes == [0, 1, -1]


def test_several_wakes_that_come_meanwhile_are_one() -> None:
    goes, begun, may = list[int](), threading.Event(), threading.Event()

    def work() -> None:
        goes.append(len(goes))
        begun.set()
        may.wait()

    with closing(Background(work, name="Work")) as background:
        background.wake()
        begun.wait()
        for _ in range(5):
            background.wake()
        may.set()
        assert background.wait(SOON)
    assert goes == [0, 1]


def test_it_begins_after_a_quiet_time_or_at_once_where_somebody_waits() -> None:
    goes = list[int]()
    with closing(Background(lambda: goes.append(len(goes)), name="Work", quiet=0.01, longest=5.0)) as background:
        background.wake()
        assert background.wait(SOON)
        assert goes == [0]
    with closing(Background(lambda: goes.append(len(goes)), name="Work", quiet=900, longest=900)) as background:
        background.wake()
        assert not background.wait(0.1)
        assert goes == [0]  # somebody may wake it again at once
        background.start()
        assert background.wait(SOON)
    assert goes == [0, 1]


def test_the_lists_of_a_page_are_ready_before_anybody_asks_and_after_an_import(
    tmp_path: Path,
    enter: Callable[[ReviewerSession], httpx.Client],
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[[Callable[[], object]], None],
) -> None:
    (tmp_path / "criteria.toml").write_text(TOML)
    (tmp_path / "search.csv").write_text(ROWS)
    read: list[int] = []
    find = Review.criteria_missing
    monkeypatch.setattr(
        Review, "criteria_missing", lambda self, records, of: read.append(len(records)) or find(self, records, of)
    )
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as review:
        review.add([tmp_path / "search.csv"])
        review.learn()
        with closing(ReviewerSession(review)) as session:
            page = enter(session)
            assert session.preparing.wait(SOON)
            assert sum(read) == 60
            more = ROWS.replace("\nr", "\ns").replace("Yoga", "Leptin").replace("asthma", "mice")
            page.post("/import/records", params={"name": "more.csv"}, content=more.encode()).raise_for_status()
            until(lambda: sum(read) == 180)
            assert session.preparing.wait(SOON)
            assert len(session.records.find(RecordQuery(missing="population"))) == 60
            assert sum(read) == 180


class Failing:
    """Stands in the place of a function of tiab, which it calls once it has failed as often as it is to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        module, name = place.rsplit(".", 1)
        self.function = getattr(__import__(module, fromlist=[name]), name)
        self.left = 0
        monkeypatch.setattr(place, self)

    def __call__(self, *args: object, **settings: object) -> object:
        if self.left:
            self.left -= 1
            raise RuntimeError("out of luck")
        return self.function(*args, **settings)


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Two records that may be one, and criteria."""
    (tmp_path / "criteria.toml").write_text(TOML)
    (tmp_path / "search.csv").write_text(
        "record_id,title,abstract,authors,year,journal,pmid\n"
        "a,Effects of aerobic training on leptin in asthma,Ten women trained.,Chen C,2010,Lung,101\n"
        "b,Effects of aerobic training on leptin in asthma,Ten women trained.,Chen C,2010,Lung,102\n"
    )
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as made:
        made.add([tmp_path / "search.csv"])
        yield made


def answered(page: httpx.Client, path: str, **settings: object) -> dict[str, object]:
    """The answer of a page that looks again as long as something is under way."""
    while True:
        answer = page.request("POST" if settings else "GET", path, json=settings or None).raise_for_status().json()
        if not answer.get("waiting", not answer.get("done", True)):
            return dict(answer)


FAILING = [
    ("tiab.dedupe.find_duplicates", "/duplicates/current", {}, "Comparing the records stopped", 'id="pair"'),
    ("tiab.web.jobs.count_hits", "/criteria/check", {"text": TOML}, "Counting stopped", "<b>2</b> of 2 records"),
    ("tiab.review.learning.prepare", "/screen/record", {}, "Ranking stopped", "Effects of aerobic training"),
]


@pytest.mark.parametrize(("place", "path", "body", "said", "shown"), FAILING)
def test_a_job_that_fails_says_so_and_succeeds_when_it_is_started_again(
    review: Review,
    enter: Callable[[ReviewerSession], httpx.Client],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    path: str,
    body: dict[str, str],
    said: str,
    shown: str,
) -> None:
    failing = Failing(monkeypatch, place)
    with closing(ReviewerSession(review, reviewer="eva")) as session:
        page = enter(session)
        failing.left = 1
        answer = answered(page, path, **body)
        assert f"{said}: unexpected error (RuntimeError: out of luck)" in str(answer["failures"])
        assert shown not in str(answer)
        assert answered(page, path, **body)["failures"] == answer["failures"]  # it isn't tried over and over
        assert said in page.get("/export").text
        page.post("/retry").raise_for_status()
        answer = answered(page, path, **body)
        assert (answer["failures"], shown in str(answer)) == ("", True)
        assert said not in page.get("/export").text


def test_a_list_that_could_not_be_prepared_is_made_when_it_is_asked_for(
    review: Review, enter: Callable[[ReviewerSession], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    review.learn("eva")
    failing = Failing(monkeypatch, "tiab.review.learning.criteria_missing")
    failing.left = 2
    with closing(ReviewerSession(review, reviewer="eva")) as session:
        page = enter(session)
        assert session.preparing.wait(SOON)
        assert "Preparing the list of records stopped" in page.get("/records").text
        broken = page.get("/records", params={"missing": "pain"}, headers={"Accept": "text/html"})
        assert (broken.status_code, "RuntimeError: out of luck" in broken.text) == (500, True)
        assert broken.headers["X-Frame-Options"] == "DENY"
        assert "Effects of aerobic" in page.get("/records", params={"missing": "pain"}).text
        page.post("/retry").raise_for_status()
        assert session.preparing.wait(SOON)
        assert "stopped" not in page.get("/records").text


@pytest.mark.parametrize(
    ("place", "path", "said", "shown"),
    [
        ("tiab.dedupe.find_duplicates", "/duplicates", "Comparing the records stopped", "Pair 1 of 1"),
        ("tiab.web.jobs.count_hits", "/criteria", "Counting stopped", "2 of 2 records have every required concept"),
        ("tiab.review.learning.prepare", "/", "Ranking stopped", "Effects of aerobic training"),
    ],
)
def test_a_person_sees_that_it_failed_and_starts_it_again(
    review: Review,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    path: str,
    said: str,
    shown: str,
) -> None:
    failing = Failing(monkeypatch, place)
    failing.left = 1
    with closing(ReviewerSession(review, reviewer="eva")) as session, open_page(session, path, "light", 1280) as page:
        expect(page.locator("#failures")).to_contain_text(said)
        accessible(page, "a job that failed")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#main")).to_contain_text(shown)
        expect(page.locator("#failures")).to_be_empty()


def test_a_search_finds_all_whether_or_not_it_was_prepared(tmp_path: Path) -> None:
    (tmp_path / "search.csv").write_text(ROWS)
    with Review.create(tmp_path / "review") as review:
        review.add([tmp_path / "search.csv"])
        for prepared in (0, 2, 1000):
            catalogue = RecordList(review)
            for _ in zip(range(prepared), catalogue.make_ready(), strict=False):
                pass
            assert len(catalogue.find(RecordQuery(text="asthma"))) == 60, prepared
            assert catalogue.find(RecordQuery(text="yoga 59")) == ("r59",)
