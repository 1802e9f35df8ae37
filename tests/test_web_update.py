"""The pages of a later search and of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.pubmed import Server, Settings
from tiab.review import Review
from tiab.web import ReviewerSession

CRITERIA = 'title = "Yoga"\n[population]\nterms = ["asthma"]\n[intervention]\nterms = ["yoga"]\n'
SEARCH = '[search]\npubmed = "yoga[tiab]"\nuntil = 2020-01-31\n'
SCRIPT = "<script>document.title='taken'"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "s.csv").write_text(
        "record_id,title\na,Yoga in asthma\nb,Yoga for asthma in adults\nc,Tax law\nd,Law of taxes\n"
    )
    (tmp_path / "criteria.toml").write_text(CRITERIA + SEARCH)
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as made:
        made.add([tmp_path / "s.csv"])
        for record, decision in (("a", "include"), ("b", "include"), ("c", "exclude")):
            made.label(record, decision, reviewer="eva")
        yield made


def test_new_records_of_a_later_search_rank_by_what_was_learned(page: httpx.Client, review: Review) -> None:
    table = f"record_id,title\nn1,Tax again\nn2,Yoga and asthma {SCRIPT}\na,Yoga in asthma\n".encode()
    answer = page.post("/update/files?name=later.csv", content=table)
    assert answer.status_code == 200
    html = answer.json()["html"]
    assert "2 records are new; 1 the review had already." in html
    assert html.index("Yoga and asthma") < html.index("Tax again")
    assert "<script>document" not in html
    assert review.status().records == 6
    refused = page.post("/update/files?name=empty.csv", content=b"")
    assert (refused.status_code, "empty.csv" in refused.json()["error"]) == (400, True)
    assert page.post("/update/files?name=x.csv", content=table, headers={"Origin": "http://evil"}).status_code == 403


def test_pubmed_that_cannot_be_reached_is_said_and_nothing_is_logged(
    page: httpx.Client, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Settings(url="http://127.0.0.1:9/", tries=1, pause=0.01, per_second=1000)
    monkeypatch.setattr("tiab.web.pages.update.make_server", lambda: Server(nobody))
    assert "yoga[tiab]" in page.get("/update").text
    answer = page.post("/update/pubmed", json={"since": "2024-01-01"})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert review.searches() == ()
    assert page.post("/update/pubmed", json={"since": "soon"}).status_code == 422


def test_without_a_search_the_page_says_how_to_give_one(page: httpx.Client, review: Review) -> None:
    review.save_criteria(CRITERIA, mark=review.criteria_text().mark)
    assert "contain no PubMed search" in page.get("/update").text
    answer = page.post("/update/pubmed", json={})
    assert (answer.status_code, "no search to repeat" in answer.json()["error"]) == (400, True)


def test_a_plan_says_what_each_rule_costs(page: httpx.Client) -> None:
    assert 'value="4"' in page.get("/plan").text
    html = page.post("/plan/make", json={"records": 60, "share": 10}).json()["html"]
    assert "read everything" in html
    assert "With a guarantee" in html
    for wrong in ({"records": 0, "share": 1}, {"records": 10, "share": 0}, {"records": 10**9, "share": 1}):
        assert page.post("/plan/make", json=wrong).status_code == 422
    few = page.post("/plan/make", json={"records": 60, "share": 10, "reviewers": 1, "screeners": 2})
    assert (few.status_code, "reviewers" in few.json()["error"]) == (400, True)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_both_in_a_browser(
    review: Review,
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    tmp_path: Path,
    scheme: str,
    width: int,
) -> None:
    (tmp_path / "later.csv").write_text("record_id,title\nn1,Yoga and asthma\n")
    with open_page(session, "/update", scheme, width) as page:
        page.locator("input[type=file]").set_input_files(tmp_path / "later.csv")
        expect(page.locator("#reports")).to_contain_text("New records, best first")
        accessible(page, "an update")
        page.goto(page.url.replace("/update", "/plan"))
        page.get_by_role("button", name="Make a plan").click()
        expect(page.locator("#result")).to_contain_text("read everything")
        accessible(page, "a plan")
