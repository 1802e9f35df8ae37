"""The criteria page's helpers: a pasted text fills the form; suggested terms are accepted and undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.labels import Decision
from tiab.review import Review
from tiab.web import ReviewerSession

TOML = 'title = "Yoga"  # mine\n[population]\nterms = ["asthma"]\n[intervention]\nterms = ["training"]\n'
STRATEGY = "1 exp Asthma/\n2 wheez$.tw.\n3 1 or 2\n4 (yoga or <b>asana</b>$).ti,ab.\n5 3 and 4\n6 nonsense adj adj\n"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    titles = [f"Breath training in asthma of {town}" for town in ("Bonn", "Oslo", "Rome", "Lima", "Kyiv")]
    titles += [f"Choir training, asthma and {work}" for work in ("bakers", "miners", "tailors", "weavers", "porters")]
    rows = "".join(f"{number},{title}\n" for number, title in enumerate(titles, 1))
    (tmp_path / "s.csv").write_text("record_id,title\n" + rows.replace(", a", " a"))
    (tmp_path / "criteria.toml").write_text(TOML)
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as made:
        made.add([tmp_path / "s.csv"])
        for number, record in enumerate(made.snapshot.merged_records()):
            decision = Decision.INCLUDE if number < 5 else Decision.EXCLUDE
            made.label(record.record_id, decision, reviewer="eva", reason="" if number < 5 else "wrong intervention")
        made.learn("eva")
        yield made


def test_a_pasted_strategy_comes_back_as_the_fields_of_the_form(page: httpx.Client, review: Review) -> None:
    answer = page.post("/criteria/draft", json={"text": STRATEGY}).json()
    roles = {concept["role"]: concept["terms"] for concept in answer["fields"]["concepts"]}
    assert roles["population"] == ["Asthma", "wheez*"]
    assert "10 records" in answer["html"]
    assert "<b>asana</b>" not in answer["html"].replace("<b>asana*", "")
    assert review.criteria_text().text == TOML
    empty = page.post("/criteria/draft", json={"text": " "})
    assert empty.status_code == 400
    assert "no text" in empty.json()["error"]


def test_a_suggestion_is_accepted_and_undone(page: httpx.Client, review: Review) -> None:
    assert "choir training" in page.post("/criteria/suggestions").json()["html"]
    change = {"concept": "intervention", "key": "against", "term": "choir training", "action": "add"}
    answer = page.post("/criteria/term", json=change).json()
    assert review.criteria is not None
    assert review.criteria.of_role("intervention")[0].against == ("choir training",)
    assert "# mine" in answer["text"]
    assert page.post("/criteria/undo").json()["text"] == TOML
    assert page.post("/criteria/undo").status_code == 404


def test_what_a_suggestion_may_change_is_checked(page: httpx.Client, review: Review) -> None:
    change = {"concept": "nobody", "key": "terms", "term": "x", "action": "add"}
    assert page.post("/criteria/term", json=change).status_code == 400
    assert page.post("/criteria/term", json=change | {"key": "name"}).status_code in (400, 422)
    assert review.criteria_text().text == TOML


def test_from_a_pasted_strategy_to_saved_criteria_and_a_suggestion_undone(
    window: Callable[..., AbstractContextManager[Page]],
    session: ReviewerSession,
    serve: Callable[[ReviewerSession], str],
    review: Review,
) -> None:
    with window() as shown:
        shown.goto(serve(session))
        shown.get_by_role("link", name="Criteria").click()
        shown.get_by_text("Paste your protocol or search strategy").click()
        shown.get_by_label("Protocol, eligibility criteria").fill(STRATEGY)
        shown.get_by_role("button", name="Draft criteria").click()
        shown.get_by_text(re.compile(r"Where the \d+ terms come from")).click()
        expect(shown.locator(".origin", has_text="wheez*")).to_be_visible()
        expect(shown.get_by_role("button", name="Remove wheez*")).to_be_visible()
        shown.get_by_role("button", name="Save criteria").click()
        expect(shown.get_by_text("Saved. The records are being ranked again")).to_be_visible()
        expect(shown.locator("body")).not_to_have_attribute("aria-busy", "true")
        assert review.criteria is not None
        assert "wheez*" in review.criteria.of_role("population")[0].terms
        shown.get_by_role("button", name="Suggest terms").click()
        expect(shown.get_by_role("heading", name="Terms that find nothing")).to_be_visible()
        shown.get_by_role("button", name="Remove wheez*").last.click()
        expect(shown.get_by_role("button", name="Remove wheez*")).to_have_count(0)
        assert "wheez*" not in review.criteria_text().text
        shown.get_by_role("button", name="Undo the last change").click()
        expect(shown.get_by_role("button", name="Remove wheez*").first).to_be_visible()
        assert "wheez*" in review.criteria_text().text
