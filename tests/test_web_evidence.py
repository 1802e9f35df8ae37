"""The page of the evidence table: what it shows of included records, to whom, its sentences, its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import httpx
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tiab.report.building import build_report
from tiab.report.rendering import render_html, render_markdown
from tiab.review import Policy, Review
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'</script>"
METHODS = "METHODS: Forty women were randomised to yoga for 8 weeks or a waitlist."
ROWS = (
    ("a", "Yoga and cytokines", f"{METHODS} RESULTS: IL-6 decreased compared with the waitlist. CRP was measured."),
    ("b", f"Rest {SCRIPT}", f"{METHODS} RESULTS: IL-6 did not change between groups."),
    ("c", "Left out", f"{METHODS} RESULTS: IL-6 increased."),
)


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with (tmp_path / "s.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("record_id", "title", "abstract"), *ROWS])
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "s.csv"])
        made.set_policy(Policy(scheme="one", blinded=False))
        made.label("a", "include", reviewer="eva")
        made.label("b", "include", reviewer="kim")
        made.label("c", "exclude", reviewer="eva")
        made.learn("eva")
        yield made


def test_included_records_alone_are_shown_with_their_directions(
    session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    text = enter(session).get("/evidence").text
    assert "IL-6 in 2 of 2; no significant change in 1; decreased in 1" in text
    assert "Left out" not in text
    assert 'aria-label="IL-6: decreased"' in text
    assert "IL-6 decreased compared with the waitlist." in text
    assert "no direction given" in text
    assert SCRIPT not in text


def test_nothing_included_says_what_to_do(tmp_path: Path, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    (tmp_path / "one.csv").write_text("record_id,title\na,Tax law\n")
    with Review.create(tmp_path / "empty") as review:
        review.add([tmp_path / "one.csv"])
        with closing(ReviewerSession(review, reviewer="eva")) as session:
            assert "No record is included yet." in enter(session).get("/evidence").text
            review.label("a", "include", reviewer="eva")
            assert "No outcome is named" in enter(session).get("/evidence").text


def test_who_is_blinded_sees_their_own(
    review: Review, session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    review.set_policy(Policy(scheme="two", blinded=True))
    text = enter(session).get("/evidence").text
    assert "Yoga and cytokines" in text
    assert "Rest" not in text


def test_each_kind_of_file(session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    page = enter(session)
    answer = page.get("/evidence/file?kind=csv")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''review-evidence.csv"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["IL-6"] for row in rows] == ["decreased", "unchanged"]
    book = openpyxl.load_workbook(io.BytesIO(page.get("/evidence/file?kind=xlsx").content))
    assert book.active is not None
    assert book.active.max_row == 3
    assert page.get("/evidence/file?kind=png").content.startswith(b"\x89PNG")
    assert "IL-6 in 2 of 2" in page.get("/evidence/file?kind=html").text
    assert page.get("/evidence/file?kind=exe").status_code in (400, 422)


def test_the_report_has_the_table(review: Review) -> None:
    data = build_report(review)
    html, markdown = render_html(data), render_markdown(data)
    assert '<h2 id="evidence">Evidence</h2>' in html
    assert "IL-6 decreased compared with the waitlist." in html
    assert SCRIPT not in html
    assert "IL\\-6 in 2 of 2" in markdown or "IL-6 in 2 of 2" in markdown
    assert data.to_dict()["evidence"]["counts"]["IL-6"]["decreased"] == 1


def test_a_sign_opens_its_sentence(
    session: ReviewerSession, open_page: Callable[..., AbstractContextManager[Page]]
) -> None:
    with open_page(session, "/evidence", "light", 1280) as page:
        sentence = page.locator(".said", has_text="IL-6 decreased compared with the waitlist.")
        expect(sentence).to_be_hidden()
        page.get_by_role("button", name="IL-6: decreased").click()
        expect(sentence).to_be_visible()
        page.keyboard.press("Escape")
        expect(sentence).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with open_page(session, "/evidence", scheme, width) as page:
        expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
        accessible(page, "the evidence table")
        page.get_by_role("button", name="IL-6: decreased").click()
        accessible(page, "a sentence of the evidence table")
