"""What somebody presses while a page loads, or while an answer is on its way: it is done, in order, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tiab.review import Review
from tiab.web import ReviewerSession

SEARCH = "record_id,title\n" + "".join(f"r{n},Yoga {n}\n" for n in range(6))


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "search.csv").write_text(SEARCH)
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "search.csv"])
        made.learn("eva")
        yield made


@pytest.fixture
def opened(
    window: Callable[..., AbstractContextManager[Page]],
    session: ReviewerSession,
    serve: Callable[[ReviewerSession], str],
) -> Iterator[Page]:
    with window() as page:
        page.goto(serve(session))
        yield page


def held(page: Page, pattern: str) -> list[Route]:
    """The requests that wait until they are let go."""
    waiting: list[Route] = []
    page.route(pattern, lambda route: waiting.append(route))
    return waiting


def wait_for(page: Page, waiting: list[Route], count: int = 1) -> None:
    while len(waiting) < count:
        page.wait_for_timeout(20)


def test_buttons_pressed_before_the_scripts_are_there_are_done_once_they_are(opened: Page, review: Review) -> None:
    scripts = held(opened, "**/page.js")
    opened.goto(opened.url, wait_until="commit")
    opened.get_by_role("button", name="Include").click()
    opened.get_by_role("button", name="Settings").click()
    wait_for(opened, scripts)
    assert not review.labels("eva")
    scripts[0].continue_()
    expect(opened.locator("#counts")).to_contain_text("1 screened")
    expect(opened.get_by_role("dialog", name="Settings")).to_be_visible()
    assert len(review.labels("eva")) == 1


def test_what_is_pressed_while_an_answer_is_on_its_way_comes_after_it(opened: Page, review: Review) -> None:
    first = opened.locator("#record").get_attribute("data-record") or ""
    answers = held(opened, "**/screen/decisions")
    opened.keyboard.press("i")
    opened.keyboard.press("e")  # meant for the same record, which is decided on: nobody has seen the next
    opened.keyboard.press("z")
    expect(opened.locator("body")).to_have_attribute("aria-busy", "true")
    wait_for(opened, answers)
    answers[0].continue_()
    expect(opened.locator("#message")).to_have_text("Decision undone.")
    expect(opened.locator("#record")).to_have_attribute("data-record", first)
    expect(opened.locator("body")).not_to_have_attribute("aria-busy", "true")
    assert len(answers) == 1
    assert not review.labels("eva")
    kinds = [event.kind for event in review.events() if event.kind in ("labelled", "undone")]
    assert kinds == ["labelled", "undone"]


def test_a_second_press_of_a_button_is_no_second_order(opened: Page, review: Review) -> None:
    opened.goto(opened.url.split("?")[0] + "records")
    answers = held(opened, "**/records/batch")
    opened.get_by_label("Select these 6").check()
    for _ in range(2):
        opened.locator("#batch").get_by_role("button", name="Exclude").click()
    wait_for(opened, answers)
    answers[0].continue_()
    expect(opened.locator("#message")).to_contain_text("6 records")
    expect(opened.locator("body")).not_to_have_attribute("aria-busy", "true")
    assert len(answers) == 1
    assert len(review.batches.all("eva")) == 1
