"""The criteria edited on the page: mistakes at their line, counts of each term, nothing overwritten unseen."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.errors import LabelError
from tiab.review import Review
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts
TOML = '# mine\ntitle = "Yoga"\n[population]\nterms = ["asthma", "COPD"]\n[intervention]\nterms = ["yoga", "asana*"]\n'


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "s.csv").write_text(
        "record_id,title\na,Yoga in asthma\nb,Asanas in asthma\nc,Yoga in back pain\nd,Tax law\n"
    )
    (tmp_path / "criteria.toml").write_text(TOML)
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as made:
        made.add([tmp_path / "s.csv"])
        made.learn("eva")
        yield made


def checked(page: httpx.Client, text: str) -> dict[str, object]:
    """The answer once all records are counted."""
    while True:
        answer: dict[str, object] = page.post("/criteria/check", json={"text": text}).json()
        if answer["done"]:
            return answer


def test_each_term_is_counted_while_it_is_written(page: httpx.Client, review: Review) -> None:
    assert "# mine" in page.get("/criteria").text
    shown = str(checked(page, TOML.replace("COPD", "back pain"))["html"])
    assert "<b>3</b> of 4 records have every required concept" in shown
    for term, count in (("asthma", 2), ("back pain", 1), ("yoga", 2), ("asana*", 1)):
        row = shown.split(f'">{term}</a>')[1].split("</li>")[0]
        assert f'<span class="number">{count}</span>' in row
    assert "No matches" in str(checked(page, TOML)["html"])
    assert review.criteria_text().text == TOML


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (TOML.replace("[population]", "[popluation]"), 3, "Did you mean 'population'"),
        (TOML.replace('"COPD"]', '"COPD"'), 5, "Line 5"),
        ("", None, "'title' is missing"),
        (TOML + f"[{SCRIPT}", 7, "Line 7"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_never_saved(
    page: httpx.Client, review: Review, text: str, line: int | None, sentence: str
) -> None:
    answer = page.post("/criteria/check", json={"text": text}).json()
    assert (answer["line"], answer["done"]) == (line, True)
    assert sentence in answer["error"]
    saved = page.post("/criteria/save", json={"text": text, "mark": review.criteria_text().mark})
    assert saved.status_code == 400
    assert review.criteria_text().text == TOML


def test_what_is_saved_is_logged_and_ranked_by(page: httpx.Client, review: Review, session: ReviewerSession) -> None:
    first, wanted = review.criteria_versions()[0], TOML.replace('"asthma"', '"back pain"')
    answer = page.post("/criteria/save", json={"text": wanted, "mark": review.criteria_text().mark}).json()
    assert "Saved" in answer["message"]
    assert (review.folder / "criteria.toml").read_text() == wanted
    assert review.criteria is not None
    assert review.criteria.concepts[0].terms == ("back pain", "COPD")
    assert len(review.criteria_versions()) == 2
    assert (
        'terms = ["asthma", "COPD"]' in page.get("/criteria/version", params={"event": first.event_id}).json()["text"]
    )
    session.close()  # once what is being learned is
    review.learn("eva")
    queue = review.queue("eva")
    assert queue is not None
    assert queue.learned.record_ids[queue.learned.places[0]] == "c"
    again = page.post("/criteria/save", json={"text": wanted + "\n# more", "mark": answer["mark"]})
    assert again.status_code == 200
    assert len(review.criteria_versions()) == 2  # a comment changes nothing


def test_what_somebody_else_wrote_is_not_overwritten(page: httpx.Client, review: Review) -> None:
    mark, theirs = review.criteria_text().mark, TOML.replace("COPD", "bronchitis")
    (review.folder / "criteria.toml").write_text(theirs)
    answer = page.post("/criteria/save", json={"text": TOML + "# mine", "mark": mark})
    assert answer.status_code == 400
    assert "changed elsewhere" in answer.json()["error"]
    assert review.criteria_text().text == theirs


def test_a_file_that_was_broken_elsewhere_can_be_mended_here(page: httpx.Client, review: Review) -> None:
    broken = TOML.replace("]\n[int", "\n[int")
    (review.folder / "criteria.toml").write_text(broken)
    assert page.get("/records").status_code == 400
    text = page.get("/criteria").text
    assert "Line 5" in text
    saved = page.post("/criteria/save", json={"text": TOML, "mark": review.criteria_text().mark})
    assert saved.status_code == 200
    assert page.get("/records").status_code == 200


def test_a_review_without_criteria_gets_some(tmp_path: Path, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    with Review.create(tmp_path / "bare") as review:
        session = ReviewerSession(review)
        page = enter(session)
        assert fields(page)["concepts"] == []  # empty cards, and no example
        assert page.post("/criteria/save", json={"text": TOML, "mark": review.criteria_text().mark}).status_code == 200
        assert review.criteria is not None
        session.close()


def test_attacks(page: httpx.Client, review: Review) -> None:
    hostile = TOML.replace('"Yoga"', f'"{SCRIPT}"').replace('"COPD"', f'"{SCRIPT}"')
    assert "<script>document" not in str(checked(page, hostile)["html"])
    assert page.post("/criteria/check", json={"text": "x" * 400_000}).status_code == 422
    assert page.get("/criteria/version", params={"event": 999}).status_code == 404
    with pytest.raises(LabelError, match="holds no criteria"):
        review.criteria_version(999)
    body = {"text": hostile, "mark": review.criteria_text().mark}
    assert page.post("/criteria/save", json=body, headers={"Origin": "http://evil.example"}).status_code == 403
    assert page.post("/criteria/save", json=body).status_code == 200
    assert "<script>document" not in page.get("/criteria").text


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_written_checked_and_saved_by_keyboard(
    review: Review,
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with open_page(session, "/criteria", scheme, width) as page:
        expect(page.locator("#counts")).to_contain_text("2 of 4 records have every required concept")
        accessible(page, "criteria")
        page.locator("#advanced summary").press("Enter")
        page.locator("#text").focus()
        page.keyboard.press("Control+End")
        page.keyboard.type("colour = 1\n")
        expect(page.locator("#verdict")).to_contain_text("Line 7: unknown key 'colour'")
        accessible(page, "a mistake")
        page.get_by_role("button", name="Go to line").press("Enter")
        page.keyboard.type("required = false")
        expect(page.locator("#counts")).to_contain_text("not required")
        page.keyboard.press("Control+s")
        expect(page.locator("#message")).to_contain_text("Saved")
        expect(page.locator("#versions")).to_contain_text("2 versions")
        page.locator("#versions summary").click()
        accessible(page, "criteria that were saved")
    assert review.criteria_text().text == TOML + "required = false\n"


def fields(page: httpx.Client) -> dict[str, object]:
    """What the form holds when the page is loaded."""
    data = page.get("/criteria").text.split('data-fields="')[1].split('"')[0]
    loaded: dict[str, object] = json.loads(html.unescape(data))
    return loaded


def concept(role: str, *terms: str, **more: object) -> dict[str, object]:
    return {"role": role, "terms": list(terms), **more}


def test_the_form_says_what_the_text_says_and_back(page: httpx.Client, review: Review) -> None:
    said = fields(page)
    unchanged = page.post("/criteria/check", json={"text": TOML, "fields": said}).json()
    assert unchanged["text"] == TOML
    said["concepts"] = [
        concept("population", "asthma", "back pain"),
        concept("design", designs=["RCTs", "cohort"], against_designs=["editorial"]),
    ]
    said["limits"] = {"year_from": 1990, "languages": ["English"]}
    answer = page.post("/criteria/save", json={"text": TOML, "fields": said, "mark": review.criteria_text().mark})
    assert answer.status_code == 200
    text = review.criteria_text().text
    assert "# mine" in text
    assert answer.json()["text"] == text
    criteria = review.criteria
    assert criteria is not None
    assert [(one.role, one.terms, one.required) for one in criteria.concepts] == [
        ("population", ("asthma", "back pain"), True), ("design", (), False)
    ]  # fmt: skip
    assert criteria.concepts[1].designs == ("randomised trial", "cohort study")
    assert criteria.concepts[1].against_designs == ("letter",)
    assert (criteria.limits.year_from, criteria.limits.languages) == (1990, ("english",))
    assert page.post("/criteria/check", json={"text": text}).json()["fields"] == fields(page)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"title": " "}, "The review has no title. Enter one at the top."),
        ({"title": "x", "concepts": [concept("design", designs=["blood test"])]}, "“blood test” is not a study design"),
        ({"title": "x", "concepts": [concept("outcome", abbreviations=["IL"])]}, "Outcome has no terms"),
        ({"title": "x", "concepts": [concept("outcome", "inter*leukin")]}, "has a * that does not end it"),
        (
            {"title": "x", "concepts": [concept("outcome", "a", name="n"), concept("outcome", "b", name="n")]},
            "called 'n'",
        ),
        ({"title": "x", "limits": {"year_from": 2020, "year_to": 1999}}, "The first year is after the last"),
    ],
)
def test_a_mistake_in_the_form_is_said_in_its_words(
    page: httpx.Client, review: Review, said: dict[str, object], sentence: str
) -> None:
    answer = page.post("/criteria/check", json={"text": TOML, "fields": said}).json()
    assert sentence in answer["error"]
    assert "TOML" not in answer["error"]
    assert answer["line"] is None
    saved = page.post("/criteria/save", json={"text": TOML, "fields": said, "mark": review.criteria_text().mark})
    assert saved.status_code == 400
    assert review.criteria_text().text == TOML


def test_what_is_typed_into_the_form_is_text(page: httpx.Client) -> None:
    said = {"title": '"""\n[population]\x00', "concepts": [concept("population", '"]\nx = 1', "\x7f\\", "ok\tyes")]}
    answer = page.post("/criteria/check", json={"text": TOML, "fields": said}).json()
    assert answer["error"] == ""
    assert answer["fields"]["title"] == '""" [population]'
    assert answer["fields"]["concepts"][0]["terms"] == ['"] x = 1', "\\", "ok yes"]


