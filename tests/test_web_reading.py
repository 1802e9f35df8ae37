"""Records that came in and are not ranked yet: the page says how far that is, and does not keep anybody waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.errors import ReviewError
from tiab.pico.pipeline import Progress
from tiab.review import Review
from tiab.web import ReviewerSession

SEARCH = "record_id,title\n" + "".join(f"r{n},Yoga {n}\n" for n in range(3))


class Slow:
    """Learning that reads two of three abstracts, says that it is `reading`, and waits until it `may` go on."""

    def __init__(self) -> None:
        self.reading, self.may, self._learn = threading.Event(), threading.Event(), Review.learn

    def learn(
        self, review: Review, reviewer: str | None = "", *, progress: Progress | None = None, **more: Any
    ) -> bool:
        if review.snapshot.records and progress:
            progress(2)
            self.reading.set()
            self.may.wait()
        return self._learn(review, reviewer, **more)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(Review, "learn", lambda *given, **named: made.learn(*given, **named))
    yield made
    made.may.set()


@pytest.fixture
def session(tmp_path: Path, slow: Slow) -> Iterator[ReviewerSession]:
    (tmp_path / "search.csv").write_text(SEARCH)
    with Review.create(tmp_path / "review") as review:
        review.learn("eva")
        with closing(ReviewerSession(review, reviewer="eva")) as made:
            review.add([tmp_path / "search.csv"])
            yield made
            slow.may.set()


def test_while_abstracts_are_read_everything_else_goes_on(
    session: ReviewerSession, slow: Slow, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    page = enter(session)
    assert page.get("/screen/record").json()["waiting"]
    slow.reading.wait()
    assert "2 of 3 so far" in page.get("/").text
    assert page.get("/screen/record").json()["waiting"]
    assert "Yoga 1" in page.get("/records").text
    decided = {"record_id": "r1", "decision": "include", "token": "by name, in the list"}
    said = page.post("/screen/decisions", json=decided).json()
    assert (said["message"], said["waiting"]) == ("Included.", True)
    slow.may.set()
    while (shown := page.get("/screen/record").json())["waiting"]:
        pass
    assert shown["record_id"] in ("r0", "r2")


def test_what_goes_wrong_meanwhile_is_said(
    session: ReviewerSession,
    slow: Slow,
    enter: Callable[[ReviewerSession], httpx.Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise ReviewError("lacks records that its log names")

    monkeypatch.setattr(Review, "learn", fail)
    page = enter(session)
    while (shown := page.get("/screen/record").json())["waiting"]:
        pass
    assert "could not be ranked" in shown["record"]
    assert "Ranking stopped: lacks records that its log names" in shown["failures"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_first_record_shows_by_itself(
    window: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    session: ReviewerSession,
    slow: Slow,
    serve: Callable[[ReviewerSession], str],
    scheme: str,
    width: int,
) -> None:
    with window(scheme, width) as page:
        page.goto(serve(session))
        expect(page.get_by_role("heading", level=1)).to_have_text("Reading abstracts")
        expect(page.get_by_role("progressbar", name="Abstracts read")).to_have_attribute("value", "2")
        accessible(page, "abstracts that are read")
        page.keyboard.press("i")  # there is nothing to decide on yet
        slow.may.set()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Yoga")
        expect(page.locator("#title")).to_be_focused()
    assert session.counts().screened == 0
