"""Conflicts between two reviewers on the page: who sees them, how they are settled, what agreement is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.labels import Decision
from tiab.review import Policy, Review
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Two reviewers who disagree on 0 and 3, and another two on 6, on which eva has not decided."""
    (tmp_path / "s.csv").write_text("record_id,title\n" + "".join(f"{n},Study {n} {SCRIPT}\n" for n in range(8)))
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "s.csv"])
        made.set_policy(Policy(blinded=False))
        for n in range(6):
            made.label(str(n), "include" if n in (0, 5) else "exclude", reviewer="eva", note=SCRIPT)
            made.label(str(n), "include" if n in (3, 5) else "exclude", reviewer="kim", reason=f"why {n} {SCRIPT}")
        made.label("6", "include", reviewer="kim")
        made.label("6", "exclude", reviewer="leo")
        made.learn("eva")
        yield made


@pytest.fixture
def at(review: Review) -> Iterator[Callable[..., ReviewerSession]]:
    made: list[ReviewerSession] = []

    def sit(reviewer: str, *, blind: bool = False) -> ReviewerSession:
        made.append(ReviewerSession(review, reviewer=reviewer, blind=blind))
        return made[-1]

    yield sit
    for session in made:
        session.close()


def settling(record_id: str, decision: str = "include", **said: str) -> dict[str, str]:
    return {"record_id": record_id, "decision": decision, "token": f"settle-{record_id}", **said}


def test_who_said_what_is_shown_with_the_agreement(
    at: Callable[..., ReviewerSession], enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    text = enter(at("nora")).get("/conflicts").text
    assert "Conflict <b>1</b> of <b>3</b>" in text
    assert "why 0" in text
    assert "Same decision on 4 of 6 (67%, 95% interval 22% to 96%)" in text
    assert "Cohen’s kappa 0.25" in text
    assert "Gwet’s AC1 0.40" in text
    assert "<script>document" not in text


def test_a_conflict_is_settled_once_and_can_be_opened_again(
    review: Review, at: Callable[..., ReviewerSession], enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    page = enter(at("nora"))
    for _ in range(2):  # the second time as when the answer was lost
        said = page.post("/conflicts/resolve", json=settling("0", note="talked", show="3"))
        assert (said.status_code, said.json()["record_id"], said.json()["message"]) == (200, "3", "Resolved: include.")
    assert review.labels()["0"].decision is Decision.INCLUDE
    assert sum(event.kind == "resolved" for event in review.events()) == 1
    assert "talked" in page.get("/conflicts").text
    assert page.post("/conflicts/resolve", json=settling("1")).status_code == 409
    assert page.post("/conflicts/resolve", json=settling("nobody")).status_code == 409
    review.label("0", "exclude", reviewer="nora")  # which is not what is taken back
    opened = page.post("/conflicts/reopen", json={"record_id": "0", "token": "open-it-0"}).json()
    assert (opened["record_id"], opened["message"], opened["note"]) == ("0", "Resolution undone.", "talked")
    assert review.labels("nora")["0"].decision is Decision.EXCLUDE
    assert {one.record_id for one in review.conflicts()} == {"0", "3", "6"}
    assert page.post("/conflicts/reopen", json={"record_id": "3", "token": "open-it-3"}).status_code == 404


def test_nobody_who_is_blinded_sees_what_they_have_not_decided_on(
    review: Review, at: Callable[..., ReviewerSession], enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    review.set_policy(Policy())
    page = enter(at("eva"))
    for path in ("/conflicts", "/conflicts?record=6", "/conflicts/current?record=6"):
        text = page.get(path).text
        assert "Study 6" not in text
        assert "leo" not in text
    assert "Conflict <b>1</b> of <b>2</b>" in page.get("/conflicts").text
    assert page.post("/conflicts/resolve", json=settling("6")).status_code == 409
    review.resolve("6", "include", reviewer="nora", note="between kim and leo")
    assert "between kim and leo" not in page.get("/conflicts").text
    assert page.post("/conflicts/resolve", json=settling("3")).status_code == 200
    assert "flag conflict" in page.get("/records").text
    nobody = enter(at("paul", blind=True)).get("/conflicts").text
    assert "No conflicts to resolve" in nobody
    assert "kim" not in nobody


def test_another_page_settles_nothing(
    review: Review, at: Callable[..., ReviewerSession], enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    page = enter(at("nora"))
    page.headers["Origin"] = "http://evil.example"
    assert page.post("/conflicts/resolve", json=settling("0")).status_code == 403
    assert len(review.conflicts()) == 3


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_by_keyboard(
    review: Review,
    at: Callable[..., ReviewerSession],
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with open_page(at("eva"), "/conflicts", scheme, width) as page:
        accessible(page, "a conflict")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#current .counts")).to_have_text("Conflict 2 of 3")
        page.keyboard.press("2")
        expect(page.get_by_role("status")).to_have_text("Resolved: exclude.")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        assert review.labels()["3"].reason == "wrong intervention"
        accessible(page, "a conflict, and one that is settled")
        page.keyboard.press("z")
        expect(page.locator("#current .counts")).to_have_text("Conflict 2 of 3")
        page.keyboard.press("n")
        page.keyboard.type("talked")
        page.reload()  # shows the same conflict, and the note that is being written
        expect(page.locator("#note")).to_have_value("talked")
        page.locator("#title").focus()
        for left in ("Conflict 2 of 2", "Conflict 1 of 1", None):
            page.keyboard.press("i")
            if left:
                expect(page.locator("#current .counts")).to_have_text(left)
        expect(page.locator("#current")).to_contain_text("No conflicts to resolve")
        accessible(page, "no conflict")
    assert not review.conflicts()
    assert [given[-1].note for given in review.snapshot.state.resolved.values()].count("talked") == 1