def test_the_form_is_filled_in_by_somebody_who_never_saw_such_a_file(
    tmp_path: Path, enter: Callable[[ReviewerSession], httpx.Client],
    open_page: Callable[..., AbstractContextManager[Page]], accessible: Callable[[Page, str], None],
) -> None:  # fmt: skip
    (tmp_path / "s.csv").write_text(
        "record_id,title\na,Yoga in asthma: a randomised trial\nb,Yoga in COPD\nc,Tax law\n"
    )
    with Review.create(tmp_path / "bare") as review, closing(ReviewerSession(review)) as session:
        review.add([tmp_path / "s.csv"])
        with open_page(session, "/criteria", "light", 1280) as page:
            page.get_by_label("Population").fill("asthma, COPD")
            page.get_by_label("Intervention").press_sequentially("yoga")
            page.keyboard.press("Enter")
            page.keyboard.press("Enter")  # nothing more to add: not the end of the form
            page.get_by_label("Comparator").fill("usual care")
            page.get_by_label("Outcome").fill("quality of life")
            page.get_by_label("Study designs").fill("RCT")
            expect(page.locator("#counts")).to_contain_text("0 of 3 records have every required concept")
            expect(page.locator(".chips .unmatched")).to_have_text(["usual care×", "quality of life×"])
            accessible(page, "a form that is filled in")
            page.get_by_role("button", name="Remove quality of life").click()
            page.get_by_role("button", name="Save criteria").click()
            expect(page.locator("#message")).to_contain_text("Saved")
            expect(page.locator("#counts")).to_contain_text("2 of 3 records have every required concept")
            page.reload()
            expect(page.locator(".chips li").first).to_contain_text("asthma")
            page.locator("#advanced summary").click()
            page.locator("#text").fill('title = "T"\n[population]\nterms = ["tax"]\n')
            expect(page.locator(".chips li")).to_have_text(["tax×"])
            page.get_by_label("Population").fill("law")  # and left in the field
            page.get_by_role("button", name="Save criteria").click()
            expect(page.locator("#message")).to_contain_text("Saved")
            page.get_by_role("link", name="Start screening").click()
            expect(page.locator("#title")).to_be_visible()
        assert review.criteria is not None
        assert review.criteria.concepts[0].terms == ("tax", "law")
